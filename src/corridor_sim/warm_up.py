"""Automatic warm-up: its length is found by MSER-5 on a stationary pilot, in which demand, season and network stay as at the start.

What stands in the manifest as `warm_up`: days (how long the run warms up), pilot_days, pilots, settled, begins ("warmed up", "stocks"
or "empty") and under_way_kt, the mean of the pilots over five days each, of which the cut dropped the first days / 5.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corridor_sim.executors import run_jobs
from corridor_sim.plan import Plan
from corridor_sim.statistics import mser, trend

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded
    from corridor_sim.scenario import Scenario

AUTO = "auto"
PILOT_DAYS = (365, 1095)  # a pilot that hasn't settled is followed by a longer one
PILOTS = 3
BATCH = 5
FIRST_PILOT = 1_000_000  # replications of their own, so that no pilot is the begin of a run
GROWTH = 0.02  # a pilot isn't stable if what is under way rises by more than 2 % of what is offered meanwhile
STRETCHES = 20
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pilot:
    """The job of a worker: run one pilot of a plan."""

    plan: Plan

    def __call__(self, number: int) -> tuple[list[float], float]:
        """Return what was under way each day and what was created in all [t]."""
        from corridor_sim.engine.pilot import presence

        return presence(self.plan, FIRST_PILOT + number)


def is_auto(loaded: Loaded) -> bool:
    """Return whether a case leaves the length of its warm-up to us."""
    return loaded.scenario.warm_up_days == AUTO


def find(loaded: Loaded, seed: int, workers: int | None = None) -> Found:
    """Return the warm-up of a case: pilots of a year, and of three where they haven't settled then."""
    found: Found = {}
    for days in PILOT_DAYS:
        plan = replace(pilot_plan(loaded.scenario, days), seed=seed)
        results = run_jobs(Pilot(plan), range(PILOTS), workers, lambda _: None)
        found = judged(np.mean([series for series, _ in results], axis=0), float(np.mean([offered for _, offered in results])))
        if found["settled"]:
            break
    begins = "warmed up" if found["settled"] else "stocks" if loaded.scenario.start_stocks else "empty"
    return {"days": found["cut"] if found["settled"] else 0, "pilots": PILOTS, "begins": begins, **found}


def pilot_plan(scenario: Scenario, days: int) -> Plan:
    """Return the plan of a pilot: so long a warm-up before a single day, without stated stocks and later changes."""
    from corridor_sim.build import build_plan

    frozen = {"warm_up_days": float(days), "end": scenario.start + timedelta(days=1), "drain_days": 0.0, "start_stocks": {}}
    return build_plan(scenario.model_copy(update=frozen))


def judged(series: Any, offered_t: float) -> Found:
    """Return what the mean of the pilots says: where the cut lies [days], and whether the series is stable after it."""
    cut, settled = mser(series, BATCH)
    rest = series[cut:]
    stretches = [float(np.mean(part)) for part in np.array_split(rest, STRETCHES)] if len(rest) >= STRETCHES else []
    slope, half_width = trend(stretches)
    grows = slope > half_width and slope * STRETCHES > GROWTH * offered_t * len(rest) / len(series)
    batches = series[: len(series) // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    return {
        "settled": bool(settled and not grows),
        "cut": cut,
        "pilot_days": len(series),
        "under_way_kt": [round(float(mean) / 1e3, 3) for mean in batches],
    }


def applied(loaded: Loaded, found: Found) -> Loaded:
    """Return a case whose warm-up is what was found; stated stocks stay only where it begins with them."""
    update: dict[str, Any] = {"warm_up_days": float(found["days"])}
    if found["begins"] != "stocks":
        update["start_stocks"] = {}
    snapshots = tuple((hours, scenario.model_copy(update=update)) for hours, scenario in loaded.snapshots)
    return replace(loaded, scenario=loaded.scenario.model_copy(update=update), snapshots=snapshots)


def known(folders: Iterable[Path]) -> Found | None:
    """Return the warm-up that a study found before, from its manifest; None where there is none."""
    for folder in folders:
        try:
            found = json.loads((folder / "manifest.json").read_text(encoding="utf-8")).get("warm_up")
        except (OSError, ValueError):
            continue
        if isinstance(found, dict):
            return found
    return None
