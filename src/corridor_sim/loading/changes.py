"""Dated changes: what is switched on, what conflicts, and the data after each date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.loading.loaded import Layer
from corridor_sim.loading.paths import PAIRS, Path, dotted, has, is_berths, is_number, is_whole, nearest, split
from corridor_sim.scenario import is_change

CHANGEABLE = ("classes", "commodities", "winds", "places", "legs", "services", "fleets", "flows", "disruptions",
              "pools", "locomotives", "start_stocks", "choice")
KINDS = ("set", "multiply", "add")
_OF_NEW = {"places": {"at", "name", "country"}, "legs": {"mode"}, "services": {"route"}, "fleets": {"home"}, "flows": {"from"},
           "disruptions": {"at"}}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """One path of one change; name: the change, or its patch, or patch.change in a patch of several."""

    on: date
    name: str
    patch: str  # "" for a change that is always on
    kind: str  # set | multiply | add
    path: Path
    value: Any
    written: Path  # where it stands in the file
    over: tuple[str, ...]
    creates: bool = False  # part of a map that makes a new element


def edits_of(layer: Layer, patches: tuple[str, ...], start: date) -> list[Edit]:
    """Return the edits of all changes and of the patches switched on, in the order of the file."""
    edits: list[Edit] = []
    later = _delays(layer, patches)
    for name, change in _map(layer.data.get("changes")).items():
        edits += _edits(change, name, "", ("changes", name), start, later)
    for patch in patches:
        body = _map(layer.data.get("patches")).get(patch)
        several = {} if is_change(body) else _map(body)
        for name, change in several.items():
            edits += _edits(change, f"{patch}.{name}", patch, ("patches", patch, name), start, later)
        edits += [] if several else _edits(body, patch, patch, ("patches", patch), start, later)
    return edits


def _map(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _edits(change: Any, name: str, patch: str, at: Path, start: date, later: dict[str, Any]) -> Iterator[Edit]:
    body = _map(change)
    on = _day(later.get(name, later.get(patch, body.get("on", start))))
    over = body.get("over", ())
    over = tuple(over) if isinstance(over, list) else ()
    for kind in KINDS:
        for path, value, written, creates in _flat(_map(body.get(kind)), (), (*at, kind)):
            if isinstance(on, date):
                yield Edit(on, name, patch, kind, path, value, written, over, creates)


def _delays(layer: Layer, patches: tuple[str, ...]) -> dict[str, Any]:
    """Return the dates to which changes always on and patches switched on move the changes that they name; the last one holds."""
    known = _map(layer.data.get("patches"))
    bodies = [*_map(layer.data.get("changes")).values(), *(known.get(patch) for patch in patches)]
    found: dict[str, Any] = {}
    for body in map(_map, bodies):
        for part in [body] if is_change(body) else map(_map, body.values()):
            found |= _map(part.get("delay"))
    return found


def _day(value: Any) -> Any:
    """Return a date that a plain map may state as text, too."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:  # a fault that the model reports
        return value


def _flat(body: dict[Any, Any], path: Path, written: Path, creates: bool = False) -> Iterator[tuple[Path, Any, Path, bool]]:
    for key, value in body.items():
        below = (*path, *(split(key) if isinstance(key, str) else (key,)))
        if is_whole(below, value) or not value:
            below = (*below, "count") if is_berths(below) and is_number(value) else below
            yield below, value, (*written, key), creates
        else:
            yield from _flat(value, below, (*written, key), creates or _makes_element(below, value))


def _makes_element(path: Path, value: dict[Any, Any]) -> bool:
    """Return whether a map at a path can stand for a new element; a misspelt name of an old one rarely does."""
    return len(path) == 2 and bool(_OF_NEW.get(str(path[0]), set(value)) & set(value))


def without_overridden(edits: list[Edit], layer: Layer) -> list[Edit]:
    """Return the edits that hold, after `over`; raises CorridorError where two set one path to different values."""
    sets = [edit for edit in edits if edit.kind == "set"]
    dropped: set[int] = set()
    faults = []
    for index, one in enumerate(sets):
        for other in sets[index + 1 :]:
            if not _collide(one, other):
                continue
            if _is_over(other, one) or _is_over(one, other):
                winner, loser = (other, one) if _is_over(other, one) else (one, other)
                dropped |= {id(loser)} if loser.on >= winner.on else set()
            else:
                faults.append(_conflict(one, other, layer))
    if faults:
        raise CorridorError(*faults)
    return [edit for edit in edits if id(edit) not in dropped]


def _collide(one: Edit, other: Edit) -> bool:
    """Return whether two edits set one path, or a path and one below it, to different values at a time that clashes."""
    if one.name == other.name or not _overlap(one.path, other.path):
        return False
    if one.path == other.path and one.value == other.value:
        return False
    two_patches = bool(one.patch and other.patch and one.patch != other.patch)
    return two_patches or one.on == other.on


def _overlap(one: Path, other: Path) -> bool:
    return all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=False))


def _is_over(winner: Edit, loser: Edit) -> bool:
    return bool({loser.name, loser.patch, loser.name.partition(".")[2]} & set(winner.over) - {""})


def _conflict(one: Edit, other: Edit, layer: Layer) -> Fault:
    mark = layer.at(other.written)
    message = (
        f"'{one.name}' sets {dotted(one.path)} to {one.value} and '{other.name}' sets {dotted(other.path)} to "
        f"{other.value}; say over: [{one.name}] in '{other.name}' if it shall win"
    )
    return Fault(message, dotted(other.written[:-1]), mark.file, mark.line, mark.column, "conflict")


class Timeline:
    """The data of a scenario after its edits up to any date, with the faults that applying them meets."""

    def __init__(self, layer: Layer, edits: list[Edit], defaults: Any) -> None:
        self.layer = layer
        self.edits = sorted(edits, key=lambda edit: edit.on)
        self.defaults = defaults  # path -> value that the model gives where the file states none
        self.faults: dict[tuple[Path, str], Fault] = {}
        self.moved: dict[Path, Path] = {}  # path -> where the edit that gave its value is written

    def data_at(self, day: date) -> dict[Any, Any]:
        """Return the data at a date: the latest set, times every multiply, plus every add up to it."""
        data = {key: value for key, value in self.layer.data.items() if key not in ("changes", "patches", "cases")}
        self.moved = {}
        due = [edit for edit in self.edits if edit.on <= day]
        for kind in KINDS:
            for edit in due:
                if edit.kind == kind:
                    data = self.applied(data, edit)
        return data

    def applied(self, data: dict[Any, Any], edit: Edit) -> dict[Any, Any]:
        """Return the data after one edit; what isn't touched is shared."""
        for path in self.targets(data, edit):
            try:
                data = put(data, path, self.new_value(data, path, edit))
                self.moved[path] = edit.written
            except _EditError as error:
                self.fault(edit, str(error))
        return data

    def targets(self, data: dict[Any, Any], edit: Edit) -> list[Path]:
        """Return the paths that an edit names, * written out."""
        if edit.path[0] not in CHANGEABLE:
            hint = nearest(edit.path[0], CHANGEABLE)
            self.fault(edit, f"expected a path that begins with one of {', '.join(CHANGEABLE)}{hint}")
            return []
        try:
            return list(_expanded(data, edit.path, edit.kind == "set" and edit.creates))
        except _EditError as error:
            self.fault(edit, str(error))
            return []

    def new_value(self, data: dict[Any, Any], path: Path, edit: Edit) -> Any:
        """Return what a path holds after an edit."""
        if edit.kind == "set":
            return edit.value
        if not is_number(edit.value):
            raise _EditError(f"expected a number to {edit.kind}, got {edit.value!r}")
        old = _read(data, path)
        if old is None:
            old = self.defaults(path)
        try:
            return _multiplied(old, edit.value) if edit.kind == "multiply" else _added(old, edit.value)
        except OverflowError:
            raise _EditError(f"expected numbers that can be read, got {old!r} and {edit.value!r}"[:110]) from None

    def fault(self, edit: Edit, message: str) -> None:
        """Add a fault at the line of an edit, once."""
        mark = self.layer.at(edit.written)
        fault = Fault(message, dotted(edit.written), mark.file, mark.line, mark.column, "change")
        self.faults.setdefault((edit.written, message), fault)


class _EditError(Exception):
    """An edit names something that isn't there or can't take it."""


def _expanded(data: Any, path: Path, creates: bool, done: Path = ()) -> Iterator[Path]:
    """Yield the concrete paths of a pattern; the element that holds the last key must exist."""
    if not path:
        yield done
        return
    first, rest = path[0], path[1:]
    names = list(data) if isinstance(data, dict) else list(range(len(data))) if isinstance(data, list) else []
    if first == "*":
        if not names:
            raise _EditError(f"* names nothing: {dotted(done)} is empty")
        for name in names:
            yield from _expanded(data[name], rest, creates, (*done, name))
    elif first in names:
        yield from _expanded(data[first], rest, creates, (*done, first))
    elif len(done) == 1 and not creates:
        raise _EditError(f"there is no '{first}' in {done[0]}{nearest(first, names)}")
    else:
        yield (*done, first, *rest)


def concrete(data: Any, path: Path) -> list[Path]:
    """Return the paths that a pattern names in data; none where it names nothing."""
    try:
        return list(_expanded(data, path, creates=True))
    except _EditError:
        return []


def _read(data: Any, path: Path) -> Any:
    for key in path:
        if not has(data, key):
            return None
        data = data[key]
    return data


def put(data: Any, path: Path, value: Any) -> Any:
    """Return nested maps with a value put at a path (None deletes); what isn't on the path is shared."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(data, list) and has(data, key):
        return [put(item, rest, value) if index == key else item for index, item in enumerate(data)]
    if not isinstance(data, dict):
        pair = next((pair for pair in PAIRS if key in pair), None)
        if pair is None:
            raise _EditError(f"expected a map that has '{key}', got {data!r}")
        data = dict.fromkeys(pair, data)
    made = dict(data)
    if not rest and value is None and key not in ("units_per_wagon", "units_per_truck"):
        made.pop(key, None)
    else:
        made[key] = put(made.get(key, {}), rest, value)
    return made


def _multiplied(old: Any, factor: float) -> Any:
    """Return a number times a factor; of a law its times, of a map by direction or class each value."""
    if is_number(old):
        return _like(old, old * factor)
    if isinstance(old, dict) and old:
        return {key: _scaled(key, value, factor) for key, value in old.items()}
    raise _EditError(f"expected a number to multiply, got {old!r}")


def _scaled(key: Any, value: Any, factor: float) -> Any:
    if key in ("cv", "share", "weights"):
        return value
    if key == "mixture":
        return [part | {"law": _multiplied(part["law"], factor)} for part in value]
    if isinstance(value, list):
        return [_multiplied(item, factor) for item in value]
    return value if value == "unlimited" else _multiplied(value, factor)


def _added(old: Any, amount: float) -> Any:
    """Return a number plus an amount; of a map by direction each value."""
    if is_number(old):
        return _like(old, old + amount)
    if isinstance(old, dict) and set(old) in ({"west", "east"}, {"out", "back"}):
        return {key: _added(value, amount) for key, value in old.items()}
    raise _EditError(f"expected a number to add to, got {old!r}")


def _like(old: Any, new: float) -> Any:
    return int(new) if isinstance(old, int) and float(new).is_integer() else new
