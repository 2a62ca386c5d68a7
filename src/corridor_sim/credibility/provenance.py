"""What the numbers of the known years rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from corridor_sim.credibility.years import Year

FITTED = "FIT22"  # the row of scenarios/sources.csv that stands for the calibration
STANDINGS = ("sourced", "fitted", "assumed", "unstated")


def provenance_rows(runs: Mapping[int, Year]) -> list[dict[str, Any]]:
    """Return how many numbers of each section of each year's scenario are sourced, fitted, assumed or unstated."""
    rows = []
    for year, run in runs.items():
        origins = run.loaded.provenance if run.loaded else {}
        sections = dict.fromkeys(path.partition(".")[0] for path in origins)
        for section in sections:
            counts = Counter(standing(one.source) for path, one in origins.items() if path.partition(".")[0] == section)
            rows.append({"year": year, "section": section, **{name: counts[name] for name in STANDINGS}})
    return rows


def standing(source: str | None) -> str:
    """Return what a number with a source rests on."""
    if not source:
        return "unstated"
    return {FITTED: "fitted", "assumed": "assumed"}.get(source, "sourced")


def shares(rows: list[dict[str, Any]]) -> str:
    """Return the shares of all years together in words."""
    totals = {name: sum(row[name] for row in rows) for name in STANDINGS}
    whole = sum(totals.values()) or 1
    return ", ".join(f"{count / whole:.0%} {name}" for name, count in totals.items() if count)
