"""Shifts: hours of the week in which something works with a number of its own: lanes, tracks, fronts, cranes or ramps."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, ClassVar, TypeVar

from annotated_types import Ge, Le
from pydantic import Field

from corridor_sim.scenario.base import Element, Lanes, Whole, fail
from corridor_sim.scenario.calendar import DAYS, MONTHS, Spans, joined
from corridor_sim.scenario.closures import Opening, spans_in

T = TypeVar("T")
Numbers = tuple[tuple[float, float, float], ...]  # from, to (hours of a week that begins on Monday 00:00) and number


class Shift(Element):
    """Hours of one shift."""

    KEY: ClassVar[str] = ""  # of the number, here and at the facility

    open: Annotated[Opening, Field(description="hours of the shift, local time of the place, or by season: {apr-oct: .., other: ..}")]


class LaneShift(Shift):
    """A shift at a stop of a border."""

    KEY: ClassVar[str] = "lanes"

    lanes: Annotated[Lanes | None, Field(description="lanes manned, its own number by default [lanes, 1 or more, or unlimited]")] = None


class TrackShift(Shift):
    """A shift at a terminal."""

    KEY: ClassVar[str] = "tracks"

    tracks: Annotated[Lanes | None, Field(description="tracks worked, its own number by default [tracks, 1 or more, or unlimited]")] = None


class FrontShift(Shift):
    """A shift at a gauge change."""

    KEY: ClassVar[str] = "fronts"

    fronts: Annotated[Lanes | None, Field(description="fronts manned, its own number by default [fronts, 1 or more, or unlimited]")] = None


class CountShift(Shift):
    """A shift of cranes or ramps."""

    KEY: ClassVar[str] = "count"

    count: Annotated[Whole | None, Ge(1), Le(1000), Field(description="cranes or ramps manned, all by default [1..1000]")] = None


def tiled(facility: T) -> T:
    """Return a facility whose shifts overlap nowhere and stand instead of its own hours; raise what pydantic collects."""
    shifts: dict[str, Shift] = facility.shifts  # type: ignore[attr-defined]
    if not shifts:
        return facility
    if facility.open != "always":  # type: ignore[attr-defined]
        raise fail("expected either open or shifts: the hours of its shifts are its opening hours, the gaps between them are closed")
    if not getattr(facility, next(iter(shifts.values())).KEY):
        raise fail("expected a count of 1 or more beside shifts")
    for month in range(len(MONTHS)):
        spans = sorted((*span, name) for name, shift in shifts.items() for span in spans_in(shift.open, month))
        for (_, end, one), (begin, _, other) in pairwise(spans):
            if begin < end:
                raise fail(f"expected shifts that don't overlap, got {one} and {other} both on {_hour(begin)} in {MONTHS[month]}")
    return facility


def _hour(hours: float) -> str:
    minutes = round(hours % 24 * 60)
    return f"{DAYS[int(hours // 24)]} {minutes // 60:02}:{minutes % 60:02}"


def open_spans(facility: Any, month: int) -> Spans:
    """Return the open (from, to) of a week in a month (0 is January): those of its shifts where it has any."""
    shifts = getattr(facility, "shifts", None)
    if not shifts:
        return spans_in(facility.open, month)
    return joined([span for shift in shifts.values() for span in spans_in(shift.open, month)])


def numbers_in(facility: Any, month: int) -> Numbers | None:
    """Return the number of each hour of a week in a month (0 is January), None without shifts; hours left out are closed."""
    shifts = getattr(facility, "shifts", None)
    if not shifts:
        return None
    return tuple(sorted((*span, _number(facility, shift)) for shift in shifts.values() for span in spans_in(shift.open, month)))


def _number(facility: Any, shift: Shift) -> float:
    own = getattr(shift, shift.KEY)
    return float(getattr(facility, shift.KEY) if own is None else own)


def is_seasonal(facility: Any) -> bool:
    """Return whether hours differ by season."""
    holders = [facility, *(getattr(facility, "shifts", None) or {}).values()]
    return any(isinstance(getattr(holder, "open", ""), tuple) for holder in holders)


def most_of(facility: Any, own: float) -> float:
    """Return the largest number of any shift; its own number without shifts."""
    shifts = getattr(facility, "shifts", None)
    return max(_number(facility, shift) for shift in shifts.values()) if shifts else own


def hours_a_week(facility: Any, key: str) -> float:
    """Return the hours that lanes, tracks or the like (the key of their number) work in a week, all together, over the year [h]."""
    months, own = range(len(MONTHS)), float(getattr(facility, key))
    shifts = getattr(facility, "shifts", None) or {}
    by_shift = key in {shift.KEY for shift in shifts.values()}
    tables = [numbers_in(facility, month) if by_shift else None for month in months]
    tables = [table or tuple((*span, own) for span in open_spans(facility, month)) for month, table in zip(months, tables, strict=True)]
    return sum((to - begin) * number for table in tables for begin, to, number in table or ()) / len(months)


__all__ = ["CountShift", "FrontShift", "LaneShift", "Shift", "TrackShift"]
