"""The plans that are measured, each built from a scenario by the way every run takes."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.tandem import scenario

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded
    from corridor_sim.plan import Plan

CORRIDOR = Path(__file__).parents[1] / "scenarios" / "baseline_2024.yaml"


def tandem(days: int) -> Plan:
    """Return the plan of the tandem over so many days."""
    from corridor_sim.loading import load_scenario

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tandem.yaml"
        file.write_text(scenario(days), encoding="utf-8")
        return built(load_scenario(file))


def corridor(years: int = 1, volume: float = 1.0) -> Plan:
    """Return the plan of the corridor of 2024 over so many years, with volume times its flows."""
    from corridor_sim.loading import load_scenario

    loaded = load_scenario(CORRIDOR)
    changed: dict[str, Any] = {"end": date(loaded.scenario.start.year + years, 1, 1)}
    if volume != 1:
        flows = loaded.scenario.flows.items()
        changed |= {f"flows.{name}.per_year": flow.per_year * volume for name, flow in flows if flow.per_year}
    return built(load_scenario(CORRIDOR, overrides=changed))


def built(loaded: Loaded) -> Plan:
    """Return the plan of a loaded scenario."""
    from corridor_sim.build import build_plan

    return build_plan(loaded)
