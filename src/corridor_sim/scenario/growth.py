"""Growth and season of a flow, as a scenario writes them."""

from __future__ import annotations

import math
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le
from pydantic import (
    AllowInfNan,
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    Strict,
    Tag,
    model_validator,
)
from pydantic.json_schema import WithJsonSchema

from corridor_sim.scenario.base import Frozen, NotNegative, Number, Positive, Year, fail, shown
from corridor_sim.scenario.calendar import monthly

Rate = Annotated[float, Strict(), AllowInfNan(False), Gt(-1), Le(10)]


class SteadyGrowth(Frozen):
    """The same rate each 1 January."""

    rate: Annotated[Rate, Field(description="growth each year [1/year, above -1 to 10]")]

    def volume(self, per_year: float, base_year: int, year: int) -> float:
        """Return the yearly volume in a year, in the unit of per_year."""
        return float(per_year * (1 + self.rate) ** (year - base_year))


class YearlyGrowth(Frozen):
    """A rate for each named year; after holds for later ones."""

    rates: Annotated[dict[Year, Rate], Field(description="growth on 1 January of the year [1/year, above -1 to 10]")]
    after: Annotated[Rate, Field(description="growth of later years [1/year, above -1 to 10]")] = 0.0

    def volume(self, per_year: float, base_year: int, year: int) -> float:
        """Return the yearly volume in a year, in the unit of per_year."""
        low, high = sorted((base_year, year))
        factor = math.prod(1 + self._rate(step) for step in range(low + 1, high + 1))
        return float(per_year * factor if year >= base_year else per_year / factor)

    def _rate(self, year: int) -> float:
        last = max(self.rates, default=0)
        return self.rates.get(year, self.after if year > last else 0.0)


class TableGrowth(Frozen):
    """Volumes by year, straight between them; scaled so that base_year has per_year; after is the rate of later years."""

    table: Annotated[dict[Year, NotNegative], Field(min_length=1, description="yearly volume [units/year, 0 or more]")]
    after: Annotated[Rate, Field(description="growth after the last year [1/year, above -1 to 10]")] = 0.0

    def stated(self, year: int) -> float:
        """Return the volume of a year as the table states it [units/year]."""
        years = sorted(self.table)
        if year <= years[0]:
            return self.table[years[0]]
        if year >= years[-1]:
            return float(self.table[years[-1]] * (1 + self.after) ** (year - years[-1]))
        low = max(known for known in years if known <= year)
        high = min(known for known in years if known > year)
        part = (year - low) / (high - low)
        return self.table[low] * (1 - part) + self.table[high] * part

    def volume(self, per_year: float, base_year: int, year: int) -> float:
        """Return the yearly volume in a year, in the unit of per_year."""
        base = self.stated(base_year)
        return self.stated(year) * (per_year / base if base > 0 else 1.0)


class Curve(Frozen):
    """The parameters of logistic growth."""

    ceiling: Annotated[Positive, Field(description="volume that is never passed [units/year, above 0]")]
    midpoint: Annotated[Number, Ge(1900), Le(2300), Field(description="year of fastest growth [year, 1900..2300]")]
    rate: Annotated[Positive, Le(10), Field(description="steepness [1/year, above 0 to 10]")]


class LogisticGrowth(Frozen):
    """An S-curve through per_year in base_year that ends at the ceiling."""

    logistic: Curve

    def volume(self, per_year: float, base_year: int, year: int) -> float:
        """Return the yearly volume in a year, in the unit of per_year."""
        base = self._part(base_year)
        done = (self._part(year) - base) / (1 - base)
        return max(per_year + (self.logistic.ceiling - per_year) * done, 0.0)

    def _part(self, year: float) -> float:
        exponent = self.logistic.rate * (self.logistic.midpoint - year)
        return 1 / (1 + math.exp(min(exponent, 700.0)))


def _keys(value: Any) -> set[str]:
    if isinstance(value, BaseModel):
        return set(type(value).model_fields)
    return set(value) if isinstance(value, dict) else set()


def _spell_growth(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"rate": value}
    if not isinstance(value, dict):
        raise fail(f"expected a rate, rates by year, a table or a logistic curve, got {shown(value)}")
    if {"table", "logistic", "rate", "rates"} & set(value):
        return value
    spelled: dict[str, Any] = {"rates": {key: rate for key, rate in value.items() if key != "after"}}
    return spelled | ({"after": value["after"]} if "after" in value else {})


def _growth_tag(value: Any) -> str | None:
    keys = _keys(value)
    return next((f"growth:{key}" for key in ("rates", "rate", "table", "logistic") if key in keys), None)


_RATE = {"type": "number", "exclusiveMinimum": -1, "maximum": 10}
_VOLUMES = {
    "type": "object",
    "patternProperties": {r"^\d{4}$": {"type": "number", "minimum": 0}},
    "additionalProperties": False,
}
_GROWTH_SCHEMA: dict[str, Any] = {
    "anyOf": [
        _RATE,
        {"type": "object", "patternProperties": {r"^(\d{4}|after)$": _RATE}, "additionalProperties": False},
        {
            "type": "object",
            "properties": {"table": _VOLUMES, "after": _RATE},
            "required": ["table"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"logistic": Curve.model_json_schema()},
            "required": ["logistic"],
            "additionalProperties": False,
        },
    ]
}
Growth = Annotated[
    Annotated[SteadyGrowth, Tag("growth:rate")]
    | Annotated[YearlyGrowth, Tag("growth:rates")]
    | Annotated[TableGrowth, Tag("growth:table")]
    | Annotated[LogisticGrowth, Tag("growth:logistic")],
    Discriminator(_growth_tag),
    BeforeValidator(_spell_growth),
    WithJsonSchema(_GROWTH_SCHEMA, mode="validation"),
]


class MonthlySeason(Frozen):
    """A weight for each month, January first."""

    months: Annotated[
        tuple[NotNegative, ...],
        Field(min_length=12, max_length=12, description="weights, scaled to mean 1 [1, 0 or more]"),
    ]

    @model_validator(mode="after")
    def _some(self) -> MonthlySeason:
        if not sum(self.months) > 0:
            raise fail("expected a season whose sum is more than 0")
        return self


class PeriodSeason(Frozen):
    """Weights of equal parts of a period that begins with the scenario's start."""

    period_days: Annotated[Positive, Field(description="length of the period [days, above 0]")]
    values: Annotated[tuple[NotNegative, ...], Field(min_length=1, description="weights, scaled to mean 1 [1, 0 or more]")]

    @model_validator(mode="after")
    def _some(self) -> PeriodSeason:
        if not sum(self.values) > 0:
            raise fail("expected a season whose sum is more than 0")
        return self


class SineSeason(Frozen):
    """A sine wave: 1 + amplitude x sin(2 pi (days since start - phase_days) / period_days)."""

    period_days: Annotated[Positive, Field(description="length of the wave [days, above 0]")]
    amplitude: Annotated[float, Strict(), AllowInfNan(False), Ge(0), Le(1), Field(description="half-height over mean [0..1]")]
    phase_days: Annotated[Number, Ge(-1e5), Le(1e5), Field(description="shift to later [days]")] = 0.0


def _spell_season(value: Any) -> Any:
    if isinstance(value, BaseModel) or value is None:
        return value
    if isinstance(value, list | tuple):
        if len(value) != 12:
            raise fail(f"expected 12 numbers, January first, got {len(value)}")
        return {"months": tuple(value)}
    if not isinstance(value, dict):
        raise fail(f"expected 12 numbers, a map of months, or a period, got {shown(value)}")
    return value if {"period_days", "months", "amplitude", "values"} & set(value) else {"months": monthly(value)}


def _season_tag(value: Any) -> str | None:
    keys = _keys(value)
    return next((f"season:{key}" for key in ("months", "values", "amplitude", "period_days") if key in keys), None)


_SEASON_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 12, "maxItems": 12},
        PeriodSeason.model_json_schema(),
        SineSeason.model_json_schema(),
        {
            "type": "object",
            "patternProperties": {r"^([a-z]{3}(-[a-z]{3})?|other)$": {"type": "number", "minimum": 0}},
            "additionalProperties": False,
        },
    ]
}
Season = Annotated[
    Annotated[MonthlySeason, Tag("season:months")]
    | Annotated[PeriodSeason, Tag("season:values")]
    | Annotated[PeriodSeason, Tag("season:period_days")]
    | Annotated[SineSeason, Tag("season:amplitude")],
    Discriminator(_season_tag),
    BeforeValidator(_spell_season),
    WithJsonSchema(_SEASON_SCHEMA, mode="validation"),
]
