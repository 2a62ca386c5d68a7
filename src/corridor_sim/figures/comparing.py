"""From a comparison to its forest: the paired differences that a planner asks for, grouped by measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridor_sim.figures.colours import LESS, MORE, SAME
from corridor_sim.figures.words import brief
from corridor_sim.statistics import number, pick

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.cases import Comparison


@dataclass(frozen=True, slots=True)
class Row:
    """One paired difference (case - base) with its interval, in the unit of its group."""

    subject: str
    case: str
    base_mean: float
    mean: float
    difference: float
    half_width: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Group:
    """Differences of one measure, on one axis."""

    title: str
    unit: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Forest:
    """All that a comparison shows."""

    title: str
    subtitle: str
    base: str
    cases: tuple[str, ...]
    groups: tuple[Group, ...]
    footnote: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group to draw: which rows of the comparison's table, scaled to which unit."""

    title: str
    kinds: tuple[str, ...]
    measure: str
    factor: float
    unit: str
    at_berths: bool | None = None  # of elements: only berths, or all but them


WANTED = (
    Wanted("Carried", ("total", "branch"), "carried", 1.0, "Mt/a"),
    Wanted("Sustainable (estimated)", ("total",), "sustainable", 1.0, "Mt/a"),
    Wanted("Transit, mean", ("total", "branch"), "transit_mean", 1 / 24, "days"),
    Wanted("Transit, P90", ("total", "branch"), "transit_p90", 1 / 24, "days"),
    Wanted("Waiting at the end", ("total",), "waiting_end", 1e-3, "kt"),
    Wanted("Carried over an element", ("element",), "net_t", 1e-3, "kt"),
    Wanted("Lines and gates: open time in use", ("element",), "utilisation", 100.0, "percentage points", at_berths=False),
    Wanted("Berths: open time in use", ("element",), "utilisation", 100.0, "percentage points", at_berths=True),
    Wanted("Rooms: filled", ("room",), "utilisation", 100.0, "percentage points"),
    Wanted("Fleets: vessels at work", ("pool",), "fleet_utilisation", 100.0, "percentage points"),
    Wanted("Wait a vehicle", ("element",), "wait", 1.0, "h"),
    Wanted("Departures", ("service",), "departures", 1.0, "departures"),
)
BERTH = r"\.port\."  # in the label of every berth
MOST_ROWS = 16  # of elements and services: those that surely differ, the largest difference first
FIXED = ("total", "branch")


def forest_of(comparison: Comparison) -> Forest:
    """Return what a comparison shows: corridor and branches always, elements and services where they differ most."""
    others = tuple(case for case in comparison.cases if case != comparison.base)
    groups = (group_of(comparison.table, wanted, comparison.base) for wanted in WANTED)
    base = comparison.studies[comparison.base]
    return Forest(
        title=f"{base.scenario.get('title') or comparison.name}: what the cases change",
        subtitle=f"paired differences to the case {comparison.base} on the same random draws, mean and 95 % interval "
        f"over {base.replications} replications; grey: no detectable difference",
        base=comparison.base,
        cases=others,
        groups=tuple(group for group in groups if group.rows),
        footnote=f"scenario {comparison.name}  ·  seed {base.seed}  ·  {base.replications} replications a case",
    )


def group_of(table: pd.DataFrame, wanted: Wanted, base: str) -> Group:
    """Return the rows of one group, the most telling elements first."""
    found = pick(table[table["kind"].isin(wanted.kinds) & (table["case"] != base)], measure=wanted.measure)
    if wanted.at_berths is not None:
        found = found[found["subject"].astype("str").str.contains(BERTH) == wanted.at_berths]
    rows = [_row(record, wanted) for record in found.to_dict("records")]
    chosen_rows = _corridor_first(rows) if wanted.kinds[0] in FIXED else _most_telling(rows)
    return Group(wanted.title, wanted.unit, tuple(chosen_rows))


def _row(record: Any, wanted: Wanted) -> Row:
    return Row(
        subject=brief(str(record["subject"])),
        case=str(record["case"]),
        base_mean=float(record["base_mean"]) * wanted.factor,
        mean=float(record["mean"]) * wanted.factor,
        difference=float(record["difference"]) * wanted.factor,
        half_width=float(record["half_width"]) * wanted.factor,
        verdict=str(record["verdict"]),
    )


def _corridor_first(rows: Sequence[Row]) -> Iterable[Row]:
    """Return the rows by subject, the whole corridor first, the cases of each together."""
    subjects = list(dict.fromkeys(row.subject for row in rows))
    return sorted(rows, key=lambda row: (row.subject != "corridor", subjects.index(row.subject)))


def _most_telling(rows: Sequence[Row]) -> Iterable[Row]:
    """Yield the rows of the subjects that surely changed, the largest change first, about MOST_ROWS in all."""
    sure = sorted((row for row in rows if row.verdict in ("more", "less")), key=lambda row: -abs(row.difference))
    cases = len({row.case for row in rows}) or 1
    for subject in list(dict.fromkeys(row.subject for row in sure))[: max(2, MOST_ROWS // cases)]:
        yield from (row for row in rows if row.subject == subject)


def verdict_colour(verdict: str) -> str:
    """Return the colour of a verdict: grey where there is no detectable difference."""
    return {"more": MORE, "less": LESS}.get(verdict, SAME)


def in_words(row: Row) -> str:
    """Return base value and difference in words."""
    if row.verdict == "the same in every replication":
        return f"{number(row.base_mean)}, unchanged"
    sign = "+" if row.difference > 0 else ""
    return f"{number(row.base_mean)} {sign}{number(row.difference, row.half_width)}".replace(" -", " \u2212")
