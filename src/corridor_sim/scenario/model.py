"""The scenario: everything that a case is."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from pydantic import Field, PrivateAttr, model_validator

from corridor_sim.scenario.base import (
    Day,
    Element,
    Frozen,
    Id,
    NotNegative,
    Positive,
    Share,
    Whole,
    fail,
)
from corridor_sim.scenario.changes import Change, Patch
from corridor_sim.scenario.choice import Choice
from corridor_sim.scenario.disruptions import Disruption
from corridor_sim.scenario.fleets import Fleet
from corridor_sim.scenario.flows import Commodity, Flow
from corridor_sim.scenario.laws import Law
from corridor_sim.scenario.legs import Leg
from corridor_sim.scenario.locomotives import District
from corridor_sim.scenario.places import MonthShares, Place
from corridor_sim.scenario.pools import Pool
from corridor_sim.scenario.services import Service
from corridor_sim.scenario.stocks import StartStock


class VehicleClass(Element):
    """A class of vehicles or flows; lower priority goes first."""

    priority: Annotated[Whole, Ge(0), Le(9), Field(description="rank in queues, lower goes first [0..9]")] = 5


class Wind(Element):
    """A regional wind that closes ports."""

    closed_share: Annotated[MonthShares, Field(description="share of time closed, by month [0..1]")]
    episode_h: Annotated[Law, Field(description="length of a closed spell [h]")]

    @model_validator(mode="after")
    def _lasts(self) -> Wind:
        if not self.episode_h.mean() > 0:
            raise fail("expected an episode_h whose mean is more than 0 h")
        return self


class Until(Frozen):
    """Replications that go on until the answer is sharp enough."""

    measure: Annotated[str, Field(description="measure watched")]
    half_width_share: Annotated[Share, Field(description="half-width over mean to reach [0..1]")]
    at_most: Annotated[Whole, Ge(1), Le(100_000), Field(description="most replications [1..100000]")] = 200


class UntilSharp(Frozen):
    """The long form of replications."""

    until: Until


class Appraisal(Element):
    """Data for the appraisal of cases; kept, not simulated."""

    price_year: Annotated[Whole | None, Ge(1990), Le(2200), Field(description="year of prices [1990..2200]")] = None
    discount_rate: Annotated[Share | None, Field(description="rate of discount [1/year, 0..1]")] = None
    lives_years: Annotated[dict[Id, Positive], Field(description="life of an asset [years, above 0]")] = {}
    unit_costs: Annotated[dict[Id, NotNegative], Field(description="cost by name, its unit in the name [0 or more]")] = {}
    co2_g_per_tkm: Annotated[dict[Id, NotNegative], Field(description="emission by mode [g/tkm, 0 or more]")] = {}


class Scenario(Frozen):
    """A case: its network, its demand, its dated changes and what may be switched on."""

    extends: Annotated[str | tuple[str, ...] | None, Field(description="file or files it builds on, relative to this one")] = None
    name: Annotated[Id, Field(description="name of the case, the file's by default")] = "scenario"
    title: Annotated[str | None, Field(description="name for tables and charts")] = None
    notes: Annotated[str | None, Field(description="remarks for the reader")] = None
    start: Annotated[Day, Field(description="first day")]
    end: Annotated[Day, Field(description="day after the last")]
    warm_up_days: Annotated[
        Annotated[NotNegative, Le(36_525)] | Literal["auto"],
        Field(description="run before start; auto finds it on a stationary pilot [days, 0..36525]"),
    ] = 60
    drain_days: Annotated[NotNegative, Le(36_525), Field(description="longest run after end [days, 0..36525]")] = 90
    replications: Annotated[
        Annotated[Whole, Ge(1), Le(100_000)] | UntilSharp, Field(description="independent runs [1..100000]")
    ] = 10
    seed: Annotated[Whole, Ge(0), Le(2**63 - 1), Field(description="seed of all streams [0 or more]")] = 1
    classes: Annotated[dict[Id, VehicleClass], Field(description="classes by name; rail, road and sea always exist")] = {}
    commodities: Annotated[dict[Id, Commodity], Field(description="commodities by name")] = {}
    winds: Annotated[dict[Id, Wind], Field(description="regional winds by name")] = {}
    places: Annotated[dict[Id, Place], Field(description="places by name")] = {}
    legs: Annotated[dict[Id, Leg], Field(description="legs by name")] = {}
    services: Annotated[dict[Id, Service], Field(description="services by name")] = {}
    fleets: Annotated[dict[Id, Fleet], Field(description="vessels shared by several services, by name")] = {}
    flows: Annotated[dict[Id, Flow], Field(description="flows by name")] = {}
    changes: Annotated[dict[Id, Change], Field(description="dated edits, always on")] = {}
    patches: Annotated[dict[Id, Patch], Field(description="dated edits that a case switches on")] = {}
    cases: Annotated[dict[Id, tuple[Id, ...]], Field(description="case: patches that it switches on")] = {}
    sources: Annotated[str | None, Field(description="table of sources (CSV), relative to the file that names it")] = None
    appraisal: Annotated[Appraisal | None, Field(description="data for appraisal, not simulated")] = None
    pools: Annotated[dict[Id, Pool], Field(description="wagons that circulate, by gauge and kind, by name")] = {}
    locomotives: Annotated[dict[Id, District], Field(description="districts of locomotives by name")] = {}
    disruptions: Annotated[dict[Id, Disruption], Field(description="random or dated closures and slow-downs, by name")] = {}
    choice: Annotated[Choice | None, Field(description="how flows choose among itineraries and outside options")] = None
    start_stocks: Annotated[dict[Id, StartStock], Field(description="load that is there at the start, by name")] = {}
    _parts: dict[str, tuple[str, ...]] = PrivateAttr(default_factory=dict)  # service with `via`: the services that stand for it

    def with_parts(self, parts: dict[str, tuple[str, ...]], **elements: Any) -> Scenario:
        """Return the scenario with services that stand for those as written; elements: what names them, in its new form."""
        made = self.model_copy(update=elements)
        made._parts = parts
        return made

    def parts_of(self, service: str) -> tuple[str, ...]:
        """Return the services that a service as written is simulated as: itself, or its parts between yards of its `via`."""
        return self._parts.get(service, (service,))

    @property
    def stated_services(self) -> tuple[str, ...]:
        """Return the names of the services as written, in their order."""
        whole = {part: name for name, parts in self._parts.items() for part in parts}
        return tuple(dict.fromkeys(whole.get(name, name) for name in self.services))

    def fleet_of(self, service: str) -> str | None:
        """Return the name of the fleet whose vessels run a service, None where it has its own."""
        return next((name for name, fleet in self.fleets.items() if service in fleet.services), None)

    def vessels_of(self, service: str) -> float | None:
        """Return the vehicles of a service, of a fleet the same part for each service; None: no number is stated."""
        name = self.fleet_of(service)
        if name is None:
            return self.services[service].vessels
        return self.fleets[name].vessels / len(self.fleets[name].services)

    @model_validator(mode="after")
    def _ends_after_start(self) -> Scenario:
        if self.end <= self.start:
            raise fail(f"expected end after start ({self.start}), got {self.end}", "window")
        return self
