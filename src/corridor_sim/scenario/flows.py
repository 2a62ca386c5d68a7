"""Flows and commodities: what is to be carried, from where to where, and when it is ready."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from pydantic import (
    BeforeValidator,
    Field,
    model_validator,
)

from corridor_sim.scenario.base import (
    Day,
    Element,
    Flag,
    Hours,
    Id,
    NotNegative,
    Positive,
    Whole,
    Year,
    fail,
    shown,
)
from corridor_sim.scenario.growth import Growth, Season, SteadyGrowth, TableGrowth
from corridor_sim.scenario.services import Direction

Unit = Literal["teu", "t", "wagon", "truck"]


class Commodity(Element):
    """What is carried: its unit and what a unit weighs and takes."""

    unit: Annotated[Unit, Field(description="unit that flows count in")]
    t_per_unit: Annotated[Positive, Field(description="net weight of a unit [t, above 0]")]
    gross_t_per_unit: Annotated[
        Positive | None, Field(description="gross weight of a unit, the net one by default [t, above 0]")
    ] = None
    units_per_wagon: Annotated[
        Positive | None,
        Field(description="units on a wagon; null: not by wagon; by default TEU 2, wagon 1 [above 0]"),
    ] = None
    units_per_truck: Annotated[
        Positive | None,
        Field(description="units on a truck; null: not by truck; by default TEU 2, truck 1 [above 0]"),
    ] = None
    teu_per_unit: Annotated[
        NotNegative | None, Field(description="boxes of a unit, by default TEU 1, others 0 [TEU, 0 or more]")
    ] = None
    empty: Annotated[Flag, Field(description="whether it loads nothing (empty wagons, boxes, trucks)")] = False

    @property
    def gross_t(self) -> float:
        """Return the gross weight of a unit [t]."""
        return self.t_per_unit if self.gross_t_per_unit is None else self.gross_t_per_unit

    @property
    def per_wagon(self) -> float | None:
        """Return the units on a wagon, or None where it doesn't ride wagons."""
        stated = "units_per_wagon" in self.model_fields_set
        return self.units_per_wagon if stated else {"teu": 2.0, "wagon": 1.0}.get(self.unit)

    @property
    def per_truck(self) -> float | None:
        """Return the units on a truck, or None where it doesn't ride trucks."""
        stated = "units_per_truck" in self.model_fields_set
        return self.units_per_truck if stated else {"teu": 2.0, "truck": 1.0}.get(self.unit)

    @property
    def teu(self) -> float:
        """Return the boxes of a unit [TEU]."""
        default = 1.0 if self.unit == "teu" else 0.0
        return default if self.teu_per_unit is None else self.teu_per_unit

    def use_of(self, limits: dict[str, float]) -> dict[str, float] | None:
        """Return what a unit takes of each of a vehicle's limits, or None where it can't ride.

        limits: measure (wagons, trucks, teu, t) -> number. On a deck of wagons and trucks it rides as the one it can be.
        """
        amounts = {"teu": self.teu or None, "t": self.gross_t}
        amounts |= {"wagons": 1 / self.per_wagon if self.per_wagon else None}
        amounts |= {"trucks": 1 / self.per_truck if self.per_truck else None}
        deck = [name for name in ("wagons", "trucks") if name in limits and amounts[name]]
        has_deck = bool({"wagons", "trucks"} & set(limits))
        if (has_deck and not deck) or ("teu" in limits and not has_deck and not amounts["teu"]):
            return None
        chosen = [*deck[:1], *(name for name in ("teu", "t") if name in limits)]
        return {name: amounts[name] or 0.0 for name in chosen}


def _as_stages(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise fail(f"expected a list of services, got {shown(value)}")
    return tuple((stage,) if isinstance(stage, str) else stage for stage in value)


Stages = Annotated[
    tuple[Annotated[tuple[Id, ...], Field(min_length=1)], ...],
    Field(min_length=1),
    BeforeValidator(_as_stages, json_schema_input_type=list[Id | list[Id]]),
]


class Route(Element):
    """One itinerary of a flow and its share."""

    share: Annotated[Positive, Field(description="weight among the routes in use [1, above 0]")] = 1
    services: Annotated[
        Stages,
        Field(description="stages in order; a stage is a service, or a list of which the first to leave is taken"),
    ]
    branch: Annotated[Id | None, Field(description="name of the branch in reports")] = None
    from_date: Annotated[Day | None, Field(description="first date")] = None
    until_date: Annotated[Day | None, Field(description="date from which it is used no more")] = None


class Flow(Element):
    """Demand between two places."""

    from_: Annotated[Id, Field(alias="from", description="origin")]
    to: Annotated[Id, Field(description="destination")]
    commodity: Annotated[Id, Field(description="commodity")]
    class_: Annotated[Id | None, Field(alias="class", description="class, for priority")] = None
    direction: Annotated[Direction | None, Field(description="direction of travel, by longitude by default")] = None
    per_year: Annotated[NotNegative | None, Field(description="volume in base_year [units/year, 0 or more]")] = None
    base_year: Annotated[Year | None, Field(description="year of per_year, that of the start by default [1990..2200]")] = None
    growth: Annotated[
        Growth,
        Field(description="rate, {year: rate, after: rate}, {table: {year: volume}} or {logistic: {...}} [1/year]"),
    ] = SteadyGrowth(rate=0.0)
    season: Annotated[
        Season | None,
        Field(description="12 numbers, a map of months, or a period; scaled to mean 1 [1, 0 or more]"),
    ] = None
    consignment: Annotated[Whole, Ge(1), Le(1_000_000), Field(description="size of a dispatch [units, 1..1000000]")]
    supply: Annotated[Literal["poisson", "scheduled", "unlimited"], Field(description="how consignments come")] = "poisson"
    offset_h: Annotated[Hours, Field(description="scheduled: first one after the start [h, 0 or more]")] = 0
    times: Annotated[
        tuple[Hours, ...] | None,
        Field(description="scheduled: hours since start, instead of per_year [h, 0 or more]"),
    ] = None
    keep_together: Annotated[Flag, Field(description="whether a consignment is split only where it exceeds an empty vehicle")] = (
        False
    )
    from_date: Annotated[Day | None, Field(description="first date of readiness")] = None
    until_date: Annotated[Day | None, Field(description="date from which none is ready")] = None
    routes: Annotated[
        tuple[Route, ...] | None,
        Field(min_length=1, description="itineraries with shares; by generalised time by default"),
    ] = None
    branch: Annotated[Id | None, Field(description="name of the branch in reports")] = None
    counts_in: Annotated[tuple[Id, ...], Field(description="statistical scopes that count it")] = ()

    @model_validator(mode="after")
    def _whole(self) -> Flow:
        if self.supply == "scheduled" and (self.times is None) == (self.volume_stated is None):
            raise fail("expected per_year or times for a scheduled flow, and not both")
        if self.supply != "scheduled" and self.times is not None:
            raise fail("expected times only with supply: scheduled")
        if self.supply == "poisson" and self.volume_stated is None:
            raise fail("expected per_year")
        if self.from_ == self.to:
            raise fail(f"expected two different places, got '{self.to}' twice")
        if self.from_date and self.until_date and self.until_date <= self.from_date:
            raise fail(f"expected until_date after from_date, got {self.until_date} and {self.from_date}")
        return self

    @property
    def volume_stated(self) -> float | None:
        """Return per_year, or what a table says of base_year [units/year]; None where neither is stated."""
        if self.per_year is None and isinstance(self.growth, TableGrowth):
            return self.growth.stated(self.base_year or min(self.growth.table))
        return self.per_year

    def volume(self, year: int, start_year: int) -> float:
        """Return the yearly volume in a year [units/year]; start_year stands in for a base_year not stated."""
        base_year = self.base_year or start_year
        if self.per_year is None and isinstance(self.growth, TableGrowth):
            return self.growth.stated(year)
        return self.growth.volume(self.per_year or 0.0, base_year, year)
