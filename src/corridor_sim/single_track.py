"""Single track by formula: run times and holds of sections, pairs a day from them, and capacity used by compression.

A train holds a section for its run and the station interval. Where trains of both ways take turns, a section passes one pair in
run out + run back + 2 station intervals; the slowest section sets the pace of the line. With a headway, trains that follow each
other pass faster than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from corridor_sim.scenario import Leg, Loop, number_of_sections

DAY_MIN = 1440.0
Both = tuple[float, float]  # out and back


def section_runs_min(leg: Leg) -> tuple[Both, ...]:
    """Return the run times of each section out and back [min]: as stated, else the leg's mean run shared by length."""
    if leg.sections is None:
        raise ValueError("the leg has no sections")
    whole = (_run_min(leg, 0), _run_min(leg, 1))
    if isinstance(leg.sections, tuple):
        found = []
        for section in leg.sections:
            share = section.length_km / leg.length_km
            out, back = (run * share if stated is None else stated for stated, run in zip(section.runs_min, whole, strict=True))
            found.append((out, back))
        return tuple(found)
    count = number_of_sections(leg.sections, leg.length_km)
    return ((whole[0] / count, whole[1] / count),) * count


def _run_min(leg: Leg, way: int) -> float:
    if leg.run_h is not None:
        return 60 * float(leg.run_h[way].mean())
    return 60 * leg.length_km / leg.speed_kmh if leg.speed_kmh else 0.0


def loop_tracks(leg: Leg) -> tuple[int, ...]:
    """Return the tracks of each loop between two sections, in order from the leg's first place."""
    if isinstance(leg.loops, tuple):
        return tuple(loop.tracks for loop in leg.loops)
    tracks = (leg.loops or Loop()).tracks
    return (tracks,) * (number_of_sections(leg.sections or 1, leg.length_km) - 1)


def shortest_siding_m(leg: Leg) -> float:
    """Return the length of the shortest place to meet that a leg states, by siding_m or its loops [m]; infinite if none."""
    loops = leg.loops if isinstance(leg.loops, tuple) else (leg.loops,)
    stated = [leg.siding_m, *(loop.length_m for loop in loops if loop is not None)]
    return min((length for length in stated if length is not None), default=float("inf"))


def holds_min(leg: Leg) -> tuple[Both, ...]:
    """Return how long one train holds each section out and back [min]: its run and the station interval."""
    interval = leg.station_interval_min or 0.0
    return tuple((out + interval, back + interval) for out, back in section_runs_min(leg))


def pairs_from_sections(leg: Leg) -> float:
    """Return the pairs of trains a day that a line by sections passes, trains of both ways by turns [1/day]."""
    window_min = 60 * leg.closure[1] if leg.closure else 0.0
    return pairs_per_day(holds_min(leg), window_min)


def pairs_per_day(holds: Sequence[Both], window_min: float = 0.0) -> float:
    """Return (1440 - window) over the longest hold out and back of one section [1/day]. holds: one (out, back) a section [min]."""
    period = max(out + back for out, back in holds)
    return (DAY_MIN - window_min) / period if period > 0 else float("inf")


def occupation_min(order: Sequence[int], holds: Both, headway: float | None = None) -> float:
    """Return how long trains keep a section if they follow each other as closely as may be [min] (UIC Code 406, compression).

    order: the way of each train (0 out, 1 back), as they run. holds: of one train, out and back [min]. headway: between two trains
    of one way [min]; None: one train at a time. The last train counts with its whole hold.
    """
    if not order:
        return 0.0
    gaps = [headway if headway is not None and way == after else holds[way] for way, after in pairwise(order)]
    return sum(gaps) + holds[order[-1]]


def capacity_used(order: Sequence[int], holds: Both, window_min: float, headway: float | None = None) -> float:
    """Return the share of a time window that the trains of a running order use by compression [1]."""
    return occupation_min(order, holds, headway) / window_min
