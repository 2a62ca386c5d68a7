"""Tables of a comparison: each case's headline, the differences, and what differs in the scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf, isnan
from typing import TYPE_CHECKING, Any

from corridor_sim.figures.book import Book
from corridor_sim.figures.panels import Cell, Column, Estimate, Sheet, texts
from corridor_sim.figures.words import cell, days, text_cell
from corridor_sim.origins import ORIGINS
from corridor_sim.statistics import number

if TYPE_CHECKING:
    from corridor_sim.cases import Comparison

HEADLINE = (("offered", "Mt/a"), ("carried", "Mt/a"), ("sustainable", "Mt/a"))
LISTED_KINDS = ("total", "branch", "direction", "scope", "flow")
LISTED = (
    "carried", "sustainable", "carried_teu", "waiting_end", "present_end",
    "transit_mean", "transit_p50", "transit_p90", "transit_p95",
)  # fmt: skip


def case_sheet(comparison: Comparison) -> Sheet:
    """Return each case's own headline."""
    volumes = (Column(name, unit) for name, unit in HEADLINE)
    columns = (*texts("case"), *volumes, Column("transit mean", "days"), Column("P90", "days"))
    rows = tuple(_case_row(case, Book(study.metrics)) for case, study in comparison.studies.items())
    return Sheet("The cases", "Each case by itself, mean and 95 % interval over replications.", columns, rows)


def _case_row(case: str, book: Book) -> tuple[Cell, ...]:
    whole = ("total", "corridor")
    times = (days(book.get(*whole, measure)) for measure in ("transit_mean", "transit_p90"))
    return (text_cell(case), *(cell(book.get(*whole, name)) for name, _ in HEADLINE), *map(cell, times))


def difference_sheet(comparison: Comparison) -> Sheet:
    """Return the paired differences of corridor, branches, directions, scopes and flows."""
    names, values = texts("case", "kind", "subject", "measure"), map(Column, ("base", "case's value", "difference"))
    columns = (*names, *values, *texts("unit", "verdict"))
    table = comparison.table
    wanted = table[
        table["kind"].isin(LISTED_KINDS)
        & table["measure"].isin(LISTED)
        & (table["period"] == "all")
        & (table["case"] != comparison.base)
    ]
    note = "Case less base on the same random draws. No detectable difference: the 95 % interval covers zero."
    return Sheet("All differences", note, columns, tuple(_difference_row(record) for record in wanted.to_dict("records")))


def _difference_row(record: Mapping[Any, Any]) -> tuple[Cell, ...]:
    names = (text_cell(str(record[name])) for name in ("case", "kind", "subject", "measure"))
    values = (cell(Estimate(float(record[name]))) for name in ("base_mean", "mean"))
    value = float(record["difference"])
    difference = Cell(number(value, float(record["half_width"])), -inf if isnan(value) else value)
    return (*names, *values, difference, text_cell(str(record["unit"])), text_cell(str(record["verdict"])))


def scenario_sheet(comparison: Comparison) -> Sheet:
    """Return what differs between the cases' resolved scenarios, a row a number."""
    columns = texts("case", "path", "base's value", "case's value")
    base = dict(leaves(comparison.studies[comparison.base].scenario))
    rows = []
    for case, study in comparison.studies.items():
        if case != comparison.base:
            rows += [tuple(map(text_cell, (case, *change))) for change in changes(base, dict(leaves(study.scenario)))]
    note = "After inheritance; a path that one of them lacks is empty there."
    return Sheet("What differs in the scenarios", note, columns, tuple(rows))


def changes(base: Mapping[str, str], other: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield (path, base value, other value) where two scenarios differ, in the order of their paths."""
    for path in dict.fromkeys([*base, *other]):
        if base.get(path) != other.get(path):
            yield path, base.get(path, ""), other.get(path, "")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (dotted path, value in words) of every number and text in a resolved scenario."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items() if path else [pair for pair in value.items() if pair[0] != ORIGINS]:
            yield from leaves(inner, f"{path}.{key}" if path else str(key))
    else:
        yield path, str(value)
