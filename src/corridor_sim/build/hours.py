"""Opening hours: calendars in local time turned into open spans of a week and dated closures, both UTC."""

from __future__ import annotations

from collections.abc import Iterable

from corridor_sim.build.dated import Dated
from corridor_sim.plan import OpenHours
from corridor_sim.scenario import calendar_spans, closed_spans
from corridor_sim.units import HOURS_PER_DAY, hours_between

WEEK_H = 168.0
Span = tuple[float, float]


def open_hours(dated: Dated, calendar: str, closed_days: tuple[str, ...], utc_offset_h: float) -> OpenHours | None:
    """Return the opening hours of a facility, None where it is always open.

    Spans count hours of a week that begins on Monday 00:00 UTC; `phase_h` is the hour of that week at the start.
    """
    spans = _joined(_shifted(calendar_spans(calendar), utc_offset_h))
    closed = _joined(
        (hours_between(dated.start, first) - utc_offset_h, hours_between(dated.start, last) - utc_offset_h)
        for first, last in closed_spans(closed_days, *dated.days)
    )
    if spans == ((0.0, WEEK_H),) and not closed:
        return None
    return OpenHours(WEEK_H, dated.start.weekday() * HOURS_PER_DAY, spans, closed)


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
