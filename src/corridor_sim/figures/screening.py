"""The tables of a study of sensitivity as sheets of its page."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isnan
from typing import TYPE_CHECKING, Any

from corridor_sim.figures.panels import Cell, Column, Sheet, texts
from corridor_sim.figures.words import text_cell

if TYPE_CHECKING:
    from corridor_sim.sensitivity import Sensitivity

NOTES = {
    "factors": "What was varied, between which bounds, where the bounds come from, and what the scenario states there.",
    "alone": "Means as stated and at both ends of the range of one factor, all else as the scenario states it, on the same draws; effect: "
    "high end less low end, paired. Of the bottleneck: share of runs whose tightest element is another than as stated.",
    "morris": "Elementary effects over the whole range of a factor: mean, mean size (mu*), spread (sigma; large beside mu*: the effect "
    "depends on the others), with 95 % intervals over resampled trajectories. Of the bottleneck: share of steps "
    "that change the tightest element.",
    "sobol": "Share of the variance that a factor explains alone (first order) and with its interactions (total), leading factors "
    "only, the others as the scenario states them; 95 % intervals. Ends below 0 or above 1 say that the points are few.",
    "bottlenecks": "In which share of runs each element is the tightest (the largest part of all waiting stands against it). "
    "Entropy 0: always the same.",
}
TITLES = {
    "factors": "What was varied", "alone": "One factor alone", "morris": "Wherever the others stand", "sobol": "Shares of the variance",
    "bottlenecks": "Who is tightest",
}  # fmt: skip
WORDS = {
    "title": "factor", "measure": "measure", "unit": "unit", "from": "from", "to": "to", "source": "bounds from", "how": "how",
    "note": "note", "stated": "as stated", "tightest_low": "tightest at low", "tightest_stated": "tightest as stated",
    "tightest_high": "tightest at high", "stage": "part", "element": "element", "paths": "paths",
}  # fmt: skip
HIDDEN = ("factor",)


def sheets_of_sensitivity(found: Sensitivity) -> tuple[Sheet, ...]:
    """Return the tables of the page."""
    return tuple(_sheet(found, name) for name in TITLES if name in found.tables)


def _sheet(found: Sensitivity, name: str) -> Sheet:
    table = found.tables[name]
    if name != "factors" and "factor" in table:
        titles = found.tables["factors"].set_index("factor")["title"]
        table = table.assign(title=table["factor"].map(titles))[["title", *(c for c in table if c != "factor")]]
    columns = [column for column in table if column not in HIDDEN]
    records = table.to_dict("records")
    numeric = {column for column in columns if any(isinstance(row[column], (int, float)) for row in records)}
    heads = tuple(Column(str(c).replace("_", " ")) if c in numeric else texts(WORDS.get(str(c), str(c)))[0] for c in columns)
    return Sheet(TITLES[name], NOTES[name], heads, tuple(_row(row, columns) for row in records))


def _row(row: Mapping[Any, Any], columns: list[Any]) -> tuple[Cell, ...]:
    return tuple(_cell(row[column]) for column in columns)


def _cell(value: Any) -> Cell:
    if not isinstance(value, (int, float)):
        return text_cell(str(value).replace("_", " ") if value in ("cargo_wait", "transit_p90") else str(value))
    if isnan(value):
        return Cell("", -inf)
    return Cell(f"{value:,.0f}" if isinstance(value, int) else f"{value:,.3g}", float(value))
