"""Legs: infrastructure between two places."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le
from pydantic import AllowInfNan, BeforeValidator, Field, Strict, model_validator

from corridor_sim.scenario.base import (
    Day,
    Element,
    Frozen,
    GrossLimit,
    Hours,
    Id,
    OtherPairs,
    OtherPathWays,
    Pairs,
    PathWays,
    Positive,
    Ways,
    Whole,
    fail,
    shown,
    spread,
)
from corridor_sim.scenario.calendar import ClosedDay, hour_of
from corridor_sim.scenario.closures import Closures, Opening
from corridor_sim.scenario.laws import Law
from corridor_sim.scenario.tracks import Dispatch, Headway, Loops, Minutes, Sections, misfit, with_run_times

Mode = Literal["rail", "road", "sea"]
Speed = Annotated[float, Strict(), AllowInfNan(False), Gt(0), Le(400)]
Spread = Annotated[float, Strict(), AllowInfNan(False), Ge(0), Le(2)]
Length = Annotated[float, Strict(), AllowInfNan(False), Ge(0), Le(25_000)]


class RunWays(Ways):
    """Run times for each way along a leg or route: out runs from its first place to its last."""

    out: Annotated[Law, Field(description="run time out [h]")]
    back: Annotated[Law, Field(description="run time back [h]")]


def _out_back(value: Any) -> Any:
    return spread(value, ("out", "back"))


RunTimes = Annotated[RunWays, BeforeValidator(_out_back, json_schema_input_type=RunWays | Law)]
"""A law of the run time [h], one for both ways or {out, back}."""


def _time_of_day(value: Any) -> Any:
    if not isinstance(value, str):
        raise fail(f'expected a time of day such as "02:00", got {shown(value)}')
    hour_of(value)
    return value


TimeOfDay = Annotated[str, BeforeValidator(_time_of_day, json_schema_input_type=str)]


class Window(Frozen):
    """A closure each day for maintenance."""

    hours: Annotated[Hours, Le(23), Field(description="length of the closure [h, 0..23]")]
    at: Annotated[TimeOfDay, Field(description="time of day when it begins [UTC]")] = "02:00"


SINGLE_TRACK = ("loops", "headway_min", "station_interval_min", "dispatch")  # keys that only sections give a meaning
NO_LIMIT = PathWays.model_validate({"out": "unlimited", "back": "unlimited"})


class Leg(Element):
    """Infrastructure between two places: rail, road or sea."""

    mode: Annotated[Mode, Field(description="rail, road or sea")]
    between: Annotated[tuple[Id, Id] | None, Field(description="its two places; out runs from the first to the second")] = None
    from_: Annotated[Id | None, Field(alias="from", description="its first place (with to, instead of between)")] = None
    to: Annotated[Id | None, Field(description="its last place (with from, instead of between)")] = None
    length_km: Annotated[Length, Field(description="length [km, 0..25000]")]
    speed_kmh: Annotated[Speed | None, Field(description="running speed [km/h, above 0 to 400]")] = None
    run_h: Annotated[RunTimes | None, Field(description="run time, instead of length over speed, may be {out, back} [h]")] = None
    cv: Annotated[Spread, Field(description="variability of the run time, lognormal [1, 0..2]")] = 0
    tracks: Annotated[Whole, Ge(1), Le(8), Field(description="rail: tracks [1..8]")] = 1
    gauge_mm: Annotated[Literal[1000, 1067, 1435, 1520, 1668], Field(description="rail: gauge [mm]")] = 1520
    traction: Annotated[str | None, Field(description="rail: electric, diesel or a system")] = None
    pairs_per_day: Annotated[
        Pairs,
        Field(description="rail: freight paths a day each way, may be {out, back} [1/day, 0 or more, or unlimited]"),
    ] = NO_LIMIT
    other_pairs_per_day: Annotated[
        OtherPairs,
        Field(description="rail: paths that other trains take, by sections trains that run, may be {out, back} [1/day, 0 or more]"),
    ] = OtherPathWays(out=0.0, back=0.0)
    other_weight: Annotated[Positive, Field(description="rail: freight paths that one other train costs, not by sections [1, above 0]")] = 1
    window: Annotated[Window | None, Field(description="rail: closure each day for maintenance")] = None
    window_h: Annotated[Hours | None, Le(23), Field(description="rail: short form of window, from 02:00 UTC [h, 0..23]")] = None
    paths: Annotated[Literal["ready", "clockface"], Field(description="rail: trains leave when ready or by the clock")] = "ready"
    max_gross_t: Annotated[GrossLimit | None, Field(description="rail: heaviest train, may be {out, back} [t, above 0]")] = None
    max_wagons: Annotated[Positive | None, Field(description="rail: longest train [wagons, above 0]")] = None
    siding_m: Annotated[
        Positive | None,
        Field(description="rail: shortest siding where trains meet, for checks only [m, above 0]"),
    ] = None
    opens: Annotated[Day | None, Field(description="date from which it exists")] = None
    closes: Annotated[Day | None, Field(description="date from which it exists no more")] = None
    open: Annotated[
        Opening, Field(description="hours in which vehicles may start, local time of its first place, or by season: {apr-oct: ..}")
    ] = "always"
    closed_days: Annotated[tuple[ClosedDay, ...], Field(description="dates or ranges of dates without a start")] = ()
    closures: Annotated[Closures, Field(description="dated closures, from and to, local time of its first place: nothing starts")] = ()
    sections: Annotated[
        Sections | None,
        Field(description="rail: single track by sections, instead of pairs_per_day: a number of equal ones, a spacing or a list"),
    ] = None
    loops: Annotated[
        Loops | None,
        Field(description="rail: tracks of the loops between sections, one number or one a loop [2..20]; else 2"),
    ] = None
    headway_min: Annotated[
        Headway | None,
        Field(description="rail: time between following trains in a section; else one train a section [min, above 0 to 1440]"),
    ] = None
    station_interval_min: Annotated[
        Minutes | None,
        Field(description="rail: from one train's leaving a section to the next one's entering; else 0 [min, 0..1440]"),
    ] = None
    dispatch: Annotated[
        Dispatch | None,
        Field(description="rail: who enters a section next where both ways wait: fcfs (default), alternate or {platoon: n}"),
    ] = None
    abandon_h: Annotated[
        Positive | None,
        Field(description="rail: a train that is blocked for longer in the yard before it gives up its locomotive [h, above 0]"),
    ] = None
    vehicles_per_day: Annotated[
        Pairs | None,
        Field(description="road: vehicles a day each way, may be {out, back} [1/day, 0 or more, or unlimited]"),
    ] = None

    @property
    def ends(self) -> tuple[str, str]:
        """Return its first and last place."""
        return self.between or (self.from_ or "", self.to or "")

    @property
    def closure(self) -> tuple[float, float] | None:
        """Return the daily closure as (hour of day when it begins [h], length [h]), or None."""
        window = self.window or (Window(hours=self.window_h) if self.window_h else None)
        return (hour_of(window.at), window.hours) if window and window.hours > 0 else None

    @property
    def paths_per_day(self) -> PathWays:
        """Return the trains or road vehicles that may start a day each way, those of other traffic among them."""
        return self.pairs_per_day if self.mode != "road" else self.vehicles_per_day or NO_LIMIT

    @model_validator(mode="before")
    @classmethod
    def _timed(cls, data: Any) -> Any:
        return with_run_times(data)

    @model_validator(mode="after")
    def _single_track(self) -> Leg:
        stated = [key for key in SINGLE_TRACK if getattr(self, key) is not None]
        if self.sections is None and stated:
            raise fail(f"expected sections beside {stated[0]}, got none")
        if self.sections is None:
            return self
        if self.mode != "rail" or self.tracks > 1:
            what = f"a {self.mode} leg" if self.mode != "rail" else f"{self.tracks} tracks"
            raise fail(f"expected sections only on single track of a railway, got them on {what}")
        if self.pairs_per_day != NO_LIMIT:
            raise fail("expected sections or pairs_per_day, got both: they are two descriptions of one capacity")
        if self.paths == "clockface":
            raise fail("expected paths: ready beside sections, got clockface: trains enter when a section is free")
        takes_time = self.length_km > 0 if self.run_h is None else min(self.run_h.out.mean(), self.run_h.back.mean()) > 0
        problem = misfit(self.sections, self.loops, self.length_km) if takes_time else "expected a run time above 0 beside sections, got 0"
        if problem:
            raise fail(problem)
        return self

    @model_validator(mode="after")
    def _whole(self) -> Leg:
        if (self.between is None) == (self.from_ is None or self.to is None):
            raise fail("expected between: [place, place], or from and to")
        if self.window is not None and self.window_h is not None:
            raise fail("expected window or window_h, got both")
        if self.mode != "road" and self.vehicles_per_day is not None:
            raise fail(f"expected vehicles_per_day only on a road leg, got it on a {self.mode} leg")
        if self.mode != "sea" and self.speed_kmh is None and self.run_h is None:
            raise fail(f"expected speed_kmh or run_h on a {self.mode} leg")
        if self.opens and self.closes and self.closes <= self.opens:
            raise fail(f"expected closes after opens, got {self.closes} and {self.opens}")
        return self
