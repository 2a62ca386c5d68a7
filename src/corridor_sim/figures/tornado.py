"""The picture of a study of sensitivity: what each factor does alone (tornado), and wherever the others stand (Morris)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from corridor_sim.figures.colours import GREY, GRID, INK, LESS, MORE, SOFT
from corridor_sim.figures.style import lettering, plain, row_names, write

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.sensitivity import Sensitivity

TITLES = {
    "cargo_wait": "Wait of a tonne", "transit_p90": "Transit P90", "sustainable": "Sustainable volume", "bottleneck": "Tightest element",
}  # fmt: skip
MOST = 12
WIDE, ROW, HEAD, TOP = 12.5, 0.24, 1.15, 1.0  # inches
LEFTS, AXES = (2.9, 9.0), 3.2
NAMES = 2.6


def draw_sensitivity(found: Sensitivity, path: Path) -> Path:
    """Return the path of the picture, written to it."""
    panels = [(measure, _rows(found, measure)) for measure in TITLES]
    high = TOP + sum(HEAD + ROW * len(rows) for _, rows in panels)
    with lettering():
        figure = Figure(figsize=(WIDE, high), facecolor="white")
        write(figure, (0.3, high - 0.3), found.manifest["title"] or found.name, 15, WIDE - 0.6, fontweight="bold", color=INK)
        write(figure, (0.3, high - 0.62), _about(found), 9, WIDE - 0.6, color=SOFT)
        top = high - TOP
        for measure, rows in panels:
            depth = ROW * len(rows)
            for left, draw in zip(LEFTS, (_alone, _morris), strict=True):
                place = (left / WIDE, (top - 0.45 - depth) / high, AXES / WIDE, depth / high)
                draw(figure.add_axes(place), measure, rows)
            top -= HEAD + depth
        figure.savefig(path, dpi=110, metadata={"Software": "corridor_sim"})
    return path


def _rows(found: Sensitivity, measure: str) -> list[Mapping[Any, Any]]:
    """Return the factors of a measure with both kinds of effect, the largest elementary effects first."""
    titles: pd.Series = found.tables["factors"].set_index("factor")["title"]
    table = found.tables["alone"].merge(found.tables["morris"].drop(columns="unit"), on=["factor", "measure"])
    table = table[table["measure"] == measure].assign(title=lambda one: one["factor"].map(titles))
    return list(table.sort_values("mu_star", ascending=False, kind="stable").head(MOST).to_dict("records"))


def _about(found: Sensitivity) -> str:
    facts = found.manifest
    return (
        f"{facts['scenario']}, {facts['start']} to {facts['end']}. Left: one factor alone, from the scenario as it stands to the ends of "
        f"its range, mean of {facts['replications_alone']} runs. Right: size of the effect wherever the others stand, "
        f"{facts['trajectories']} trajectories, 95 % interval; hollow: spread (sigma)."
    )


def _alone(axes: Axes, measure: str, rows: list[Mapping[Any, Any]]) -> None:
    """Draw bars from the value as stated to those at the ends of the range."""
    plain(axes, f"{TITLES[measure]}, one factor alone", legend=True)
    axes.axvline(rows[0]["stated"], color=INK, linewidth=0.8)
    for place, row in enumerate(rows):
        for end, colour, name in (("at_low", LESS, "low end"), ("at_high", MORE, "high end")):
            size = 0.62 if end == "at_low" else 0.34  # both show where they lie on one side
            axes.barh(place, row[end] - row["stated"], size, row["stated"], color=colour, label=name if place == 0 else None)
    _finish(axes, rows, f"[{_unit(rows)}]" if measure != "bottleneck" else "share of runs in which it is another")
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 0.99), ncols=2, frameon=False, fontsize=8, borderaxespad=0.1)


def _morris(axes: Axes, measure: str, rows: list[Mapping[Any, Any]]) -> None:
    """Draw mu_star with its interval, and sigma."""
    plain(axes, f"{TITLES[measure]}, size of effect")
    for place, row in enumerate(rows):
        axes.plot([row["mu_star_low"], row["mu_star_high"]], [place, place], color=MORE, linewidth=2, solid_capstyle="butt")
        axes.plot([row["mu_star"]], [place], "o", color=MORE, markersize=5)
        axes.plot([row["sigma"]], [place], "o", markerfacecolor="white", markeredgecolor=GREY, markersize=4)
    _finish(axes, rows, f"[{_unit(rows)}]" if measure != "bottleneck" else "share of steps that change it")
    axes.set_xlim(left=0)


def _unit(rows: list[Mapping[Any, Any]]) -> str:
    return str(rows[0]["unit"])


def _finish(axes: Axes, rows: list[Mapping[Any, Any]], label: str) -> None:
    row_names(axes, [row["title"] for row in rows], NAMES)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel(label, fontsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
