"""Why a ferry's round trip takes 5.8 days: `python -m benchmarks.round_trip`, with `--write` into `docs/ferry-round-trip.md`.

Runs the four worlds of `docs/ferry-round-trip.yaml`, each as it is and with one remedy, and prints two tables in Markdown.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pages import written

if TYPE_CHECKING:
    from corridor_sim.records import Run

DOCS = Path(__file__).parents[1] / "docs"
SCENARIO, PAGE = DOCS / "ferry-round-trip.yaml", DOCS / "ferry-round-trip.md"
WORLDS = ("patience", "berth", "wind", "mixture")
REMEDIES = ("three_ships", "another_berth", "less_patience")
PARTS = ("sea", "handling", "cargo_wait", "berth_wait", "weather_wait")
REPLICATIONS = 3
CAUSES = ("accumulation", "vehicle", "queue", "weather")


@dataclass(frozen=True, slots=True)
class World:
    """Means over replications: round trip and its parts [h], calls a day, wagons a sailing and a day, wagon-days waiting by cause."""

    round_trip_h: float
    parts_h: dict[str, float]
    calls: float
    load: float
    carried: float
    waiting: dict[str, float]
    backlog: float


def world(patches: tuple[str, ...], replications: int | None = None) -> World:
    """Return what a world shows, simulated anew."""
    from corridor_sim.build import build_plan
    from corridor_sim.engine import simulate
    from corridor_sim.loading import load_scenario

    loaded = load_scenario(SCENARIO, patches)
    plan = build_plan(loaded)
    count = replications or REPLICATIONS
    return _mean([_seen(simulate(plan, number), plan.end_h) for number in range(count)])


def _seen(run: Run, hours: float) -> World:
    ferry, pens, flows = (run.tables[name] for name in ("service_months", "pen_months", "flow_months"))
    departures = float(ferry["departures"].sum())
    rounds, carried = departures / 2, float(ferry["units"].sum()) / hours * 24
    last = flows["month"] == flows["month"].max()
    return World(
        round_trip_h=_ratio(ferry, "cycle_h", "cycles"),
        parts_h={part: float(ferry[f"{part}_h"].sum()) / rounds for part in PARTS},
        calls=rounds / hours * 24,
        load=_ratio(ferry, "units", "departures"),
        carried=carried,
        waiting={cause: float(pens[f"{cause}_unit_h"].sum()) / hours for cause in CAUSES},
        backlog=float(flows["present"][last].sum()),
    )


def _ratio(table: dict[str, Any], part: str, whole: str) -> float:
    return float(table[part].sum() / table[whole].sum())


def _mean(seen: list[World]) -> World:
    def of(values: list[Any]) -> Any:
        if isinstance(values[0], dict):
            return {key: of([value[key] for value in values]) for key in values[0]}
        return sum(values) / len(values)

    return World(*(of([getattr(one, name) for one in seen]) for name in World.__slots__))


def patches_of(case: str) -> tuple[str, ...]:
    """Return the patches of one of the file's cases."""
    from corridor_sim.loading import load_scenario

    return tuple(load_scenario(SCENARIO).scenario.cases[case])


# Tables


def tables(replications: int | None = None) -> dict[str, str]:
    """Return the tables of the page by name, as Markdown."""
    base = {case: world(patches_of(case), replications) for case in WORLDS}
    helped = {case: {more: world((*patches_of(case), more), replications) for more in REMEDIES} for case in WORLDS}
    return {"worlds": worlds_table(base), "cargo": cargo_table(base), "remedies": remedies_table(base, helped)}


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def worlds_table(worlds: dict[str, World]) -> str:
    """Return what the ships do in each world."""
    head = ["world", "round trip, days", "calls a day", "wagons a sailing", *(f"{part.replace('_wait', '')}, h" for part in PARTS)]
    rows = [
        [name, f"{w.round_trip_h / 24:.1f}", f"{w.calls:.2f}", f"{w.load:.1f}", *(f"{w.parts_h[part]:.0f}" for part in PARTS)]
        for name, w in worlds.items()
    ]
    return _table(head, rows)


def cargo_table(worlds: dict[str, World]) -> str:
    """Return what the cargo waits for in each world: the mean number of wagons that wait, by cause."""
    head = ["world", *(f"wagons waiting: {cause}" for cause in CAUSES), "under way or waiting at the end"]
    rows = [[name, *(f"{w.waiting[cause]:.0f}" for cause in CAUSES), f"{w.backlog:.0f}"] for name, w in worlds.items()]
    return _table(head, rows)


def remedies_table(base: dict[str, World], helped: dict[str, dict[str, World]]) -> str:
    """Return what each remedy does to each world: wagons carried and round trip."""
    head = ["world", "wagons a day, days", *(more.replace("_", " ") for more in REMEDIES)]
    rows = [[name, _short(w), *(_short(helped[name][more]) for more in REMEDIES)] for name, w in base.items()]
    return _table(head, rows)


def _short(w: World) -> str:
    return f"{w.carried / 2:.0f}, {w.round_trip_h / 24:.1f}"


def main() -> None:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description="Why a ferry's round trip takes 5.8 days.")
    parser.add_argument("--write", action="store_true", help="write them into docs/ferry-round-trip.md")
    found = tables()
    if parser.parse_args().write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    else:
        print("\n\n".join(found.values()))


if __name__ == "__main__":
    main()
