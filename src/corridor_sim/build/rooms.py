"""Rooms: finite standing room at ports and yards by measure and direction, and the room that waiting lots stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import inf

from corridor_sim.build.dated import Dated
from corridor_sim.plan import DIRECTIONS, MEASURES, CommodityPlan, RoomPlan
from corridor_sim.scenario import Scenario

ROOMY = ("port", "yard")  # lots wait in the port's room where it states the measure, else in the yard's
STOOD_IN = {"teu": ("teu", "wagons"), "wagon": ("wagons",), "truck": ("trucks",), "t": ("t", "wagons")}


@dataclass(frozen=True)
class Rooms:
    """The finite rooms of a case; `index` finds one by place, facility, measure and direction."""

    plans: tuple[RoomPlan, ...]
    index: Mapping[tuple[str, str, str, int], int]
    stated: frozenset[tuple[str, str, str]]

    def passed(self, place: str, measure: str, direction: int) -> int | None:
        """Return the room of a yard that a vehicle passes, None where it has no limit."""
        return self.index.get((place, "yard", measure, direction))

    def waiting_in(self, place: str, measure: str) -> str | None:
        """Return the facility whose room of a measure holds what waits at a place."""
        return next((facility for facility in ROOMY if (place, facility, measure) in self.stated), None)

    def by_measure(self, place: str, direction: int) -> dict[str, int]:
        """Return the rooms that waiting lots of one direction stand in, by measure."""
        found = ((measure, self.waiting_in(place, measure)) for measure in MEASURES)
        keys = {measure: (place, facility, measure, direction) for measure, facility in found if facility}
        return {measure: self.index[key] for measure, key in keys.items() if key in self.index}

    def of_lot(self, place: str, commodity: CommodityPlan, direction: int) -> tuple[int, float] | None:
        """Return the room that a waiting unit of a commodity stands in and how much it takes, None without limit."""
        for facility in ROOMY:
            for measure in STOOD_IN[commodity.unit]:
                amount = commodity.amounts.get(measure, 0.0)
                if amount and (place, facility, measure) in self.stated:
                    room = self.index.get((place, facility, measure, direction))
                    return None if room is None else (room, amount)
        return None


def find_rooms(dated: Dated, places: Mapping[str, int]) -> Rooms:
    """Return the rooms that are finite at some date, in the order of the file."""
    plans: list[RoomPlan] = []
    index: dict[tuple[str, str, str, int], int] = {}
    for name, place in dated.scenario.places.items():
        for facility in (facility for facility in place.facilities if facility in ROOMY):
            for measure in MEASURES:
                for direction, heading in enumerate(DIRECTIONS):
                    key = (name, facility, measure, direction)
                    capacity = dated.timeline(partial(_capacity, key))
                    if any(room != inf for _, room in capacity):
                        index[key] = len(plans)
                        full_name = f"{name}.{facility}.room_{measure}.{heading}"
                        plans.append(RoomPlan(full_name, places[name], direction, measure, capacity))
    return Rooms(tuple(plans), index, frozenset(key[:3] for key in index))


def _capacity(key: tuple[str, str, str, int], scenario: Scenario) -> float:
    place, facility, measure, direction = key
    room = getattr(getattr(scenario.places[place], facility), f"room_{measure}")
    return inf if room is None else float(room[direction])
