"""The watchdog names who holds what and wants what, and keeps quiet about queues that move."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from laws.runs import busy_corridor

from corridor_sim.build import build_plan
from corridor_sim.engine import run as running
from corridor_sim.engine import simulate, watchdog
from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import Clock
from corridor_sim.engine.rooms import Gate, Room
from corridor_sim.errors import AuditError, StandstillError
from corridor_sim.loading.load import load_mapping
from corridor_sim.plan import Plan


def overloaded() -> Plan:
    scenario = busy_corridor()
    for flow in scenario["flows"].values():
        flow["per_year"] *= 10
    return build_plan(load_mapping(scenario))


def test_overload_is_no_knot() -> None:
    run = simulate(overloaded(), 0)
    assert run.tables["room_months"]["full_h"].sum() > 0


def test_room_that_nobody_can_free_is_a_knot(monkeypatch: pytest.MonkeyPatch) -> None:
    give = Room.give
    monkeypatch.setattr(Room, "give", lambda self, amount: None if "c.port.room_wagons.west" in self.name else give(self, amount))
    with pytest.raises(StandstillError) as knot:
        simulate(overloaded(), 0)
    report = str(knot.value)
    assert "have waited for each other for a month" in report
    assert "holds nothing, wants c.port.room_wagons.west (80 of 80)" in report


def test_two_movers_that_hold_what_the_other_wants_are_named() -> None:
    world, (first, second) = two_rooms()
    blocked = watchdog.look(world, {})
    assert blocked == {id(first): 1, id(second): 2}
    with pytest.raises(StandstillError) as knot:
        watchdog.look(world, blocked)
    assert "train 1 at one holds 30 in north, wants south (30 of 40)" in str(knot.value)
    assert "train 2 at two holds 30 in south, wants north (30 of 40)" in str(knot.value)


def test_a_mover_that_came_since_the_last_look_is_no_knot_yet() -> None:
    world, _ = two_rooms()
    watchdog.look(world, {})
    watchdog.look(world, {})


def two_rooms() -> tuple[Any, tuple[Any, Any]]:
    """Two trains in two rooms of 40 wagons; each fills its own with 30 and wants the other."""
    clock = Clock(0.0)
    rooms = [Room(name, number, 40.0, clock) for number, name in enumerate(("north", "south"))]
    service = SimpleNamespace(name="train", priority=5, underway=[], unlimited=True)
    for number, room in enumerate(rooms, start=1):
        v = Vehicle(number, service, 0, 0)
        room.take(30.0)
        v.holds = [(room, 30.0)]
        service.underway.append(v)
    for v, name, there in zip(service.underway, ("one", "two"), (1, 0), strict=True):
        AlwaysFree(name, clock).ask(v, ((rooms[there], 30.0),), 0.0)
    world = SimpleNamespace(rooms=rooms, services=[service], pens=[], pools=[], clock=clock, plan=SimpleNamespace(name="knot"))
    return world, tuple(service.underway)  # type: ignore[return-value]


class AlwaysFree(Gate):
    """A shared element that only lacks room ahead."""

    def __init__(self, name: str, clock: Clock) -> None:
        super().__init__(clock, 0)
        self.name = name

    def ready(self, now: float) -> bool:
        return True


def test_a_knot_is_a_broken_law() -> None:
    assert issubclass(StandstillError, AuditError)


def test_the_watchdog_looks_each_month(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []
    look = running.watchdog.look

    def noted(world: Any, blocked: Any) -> Any:
        seen.append(world.clock.now)
        return look(world, blocked)

    monkeypatch.setattr(running.watchdog, "look", noted)
    plan = overloaded()
    simulate(plan, 0)
    assert seen == list(plan.month_edges_h)
