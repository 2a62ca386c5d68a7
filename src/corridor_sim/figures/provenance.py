"""How well sourced a scenario's numbers are: the table of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from corridor_sim.assumptions import Assumption, driving
from corridor_sim.figures.panels import Cell, Column, Sheet, texts
from corridor_sim.figures.words import text_cell
from corridor_sim.origins import STANDINGS, standings

if TYPE_CHECKING:
    from corridor_sim.study import Study


def provenance_sheet(scenario: Mapping[str, Any]) -> Sheet:
    """Return the table of numbers by section and standing."""
    counted = {name: counts for name, counts in standings(scenario).items() if counts.total()}
    rows = tuple((text_cell(name), *(_count(counts[standing]) for standing in STANDINGS)) for name, counts in counted.items())
    note = (
        "Numbers of the resolved scenario by what they rest on. Assumed: nothing was found, or what was found isn't this number; "
        "a change of such a number is worth a run of its own."
    )
    return Sheet("Where the numbers come from", note, (*texts("section"), *map(Column, STANDINGS)), rows)


def assumption_sheet(study: Study) -> Sheet:
    """Return the table of the assumed numbers on which the headline stands."""
    found = driving(study)
    studied = texts("what a study of sensitivities says") if any(one.effect for one in found) else ()
    columns = (*texts("at", "number"), Column("value"), *studied)
    rows = tuple(_row(one)[: len(columns)] for one in found)
    note = "Assumed numbers of the tightest elements and of the largest flows: what the headline would move with first."
    return Sheet("Assumptions under the headline", note, columns, rows)


def _row(one: Assumption) -> tuple[Cell, ...]:
    return (text_cell(one.subject), text_cell(one.path), Cell(f"{one.value:g}", one.value), text_cell(one.effect))


def _count(number: int) -> Cell:
    return Cell(f"{number:,}", float(number))
