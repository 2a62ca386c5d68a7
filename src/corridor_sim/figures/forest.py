"""The picture of a comparison: a dot and an interval for each paired difference, a panel for each measure."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from corridor_sim.figures.colours import FAINT, GRID, INK, PAPER, SOFT
from corridor_sim.figures.comparing import Forest, Group, Row, in_words, verdict_colour
from corridor_sim.figures.style import lettering, plain, row_names, write

WIDE, EDGE, DPI = 17.0, 0.45, 150
ROOM_FOR_NAMES = 3.2  # left of the axes [inches]
LEFTS, AXES_IN = (3.75, 12.3), 2.9  # where the axes of the two columns begin, and how wide they are [inches]
ROW_IN, HEAD_IN, TOP_IN, FOOT_IN = 0.24, 0.95, 1.15, 0.45


def draw_forest(forest: Forest, path: Path) -> Path:
    """Return the path of the picture, drawn."""
    with lettering():
        forest_figure(forest).savefig(path, dpi=DPI, facecolor=PAPER, metadata={"Title": forest.title})
    return path


def forest_figure(forest: Forest) -> Figure:
    """Return the picture as a figure: two columns of panels, as high as their rows need."""
    columns = _columns(forest.groups)
    high = TOP_IN + FOOT_IN + max((sum(map(_height, column)) for column in columns), default=1.0)
    figure = Figure(figsize=(WIDE, high), dpi=DPI)
    write(figure, (EDGE, high - 0.4), forest.title, 16, WIDE - 2 * EDGE, fontweight="bold")
    write(figure, (EDGE, high - 0.72), forest.subtitle, 9.5, WIDE - 2 * EDGE, color=SOFT)
    write(figure, (EDGE, 0.2), forest.footnote, 7.5, WIDE - 2 * EDGE, color=FAINT)
    for side, column in enumerate(columns):
        _column(figure, column, LEFTS[side], high, several=len(forest.cases) > 1)
    return figure


def _columns(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """Return the groups in two columns of about the same height, in reading order."""
    left: list[Group] = []
    half = sum(map(_height, groups)) / 2
    for group in groups:
        if left and sum(map(_height, left)) + _height(group) / 2 > half:
            break
        left.append(group)
    return left, list(groups[len(left) :])


def _height(group: Group) -> float:
    return HEAD_IN + ROW_IN * len(group.rows)


def _column(figure: Figure, groups: Sequence[Group], left: float, high: float, *, several: bool) -> None:
    top = high - TOP_IN
    for group in groups:
        depth = ROW_IN * len(group.rows)
        bottom = top - 0.3 - depth
        axes = figure.add_axes((left / WIDE, bottom / high, AXES_IN / WIDE, depth / high))
        panel(axes, group, several=several)
        top -= _height(group)


def panel(axes: Axes, group: Group, *, several: bool) -> None:
    """Draw the differences of one measure."""
    plain(axes, group.title)
    axes.axvline(0, color=INK, linewidth=0.8)
    for place, row in enumerate(group.rows):
        _difference(axes, place, row)
    row_names(axes, names_of(group.rows, several=several), ROOM_FOR_NAMES)
    axes.set_ylim(len(group.rows) - 0.5, -0.5)
    axes.set_xlabel(f"difference [{group.unit}]", fontsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.margins(x=0.08)


def names_of(rows: Sequence[Row], *, several: bool) -> list[str]:
    """Return a name a row: its subject where that is new, and its case where there are several."""
    news = [i == 0 or rows[i - 1].subject != row.subject for i, row in enumerate(rows)]
    return ["  ".join([row.subject] * new + [row.case] * several) for row, new in zip(rows, news, strict=True)]


def _difference(axes: Axes, place: int, row: Row) -> None:
    colour = verdict_colour(row.verdict)
    if isfinite(row.half_width):
        ends = [row.difference - row.half_width, row.difference + row.half_width]
        axes.plot(ends, [place, place], color=colour, linewidth=2, solid_capstyle="butt")
    axes.plot([row.difference], [place], "o", color=colour, markersize=5)
    axes.annotate(
        in_words(row), (1, place), (8, 0), xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=8, color=SOFT,
        va="center",
    )  # fmt: skip
