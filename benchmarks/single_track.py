"""How delay on single track rises with volume: `python -m benchmarks.single_track`, with `--write` into docs/single-track.md and .png.

Runs the line of `docs/single-track.yaml` at growing volume, by sections under several policies and by the pairs a day that follow from
its sections, on the same trains.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pages import written

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from corridor_sim.records import Run

DOCS = Path(__file__).parents[1] / "docs"
SCENARIO, PAGE, PICTURE = (DOCS / f"single-track.{ending}" for ending in ("yaml", "md", "png"))
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9)  # of the pairs a day by turns
WAYS: dict[str, tuple[str, ...] | None] = {  # patches of the file; None: by pairs_per_day
    "by pairs_per_day": None,
    "by turns": (),
    "by turns, loops of three": ("third_track",),
    "first come, first served": ("first_come",),
}
REPLICATIONS = 3
LONGEST_H = 12.0  # delays beyond it: the queue grows
Curves = dict[str, list[float]]


def pairs_per_day() -> float:
    """Return the pairs a day that the line passes by turns."""
    from corridor_sim.loading import load_scenario
    from corridor_sim.single_track import pairs_from_sections

    return pairs_from_sections(load_scenario(SCENARIO).scenario.legs["line"])


def delay_h(way: str, share: float, replications: int = REPLICATIONS, end: str = "2026-01-01") -> float:
    """Return the mean delay of a train at a share of the pairs a day [h]: what it loses beside running."""
    from corridor_sim.build import build_plan
    from corridor_sim.engine import simulate
    from corridor_sim.loading import load_scenario

    pairs, patches = pairs_per_day(), WAYS[way]
    over: dict[str, Any] = {f"flows.{name}.per_year": 365 * pairs * share for name in ("westbound", "eastbound")}
    over["end"] = end
    if patches is None:
        over |= {f"legs.line.{key}": None for key in ("sections", "loops", "station_interval_min", "dispatch")}
        over["legs.line.pairs_per_day"] = pairs
    plan = build_plan(load_scenario(SCENARIO, patches or (), overrides=over))
    return sum(_delay(simulate(plan, number)) for number in range(replications)) / replications


def _delay(run: Run) -> float:
    trips = run.tables["trips"]
    there = trips["delivered"] == trips["units"]
    return float((trips["last_h"] - trips["ready_h"] - trips["moving_h"])[there].mean())


def curves(shares: tuple[float, ...] = SHARES, replications: int = REPLICATIONS) -> Curves:
    """Return the mean delay by share of volume, for each way to describe the line [h]."""
    return {way: [delay_h(way, share, replications) for share in shares] for way in WAYS}


def table(found: Curves, shares: tuple[float, ...] = SHARES) -> str:
    """Return the curves as a table in Markdown: mean delay [h] by share of the pairs a day."""
    head = ["mean delay, h", *(f"{share:.0%}" for share in shares)]
    rows = [[way, *(f"{hours:.2f}" if hours <= LONGEST_H else "grows" for hours in delays)] for way, delays in found.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def picture(found: Curves, shares: tuple[float, ...] = SHARES) -> Figure:
    """Return the curves as a picture."""
    from matplotlib.figure import Figure

    from corridor_sim.figures.style import lettering, plain, value_axis

    with lettering():
        figure = Figure(figsize=(6.4, 3.6), layout="constrained")
        axes = figure.add_subplot()
        plain(axes, "Delay on single track rises faster than volume", "mean delay a train; a line of eight sections")
        for way, delays in found.items():
            here = [(share, hours) for share, hours in zip(shares, delays, strict=True) if hours <= LONGEST_H]
            axes.plot([100 * share for share, _ in here], [hours for _, hours in here], marker="o", markersize=3, label=way)
        value_axis(axes, "mean delay [h]", max(hours for delays in found.values() for hours in delays if hours <= LONGEST_H))
        axes.set_xlabel("trains a day each way [% of the pairs a day by turns]")
        axes.legend(frameon=False, loc="upper left")
    return figure


def main() -> None:
    """Print the table, or write table and picture."""
    parser = argparse.ArgumentParser(description="How delay on single track rises with volume.")
    parser.add_argument("--write", action="store_true", help="write them into docs/single-track.md and docs/single-track.png")
    chosen, found = parser.parse_args(), curves()
    if chosen.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), {"delay": table(found)}), encoding="utf-8")
        picture(found).savefig(PICTURE, dpi=110, metadata={"Software": None})
    else:
        print(table(found))


if __name__ == "__main__":
    main()
