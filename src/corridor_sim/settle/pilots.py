"""Pilot runs: the plans that are piloted, and the times that each option's freight experiences in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from corridor_sim.build import Dated, build_plan
from corridor_sim.choice import Group, Shares, Years, groups_of, with_shares, years_of
from corridor_sim.executors import run_jobs
from corridor_sim.plan import Plan
from corridor_sim.scenario import Scenario
from corridor_sim.statistics import weighted_quantile
from corridor_sim.units import HOURS_PER_DAY, hours_between

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded
    from corridor_sim.records import Run

Times = dict[str, dict[int, dict[str, tuple[float, float]]]]  # market -> year -> option -> (mean, P90 - P50) [days]
Met = dict[tuple[str, int, str], tuple[float, float, float]]  # (market, year, option) -> (units, unit-days, units x spread)
Key = tuple[str, int, str]
BEFORE = float("-inf")


@dataclass(frozen=True, slots=True)
class Stage:
    """One window that is piloted: its plan with the shares of the routes, its markets, and the years it tells of."""

    plan: Plan
    dated: Dated
    groups: tuple[Group, ...]
    years: Years


@dataclass(frozen=True, slots=True)
class Window:
    """One year of a case by itself: the scenario by date, hours since the year began."""

    snapshots: tuple[tuple[float, Scenario], ...]

    @classmethod
    def of(cls, loaded: Loaded, year: int) -> Window:
        """Return a calendar year of a case. Before the start of the case its network is that of the start, its demand that of the year."""
        first, last = date(year, 1, 1), date(year + 1, 1, 1)
        begin, end = (hours_between(loaded.scenario.start, day) for day in (first, last))
        there = max((hours for hours, _ in loaded.snapshots if hours <= max(begin, 0.0)), default=float("-inf"))
        stocks = loaded.scenario.start_stocks if begin == 0 else {}
        inside = [(hours - begin, _moved(one, first, last, stocks)) for hours, one in loaded.snapshots if there <= hours < end]
        return cls(((BEFORE, inside[0][1]), *inside[1:]) if begin >= 0 else ((BEFORE, inside[0][1]),))


def _moved(scenario: Scenario, first: date, last: date, stocks: dict[str, Any]) -> Scenario:
    """Return a scenario that starts and ends on other days, its flows as large in each year as before; stocks: what is there then."""
    flows = {
        name: flow.model_copy(update={"base_year": scenario.start.year}) if flow.base_year is None and flow.per_year is not None else flow
        for name, flow in scenario.flows.items()
    }
    return scenario.model_copy(update={"start": first, "end": last, "flows": flows, "start_stocks": stocks})


def stages_of(loaded: Loaded, plan: Plan) -> tuple[Stage, ...]:
    """Return what is piloted for a case: the whole run, or each of the years asked for by itself."""
    choice = loaded.scenario.choice
    assert choice is not None
    if choice.settle.years is None:
        dated = Dated.of(loaded)
        return (Stage(plan, dated, groups_of(plan, dated), years_of(plan)),)
    return tuple(_year_stage(loaded, year, plan.seed) for year in choice.settle.years)


def reference_stage(loaded: Loaded, plan: Plan) -> Stage | None:
    """Return the year in which shares were observed, without patches; None where the case names no such year."""
    from corridor_sim.loading import load_case

    choice = loaded.scenario.choice
    if choice is None or choice.reference_year is None or not any(market.pivots for market in choice.markets.values()):
        return None
    plain = load_case(loaded, None) if loaded.patches else loaded
    return _year_stage(plain, choice.reference_year, plan.seed, loaded.scenario.warm_up_days)


def _year_stage(loaded: Loaded, year: int, seed: int, warm_up_days: float | str | None = None) -> Stage:
    window = Window.of(loaded, year)
    if warm_up_days is not None:
        window = Window(tuple((h, one.model_copy(update={"warm_up_days": warm_up_days})) for h, one in window.snapshots))
    plan = replace(build_plan(window), seed=seed)
    dated = Dated.of(window)
    return Stage(plan, dated, groups_of(plan, dated), years_of(plan))


@dataclass(frozen=True, slots=True)
class Pilots:
    """The job of a worker: the replications of each stage, numbered through."""

    stages: tuple[Stage, ...]
    replications: int

    def __call__(self, number: int) -> Met:
        """Return what the freight of each option met in one replication of one stage."""
        from corridor_sim.engine import simulate

        stage = self.stages[number // self.replications]
        return met(simulate(stage.plan, number % self.replications), stage)


def piloted(stages: Sequence[Stage], replications: int, workers: int | None) -> Times:
    """Return the times experienced in pilots: means over replications, weighted by units."""
    job = Pilots(tuple(stages), replications)
    return pooled(run_jobs(job, range(len(job.stages) * replications), workers, lambda _: None))


def sharing(stages: Sequence[Stage], shares: Shares) -> list[Stage]:
    """Return the stages with given shares in their plans."""
    return [replace(stage, plan=with_shares(stage.plan, stage.dated, stage.groups, shares)) for stage in stages]


def pooled(parts: Sequence[Met]) -> Times:
    """Return the times of several replications as one."""
    sums: dict[Key, list[float]] = {}
    for part in parts:
        for key, row in part.items():
            sums[key] = [one + more for one, more in zip(sums.get(key, [0.0] * 3), row, strict=True)]
    found: Times = {}
    for (market, year, option), (units, days, spread) in sums.items():
        if units > 0:
            found.setdefault(market, {}).setdefault(year, {})[option] = (days / units, spread / units)
    return found


def met(run: Run, stage: Stage) -> Met:
    """Return the units of each option that became ready in a year, and their days and spread; what is under way counts so far."""
    trips = run.tables["trips"]
    code = np.asarray(trips["flow"], np.int64) * 1000 + np.asarray(trips["route"], np.int64)
    ready = np.asarray(trips["ready_h"], float)
    found: Met = {}
    for group in stage.groups:
        for option, ways in group.ways.items():
            mine = np.isin(code, [1000 * flow + route for flow, route in ways])
            for year, from_h, to_h in stage.years:
                rows = np.flatnonzero(mine & (ready >= from_h) & (ready < to_h))
                if len(rows):
                    found[group.name, year, option] = _row(*_took(trips, rows, run.stopped_h))
    return found


def _took(trips: dict[str, Any], rows: Any, stopped_h: float) -> tuple[Any, Any]:
    """Return (days, units) of what was delivered and of what wasn't when the run stopped."""
    ready, mean, units, delivered = (np.asarray(trips[name], float)[rows] for name in ("ready_h", "mean_h", "units", "delivered"))
    done = np.where(delivered > 0, mean - ready, 0.0)
    left = np.maximum(stopped_h - ready, 0.0)
    return np.concatenate((done, left)) / HOURS_PER_DAY, np.concatenate((delivered, units - delivered))


def _row(days: Any, units: Any) -> tuple[float, float, float]:
    total = float(units.sum())
    spread = weighted_quantile(days, units, 0.9) - weighted_quantile(days, units, 0.5)
    return total, float((days * units).sum()), total * spread


def every_year(stages: Sequence[Stage]) -> Iterator[tuple[Stage, Group, tuple[int, float, float]]]:
    """Yield each market in each year of each stage."""
    for stage in stages:
        for group in stage.groups:
            for year in stage.years:
                yield stage, group, year


def year_begins(stage: Stage, year: int) -> float:
    """Return when a year begins inside the window of a stage [h]."""
    return max(hours_between(stage.plan.start, date(year, 1, 1)), 0.0)
