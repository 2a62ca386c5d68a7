"""What differs between two cases after inheritance, with units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corridor_sim.loading.faults import unit_of
from corridor_sim.loading.loaded import Loaded
from corridor_sim.loading.paths import Path, dotted, is_source, is_whole
from corridor_sim.origins import ORIGINS

REMARKS = ("grade", "note", "notes")


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that two cases state differently; None: not stated, the default holds."""

    path: str
    old: Any
    new: Any
    unit: str

    def __str__(self) -> str:
        """Return `path: old -> new unit`."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.path}: {_shown(self.old)} -> {_shown(self.new)}{unit}"


def diff(a: Loaded, b: Loaded) -> list[Difference]:
    """Return what b states differently from a, in the order of a, then of b; remarks and sources are left out."""
    old, new = dict(_values(a.resolved, ())), dict(_values(b.resolved, ()))
    paths = dict.fromkeys(path for path in [*old, *new] if path[0] != ORIGINS)
    found = []
    for path in paths:
        before, after = old.get(path), new.get(path)
        if before != after:
            numeric = any(isinstance(value, int | float | dict) and not isinstance(value, bool) for value in (before, after))
            found.append(Difference(dotted(path), before, after, unit_of(path).strip() if numeric else ""))
    return found


def _values(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if len(path) > 2 and (path[-1] in REMARKS or is_source(path, data)):
        return
    if data and not is_whole(path, data):
        for key, value in data.items():
            yield from _values(value, (*path, key))
    else:
        yield path, data


def _shown(value: Any) -> str:
    return "(not stated)" if value is None else str(value)
