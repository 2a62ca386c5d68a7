"""Choice of itinerary: what must hold of its markets, and what is probably not meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from corridor_sim.loading.paths import nearest
from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import Network
from corridor_sim.scenario import Choice, Market, Scenario

Path = tuple[str | int, ...]
FAR = 25.0  # a cost that changes the odds by e^25 decides alone


def choice_whole(scenario: Scenario, network: Network) -> Iterator[Slip]:
    """Yield markets whose flows can't choose together, and settings that fit nothing."""
    choice = scenario.choice
    if choice is None:
        return
    yield from _one_market_each(choice)
    for name, market in choice.markets.items():
        path = ("choice", "markets", name)
        yield from _flows_choose(scenario, path, market)
        yield from _options_used(scenario, path, market)
        yield from _observed_somewhen(choice, path, market)
    yield from _years_inside(scenario, choice)
    yield from _settled_whole(choice)


def _one_market_each(choice: Choice) -> Iterator[Slip]:
    owner: dict[str, str] = {}
    for name, market in choice.markets.items():
        for index, flow in enumerate(market.flows):
            if flow in owner:
                yield Slip(("choice", "markets", name, "flows", index), f"{flow} chooses in market {owner[flow]} already", "choice")
            owner.setdefault(flow, name)


def _flows_choose(scenario: Scenario, path: Path, market: Market) -> Iterator[Slip]:
    unit = scenario.commodities[scenario.flows[market.flows[0]].commodity].unit
    for index, name in enumerate(market.flows):
        flow, here = scenario.flows[name], (*path, "flows", index)
        if flow.routes is None:
            yield Slip(here, f"expected routes in flow {name}: its itineraries are what it chooses among", "choice")
        if flow.supply == "unlimited" or flow.times is not None:
            yield Slip(here, f"expected per_year in flow {name}: a volume that can be divided", "choice")
        if scenario.commodities[flow.commodity].unit != unit:
            found = scenario.commodities[flow.commodity].unit
            yield Slip(here, f"expected flows that count in one unit ({unit}), got {found} in {name}", "choice")


def _options_used(scenario: Scenario, path: Path, market: Market) -> Iterator[Slip]:
    """Yield routes whose branch is no option, and options that no route has."""
    met = set()
    for flow in market.flows:
        for index, route in enumerate(scenario.flows[flow].routes or ()):
            branch = route.branch or scenario.flows[flow].branch
            met.add(branch)
            if branch is None or branch not in market.options:
                known = ", ".join(market.options)
                message = f"expected a branch that is an option of market {path[-1]} ({known}), got {branch or 'none'}"
                yield Slip(("flows", flow, "routes", index), message, "choice")
    for name in market.options:
        if name not in met:
            yield Slip((*path, "options", name), f"no route of {', '.join(market.flows)} has the branch '{name}'", "choice")


def _observed_somewhen(choice: Choice, path: Path, market: Market) -> Iterator[Slip]:
    """Yield shares that were observed at times nobody states."""
    for name, option in market.options.items():
        if option.share is not None and option.time_days is None and choice.reference_year is None:
            message = "expected time_days, or choice.reference_year, for the time at which the share was observed"
            yield Slip((*path, "options", name), message, "choice")


def _years_inside(scenario: Scenario, choice: Choice) -> Iterator[Slip]:
    for index, year in enumerate(choice.settle.years or ()):
        if not (date(year, 1, 1) < scenario.end and scenario.start < date(year + 1, 1, 1)):
            message = f"expected a year of the run ({scenario.start} to {scenario.end}), got {year}"
            yield Slip(("choice", "settle", "years", index), message, "choice")


def _settled_whole(choice: Choice) -> Iterator[Slip]:
    """Yield given shares of what isn't there, or that don't sum to 1; and markets that are given none."""
    for index, one in enumerate(choice.settled or ()):
        path: Path = ("choice", "settled", index)
        if one.market not in choice.markets:
            yield Slip((*path, "market"), f"there is no market '{one.market}'{nearest(one.market, choice.markets)}")
            continue
        options = {*choice.markets[one.market].options, *choice.markets[one.market].outside}
        if set(one.shares) != options:
            yield Slip((*path, "shares"), f"expected a share for each of {', '.join(sorted(options))}", "choice")
        elif not 0.999 < sum(one.shares.values()) < 1.001:
            yield Slip((*path, "shares"), f"expected shares that sum to 1, got {sum(one.shares.values()):g}", "choice")
    missing = set(choice.markets) - {one.market for one in choice.settled or ()} if choice.settled is not None else set()
    if missing:
        yield Slip(("choice", "settled"), f"expected shares for each market, got none for {', '.join(sorted(missing))}", "choice")


def choice_odd(scenario: Scenario) -> Iterator[Slip]:
    """Yield markets that react to nothing, or in which one option's tariff decides alone."""
    for name, market in (scenario.choice.markets if scenario.choice and scenario.choice.on else {}).items():
        path = ("choice", "markets", name)
        if not market.value_of_time_usd_per_day:
            yield Slip((*path, "value_of_time_usd_per_day"), "nothing reacts to service: a day costs nothing", "choice")
        if len(market.options) == 1 and not market.outside:
            yield Slip((*path, "options"), "there is nothing to choose: one option inside and none outside", "choice")
        costs = [option.cost_usd + option.constant_usd for option in (*market.options.values(), *market.outside.values())]
        if not market.pivots and market.scale_per_usd * (max(costs) - min(costs)) > FAR:
            message = f"tariffs differ by {max(costs) - min(costs):g} USD, which at this scale decides alone"
            yield Slip((*path, "scale_per_usd"), message, "choice")
