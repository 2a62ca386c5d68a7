"""The fit as files: a layer of the scenarios with its provenance, and the record of the search."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corridor_sim.calibrate.parameters import PARAMETERS, changes_of
from corridor_sim.calibrate.search import Fit

LAYER, RECORD = "fitted.yaml", "calibration.json"
HEAD = """\
# Written by `corridor-sim calibrate`: behavioural numbers that no source gives, fitted once on 2022 and 2023 within sourced bounds.
# They hold for every year; 2019-2021 and 2024 are predicted with them. The search stands in calibration.json.
changes:
"""


def write_fit(fit: Fit, folder: str | Path) -> tuple[Path, Path]:
    """Return the paths of the layer and of the record that were written into a folder."""
    layer, record = Path(folder) / LAYER, Path(folder) / RECORD
    layer.write_text(layer_text(fit.values), encoding="utf-8", newline="\n")
    record.write_text(json.dumps(_record(fit), indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return layer, record


def layer_text(values: Mapping[str, float]) -> str:
    """Return numbers as a layer of scenario files."""
    return HEAD + "".join(_change(name, change) for name, change in changes_of(values).items())


def _change(name: str, change: Mapping[str, Any]) -> str:
    paths = "".join(f"\n      {path}: {value:g}" for path, value in change["set"].items())
    words = "".join(f"    {key}: {json.dumps(change[key])}\n" for key in ("title", "source", "grade", "note"))
    return f"  {name}:\n    on: {change['on']}\n    set:{paths}\n{words}"


def _record(fit: Fit) -> dict[str, Any]:
    return {
        "fitted_on": [2022, 2023],
        "replications": fit.replications,
        "evaluations": len(fit.tried),
        "parameters": [
            {
                "name": p.name, "title": p.title, "unit": p.unit, "low": p.low, "high": p.high, "bounds_from": p.bounds_from,
                "start": p.start, "fitted": round(fit.values[p.name], 4),
            }
            for p in PARAMETERS
        ],
        "families": [
            {"family": family, "years": years, "before": round(before[family], 4), "after": round(after[family], 4)}
            for years, before, after in (
                ("fitted", fit.before, fit.after), ("predicted", fit.predicted_before, fit.predicted_after),
            )
            for family in before
            if family in after
        ],
        "search": [{name: round(value, 4) if math.isfinite(value) else None for name, value in one.items()} for one in fit.tried],
    }  # fmt: skip
