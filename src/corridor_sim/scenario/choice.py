"""Choice: how the flows of a market divide among ways through the corridor and outside options."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults

from __future__ import annotations

import math
from typing import Annotated

from annotated_types import Ge, Gt, Le
from pydantic import Field, model_validator

from corridor_sim.scenario.base import Element, Flag, Frozen, Id, Limit, NotNegative, Number, Positive, Share, Whole, Year, fail

Observed = Annotated[Share, Gt(0)]


class Option(Element):
    """A way through the corridor: those routes of a market's flows whose branch is the option's name."""

    share: Annotated[Observed | None, Field(description="share of the market that was observed [above 0..1]")] = None
    like: Annotated[Id | None, Field(description="option whose unobserved worth a new one takes over, instead of a share")] = None
    time_days: Annotated[
        Positive | None, Field(description="time at which the share was observed, by default the pilot's of reference_year [days, above 0]")
    ] = None
    spread_days: Annotated[NotNegative, Field(description="P90 - P50 of that time [days, 0 or more]")] = 0
    cost_usd: Annotated[NotNegative, Field(description="tariff of a unit [USD, 0 or more]")] = 0
    constant_usd: Annotated[Number, Field(description="what else a unit minds, on top [USD]")] = 0


class OutsideOption(Option):
    """A way round the corridor, of which only time, cost and capacity are known."""

    time_days: Annotated[Positive, Field(description="time from door to door [days, above 0]")]
    capacity_per_year: Annotated[
        Limit, Field(description="units it takes from this market a year [units/year, 0 or more, or unlimited]")
    ] = math.inf


class Market(Element):
    """Flows that choose together: a logit on tariff, experienced time and its spread."""

    flows: Annotated[tuple[Id, ...], Field(min_length=1, description="flows, each with routes of some of the options")]
    value_of_time_usd_per_day: Annotated[NotNegative, Field(description="what a day costs a unit [USD/day, 0 or more]")]
    spread_weight: Annotated[
        NotNegative, Le(10), Field(description="what a day of P90 - P50 costs, as a multiple of a day of time [1, 0..10]")
    ] = 0
    scale_per_usd: Annotated[Positive, Le(10), Field(description="scale of the logit [1/USD, above 0..10]")]
    options: Annotated[dict[Id, Option], Field(min_length=1, description="ways through the corridor, by branch of the routes")]
    outside: Annotated[dict[Id, OutsideOption], Field(description="ways round it")] = {}

    @model_validator(mode="after")
    def _whole(self) -> Market:
        if set(self.options) & set(self.outside):
            raise fail(f"expected different names inside and outside, got '{min(set(self.options) & set(self.outside))}' twice")
        every = {**self.options, **self.outside}
        if not self.pivots:
            likes = [name for name, option in every.items() if option.like]
            if likes:
                raise fail(f"expected like only where the other options state a share, got it in '{likes[0]}'")
            return self
        for name, option in every.items():
            if (option.share is None) == (option.like is None):
                raise fail(f"expected a share or like for each option once one states a share, got neither or both in '{name}'")
            if option.like and (option.like not in every or every[option.like].share is None):
                raise fail(f"expected like to name an option with a share, got '{option.like}' in '{name}'")
        if not any(option.share for option in self.options.values()):
            raise fail("expected a share for one option inside at least: volumes of flows are what the corridor got at it")
        total = sum(option.share or 0.0 for option in every.values())
        if abs(total - 1) > 0.001:
            raise fail(f"expected shares that sum to 1, got {total:g}")
        return self

    @property
    def pivots(self) -> bool:
        """Return whether observed shares are stated: the volumes of the flows are then what the corridor gets at those."""
        return any(option.share is not None for option in (*self.options.values(), *self.outside.values()))


class Settling(Frozen):
    """How shares are found that the times they cause would bring about again."""

    iterations: Annotated[Whole, Ge(1), Le(200), Field(description="most rounds of pilot runs [1..200]")] = 12
    tolerance: Annotated[
        Share, Gt(0), Field(description="freight that may still choose otherwise, over the freight inside [above 0..1]")
    ] = 0.02
    replications: Annotated[Whole, Ge(1), Le(1000), Field(description="pilot runs a round, on the first draws [1..1000]")] = 1
    years: Annotated[
        tuple[Year, ...] | None,
        Field(min_length=1, description="years piloted each by itself, with shares in between interpolated; by default the whole run"),
    ] = None


class SettledShares(Frozen):
    """Shares that are given: one market in one year."""

    market: Annotated[Id, Field(description="market")]
    year: Annotated[Year, Field(description="calendar year; shares of years in between are interpolated [1990..2200]")]
    shares: Annotated[dict[Id, Share], Field(min_length=1, description="share by option, inside and outside [0..1]")]


class Choice(Frozen):
    """How flows choose among itineraries and outside options."""

    on: Annotated[Flag, Field(description="whether shares settle by choice; false: the shares of the routes hold")] = True
    reference_year: Annotated[
        Year | None, Field(description="year whose pilot, without patches, gives the times at which shares were observed [1990..2200]")
    ] = None
    markets: Annotated[dict[Id, Market], Field(min_length=1, description="markets by name")]
    settle: Annotated[Settling, Field(description="how shares are settled")] = Settling()
    settled: Annotated[
        tuple[SettledShares, ...] | None, Field(description="shares settled before (`corridor-sim settle` prints them), used as they are")
    ] = None
