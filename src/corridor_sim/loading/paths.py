"""Dotted paths: how they are written, what they match and which values are replaced whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from corridor_sim.origins import dotted as dotted
from corridor_sim.origins import is_number as is_number
from corridor_sim.origins import is_source as is_source
from corridor_sim.scenario.laws import KINDS

Path = tuple[str | int, ...]
WHOLE_KEYS = frozenset(
    {"departs", "open", "growth", "season", "closed_share", "window", "replications", "run_h", "handling_h", "share_by_month"}
)
EDIT_KEYS = frozenset({"set", "add", "multiply"})
SOURCED_KEYS = frozenset({"value", "source", "grade", "unit", "note"})
NULL_VALUES = frozenset({"units_per_wagon", "units_per_truck"})  # null says something there: not carried this way
PAIRS = (("west", "east"), ("out", "back"))
LAW_KEYS = frozenset({*KINDS, "by_class"})
NAMED_MAPS = frozenset({"other", "berths", "ramps", "cranes", "by_class", "published", "minimum"})


def split(text: str) -> tuple[str | int, ...]:
    """Return the parts of a dotted path; years are numbers."""
    return tuple(int(part) if part.isdigit() else part for part in text.split("."))


def is_sourced(value: Any) -> bool:
    """Return whether a value is written as {value, source}."""
    return isinstance(value, dict) and "value" in value and set(value) <= SOURCED_KEYS


def is_law(path: Path, value: Any) -> bool:
    """Return whether a map is a law of a time."""
    named = len(path) < 3 or path[-1] in NAMED_MAPS
    return not named and isinstance(value, dict) and len(value) == 1 and set(value) <= LAW_KEYS


def is_whole(path: Path, value: Any) -> bool:
    """Return whether a value is replaced whole rather than merged key by key."""
    if not isinstance(value, dict):
        return True
    named = len(path) > 1 and (path[-1] in WHOLE_KEYS or path[-2] == "departs_at")
    return (named and len(path) != 2) or is_law(path, value) or path[-1:] == ("replications",)


def is_berths(path: Path) -> bool:
    """Return whether a path names the berths of one kind, which may be written as their number."""
    return len(path) == 5 and path[2:4] == ("port", "berths")


def opened(path: Path, existing: Any, value: Any) -> Any:
    """Return an existing value spread to a map where a map with some of its keys is laid on it."""
    if isinstance(existing, dict) or not isinstance(value, dict):
        return existing
    if is_berths(path) and is_number(existing):
        return {"count": existing}
    pair = next((pair for pair in PAIRS if value and set(value) <= set(pair)), None)
    return dict.fromkeys(pair, existing) if pair else existing


def replaces(path: Path, existing: Any, value: Any) -> bool:
    """Return whether a value takes the place of an existing one, rather than merging with it."""
    return is_whole(path, value) or not isinstance(existing, dict) or is_law(path, existing)


def nearest(name: Any, known: Iterable[Any]) -> str:
    """Return ", did you mean 'x'?" for the known name most like this one, or nothing."""
    names = [str(item) for item in known]
    matches = get_close_matches(str(name), names, n=1, cutoff=0.6) or get_close_matches(str(name).lower(), names, n=1, cutoff=0.6)
    return f", did you mean '{matches[0]}'?" if matches else ""


def has(data: Any, part: str | int) -> bool:
    """Return whether a map or list holds a key or index."""
    if isinstance(data, list):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, dict) and part in data


def value_at(data: Any, path: Path) -> Any:
    """Return the value at a path of nested maps and lists; raises KeyError where there is none."""
    for part in path:
        if not has(data, part):
            raise KeyError(part)
        data = data[part]
    return data


def matching(data: Any, pattern: Path, done: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield (path, value) of what a pattern names; * stands for all names and # for all items of a list."""
    if not pattern:
        yield done, data
        return
    first, rest = pattern[0], pattern[1:]
    if first == "#":
        items: Iterable[tuple[str | int, Any]] = enumerate(data) if isinstance(data, list) else ()
    elif not isinstance(data, dict):
        items = ()
    else:
        items = data.items() if first == "*" else [(first, data[first])] if first in data else []
    for key, value in items:
        yield from matching(value, rest, (*done, key))


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield (path, value) of every value that isn't a map with keys."""
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, data
