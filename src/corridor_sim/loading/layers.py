"""From what a file says to a layer: dotted keys become nested, {value, source} is taken apart, layers are merged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.loading.loaded import Layer, Position
from corridor_sim.loading.paths import (
    EDIT_KEYS,
    NULL_VALUES,
    Path,
    dotted,
    is_berths,
    is_number,
    is_sourced,
    is_whole,
    nearest,
    opened,
    replaces,
    split,
)
from corridor_sim.loading.reader import Entries, Entry, Items
from corridor_sim.origins import Provenance, inherited


@dataclass(slots=True)
class _Spelling:
    """A layer while it is built from the entries of one file."""

    file: str
    marks: dict[Path, Position] = field(default_factory=dict)
    provenance: dict[Path, Provenance] = field(default_factory=dict)
    nulls: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fill(self, target: dict[Any, Any], path: Path, entries: Entries) -> None:
        """Put the entries of a map into a plain dict, dotted keys at their place."""
        for entry in entries.entries:
            mark = Position(self.file, entry.line, entry.column)
            here, at, last = self.descend(target, path, entry, mark)
            if here is not None:
                self.put(here, (*at, last), entry.value, mark)

    def descend(self, target: Any, path: Path, entry: Entry, mark: Position) -> tuple[dict[Any, Any] | None, Path, str | int]:
        """Return the dict, its path and the key that an entry writes to; the dict is None after a fault."""
        parts = _parts(entry.key, path)
        if any(part == "" for part in parts):
            self.fault("expected names between the dots", (*path, entry.key), mark)
            return None, path, entry.key
        for part in parts[:-1]:
            path = (*path, part)
            self.marks.setdefault(path, mark)
            target = target.setdefault(part, {})
            if not isinstance(target, dict):
                self.fault(f"stated twice, as {dotted(path)} and below it", (*path, *parts[len(path) :]), mark)
                return None, path, entry.key
        return target, path, parts[-1]

    def put(self, target: dict[Any, Any], path: Path, value: Any, mark: Position) -> None:
        """Put one value at its key; a map that another key has begun goes on, anything else there is a fault."""
        key = path[-1]
        existing = target.get(key)
        if key in target and not (isinstance(existing, dict) and isinstance(value, Entries)):
            first = self.marks[path].line
            self.fault(f"stated twice, as a dotted and as a nested key (line {first})", path, mark)
            return
        self.marks.setdefault(path, mark)
        if isinstance(value, Entries) and key not in target:
            target[key] = {}
        if isinstance(value, Entries):
            self.fill(target[key], path, value)
            self.take_apart(target, path)
        else:
            target[key] = self.items(value, path) if isinstance(value, Items) else value
            if value is None:
                self.nulls.append(path)
        self.count_berths(target, path)

    def count_berths(self, target: dict[Any, Any], path: Path) -> None:
        """Write berths stated as a number as {count: number}, so that paths to either mean the same."""
        number = target[path[-1]]
        if is_berths(path) and is_number(number):
            target[path[-1]] = {"count": number}
            self.marks[(*path, "count")] = self.marks[path]
            if path in self.provenance:
                self.provenance[(*path, "count")] = self.provenance.pop(path)

    def items(self, items: Items, path: Path) -> list[Any]:
        """Return a list of plain values."""
        made: dict[Any, Any] = {}
        for entry in items.entries:
            self.put(made, (*path, entry.key), entry.value, Position(self.file, entry.line, entry.column))
        return list(made.values())

    def take_apart(self, target: dict[Any, Any], path: Path) -> None:
        """Replace {value, source} by the value and keep its source."""
        body = target[path[-1]]
        if not is_sourced(body) or "published" in path[2:] or len(path) < 2:
            return
        self.provenance[path] = Provenance(body.get("source"), body.get("grade"))
        for key in body:
            self.marks[(*path, key)] = self.marks.get((*path, key), self.marks[path])
        target[path[-1]] = body["value"]

    def fault(self, message: str, path: Path, mark: Position) -> None:
        """Add a fault at a position."""
        self.faults.append(Fault(message, dotted(path), mark.file, mark.line, mark.column, "duplicate"))


def _parts(key: str | int, path: Path) -> tuple[str | int, ...]:
    if isinstance(key, int) or "." not in key or in_edit(path) or (len(path) > 2 and path[-1] == "source"):
        return (key,)
    return split(key)


def in_edit(path: Path) -> bool:
    """Return whether a path stands inside set, add or multiply of a change, where keys stay as they are written."""
    return len(path) > 2 and path[0] in ("changes", "patches") and bool(EDIT_KEYS & set(path[2:4]))


def below_edit(path: Path) -> bool:
    """Return whether a path is a key of set, add or multiply, or stands below one."""
    return in_edit(path[:-1])


def spell(entries: Entries, file: str) -> Layer:
    """Return the layer of one file; raises CorridorError where keys meet."""
    spelling = _Spelling(file)
    data: dict[Any, Any] = {}
    spelling.marks[()] = Position(file, 1, 1)
    spelling.fill(data, (), entries)
    if spelling.faults:
        raise CorridorError(*spelling.faults)
    return Layer(data, spelling.marks, _origins(data, spelling.provenance), nulls=tuple(spelling.nulls))


def plain_layer(data: dict[Any, Any], file: str = "") -> Layer:
    """Return the layer of data that stands in no file, its keys dotted or nested."""
    return spell(_as_entries(data), file)


def _as_entries(data: dict[Any, Any]) -> Entries:
    return Entries(0, 0, tuple(Entry(key, 0, 0, _as_written(value)) for key, value in data.items()))


def _as_written(value: Any) -> Any:
    if isinstance(value, dict):
        return _as_entries(value)
    if isinstance(value, list | tuple):
        return Items(tuple(Entry(index, 0, 0, _as_written(item)) for index, item in enumerate(value)))
    return value


def _origins(data: dict[Any, Any], own: dict[Path, Provenance]) -> dict[Path, Provenance]:
    """Return the provenance of numbers: what a number or the part that holds it says itself goes before its element's."""
    found = {path: origin for path, origin in inherited(data) if not any(path[:size] in own for size in range(2, len(path) + 1))}
    return {**found, **own}


def merge(base: Layer, over: Layer) -> Layer:
    """Return base with over laid on it: maps merge, lists replace, null deletes, * stands for all names.

    Raises CorridorError where null or * names nothing.
    """
    merging = _Merging(dict(base.marks), dict(base.provenance), over)
    data = merging.maps(base.data, over.data, ())
    data = merging.stars(data, over.data, over.data, ())
    if merging.faults:
        raise CorridorError(*merging.faults)
    return Layer(data, merging.marks, merging.provenance, (*base.sources, *over.sources))


@dataclass(slots=True)
class _Merging:
    """The state of laying one layer on another."""

    marks: dict[Path, Position]
    provenance: dict[Path, Provenance]
    over: Layer
    faults: list[Fault] = field(default_factory=list)

    def maps(self, base: Any, over: dict[Any, Any], path: Path) -> dict[Any, Any]:
        """Return two maps merged, without the part under *."""
        made = dict(base) if isinstance(base, dict) else {}
        for key, value in over.items():
            if key != "*" or below_edit((*path, key)):
                self.one(made, value, (*path, key), (*path, key))
        return made

    def one(self, made: dict[Any, Any], value: Any, path: Path, written: Path) -> None:
        """Lay one value on a map; written: its path in the layer above."""
        key = path[-1]
        if key in made:
            made[key] = opened(path, made[key], value)
        if value is None and key not in NULL_VALUES and not below_edit(path):
            self.delete(made, path, written)
        elif below_edit(path) or key not in made or replaces(path, made[key], value):
            self.forget(path)
            made[key] = value if not isinstance(value, dict) or below_edit(path) else self.whole(value, path)
            self.take(path, written)
        else:
            self.marks[path] = self.over.at(written)
            made[key] = self.maps(made[key], value, path)

    def whole(self, value: dict[Any, Any], path: Path) -> dict[Any, Any]:
        """Return a map that stands alone, without what it deletes and without *."""
        made = {}
        for key, item in value.items():
            inside = below_edit((*path, key))
            if not inside and (key == "*" or (item is None and key not in NULL_VALUES)):
                continue
            made[key] = self.whole(item, (*path, key)) if isinstance(item, dict) and not inside else item
        return made

    def delete(self, made: dict[Any, Any], path: Path, written: Path) -> None:
        """Remove a key; a name of an element that doesn't exist is a fault."""
        if path[-1] not in made and len(path) == 2:
            self.fault(f"nothing to delete{nearest(path[-1], made)}", written)
        made.pop(path[-1], None)
        self.forget(path)
        self.marks[path] = self.over.at(written)

    def forget(self, path: Path) -> None:
        """Drop what is known of a path and all below it."""
        for known in (self.marks, self.provenance):
            for old in [old for old in known if old[: len(path)] == path]:
                del known[old]

    def take(self, path: Path, written: Path) -> None:
        """Copy positions and sources of a path and all below it from the layer above."""
        size = len(written)
        for old, mark in self.over.marks.items():
            if old[:size] == written:
                self.marks[path + old[size:]] = mark
        for old, origin in self.over.provenance.items():
            if old[:size] == written:
                self.provenance[path + old[size:]] = origin

    def stars(self, data: Any, over: Any, explicit: Any, path: Path, written: Path = ()) -> Any:
        """Return data with what stands under * laid on every name that the same file doesn't state itself."""
        if not isinstance(over, dict) or not isinstance(data, dict) or in_edit(path):
            return data
        made = dict(data)
        for key, value in over.items():
            if key == "*":
                self.spread(made, value, explicit, path, (*written, "*"))
            elif key in made and not is_whole((*path, key), value):
                below = explicit.get(key) if isinstance(explicit, dict) else None
                made[key] = self.stars(made[key], value, below, (*path, key), (*written, key))
        return made

    def spread(self, made: dict[Any, Any], value: Any, explicit: Any, path: Path, written: Path) -> None:
        """Lay the value under * on every name of a map."""
        names = [key for key, item in made.items() if isinstance(item, dict) or not isinstance(value, dict)]
        if not names:
            self.fault("expected * to stand for some names, there are none", written)
        for name in names:
            own = explicit.get(name) if isinstance(explicit, dict) else None
            self.lay(made, value, own, (*path, name), written)

    def lay(self, made: dict[Any, Any], value: Any, own: Any, path: Path, written: Path) -> None:
        """Lay a value on one name, leaving what the file states for it."""
        if not isinstance(value, dict) or is_whole(path, value):
            if own is None:
                self.one(made, value, path, written)
            return
        here = dict(made[path[-1]]) if isinstance(made.get(path[-1]), dict) else {}
        for key, item in value.items():
            below = own.get(key) if isinstance(own, dict) else None
            if key == "*":
                self.spread(here, item, own, path, (*written, "*"))
            else:
                self.lay(here, item, below, (*path, key), (*written, key))
        made[path[-1]] = here

    def fault(self, message: str, path: Path) -> None:
        """Add a fault at a path of the layer above."""
        mark = self.over.at(path)
        self.faults.append(Fault(message, dotted(path), mark.file, mark.line, mark.column, "merge"))
