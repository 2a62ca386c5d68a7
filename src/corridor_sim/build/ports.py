"""Ports: berths by kind with what handles a call there, ramps, cranes and the weather."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from corridor_sim.build.dated import Dated
from corridor_sim.build.hours import closure_spans, hours_timeline, shifts_timeline
from corridor_sim.build.stations import rates
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.plan import WEST, BerthPlan, OtherPlan, PoolPlan, PortPlan, Timeline, WeatherPlan
from corridor_sim.scenario import Berth, Crane, OtherCall, Port, Ramp, Scenario, most_of


def port_plans(
    dated: Dated, places: Mapping[str, int]
) -> tuple[tuple[PortPlan, ...], tuple[WeatherPlan, ...]]:
    """Return the ports in the order of the file, and the weather of those that follow a wind."""
    ports: list[PortPlan] = []
    weathers: list[WeatherPlan] = []
    for name, place in dated.scenario.places.items():
        if place.port is None:
            continue
        weather = _weather(dated.scenario, name, place.port)
        ports.append(_port(dated, name, places[name], len(weathers) if weather else -1))
        weathers += [weather] if weather else []
    return tuple(ports), tuple(weathers)


def _weather(scenario: Scenario, name: str, port: Port) -> WeatherPlan | None:
    wind = port.wind
    if wind is None:
        return None
    region = scenario.winds[wind.follows]
    return WeatherPlan(
        name=f"{name}.port",
        region=wind.follows,
        region_share=tuple(region.closed_share),
        episode_h=region.episode_h.flat(),
        closed_share=tuple(wind.closed_share or region.closed_share),
        correlation=wind.correlation,
        limits=(wind.departure, wind.berthing, wind.handling),
    )


def _port(dated: Dated, name: str, place: int, weather: int) -> PortPlan:
    berths = dated.union(lambda scenario: port_of(scenario, name).berths)
    ramps = dated.union(lambda scenario: port_of(scenario, name).ramps)
    cranes = dated.union(lambda scenario: port_of(scenario, name).cranes)
    calls = dated.union(lambda scenario: port_of(scenario, name).other)
    _check_calls(name, calls, berths)
    return PortPlan(
        name=f"{name}.port",
        place=place,
        berths=tuple(_berth(dated, name, kind, (ramps, cranes), calls) for kind in berths),
        ramps=tuple(_pool(dated, name, "ramps", key, 1, ramp_rates) for key in ramps),
        cranes=tuple(_pool(dated, name, "cranes", key, crane.per_vessel, crane_rates) for key, crane in cranes.items()),
        weather=weather,
        hours=hours_timeline(dated, lambda scenario: port_of(scenario, name), dated.scenario.places[name].utc_offset_h),
        at_close=port_of(dated.scenario, name).at_close,
        closed=tuple(closure_spans(dated, port_of(dated.scenario, name).closures, dated.scenario.places[name].utc_offset_h)),
    )


def _check_calls(name: str, calls: Mapping[str, OtherCall], berths: Mapping[str, Berth]) -> None:
    """Raise a fault for each background call without a berth of its kind."""
    path = f"places.{name}.port.other"
    faults = [
        Fault(f"expected a kind of berth of this port, got '{call.berth}'", f"{path}.{key}.berth", code="no_berth")
        for key, call in calls.items()
        if call.berth not in berths
    ]
    if faults:
        raise CorridorError(*faults)


def port_of(scenario: Scenario, name: str) -> Port:
    """Return the port of a place."""
    port = scenario.places[name].port
    if port is None:
        raise KeyError(name)
    return port


def _berth(
    dated: Dated,
    name: str,
    kind: str,
    pools: tuple[Mapping[str, Ramp], Mapping[str, Crane]],
    calls: Mapping[str, OtherCall],
) -> BerthPlan:
    def of(value: Callable[[Berth], Any], absent: Any) -> Timeline:
        return dated.timeline(lambda scenario: _value(port_of(scenario, name).berths.get(kind), value, absent))

    return BerthPlan(
        kind=kind,
        count=of(lambda berth: berth.count, 0),
        call_h=of(lambda berth: berth.call_h.flat(), ("constant", 0.0)),
        rates=of(rates, {}),
        ramp=_serving(name, "ramps", pools[0], kind),
        crane=_serving(name, "cranes", pools[1], kind),
        others=tuple(_calls(dated, name, key, call) for key, call in calls.items() if call.berth == kind),
    )


def _value(element: Any, value: Callable[[Any], Any], absent: Any) -> Any:
    """Return a value of what exists at a date, or what stands for it while it doesn't."""
    return absent if element is None else value(element)


def _serving(name: str, what: str, pools: Mapping[str, Ramp | Crane], kind: str) -> int:
    """Return the index of the ramps or cranes that serve a kind of berth, -1 without."""
    serving = [number for number, pool in enumerate(pools.values()) if kind in pool.serves]
    if len(serving) > 1:
        names = " and ".join(list(pools)[number] for number in serving)
        message = f"expected one entry that serves '{kind}', got {names}: state them as one"
        raise CorridorError(Fault(message, f"places.{name}.port.{what}", code="two_pools"))
    return serving[0] if serving else -1


def _calls(dated: Dated, name: str, key: str, call: OtherCall) -> OtherPlan:
    def per_day(scenario: Scenario) -> float:
        return float(_value(port_of(scenario, name).other.get(key), lambda stated: stated.per_day, 0.0))

    return OtherPlan(key, WEST, dated.timeline(per_day), call.handling_h.flat())


def _pool(
    dated: Dated, name: str, what: str, key: str, per_call: int, value: Callable[[Any], dict[str, float]]
) -> PoolPlan:
    def pool(scenario: Scenario) -> Any:
        return getattr(port_of(scenario, name), what).get(key)

    offset_h = dated.scenario.places[name].utc_offset_h
    plan = PoolPlan(
        name=f"{name}.port.{what}.{key}",
        count=dated.timeline(lambda scenario: _value(pool(scenario), lambda stated: most_of(stated, stated.count), 0)),
        per_call=per_call,
        rates=dated.timeline(lambda scenario: _value(pool(scenario), value, {})),
        hours=hours_timeline(dated, pool, offset_h),
        shifts=shifts_timeline(dated, pool, offset_h),
    )
    if any(shifts for _, shifts in plan.shifts) and not all(count for _, count in plan.count):
        message = "expected a count of 1 or more at every date beside shifts"
        raise CorridorError(Fault(message, f"places.{name}.port.{what}.{key}", code="shifts"))
    return plan


def ramp_rates(ramp: Ramp) -> dict[str, float]:
    """Return what one ramp handles, measure -> per hour."""
    return _stated([("wagons", ramp.wagons_per_h), ("trucks", ramp.trucks_per_h)])


def crane_rates(crane: Crane) -> dict[str, float]:
    """Return what one crane handles, measure -> per hour; a move carries teu_per_move."""
    moved = crane.moves_per_h * crane.teu_per_move if crane.moves_per_h else None
    return _stated([("teu", crane.teu_per_h or moved), ("t", crane.t_per_h)])


def _stated(pairs: Iterable[tuple[str, float | None]]) -> dict[str, float]:
    return {measure: float(rate) for measure, rate in pairs if rate is not None}


def berth_index(ports: Sequence[PortPlan], port: int, kind: str) -> int:
    """Return the index of the berths of a kind at a port, -1 without."""
    kinds = [berth.kind for berth in ports[port].berths]
    return kinds.index(kind) if kind in kinds else -1
