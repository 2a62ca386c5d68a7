"""The plans that are measured, each built from a scenario by the way every run takes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.tandem import scenario

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded
    from corridor_sim.plan import Plan, PortPlan, StationPlan, Timeline

CORRIDOR = Path(__file__).parents[1] / "scenarios" / "baseline_2024.yaml"


def tandem(days: int) -> Plan:
    """Return the plan of the tandem over so many days."""
    from corridor_sim.loading import load_scenario

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tandem.yaml"
        file.write_text(scenario(days), encoding="utf-8")
        return built(load_scenario(file))


def corridor(years: int = 1, volume: float = 1.0) -> Plan:
    """Return the plan of the corridor of 2024 over so many years, with volume times its flows."""
    from corridor_sim.loading import load_scenario

    loaded = load_scenario(CORRIDOR)
    changed: dict[str, Any] = {"end": date(loaded.scenario.start.year + years, 1, 1)}
    if volume != 1:
        flows = loaded.scenario.flows.items()
        changed |= {f"flows.{name}.per_year": flow.per_year * volume for name, flow in flows if flow.per_year}
    return built(load_scenario(CORRIDOR, overrides=changed))


def larger(plan: Plan, times: int) -> Plan:
    """Return a corridor so many times as large: flows, background, paths, lanes, berths, rooms and fleets."""

    def more(timeline: Timeline) -> Timeline:
        return tuple((at, value if value < 0 else value * times) for at, value in timeline)

    def closer(timeline: Timeline) -> Timeline:
        return tuple((at, headway / times) for at, headway in timeline)

    return replace(
        plan,
        flows=tuple(replace(flow, intensity=more(flow.intensity)) for flow in plan.flows),
        legs=tuple(replace(leg, headway_h=closer(leg.headway_h)) for leg in plan.legs),
        stations=tuple(_larger_station(station, more) for station in plan.stations),
        ports=tuple(_larger_port(port, more) for port in plan.ports),
        rooms=tuple(replace(room, capacity=more(room.capacity)) for room in plan.rooms),
        services=tuple(replace(service, vessels=more(service.vessels)) for service in plan.services),
        fleets=tuple(replace(fleet, vessels=more(fleet.vessels)) for fleet in plan.fleets),
        embargoes=tuple(replace(embargo, stop=more(embargo.stop), resume=more(embargo.resume)) for embargo in plan.embargoes),
    )


def _larger_station(station: StationPlan, more: Callable[[Timeline], Timeline]) -> StationPlan:
    others = tuple(replace(other, per_day=more(other.per_day)) for other in station.others)
    return replace(station, servers=more(station.servers), fronts=more(station.fronts), others=others)


def _larger_port(port: PortPlan, more: Callable[[Timeline], Timeline]) -> PortPlan:
    def pools(plans: Any) -> Any:
        return tuple(replace(plan, count=more(plan.count)) for plan in plans)

    calls = (tuple(replace(other, per_day=more(other.per_day)) for other in berth.others) for berth in port.berths)
    berths = tuple(replace(berth, others=others) for berth, others in zip(pools(port.berths), calls, strict=True))
    return replace(port, berths=berths, ramps=pools(port.ramps), cranes=pools(port.cranes))


def built(loaded: Loaded) -> Plan:
    """Return the plan of a loaded scenario."""
    from corridor_sim.build import build_plan

    return build_plan(loaded)
