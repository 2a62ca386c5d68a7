"""A year that was run: sums over its tables by replication, which the measures are made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corridor_sim.errors import CorridorError
from corridor_sim.facts import Facts

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.loading import Loaded
    from corridor_sim.study import Study

Floats = NDArray[np.float64]
WAITS = ("wait_h", "closed_h", "weather_h", "blocked_h")
CAUSES = ("weather", "closed", "blocked", "vehicle", "accumulation", "queue")


class NotThereError(CorridorError):
    """What a target asks for isn't in the run, with the reason."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a model says of a figure: a value a replication, or (draws) single cases of which one was observed."""

    values: Floats
    draws: bool = False


@dataclass(eq=False)
class Year:
    """The study of one year, and the scenario that it ran."""

    study: Study
    year: int
    loaded: Loaded | None = None

    @property
    def facts(self) -> Facts:
        """Return what stands behind the codes of the tables."""
        return self.study.facts

    @property
    def count(self) -> int:
        """Return the number of replications."""
        return self.study.replications

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the run."""
        return self.study.tables[name]

    def months(self, first: int = 1, last: int = 12) -> list[str]:
        """Return the months of the year from first to last; NotThereError if the run lacks any."""
        wanted = [f"{self.year}-{month:02d}" for month in range(first, last + 1)]
        if not set(wanted) <= set(self.facts.months):
            raise NotThereError(f"the run doesn't reach from month {first} to month {last}")
        return wanted

    def hours(self, months: Sequence[str]) -> float:
        """Return the length of months [h]."""
        return sum(hours for month, hours in zip(self.facts.months, self.facts.month_hours, strict=True) if month in months)

    @cached_property
    def window(self) -> list[str]:
        """Return the months that were run."""
        return [month for month in self.facts.months if month.startswith(str(self.year))]

    @cached_property
    def year_share(self) -> float:
        """Return the part of a year that the run covers [1]."""
        return self.hours(self.window) / 8766.0

    def sums(self, table: str, column: str, months: Collection[str] | None = None, **where: Any) -> Floats:
        """Return the sum of a column by replication over the rows with the values that `where` names (one, or several)."""
        rows = self.table(table)
        keep = np.ones(len(rows), bool)
        for name, wanted in {**where, **({} if months is None else {"month": list(months)})}.items():
            keep &= rows[name].isin(list(wanted) if isinstance(wanted, (list, tuple, set, frozenset)) else [wanted]).to_numpy()
        return self.by_replication(rows["replication"].to_numpy()[keep], rows[column].to_numpy(float)[keep])

    def by_replication(self, replication: NDArray[Any], values: Floats) -> Floats:
        """Return the sums of values by replication."""
        first = np.asarray(self.study.manifest["replications"])
        place = np.searchsorted(first, replication)
        return np.bincount(place, weights=values, minlength=self.count).astype(np.float64)

    def metric(self, kind: str, subject: str, measure: str, periods: Sequence[str] | None = None) -> Floats:
        """Return a measure of the metric table by replication, summed over periods (the whole window by default)."""
        rows = self.study.metrics
        keep = (rows["kind"] == kind) & (rows["subject"] == subject) & (rows["measure"] == measure)
        keep &= rows["period"].isin(["all"] if periods is None else list(periods))
        found = rows[keep]
        if found.empty:
            raise NotThereError(f"the run has no {measure} of {subject}")
        return self.by_replication(found["replication"].to_numpy(), found["value"].to_numpy(float))


def ratio(above: Floats, below: Floats) -> Floats:
    """Return above / below by replication, NaN where nothing is below."""
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0), np.float64)
