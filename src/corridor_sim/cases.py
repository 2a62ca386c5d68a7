"""Cases side by side: the cases of one scenario on the same unit variates, and their paired differences."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.assumptions import closing_lines
from corridor_sim.choice import choice_lines
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.experiment import run_case
from corridor_sim.statistics import LESS, MORE, NO_DIFFERENCE, number, paired_intervals, pick
from corridor_sim.store import Study, read_comparison, write_comparison
from corridor_sim.summary import answer_lines

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.loading import Loaded

FACTORS = {"h": (1 / 24, "days"), "t": (1e-3, "kt")}
HEADLINE = (("total", "carried"), ("total", "waiting_end"), ("total", "sustainable"))
OF_BRANCH = ("carried", "transit_mean", "transit_p90")
AT_PORTS = (("element", "utilisation"), ("element", "net_t"), ("room", "standing"))
MOST_ELEMENTS = 6


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several cases of one scenario: a study each, and a table of paired differences against the first (base)."""

    name: str
    base: str
    cases: tuple[str, ...]
    studies: dict[str, Study]
    table: pd.DataFrame
    folder: Path | None = None


def compare(
    path: str | Path | Loaded, *, cases: Sequence[str] | None = None, out: str | Path | None = "results", **settings: Any
) -> Comparison:
    """Return the comparison of the cases of a scenario file (all by default); the first is the base.

    settings as `run_case` takes them: replications, seed, workers, fresh, records, progress. Replication r of every case draws the
    same unit variates, so that a difference has only one cause.
    """
    from corridor_sim.loading import load_case, load_scenario

    loaded = load_scenario(path) if isinstance(path, (str, Path)) else path
    chosen = chosen_cases(tuple(loaded.cases), cases)
    studies: dict[str, Study] = {}
    warm_up = None  # what is found for the base holds for all: another warm-up would be another cause
    for case in chosen:
        studies[case] = run_case(load_case(loaded, case), out=out, warm_up=warm_up, **settings)
        warm_up = warm_up or studies[case].manifest.get("warm_up")
    return compared(str(loaded.scenario.name), studies, out)


def chosen_cases(known: tuple[str, ...], wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Return the cases to run; a CorridorError if one isn't known or fewer than two are left."""
    chosen = tuple(dict.fromkeys(known if wanted is None else wanted))
    strange = [case for case in chosen if case not in known]
    if strange:
        names = ", ".join(known) or "none"
        raise CorridorError(*(Fault(f"expected one of the file's cases ({names}), got {case!r}", "cases") for case in strange))
    if len(chosen) < 2:
        raise CorridorError(Fault(f"expected at least two cases to compare, got {len(chosen)}", "cases"))
    return chosen


def compared(name: str, studies: dict[str, Study], out: str | Path | None = None) -> Comparison:
    """Return the comparison of studies that were run before; the first is the base. It is written below out, if given."""
    import pandas as pd

    base, *others = studies
    tables = []
    for case in others:
        found = paired_intervals(studies[base].metrics, studies[case].metrics)
        tables.append(found.assign(case=case, base=base))
    table = pd.concat(tables, ignore_index=True)
    table = table[["case", "base", *(column for column in table.columns if column not in ("case", "base"))]]
    folders = {case: study.folder for case, study in studies.items()}
    folder = None if out is None else write_comparison(Path(out), name, folders, table)
    return Comparison(name, base, tuple(studies), studies, table, folder)


def stored_comparison(folder: str | Path) -> Comparison:
    """Return the comparison that is stored in a folder; a CorridorError if it is none of ours."""
    place = Path(folder)
    name, studies, table = read_comparison(place)
    return Comparison(name, next(iter(studies)), tuple(studies), studies, table, place)


def comparison_lines(comparison: Comparison) -> list[str]:
    """Return the comparison as text: the base, then what differs in each case, with intervals and verdicts."""
    base = comparison.studies[comparison.base]
    lines = [f"{comparison.base} (base)", *(f"  {line}" for line in answer_lines(base))]
    for case in comparison.cases[1:]:
        table = comparison.table[comparison.table["case"] == case]
        pairs = int(table["n"].max()) if len(table) else 0
        lines.append(f"{case} against {comparison.base} ({pairs} pairs on the same draws, ± is half a 95 % interval)")
        lines += [f"  {line}" for line in choice_lines(comparison.studies[case].manifest.get("choice", {}))]
        lines += [f"  {line}" for line in _differences(table, comparison.studies[case])]
    return [*lines, *closing_lines(base)]


def _differences(table: pd.DataFrame, study: Study) -> Iterator[str]:
    for kind, measure in HEADLINE:
        yield from _rows(pick(table, kind=kind, measure=measure), lambda row: str(row.measure).replace("_", " "))
    for branch in dict.fromkeys(pick(table, kind="branch", measure="carried")["subject"]):
        for measure in OF_BRANCH:
            rows = pick(table, kind="branch", subject=branch, measure=measure)
            yield from _rows(rows, lambda row: f"{row.subject} {str(row.measure).replace('_', ' ')}")
    yield from _at_ports(table, study)


def _at_ports(table: pd.DataFrame, study: Study) -> Iterator[str]:
    """Yield what changes at berths and rooms: those whose use moved most, if it moved beyond the noise."""
    berths = {element.label for element in study.facts.elements if element.kind == "berth"}
    rooms = {room.name for room in study.facts.rooms}
    for kind, measure in AT_PORTS:
        rows = pick(table, kind=kind, measure=measure)
        rows = rows[rows["subject"].isin(rooms if kind == "room" else berths)]
        moved = rows[rows["verdict"].isin([MORE, LESS])]
        moved = moved.assign(size=(moved["difference"] / moved["base_mean"].where(moved["base_mean"] > 0, 1.0)).abs())
        largest = moved.sort_values("size", ascending=False, kind="stable").head(MOST_ELEMENTS)
        yield from _rows(largest, lambda row: f"{row.subject} {row.measure}")
        still = len(rows) - len(moved)
        if still:
            what = "rooms" if kind == "room" else "berths"
            yield f"{still} {'other ' * bool(len(moved))}{what}, {measure}: {NO_DIFFERENCE}"


def _rows(rows: pd.DataFrame, label: Callable[[Any], str]) -> Iterator[str]:
    for row in rows.itertuples():
        factor, unit = FACTORS.get(str(row.unit), (1.0, "" if row.unit == "1" else str(row.unit)))
        numbers = [float(getattr(row, name)) * factor for name in ("base_mean", "mean", "difference", "half_width")]
        before, after, change, half_width = numbers
        moved = f", {'+' * (change > 0)}{number(change, half_width, unit)}" if math.isfinite(change) else ""
        yield f"{label(row)}: {number(before)} -> {number(after, unit=unit)}{moved}: {row.verdict}"
