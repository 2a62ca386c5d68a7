"""Closures: exact instants, dated spells, and opening hours that may differ by season."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from corridor_sim.scenario.base import Frozen, Share, fail, shown
from corridor_sim.scenario.calendar import Spans, calendar_spans, monthly

_MOMENT = r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}):(\d{2})(?::00)?)?"


def moment_of(value: Any) -> datetime:
    """Return the instant of a date or of a text such as `2024-10-01 06:30`; a date alone is its midnight."""
    if isinstance(value, datetime):
        return value
    text = value.isoformat() if isinstance(value, date) else value
    match = re.fullmatch(_MOMENT, text.strip()) if isinstance(text, str) else None
    try:
        if match and int(match[2] or 0) < 24:
            return datetime.fromisoformat(f"{match[1]} {int(match[2] or 0):02}:{match[3] or '00'}")
    except ValueError:
        pass
    raise fail(f"expected a date or instant such as 2024-10-01 or 2024-10-01 06:30, got {shown(value)}")


Moment = Annotated[datetime, BeforeValidator(moment_of, json_schema_input_type=date | str)]
"""An instant, written as a date (its midnight) or as date and time."""


class Closure(Frozen):
    """A dated spell in which something is closed."""

    from_: Annotated[Moment, Field(alias="from", description="when it closes, a date or date and time")]
    to: Annotated[Moment, Field(description="when it opens again, a date or date and time")]
    note: Annotated[str | None, Field(description="a remark for the reader")] = None

    @model_validator(mode="after")
    def _ends_later(self) -> Closure:
        if self.to <= self.from_:
            raise fail(f"expected to after from ({self.from_:%Y-%m-%d %H:%M}), got {self.to:%Y-%m-%d %H:%M}")
        return self


class Spell(Closure):
    """A dated spell in which something is closed or slower."""

    factor: Annotated[Share | None, Field(description="speed and capacity that are left, the disruption's own by default [0..1]")] = None


Closures = tuple[Closure, ...]


def _opening(value: Any) -> Any:
    """Return opening hours that hold, or those of each month."""
    if isinstance(value, dict):
        value = monthly(value)
    for text in value if isinstance(value, (tuple, list)) else [value]:
        if not isinstance(text, str):
            raise fail(f'expected opening hours such as "daily 08:00-20:00", by season or for all the year, got {shown(text)}')
        calendar_spans(text)
    return tuple(value) if isinstance(value, (tuple, list)) else value


Opening = Annotated[str | tuple[str, ...], BeforeValidator(_opening, json_schema_input_type=str | dict[str, str])]
"""Opening hours in local time, one for all the year or by months; read with `spans_in`."""


def spans_in(opening: str | tuple[str, ...], month: int) -> Spans:
    """Return the open (from, to) in hours of a week that begins on Monday 00:00, in a month (0 is January)."""
    return calendar_spans(opening if isinstance(opening, str) else opening[month])


def open_h_a_week(opening: str | tuple[str, ...]) -> float:
    """Return the open hours of a week, on average over the year [h]."""
    return sum(to - begin for month in range(12) for begin, to in spans_in(opening, month)) / 12
