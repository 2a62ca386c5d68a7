"""Services: vehicles that carry freight along a route of places."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Any, Literal

from annotated_types import Gt, Le
from pydantic import AllowInfNan, BaseModel, BeforeValidator, Field, Strict, model_validator

from corridor_sim.scenario.base import (
    CountLimit,
    Day,
    Element,
    Frozen,
    Hours,
    Id,
    Positive,
    fail,
)
from corridor_sim.scenario.calendar import DAYS, WEEK_H, hour_of
from corridor_sim.scenario.laws import AnyLaw, Law, kind_of
from corridor_sim.scenario.legs import Mode, RunTimes, Speed, Spread, TimeOfDay

Direction = Literal["west", "east"]
EndFacility = Literal["gauge_change", "terminal", "port", "yard"]
Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


class Carries(Frozen):
    """What a vehicle carries: wagons and trucks are shares of one deck, TEU and gross tonnes limits of their own."""

    wagons: Annotated[Positive | None, Field(description="deck if all wagons, or length of a train [wagons, above 0]")] = None
    trucks: Annotated[Positive | None, Field(description="deck if all trucks [trucks, above 0]")] = None
    teu: Annotated[Positive | None, Field(description="slots [TEU, above 0]")] = None
    t: Annotated[Positive | None, Field(description="gross load, at sea deadweight [t, above 0]")] = None

    @model_validator(mode="after")
    def _something(self) -> Carries:
        if not self.limits:
            raise fail("expected at least one of wagons, trucks, teu, t")
        return self

    @property
    def limits(self) -> dict[str, float]:
        """Return the stated limits by measure."""
        values = {name: getattr(self, name) for name in ("wagons", "trucks", "teu", "t")}
        return {name: float(value) for name, value in values.items() if value is not None}


class AtLeast(Frozen):
    """A load that is enough to leave: a share of the largest limit, or a number of units."""

    share: Annotated[
        float | None,
        Strict(),
        AllowInfNan(False),
        Gt(0),
        Le(1),
        Field(description="share of the vehicle [above 0 to 1]"),
    ] = None
    units: Annotated[Positive | None, Field(description="units of the load [above 0]")] = None

    @model_validator(mode="after")
    def _one(self) -> AtLeast:
        if (self.share is None) == (self.units is None):
            raise fail("expected share or units")
        return self


def _as_at_least(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return {"share": value} if value <= 1 else {"units": value}


class Timetable(Frozen):
    """Moments at which the rules are tested: every so many hours, or at a time on days of the week."""

    every_h: Annotated[Positive | None, Field(description="hours between moments [h, above 0]")] = None
    offset_h: Annotated[Hours, Field(description="first moment after the start [h, 0 or more]")] = 0
    days: Annotated[tuple[Weekday, ...] | None, Field(min_length=1, description="days of the week")] = None
    at: Annotated[TimeOfDay | None, Field(description="time of day [UTC]")] = None

    @model_validator(mode="after")
    def _one_form(self) -> Timetable:
        if (self.every_h is None) == (self.days is None and self.at is None):
            raise fail("expected every_h, or days and at")
        if self.every_h is None and (self.days is None or self.at is None):
            raise fail("expected days and at together")
        return self

    def week_hours(self) -> tuple[float, ...]:
        """Return the moments in hours of a week that begins on Monday 00:00; empty with every_h."""
        hour = hour_of(self.at) if self.at else 0.0
        return tuple(sorted((24 * DAYS.index(day) + hour) % WEEK_H for day in self.days or ()))


class Departs(Frozen):
    """When a vehicle leaves: the first rule that is true; with none, any load leaves at once."""

    at_least: Annotated[
        AtLeast | None,
        BeforeValidator(_as_at_least, json_schema_input_type=AtLeast | float | None),
        Field(description="load that is enough: a share up to 1, units above, or {share} or {units} [1 or units, above 0]"),
    ] = None
    after_first_lot_h: Annotated[Hours | None, Field(description="since the oldest waiting lot came [h, 0 or more]")] = None
    after_departure_h: Annotated[
        Hours | None, Field(description="since the last departure of this service here [h, 0 or more]")
    ] = None
    idle_h: Annotated[Hours | None, Field(description="empty, nothing here, a call's worth at the far end [h, 0 or more]")] = None
    timetable: Annotated[Timetable | None, Field(description="the only moments at which the rules are tested")] = None


class LoadUnload(Frozen):
    """Handling time of a vehicle."""

    load: Annotated[Law | None, Field(description="loading time of a vehicle [h]")] = None
    unload: Annotated[Law | None, Field(description="unloading time of a vehicle [h]")] = None


def _as_pair(value: Any) -> Any:
    whole = not isinstance(value, dict) or kind_of(value) is not None
    return {"load": value, "unload": value} if whole and not isinstance(value, BaseModel) else value


Pair = Annotated[LoadUnload, BeforeValidator(_as_pair, json_schema_input_type=LoadUnload | Law)]


class Handling(Frozen):
    """Handling times of a service: the same everywhere, or by place."""

    everywhere: Annotated[Pair | None, Field(description="at both ends [h]")] = None
    at: Annotated[dict[Id, Pair], Field(description="by place [h]")] = {}

    def at_place(self, place: str) -> tuple[AnyLaw | None, AnyLaw | None]:
        """Return the laws of loading and unloading at a place; None: the facility's rates hold."""
        pair = self.at.get(place, self.everywhere)
        return (pair.load, pair.unload) if pair else (None, None)


def _as_handling(value: Any) -> Any:
    if value is None or isinstance(value, BaseModel):
        return value
    by_place = isinstance(value, dict) and value and kind_of(value) is None and not set(value) & {"load", "unload"}
    return {"at": value} if by_place else {"everywhere": value}


HandlingTimes = Annotated[
    Handling | None,
    BeforeValidator(_as_handling, json_schema_input_type=LoadUnload | Law | dict[Id, LoadUnload | Law] | None),
]


def part_names(service: str, stops: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the parts of a service between the places where its vehicles end."""
    return tuple(f"{service}_{first}_{last}" for first, last in pairwise(stops))


class Service(Element):
    """Vehicles that carry freight along a route of places, both ways unless two_way is false."""

    route: Annotated[tuple[Id, ...], Field(min_length=2, description="places in order, each joined to the next by a leg")]
    legs: Annotated[tuple[Id, ...] | None, Field(description="leg of each hop, where several join two places")] = None
    mode: Annotated[Mode | None, Field(description="needed only where a rail and a road leg join the same places")] = None
    direction: Annotated[Direction | None, Field(description="direction of travel along route, by longitude by default")] = None
    two_way: Annotated[bool, Strict(), Field(description="whether it carries both ways")] = True
    class_: Annotated[Id | None, Field(alias="class", description="class of its vehicles, for times by class and priority")] = None
    carries: Annotated[Carries, Field(description="what a vehicle carries")]
    vessels: Annotated[
        CountLimit | None,
        Field(description="vehicles that circulate; at sea required [0 or more, or unlimited]"),
    ] = None
    home: Annotated[Id | None, Field(description="end of the route where vehicles begin, the first by default")] = None
    speed_kmh: Annotated[Speed | None, Field(description="speed at sea; a cap on the legs' on land [km/h, above 0 to 400]")] = None
    run_h: Annotated[RunTimes | None, Field(description="sea: time of the whole run, may be {out, back} [h]")] = None
    cv: Annotated[Spread, Field(description="variability of the run time, lognormal [1, 0..2]")] = 0
    berth: Annotated[Id | None, Field(description="kind of berth it takes")] = None
    waits_at: Annotated[Literal["anchor", "berth"], Field(description="where a vessel waits for its departure rule")] = "anchor"
    handling_h: Annotated[
        HandlingTimes,
        Field(description="time to handle a vehicle, overrides rates; may be {load, unload} or by place [h]"),
    ] = None
    ends_at: Annotated[dict[Id, EndFacility], Field(description="place: facility that handles it there")] = {}
    departs: Annotated[Departs | None, Field(description="rules of departure at both ends")] = None
    departs_at: Annotated[dict[Id, Departs], Field(description="rules of departure at one end")] = {}
    runs_from: Annotated[Day | None, Field(description="first date")] = None
    runs_until: Annotated[Day | None, Field(description="date from which it runs no more")] = None
    train_length_m: Annotated[Positive | None, Field(description="length of a full train, for checks only [m, above 0]")] = None
    start_at: Annotated[
        tuple[Id, ...] | None,
        Field(min_length=1, description="ends where its vessels begin, by turns; all at home by default"),
    ] = None
    not_with: Annotated[
        tuple[tuple[Id, Id], ...],
        Field(description="pairs of classes of flows that exclude each other on one vehicle"),
    ] = ()
    via: Annotated[
        tuple[Id, ...] | None,
        Field(min_length=1, description="on land: yards on its way in which its trains end and new ones form, in the order of its route"),
    ] = None
    locomotives: Annotated[
        tuple[Id, ...], Field(description="rail: districts whose locomotives it needs, in the order of its route; none: never short")
    ] = ()

    @model_validator(mode="after")
    def _whole(self) -> Service:
        if self.legs is not None and len(self.legs) != len(self.route) - 1:
            raise fail(f"expected one leg for each of {len(self.route) - 1} hops, got {len(self.legs)}")
        if self.runs_from and self.runs_until and self.runs_until <= self.runs_from:
            raise fail(f"expected runs_until after runs_from, got {self.runs_until} and {self.runs_from}")
        return self

    @property
    def stops(self) -> tuple[str, ...]:
        """Return the places where its vehicles end: both ends of the route and the yards of `via` between them."""
        return (self.route[0], *(self.via or ()), self.route[-1])

    def rule_at(self, place: str) -> Departs:
        """Return the rules of departure at an end of its route."""
        return self.departs_at.get(place, self.departs or Departs())
