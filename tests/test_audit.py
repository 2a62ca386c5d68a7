"""The audit sees what it is there for: each fault that is planted in a run ends it with an AuditError that names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from laws.runs import busy_corridor

from corridor_sim.build import build_plan
from corridor_sim.engine import audit, simulate
from corridor_sim.engine import run as running
from corridor_sim.errors import AuditError
from corridor_sim.loading.load import load_mapping
from corridor_sim.plan import Plan

Plant = Callable[[Any], None]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build_plan(load_mapping(busy_corridor() | {"drain_days": 0.0}))


def planted(monkeypatch: pytest.MonkeyPatch, fault: Plant) -> None:
    """Have a fault done to the world when the clock has stopped, before the books are checked."""
    check = audit.check

    def spoilt(world: Any, *rest: Any) -> Any:
        fault(world)
        return check(world, *rest)

    monkeypatch.setattr(running.audit, "check", spoilt)


def _pen(world: Any) -> Any:
    return next(pen for pen in world.pens if len(pen.lots) > 1)


def _laden(world: Any) -> Any:
    return next(v for service in world.services for v in service.underway if v.lots)


def _ferry(world: Any) -> Any:
    return next(service for service in world.services if not service.unlimited)


def lose_a_waiting_lot(world: Any) -> None:
    pen = _pen(world)
    pen.units -= pen.lots.pop().units


def lose_a_lot_aboard(world: Any) -> None:
    _laden(world).lots.pop()


def count_a_lot_twice(world: Any) -> None:
    v = _laden(world)
    v.lots.append(v.lots[0])


def deliver_a_unit_too_much(world: Any) -> None:
    world.sources[0].delivered += 1


def forget_a_created_unit(world: Any) -> None:
    world.sources[0].created -= 1


def miscount_who_is_present(world: Any) -> None:
    world.sources[0].present += 1


def miscount_a_pen(world: Any) -> None:
    _pen(world).units += 1


def put_a_vessel_in_two_places(world: Any) -> None:
    ferry = _ferry(world)
    vessel = ferry.new_vehicle(0)
    ferry.stands[0].idle.append(vessel)
    ferry.stands[1].idle.append(vessel)


def sail_with_a_vessel_too_many(world: Any) -> None:
    ferry = _ferry(world)
    for _ in range(3):
        ferry.stands[0].idle.append(ferry.new_vehicle(0))


def keep_room_that_was_left(world: Any) -> None:
    world.rooms[0].used += 5.0


def give_back_room_that_is_held(world: Any) -> None:
    room = next(room for room in world.rooms if room.used)
    room.used = 0.0


def lose_hours_of_the_integral(world: Any) -> None:
    world.sources[0].stay_unit_h -= 100.0


def miss_an_hour_of_a_ledger(world: Any) -> None:
    world.sources[0].ledger_error_h = 1.0


def deliver_more_than_the_paths_carry(world: Any) -> None:
    source = world.sources[0]
    source.created += 10_000_000
    source.delivered += 10_000_000


FAULTS: dict[Plant, str] = {
    lose_a_waiting_lot: "units created",
    lose_a_lot_aboard: "units created",
    count_a_lot_twice: "units created",
    deliver_a_unit_too_much: "units created",
    forget_a_created_unit: "units created",
    miscount_who_is_present: "units created",
    miscount_a_pen: "counts",
    put_a_vessel_in_two_places: "a fleet of",
    sail_with_a_vessel_too_many: "a fleet of",
    keep_room_that_was_left: "accounted for",
    give_back_room_that_is_held: "accounted for",
    lose_hours_of_the_integral: "stays sum to",
    miss_an_hour_of_a_ledger: "hours by cause",
    deliver_more_than_the_paths_carry: "open paths can carry",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault: Plant, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, fault)
    with pytest.raises(AuditError, match=FAULTS[fault]):
        simulate(plan, 0)


def test_a_run_without_faults_passes(plan: Plan) -> None:
    assert simulate(plan, 0).audit["units_lost"] == 0


def _spoil(monkeypatch: pytest.MonkeyPatch, where: str, spoilt: Callable[[Any], Any]) -> None:
    """Replace a method of the engine by one made from it."""
    module, name = where.rsplit(".", 1)
    monkeypatch.setattr(f"corridor_sim.engine.{module}.{name}", spoilt(_found(where)))


def _found(where: str) -> Any:
    from importlib import import_module

    module, owner, name = where.split(".")
    return getattr(getattr(import_module(f"corridor_sim.engine.{module}"), owner), name)


def test_hours_that_a_vehicle_forgets_are_found(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(land: Any) -> Any:
        def landed(self: Any, v: Any) -> None:
            v.moving_h = 0.0
            land(self, v)

        return landed

    _spoil(monkeypatch, "services.Service.land", forgetful)
    with pytest.raises(AuditError, match="hours by cause"):
        simulate(plan, 0)


def test_negative_hours_are_found(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def backwards(land: Any) -> Any:
        def landed(self: Any, v: Any) -> None:
            v.moving_h += 200.0
            v.closed_h -= 200.0
            land(self, v)

        return landed

    _spoil(monkeypatch, "services.Service.land", backwards)
    with pytest.raises(AuditError, match="hours by cause"):
        simulate(plan, 0)


def test_a_server_that_works_for_two_is_found(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def doubled(finish: Any) -> Any:
        def finished(self: Any) -> Any:
            months = finish(self)
            for month in months:
                month[10] = month[10] * 50 + 1000.0
            return months

        return finished

    _spoil(monkeypatch, "books.Book.finish", doubled)
    with pytest.raises(AuditError, match="h busy beyond"):
        simulate(plan, 0)
