"""Knots of several shapes are found and named; what only waits for something that can move is none."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest

from corridor_sim.engine import watchdog
from corridor_sim.engine.cargo import Vehicle
from corridor_sim.engine.clock import Clock
from corridor_sim.engine.rooms import Gate, Room
from corridor_sim.errors import StandstillError


class Free(Gate):
    """A shared element that only lacks room ahead."""

    def __init__(self, name: str, clock: Clock) -> None:
        super().__init__(clock, 0)
        self.name = name

    def ready(self, now: float) -> bool:
        return True


class Place(SimpleNamespace):
    """A pen: compared by identity."""

    __hash__ = object.__hash__


class Scene:
    """Rooms of 40, vehicles that stand in some and ask for others, lots that wait for a fleet."""

    def __init__(self, *rooms: str) -> None:
        self.clock = Clock(0.0)
        self.rooms = [Room(name, number, 40.0, self.clock) for number, name in enumerate(rooms)]
        self.trains = self.fleet("train", vessels=0, unlimited=True)
        self.world: Any = SimpleNamespace(rooms=self.rooms, services=[self.trains], pens=[], pools=[], clock=self.clock, plan=SimpleNamespace(name="scene"))

    def fleet(self, name: str, vessels: int, unlimited: bool = False) -> Any:
        service: Any = SimpleNamespace(name=name, priority=5, underway=[], unlimited=unlimited, fleet=vessels, idle=0)
        service.has_free = lambda stuck: unlimited or not service.fleet or service.fleet > sum(id(v) in stuck for v in service.underway)
        return service

    def room(self, name: str) -> Room:
        return next(room for room in self.rooms if room.name == name)

    def vehicle(self, number: int, wants: str, holds: str = "", of: Any = None, amount: float = 30.0) -> Vehicle:
        """A vehicle that waits for one room, perhaps in another."""
        service = of or self.trains
        v = Vehicle(number, service, 0, 0)
        if holds:
            self.room(holds).take(amount)
            v.holds = [(self.room(holds), amount)]
        service.underway.append(v)
        Free(f"gate{number}", self.clock).ask(v, ((self.room(wants), amount),), 0.0)
        return v

    def ring(self, *names: str) -> None:
        """Vehicles that stand in a room each and want the next one."""
        for name in names:  # all stand there before the first asks
            self.room(name).take(30.0)
        for number, name in enumerate(names, start=1):
            v = Vehicle(number, self.trains, 0, 0)
            v.holds = [(self.room(name), 30.0)]
            self.trains.underway.append(v)
            Free(f"gate{number}", self.clock).ask(v, ((self.room(names[number % len(names)]), 30.0),), 0.0)

    def lots(self, name: str, room: str, fetched_by: Any, amount: float = 40.0) -> None:
        """Load that waits in a room for a fleet."""
        self.room(room).take(amount)
        lot = SimpleNamespace(room=(self.room(room), amount), units=1)
        self.world.pens.append(Place(name=name, lots=deque([lot]), stands=[SimpleNamespace(service=fetched_by)]))
        if fetched_by not in self.world.services:
            self.world.services.append(fetched_by)

    def knot(self) -> str:
        """The report of the watchdog, "" if it finds none in two looks."""
        try:
            watchdog.look(self.world, watchdog.look(self.world, {}))
        except StandstillError as error:
            return str(error)
        return ""


@pytest.mark.parametrize("size", [2, 3, 5])
def test_a_ring_of_any_size_is_named_whole(size: int) -> None:
    names = [f"r{k}" for k in range(size)]
    scene = Scene(*names)
    scene.ring(*names)
    report = scene.knot()
    assert f"{size} movers have waited for each other" in report
    for k in range(size):
        assert f"train {k + 1} at gate{k + 1} holds 30 in r{k}, wants r{(k + 1) % size} (30 of 40)" in report


def test_who_waits_behind_a_knot_is_named_too() -> None:
    scene = Scene("north", "south", "outside")
    scene.ring("north", "south")
    scene.vehicle(3, wants="north", holds="outside")
    assert "train 3 at gate3 holds 30 in outside, wants north" in scene.knot()


def test_two_fleets_that_fill_each_others_room_are_a_knot() -> None:
    scene = Scene("west", "east")
    ships, trucks = scene.fleet("ship", 2), scene.fleet("truck", 1)
    scene.lots("to_trucks", "west", trucks)
    scene.lots("to_ships", "east", ships)
    for number in (1, 2):
        scene.vehicle(number, wants="west", of=ships)
    scene.vehicle(3, wants="east", of=trucks)
    report = scene.knot()
    assert "ship 1 at gate1 holds nothing, wants west (40 of 40)" in report
    assert "truck 3 at gate3 holds nothing, wants east (40 of 40)" in report


def test_one_free_vessel_is_enough_to_untie_it() -> None:
    scene = Scene("west", "east")
    ships, trucks = scene.fleet("ship", 3), scene.fleet("truck", 1)
    scene.lots("to_trucks", "west", trucks)
    scene.lots("to_ships", "east", ships)
    for number in (1, 2):
        scene.vehicle(number, wants="west", of=ships)
    scene.vehicle(3, wants="east", of=trucks)
    assert scene.knot() == ""


def test_a_fleet_without_vessels_is_no_knot() -> None:
    scene = Scene("west")
    gone = scene.fleet("ship", 0)
    scene.lots("to_ships", "west", gone)
    scene.vehicle(1, wants="west")
    assert scene.knot() == ""


def test_a_knot_of_a_fleet_with_its_own_room() -> None:
    scene = Scene("quay")
    ships = scene.fleet("ship", 1)
    scene.lots("to_ships", "quay", ships)
    scene.vehicle(1, wants="quay", of=ships)
    assert "ship 1 at gate1 holds nothing, wants quay (40 of 40)" in scene.knot()


def test_room_that_nobody_holds_and_nobody_gave_back_is_named() -> None:
    scene = Scene("ghost")
    scene.room("ghost").take(40.0)
    scene.vehicle(1, wants="ghost")
    assert "train 1 at gate1 holds nothing, wants ghost (40 of 40)" in scene.knot()


def test_a_queue_before_someone_who_can_move_is_no_knot() -> None:
    scene = Scene("yard")
    mover = Vehicle(9, scene.trains, 0, 0)
    scene.room("yard").take(40.0)
    mover.holds = [(scene.room("yard"), 40.0)]
    scene.trains.underway.append(mover)
    for number in (1, 2, 3):
        scene.vehicle(number, wants="yard")
    assert scene.knot() == ""
