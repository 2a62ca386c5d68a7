"""Laws hold on random corridors whose facilities work by random shifts, with closures, breakdowns, quotas and holidays on top."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from laws.checks import LAWS, rows
from laws.closing import closing_scenarios
from laws.parts import Data
from laws.runs import planned
from laws.strategies import small_scenarios

from corridor_sim.engine import simulate
from corridor_sim.engine.closures import Closures, timeline_spells
from corridor_sim.engine.leg_hours import from_start
from corridor_sim.engine.rosters import Roster, roster_of
from corridor_sim.plan import Plan
from corridor_sim.records import Run

RANDOM = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True, phases=[Phase.generate])
KEYS = {"border": "lanes", "terminal": "tracks", "gauge_change": "fronts"}
CLOSE = 1e-6


@st.composite
def shift_tables(draw: st.DrawFn, key: str) -> Data:
    """Cut the day at random instants, and leave out a shift now and then; weekends may have hours of their own."""
    cuts = sorted(draw(st.lists(st.integers(0, 95), min_size=2, max_size=4, unique=True)))
    spans = [f"{_clock(a)}-{_clock(b)}" for a, b in zip(cuts, [*cuts[1:], cuts[0]], strict=True)]
    kept = spans[: draw(st.integers(1, len(spans)))] if draw(st.integers(0, 2)) == 0 else spans
    week = draw(st.sampled_from(("daily", "Mon-Sat", "season")))

    def hours(span: str) -> Any:
        return {"jan-feb": f"daily {span}", "other": f"Mon-Fri {span}"} if week == "season" else f"{week} {span}"

    return {f"s{k}": {"open": hours(span)} | ({key: draw(st.integers(1, 4))} if draw(st.booleans()) else {}) for k, span in enumerate(kept)}


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


@st.composite
def by_shift(draw: st.DrawFn, made: st.SearchStrategy[Data]) -> Data:
    """Lay shifts on the facilities of a corridor."""
    data = draw(made)
    changed = " ".join(path for change in data.get("changes", {}).values() for path in change["set"])
    for name, place in data["places"].items():
        stops = [(kind, place[kind]) for kind in KEYS if kind in place]
        stops += [("border", place["border"][part]) for part in ("exit", "entry", "road") if part in place.get("border", {})]
        pools = [pool for kind in ("cranes", "ramps") for pool in place.get("port", {}).get(kind, {}).values()]
        for key, facility in [*((KEYS[kind], stop) for kind, stop in stops), *(("count", pool) for pool in pools)]:
            if draw(st.integers(0, 3)) and f"places.{name}." not in changed:
                facility.pop("open", None)
                facility["shifts"] = draw(shift_tables(key))
                if key != "count":
                    facility["at_close"] = draw(st.sampled_from(("finish", "pause", "wait")))
        if "port" in place and f"places.{name}." not in changed:
            place["port"]["at_close"] = draw(st.sampled_from(("finish", "pause", "wait")))
    return data


def no_more_works_than_the_roster_has(plan: Plan, run: Run) -> None:
    """Where nothing goes on beyond the number, no more are in hand at the start of any visit than there are servers."""
    for k, station in enumerate(plan.stations):
        if station.kind != "gauge_change" and any(hours for _, hours in station.shifts):
            roster, seen = roster_by_plan(plan, k), rows(run, "visits", element=len(plan.legs) + k)
            works = seen["end_h"] > seen["start_h"]
            start, end = seen["start_h"][works], seen["end_h"][works]
            for at in start[start < plan.end_h + plan.drain_h]:
                number = roster.at(at)
                assert number > 0, (station.name, at)
                hand = int(np.sum((start <= at) & (end > at)))
                assert station.at_close == "wait" or hand <= number, (station.name, at, hand, number)


def roster_by_plan(plan: Plan, k: int) -> Roster:
    station, span = plan.stations[k], (-plan.warm_up_h, plan.end_h + plan.drain_h)
    return roster_of(station.shifts, station.servers, Closures(timeline_spells(from_start(station.hours), *span)), span)


def busy_within_the_manned_hours(plan: Plan, run: Run) -> None:
    """With pause or wait, busy hours of each month are at most the manned hours, as the table states them too."""
    table = run.tables["element_months"]
    for k, station in enumerate(plan.stations):
        if station.kind == "gauge_change" or not any(hours for _, hours in station.shifts) or station.at_close == "finish":
            continue
        roster = roster_by_plan(plan, k)
        for month, (begin, end) in enumerate(zip(plan.month_edges_h, plan.month_edges_h[1:], strict=False)):
            at = (table["element"] == len(plan.legs) + k) & (table["month"] == month)
            busy = table["busy_h"][at].sum() + table["other_busy_h"][at].sum()
            if np.inf not in roster.numbers:
                assert busy <= roster.area(begin, end) + CLOSE
            if not station.quotas and not plan.outages:
                assert np.allclose(table["capacity_h"][at], roster.area(begin, end))


def check(scenario: Data) -> None:
    plan = planned(scenario)
    run = simulate(plan, 0, full_records=True)
    for law in (*LAWS, no_more_works_than_the_roster_has, busy_within_the_manned_hours):
        law(plan, run)


@settings(RANDOM, max_examples=12)
@given(by_shift(small_scenarios()))
def test_laws_hold_by_shift(scenario: Data) -> None:
    check(scenario)


@settings(RANDOM, max_examples=6)
@given(by_shift(closing_scenarios()))
def test_laws_hold_by_shift_with_closures(scenario: Data) -> None:
    check(scenario)


@pytest.mark.slow
@settings(RANDOM, max_examples=600)
@given(st.one_of(by_shift(small_scenarios()), by_shift(closing_scenarios())))
def test_laws_hold_by_shift_in_many_runs(scenario: Data) -> None:
    check(scenario)
