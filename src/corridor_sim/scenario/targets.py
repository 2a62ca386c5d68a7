"""What a disruption can strike: elements of a scenario by the names that people write for them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.places import Place

PREFIXES = ("legs", "services", "places")
STOPS = ("exit", "entry", "road")


class Target(NamedTuple):
    """An element: kind leg | service | station | port | berth | cranes | ramps; owner: leg, service or place; part: what of it."""

    name: str  # as reports call it
    kind: str
    owner: str
    part: str = ""


def targets(scenario: Scenario) -> dict[str, Target]:
    """Return every element that can be struck by the full name that it has: legs.x, services.x, places.x.port ..."""
    found: dict[str, Target] = {}
    services = scenario.stated_services
    for kind, names in (("leg", tuple(scenario.legs)), ("service", services)):
        for name in names:
            shared = name in scenario.legs and name in services
            found[f"{kind}s.{name}"] = Target(f"{kind}s.{name}" if shared else name, kind, name)
    for name, place in scenario.places.items():
        found |= {f"places.{target.name}": target for target in _of_place(name, place)}
    return found


def _of_place(name: str, place: Place) -> Iterator[Target]:
    for facility in place.facilities:
        yield Target(f"{name}.{facility}", "port" if facility == "port" else "station", name, facility)
    for stop in STOPS if place.border else ():
        if getattr(place.border, stop) is not None:
            yield Target(f"{name}.border.{stop}", "station", name, f"border.{stop}")
    if place.port:
        yield from (Target(f"{name}.port.{kind}", "berth", name, kind) for kind in place.port.berths)
        for pools in ("cranes", "ramps"):
            yield from (Target(f"{name}.port.{pools}.{key}", pools, name, key) for key in getattr(place.port, pools))


def struck(scenario: Scenario, text: str) -> list[Target]:
    """Return the elements that a text names: a full name, one without its prefix, or a pattern in which * stands for any name.

    Raises LookupError with what is wrong and the nearest name.
    """
    known = targets(scenario)
    parts = text.strip().split(".")
    parts = [*parts[:2], *parts[3:]] if parts[2:3] == ["berths"] else parts  # alat.port.berths.dry is alat.port.dry
    parts = [*parts[:3], *parts[4:]] if parts[0] == "places" and parts[3:4] == ["berths"] else parts
    names = [parts] if parts[0] in PREFIXES and len(parts) > 1 else [[prefix, *parts] for prefix in PREFIXES]
    found = [target for full, target in known.items() if any(_matches(name, full.split(".")) for name in names)]
    if not found:
        raise LookupError(_missing(text, scenario, known))
    if len(found) > 1 and "*" not in text:
        raise LookupError(f"expected one element, '{text}' is a leg and a service: say {' or '.join(t.name for t in found)}")
    return found


def _matches(pattern: list[str], name: list[str]) -> bool:
    return len(pattern) == len(name) and all(part in ("*", word) for part, word in zip(pattern, name, strict=True))


def _missing(text: str, scenario: Scenario, known: dict[str, Target]) -> str:
    if text in scenario.places:
        facilities = ", ".join(f"{text}.{facility}" for facility in scenario.places[text].facilities)
        return f"expected a facility of {text}{f' ({facilities})' if facilities else ', it has none'}, a leg or a service, got '{text}'"
    names = [target.name for target in known.values()]
    near = get_close_matches(text, names, n=3, cutoff=0.6)
    hint = f", did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    return f"there is no leg, service or place.facility '{text}'{hint}"


def struck_stations(scenario: Scenario) -> set[str]:
    """Return the names of the stations that some disruption strikes, a border's without its stops."""
    found = set()
    for disruption in scenario.disruptions.values():
        for text in disruption.at:
            try:
                found |= {target.name for target in struck(scenario, text) if target.kind == "station"}
            except LookupError:  # a fault that loading reports
                continue
    return found
