"""Rules and sense of what closes elements: disruptions, closures and hours of legs, daily numbers of borders."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime

from corridor_sim.loading.paths import nearest
from corridor_sim.loading.references import MODES, Slip
from corridor_sim.loading.routing import Network
from corridor_sim.scenario import Accepts, Border, Disruption, Scenario, Stop, Target, struck

STOPS = ("exit", "entry", "road")
DAYS = 365.25
Path = tuple[str | int, ...]


# Rules


def disruptions_strike(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield disruptions of what isn't there, and breakdowns by use of what counts no use."""
    for name, disruption in scenario.disruptions.items():
        if disruption.spells_file is not None:
            message = "expected spells, or spells_file in a scenario file (a change or a map can't name a file)"
            yield Slip(("disruptions", name, "spells_file"), message, "file")
        for number, text in enumerate(disruption.at):
            path: Path = ("disruptions", name, "at", *([number] if len(disruption.at) > 1 else []))
            try:
                found = struck(scenario, text)
            except LookupError as error:
                yield Slip(path, str(error), "reference")
                continue
            yield from (Slip(path, message, "use") for message in _counts_no_use(scenario, network, disruption, found))


def _counts_no_use(scenario: Scenario, network: Network, disruption: Disruption, found: list[Target]) -> Iterator[str]:
    if disruption.clock != "use":
        return
    for target in found:
        first = scenario.parts_of(target.owner)[0]
        sea = target.kind == "service" and all(scenario.legs[leg].mode == "sea" for leg in network.legs.get(first) or ())
        if target.kind == "service" and not sea:
            yield f"expected clock: calendar for {target.name}: in use its vehicles break down on legs and at facilities, name those"
        if target.kind == "leg" and scenario.legs[target.owner].sections is not None:
            yield f"expected clock: calendar for {target.name}: a leg with sections counts no use"


def closed_where_it_starts(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield hours and closures of sea legs: it is ports that open and close."""
    for name, leg in scenario.legs.items():
        stated = {"open": leg.open != "always", "closed_days": bool(leg.closed_days), "closures": bool(leg.closures)}
        for key in (key for key, set_ in stated.items() if set_ and leg.mode == "sea"):
            message = f"expected {key} only on a rail or road leg; at sea state them at a port, or a disruption"
            yield Slip(("legs", name, key), message, "sea")


def accepts_classes(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield daily numbers for classes that aren't there."""
    known = (*scenario.classes, *MODES, "other")
    for path, accepts, _ in _all_accepts(scenario):
        for name in accepts if isinstance(accepts, dict) else ():
            if name not in known:
                yield Slip((*path, name), f"there is no class '{name}'{nearest(name, known)}", "reference")


RULES = (disruptions_strike, closed_where_it_starts, accepts_classes)


def _all_accepts(scenario: Scenario) -> Iterator[tuple[Path, Accepts | dict[str, Accepts], Stop]]:
    for name, place in scenario.places.items():
        for stop, path in _stops(place.border, ("places", name, "border")) if place.border else ():
            if stop.accepts is not None:
                yield (*path, "accepts"), stop.accepts, stop


def _stops(border: Border, path: Path) -> Iterator[tuple[Stop, Path]]:
    yield border, path
    for part in STOPS:
        stop = getattr(border, part)
        if stop is not None:
            yield stop, (*path, part)


# Sense


def spells_in_time(scenario: Scenario) -> Iterator[Slip]:
    """Yield dated closures that lie outside the run."""
    for path, begin, end in _dated(scenario):
        if begin >= datetime.combine(scenario.end, datetime.min.time()) or end <= datetime.combine(scenario.start, datetime.min.time()):
            yield Slip(path, f"lies outside the run ({scenario.start} to {scenario.end}): nothing is closed", "outside")


def _dated(scenario: Scenario) -> Iterator[tuple[Path, datetime, datetime]]:
    for name, disruption in scenario.disruptions.items():
        spells = disruption.spells or ()
        if spells:  # a recorded list may reach beyond the run; only one that lies wholly outside is odd
            yield ("disruptions", name), min(spell.from_ for spell in spells), max(spell.to for spell in spells)
    for name, leg in scenario.legs.items():
        yield from ((("legs", name, "closures", k), one.from_, one.to) for k, one in enumerate(leg.closures))
    for name, place in scenario.places.items():
        for facility in place.facilities:
            closures = getattr(getattr(place, facility), "closures", ())
            yield from ((("places", name, facility, "closures", k), one.from_, one.to) for k, one in enumerate(closures))


def never_up(scenario: Scenario) -> Iterator[Slip]:
    """Yield breakdowns that last longer than the time between them."""
    for name, disruption in scenario.disruptions.items():
        if disruption.up_h is not None and disruption.down_h is not None and not disruption.factor:
            up, down = disruption.up_h.mean(), disruption.down_h.mean()
            if down > up:
                message = f"down {down / (up + down):.0%} of the time ({down:g} h after each {up:g} h): are up_h and down_h swapped?"
                yield Slip(("disruptions", name), message, "swapped")


def struck_unused(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield disruptions of what no service uses."""
    legs = {leg for name in network.active for leg in network.legs[name] or ()}
    places = {place for name in network.active for place in scenario.services[name].route}
    for name, disruption in scenario.disruptions.items():
        for target in (target for text in disruption.at for target in struck(scenario, text)):
            used = {"leg": legs, "service": network.active}.get(target.kind, places)
            owners = scenario.parts_of(target.owner) if target.kind == "service" else (target.owner,)
            if not any(owner in used for owner in owners) and "*" not in " ".join(disruption.at):
                yield Slip(("disruptions", name, "at"), f"no service uses {target.name}: nothing is disturbed", "unused")


def accepts_enough(scenario: Scenario, network: Network, passing: dict[str, float], day: date) -> Iterator[Slip]:
    """Yield borders whose daily number is taken by background traffic alone, or is less than what demand asks for."""
    for path, accepts, stop in _all_accepts(scenario):
        if isinstance(accepts, dict):
            continue
        for direction in ("west", "east"):
            number = getattr(accepts.per_day, direction)
            others = sum(getattr(other.per_day, direction) for other in stop.other.values()) if accepts.count_others else 0.0
            if number < math.inf and others >= number > 0:
                message = f"others ({others:g} a day) take all of the {number:g} vehicles a day {direction}: ours hardly pass"
                yield Slip((*path, "per_day"), message, "load")
        both = accepts.per_day.west + accepts.per_day.east
        ours = passing.get(str(path[1]), 0.0) / DAYS
        if stop is scenario.places[str(path[1])].border and ours > both:
            message = f"demand of {day.year} needs {ours:.1f} vehicles a day both ways, it takes over {both:g}"
            yield Slip((*path, "per_day"), message, "load")
