"""Opening hours: calendars in local time turned into open spans of a week and dated closures, both UTC."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from corridor_sim.build.dated import Dated
from corridor_sim.plan import OpenHours, Timeline
from corridor_sim.scenario import Closure, Scenario, closed_spans, spans_in
from corridor_sim.units import HOURS_PER_DAY, date_at, hours_between, month_edges

WEEK_H = 168.0
Span = tuple[float, float]
Opening = str | tuple[str, ...]


def hours_timeline(dated: Dated, hours_of: Callable[[Scenario], Any], utc_offset_h: float) -> Timeline:
    """Return the opening hours by date of what states `open`, `closed_days` and `closures` (None: it isn't there).

    Hours that differ by season turn at the local midnight of a month's first day.
    """
    seasonal = any(isinstance(getattr(hours_of(scenario), "open", ""), tuple) for _, scenario in dated.snapshots)

    def value(scenario: Scenario, hours: float) -> OpenHours | None:
        stated = hours_of(scenario)
        if stated is None:
            return None
        month = date_at(dated.start, max(hours, 0.0) + utc_offset_h).month - 1
        return open_hours(dated, stated.open, stated.closed_days, utc_offset_h, stated.closures, month)

    return dated.dated(value, month_turns(dated, utc_offset_h) if seasonal else ())


def month_turns(dated: Dated, utc_offset_h: float) -> Iterable[float]:
    """Yield the local midnights at which months begin [h]."""
    return (hours - utc_offset_h for _, hours in month_edges(dated.start, dated.days[1] + timedelta(days=1)))


def open_hours(
    dated: Dated,
    opening: Opening,
    closed_days: tuple[str, ...],
    utc_offset_h: float,
    closures: tuple[Closure, ...] = (),
    month: int = 0,
) -> OpenHours | None:
    """Return the opening hours of a facility in a month (0 is January), None where it is always open.

    Spans count hours of a week that begins on Monday 00:00 UTC; `phase_h` is the hour of that week at the start.
    """
    spans = _joined(_shifted(spans_in(opening, month), utc_offset_h))
    closed = _joined([*_days(dated, closed_days, utc_offset_h), *closure_spans(dated, closures, utc_offset_h)])
    if spans == ((0.0, WEEK_H),) and not closed:
        return None
    return OpenHours(WEEK_H, dated.start.weekday() * HOURS_PER_DAY, spans, closed)


def _days(dated: Dated, closed_days: tuple[str, ...], utc_offset_h: float) -> Iterable[Span]:
    """Yield the closed days as hours since start."""
    for first, last in closed_spans(closed_days, *dated.days):
        yield hours_between(dated.start, first) - utc_offset_h, hours_between(dated.start, last) - utc_offset_h


def closure_spans(dated: Dated, closures: tuple[Closure, ...], utc_offset_h: float) -> Iterable[Span]:
    """Yield dated closures, written in local time, as hours since start."""
    midnight = datetime(dated.start.year, dated.start.month, dated.start.day)
    for closure in closures:
        begin, end = ((moment - midnight) / timedelta(hours=1) - utc_offset_h for moment in (closure.from_, closure.to))
        yield begin, end


def _shifted(spans: Iterable[Span], offset_h: float) -> Iterable[Span]:
    """Yield spans of the local week as spans of the week in UTC; one that passes its end is cut in two."""
    for begin, end in spans:
        low = (begin - offset_h) % WEEK_H
        high = low + end - begin
        yield (low, min(high, WEEK_H))
        if high > WEEK_H:
            yield (0.0, high - WEEK_H)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)
