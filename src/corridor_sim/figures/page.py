"""One page for a study: headline, throughput and delay by month, tightest elements, map; 16 x 10 inches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from corridor_sim.figures.charts import ranking, stacked
from corridor_sim.figures.colours import FAINT, GRID, INK, PAPER, SOFT, VERMILION
from corridor_sim.figures.corridor_map import draw_map
from corridor_sim.figures.panels import Picture, Tile
from corridor_sim.figures.style import lettering, write

WIDE, HIGH, DPI = 16.0, 10.0, 150
EDGE = 0.45  # inches


def draw_page(picture: Picture, path: Path) -> Path:
    """Return the path of the picture, drawn."""
    with lettering():
        page_figure(picture).savefig(path, dpi=DPI, facecolor=PAPER, metadata={"Title": picture.title})
    return path


def page_figure(picture: Picture) -> Figure:
    """Return the page as a figure; call it inside `style.lettering`."""
    figure = Figure(figsize=(WIDE, HIGH), dpi=DPI)
    _heading(figure, picture)
    _tiles(figure, picture.tiles)
    stacked(figure.add_axes(_inches(0.95, 5.35, 6.75, 2.35)), picture.throughput)
    stacked(figure.add_axes(_inches(8.75, 5.35, 6.8, 2.35)), picture.delay)
    draw_map(figure.add_axes(_inches(0.95, 1.05, 8.4, 3.2)), picture.map)
    ranking(figure.add_axes(_inches(11.85, 1.05, 2.2, 3.2)), picture.ranking)
    _footnote(figure, picture)
    return figure


def _inches(left: float, bottom: float, width: float, height: float) -> tuple[float, float, float, float]:
    return left / WIDE, bottom / HIGH, width / WIDE, height / HIGH


def _heading(figure: Figure, picture: Picture) -> None:
    write(figure, (EDGE, 9.62), picture.title, 17, WIDE - 2 * EDGE, fontweight="bold", color=INK)
    write(figure, (EDGE, 9.32), picture.subtitle, 10, WIDE - 2 * EDGE, color=SOFT)
    if picture.warnings:
        write(figure, (EDGE, 8.06), "  ".join(picture.warnings), 9.5, WIDE - 2 * EDGE, color=VERMILION, fontweight="bold")


def _tiles(figure: Figure, tiles: Sequence[Tile]) -> None:
    """Write the headline numbers in one row, a rule to the left of each."""
    width = (WIDE - 2 * EDGE) / max(len(tiles), 1)
    for i, tile in enumerate(tiles):
        left, room = EDGE + i * width, width - 0.25
        figure.add_artist(Line2D([left / WIDE] * 2, [8.24 / HIGH, 9.04 / HIGH], color=GRID, linewidth=2))
        write(figure, (left + 0.12, 8.95), tile.label, 9, room, color=SOFT)
        write(figure, (left + 0.12, 8.66), tile.value, 14, room, color=INK, fontweight="bold")
        write(figure, (left + 0.12, 8.36), tile.note, 8, room, color=SOFT)


def _footnote(figure: Figure, picture: Picture) -> None:
    write(figure, (EDGE, 0.2), picture.footnote, 7.5, WIDE - 2 * EDGE, color=FAINT)
