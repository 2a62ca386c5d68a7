"""How a report ends: the shares of sourced and assumed numbers, and the assumed ones on which its headline stands.

Those are the assumed numbers of the tightest elements and of the largest flows. How much each of them matters is for a study of
sensitivities to say: where the folder of a run holds its table (`sensitivities.csv`, columns path, effect, unit, measure), what it
says of a number stands beside it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from corridor_sim.bottlenecks import tightest
from corridor_sim.origins import ASSUMED, Path, dotted, in_words, numbers, origins_of, standing
from corridor_sim.statistics import pick

if TYPE_CHECKING:
    from corridor_sim.study import Study

SENSITIVITIES = "sensitivities.csv"
TIGHT, LARGE = 3, 2
SHOWN = 4  # numbers of an element in a line
LEGS = ("rail", "road", "sea")


@dataclass(frozen=True, slots=True)
class Assumption:
    """An assumed number: the element or flow that it belongs to, its path in the scenario; effect: what a study found, or nothing."""

    subject: str
    path: str
    value: float
    effect: str = ""


def closing_lines(study: Study) -> list[str]:
    """Return the last lines of a summary: shares of sourced and assumed numbers, and what is assumed under the headline."""
    shares = in_words(study.scenario)
    if not shares:
        return []
    by_subject: dict[str, list[Assumption]] = {}
    for one in driving(study):
        by_subject.setdefault(one.subject, []).append(one)
    return [shares, *(f"assumed at {subject}: {_listed(found)}" for subject, found in by_subject.items())]


def _listed(found: list[Assumption]) -> str:
    shown = [f"{one.path.split('.', 2)[2]} {one.value:g}{f' ({one.effect})' if one.effect else ''}" for one in found[:SHOWN]]
    more = f", and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{', '.join(shown)}{more}"


def driving(study: Study) -> list[Assumption]:
    """Return the assumed numbers of the tightest elements and the largest flows, the tightest first."""
    assumed = {path for path, origin in origins_of(study.scenario).items() if standing(origin) == ASSUMED}
    values = dict(numbers(study.scenario))
    found: dict[Path, Assumption] = {}
    for subject, prefixes in _headline(study):
        for path in values:
            if path in assumed and any(path[: len(prefix)] == prefix for prefix in prefixes):
                found.setdefault(path, Assumption(subject, dotted(path), float(values[path])))
    effects = _effects(study.folder)
    return [replace(one, effect=effects.get(one.path, "")) for one in found.values()]


def _headline(study: Study) -> Iterator[tuple[str, list[Path]]]:
    """Yield (name, paths in the scenario) of the tightest elements, then of the largest flows."""
    for evidence in tightest(study.metrics, TIGHT):
        yield evidence.element, list(_paths(study, evidence.element))
    rows = pick(study.metrics, kind="flow", measure="carried", period="all").astype({"subject": "str"})
    means = rows.groupby("subject")["value"].mean().sort_values(ascending=False, kind="stable")
    for name in means.index[:LARGE]:
        yield str(name), [("flows", str(name))]


def _paths(study: Study, label: str) -> Iterator[Path]:
    """Yield where the numbers of an element, fleet or room stand."""
    facts = study.facts
    for element in facts.elements:
        if element.label == label and element.kind in LEGS:
            yield ("legs", label.split(".to_")[0])
        elif element.label == label:
            yield ("places", element.tail, *(("port",) if element.kind == "berth" else (element.kind,)))
    for room in facts.rooms:
        if room.name == label:
            yield from (("places", room.place, facility, f"room_{room.measure}") for facility in ("yard", "port"))
    members = set(label.split("+"))
    for service in facts.services:
        if service.name in members:
            yield ("services", service.name)
            yield from ([("fleets", service.fleet)] if service.fleet else [])


def _effects(folder: FilePath | None) -> dict[str, str]:
    """Return what a study of sensitivities says of a path, if its table lies in the folder of the run."""
    path = folder / SENSITIVITIES if folder else None
    if path is None or not path.is_file() or path.is_symlink():
        return {}
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {row["path"]: _effect(row) for row in rows if row.get("path") and row.get("effect")}


def _effect(row: dict[str, Any]) -> str:
    return " ".join(filter(None, (f"moves {row.get('measure') or 'the result'} by", row["effect"], row.get("unit"))))
