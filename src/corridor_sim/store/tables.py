"""Tables as Parquet: codes become words, replications are joined, frames are read on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corridor_sim.facts import Facts
from corridor_sim.plan import DIRECTIONS, HOLDS, RULES
from corridor_sim.records import OUTAGES, TABLES, Run

if TYPE_CHECKING:
    import pandas as pd

METRICS = "metrics"
AUDIT = "audit"
WHOLE = ("consignment", "units", "delivered", "vehicle", "end", "lots", "node")  # columns of whole numbers
TABLE_NAMES = (METRICS, AUDIT, *TABLES)


def run_tables(run: Run, facts: Facts, metrics: pd.DataFrame) -> dict[str, Any]:
    """Return the Arrow tables of one replication: its records with words for codes, its metrics, its audit."""
    import pyarrow as pa

    found = {name: _records(name, run, facts) for name in TABLES if name in run.tables}
    found[METRICS] = arrow(metrics)
    laws = sorted(run.audit)
    found[AUDIT] = pa.table({
        "replication": pa.array([run.replication] * len(laws), pa.int32()),
        "law": pa.array(laws, pa.string()).dictionary_encode(),
        "value": pa.array([float(run.audit[law]) for law in laws], pa.float64()),
    })  # fmt: skip
    return found


def _records(name: str, run: Run, facts: Facts) -> Any:
    import pyarrow as pa

    table = run.tables[name]
    rows = len(next(iter(table.values()), ()))
    columns = {"replication": pa.array(np.full(rows, run.replication, np.int32))}
    for column, values in table.items():
        columns[column] = _column(column, np.asarray(values), table, run, facts)
    return pa.table(columns)


def _column(column: str, values: Any, table: dict[str, Any], run: Run, facts: Facts) -> Any:
    import pyarrow as pa

    words = _words(column, run, facts)
    if column == "route":
        values, words = _routes(np.asarray(table["flow"], int), values, run)
    if words is not None and values.dtype.kind in "iuf":
        codes = values.astype(np.int32)
        unknown = (codes < 0) | (codes >= len(words))
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=unknown), pa.array(words, pa.string()))
    if column in WHOLE:
        return pa.array(values.astype(np.int32))
    if values.dtype.kind in "OU":
        return pa.array([str(value) for value in values], pa.string()).dictionary_encode()
    return pa.array(values)


def _words(column: str, run: Run, facts: Facts) -> list[str] | None:
    """Return the words behind the codes of a column, None if it holds numbers."""
    of: dict[str, Callable[[], Any]] = {
        "flow": lambda: run.names.flows, "element": lambda: (e.label for e in facts.elements), "room": lambda: run.names.rooms,
        "pen": lambda: run.names.pens, "service": lambda: run.names.services, "month": lambda: facts.months,
        "heading": lambda: DIRECTIONS, "rule": lambda: RULES, "what": lambda: OUTAGES, "reason": lambda: HOLDS,
        "fleet": lambda: run.names.fleets, "pool": lambda: run.names.pools, "district": lambda: run.names.districts,
        "place": lambda: run.names.places,
    }  # fmt: skip
    return list(of[column]()) if column in of else None


def _routes(flow: Any, route: Any, run: Run) -> tuple[Any, list[str]]:
    """Return routes as codes into one list of all flows' routes; -1 stays -1."""
    words = list(dict.fromkeys(name for names in run.names.routes for name in names))
    number = {name: k for k, name in enumerate(words)}
    codes = [number[run.names.routes[f][r]] if r >= 0 else -1 for f, r in zip(flow, np.asarray(route, int), strict=True)]
    return np.array(codes, dtype=np.int32), words


def join(tables: list[Any]) -> Any:
    """Return Arrow tables below each other, with one dictionary a column."""
    import pyarrow as pa

    return pa.concat_tables(tables, promote_options="default").unify_dictionaries().combine_chunks()


def write_table(tables: Iterable[Any], path: Path) -> None:
    """Write Arrow tables of one kind below each other as Parquet: a row group each, one at a time in memory."""
    import pyarrow.parquet as pq

    rest = iter(tables)
    first = next(rest)
    floats = [field.name for field in first.schema if field.type == "double"]
    words = [field.name for field in first.schema if field.type != "double"]
    with pq.ParquetWriter(
        path, first.schema, compression="zstd", use_dictionary=words, use_byte_stream_split=floats
    ) as writer:
        for table in chain([first], rest):
            writer.write_table(table.cast(first.schema), row_group_size=max(table.num_rows, 1))


def row_groups(path: Path, but: set[int]) -> Iterator[tuple[int, Callable[[], Any]]]:
    """Yield (replication, how to read its rows) of a Parquet file, but for some replications."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        numbers = [file.read_row_group(k, ["replication"])["replication"] for k in range(file.num_row_groups)]
    for k, column in enumerate(numbers):
        if len(column) and column[0].as_py() not in but:
            yield column[0].as_py(), partial(_row_group, path, k)


def _row_group(path: Path, number: int) -> Any:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read_row_group(number)


def read_table(path: Path) -> Any:
    """Return a Parquet file as Arrow table."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read().unify_dictionaries()


def arrow(table: pd.DataFrame) -> Any:
    """Return a frame as Arrow table, without pandas' own notes."""
    import pyarrow as pa

    return pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)


def frame(table: Any) -> pd.DataFrame:
    """Return an Arrow table as frame, words as categories."""
    found: pd.DataFrame = table.to_pandas()
    return found


class Frames(Mapping[str, "pd.DataFrame"]):
    """Frames by the name of their table, made when they are first asked for."""

    def __init__(self, makers: dict[str, Callable[[], pd.DataFrame]]) -> None:
        self._makers = makers
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
