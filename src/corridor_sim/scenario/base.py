"""Building blocks of the models: frozen base, ids, dates, bounded numbers and limits."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le
from pydantic import (
    AfterValidator,
    AllowInfNan,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

UNLIMITED = "unlimited"
ID_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"


class Frozen(BaseModel):
    """A model that can't be changed and takes no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def fail(message: str, code: str = "shape") -> PydanticCustomError:
    """Return the error that pydantic collects and the loader shows as it is."""
    return PydanticCustomError(code, "{text}", {"text": message})


def shown(value: Any) -> str:
    """Return a value as a fault shows it, shortened to 60 characters."""
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _as_date(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise fail(f"expected a date that exists, got '{value}' ({error})") from error
    raise fail(f"expected a date such as 2027-07-01, got {shown(value)}")


def _whole(value: float) -> float:
    if math.isfinite(value) and value != int(value):
        raise fail(f"expected a whole number or unlimited, got {value}")
    return value


def _or_unlimited(value: Any, inner: Callable[[Any], float]) -> float:
    if value == UNLIMITED:
        return math.inf
    if isinstance(value, str):
        meant = f", did you mean '{UNLIMITED}'?" if get_close_matches(value.lower(), [UNLIMITED]) else ""
        raise fail(f"expected a number or unlimited, got {shown(value)}{meant}")
    if not isinstance(value, int | float):
        raise fail(f"expected a number or unlimited, got {_kind(value)}")
    return inner(value)


def _kind(value: Any) -> str:
    """Return what was given where a number belongs."""
    if isinstance(value, list | dict):
        return f"a list of {len(value)}" if isinstance(value, list) else "a map"
    return "nothing" if value is None else shown(value)


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Day = Annotated[date, BeforeValidator(_as_date, json_schema_input_type=date)]
Number = Annotated[float, Strict(), AllowInfNan(False)]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Share = Annotated[float, Strict(), AllowInfNan(False), Ge(0), Le(1)]
Positive = Annotated[float, Strict(), AllowInfNan(False), Gt(0), Le(1e12)]
NotNegative = Annotated[float, Strict(), AllowInfNan(False), Ge(0), Le(1e12)]
Hours = Annotated[float, Strict(), AllowInfNan(False), Ge(0), Le(1e6)]
Year = Annotated[int, Strict(), Ge(1990), Le(2200)]

_NUMBER_OR_UNLIMITED = WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"const": UNLIMITED}]}, mode="validation")
Limit = Annotated[NotNegative, WrapValidator(_or_unlimited), _NUMBER_OR_UNLIMITED]
"""A number of at least 0, or unlimited (math.inf)."""

CountLimit = Annotated[
    NotNegative,
    AfterValidator(_whole),
    WrapValidator(_or_unlimited),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"const": UNLIMITED}]}, mode="validation"),
]
"""A whole number of at least 0, or unlimited (math.inf)."""

Lanes = Annotated[
    Positive,
    AfterValidator(_whole),
    WrapValidator(_or_unlimited),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"const": UNLIMITED}]}, mode="validation"),
]
"""A whole number of at least 1, or unlimited (math.inf)."""


class Ways(Frozen):
    """Two values, in the order of their fields: west then east, or out then back."""

    def __getitem__(self, way: int) -> Any:
        """Return the value of a direction (0 west, 1 east) or of a way along a leg (0 out, 1 back)."""
        return getattr(self, tuple(type(self).model_fields)[way])


class RoomWays(Ways):
    """Room for each direction of travel."""

    west: Annotated[Limit, Field(description="room in direction west [measure, 0 or more, or unlimited]")]
    east: Annotated[Limit, Field(description="room in direction east [measure, 0 or more, or unlimited]")]


class PerDayWays(Ways):
    """Vehicles a day for each direction of travel."""

    west: Annotated[NotNegative, Field(description="vehicles in direction west [1/day, 0 or more]")]
    east: Annotated[NotNegative, Field(description="vehicles in direction east [1/day, 0 or more]")]


class PathWays(Ways):
    """Paths a day for each way along a leg: out runs from its first place to its last."""

    out: Annotated[Limit, Field(description="paths out [1/day, 0 or more, or unlimited]")]
    back: Annotated[Limit, Field(description="paths back [1/day, 0 or more, or unlimited]")]


class OtherPathWays(Ways):
    """Paths a day that other trains take, for each way along a leg."""

    out: Annotated[NotNegative, Field(description="paths out [1/day, 0 or more]")]
    back: Annotated[NotNegative, Field(description="paths back [1/day, 0 or more]")]


class GrossWays(Ways):
    """Heaviest train for each way along a leg."""

    out: Annotated[Positive, Field(description="gross weight out [t, above 0]")]
    back: Annotated[Positive, Field(description="gross weight back [t, above 0]")]


def spread(value: Any, names: tuple[str, str]) -> Any:
    """Return a value stated once as a map of the two names; a map of them, a model or null stays as it is."""
    if value is None or isinstance(value, BaseModel) or (isinstance(value, dict) and set(value) & set(names)):
        return value
    return dict.fromkeys(names, value)


def _west_east(value: Any) -> Any:
    return spread(value, ("west", "east"))


def _out_back(value: Any) -> Any:
    return spread(value, ("out", "back"))


Room = Annotated[RoomWays, BeforeValidator(_west_east, json_schema_input_type=RoomWays | Limit)]
PerDay = Annotated[PerDayWays, BeforeValidator(_west_east, json_schema_input_type=PerDayWays | NotNegative)]
Pairs = Annotated[PathWays, BeforeValidator(_out_back, json_schema_input_type=PathWays | Limit)]
OtherPairs = Annotated[OtherPathWays, BeforeValidator(_out_back, json_schema_input_type=OtherPathWays | NotNegative)]
GrossLimit = Annotated[GrossWays, BeforeValidator(_out_back, json_schema_input_type=GrossWays | Positive)]

Grade = Literal["measured", "official", "plan", "derived", "assumed"]


class Element(Frozen):
    """Something of the scenario that states where its numbers come from."""

    source: Annotated[
        str | dict[str, str] | None,
        Field(description="id in the sources table (or assumed), or a map of field: id with a default"),
    ] = None
    grade: Annotated[Grade | None, Field(description="how well its numbers are known")] = None
    note: Annotated[str | None, Field(description="a remark for the reader")] = None
