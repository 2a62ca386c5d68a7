"""Opening hours by weekday, closed days and values by month, as a scenario writes them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from corridor_sim.scenario.base import fail, shown

WEEK_H = 168.0
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXAMPLE = 'always, never, "daily 09:00-17:00" or "Mon-Fri 08:00-12:00, 13:00-20:00; Sat 09:00-13:00"'
Spans = tuple[tuple[float, float], ...]


def hour_of(text: str) -> float:
    """Return the hour of day of a text such as 07:30 [h]; 24:00 is allowed."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if not match or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > 24 * 60:
        raise fail(f"expected a time of day such as 08:00, got '{text.strip()}'")
    return int(match[1]) + int(match[2]) / 60


def calendar_spans(text: str) -> Spans:
    """Return the opening as sorted, disjoint (from, to) in hours of a week that begins on Monday 00:00."""
    if text == "always":
        return ((0.0, WEEK_H),)
    if text == "never":
        return ()
    spans = [span for rule in text.split(";") for span in _rule_spans(rule.strip())]
    return joined(spans)


def _rule_spans(rule: str) -> list[tuple[float, float]]:
    match = re.fullmatch(r"(?:(daily|[A-Z][a-z]{2}(?:\s*[-,]\s*[A-Z][a-z]{2})*)\s+)?([\d:,\s-]+)", rule)
    if not match:
        raise fail(f"expected opening hours such as {_EXAMPLE}, got '{rule}'")
    days = range(7) if match[1] in (None, "daily") else _days(match[1])
    ranges = [_range(part) for part in match[2].split(",")]
    return [piece for day in days for low, high in ranges for piece in _wrapped(24 * day + low, 24 * day + high)]


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in re.split(r"\s*,\s*", text):
        ends = [_day(name) for name in re.split(r"\s*-\s*", part)]
        count = (ends[-1] - ends[0]) % 7 + 1
        days += [(ends[0] + step) % 7 for step in range(count)]
    return days


def _day(name: str) -> int:
    if name not in DAYS:
        raise fail(f"expected a day of the week ({' '.join(DAYS)}), got '{name}'")
    return DAYS.index(name)


def _range(text: str) -> tuple[float, float]:
    parts = text.split("-")
    if len(parts) != 2:
        raise fail(f"expected hours such as 08:00-20:00, got '{text.strip()}'")
    low, high = map(hour_of, parts)
    if low == high:
        raise fail(f"expected opening hours longer than nothing, got '{text.strip()}'")
    return low, high if high > low else high + 24


def _wrapped(low: float, high: float) -> list[tuple[float, float]]:
    if high <= WEEK_H:
        return [(low, high)]
    return [(low, WEEK_H), (0.0, high - WEEK_H)] if low < WEEK_H else [(low - WEEK_H, high - WEEK_H)]


def joined(spans: list[tuple[float, float]]) -> Spans:
    """Return the union of spans, sorted and disjoint."""
    result: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if result and low <= result[-1][1]:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return tuple(result)


def _valid_calendar(text: str) -> str:
    calendar_spans(text)
    return text


Calendar = Annotated[str, AfterValidator(_valid_calendar)]
"""Opening hours in local time; read with `calendar_spans`."""

_DAY = r"(\d{4}-)?(\d{2})-(\d{2})"


def _closed_text(value: Any) -> str:
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str):
        raise fail(f"expected a closed day such as 2024-03-21, 01-01 or 12-30..01-02, got {shown(value)}")
    parts = text.split("..")
    matches = [re.fullmatch(_DAY, part.strip()) for part in parts]
    if len(parts) > 2 or not all(matches) or len({bool(match and match[1]) for match in matches}) > 1:
        raise fail(f"expected a closed day such as 2024-03-21, 01-01 or 12-30..01-02, got '{text}'")
    days = [_day_in(2024, part) for part in parts]
    if matches[0] and matches[0][1] and days[-1] < days[0]:
        raise fail(f"expected the first day before the last, got '{text}'")
    return text


def _day_in(year: int, text: str) -> date:
    text = text.strip()
    try:
        return date.fromisoformat(text if len(text) == 10 else f"{year}-{text}")
    except ValueError as error:
        if text == "02-29":
            return date(year, 3, 1)
        raise fail(f"expected a date that exists, got '{text}'") from error


ClosedDay = Annotated[str, BeforeValidator(_closed_text, json_schema_input_type=str)]
"""A closed date or range of dates, of one year or of every year; read with `closed_spans`."""


def closed_spans(days: tuple[str, ...], start: date, end: date) -> tuple[tuple[date, date], ...]:
    """Return the closures that touch [start, end) as (first day, day after the last), sorted."""
    spans = {span for text in days for span in _spans_of(text, start, end)}
    return tuple(sorted(span for span in spans if span[0] < end and span[1] > start))


def _spans_of(text: str, start: date, end: date) -> list[tuple[date, date]]:
    low, high = (text.split("..") * 2)[:2]
    years = [0] if len(low.strip()) == 10 else range(start.year - 1, end.year + 1)
    spans = []
    for year in years:
        first, last = _day_in(year, low), _day_in(year, high)
        if last < first:
            last = _day_in(year + 1, high)
        spans.append((first, last + timedelta(days=1)))
    return spans


def month_numbers(name: str) -> tuple[int, ...]:
    """Return the months (0 is January) of a name such as jan or nov-feb."""
    ends = name.split("-")
    if len(ends) > 2 or any(end not in MONTHS for end in ends):
        raise fail(f"expected a month such as jan, a range such as nov-feb, or other, got '{name}'")
    first, last = MONTHS.index(ends[0]), MONTHS.index(ends[-1])
    return tuple((first + step) % 12 for step in range((last - first) % 12 + 1))


def monthly(values: dict[str, Any]) -> tuple[Any, ...]:
    """Return the 12 values of a map from months, ranges of months and other; every month is stated once."""
    found: dict[int, Any] = {}
    for name, value in values.items():
        for month in () if name == "other" else month_numbers(str(name)):
            if month in found:
                raise fail(f"expected each month once, got {MONTHS[month]} twice")
            found[month] = value
    missing = [MONTHS[month] for month in range(12) if month not in found]
    if missing and "other" not in values:
        raise fail(f"expected every month or other, got nothing for {', '.join(missing)}")
    return tuple(found.get(month, values.get("other")) for month in range(12))
