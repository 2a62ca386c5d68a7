"""Hours since the scenario's start, calendar edges, and the grid of time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

HOURS_PER_DAY = 24.0
DAYS_PER_YEAR = 365.25
HOURS_PER_YEAR = HOURS_PER_DAY * DAYS_PER_YEAR
GRID = 2.0**-30  # hours; every instant is a multiple, so sums and ties are exact
BIG = 1.5 * 2.0**22  # (x + BIG) - BIG rounds to the grid for |x| < 2**21 h (239 years)


def on_grid(hours: float) -> float:
    """Return hours rounded to the grid of 2^-30 h."""
    return (hours + BIG) - BIG


def hours_between(start: date, day: date) -> float:
    """Return the hours from midnight of start to midnight of day [h]."""
    return (day - start).days * HOURS_PER_DAY


def date_at(start: date, hours: float) -> datetime:
    """Return the calendar instant (UTC) that lies hours after start."""
    return datetime(start.year, start.month, start.day) + timedelta(hours=hours)


def next_month(day: date) -> date:
    """Return the first day of the month after the one that holds day."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_edges(start: date, end: date) -> list[tuple[date, float]]:
    """Return (first day, hours since start) of each month that touches [start, end), then end."""
    edges, day = [(start, 0.0)], next_month(start)
    while day < end:
        edges.append((day, hours_between(start, day)))
        day = next_month(day)
    return [*edges, (end, hours_between(start, end))]
