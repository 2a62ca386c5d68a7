"""References between elements, checked on the plain data so that healthy parts are checked beside faulty ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from corridor_sim.errors import Fault
from corridor_sim.loading.loaded import Layer
from corridor_sim.loading.paths import Path, dotted, is_source, matching, nearest
from corridor_sim.scenario import part_names

MODES = ("rail", "road", "sea")
# path of a reference (* names, # items of a list, @ the key itself) and the map that it must name a key of; trains: a service or
# a part of one between yards of its formation plan
REFERENCES: tuple[tuple[str, str], ...] = (
    ("legs.*.between.#", "places"),
    ("legs.*.from", "places"),
    ("legs.*.to", "places"),
    ("services.*.route.#", "places"),
    ("services.*.legs.#", "legs"),
    ("services.*.home", "places"),
    ("services.*.class", "classes"),
    ("services.*.departs_at.@", "places"),
    ("services.*.ends_at.@", "places"),
    ("services.*.start_at.#", "places"),
    ("services.*.not_with.#.#", "classes"),
    ("fleets.*.home", "places"),
    ("fleets.*.services.#", "services"),
    ("fleets.*.minimum.@", "services"),
    ("fleets.*.start_at.#", "places"),
    ("flows.*.from", "places"),
    ("flows.*.to", "places"),
    ("flows.*.commodity", "commodities"),
    ("flows.*.class", "classes"),
    ("flows.*.routes.#.services.#", "trains"),
    ("flows.*.routes.#.services.#.#", "trains"),
    ("places.*.port.wind.follows", "winds"),
    ("pools.*.services.#", "trains"),
    ("pools.*.stock.@", "places"),
    ("pools.*.returns.@", "places"),
    ("pools.*.returns.*.services.#", "trains"),
    ("pools.*.returns.*.services.#.#", "trains"),
    ("services.*.via.#", "places"),
    ("services.*.locomotives.#", "locomotives"),
    ("locomotives.*.between.#", "places"),
    ("locomotives.*.stock.@", "places"),
    ("start_stocks.*.flow", "flows"),
    ("start_stocks.*.at", "places"),
    ("start_stocks.*.aboard", "services"),
    ("choice.markets.*.flows.#", "flows"),
    ("cases.*.#", "patches"),
)
_SINGULAR = {
    "places": "place", "legs": "leg", "services": "service", "classes": "class", "commodities": "commodity",
    "winds": "wind", "patches": "patch", "flows": "flow", "locomotives": "district", "trains": "service",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake at a path, before its position is known."""

    path: Path
    message: str
    code: str = "reference"


def references(data: dict[Any, Any]) -> Iterator[Slip]:
    """Yield each reference to something that isn't there, with the nearest name."""
    for text, target in REFERENCES:
        known = _names(data, target)
        for path, name in _named(data, text):
            if isinstance(name, str) and name not in known:
                yield Slip(path, f"there is no {_SINGULAR[target]} '{name}'{nearest(name, known)}")
    yield from _port_kinds(data)
    yield from _class_names(data)
    yield from _overs(data)


def _names(data: dict[Any, Any], target: str) -> tuple[Any, ...]:
    if target == "trains":
        return (*_names(data, "services"), *_parts(data))
    names = data.get(target)
    own = tuple(names) if isinstance(names, dict) else ()
    return (*own, *MODES) if target == "classes" else own


def _parts(data: dict[Any, Any]) -> Iterator[str]:
    """Yield the names of the parts of services that are re-formed on their way."""
    for path, via in matching(data, ("services", "*", "via")):
        route = as_map(data["services"][path[1]]).get("route")
        if isinstance(route, list) and route and isinstance(via, list):
            yield from part_names(str(path[1]), (route[0], *via, route[-1]))


def _named(data: Any, text: str) -> Iterator[tuple[Path, Any]]:
    parts = tuple(text.split("."))
    if parts[-1] != "@":
        yield from matching(data, parts)
        return
    for path, keys in matching(data, parts[:-1]):
        for key in keys if isinstance(keys, dict) else ():
            yield (*path, key), key


def _port_kinds(data: Any) -> Iterator[Slip]:
    """Yield kinds of berth that the port they are named in doesn't have."""
    for at, port in matching(data, ("places", "*", "port")):
        if not isinstance(port, dict):
            continue
        kinds = as_map(port.get("berths"))
        for pattern in (("other", "*", "berth"), ("ramps", "*", "serves", "#"), ("cranes", "*", "serves", "#")):
            for path, kind in matching(port, pattern, at):
                if isinstance(kind, str) and kind not in kinds:
                    yield Slip(path, f"there is no berth of kind '{kind}' in {at[1]}{nearest(kind, kinds)}")


def as_map(value: Any) -> dict[Any, Any]:
    """Return a value if it is a map, else an empty one."""
    return value if isinstance(value, dict) else {}


def _class_names(data: Any) -> Iterator[Slip]:
    known = (*_names(data, "classes"), "other")
    for path, value in _walk(data, ()):
        if path[-1:] == ("by_class",) and isinstance(value, dict):
            for name in value:
                if name not in known:
                    yield Slip((*path, name), f"there is no class '{name}'{nearest(name, known)}")


def _overs(data: dict[Any, Any]) -> Iterator[Slip]:
    known = set(_names(data, "changes")) | set(_names(data, "patches"))
    known |= {path[2] for path, _ in matching(data, ("patches", "*", "*"))}
    for path, value in _walk({key: data.get(key) for key in ("changes", "patches")}, ()):
        named = list(enumerate(value)) if path[-1:] == ("over",) and isinstance(value, list) else []
        named += [(name, name) for name in value] if path[-1:] == ("delay",) and isinstance(value, dict) else []
        for key, name in named:
            if name not in known:
                yield Slip((*path, key), f"there is no patch or change '{name}'{nearest(name, known)}")


def _walk(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, data
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(data, dict):
        pairs = data.items()
    elif isinstance(data, list):
        pairs = enumerate(data)
    for key, value in pairs:
        yield from _walk(value, (*path, key))


def source_slips(data: Any, known: set[str]) -> Iterator[Slip]:
    """Yield ids of sources that the table doesn't have; assumed is always known."""
    for path, value in _walk(data, ()):
        if not is_source(path, value):
            continue
        pairs = value.items() if isinstance(value, dict) else [(None, value)]
        for field, text in pairs:
            for name in source_ids(text):
                if name not in known and name != "assumed":
                    at = path if field is None else (*path, field)
                    yield Slip(at, f"there is no source '{name}' in the table{nearest(name, {*known, 'assumed'})}", "source")


def source_ids(text: Any) -> list[str]:
    """Return the ids that a source names, several apart by spaces, commas or semicolons."""
    return text.replace(",", " ").replace(";", " ").split() if isinstance(text, str) else []


def placed(slips: Iterable[Slip], layer: Layer, moved: dict[Path, Path] | None = None) -> list[Fault]:
    """Return slips as faults with their positions; moved: path -> where a change gave its value."""
    faults = []
    for slip in slips:
        sizes = range(len(slip.path), 0, -1)
        written = next((moved[slip.path[:n]] for n in sizes if moved and slip.path[:n] in moved), slip.path)
        mark = layer.at(written)
        faults.append(Fault(slip.message, dotted(slip.path), mark.file, mark.line, mark.column, slip.code))
    return faults
