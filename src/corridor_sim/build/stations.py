"""Stations: borders by stop, gauge changes, terminals and yard passages that some service passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any

from corridor_sim.build.dated import Dated
from corridor_sim.build.hours import hours_timeline, shifts_timeline
from corridor_sim.build.quotas import quota_plans
from corridor_sim.network import Line, Passage, passages, stop_of
from corridor_sim.plan import DIRECTIONS, LawByClass, OtherPlan, StationPlan, Timeline
from corridor_sim.scenario import Other, Place, Scenario, flat_by_class, most_of, struck_stations
from corridor_sim.scenario.laws import AnyLaw, ByClass
from corridor_sim.units import on_grid

DEFAULT_PRIORITY = 5
MEASURE_KEYS = ("wagons", "teu", "t", "trucks")


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a kind of station reads its facility: servers, service law, fronts, and what shifts state."""

    servers: str
    service_h: str
    fronts: str = ""
    by_shift: str = ""  # the number that may differ by shift


KINDS = {
    "border": _Kind("lanes", "inspection_h", by_shift="lanes"),
    "gauge_change": _Kind("tracks", "station_h", "fronts", by_shift="fronts"),
    "terminal": _Kind("tracks", "handling_h", by_shift="tracks"),
    "yard": _Kind("", "passage_h"),
}


def station_plans(
    dated: Dated, lines: Mapping[str, Line], places: Mapping[str, int]
) -> dict[str, StationPlan]:
    """Return the stations that lines pass and that do anything, by name, in the order of the file."""
    priorities = _priorities(dated, lines)
    modes = class_modes(dated.scenario, lines)
    struck = struck_stations(dated.scenario)
    found = {}
    for passage in _all_passages(dated.scenario):
        if passage.name in priorities:
            plan = _station(dated, passage, places[passage.place], modes, priorities[passage.name])
            if plan.kind == "border" or plan.name in struck or not _idle(plan):
                found[plan.name] = plan
    return found


def class_modes(scenario: Scenario, lines: Mapping[str, Line]) -> dict[str, str]:
    """Return the mode of each class of vehicles whose services all have the same mode."""
    modes: dict[str, set[str]] = {}
    for name, line in lines.items():
        if scenario.services[name].class_:
            modes.setdefault(str(scenario.services[name].class_), set()).add(line.mode)
    return {name: found.pop() for name, found in modes.items() if len(found) == 1}


def priority_of(scenario: Scenario, name: str | None) -> int:
    """Return the priority of a class; lower goes first."""
    return scenario.classes[name].priority if name in scenario.classes else DEFAULT_PRIORITY


def _priorities(dated: Dated, lines: Mapping[str, Line]) -> dict[str, set[int]]:
    """Return the priorities of the services that pass each station, by its name."""
    found: dict[str, set[int]] = {}
    for name, line in lines.items():
        service = dated.scenario.services[name]
        for end in (0, 1) if service.two_way else (0,):
            for passage in (met for place in passages(dated.scenario, line, end) for met in place):
                found.setdefault(passage.name, set()).add(priority_of(dated.scenario, service.class_))
    return found


def _all_passages(scenario: Scenario) -> Iterator[Passage]:
    for name, place in scenario.places.items():
        for facility in place.facilities:
            if facility == "border":
                yield from (Passage(name, facility, stop) for stop in ("", "entry", "exit", "road"))
            elif facility in KINDS:
                yield Passage(name, facility)


def _station(
    dated: Dated, passage: Passage, place: int, modes: Mapping[str, str], priorities: set[int]
) -> StationPlan:
    kind = KINDS[passage.facility]

    def value(name: str, default: float) -> Callable[[Scenario], float]:
        def of(scenario: Scenario) -> float:
            facility = facility_of(scenario.places[passage.place], passage)
            own = float(getattr(facility, name, default))
            return most_of(facility, own) if name == kind.by_shift else own

        return of

    def service(scenario: Scenario) -> LawByClass:
        return laws_by_class(getattr(facility_of(scenario.places[passage.place], passage), kind.service_h), modes)

    first = facility_of(dated.scenario.places[passage.place], passage)
    others = () if passage.facility == "yard" else _others(dated, passage)
    return StationPlan(
        name=passage.name,
        place=place,
        kind=passage.facility,
        servers=dated.timeline(value(kind.servers, inf)),
        service_h=dated.timeline(service),
        hours=_hours(dated, passage, hours_timeline),
        at_close=getattr(first, "at_close", "finish"),
        fronts=dated.timeline(value(kind.fronts, inf)),
        rates=dated.timeline(lambda scenario: rates(facility_of(scenario.places[passage.place], passage))),
        others=others,
        prioritised=len(priorities | ({DEFAULT_PRIORITY} if others else set())) > 1,
        quotas=quota_plans(dated, passage, modes),
        shifts=_hours(dated, passage, shifts_timeline),
        holds_track_h=_holds_track_h(dated.scenario, first),
    )


def _holds_track_h(scenario: Scenario, facility: Any) -> float:
    """Return how long a train holds a track of a gauge change for want of wagons; 0 without pools, or where tracks don't matter [h]."""
    if not scenario.pools or getattr(facility, "tracks", inf) == inf:
        return 0.0
    return on_grid(getattr(facility, "holds_track_h", 0.0))


def facility_of(place: Place, passage: Passage) -> Any:
    """Return the model of a facility, of a border the stop."""
    return stop_of(place, passage.stop) if passage.facility == "border" else getattr(place, passage.facility)


def laws_by_class(timing: AnyLaw | ByClass, modes: Mapping[str, str]) -> LawByClass:
    """Return flat laws by class; a class that isn't named follows its mode where that is named."""
    laws = flat_by_class(timing)
    return laws | {name: laws[mode] for name, mode in modes.items() if mode in laws and name not in laws}


def rates(facility: Any) -> dict[str, float]:
    """Return the handling rates that a facility states: measure -> per hour."""
    stated = {measure: getattr(facility, f"handling_{measure}_per_h", None) for measure in MEASURE_KEYS}
    return {measure: float(rate) for measure, rate in stated.items() if rate is not None}


def _hours(dated: Dated, passage: Passage, timeline: Callable[..., Timeline]) -> Timeline:
    if passage.facility == "yard":
        return dated.timeline(lambda scenario: None)
    offset_h = dated.scenario.places[passage.place].utc_offset_h
    return timeline(dated, lambda scenario: facility_of(scenario.places[passage.place], passage), offset_h)


def _others(dated: Dated, passage: Passage) -> tuple[OtherPlan, ...]:
    """Return the background traffic of a station: a stream for each name and direction that ever has any."""
    plans = []
    streams = dated.union(lambda scenario: _streams(passage, scenario))
    for name, other in streams.items():
        for direction in range(len(DIRECTIONS)):
            per_day = dated.timeline(partial(_per_day, passage, name, direction))
            if any(number for _, number in per_day):
                law = other.service_h.flat() if other.service_h is not None else None
                plans.append(OtherPlan(name, direction, per_day, law))
    return tuple(plans)


def _per_day(passage: Passage, name: str, direction: int, scenario: Scenario) -> float:
    other = _streams(passage, scenario).get(name)
    return float(other.per_day[direction]) if other else 0.0


def _streams(passage: Passage, scenario: Scenario) -> dict[str, Other]:
    streams: dict[str, Other] = facility_of(scenario.places[passage.place], passage).other
    return streams


def _idle(plan: StationPlan) -> bool:
    """Return whether a station never holds anything: no limit, no time, no rates, always open."""
    quick = all(law == ("constant", 0.0) for _, laws in plan.service_h for law in laws.values())
    return (
        quick
        and all(servers == inf for _, servers in plan.servers)
        and not any(table for _, table in plan.rates)
        and not any(hours for _, hours in plan.hours)
    )
