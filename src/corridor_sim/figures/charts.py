"""The charts of a study, each drawn on the axes that it is given."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isnan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from corridor_sim.figures.colours import INK, OTHER, OWN, SOFT, WORST
from corridor_sim.figures.panels import Rank, Stack
from corridor_sim.figures.style import group_axis, plain, row_names, value_axis
from corridor_sim.figures.words import brief, evidence

ROOM_FOR_NAMES = 2.25  # inches left of the ranking
LETTERS_ACROSS = 88  # what fits along the foot of a chart half a page wide


def stacked(axes: Axes, stack: Stack) -> None:
    """Draw stacked bars with a whisker for the 95 % interval of each total."""
    plain(axes, stack.title, legend=True)
    if not stack.groups or not stack.layers:
        nothing(axes)
        return
    _bars(axes, stack)
    whiskers = _whiskers(axes, stack)
    value_axis(axes, stack.value_axis, stack.top)
    group_axis(axes, stack.groups, stack.group_axis, LETTERS_ACROSS)
    _legend(axes, [*(Patch(color=layer.colour, label=layer.name) for layer in stack.layers), *whiskers])


def _bars(axes: Axes, stack: Stack) -> None:
    base = [0.0] * len(stack.groups)
    for layer in stack.layers:
        axes.bar(range(len(base)), layer.values, 0.74, base, color=layer.colour, label=layer.name, edgecolor="white", linewidth=0.4)
        base = [low + value for low, value in zip(base, layer.values, strict=True)]


def _whiskers(axes: Axes, stack: Stack) -> list[Line2D]:
    """Draw the intervals of the totals and return what the legend says of them, nothing where there is none."""
    known = [(i, total) for i, total in enumerate(stack.totals) if isfinite(total.half_width) and isfinite(total.mean)]
    if not known:
        return []
    axes.errorbar(
        [i for i, _ in known],
        [total.mean for _, total in known],
        yerr=[total.half_width for _, total in known],
        fmt="none",
        ecolor=INK,
        elinewidth=1.1,
        capsize=2.5,
    )
    return [_mark("|", "95 % interval")]


def _legend(axes: Axes, handles: Sequence[Patch | Line2D]) -> None:
    """Put the legend between title and data."""
    axes.legend(
        handles=list(handles), loc="lower left", bbox_to_anchor=(0.0, 0.99), ncols=len(handles), frameon=False, fontsize=8,
        handlelength=1.0, handletextpad=0.4, columnspacing=1.1, borderaxespad=0.0, borderpad=0.0, labelcolor=SOFT,
    )  # fmt: skip


def nothing(axes: Axes, words: str = "nothing to show") -> None:
    """Say in an empty panel that it is empty."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=SOFT)


def ranking(axes: Axes, ranks: Sequence[Rank]) -> None:
    """Draw the tightest elements: share of open time by own and other traffic, worst month, queue and wait."""
    plain(axes, "Tightest elements", legend=True)
    if not ranks:
        nothing(axes, "nothing is used much")
        return
    rows = range(len(ranks))
    axes.barh(rows, [100 * rank.own for rank in ranks], 0.62, color=OWN)
    axes.barh(rows, [100 * rank.other for rank in ranks], 0.62, [100 * rank.own for rank in ranks], color=OTHER)
    _interval_marks(axes, ranks)
    axes.plot([100 * rank.worst for rank in ranks], rows, "D", color=WORST, markersize=4, markerfacecolor="white")
    top = max(100.0, *(100 * value for rank in ranks for value in (rank.worst, rank.own + rank.other) if not isnan(value)))
    _names(axes, ranks, top)
    _legend(axes, [Patch(color=OWN, label="corridor"), Patch(color=OTHER, label="other"), _mark("D", "worst month")])


def _interval_marks(axes: Axes, ranks: Sequence[Rank]) -> None:
    for row, rank in enumerate(ranks):
        if isfinite(rank.utilisation.half_width):
            axes.plot([100 * rank.utilisation.low, 100 * rank.utilisation.high], [row, row], color=INK, linewidth=1.1)


def _names(axes: Axes, ranks: Sequence[Rank], top: float) -> None:
    value_axis(axes, "share of open time [%]", top / 1.08 * 1.02, along="x")
    row_names(axes, [brief(rank.element) for rank in ranks], ROOM_FOR_NAMES)
    axes.set_ylim(len(ranks) - 0.4, -0.6)
    for row, rank in enumerate(ranks):
        _beside(axes, row, evidence(rank), SOFT)
    _beside(axes, -0.78, "of all waiting, queue, wait", INK)


def _beside(axes: Axes, row: float, text: str, colour: str) -> None:
    where: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    axes.annotate(text, (1, row), (6, 0), fontsize=8, color=colour, va="center", **where)


def _mark(marker: str, label: str) -> Line2D:
    return Line2D([], [], marker=marker, color=INK, markerfacecolor="white", markersize=4.5, linestyle="none", label=label)
