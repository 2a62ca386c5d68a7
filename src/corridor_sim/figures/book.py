"""Looks numbers up in a study's long table: means with intervals over replications, by month or for the whole window."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from corridor_sim.figures.panels import Estimate

if TYPE_CHECKING:
    import pandas as pd

MONTHLY_KINDS = ("total", "branch", "service")
Key = tuple[str, str, str, str]  # kind, subject, measure, period


class Book:
    """Estimates of one study by kind, subject, measure and period; months only of the kinds that are drawn by month."""

    def __init__(self, metrics: pd.DataFrame) -> None:
        from corridor_sim.statistics import intervals

        table = intervals(_of_interest(metrics))
        keys = zip(table["kind"], table["subject"], table["measure"], table["period"], strict=True)
        values = zip(table["mean"], table["half_width"], table["unit"], strict=True)
        self._known: dict[Key, Estimate] = {
            (str(kind), str(subject), str(measure), str(period)): Estimate(float(mean), float(half), str(unit))
            for (kind, subject, measure, period), (mean, half, unit) in zip(keys, values, strict=True)
        }

    def get(self, kind: str, subject: str, measure: str, period: str = "all") -> Estimate:
        """Return an estimate, one with a mean of nan where there is none."""
        return self._known.get((kind, subject, measure, period), Estimate())

    def subjects(self, kind: str, measure: str) -> list[str]:
        """Return the subjects of a kind that have this measure for the whole window, in the table's order."""
        return [s for k, s, m, period in self._known if k == kind and m == measure and period == "all"]

    def first(self, kind: str, subject: str, measures: Iterable[str]) -> Estimate:
        """Return the first of some measures that has a value."""
        found = (self.get(kind, subject, measure) for measure in measures)
        return next((estimate for estimate in found if estimate.known), Estimate())


def _of_interest(metrics: pd.DataFrame) -> pd.DataFrame:
    """Leave out the months of elements, pens and rooms: most of the rows, none of them drawn."""
    wanted = metrics["period"].isin(["all"]) | metrics["kind"].isin(MONTHLY_KINDS)
    return metrics[wanted]


def periods_drawn(months: Iterable[str]) -> list[str]:
    """Return the months, or the years where there are more months than a chart can tell apart."""
    every = list(months)
    return every if len(every) <= 36 else sorted({month[:4] for month in every})
