"""Ports: berths by kind with what handles a call there, ramps, cranes and the weather."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from corridor_sim.build.dated import Dated
from corridor_sim.build.stations import rates
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.plan import WEST, BerthPlan, OtherPlan, PoolPlan, PortPlan, WeatherPlan
from corridor_sim.scenario import Crane, Port, Ramp, Scenario


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
    port = dated.scenario.places[name].port
    assert port is not None
    _check_calls(name, port)
    berths = tuple(_berth(dated, name, port, kind) for kind in port.berths)
    ramps = tuple(_pool(dated, name, "ramps", key, 1, ramp_rates) for key in port.ramps)
    cranes = tuple(_pool(dated, name, "cranes", key, crane.per_vessel, crane_rates) for key, crane in port.cranes.items())
    return PortPlan(f"{name}.port", place, berths, ramps, cranes, weather)


def _check_calls(name: str, port: Port) -> None:
    """Raise a fault for each background call without a berth of its kind."""
    faults = [
        Fault(f"expected a kind of berth of this port, got '{call.berth}'", f"places.{name}.port.other.{key}.berth", code="no_berth")
        for key, call in port.other.items()
        if call.berth not in port.berths
    ]
    if faults:
        raise CorridorError(*faults)


def port_of(scenario: Scenario, name: str) -> Port:
    """Return the port of a place."""
    port = scenario.places[name].port
    if port is None:
        raise KeyError(name)
    return port


def _berth(dated: Dated, name: str, port: Port, kind: str) -> BerthPlan:
    def of(value: Callable[[Any], Any]) -> Callable[[Scenario], Any]:
        return lambda scenario: value(port_of(scenario, name).berths[kind])

    return BerthPlan(
        kind=kind,
        count=dated.timeline(of(lambda berth: berth.count)),
        call_h=dated.timeline(of(lambda berth: berth.call_h.flat())),
        rates=dated.timeline(of(rates)),
        ramp=_serving(name, "ramps", port.ramps, kind),
        crane=_serving(name, "cranes", port.cranes, kind),
        others=_calls(dated, name, port, kind),
    )


def _serving(name: str, what: str, pools: Mapping[str, Ramp | Crane], kind: str) -> int:
    """Return the index of the ramps or cranes that serve a kind of berth, -1 without."""
    serving = [number for number, pool in enumerate(pools.values()) if kind in pool.serves]
    if len(serving) > 1:
        names = " and ".join(list(pools)[number] for number in serving)
        message = f"expected one entry that serves '{kind}', got {names}: state them as one"
        raise CorridorError(Fault(message, f"places.{name}.port.{what}", code="two_pools"))
    return serving[0] if serving else -1


def _calls(dated: Dated, name: str, port: Port, kind: str) -> tuple[OtherPlan, ...]:
    plans = []
    for key in (key for key, call in port.other.items() if call.berth == kind):
        per_day = dated.timeline(lambda scenario, key=key: port_of(scenario, name).other[key].per_day)
        plans.append(OtherPlan(key, WEST, per_day, port.other[key].handling_h.flat()))
    return tuple(plan for plan in plans if any(number for _, number in plan.per_day))


def _pool(
    dated: Dated, name: str, what: str, key: str, per_call: int, value: Callable[[Any], dict[str, float]]
) -> PoolPlan:
    def pool(scenario: Scenario) -> Any:
        return getattr(port_of(scenario, name), what)[key]

    return PoolPlan(
        name=f"{name}.port.{what}.{key}",
        count=dated.timeline(lambda scenario: pool(scenario).count),
        per_call=per_call,
        rates=dated.timeline(lambda scenario: value(pool(scenario))),
    )


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
