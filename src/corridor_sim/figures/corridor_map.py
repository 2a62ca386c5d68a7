"""The map of the corridor: legs as wide as their load and as dark as they are full, over coasts and boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Shape
from matplotlib.patheffects import withStroke

from corridor_sim.figures.colours import BORDER, COAST, FAINT, INK, LAND, SEA, SOFT, load_colour, load_names
from corridor_sim.figures.labels import LOWER, Placed, place_labels
from corridor_sim.figures.marks import Mark, in_drawing_order, marks_of, width_of
from corridor_sim.figures.outlines import Line, Window, fitted, stretch, within
from corridor_sim.figures.panels import Link, MapView, Point
from corridor_sim.figures.style import plain

DASHES = {"sea": (0, (3, 1.6)), "road": (0, (1, 1)), "rail": "solid"}
WHAT = "width: net tonnes a year; colour: share of open time in use; sea legs dashed, roads dotted"
LABEL_SIZE, GAP = 7.5, 4.5  # points


def draw_map(axes: Axes, view: MapView) -> None:
    """Draw the corridor in a window that fills the axes without bending the map."""
    plain(axes, "Load of the corridor", WHAT)
    window = fitted(view.window, _shape(axes))
    _ground(axes, window)
    _links(axes, view)
    _spots(axes, view)
    _frame(axes, window)
    _names(axes, marks_of(view, window))
    _key(axes, view)


def _shape(axes: Axes) -> float:
    box = axes.get_window_extent()
    return float(box.width / box.height)


def _frame(axes: Axes, window: Window) -> None:
    axes.set_xlim(window[0], window[2])
    axes.set_ylim(window[1], window[3])
    axes.set_aspect(stretch(window), adjustable="box", anchor="W")
    axes.set_xlabel("longitude [degrees east]")
    axes.set_ylabel("latitude [degrees north]")
    axes.spines[:].set_visible(False)


def _ground(axes: Axes, window: Window) -> None:
    axes.set_facecolor(SEA)
    ground = within(window)
    if ground.land:
        axes.add_patch(PathPatch(_shape_of(ground.land), facecolor=LAND, edgecolor="none", zorder=0.5))
    else:
        axes.set_facecolor(LAND)  # outside the outlines that we have
    axes.add_collection(LineCollection(list(ground.borders), colors=BORDER, linewidths=0.7, zorder=0.6))
    axes.add_collection(LineCollection(list(ground.coast), colors=COAST, linewidths=0.7, zorder=0.7))


def _shape_of(rings: tuple[Line, ...]) -> Shape:
    points: list[Point] = []
    codes: list[Any] = []
    for ring in rings:
        points += [*ring, ring[0]]
        codes += [Shape.MOVETO, *[Shape.LINETO] * (len(ring) - 1), Shape.CLOSEPOLY]
    return Shape(points, codes)


def _links(axes: Axes, view: MapView) -> None:
    most = max((link.load_kt for link in view.links), default=0.0)
    for link in in_drawing_order(view.links):
        if link.load_kt <= 0:
            axes.plot(*_xy(link), color=FAINT, linewidth=0.6, linestyle=DASHES[link.mode], alpha=0.6, zorder=2)
            continue
        width = width_of(link, most)
        if link.mode == "rail":
            axes.plot(*_xy(link), color="white", linewidth=width + 1.4, solid_capstyle="round", zorder=3)
        style = {"color": load_colour(link.utilisation), "linestyle": DASHES[link.mode], "gid": f"leg:{link.name}"}
        axes.plot(*_xy(link), linewidth=width, solid_capstyle="round", dash_capstyle="butt", zorder=4, **style)  # type: ignore[arg-type]


def _xy(link: Link) -> tuple[list[float], list[float]]:
    return [x for x, _ in link.ends], [y for _, y in link.ends]


def _spots(axes: Axes, view: MapView) -> None:
    for spot in view.spots:
        colour = load_colour(spot.utilisation) if spot.load_kt > 0 and not isnan(spot.utilisation) else "white"
        size = 4.6 if spot.load_kt > 0 else 2.4
        edge = INK if spot.load_kt > 0 else FAINT
        axes.plot(*spot.at, "o", color=colour, markeredgecolor=edge, markeredgewidth=0.8, markersize=size, zorder=5)


def _names(axes: Axes, marks: Sequence[Mark]) -> None:
    """Name the marks that fit, the first ones first."""
    points = [tuple(axes.transData.transform(mark.at)) for mark in marks]
    pixels = axes.get_figure(root=True).dpi / 72  # type: ignore[union-attr]
    box = axes.get_window_extent()
    frame = (box.x0, -box.y1, box.x1, -box.y0)  # labels count downwards
    placed = place_labels(
        [(x, -y) for x, y in points], [mark.name for mark in marks], LABEL_SIZE * pixels, frame, gap=GAP * pixels,
        sides=[mark.sides for mark in marks],
    )  # fmt: skip
    for label in placed:
        _write(axes, marks[label.index], label)


def _write(axes: Axes, mark: Mark, label: Placed) -> None:
    across, down = label.side
    axes.annotate(
        mark.name,
        mark.at,
        (GAP * across, -GAP * LOWER * down),
        textcoords="offset points",
        fontsize=LABEL_SIZE,
        fontstyle="italic" if mark.beyond else "normal",
        ha={1: "left", -1: "right", 0: "center"}[across],
        va={1: "top", -1: "bottom", 0: "center"}[down],
        zorder=6,
        path_effects=[withStroke(linewidth=2.0, foreground="white", alpha=0.85)],
    )


def _key(axes: Axes, view: MapView) -> None:
    handles = [Line2D([], [], color=colour, linewidth=4, label=name) for name, colour in load_names()]
    most = max((link.load_kt for link in view.links), default=0.0)
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.0, -0.1), ncols=len(handles), fontsize=8, frameon=False,
        labelcolor=SOFT, handlelength=1.2, columnspacing=1.2, borderaxespad=0.0,
        title=f"share of open time in use; widest leg {most:,.0f} kt a year" if most else None, title_fontsize=8, alignment="left",
    )  # fmt: skip
