"""How axes look: light, no boxes, units in the axis labels; no state of pyplot is touched."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from corridor_sim.figures.colours import FAINT, GRID, INK, SOFT
from corridor_sim.figures.labels import text_width

LETTERS: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same picture everywhere
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "text.parse_math": False,  # a name with two dollar signs is a name
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "corridor_sim",
}


@contextmanager
def lettering() -> Iterator[None]:
    """Draw inside this: fonts and inks of the house, given back afterwards."""
    with rc_context(LETTERS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # a title in a script that the font lacks
        yield


def plain(axes: Axes, title: str, note: str = "", *, legend: bool = False) -> None:
    """Give axes their title and note at the left and take all lines away but the grid; `legend` leaves it a line."""
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", pad=20 if note or legend else 8)
    if note:
        axes.annotate(
            note, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", fontsize=8, color=SOFT, va="bottom"
        )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)


def value_axis(axes: Axes, label: str, top: float, *, along: str = "y") -> None:
    """Give axes a scale of values from 0 to a little over `top`, with grid and label."""
    axis = axes.yaxis if along == "y" else axes.xaxis
    (axes.set_ylim if along == "y" else axes.set_xlim)(0, top * 1.08 if top > 0 else 1)
    axis.set_major_locator(MaxNLocator(5))
    axis.set_label_text(label)
    axes.grid(axis="y" if along == "y" else "x", color=GRID, linewidth=0.8)


def group_axis(axes: Axes, groups: Sequence[str], label: str, room: int) -> None:
    """Name the bars, leaving out names where fewer than `room` letters fit in all."""
    step = max(1, -(-sum(len(group) + 2 for group in groups) // room))
    shown = range(0, len(groups), step)
    axes.set_xticks(list(shown), [groups[i] for i in shown])
    axes.set_xlim(-0.6, max(len(groups), 1) - 0.4)
    axes.set_xlabel(label)


def row_names(axes: Axes, names: Sequence[str], room: float, size: float = 8.0) -> None:
    """Name the rows of horizontal bars or dots, smaller or shortened where a name is longer than `room` [inches]."""
    fits = [fitting(name, size, room) for name in names]
    axes.set_yticks(range(len(names)), [text for text, _ in fits], color=INK)
    for label, (_, shrunk) in zip(axes.get_yticklabels(), fits, strict=True):
        label.set_fontsize(shrunk)


def fitting(text: str, size: float, width: float) -> tuple[str, float]:
    """Return a text and a size [points] at which it isn't wider than `width` [inches], at the least 0.6 of the size."""
    needed = text_width(text, size) / 72
    shrunk = size * min(1.0, max(0.6, width / needed)) if needed else size
    while text_width(text, shrunk) / 72 > width and len(text) > 4:
        text = f"{text[:-4]}..."
    return text, shrunk


def write(figure: Figure, place: tuple[float, float], text: str, size: float, width: float, **style: Any) -> None:
    """Write a line at a place [inches], smaller or shortened where it is longer than `width` [inches]."""
    heavy = 1.08 if style.get("fontweight") == "bold" else 1.0
    text, shrunk = fitting(text, size, width / heavy)
    wide, high = figure.get_size_inches()
    figure.text(place[0] / wide, place[1] / high, text, fontsize=shrunk, va="center", **style)
