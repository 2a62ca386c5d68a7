"""Outages: each process that closes or slows elements down, with the indices of what it strikes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from corridor_sim.build.dated import Dated
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.network import Line
from corridor_sim.outage_plan import OutagePlan
from corridor_sim.plan import PortPlan
from corridor_sim.scenario import Disruption, Target, struck
from corridor_sim.units import on_grid


@dataclass(frozen=True, slots=True)
class Struck:
    """Where elements stand in the plan: stations by name, ports by place, both directions of leg k at 2k and 2k + 1."""

    lines: Mapping[str, Line]
    stations: Sequence[str]
    ports: tuple[PortPlan, ...]
    places: Mapping[str, int]
    legs: Mapping[str, int]
    services: Mapping[str, int]


def outage_plans(dated: Dated, elements: Struck) -> tuple[OutagePlan, ...]:
    """Return a plan for each process; breakdowns of a list are a process each unless they come together."""
    plans: list[OutagePlan] = []
    for name, disruption in dated.scenario.disruptions.items():
        found = {text: _struck(dated, name, number, text) for number, text in enumerate(disruption.at)}
        every = list(dict.fromkeys(target for targets in found.values() for target in targets))
        if disruption.spells is not None or disruption.together:
            plans.append(_plan(dated, name, ",".join(disruption.at), disruption, every, elements))
        else:
            plans += [_plan(dated, name, target.name, disruption, [target], elements) for target in every]
    return tuple(plans)


def _struck(dated: Dated, name: str, number: int, text: str) -> list[Target]:
    try:
        return struck(dated.scenario, text)
    except LookupError as error:
        raise CorridorError(Fault(str(error), f"disruptions.{name}.at[{number}]", code="reference")) from None


def _plan(
    dated: Dated, name: str, element: str, disruption: Disruption, targets: Iterable[Target], elements: Struck
) -> OutagePlan:
    found = list(targets)
    drawn = disruption.up_h is not None and disruption.down_h is not None
    return OutagePlan(
        name=name,
        element=element,
        legs=tuple(_unique(_legs(found, elements))),
        stations=tuple(_unique(_stations(found, elements))),
        ports=tuple(_unique(_port(target, elements) for target in found if target.kind == "port")),
        berths=tuple(_unique(_berths(found, elements))),
        services=tuple(_unique(_services(dated, found, elements))),
        clock=disruption.clock,
        up_h=disruption.up_h.flat() if drawn and disruption.up_h else None,
        down_h=disruption.down_h.flat() if drawn and disruption.down_h else None,
        factor=float(disruption.factor),
        spells=tuple(_spells(dated, disruption)),
    )


def _unique(items: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(items))


def _legs(targets: Iterable[Target], elements: Struck) -> Iterator[int]:
    """Yield the directions of legs on land; nothing runs over those at sea, their services stop."""
    sea = {hop.leg for line in elements.lines.values() if line.mode == "sea" for hop in line.hops}
    for target in targets:
        if target.kind == "leg" and target.owner not in sea:
            yield from (elements.legs[target.owner], elements.legs[target.owner] + 1)


def _stations(targets: Iterable[Target], elements: Struck) -> Iterator[int]:
    for target in targets:
        if target.kind == "station":
            yield from (n for n, name in enumerate(elements.stations) if name == target.name or name.startswith(f"{target.name}."))


def _port(target: Target, elements: Struck) -> int:
    return next(n for n, port in enumerate(elements.ports) if port.place == elements.places[target.owner])


def _berths(targets: Iterable[Target], elements: Struck) -> Iterator[tuple[int, int]]:
    """Yield (port, berth) of kinds of berth, and of those that struck cranes or ramps serve."""
    for target in targets:
        if target.kind not in ("berth", "cranes", "ramps"):
            continue
        number = _port(target, elements)
        port = elements.ports[number]
        pools = [pool.name.rpartition(".")[2] for pool in getattr(port, target.kind, ())]
        for k, berth in enumerate(port.berths):
            served = {"berth": -1, "cranes": berth.crane, "ramps": berth.ramp}[target.kind]
            if berth.kind == target.part if target.kind == "berth" else served >= 0 and pools[served] == target.part:
                yield number, k


def _services(dated: Dated, targets: Iterable[Target], elements: Struck) -> Iterator[int]:
    for target in targets:
        if target.kind == "service":
            yield from (elements.services[part] for part in dated.scenario.parts_of(target.owner))
        elif target.kind == "leg":
            lines = (line for line in elements.lines.values() if line.mode == "sea")
            yield from (elements.services[line.name] for line in lines if any(hop.leg == target.owner for hop in line.hops))


def _spells(dated: Dated, disruption: Disruption) -> Iterator[tuple[float, float, float]]:
    for spell in disruption.spells or ():
        factor = disruption.factor if spell.factor is None else spell.factor
        yield hours_of(dated.start, spell.from_), hours_of(dated.start, spell.to), float(factor)


def hours_of(start: date, moment: datetime) -> float:
    """Return the hours from midnight of start to an instant, on the grid [h]."""
    return on_grid((moment - datetime(start.year, start.month, start.day)) / timedelta(hours=1))
