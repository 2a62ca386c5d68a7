"""Ports with hours or outages, and pens whose load can't leave in closed hours: weather comes first, the rest counts as closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corridor_sim.engine.cargo import CLOSED, WEATHER
from corridor_sim.engine.closures import Closures, Spell
from corridor_sim.engine.pens import Pen
from corridor_sim.engine.ports import Port
from corridor_sim.engine.struck import within
from corridor_sim.engine.tempo import Slow, Tempo, Wear


class TimedPort(Port):
    """What berths see of a port: its weather, the hours in which calls are handled, and outages."""

    def __init__(
        self, port: Port, hours: Sequence[Spell], at_close: str, closed: Sequence[Spell], outages: Sequence[Slow],
        wear: Wear | None, until: float,
    ) -> None:  # fmt: skip
        """Return the face of a port.

        hours: in which no call is handled, closed: in which the port is closed whole; both as spells. wear: breakdowns that come
        with handling. until: the instant up to which they are known [h].
        """
        self.weather = (port.departure, port.berthing, port.handling)
        shut = [*closed, *((begin, end) for begin, end, factor in outages if not factor)]
        departure, berthing = (Closures([*_spells(weather), *shut]) for weather in self.weather[:2])
        stormy = [(begin, end, 0.0) for begin, end in _spells(port.handling)]
        self.tempo = Tempo([*hours, *closed], at_close, [*outages, *stormy], until)
        super().__init__(port.name, departure, berthing, self.tempo.closed)
        self.pools, self.wear = port.pools, wear

    def waited(self, closures: Closures, begin: float, end: float) -> tuple[float, float]:
        """Return the hours of a wait for a berth or to leave in closed weather, and those in which the port was closed [h]."""
        weather = self.weather[0 if closures is self.departure else 1].between(begin, end)
        return weather, closures.between(begin, end) - weather

    def handled(self, start: float, hours: float) -> tuple[float, float, float]:
        """Return when handling that could start at an instant ends, and the hours lost to weather and to closed hours [h]."""
        begin = self.tempo.opens(start, hours)
        repairs: list[Spell] = []
        if self.wear is not None:
            end, repairs = self.wear.worked(self.tempo.rate, begin, hours)
        else:
            end = self.tempo.rate.ends(begin, hours)
        standing = Closures([(start, begin), *repairs, *within(self.tempo.pausing, begin, end)])
        stormy = Closures([*within(self.weather[2], begin, end)]) if repairs else self.weather[2]
        weather = stormy.between(start, end)
        return end, weather, standing.between(start, end) - weather


def _spells(closures: Closures) -> list[Spell]:
    return list(zip(closures.begins, closures.ends, strict=True))


class ClosedPen(Pen):
    """A pen whose load waits for a port that can be closed, or for services that can be halted."""

    __slots__ = ("shut",)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.shut: Closures | None = None  # when nothing leaves, weather among it

    def account(self, now: float) -> None:
        """Bring the clocks and integrals up to now."""
        since, hours = self.since, now - self.since
        if hours == 0.0:
            return
        self.since = now
        weather = self.weather.between(since, now) if self.weather is not None else 0.0
        closed = self.shut.between(since, now) - weather if self.shut is not None else 0.0
        for cause, part in ((WEATHER, weather), (CLOSED, closed), (self.cause, hours - weather - closed)):
            self.clocks[cause] += part
            self.unit_h[cause] += self.units * part

    def recause(self) -> None:
        """See again why lots wait; where no service runs it is closed."""
        if any(stand.service.active for stand in self.stands):
            super().recause()
        elif self.cause != CLOSED:
            self.account(self.clock.env._now)
            self.cause = CLOSED
