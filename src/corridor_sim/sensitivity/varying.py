"""The scenario at a point of the study: factors become dated changes that hold from the start."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.loading import Loaded, load_mapping, load_scenario
from corridor_sim.loading.changes import CHANGEABLE, Timeline, edits_of, without_overridden
from corridor_sim.loading.paths import dotted, is_number, nearest, split, value_at
from corridor_sim.sensitivity.design import Design, Edit, Factor, Point

PREFIX = "study_"
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Varied:
    """A scenario that a study varies: its plain data over the study's period, and what stands there at the start."""

    data: dict[str, Any]
    factors: tuple[Factor, ...]  # edits with concrete paths
    stated: Mapping[str, Any]  # dotted path -> value at the start, of every path that a factor moves

    def at(self, point: Point) -> Loaded:
        """Return the case at a point; raises CorridorError where the numbers together make no scenario."""
        changes = dict(self.data.get("changes") or {})
        for factor in self.factors:
            if factor.name in point:
                changes[f"{PREFIX}{factor.name}"[:64]] = self.change(factor, point[factor.name])
        return load_mapping({**self.data, "changes": changes})

    def change(self, factor: Factor, x: float) -> dict[str, Any]:
        """Return the dated change that a factor makes at a place in its range."""
        made: dict[str, Any] = {"on": self.data["start"]}
        for edit in factor.edits:
            kind, number = self.moved(factor, edit, factor.value(x))
            made.setdefault(kind, {})[edit.path] = number
        return made

    def moved(self, factor: Factor, edit: Edit, value: float | str) -> tuple[str, Any]:
        """Return (kind of edit, number) for a value of a factor; whole numbers are multiplied here, since the language doesn't round."""
        if isinstance(value, str):
            return "set", value
        if edit.kind == "add":
            return "add", _whole(factor, edit.times * (value - (factor.base or 0.0)))
        if edit.kind == "set":
            return "set", _whole(factor, edit.times * value + edit.plus)
        if factor.whole:
            old = self.stated[edit.path]
            return "set", max(round(old * value), min(1, old))
        return "multiply", value


def _whole(factor: Factor, value: float) -> float:
    return round(value) if factor.whole else round(value, 9)


def varied(design: Design) -> Varied:
    """Return the scenario of a design; raises CorridorError with the faults of the scenario, or of paths that aren't there."""
    loaded = load_scenario(design.scenario, case=design.case, overrides=dict(design.over) or None)
    data = windowed(loaded, design)
    start = _at_start(load_mapping(data))
    faults: list[Fault] = []
    factors: list[Factor] = []
    stated: dict[str, Any] = {}
    for factor in design.factors:
        edits = [found for edit in factor.edits for found in _concrete(factor, edit, start, faults)]
        factors.append(replace(factor, edits=tuple(edits)))
        stated |= {edit.path: _read(start, split(edit.path)) for edit in edits}
    faults += _clashes(factors) + _set_again(factors, data)
    if faults:
        raise CorridorError(*sorted(faults, key=lambda fault: (fault.line, fault.column)))
    return Varied(data, tuple(factors), stated)


def windowed(loaded: Loaded, design: Design) -> dict[str, Any]:
    """Return the resolved data over the study's period, without flows and changes that lie outside it."""
    scenario = loaded.scenario
    start, end = design.start or scenario.start, design.end or scenario.end
    data = {**loaded.resolved, "name": design.name, "start": start, "end": end}
    for key, value in (("warm_up_days", design.warm_up_days), ("drain_days", design.drain_days), ("seed", design.seed)):
        data |= {} if value is None else {key: value}
    if start >= end:
        raise CorridorError(Fault(f"expected an end after the start ({start}), got {end}", "period", design.file, code="date"))
    data["changes"] = {name: one for name, one in (data.get("changes") or {}).items() if _day(one["on"]) < end}
    data["flows"] = {
        name: one
        for name, one in data["flows"].items()
        if _day(one.get("from_date") or start) < end and (not one.get("until_date") or _day(one["until_date"]) > start)
    }
    return data


def check_ends(study: Varied, design: Design) -> None:
    """Raise CorridorError, at the line of its factor, where an end of a range makes no scenario."""
    study.at({})
    faults: dict[tuple[str, str], Fault] = {}
    for x in (0.0, 1.0):
        try:
            study.at({factor.name: x for factor in study.factors})
        except CorridorError:
            for factor in study.factors:
                for fault in _alone(study, factor, x):
                    faults.setdefault((fault.path, fault.message), replace(fault, file=design.file))
    if faults:
        raise CorridorError(*sorted(faults.values(), key=lambda fault: fault.line))


def _alone(study: Varied, factor: Factor, x: float) -> Iterator[Fault]:
    """Yield the faults of one factor at an end of its range."""
    try:
        study.at({factor.name: x})
    except CorridorError as error:
        first, at = error.faults[0], factor.position
        more = f" (and {len(error.faults) - 1} more of the kind)" if len(error.faults) > 1 else ""
        message = f"at {factor.words(x)}: {first.path}: {first.message}{more}"
        yield Fault(message, f"factors.{factor.name}", at.file, at.line, at.column, first.code)


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _at_start(loaded: Loaded) -> dict[Any, Any]:
    """Return the data of a case with the changes that hold at its start."""
    edits = without_overridden(edits_of(loaded.layer, (), loaded.scenario.start), loaded.layer)
    return Timeline(loaded.layer, edits, lambda _: None).data_at(loaded.scenario.start)


def _concrete(factor: Factor, edit: Edit, data: dict[Any, Any], faults: list[Fault]) -> list[Edit]:
    """Return an edit for each path that a pattern names; a fault where it names none."""
    steps = split(edit.path)
    if not steps or steps[0] not in CHANGEABLE:
        hint = nearest(steps[0], CHANGEABLE) if steps else ""
        faults.append(_fault(factor, edit, f"expected a path that begins with one of {', '.join(CHANGEABLE)}{hint}"))
        return []
    found, missing = [], ""
    for path, lack in _expanded(data, steps, ()):
        missing = missing or lack
        found += [] if lack else [path]
    if edit.kind == "multiply" or factor.whole:
        numbers = [path for path in found if _is_number_or_map(_read(data, path))]
        missing = missing or ("" if numbers else f"there is no number at {edit.path} to {edit.kind}")
        found = numbers
    found = _where_most_is_there(found, data)
    if not found:
        faults.append(_fault(factor, edit, missing or f"{edit.path} names nothing"))
    return [replace(edit, path=dotted(path)) for path in found]


def _where_most_is_there(paths: list[Steps], data: dict[Any, Any]) -> list[Steps]:
    """Return the paths of a pattern whose parent stands in the data; where none has it, those of which most is there.

    `places.*.port.wind.correlation` names ports that have a wind, `services.ferry_*.handling_h.load` all ferries if none has handling_h.
    """
    there = [_depth(data, path) for path in paths]
    return [path for path, depth in zip(paths, there, strict=True) if depth == max(there)]


def _depth(data: Any, path: Steps) -> int:
    """Return how many steps of a path stand in the data, the last one not counted."""
    for k, step in enumerate(path[:-1]):
        if not isinstance(data, dict) or step not in data:
            return k
        data = data[step]
    return len(path) - 1


def _is_number_or_map(value: Any) -> bool:
    return is_number(value) or isinstance(value, dict)


def _expanded(data: Any, steps: Steps, done: Steps) -> Iterator[tuple[Steps, str]]:
    """Yield (concrete path, "") of what a pattern names, or (path, what is missing)."""
    if not steps:
        yield done, ""
        return
    first, rest = steps[0], steps[1:]
    names = list(data) if isinstance(data, dict) else list(range(len(data))) if isinstance(data, list) else []
    if isinstance(first, str) and any(sign in first for sign in "*?["):
        matches = [name for name in names if fnmatch.fnmatchcase(str(name), first)]
        if not matches:
            yield done, f"{first} names nothing in {dotted(done)}"
        for name in matches:
            yield from _expanded(data[name], rest, (*done, name))
    elif first in names:
        yield from _expanded(data[first], rest, (*done, first))
    elif len(done) < 2:
        yield done, f"there is no '{first}' in {dotted(done) or 'the scenario'}{nearest(first, names)}"
    elif any(isinstance(step, str) and "*" in step for step in rest):
        yield done, f"{dotted(rest)} names nothing in {dotted((*done, first))}"
    else:
        yield (*done, *steps), ""


def _read(data: Any, path: Steps) -> Any:
    try:
        return value_at(data, path)
    except KeyError:
        return None


def _fault(factor: Factor, edit: Edit, message: str) -> Fault:
    at = edit.position
    return Fault(message, f"factors.{factor.name}.{edit.kind}", at.file, at.line, at.column, "reference")


def _clashes(factors: list[Factor]) -> list[Fault]:
    """Return faults where two factors set one path, so that the second would undo the first."""
    owner: dict[str, str] = {}
    faults = []
    for factor in factors:
        for edit in factor.edits:
            other = owner.setdefault(edit.path, factor.name)
            if other != factor.name and (edit.kind == "set" or factor.whole):
                faults.append(_fault(factor, edit, f"{edit.path} is moved by '{other}' too; say multiply or add in one of them"))
    return faults


def _set_again(factors: list[Factor], data: Mapping[str, Any]) -> list[Fault]:
    """Return faults where a dated change inside the run sets what a factor sets, so that the factor would end there."""
    later = {
        str(path): name
        for name, change in data["changes"].items()
        if _day(change["on"]) > _day(data["start"])
        for path in change.get("set") or {}
    }
    return [
        _fault(factor, edit, f"{edit.path} is set again by the change '{later[edit.path]}'; say multiply or add, or leave the change out")
        for factor in factors
        for edit in factor.edits
        if (edit.kind == "set" or factor.whole) and edit.path in later
    ]
