"""Shifts that are allowed and probably not meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corridor_sim.loading.paths import Path
from corridor_sim.loading.references import Slip
from corridor_sim.scenario import Scenario, spans_in


def shifts_odd(scenario: Scenario) -> Iterator[Slip]:
    """Yield shifts that man more than there is, that never work, or that have fewer cranes than a call takes."""
    for path, facility in _with_shifts(scenario):
        for name, shift in facility.shifts.items():
            at, key = (*path, "shifts", name), shift.KEY
            number, own = getattr(shift, key), getattr(facility, key)
            if not any(spans_in(shift.open, month) for month in range(12)):
                yield Slip((*at, "open"), f"{name} never works", "shifts")
            if number is not None and key in facility.model_fields_set and number > own:
                yield Slip((*at, key), f"{name} mans {number:g} {_plural(path, key)}, more than its own {own:g}", "shifts")
            if number is not None and number < getattr(facility, "per_vessel", 1):
                message = f"a call takes {facility.per_vessel}, {name} has {number}: it goes on at that part of its speed"
                yield Slip((*at, key), message, "shifts")


def _plural(path: Path, key: str) -> str:
    return str(path[3]) if key == "count" else key


def _with_shifts(scenario: Scenario) -> Iterator[tuple[Path, Any]]:
    """Yield (path, facility) of what works in shifts."""
    for name, place in scenario.places.items():
        for path, facility in _facilities(("places", name), place):
            if getattr(facility, "shifts", None):
                yield path, facility


def _facilities(above: Path, place: Any) -> Iterator[tuple[Path, Any]]:
    for kind in ("border", "gauge_change", "terminal"):
        yield (*above, kind), getattr(place, kind)
    for stop in ("exit", "entry", "road"):
        yield (*above, "border", stop), getattr(place.border, stop, None)
    for what in ("cranes", "ramps"):
        pools = getattr(place.port, what, {})
        yield from (((*above, "port", what, key), pool) for key, pool in pools.items())
