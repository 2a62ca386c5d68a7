"""The table of how flows choose, by market, year and option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corridor_sim.choice import choice_lines, told
from corridor_sim.figures.panels import Cell, Column, Sheet, texts
from corridor_sim.figures.words import text_cell

if TYPE_CHECKING:
    from corridor_sim.cases import Comparison

COLUMNS = (*texts("market"), Column("year"), *texts("option"), Column("share", "%"), Column("mean", "days"), Column("P90 - P50", "days"))


def choice_sheet(report: dict[str, Any]) -> Sheet:
    """Return the shares and the times that they rest on; no rows where nothing chooses."""
    rows = tuple(
        (
            text_cell(one.market),
            Cell(str(one.year), one.year),
            text_cell(one.option),
            _number(100 * one.share),
            _number(one.time_days),
            _number(one.spread_days),
        )
        for one in told(report)
    )
    state = choice_lines(report)[0] if rows else ""
    note = f"{state[:1].upper()}{state[1:]}. Times are those of pilots at these shares; outside the corridor they are given."
    return Sheet("Choice of itinerary", note, COLUMNS, rows)


def choices_sheet(comparison: Comparison) -> Sheet:
    """Return how each case divides its markets in the last year, and whether its choice is settled."""
    reports = {case: study.manifest.get("choice", {}) for case, study in comparison.studies.items()}
    rows = []
    for case, report in reports.items():
        shares = list(told(report))
        last = max((one.year for one in shares), default=0)
        for one in (one for one in shares if one.year == last):
            cells = (_number(100 * one.share), _number(one.time_days), _number(one.spread_days))
            rows.append((text_cell(case), text_cell(one.market), Cell(str(one.year), one.year), text_cell(one.option), *cells))
    states = ". ".join(f"{case}: {choice_lines(report)[0]}" for case, report in reports.items() if report)
    return Sheet("Choice of itinerary", f"{states}.", (*texts("case"), *COLUMNS), tuple(rows))


def _number(value: float | None) -> Cell:
    return Cell("", float("-inf")) if value is None else Cell(f"{value:.1f}", value)
