"""From what a disruption cost to its charts: backlog by place and throughput lost, over the days around it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from corridor_sim.figures.charts import stacked
from corridor_sim.figures.colours import BLUE, FAINT, GREEN, GREY, INK, ORANGE, PAPER, PURPLE, SKY, SOFT, VERMILION
from corridor_sim.figures.panels import Cell, Column, Estimate, Layer, Sheet, Stack, texts
from corridor_sim.figures.style import lettering, write
from corridor_sim.figures.words import cell, text_cell
from corridor_sim.impact import Floats, Impact, impact_lines
from corridor_sim.statistics import interval

if TYPE_CHECKING:
    from corridor_sim.disturbed import Disturbance

WIDE, DPI, EDGE = 16.0, 150, 0.45
LINE_IN, CHART_IN, FOOT_IN = 0.22, 2.8, 0.95
BEFORE_DAYS, MOST_BARS = 7, 60
COLOURS = (VERMILION, BLUE, ORANGE, GREEN, PURPLE, SKY)
KT = 1e-3
WORDS = {
    "lost_peak": "throughput lost, at the worst", "lost_end": "throughput lost by the end", "backlog_peak": "backlog beyond, peak",
    "backlog_end": "backlog beyond, at the end", "clear": "days to clear", "carried": "carried, difference",
}  # fmt: skip


def draw_disturbance(disturbance: Disturbance, path: Path) -> Path:
    """Return the path of the picture, drawn."""
    title = _title(disturbance)
    with lettering():
        _figure(disturbance, title).savefig(path, dpi=DPI, facecolor=PAPER, metadata={"Title": title})
    return path


def _title(disturbance: Disturbance) -> str:
    base = disturbance.comparison.studies[disturbance.comparison.base]
    return f"{base.scenario.get('title') or disturbance.comparison.name}: what the disruption costs"


def _figure(disturbance: Disturbance, title: str) -> Figure:
    lines = impact_lines(disturbance.impact)
    high = 1.5 + LINE_IN * len(lines) + CHART_IN + FOOT_IN
    figure = Figure(figsize=(WIDE, high), dpi=DPI)
    write(figure, (EDGE, high - 0.4), title, 16, WIDE - 2 * EDGE, fontweight="bold", color=INK)
    for k, line in enumerate(lines):
        write(figure, (EDGE, high - 0.8 - LINE_IN * k), line, 9.5, WIDE - 2 * EDGE, color=SOFT)
    for k, stack in enumerate(stacks_of(disturbance.impact)):
        stacked(figure.add_axes(((0.95 + 7.8 * k) / WIDE, FOOT_IN / high, 6.75 / WIDE, CHART_IN / high)), stack)
    base = disturbance.comparison.studies[disturbance.comparison.base]
    foot = f"scenario {disturbance.comparison.name}  ·  seed {base.seed}  ·  {base.replications} replications a case, paired"
    write(figure, (EDGE, 0.2), foot, 7.5, WIDE - 2 * EDGE, color=FAINT)
    return figure


def stacks_of(impact: Impact) -> tuple[Stack, Stack]:
    """Return the two charts of a disruption: backlog beyond the undisturbed case by place, and throughput lost so far."""
    first, last = _window(impact)
    step = max(1, math.ceil((last - first) / MOST_BARS))
    spans = [(day, min(day + step, last)) for day in range(first, last, step)]
    groups = tuple(impact.day(day)[5:] for day, _ in spans)
    axis = "day" if step == 1 else f"{step} days from"
    backlog = Stack(
        "Backlog beyond the undisturbed case", groups, tuple(_layers(impact, spans)), _estimates(impact.total, spans),
        "waiting, paired difference [kt]", axis,
    )  # fmt: skip
    lost = _estimates(impact.lost, spans)
    layer = Layer("lost so far", VERMILION, tuple(max(0.0, one.mean) for one in lost))
    return backlog, Stack("Throughput lost so far", groups, (layer,), lost, "delivered less than undisturbed [kt]", axis)


def _window(impact: Impact) -> tuple[int, int]:
    """Return the days to draw: from a week before the disruption until it is cleared, and half as long again."""
    days = impact.lost.shape[1]
    known = [value for value in impact.clear if not math.isnan(value)]
    lasts = impact.ends - impact.begins + (max(known) if len(known) == len(impact.clear) else days)
    return max(0, int(impact.begins) - BEFORE_DAYS), max(1, min(days, math.ceil(impact.begins + 1.5 * lasts + BEFORE_DAYS)))


def _layers(impact: Impact, spans: list[tuple[int, int]]) -> list[Layer]:
    """Return the places with the largest backlogs, and all the others together."""
    means = impact.more.mean(axis=1)
    order = sorted(range(len(means)), key=lambda k: -means[k].max(initial=0.0))
    named = [k for k in order[: len(COLOURS)] if means[k].max(initial=0.0) > 0]
    layers = [Layer(impact.places[k], colour, _heights(means[k], spans)) for k, colour in zip(named, COLOURS, strict=False)]
    rest = [k for k in order if k not in named]
    return [*layers, Layer("elsewhere", GREY, _heights(means[rest].sum(axis=0), spans))] if rest else layers


def _heights(tonnes: Floats, spans: list[tuple[int, int]]) -> tuple[float, ...]:
    return tuple(max(0.0, float(tonnes[low:high].mean())) * KT for low, high in spans)


def _estimates(tonnes: Floats, spans: list[tuple[int, int]]) -> tuple[Estimate, ...]:
    found = (interval(tonnes[:, low:high].mean(axis=1) * KT) for low, high in spans)
    return tuple(Estimate(one.mean, one.half_width, "kt") for one in found)


def impact_sheet(impact: Impact) -> Sheet:
    """Return the figures of a disruption as a table."""
    columns = (*texts("figure", "of"), Column("mean"), *texts("unit", "known in"))
    rows = tuple(_row(row) for row in impact.table.to_dict("records") if row["measure"] in WORDS)
    note = "Paired differences (disturbed less undisturbed), mean and 95 % interval over replications; tonnes are net."
    return Sheet("What the disruption cost", note, columns, rows)


def _row(row: Mapping[Any, Any]) -> tuple[Cell, ...]:
    in_kt = row["unit"] == "t"
    scale, unit = (KT, "kt") if in_kt else (1.0, str(row["unit"]))
    value = Estimate(float(str(row["mean"])) * scale, float(str(row["half_width"])) * scale, unit)
    known = "all replications" if row["cleared"] == 1 else f"{float(str(row['cleared'])):.0%} of them"
    return text_cell(WORDS[str(row["measure"])]), text_cell(str(row["subject"])), cell(value), text_cell(unit), text_cell(known)
