"""Fleets: vessels that serve several services, where they are needed most."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import Field, model_validator

from corridor_sim.scenario.base import Element, Frozen, Id, NotNegative, Positive, Whole, fail
from corridor_sim.scenario.places import MonthShares

ALL_YEAR = (1.0,) * 12


class DryDock(Frozen):
    """Planned absence of each vessel, staggered over the fleet."""

    every_days: Annotated[Positive, Le(36_525), Field(description="time from one docking to the next [days, above 0]")]
    days: Annotated[Positive, Le(3_653), Field(description="length of a docking [days, above 0]")]

    @model_validator(mode="after")
    def _shorter(self) -> DryDock:
        if self.days >= self.every_days:
            raise fail(f"expected days below every_days ({self.every_days:g}), got {self.days:g}")
        return self


class Fleet(Element):
    """Vessels shared by several services: one that empties goes where the largest load waits for each vessel."""

    vessels: Annotated[Whole, Ge(0), Le(10_000), Field(description="vessels [0..10000]")]
    home: Annotated[Id, Field(description="where vessels enter empty: an end of one of its services at least")]
    services: Annotated[
        tuple[Id, ...], Field(min_length=1, description="services that its vessels run, in the order that breaks ties")
    ]
    minimum: Annotated[dict[Id, Annotated[Whole, Ge(0)]], Field(description="service: vessels kept on it [0 or more]")] = {}
    minimum_stay_days: Annotated[
        NotNegative, Le(3_653), Field(description="shortest stay of a vessel on a service [days, 0..3653]")
    ] = 0
    share_by_month: Annotated[
        MonthShares, Field(description="share of the vessels at hand, the rest is chartered away, by month [0..1]")
    ] = ALL_YEAR
    dry_dock: Annotated[DryDock | None, Field(description="planned absence of each vessel")] = None
    start_at: Annotated[
        tuple[Id, ...] | None,
        Field(min_length=1, description="places where vessels begin, by turns; all at home by default"),
    ] = None

    @model_validator(mode="after")
    def _whole(self) -> Fleet:
        if len(set(self.services)) < len(self.services):
            raise fail("expected each service once in services")
        return self
