"""Tracks of a gauge change that a train holds while its load waits for empty wagons of the other gauge.

The load has been handled and counts in the yard, but the track isn't free before the last of it has its wagons, or before the train has
held it for the longest time that the gauge change states. Each gauge has tracks of its own: trains that hold theirs keep out trains of
their own way, not those of the other that bring the wagons. Both keep tracks and wagons from locking each other.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from corridor_sim.engine.cargo import Lot, Vehicle
from corridor_sim.engine.clock import DECISION, order_key
from corridor_sim.engine.gated import GatedStation
from corridor_sim.engine.rooms import Group, Need
from corridor_sim.engine.wagons import Gate, Handover
from corridor_sim.plan import StationPlan

KEY = order_key(DECISION, (1 << 18) - 2)  # after those who decide on loads that have just landed


class Hold:
    """A train that holds its track, and how many parts of its load lack wagons."""

    __slots__ = ("free", "lacking")

    def __init__(self, lacking: int, free: Any) -> None:
        self.lacking, self.free = lacking, free

    def got_wagons(self) -> None:
        """Note that one part of the load has its wagons; after the last the track is free."""
        self.lacking -= 1
        if not self.lacking:
            self.end()

    def end(self) -> None:
        """Free the track, if it is still held."""
        free, self.free = self.free, None
        if free is not None:
            free()


class WayGroup(Group):
    """Those of one way who wait at a gauge change for the same rooms."""

    __slots__ = ("heading",)

    def __init__(self, gate: Any, rooms: Any, heading: int) -> None:
        super().__init__(gate, rooms)
        self.heading = heading

    def admits(self, now: float) -> bool:
        """Return whether a track of their gauge is free and the head finds room."""
        station: Any = self.gate
        if station.standing[self.heading] < station.servers:
            return super().admits(now)
        self.unblock(now)
        return False


class HoldingStation(GatedStation):
    """A gauge change whose trains hold their tracks for want of wagons."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.standing = [0, 0]  # trains of each way that are handled or hold their track

    def ask(self, v: Vehicle, need: Need | None, now: float) -> None:
        """Queue a train that needs a track of its gauge and room ahead, and start it if it can."""
        v.arrived_h = now
        self.queue_up(v, need, now, (-1 - v.heading,), WayGroup, v.heading)

    def begin(self, v: Vehicle, now: float, blocked_h: float) -> None:
        """Handle a train from now on."""
        self.standing[v.heading] += 1
        super().begin(v, now, blocked_h)

    def done(self, v: Vehicle) -> None:
        """Free the track of a train that has been handled, or keep it for the parts of its load that take wagons of another pool."""
        now, heading = self.clock.env._now, v.heading
        gates = [(lot, gate) for lot in v.lots if (gate := gate_ahead(lot)) is not None]
        if gates:
            hold = Hold(len(gates), partial(self._held, heading, now, gates[0][1]))
            for lot, gate in gates:
                gate.pool.holds[id(lot)] = hold.got_wagons
            self.clock.call_at(now + self.plan.holds_track_h, KEY, hold.end)
        else:
            self.standing[heading] -= 1
        super().done(v)

    def _held(self, heading: int, since: float, gate: Gate) -> None:
        now = self.clock.env._now
        gate.yard.track_h += now - since
        self.standing[heading] -= 1
        self.clock.call_at(now, KEY, self.advance)


def gate_ahead(lot: Lot) -> Gate | None:
    """Return where a load waits for wagons when it is put down, None where it needs none."""
    pens = lot.flow.pens[lot.trip.route]
    ahead = pens[lot.stage + 1] if lot.stage + 1 < len(pens) else None
    ahead = ahead.behind if isinstance(ahead, Handover) else ahead
    return ahead if isinstance(ahead, Gate) else None


_KINDS: dict[type, Any] = {}  # kind of a station -> the same with tracks that are held


def holding(plan: StationPlan, kind: Any) -> Any:
    """Return the kind of a station, one whose trains hold their tracks where its plan says so."""
    if not plan.holds_track_h:
        return kind
    if kind not in _KINDS:
        _KINDS[kind] = type(f"Holding{kind.__name__}", (HoldingStation, kind), {})
    return _KINDS[kind]
