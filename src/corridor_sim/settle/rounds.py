"""Rounds of successive averages: pilots with some shares, the shares that their times would bring about, a step towards those.

The step is the self-regulating average of Liu, He and He (2009): 1 / b, where b grows by 1.5 after a round whose gap is no smaller than
the one before, by 0.3 else; it begins at 2. Steps add up to infinity and their squares don't, as successive averages need.
What is found is kept beside the results of a case after each round, so that a run that was cut short goes on there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.build import Dated
from corridor_sim.choice import (
    Shares,
    Worth,
    chosen,
    constants_of,
    free_time_days,
    gap_between,
    given_shares,
    groups_of,
    interpolated,
    size_of,
    stepped,
    with_shares,
    years_of,
)
from corridor_sim.executors import Progress
from corridor_sim.plan import Plan
from corridor_sim.settle.kept import Kept
from corridor_sim.settle.pilots import Stage, Times, every_year, piloted, reference_stage, sharing, stages_of, year_begins

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded
    from corridor_sim.scenario import Market

FIRST_DIVISOR, WORSE, BETTER = 2.0, 1.5, 0.3
Watch = Callable[[Progress], None]
Round = dict[str, Any]  # shares (used), wanted, times, gap


@dataclass(frozen=True)
class Settled:
    """A plan with the shares that hold in it, and what is reported of how they were found."""

    plan: Plan
    report: dict[str, Any]


def settle(
    loaded: Loaded, plan: Plan, *, out: str | Path | None, workers: int | None = None, fresh: bool = False, progress: Watch | None = None
) -> Settled:
    """Return the plan of a case with its choice made: shares settled by pilots, given as settled, or those of the routes.

    plan: as built, with its seed. What earlier rounds found below out isn't computed again unless fresh.
    """
    choice = loaded.scenario.choice
    if choice is None or not choice.on:
        return Settled(plan, {"on": False} if choice else {})
    dated = Dated.of(loaded)
    groups = groups_of(plan, dated)
    if choice.settled is not None:
        shares = _all_years(given_shares(choice), plan, {})
        return Settled(with_shares(plan, dated, groups, shares), {"on": True, "given": True, "shares": shares})
    kept = Kept.of(loaded, plan.seed, out, fresh)
    report = kept.report or _found(_Rounds(loaded, plan, kept, workers, progress))
    return Settled(with_shares(plan, dated, groups, report["shares"]), report)


def _found(rounds: _Rounds) -> dict[str, Any]:
    """Return what is told of a choice after its rounds, the round with the smallest gap holding."""
    rounds.run()
    best = min(rounds.done, key=lambda one: one["gap"])
    report = rounds.report(best, _all_years(best["shares"], rounds.plan, rounds.there))
    rounds.kept.finish(report)
    return report


def _all_years(shares: Shares, plan: Plan, there: dict[str, dict[int, set[str]]]) -> Shares:
    years = [year for year, _, _ in years_of(plan)]
    return {
        market: interpolated(known, there.get(market, {year: set[str]() for year in known}), years) for market, known in shares.items()
    }


@dataclass
class _Rounds:
    """The state of settling one case."""

    loaded: Loaded
    plan: Plan
    kept: Kept
    workers: int | None
    progress: Watch | None
    done: list[Round] = field(default_factory=list)
    stages: tuple[Stage, ...] = ()
    worth: dict[str, Worth] = field(default_factory=dict)
    sizes: dict[str, dict[int, float]] = field(default_factory=dict)
    there: dict[str, dict[int, set[str]]] = field(default_factory=dict)

    def run(self) -> None:
        """Go from round to round until the gap is small enough or no round is left."""
        assert self.loaded.scenario.choice is not None
        settle = self.loaded.scenario.choice.settle
        self.tell(0)
        self.stages = stages_of(self.loaded, self.plan)
        self.measure()
        self.worth = self.constants()
        times = self.guessed()
        shares, divisor = self.wanted(times), FIRST_DIVISOR
        for number in range(settle.iterations):
            one = self.kept.round(number) or self.round(shares, times, settle.replications)
            self.done.append(one)
            self.kept.add(number, one)
            self.tell(settle.iterations if one["gap"] <= settle.tolerance else number + 1)
            if one["gap"] <= settle.tolerance:
                return
            if number:
                divisor += BETTER if one["gap"] < self.done[-2]["gap"] else WORSE
            times = one["times"]
            shares = _moved(one["shares"], one["wanted"], 1 / divisor)

    def measure(self) -> None:
        """Find how large each market is in each year, and what is in use there."""
        for stage, group, year in every_year(self.stages):
            size, used = size_of(stage.plan, stage.dated, group, self.market(stage, group.name, year[0]), year)
            self.sizes.setdefault(group.name, {})[year[0]] = size * group.t_per_unit
            self.there.setdefault(group.name, {})[year[0]] = used | set(self.market(stage, group.name, year[0]).outside)

    def market(self, stage: Stage, name: str, year: int) -> Market:
        """Return a market as a year begins."""
        choice = stage.dated.at(year_begins(stage, year)).choice
        assert choice is not None
        return choice.markets[name]

    def constants(self) -> dict[str, Worth]:
        """Return what options cost beyond tariff and time [USD], from a pilot of the reference year where shares were observed."""
        reference = reference_stage(self.loaded, self.plan)
        choice = self.loaded.scenario.choice
        assert choice is not None
        observed: Times = {}
        if reference is not None:
            observed = self.kept.reference(
                (reference.plan, choice.settle.replications), lambda: piloted([reference], choice.settle.replications, self.workers)
            )
        year = choice.reference_year or 0
        return {
            name: constants_of(market, observed.get(name, {}).get(year, {})) for name, market in choice.markets.items()
        }

    def guessed(self) -> Times:
        """Return times before any pilot: those stated, or those of an empty network."""
        found: Times = {}
        for stage, group, (year, from_h, _) in every_year(self.stages):
            market = self.market(stage, group.name, year)
            here = found.setdefault(group.name, {}).setdefault(year, {})
            for name, option in market.options.items():
                if name in self.there[group.name][year]:
                    time = option.time_days or free_time_days(stage.plan, stage.dated, group, name, from_h)
                    here[name] = (time, option.spread_days)
            here |= {name: (option.time_days, option.spread_days) for name, option in market.outside.items()}
        return found

    def wanted(self, times: Times) -> Shares:
        """Return the shares that times bring about."""
        found: Shares = {}
        for stage, group, (year, _, _) in every_year(self.stages):
            market = self.market(stage, group.name, year)
            size = self.sizes[group.name][year] / group.t_per_unit
            there = self.there[group.name][year]
            found.setdefault(group.name, {})[year] = chosen(market, self.worth[group.name], times[group.name][year], there, size)
        return found

    def round(self, shares: Shares, before: Times, replications: int) -> Round:
        """Return one round: what pilots with these shares met, and the shares that it would bring about."""
        met = piloted(sharing(self.stages, shares), replications, self.workers)
        times = {
            market: {year: {**options, **met.get(market, {}).get(year, {})} for year, options in years.items()}
            for market, years in before.items()
        }
        wanted = self.wanted(times)
        return {"shares": shares, "wanted": wanted, "times": times, "gap": self.gap(shares, wanted)}

    def gap(self, used: Shares, wanted: Shares) -> float:
        """Return the freight that would choose otherwise over the freight inside [1]."""
        choice = self.loaded.scenario.choice
        assert choice is not None
        pairs = [(market, year) for market, years in self.sizes.items() for year in years]
        return gap_between(
            [used[market][year] for market, year in pairs],
            [wanted[market][year] for market, year in pairs],
            [self.sizes[market][year] for market, year in pairs],
            [choice.markets[market].options for market, _ in pairs],
        )

    def tell(self, number: int) -> None:
        """Report how far settling is."""
        choice = self.loaded.scenario.choice
        if self.progress is not None and choice is not None:
            nan = float("nan")
            label = f"{self.loaded.case or 'base'}, settling its choice"
            self.progress(Progress(label, number, choice.settle.iterations, 0, nan, nan, nan, "rounds"))

    def report(self, best: Round, shares: Shares) -> dict[str, Any]:
        """Return what is told of a settled choice, as plain data."""
        choice = self.loaded.scenario.choice
        assert choice is not None
        return {
            "on": True, "settled": best["gap"] <= choice.settle.tolerance, "gap": best["gap"], "tolerance": choice.settle.tolerance,
            "gaps": [one["gap"] for one in self.done], "replications": choice.settle.replications, "years": choice.settle.years,
            "shares": shares, "times": best["times"], "worth_usd": self.worth,
            "size_t_per_year": self.sizes,
        }  # fmt: skip


def _moved(used: Shares, wanted: Shares, step: float) -> Shares:
    return {
        market: {year: stepped(share, wanted[market][year], step) for year, share in years.items()} for market, years in used.items()
    }

