"""Modelled over published, as dots and intervals on an axis of powers of two, in per cent of its width."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corridor_sim.credibility.scoring import Scored

MOST = 8.0  # the axis ends at an eighth and at eight times the published figure
NAMES = {1 / 8: "1/8", 1 / 4: "1/4", 1 / 2: "1/2", 1.0: "1", 2.0: "2", 4.0: "4", 8.0: "8"}
COLOURS = {"pass": "#0072b2", "near": "#8a949e", "miss": "#d55e00"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A published figure: its name, the place of the model's mean, left and width of its interval [%], colour and words."""

    name: str
    at: float
    left: float
    width: float
    colour: str
    verdict: str
    tip: str
    words: str


@dataclass(frozen=True, slots=True)
class Family:
    """The figures of one family."""

    name: str
    marks: tuple[Mark, ...]


TICKS = tuple((round(50 + 50 * log2(value) / log2(MOST), 2), name) for value, name in NAMES.items())


def families_of(rows: list[Scored]) -> tuple[Family, ...]:
    """Return what is scored, by family."""
    names = dict.fromkeys(row.target.family for row in rows)
    return tuple(Family(name.replace("_", " "), tuple(_mark(row) for row in rows if row.target.family == name)) for name in names)


def _mark(row: Scored) -> Mark:
    target = row.target
    low, middle, high = (place(value / target.value) for value in (row.low, row.modelled, row.high))
    year = f" {target.year}" if target.year else ""
    tip = (
        f"{target.measure}, {target.subject}{year}\npublished {target.value:g} {target.unit}\n"
        f"model {row.modelled:.4g} ({row.low:.4g} to {row.high:.4g})\n{row.verdict}, {'fitted' if target.fitted else 'predicted'}"
    )
    words = f"{row.modelled:.3g} / {target.value:g} {target.unit}"
    name = f"{target.measure}, {target.subject}{year}"
    return Mark(name, middle, low, round(high - low, 2), COLOURS[row.verdict], row.verdict, tip, words)


def place(ratio: float) -> float:
    """Return where a ratio stands on the axis [%], kept on it."""
    if ratio <= 1 / MOST:
        return 0.0
    return round(min(50 + 50 * log2(ratio) / log2(MOST), 100.0), 2)
