"""Targets: published figures of the corridor, and how each is read off a run.

`data/targets.csv` is what was published, `data/target_measures.json` maps (measure, subject, year) to a measure over results.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

EMERGENT, ECHOED, CONTEXT = "emergent", "echoed", "context"
FITTED_YEARS = (2022, 2023)


@dataclass(frozen=True, slots=True)
class Target:
    """A published figure and how it is measured.

    kind: what it is to this model (`emergent`, `echoed` where it repeats an input, `context`); listed_kind: what the list says of
    any model. run: the year of the run it stands beside. measure_by: name of a measure, "" where none can be had, why_not says
    why. same_as: the measure and subject of a figure that is the same evidence and counts for both. samples: size of the
    survey behind it, 0 for a count. likely: why the model misses it, if it does.
    """

    measure: str
    subject: str
    year: int | None
    value: float
    unit: str
    listed_kind: str
    sources: tuple[str, ...]
    note: str
    kind: str
    family: str
    run: int | None
    measure_by: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    why_not: str = ""
    same_as: str = ""
    samples: int = 0
    likely: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what names the target: measure, subject and year as text."""
        return self.measure, self.subject, str(self.year or "")

    @property
    def fitted(self) -> bool:
        """Return whether its year is one that the unknown numbers were fitted on."""
        return self.run in FITTED_YEARS and self.year == self.run

    @property
    def counts(self) -> bool:
        """Return whether it counts in the scores: what the model must produce, and duplicates once."""
        return self.kind == EMERGENT and not self.same_as and bool(self.measure_by)


def read_targets() -> list[Target]:
    """Return all published figures in the order of the list. Raises KeyError for one without a mapping."""
    ways = {(way["measure"], way["subject"], way["year"]): way for way in json.loads(_text("target_measures.json"))}
    return [_target(row, ways[row["measure"], row["subject"], row["year"]]) for row in _rows("targets.csv")]


def read_sources() -> dict[str, dict[str, str]]:
    """Return the sources of the figures: id -> title, url, date, note."""
    return {row["id"]: row for row in _rows("target_sources.csv")}


def _target(row: Mapping[str, str], way: Mapping[str, Any]) -> Target:
    return Target(
        measure=row["measure"],
        subject=row["subject"],
        year=int(row["year"]) if row["year"] else None,
        value=float(row["value"]),
        unit=row["unit"],
        listed_kind=row["kind"],
        sources=tuple(row["fact_ids"].split()),
        note=row["note"],
        kind=way.get("kind", row["kind"]),
        family=way["family"],
        run=way.get("run"),
        measure_by=way.get("by", ""),
        arguments=way.get("with", {}),
        why_not=way.get("why_not", ""),
        same_as=way.get("same_as", ""),
        samples=way.get("samples", 0),
        likely=way.get("likely", ""),
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(_text(name).splitlines())


def _text(name: str) -> str:
    return files("corridor_sim").joinpath("data", name).read_text(encoding="utf-8")
