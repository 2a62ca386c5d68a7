"""The search: one number after the other, coarse bounds first, then narrow ones, on the same random draws throughout.

The aim is the mean interval score over the families of targets of 2022 and 2023, each family of the same weight. The
spread of a figure from run to run comes from a pilot at the start values, so that a fit can't earn by luck or by a wide band.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corridor_sim.calibrate.parameters import PARAMETERS, START, Parameter, changes_of
from corridor_sim.credibility.backcast import YEARS, loaded_year
from corridor_sim.credibility.scoring import Scored, by_family, overall, scored, spread_of
from corridor_sim.credibility.targets import FITTED_YEARS, Target, read_targets
from corridor_sim.credibility.years import Year
from corridor_sim.errors import StandstillError
from corridor_sim.experiment import run_case
from corridor_sim.loading import load_case

Values = Mapping[str, float]
Watch = Callable[[str], None]
PILOT, LOOK = 3, 2  # replications of the fitted years at start and end, and of the others
FIRST_PASS, NARROW = 3, 0.25


@dataclass(frozen=True, eq=False)
class Fit:
    """What the search found: numbers, and scores by family before and after, of fitted and of predicted years."""

    values: dict[str, float]
    before: dict[str, float]
    after: dict[str, float]
    predicted_before: dict[str, float]
    predicted_after: dict[str, float]
    tried: list[dict[str, float]]
    replications: int


@dataclass(eq=False)
class Search:
    """Runs of the fitted years with other numbers, each combination once."""

    folder: Path
    replications: int
    workers: int | None
    most: int
    watch: Watch
    targets: list[Target] = field(default_factory=read_targets)
    spreads: dict[tuple[str, str, str], float] = field(default_factory=dict)
    tried: list[dict[str, float]] = field(default_factory=list)
    best: dict[str, float] = field(default_factory=lambda: dict(START))
    score: float = math.inf

    def __post_init__(self) -> None:
        """Read the scenarios once."""
        self.files = {year: loaded_year(self.folder, year) for year in YEARS}

    def runs(self, values: Values, years: Sequence[int], replications: int) -> dict[int, Year]:
        """Return years run with numbers."""
        found = {}
        for year in years:
            loaded = load_case(self.files[year], None, overrides={"changes": changes_of(values)})
            study = run_case(loaded, replications=replications, workers=self.workers, out=None, days=True)
            found[year] = Year(study, year, loaded)
        return found

    def rows(self, runs: Mapping[int, Year]) -> list[Scored]:
        """Return the targets of years that were run, with the pilot's spreads."""
        return [scored(target, runs, self.spreads) for target in self.targets if target.counts and target.run in runs]

    def pilot(self, years: Sequence[int], replications: int) -> dict[str, float]:
        """Return the scores by family at the start values; keep the spreads."""
        runs = self.runs(START, years, replications)
        for target in self.targets:
            if target.run in runs and (spread := spread_of(target, runs)) is not None:
                self.spreads[target.key] = spread
        return by_family(self.rows(runs))

    def try_out(self, values: Values) -> float:
        """Return the score of numbers [1]; infinite where the traffic stands still. Keep them if they are the best."""
        try:
            score = overall(self.rows(self.runs(values, FITTED_YEARS, self.replications)))
        except StandstillError:
            score = math.inf
        self.tried.append({**values, "score": score})
        if score < self.score:
            self.best, self.score = dict(values), score
        moved = ", ".join(f"{name} {value:.3g}" for name, value in values.items() if value != START[name])
        self.watch(f"{len(self.tried)} of at most {self.most}: {score:.3f} ({moved or 'start'}), best {self.score:.3f}")
        return score

    def along(self, parameter: Parameter, share: float, most: int) -> None:
        """Search one number about its best value, within a share of its bounds."""
        from scipy.optimize import minimize_scalar

        if len(self.tried) + most > self.most:
            return
        reach, middle = (parameter.high - parameter.low) * share, self.best[parameter.name]
        bounds = (max(parameter.low, middle - reach), min(parameter.high, middle + reach))
        rest = dict(self.best)
        minimize_scalar(
            lambda value: self.try_out({**rest, parameter.name: float(value)}),
            bounds=bounds, method="bounded", options={"maxiter": most, "xatol": reach / 16},
        )  # fmt: skip

    def moved(self, parameter: Parameter) -> float:
        """Return by how much the score changed along a number: which to search again first."""
        others = [{k: v for k, v in one.items() if k not in (parameter.name, "score")} for one in self.tried]
        groups: dict[tuple[float, ...], list[float]] = {}
        for rest, one in zip(others, self.tried, strict=True):
            groups.setdefault(tuple(rest.values()), []).append(one["score"])
        return max((max(scores) - min(scores) for scores in groups.values() if len(scores) > 1), default=0.0)


def calibrate(
    folder: str | Path, *, replications: int = 1, most: int = 40, workers: int | None = None, watch: Watch = lambda _: None
) -> Fit:
    """Return the fitted numbers: at most so many evaluations of 2022 and 2023; the other years are only looked at afterwards."""
    search = Search(Path(folder), replications, workers, most, watch)
    others = [year for year in YEARS if year not in FITTED_YEARS]
    before, predicted_before = search.pilot(FITTED_YEARS, PILOT), search.pilot(others, LOOK)
    search.try_out(START)
    for parameter in PARAMETERS:
        search.along(parameter, 1.0, FIRST_PASS)
    for parameter in sorted(PARAMETERS, key=search.moved, reverse=True):
        search.along(parameter, NARROW, FIRST_PASS)
    after, predicted = (
        by_family(search.rows(search.runs(search.best, years, count))) for years, count in ((FITTED_YEARS, PILOT), (others, LOOK))
    )
    return Fit(search.best, before, after, predicted_before, predicted, search.tried, replications)
