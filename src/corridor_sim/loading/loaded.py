"""What loading returns: the scenario at each date, where every value stands and where it comes from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from corridor_sim.errors import Warned
from corridor_sim.loading.paths import Path, dotted
from corridor_sim.origins import Provenance
from corridor_sim.scenario import Scenario
from corridor_sim.units import hours_between


@dataclass(frozen=True, slots=True)
class Position:
    """Where a value is written."""

    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Applied:
    """A value that a dated change gave: path: old -> new."""

    on: date
    path: str
    old: Any
    new: Any
    change: str

    def __str__(self) -> str:
        """Return `date path: old -> new (change)`."""
        return f"{self.on} {self.path}: {self.old} -> {self.new} ({self.change})"


@dataclass(frozen=True, slots=True)
class Layer:
    """The content of one file or of several merged: plain data, where it stands and where it comes from."""

    data: dict[Any, Any] = field(default_factory=dict)
    marks: dict[Path, Position] = field(default_factory=dict)
    provenance: dict[Path, Provenance] = field(default_factory=dict)
    sources: tuple[str, ...] = ()  # real paths of the tables of sources
    nulls: tuple[Path, ...] = ()  # what the layer deletes

    def at(self, path: Path) -> Position:
        """Return where a path is written, or its nearest ancestor that is."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.marks:
                return self.marks[path[:length]]
        return Position()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case that is ready to build: valid, complete and explained.

    scenario: as at the start, dated changes up to then applied, services with `via` in their parts. snapshots: (hours since start,
    scenario), the first at -inf, then one after each later dated change inside the run. resolved: the case as plain data after
    inheritance, its patches folded into `changes`; it loads again by `load_mapping`.
    """

    path: str
    case: str
    patches: tuple[str, ...]
    scenario: Scenario
    snapshots: tuple[tuple[float, Scenario], ...]
    resolved: dict[str, Any]
    layer: Layer
    changes: tuple[Applied, ...]
    warnings: tuple[Warned, ...]
    capex_musd: float

    @property
    def positions(self) -> dict[str, Position]:
        """Return where each path is written."""
        return {dotted(path): position for path, position in self.layer.marks.items()}

    @property
    def provenance(self) -> dict[str, Provenance]:
        """Return where each number comes from."""
        return {dotted(path): origin for path, origin in self.layer.provenance.items()}

    @property
    def cases(self) -> dict[str, tuple[str, ...]]:
        """Return the cases of the file and the patches that each switches on."""
        return dict(self.scenario.cases)

    @property
    def patch_names(self) -> tuple[str, ...]:
        """Return the patches of the file, in its order."""
        return tuple(self.scenario.patches)

    @property
    def hours(self) -> float:
        """Return the length of the run [h]."""
        return hours_between(self.scenario.start, self.scenario.end)

    def timeline(self, getter: Callable[[Scenario], Any]) -> tuple[tuple[float, Any], ...]:
        """Return (from_h, value) of what a getter reads; the first at -inf, equal neighbours joined."""
        steps: list[tuple[float, Any]] = []
        for hours, scenario in self.snapshots:
            value = getter(scenario)
            if not steps or value != steps[-1][1]:
                steps.append((hours if steps else -math.inf, value))
        return tuple(steps)

    def with_warnings(self, *warnings: Warned) -> Loaded:
        """Return the same with further warnings."""
        return replace(self, warnings=(*self.warnings, *warnings))
