"""Explanations: the numbers of one element with what they rest on, its dated changes, and what a run made of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.loading import Loaded
from corridor_sim.loading.faults import unit_of
from corridor_sim.loading.references import source_ids
from corridor_sim.loading.sources import grade_of, publisher_of, read_sources
from corridor_sim.origins import NOTHING, Path, Provenance, dotted, is_number
from corridor_sim.statistics import intervals, number, pick
from corridor_sim.study import Study

KINDS = {"places": "place", "legs": "leg", "services": "service", "fleets": "fleet", "flows": "flow", "commodities": "commodity",
         "winds": "wind"}  # fmt: skip
MEASURES = {  # kind of subject -> what is shown of it
    "element": ("vehicles", "other_vehicles", "utilisation", "wait_own", "queue", "delay_share", "capacity_multiple"),
    "room": ("utilisation", "full_share", "standing"),
    "pool": ("fleet_utilisation", "wait", "queue", "capacity_multiple"),
    "service": ("vessels", "departures", "fill", "cycle", "cycle_cargo_wait", "cycle_berth_wait", "cycle_weather_wait", "gap_max"),
    "flow": ("offered_units", "carried_units", "transit_mean", "transit_p90", "wait_over_72h", "sustainable_multiple"),
}


@dataclass(frozen=True, slots=True)
class Cited:
    """A source of a number. year: the one that it speaks of; n.d.: it bears no date."""

    id: str
    publisher: str
    year: str
    grade: str
    title: str
    url: str
    quote: str


@dataclass(frozen=True, slots=True)
class Input:
    """A number of an element: its path, what it is and what it rests on."""

    path: str
    value: float
    unit: str
    grade: str
    sources: tuple[Cited, ...]
    published: bool = False  # stands beside the model, isn't simulated


@dataclass(frozen=True, slots=True)
class Dated:
    """A value that a dated change gives."""

    on: str
    path: str
    old: Any
    new: Any
    change: str
    sources: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A measure of a run: mean and half a 95 % interval (None for one replication)."""

    subject: str
    measure: str
    value: float
    half_width: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of one element."""

    name: str
    kind: str
    title: str
    inputs: tuple[Input, ...]
    changes: tuple[Dated, ...]
    results: tuple[Made, ...]


def explained(loaded: Loaded, name: str, study: Study | None = None) -> list[Explanation]:
    """Return what is known of every element of a name; raises CorridorError with the nearest names where there is none."""
    data = loaded.layer.data
    found = [section for section in KINDS if name in (data.get(section) or {})]
    if not found:
        raise CorridorError(Fault(_unknown(name, data), name, loaded.path, code="reference"))
    table = {key: row for file in loaded.layer.sources for key, row in read_sources(file).items()}
    return [_explanation(loaded, section, name, table, study) for section in found]


def _unknown(name: str, data: Mapping[str, Any]) -> str:
    names = [str(key) for section in KINDS for key in data.get(section) or {}]
    near = list(dict.fromkeys(get_close_matches(name, names, n=4, cutoff=0.5) or [one for one in names if name in one][:4]))
    hint = f", did you mean {', '.join(near)}?" if near else ""
    return f"there is no place, leg, service, fleet, flow, commodity or wind '{name}'{hint}"


def _explanation(loaded: Loaded, section: str, name: str, table: Mapping[str, Any], study: Study | None) -> Explanation:
    body = loaded.layer.data[section][name]
    title = str(body.get("name") or body.get("title") or "")
    inputs = (*_inputs(loaded, (section, name), table), *_published(body.get("published") or {}, table))
    changes = tuple(_dated(loaded, dotted((section, name)), table))
    names = loaded.scenario.parts_of(name) if section == "services" else (name,)
    made = (one for each in names for one in _made(study, section, each)) if study else ()
    return Explanation(name, KINDS[section], title, inputs, changes, tuple(made))


def _inputs(loaded: Loaded, at: Path, table: Mapping[str, Any]) -> Iterator[Input]:
    known = loaded.layer.provenance
    for path, value in _numbers(loaded.layer.data[at[0]][at[1]], at):
        origin = next((known[path[:size]] for size in range(len(path), 1, -1) if path[:size] in known), NOTHING)
        yield Input(dotted(path[2:]), value, _unit(path), grade_of(origin, table), _cited(origin.source, table))


def _unit(path: Path) -> str:
    """Return the unit of a number: none where it is a variability or a share."""
    return "" if path[-1] in ("cv", "share", "weights") or "closed_share" in path else unit_of(path).strip()


def _numbers(data: Any, path: Path) -> Iterator[tuple[Path, float]]:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if key not in ("published", "at"):
                yield from _numbers(value, (*path, key))
    elif is_number(data):
        yield path, data


def _cited(source: str | None, table: Mapping[str, Any]) -> tuple[Cited, ...]:
    rows = [(name, table[name]) for name in source_ids(source) if name in table]
    return tuple(Cited(name, publisher_of(r), r["year"], r["grade"], r["title"], r["url"], r["quote"] or r["note"]) for name, r in rows)


def _published(figures: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[Input]:
    for name, figure in figures.items():
        if isinstance(figure, dict) and is_number(figure.get("value")):
            grade = grade_of(Provenance(figure.get("source"), figure.get("grade")), table)
            yield Input(name, figure["value"], figure.get("unit", ""), grade, _cited(figure.get("source"), table), published=True)


def _dated(loaded: Loaded, element: str, table: Mapping[str, Any]) -> Iterator[Dated]:
    for one in loaded.changes:
        if one.path == element or one.path.startswith((f"{element}.", f"{element}[")):
            ids = " ".join(_change_sources(loaded, one.change, one.path))
            yield Dated(str(one.on), one.path.removeprefix(f"{element}."), one.old, one.new, one.change, _cited(ids, table))


def _change_sources(loaded: Loaded, change: str, path: str) -> Iterator[str]:
    """Yield the sources of a change, that of the path alone where it names one of its own."""
    at: Path = ("changes", change) if change in (loaded.layer.data.get("changes") or {}) else ("patches", *change.split("."))
    own = [origin.source for key, origin in loaded.layer.provenance.items() if key[: len(at)] == at and _ends(key[len(at) :], path)]
    body: Any = loaded.layer.data
    for part in at:
        body = body.get(part, {}) if isinstance(body, dict) else {}
    stated = body.get("source") if isinstance(body, dict) else None
    for source in dict.fromkeys(own) or ([stated] if isinstance(stated, str) else list((stated or {}).values())):
        yield from dict.fromkeys(source_ids(source))


def _ends(key: Path, path: str) -> bool:
    """Return whether the part of a key below set, add or multiply is a path, or a part of what it gives."""
    said = dotted(key[1:])
    return said == path or said.startswith(f"{path}.")


def _made(study: Study, section: str, name: str) -> Iterator[Made]:
    rows: Any = pick(intervals(study.metrics), period="all")
    for kind, subjects in _subjects(study, section, name).items():
        for subject in subjects:
            for row in rows[(rows["kind"] == kind) & (rows["subject"].astype("str") == subject)].itertuples():
                if row.measure in MEASURES[kind] and math.isfinite(row.mean):
                    width = float(row.half_width) if math.isfinite(row.half_width) else None
                    yield Made(subject, str(row.measure), float(row.mean), width, str(row.unit))


def _subjects(study: Study, section: str, name: str) -> dict[str, list[str]]:
    """Return kind -> subjects of the metrics that belong to an element."""
    facts = study.facts
    if section == "places":
        inside = [e.label for e in facts.elements if e.kind not in ("rail", "road", "sea") and e.tail == name]
        return {"element": inside, "room": [room.name for room in facts.rooms if room.place == name]}
    if section == "legs":
        return {"element": [e.label for e in facts.elements if e.label == name or e.label.startswith(f"{name}.to_")]}
    if section == "flows":
        return {"flow": [name]}
    pools = dict.fromkeys(pick(study.metrics, kind="pool")["subject"].astype("str"))
    if section == "services":
        return {"service": [name], "pool": [pool for pool in pools if name in pool.replace("+", " ").replace(",", " ").split()]}
    members = [service.name for service in facts.services if service.fleet == name]
    return {"service": members} if section == "fleets" else {}


def explanation_lines(found: Explanation) -> list[str]:
    """Return an explanation in words: inputs with sources, then dated changes, then results."""
    title = f" ({found.title})" if found.title else ""
    lines = [f"{found.kind} {found.name}{title}", "inputs" if found.inputs else "no numbers of its own"]
    lines += [line for one in found.inputs if not one.published for line in _input_lines(one)]
    beside = [line for one in found.inputs if one.published for line in _input_lines(one)]
    lines += ["published beside the model, not simulated", *beside] if beside else []
    for one in found.changes:
        lines += ["dated changes"] if one is found.changes[0] else []
        lines += [f"  {one.on} {one.path}: {_said(one.old)} -> {_said(one.new)} ({one.change})", *map(_source_line, one.sources)]
    for made in found.results:
        lines += ["results"] if made is found.results[0] else []
        lines.append(f"  {made.subject} {made.measure}: {number(made.value, made.half_width or math.nan, made.unit)}")
    return lines


def _said(value: Any) -> str:
    return f"{value:g}" if is_number(value) else str(value)


def _input_lines(one: Input) -> list[str]:
    grade = f" [{one.grade}]" if one.grade else " [no source stated]"
    return [f"  {one.path}: {one.value:g} {one.unit}".rstrip() + grade, *map(_source_line, one.sources)]


def _source_line(cited: Cited) -> str:
    quote = f': "{cited.quote}"' if cited.quote else ""
    return f"      {cited.id} {cited.publisher}, {cited.year}, {cited.grade}{quote}"
