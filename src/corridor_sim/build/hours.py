"""Opening hours: calendars in local time turned into open spans of a week and dated closures, both UTC."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from corridor_sim.build.dated import Dated
from corridor_sim.outage_plan import OpenHours, ShiftHours
from corridor_sim.plan import Timeline
from corridor_sim.scenario import Closure, Scenario, closed_spans, is_seasonal, numbers_in, open_spans
from corridor_sim.units import HOURS_PER_DAY, date_at, hours_between, month_edges

WEEK_H = 168.0
Span = tuple[float, float]


def hours_timeline(dated: Dated, hours_of: Callable[[Scenario], Any], utc_offset_h: float) -> Timeline:
    """Return the opening hours by date of what states `open`, `closed_days` and `closures` (None: it isn't there).

    Hours that differ by season turn at the local midnight of a month's first day.
    """

    def value(stated: Any, month: int) -> OpenHours | None:
        return open_hours(dated, open_spans(stated, month), stated.closed_days, utc_offset_h, stated.closures)

    return _by_month(dated, hours_of, utc_offset_h, value)


def shifts_timeline(dated: Dated, facility_of: Callable[[Scenario], Any], utc_offset_h: float) -> Timeline:
    """Return the numbers by shift by date of what states `shifts`, None where it doesn't."""

    def value(stated: Any, month: int) -> ShiftHours | None:
        numbers = numbers_in(stated, month)
        return None if numbers is None else ShiftHours(dated.start.weekday() * HOURS_PER_DAY, _numbers(numbers, utc_offset_h))

    return _by_month(dated, facility_of, utc_offset_h, value)


def _by_month(dated: Dated, stated_by: Callable[[Scenario], Any], utc_offset_h: float, value: Callable[[Any, int], Any]) -> Timeline:
    """Return a value of what is stated and of the local month (0 is January) by date; None where nothing is stated."""
    seasonal = any(is_seasonal(stated_by(scenario)) for _, scenario in dated.snapshots)

    def at(scenario: Scenario, hours: float) -> Any:
        stated = stated_by(scenario)
        return None if stated is None else value(stated, date_at(dated.start, max(hours, 0.0) + utc_offset_h).month - 1)

    return dated.dated(at, month_turns(dated, utc_offset_h) if seasonal else ())


def _numbers(numbers: Iterable[tuple[float, float, float]], offset_h: float) -> tuple[tuple[float, float, float], ...]:
    """Return numbers by the local week as those of the week in UTC."""
    return tuple(sorted((*span, number) for begin, end, number in numbers for span in _shifted([(begin, end)], offset_h)))


def month_turns(dated: Dated, utc_offset_h: float) -> Iterable[float]:
    """Yield the local midnights at which months begin [h]."""
    return (hours - utc_offset_h for _, hours in month_edges(dated.start, dated.days[1] + timedelta(days=1)))


def open_hours(
    dated: Dated,
    spans: Iterable[Span],
    closed_days: tuple[str, ...],
    utc_offset_h: float,
    closures: tuple[Closure, ...] = (),
) -> OpenHours | None:
    """Return the opening hours of a facility from those of a local week, None where it is always open.

    Spans count hours of a week that begins on Monday 00:00 UTC; `phase_h` is the hour of that week at the start.
    """
    spans = _joined(_shifted(spans, utc_offset_h))
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
