"""Leaks that are planted while a run goes on: each ends it with a report that names what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from importlib import import_module
from typing import Any

import lines_of
import pytest
from laws.runs import busy_corridor

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.errors import AuditError
from corridor_sim.loading.load import load_mapping
from corridor_sim.plan import Plan

Spoil = Callable[[Any], Callable[..., Any]]


def corridor(**over: Any) -> dict[str, Any]:
    """The busy corridor with priorities at a border, so that one station keeps a queue."""
    data = deepcopy(busy_corridor()) | {"drain_days": 0.0, "classes": {"slow": {"priority": 8}}}
    data["services"]["freight"] = dict(data["services"]["east"], **{"class": "slow"})
    data["flows"]["more"] = dict(data["flows"]["out"], routes=[{"services": ["freight", "ferry", "west"]}])
    return data | over


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build_plan(load_mapping(corridor()))


def once(fault: Callable[..., Any], nth: int = 40) -> Spoil:
    """Return a method that does as before, but for one call."""

    def spoilt(method: Any) -> Any:
        count = [0]

        def call(*arguments: Any) -> Any:
            count[0] += 1
            return fault(method, *arguments) if count[0] == nth else method(*arguments)

        return call

    return spoilt


def nothing(_method: Any, *_arguments: Any) -> None:
    """What was to be done isn't."""


def twice(method: Any, *arguments: Any) -> Any:
    method(*arguments)
    return method(*arguments)


def lose_a_wagon(method: Any, pen: Any, units: int, now: float) -> Any:
    lot = method(pen, units, now)
    lot.units -= 1
    return lot


def forget_the_rest(method: Any, lot: Any, units: int) -> Any:
    """A lot is split, and one unit of the part falls under the train."""
    part = method(lot, units)
    part.units -= 1
    return part


def finish_early(method: Any, service: Any, v: Any, at: float, step: Any) -> None:
    method(service, v, at - 5.0, step)


def an_hour_too_much(method: Any, pen: Any, lot: Any, now: float) -> None:
    method(pen, lot, now)
    lot.vehicle_h += 1.0


def an_hour_less(method: Any, pen: Any, lot: Any, now: float) -> None:
    method(pen, lot, now)
    lot.accumulation_h -= 500.0


def sink(method: Any, service: Any, stand: Any, v: Any) -> None:
    """A vessel that was to rest is gone."""


def step_back(method: Any, source: Any, now: float) -> None:
    """The clock of a flow's integral is set back by a day."""
    method(source, now)
    source.since -= 24.0


def never_leave(method: Any, berth: Any, v: Any) -> None:
    """The vessel goes, its berth stays taken."""
    v.berth = None


def stay_served(method: Any, station: Any, v: Any) -> None:
    """A lane isn't given back."""
    station.advance()


def take_half(method: Any, room: Any, amount: float) -> None:
    method(room, amount / 2)


def keep_half(method: Any, room: Any, amount: float) -> None:
    method(room, amount / 2)


FAULTS: dict[str, tuple[str, Spoil, str]] = {
    "a wagon is lost as it boards": ("pens.Pen.take", once(lose_a_wagon), "units created"),
    "a unit is lost as a lot is split": ("cargo.Lot.split", once(forget_the_rest, nth=3), "units created"),
    "a lot is delivered twice": ("sources.Source.deliver", once(twice), "units created"),
    "a delivery is forgotten": ("sources.Source.deliver", once(nothing), "units created"),
    "a lot is not put down": ("services.Service._put", once(nothing), "units created"),
    "a ledger has an hour too much": ("pens.Pen._settle", once(an_hour_too_much), "hours by cause miss its age by 1 h"),
    "a ledger lacks hours": ("pens.Pen._settle", once(an_hour_less), "hours by cause miss its age"),
    "an event comes before its time": ("services.Service._after", once(finish_early), "hours by cause miss its age by 5 h"),
    "the clock of an integral steps back": ("sources.Source.account", once(step_back, nth=300), "unit-hours present, stays sum to"),
    "a vessel is lost": ("services.Service.rest", once(sink, nth=9), "ferry: a fleet of 2, 1 found"),
    "a berth leaks": ("ports.Berth.leave", once(never_leave, nth=9), "1 berths taken, 0 vessels alongside"),
    "a lane leaks": ("gated.GatedStation.done", once(stay_served), "lanes taken"),
    "room is taken by half": ("rooms.Room.take", once(take_half, nth=9), "accounted for"),
    "room is given back by half": ("rooms.Room.give", once(keep_half, nth=9), "accounted for"),
    "a row of trips is lost": ("trips.TripRows.append", once(nothing, nth=9), "units became ready, the trips hold"),
    "a row of trips is written twice": ("trips.TripRows.append", once(twice, nth=9), "units became ready, the trips hold"),
}


def _method(where: str) -> tuple[Any, str]:
    module, owner, name = where.split(".")
    return getattr(import_module(f"corridor_sim.engine.{module}"), owner), name


@pytest.mark.parametrize("fault", FAULTS)
def test_a_leak_is_found_and_named(fault: str, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    where, spoil, words = FAULTS[fault]
    owner, name = _method(where)
    static = isinstance(owner.__dict__.get(name), staticmethod)
    spoilt = spoil(getattr(owner, name))
    monkeypatch.setattr(owner, name, staticmethod(spoilt) if static else spoilt)
    with pytest.raises(AuditError, match=words):
        simulate(plan, 0)


def test_the_corridor_itself_is_sound(plan: Plan) -> None:
    audit = simulate(plan, 0).audit
    assert audit["units_lost"] == audit["vehicles_lost"] == audit["holders_wrong"] == audit["trips_wrong"] == 0


def _saturated() -> Plan:
    data = corridor()
    for flow in data["flows"].values():
        flow["per_year"] *= 10
    return build_plan(load_mapping(data))


def test_a_berth_that_is_granted_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    data = corridor()
    data["services"]["ferry"]["vessels"] = 6
    for place in ("c", "d"):
        data["places"][place]["port"] = dict(data["places"][place]["port"], room_wagons=4000, berths={"ferry": {"count": 1, "handling_wagons_per_h": 0.5}})
    busy_port = build_plan(load_mapping(data))
    monkeypatch.setattr("corridor_sim.engine.ports.Berth.ready", lambda self, now: True)
    with pytest.raises(AuditError, match=r"berths taken|h of calls beyond 1 berths"):
        simulate(busy_port, 0)


def test_a_lane_that_is_granted_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    data = corridor()
    data["places"]["b"]["border"] = dict(data["places"]["b"]["border"], lanes=1, inspection_h=20.0)
    narrow = build_plan(load_mapping(data))
    monkeypatch.setattr("corridor_sim.engine.gated.GatedStation.ready", lambda self, now: True)
    with pytest.raises(AuditError, match=r"lanes taken|h busy beyond 1 servers"):
        simulate(narrow, 0)


def test_room_that_is_never_given_back_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridor_sim.engine.rooms.Room.give", lambda self, amount: None)
    with pytest.raises(AuditError, match=r"c\.port\.room_wagons\.west"):
        simulate(_saturated(), 0)


def rationed(per_day: dict[str, float] | None = None, **more: Any) -> Plan:
    """A border that takes over fewer trains a day than come, by class and direction, with spread from day to day."""
    accepts = {"express": {"per_day": 2, "cv": 0.4}, "other": {"per_day": {"west": 5, "east": 3.5}, "cv": 0.3}}
    post = {"lanes": 9, "inspection_h": 1, "accepts": accepts, "other": {}, **more}
    data = lines_of.line(places__post__border=post, classes={"express": {"priority": 2}}) | {"warm_up_days": 10, "drain_days": 5}
    data["services"]["fast"] = data["services"]["trains"] | {"class": "express"}
    ways = {"out": ("east", "west", "trains"), "back": ("west", "east", "trains"), "mail": ("east", "west", "fast")}
    data["flows"] = {name: lines_of.flow(a, b, (per_day or {}).get(name, 12), routes=[{"services": [service]}]) for name, (a, b, service) in ways.items()}
    return build_plan(load_mapping(data))


def test_quotas_bound_what_a_border_lets_through() -> None:
    assert 0.95 < simulate(rationed(), 0).audit["cut_used"] <= 1
    assert 0.3 < simulate(rationed(other={"local": {"per_day": 3}}), 0).audit["cut_used"] < 0.9  # they use the number, and the bound holds


@pytest.mark.parametrize(("name", "idle"), [("express", {}), ("other", {}), ("express", {"out": 1, "back": 1}), ("other", {"mail": 1})])
def test_a_daily_number_that_is_overrun_is_found(name: str, idle: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one class a fifth more is taken over than the days' numbers, while the others may have less to do than theirs."""
    take = import_module("corridor_sim.engine.quotas").Quota.take

    def forgets(self: Any, now: float, closures: Any = None) -> None:
        take(self, now)
        if self.plan.name == name and sum(self.used) % 5 == 0:
            self.left += 1.0

    monkeypatch.setattr("corridor_sim.engine.quotas.Quota.take", forgets)
    with pytest.raises(AuditError, match=r"t delivered, more than the \d+ t that the open paths can carry and daily quotas let through"):
        simulate(rationed(idle), 0)
