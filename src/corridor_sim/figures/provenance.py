"""How well sourced a scenario's numbers are: the table of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corridor_sim.figures.panels import Cell, Column, Sheet, texts
from corridor_sim.figures.words import text_cell
from corridor_sim.origins import STANDINGS, standings


def provenance_sheet(scenario: Mapping[str, Any]) -> Sheet:
    """Return the table of numbers by section and standing."""
    counted = {name: counts for name, counts in standings(scenario).items() if counts.total()}
    rows = tuple((text_cell(name), *(_count(counts[standing]) for standing in STANDINGS)) for name, counts in counted.items())
    note = (
        "Numbers of the resolved scenario by what they rest on. Assumed: nothing was found, or what was found isn't this number; "
        "a change of such a number is worth a run of its own."
    )
    return Sheet("Where the numbers come from", note, (*texts("section"), *map(Column, STANDINGS)), rows)


def _count(number: int) -> Cell:
    return Cell(f"{number:,}", float(number))
