"""Blocks: one measure of many subjects over all periods, and the long table that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corridor_sim.facts import Facts
from corridor_sim.statistics import binned

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
COLUMNS = ("case", "replication", "period", "kind", "subject", "measure", "value", "unit", "echoed")


@dataclass(frozen=True, eq=False)
class Periods:
    """The periods of a run: `all`, then each year, then each month; spans are [first, beyond) in months."""

    labels: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    hours: Floats
    months: int

    @property
    def coarse(self) -> int:
        """How many periods come before the months."""
        return len(self.labels) - self.months

    @property
    def levels(self) -> tuple[slice, slice, slice]:
        """Where `all`, the years and the months stand among the periods; each of them covers every month once."""
        return slice(0, 1), slice(1, self.coarse), slice(self.coarse, len(self.labels))

    @property
    def edges_h(self) -> Floats:
        """The hours since the start at which months begin, and the end of the last."""
        return np.concatenate(([0.0], np.cumsum(self.hours[self.coarse :])))

    def sums(self, monthly: Floats) -> Floats:
        """Return [rows, periods] of the sums over the months of each period."""
        return np.stack([monthly[:, a:b].sum(axis=1) for a, b in self.spans], axis=1)

    def largest(self, monthly: Floats) -> Floats:
        """Return [rows, periods] of the largest month of each period."""
        return np.stack([monthly[:, a:b].max(axis=1) for a, b in self.spans], axis=1)

    def last(self, monthly: Floats) -> Floats:
        """Return [rows, periods] of the last month of each period."""
        return monthly[:, [b - 1 for _, b in self.spans]]


def periods_of(facts: Facts) -> Periods:
    """Return the periods of a run's window."""
    months = facts.months
    years = list(dict.fromkeys(month[:4] for month in months))
    first = {year: next(k for k, month in enumerate(months) if month[:4] == year) for year in years}
    count = {year: sum(month[:4] == year for month in months) for year in years}
    spans = [(0, len(months)), *((first[y], first[y] + count[y]) for y in years), *((k, k + 1) for k in range(len(months)))]
    hours = np.array([sum(facts.month_hours[a:b]) for a, b in spans])
    return Periods(("all", *years, *months), tuple(spans), hours, len(months))


class Monthly:
    """A monthly table as matrices [subjects, months]: one a column, sums of all rows that share a subject and month."""

    def __init__(
        self, table: dict[str, Any], key: str, subjects: int, periods: Periods, only: NDArray[np.bool_] | None = None
    ) -> None:
        self.table = table
        self.periods = periods
        self.shape = (subjects, periods.months)
        self.rows = np.ones(len(table[key]), bool) if only is None else only
        self.cell = np.asarray(table[key], int)[self.rows] * periods.months + np.asarray(table["month"], int)[self.rows]

    def of(self, column: str) -> Floats:
        """Return the sums of a column [subjects, months]."""
        values = np.asarray(self.table[column], float)[self.rows]
        return binned(self.cell, values, self.shape[0] * self.shape[1]).reshape(self.shape)

    def largest(self, column: str) -> Floats:
        """Return the largest of a column [subjects, months], 0 where there is none."""
        found = np.zeros(self.shape[0] * self.shape[1])
        np.maximum.at(found, self.cell, np.asarray(self.table[column], float)[self.rows])
        return found.reshape(self.shape)

    def sums(self, column: str) -> Floats:
        """Return the sums of a column [subjects, periods]."""
        return self.periods.sums(self.of(column))


def share(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, NaN where the whole is nothing or endless."""
    known = (whole > 0) & np.isfinite(whole)
    return np.asarray(np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=known), np.float64)


def weighted(weights: Floats, rows: Floats) -> Floats:
    """Return weights x rows, summed over the rows; matrices of weights give a row each.

    Without BLAS: its sums differ by processor and number of threads, and the same study must give the same bytes.
    """
    return np.asarray(np.einsum("...i,ij->...j", weights, rows), np.float64)


@dataclass(frozen=True, eq=False)
class Block:
    """One measure: values [subjects, periods], NaN for no value; fewer columns than periods leave out the last (months).

    unit: one for all, or one a subject. echoed: whether the value merely repeats the demand put in, for all or for each.
    """

    kind: str
    subjects: Sequence[str]
    measure: str
    unit: str | Sequence[str]
    values: Floats
    echoed: bool | NDArray[np.bool_] = False


def long_table(blocks: Iterable[Block], periods: Periods, case: str, replication: int) -> pd.DataFrame:
    """Return the long table of blocks with the columns COLUMNS; rows without a value are left out."""
    import pandas as pd

    chosen = [block for block in blocks if block.values.size]
    codes: dict[str, dict[str, int]] = {column: {} for column in ("kind", "subject", "measure", "unit")}
    parts = [_columns(block, codes) for block in chosen]
    merged = [np.concatenate(column) if column else np.empty(0) for column in (zip(*parts, strict=True) if parts else [[]] * 7)]
    rows = len(merged[0])
    data: dict[str, Any] = {
        "case": _category(np.zeros(rows, int), [case]),
        "replication": np.full(rows, replication, dtype=np.int32),
        "period": _category(merged[0], list(periods.labels)),
    }
    for column, values in zip(("kind", "subject", "measure"), merged[1:4], strict=True):
        data[column] = _category(values, list(codes[column]))
    data |= {"value": merged[4].astype(float), "unit": _category(merged[5], list(codes["unit"])), "echoed": merged[6].astype(bool)}
    return pd.DataFrame(data)


def _columns(block: Block, codes: dict[str, dict[str, int]]) -> tuple[NDArray[Any], ...]:
    """Return period, kind, subject, measure, value, unit, echoed of a block's rows; words as codes."""
    count, periods = block.values.shape
    units = [block.unit] * count if isinstance(block.unit, str) else block.unit
    subject = np.array([_code(codes["subject"], name) for name in block.subjects], int)
    unit = np.array([_code(codes["unit"], name) for name in units], int)
    keep = ~np.isnan(block.values)
    row, period = np.nonzero(keep)
    kind, measure = _code(codes["kind"], block.kind), _code(codes["measure"], block.measure)
    echoed = np.broadcast_to(block.echoed, (count, periods))[keep]
    same = np.ones(len(row), int)
    return period, same * kind, subject[row], same * measure, block.values[keep], unit[row], echoed


def _code(codes: dict[str, int], word: str) -> int:
    return codes.setdefault(word, len(codes))


def _category(codes: NDArray[Any], words: list[str]) -> Any:
    import pandas as pd

    return pd.Categorical.from_codes(codes.astype(np.int32), categories=pd.Index(words, dtype="str"))
