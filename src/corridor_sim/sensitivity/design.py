"""What a sensitivity study is: a scenario, the numbers that are uncertain, and how many runs to spend on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from corridor_sim.loading import Position

Point = Mapping[str, float]  # factor -> where in its range [0..1]; a factor that isn't named stays as the scenario states it
NOWHERE = Position()
EDITS = ("set", "multiply", "add")


@dataclass(frozen=True, slots=True)
class Edit:
    """What a factor does to one path: set it, multiply what stands there, or add to it.

    set: times x value + plus. add: times x (value - base). path may hold names with * and ?, as in `services.ferry_*.vessels`.
    """

    kind: str
    path: str
    times: float = 1.0
    plus: float = 0.0
    position: Position = NOWHERE


@dataclass(frozen=True, slots=True)
class Factor:
    """One uncertain number (or choice): its bounds, where they come from, and the paths that it moves."""

    name: str
    title: str
    low: float
    high: float
    unit: str
    source: str
    edits: tuple[Edit, ...]
    choices: tuple[str, ...] = ()
    base: float | None = None
    whole: bool = False
    note: str = ""
    position: Position = NOWHERE

    def value(self, x: float) -> float | str:
        """Return the value at a place in the range [0..1]."""
        if self.choices:
            return self.choices[min(int(x * len(self.choices)), len(self.choices) - 1)]
        return round(self.low + x * (self.high - self.low), 9)

    def words(self, x: float) -> str:
        """Return the value at a place in the range, with its unit."""
        value = self.value(x)
        return value if isinstance(value, str) else f"{value:g} {self.unit}".rstrip()

    def between(self) -> str:
        """Return the ends of the range: `24 to 96 h`."""
        ends = (self.choices[0], self.choices[-1]) if self.choices else (f"{self.low:g}", f"{self.high:g}")
        return f"{ends[0]} to {ends[1]} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Design:
    """A study as its file states it.

    over: dotted path -> value, laid on the scenario in every run. Morris and Sobol points take `replications` runs each, points of one
    factor alone `alone`. samples 0: no Sobol indices.
    """

    name: str
    file: str
    scenario: str
    factors: tuple[Factor, ...]
    case: str | None = None
    over: Mapping[str, Any] = field(default_factory=dict)
    start: date | None = None
    end: date | None = None
    warm_up_days: float | None = None
    drain_days: float | None = None
    seed: int | None = None
    replications: int = 1
    alone: int = 3
    trajectories: int = 6
    levels: int = 4
    samples: int = 0
    leading: int = 4
    title: str = ""

    def factor(self, name: str) -> Factor:
        """Return the factor of a name."""
        return next(one for one in self.factors if one.name == name)
