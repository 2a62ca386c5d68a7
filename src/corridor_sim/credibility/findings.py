"""Findings: all targets beside the model, as tables, as JSON and in words."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.credibility.claims import Claim, claims_of
from corridor_sim.credibility.provenance import provenance_rows, shares
from corridor_sim.credibility.scoring import Scored, by_family, overall, scored
from corridor_sim.credibility.sweeps import Swept, advice, sweep_rows
from corridor_sim.credibility.targets import EMERGENT, read_targets
from corridor_sim.credibility.years import Year

if TYPE_CHECKING:
    import pandas as pd

CALIBRATION = "calibration.json"


@dataclass(frozen=True, eq=False)
class Findings:
    """What the known years say of the model.

    provenance: a row a year and section. fit: what `calibrate` wrote (parameters, scores by family before and after), or nothing.
    """

    rows: list[Scored]
    claims: list[Claim]
    sweeps: list[Swept]
    years: tuple[int, ...]
    provenance: list[dict[str, Any]]
    replications: int
    fit: Mapping[str, Any] = field(default_factory=dict)

    @property
    def counted(self) -> list[Scored]:
        """Return the targets that are scored: what the model must produce, duplicates once."""
        return [row for row in self.rows if row.target.counts and row.measured]

    def tally(self, fitted: bool) -> tuple[int, int, int]:
        """Return (scored, inside the interval, within 20 %) of fitted or of predicted targets."""
        mine = [row for row in self.counted if row.target.fitted == fitted]
        return len(mine), sum(row.inside for row in mine), sum(row.near for row in mine)

    def as_data(self) -> dict[str, Any]:
        """Return all targets as plain data, in the order of the list."""
        return {"targets": [_plain(row) for row in self.rows]}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables: targets, families, claims, sweep, parameters, provenance."""
        import pandas as pd

        families = by_family(self.rows)
        return {
            "targets": pd.DataFrame([_row(row) for row in self.rows]),
            "families": pd.DataFrame([_family(name, score, self.counted) for name, score in families.items()]),
            "claims": pd.DataFrame([{"claim": one.claim, "model": one.model, "from_stated_causes": one.verdict} for one in self.claims]),
            "sweep": pd.DataFrame(sweep_rows(self.sweeps)),
            "parameters": pd.DataFrame(self.fit.get("parameters", [])),
            "provenance": pd.DataFrame(self.provenance),
        }

    def lines(self) -> list[str]:
        """Return the findings in some lines of text."""
        counted = self.counted
        left = sum(not row.measured for row in self.rows if row.target.kind == EMERGENT)
        twice = sum(bool(row.target.same_as) for row in self.rows)
        return [
            f"{len(self.rows)} published figures; {len(counted)} of them must come out of the model and are scored, in "
            f"{len(by_family(self.rows))} families",
            _tally_line("fitted (2022, 2023)", *self.tally(True)),
            _tally_line("predicted (other years)", *self.tally(False)),
            f"interval score over all families: {overall(self.rows):.2f} (0 is best; the width of the interval plus 40 times what "
            "lies outside, over the figure)",
            f"not scored: {left} for want of a measure, {twice} that repeat others; "
            f"{sum(row.target.kind == 'echoed' for row in self.rows)} echo what was put in, "
            f"{sum(row.target.kind == 'context' for row in self.rows)} are context",
            *(f"{one.claim}: {_CAUSES[one.verdict]}" for one in self.claims),
            f"swept, not fitted: {advice(self.sweeps)}",
            f"numbers of the scenarios: {shares(self.provenance)}",
        ]


_CAUSES = {
    "yes": "comes from causes that the scenario states",
    "partly": "comes only partly from causes that the scenario states",
    "no": "does not come from causes that the scenario states",
}


def findings_of(runs: Mapping[int, Year], sweeps: Sequence[Swept] = (), folder: Path | None = None) -> Findings:
    """Return the findings of years that were run. folder: where calibration.json may stand."""
    fit = folder / CALIBRATION if folder else None
    return Findings(
        rows=[scored(target, runs) for target in read_targets()],
        claims=claims_of(runs),
        sweeps=list(sweeps),
        years=tuple(sorted(runs)),
        provenance=provenance_rows(runs),
        replications=min(run.count for run in runs.values()),
        fit=json.loads(fit.read_text(encoding="utf-8")) if fit and fit.is_file() else {},
    )


def _tally_line(name: str, count: int, inside: int, near: int) -> str:
    return f"{name}: {inside} of {count} lie inside the model's 95 % interval, {near} within 20 %"


def _plain(row: Scored) -> dict[str, Any]:
    target = row.target
    return {
        "measure": target.measure,
        "subject": target.subject,
        "year": target.year,
        "unit": target.unit,
        "observed": target.value,
        "modelled": _number(row.modelled),
        "low": _number(row.low),
        "high": _number(row.high),
        "kind": target.kind,
        "family": target.family,
        "fitted": target.fitted,
        "inside_interval": row.inside if row.measured else None,
        "source": " ".join(target.sources),
    }


def _row(row: Scored) -> dict[str, Any]:
    target = row.target
    return _plain(row) | {
        "run": target.run,
        "listed_kind": target.listed_kind,
        "counts": target.counts and row.measured,
        "within_20_percent": row.near if row.measured else None,
        "verdict": row.verdict,
        "score": _number(row.score) if row.measured else None,
        "same_as": target.same_as,
        "why_not": row.why_not,
        "likely": target.likely if row.verdict in ("miss", "near") else "",
        "note": target.note,
    }


def _family(name: str, score: float, counted: list[Scored]) -> dict[str, Any]:
    mine = [row for row in counted if row.target.family == name]
    return {
        "family": name,
        "score": score,
        "targets": len(mine),
        "inside": sum(row.inside for row in mine),
        "within_20_percent": sum(row.near for row in mine),
        "fitted": sum(row.target.fitted for row in mine),
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)
