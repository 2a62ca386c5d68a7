"""Numbers in words for tiles, tips and tables: value, half-width and unit, in the house's one format."""

from __future__ import annotations

from math import inf, isfinite, isnan

from corridor_sim.figures.panels import Cell, Estimate, Rank
from corridor_sim.statistics import number

HOURS_A_DAY = 24.0


def words(estimate: Estimate, unit: str | None = None) -> str:
    """Return an estimate as `12.3 ± 0.4 Mt/a`; without a unit it is a pure number."""
    shown = estimate.unit if unit is None else unit
    return number(estimate.mean, estimate.half_width, "" if shown == "1" else shown)


def days(estimate: Estimate) -> Estimate:
    """Return a time in hours as days."""
    return estimate.scaled(1 / HOURS_A_DAY, "days")


def percent(estimate: Estimate) -> Estimate:
    """Return a share as per cent."""
    return estimate.scaled(100, "%")


def cell(estimate: Estimate) -> Cell:
    """Return a table's cell: the number without its unit (the column's heading has it), sorted by its mean."""
    return Cell(words(estimate, "") if estimate.known else "", estimate.mean if not isnan(estimate.mean) else -inf)


def text_cell(text: str) -> Cell:
    """Return a cell of text that sorts by itself."""
    return Cell(text, text)


def share_words(value: float) -> str:
    """Return a share as whole per cent, or nothing for an unknown one."""
    return f"{100 * value:.0f} %" if isfinite(value) else ""


def evidence(rank: Rank) -> str:
    """Return an element's share of all waiting, its queue and its wait in a few letters."""
    unit = {"vehicles": "veh."}.get(rank.queue.unit, rank.queue.unit)
    parts = [
        share_words(rank.delay_share.mean),
        f"{short(rank.queue.mean)} {unit}" if rank.queue.known else "",
        f"{short(rank.wait_h.mean)} h" if rank.wait_h.known else "",
    ]
    return ", ".join(part for part in parts if part)


def short(value: float) -> str:
    """Return a number to three figures, at most two decimals, for a crowded chart."""
    if not isfinite(value):
        return "-"
    decimals = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.95 else 2
    return f"{value:,.{decimals}f}"


def brief(element: str) -> str:
    """Return an element's name for a crowded chart: of fleets that share their cargo the first and how many more."""
    first, *more = element.split("+")
    return f"{first} + {len(more)} more" if more else first
