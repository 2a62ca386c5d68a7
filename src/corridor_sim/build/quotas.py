"""Quotas: vehicles a day that a border takes over, by class and direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf

from corridor_sim.build.dated import Dated
from corridor_sim.network import Passage, stop_of
from corridor_sim.outage_plan import QuotaPlan
from corridor_sim.plan import DIRECTIONS, Timeline
from corridor_sim.scenario import Accepts, Scenario

OTHER = "other"


def quota_plans(dated: Dated, passage: Passage, modes: Mapping[str, str]) -> tuple[QuotaPlan, ...]:
    """Return the quotas of a stop: one for each class that states its own and one for the rest, in each direction.

    modes: mode of the classes whose services all have one; a class that states none follows its mode.
    """
    if passage.facility != "border":
        return ()
    stated = dated.union(lambda scenario: accepts_of(scenario, passage))
    plans = tuple(_quota(dated, passage, key, stated, modes, way) for way in range(len(DIRECTIONS)) for key in stated)
    return plans if any(number < inf for plan in plans for _, number in plan.per_day) else ()


def accepts_of(scenario: Scenario, passage: Passage) -> dict[str, Accepts]:
    """Return what a stop accepts by class, "other" for those that aren't named; a border's own holds for its exit and entry."""
    place = scenario.places[passage.place]
    accepts = stop_of(place, passage.stop).accepts
    if accepts is None and passage.stop in ("entry", "exit") and place.border:
        accepts = place.border.accepts
    return accepts if isinstance(accepts, dict) else {OTHER: accepts} if accepts else {}


def _quota(
    dated: Dated, passage: Passage, key: str, stated: Mapping[str, Accepts], modes: Mapping[str, str], direction: int
) -> QuotaPlan:
    def of(value: Callable[[Accepts], float], absent: float) -> Timeline:
        def at(scenario: Scenario) -> float:
            one = accepts_of(scenario, passage).get(key)
            return absent if one is None else float(value(one))

        return dated.timeline(at)

    classes = () if key == OTHER else (key, *(name for name, mode in modes.items() if mode == key and name not in stated))
    offset_h = dated.scenario.places[passage.place].utc_offset_h
    per_day, cv = of(lambda accepts: accepts.per_day[direction], inf), of(lambda accepts: accepts.cv, 0.0)
    return QuotaPlan(key, classes, direction, per_day, cv, stated[key].count_others, offset_h)
