"""How well sourced a scenario's numbers are, counted from the `source` and `grade` that its elements state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from corridor_sim.figures.panels import Cell, Column, Sheet, texts
from corridor_sim.figures.words import text_cell

SECTIONS = ("commodities", "winds", "places", "legs", "services", "fleets", "flows", "changes")
SOURCED, ASSUMED, UNSTATED = "sourced", "assumed", "without a source"
ABOUT = {"source", "grade", "note", "title", "name", "notes"}  # words about numbers
NO_INPUT = {"at", "published", "base_year", "utc_offset_h"}  # numbers that nothing is computed from, or that aren't estimates


def provenance_of(scenario: Mapping[str, Any]) -> dict[str, Counter[str]]:
    """Return for each section of a resolved scenario how many of its numbers are sourced, assumed or neither."""
    sections = {name: scenario.get(name) for name in SECTIONS}
    return {name: Counter(_standings(section, None, None)) for name, section in sections.items() if isinstance(section, Mapping)}


def _standings(value: Any, source: str | None, grade: str | None) -> Iterator[str]:
    """Yield the standing of each number below a value; source and grade hold until an inner element states its own."""
    if isinstance(value, Mapping):
        stated, grade = value.get("source"), value.get("grade", grade)
        for key, inner in value.items():
            if key not in ABOUT and key not in NO_INPUT:
                yield from _standings(inner, _source_of(str(key), stated, source), grade)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _standings(inner, source, grade)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield ASSUMED if ASSUMED in (source, grade) else SOURCED if source else UNSTATED


def _source_of(key: str, stated: Any, inherited: str | None) -> str | None:
    """Return the source that holds for a field: its own in a map of sources, the default there, or the element's."""
    if isinstance(stated, Mapping):
        return str(found) if (found := stated.get(key, stated.get("default"))) else inherited
    return str(stated) if stated else inherited


def in_words(scenario: Mapping[str, Any]) -> str:
    """Return the shares of sourced and assumed numbers in words, or nothing where there are none."""
    total: Counter[str] = sum(provenance_of(scenario).values(), Counter())
    if not total.total() or total[UNSTATED] == total.total():
        return ""
    shares = (f"{total[standing] / total.total():.0%} {standing}" for standing in (SOURCED, ASSUMED) if total[standing])
    return f"of {total.total():,} numbers {', '.join(shares)}"


def provenance_sheet(scenario: Mapping[str, Any]) -> Sheet:
    """Return the table of numbers by section and standing."""
    standings = (SOURCED, ASSUMED, UNSTATED)
    counted = {name: counts for name, counts in provenance_of(scenario).items() if counts.total()}
    rows = tuple((text_cell(name), *(_count(counts[standing]) for standing in standings)) for name, counts in counted.items())
    note = (
        "Numbers of the resolved scenario by what they rest on. Assumed: nothing was found, or what was found isn't this number; "
        "a change of such a number is worth a run of its own."
    )
    return Sheet("Where the numbers come from", note, (*texts("section"), *map(Column, standings)), rows)


def _count(number: int) -> Cell:
    return Cell(f"{number:,}", float(number))
