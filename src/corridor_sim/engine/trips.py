"""Trips: the rows of each flow, packed by the thousand, and the table of them all, whose columns are made when asked for.

Most flows ride without weather, and most consignments come in one piece: a column of a pack that is one number, or the same as
another column, is kept as that. A replication of many years stays small, and no copy of the whole is made at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from corridor_sim.records import TABLES

PACK = 4096
COLUMNS = TABLES["trips"]
NUMBER, MEAN = COLUMNS.index("consignment"), COLUMNS.index("mean_h")
TYPES = [np.float64 if name.endswith("_h") else np.int32 for name in COLUMNS]
Row = tuple[float, ...]


class TripRows:
    """Rows of one flow, in the order in which they were written."""

    __slots__ = ("packs", "rows")

    def __init__(self) -> None:
        self.packs: list[tuple[int, list[Any]]] = []  # (rows, columns: an array, one number, or the index of an equal column in a list)
        self.rows: list[Row] = []

    def append(self, row: Row) -> None:
        """Add a row."""
        self.rows.append(row)
        if len(self.rows) == PACK:
            self.pack()

    def pack(self) -> None:
        """Put the rows in hand away."""
        if self.rows:
            arrays = [np.array(values, dtype=kind) for kind, values in zip(TYPES, zip(*self.rows, strict=True), strict=True)]
            self.packs.append((len(self.rows), [_packed(arrays, k) for k in range(len(arrays))]))
            self.rows = []

    def column(self, k: int) -> Iterator[Any]:
        """Yield the values of a column, pack by pack."""
        for length, columns in self.packs:
            values = columns[k]
            if isinstance(values, list):
                values = columns[values[0]]
            yield values if isinstance(values, np.ndarray) else np.full(length, values, dtype=TYPES[k])


def _packed(arrays: list[Any], k: int) -> Any:
    values = arrays[k]
    if (values == values[0]).all():
        return values[0]
    if k == MEAN - 1 or k == MEAN:
        before = next((j for j in range(MEAN - 2, k) if (values == arrays[j]).all()), k)
        return values if before == k else [before]
    return values


class Trips(Mapping[str, Any]):
    """The table `trips`: rows by flow and consignment, each column an array of float64 that is made when it is asked for."""

    def __init__(self, flows: Sequence[TripRows]) -> None:
        self._flows = flows
        for rows in flows:
            rows.pack()
        self._orders = [_order(rows) for rows in flows]

    def __getitem__(self, name: str) -> Any:
        k = COLUMNS.index(name) if name in COLUMNS else None
        if k is None:
            raise KeyError(name)
        found = np.empty(sum(map(len, self._orders)))
        begin = 0
        for rows, order in zip(self._flows, self._orders, strict=True):
            if len(order):
                found[begin : begin + len(order)] = np.concatenate(list(rows.column(k)))[order]
                begin += len(order)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(COLUMNS)

    def __len__(self) -> int:
        return len(COLUMNS)


def _order(rows: TripRows) -> Any:
    """Return the places of the rows in order of the consignments."""
    numbers = list(rows.column(NUMBER))
    return np.argsort(np.concatenate(numbers), kind="stable").astype(np.int32) if numbers else np.empty(0, np.int32)
