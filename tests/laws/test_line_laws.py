"""Laws of single track at saturation: it never locks, no two trains meet in a section, headways and loops are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from laws.lines import Entry, logged, saturated_lines
from laws.runs import planned

from corridor_sim.engine import simulate
from corridor_sim.plan import HOLDS, LinePlan, Plan
from corridor_sim.records import Run

Log = list[Entry]
GRID = 1e-8  # a few steps of the clock: times of the plan are rounded to it
DELIVERED_EVERY_H = 4 * 24.0


def observed(data: dict[str, Any]) -> tuple[Plan, Run, Log]:
    plan = planned(data)
    with logged() as log:
        run = simulate(plan, 0, full_records=True)
    return plan, run, log


def by(log: Log, key: Callable[[Entry], Any]) -> dict[Any, Log]:
    found: dict[Any, Log] = defaultdict(list)
    for entry in log:
        found[key(entry)].append(entry)
    return found


def lines_of(plan: Plan) -> dict[str, LinePlan]:
    return {line.name: line for line in plan.lines}


# Laws


def it_never_locks(plan: Plan, run: Run, log: Log) -> None:
    """Trains of both directions, ours or background, enter the last section of their first line every few days.

    A line behind it gets what the first lets through: where the other way's backlog and background trains fill that, little of ours.
    """
    ends = by(log, lambda e: (e.line, e.way, e.section))
    for way, line in ((0, plan.lines[0]), (1, plan.lines[-1])):
        times = sorted(entry.at for entry in ends[line.name, way, 0 if way else len(line.run_h) - 1])
        gap = np.diff([-plan.warm_up_h, *times, plan.end_h]).max()
        assert gap < DELIVERED_EVERY_H, f"{line.name} {way}: {gap:.0f} h without a train"


def opposing_trains_never_share_a_section(plan: Plan, run: Run, log: Log) -> None:
    """Who enters finds every train of the other way out, the station interval included."""
    for (line, _), entries in by(log, lambda e: (e.line, e.section)).items():
        interval, out = lines_of(plan)[line].interval_h, [-np.inf, -np.inf]
        for entry in entries:
            assert entry.at >= out[1 - entry.way] + interval - GRID
            out[entry.way] = max(out[entry.way], entry.out)


def headways_are_kept(plan: Plan, run: Run, log: Log) -> None:
    """Trains of one way enter and leave a section a headway apart; without one, one after the other. None overtakes."""
    for (line, _, _), entries in by(log, lambda e: (e.line, e.section, e.way)).items():
        stated = lines_of(plan)[line]
        for first, second in pairwise(entries):
            if stated.headway_h:
                assert second.at >= first.at + stated.headway_h - GRID
                assert second.out >= first.out + stated.headway_h - GRID
            else:
                assert second.at >= first.out + stated.interval_h - GRID


def loops_are_never_over_their_tracks(plan: Plan, run: Run, log: Log) -> None:
    """Trains in a loop or on their way to it are no more than its tracks, those of one way at least one fewer."""
    for (line, node), (changes, tracks) in _changes(plan, log).items():
        there = [0, 0]
        for _, moves in groupby(changes, key=lambda change: change[0]):
            for _, step, way in moves:
                there[way] += step
            assert min(there) >= 0
            assert sum(there) <= tracks, (line, node, there)
            assert max(there) < tracks, (line, node, there)


def _changes(plan: Plan, log: Log) -> dict[Any, tuple[list[tuple[float, int, int]], int]]:
    """Who comes and goes at each loop: (at, +1 or -1, way), those who go first."""
    found: dict[Any, tuple[list[tuple[float, int, int]], int]] = {
        (line.name, node): ([], tracks) for line in plan.lines for node, tracks in enumerate(line.loops, start=1)
    }
    for entry in log:
        for node, step in ((entry.near, -1), (entry.far, 1)):
            if (entry.line, node) in found:
                found[entry.line, node][0].append((entry.at, step, entry.way))
    for changes, _ in found.values():
        changes.sort()
    return found


def nobody_enters_in_the_window(plan: Plan, run: Run, log: Log) -> None:
    """No train enters a section in the daily closure or outside opening hours."""
    for leg in (leg for leg in plan.legs if leg.line >= 0 and leg.direction == 0):
        window = leg.window[0][1] or ((20.0, 9.5) if leg.hours[0][1] is not None else None)  # open 05:30-20:00
        for entry in log if window else ():
            if entry.line == leg.name and entry.at < plan.end_h:  # where the calendar ends
                assert (entry.at - window[0]) % 24 >= window[1] - GRID


def trains_go_from_loop_to_loop(plan: Plan, run: Run, log: Log) -> None:
    """A train takes the sections of a line one after the other, each after it is out of the one before."""
    for entries in by(log, lambda e: (e.line, e.train)).values():
        for first, second in pairwise(entries):
            assert second.near == first.far
            assert second.way == first.way
            assert second.at >= first.out


def every_stand_is_a_hold(plan: Plan, run: Run, log: Log) -> None:
    """The holds of a train on a line sum to the time that it lost there."""
    visits, holds = run.tables["visits"], run.tables["holds"]
    for leg in (k for k, leg in enumerate(plan.legs) if leg.line >= 0):
        held: dict[float, float] = defaultdict(float)
        here = holds["element"] == leg
        for train, begin, end in zip(holds["vehicle"][here], holds["from_h"][here], holds["to_h"][here], strict=True):
            assert end > begin
            held[train] += end - begin
        of = visits["element"] == leg
        for train, arrive, start in zip(visits["vehicle"][of], visits["arrive_h"][of], visits["start_h"][of], strict=True):
            assert held[train] == pytest.approx(start - arrive, abs=1e-9)


def who_waits_for_a_place_goes_on_when_there_is_one(plan: Plan, run: Run, log: Log) -> None:
    """A hold for want of a place ends when a train leaves that loop, or a better class comes first; the reason may change meanwhile."""
    left = {(entry.line, entry.near, entry.at) for entry in log}
    holds = [dict(zip(run.tables["holds"], row, strict=True)) for row in zip(*run.tables["holds"].values(), strict=True)]
    other = [HOLDS.index(reason) for reason in ("turn", "full", "kept")]
    goes_on = {(hold["vehicle"], hold["from_h"]) for hold in holds if hold["reason"] in other}
    entered = {entry.train: entry.at for entry in log}  # last; who stands at the end has a hold that isn't over
    for hold in (hold for hold in holds if hold["to_h"] <= entered.get(hold["vehicle"], -np.inf)):
        if HOLDS[int(hold["reason"])] in ("full", "kept") and (hold["vehicle"], hold["to_h"]) not in goes_on:
            leg = plan.legs[int(hold["element"])]
            assert (leg.name, hold["node"] + 1 - 2 * leg.direction, hold["to_h"]) in left


LAWS = (
    it_never_locks,
    opposing_trains_never_share_a_section,
    headways_are_kept,
    loops_are_never_over_their_tracks,
    nobody_enters_in_the_window,
    trains_go_from_loop_to_loop,
    every_stand_is_a_hold,
    who_waits_for_a_place_goes_on_when_there_is_one,
)


def all_hold(data: dict[str, Any]) -> None:
    plan, run, log = observed(data)
    assert log
    for law in LAWS:
        law(plan, run, log)


@given(saturated_lines())
@settings(max_examples=25)
def test_single_track_keeps_its_laws(data: dict[str, Any]) -> None:
    all_hold(data)


@pytest.mark.slow
@given(saturated_lines())
@settings(max_examples=400)
def test_single_track_keeps_its_laws_in_many_examples(data: dict[str, Any]) -> None:
    all_hold(data)
