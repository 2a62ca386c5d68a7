"""From a study to what is drawn of it: the one place where charts touch the results' tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING

from corridor_sim.bottlenecks import binding
from corridor_sim.figures.book import Book, periods_drawn
from corridor_sim.figures.colours import CAUSES, branch_colours
from corridor_sim.figures.mapping import map_of
from corridor_sim.figures.panels import Layer, Picture, Rank, Stack, Tile
from corridor_sim.figures.ranks import ranks_of
from corridor_sim.figures.sheets import sheets_of
from corridor_sim.figures.words import brief, days, share_words, words
from corridor_sim.origins import in_words
from corridor_sim.statistics import pick
from corridor_sim.summary import backlog_grows, standing_lines, start_lines

if TYPE_CHECKING:
    from corridor_sim.study import Study

RANKS_DRAWN = 12
CORRIDOR = ("total", "corridor")


def picture_of(study: Study) -> Picture:
    """Return everything that a study shows, on paper and on the page."""
    book = Book(study.metrics)
    ranks = ranks_of(study, book)
    return Picture(
        title=title_of(study),
        subtitle=subtitle_of(study),
        tiles=tiles_of(study, book, ranks),
        throughput=throughput_of(study, book),
        delay=delay_of(study, book),
        transit=transit_of(book),
        ranking=ranks[:RANKS_DRAWN],
        map=map_of(study, book),
        footnote=footnote_of(study),
        sheets=sheets_of(study, book, ranks),
        assumptions=notes_of(study),
        warnings=warnings_of(study, book),
    )


def title_of(study: Study) -> str:
    """Return the scenario's title, or its name where it has none."""
    return str(study.scenario.get("title") or study.name)


def subtitle_of(study: Study) -> str:
    """Return case, window, replications and what the intervals are, in one line."""
    months = study.facts.months
    window = f"{months[0]} to {months[-1]}" if len(months) > 1 else "".join(months)
    runs = study.replications
    spread = "mean and 95 % interval over replications" if runs > 1 else "one replication: no intervals"
    return f"case {study.case}  ·  {window}  ·  {runs} replication{'s' * (runs > 1)}  ·  {spread}"


def footnote_of(study: Study) -> str:
    """Return what it takes to make the same picture again, and how well sourced its numbers are."""
    manifest = study.manifest
    versions = manifest.get("versions") or {}
    parts = [
        f"corridor_sim {versions.get('corridor_sim') or manifest.get('version') or ''}".strip(),
        f"scenario {study.name}, case {study.case}",
        f"seed {study.seed}",
        f"{study.replications} replication{'s' * (study.replications > 1)}",
        in_words(study.scenario),
        "outlines: Natural Earth",
    ]
    return "  ·  ".join(part for part in parts if part)


def notes_of(study: Study) -> tuple[str, ...]:
    """Return the scenario's own notes, a line each."""
    notes = study.scenario.get("notes") or ()
    lines = notes.splitlines() if isinstance(notes, str) else [str(note) for note in notes]
    begins = [f"The run {line}." if line.startswith("begins") else line for line in start_lines(study)]
    return tuple(line.strip() for line in [*begins, *lines] if line.strip())


def warnings_of(study: Study, book: Book) -> tuple[str, ...]:
    """Return what a reader must know before any number: a backlog that grows makes times depend on how long one watches."""
    unstable = start_lines(study) if study.manifest.get("warm_up", {}).get("settled") is False else []
    start = tuple(f"{line[:1].upper()}{line[1:]}." for line in [*standing_lines(study), *unstable])
    if not backlog_grows(study.metrics):
        return start
    slope = words(book.get(*CORRIDOR, "backlog_slope").scaled(1e-3, "kt a month"))
    grows = f"The backlog grows by {slope}: demand exceeds what the corridor carries, and times depend on how long it is watched."
    return (grows, *start)


def echoed(study: Study) -> bool:
    """Return whether what was carried merely repeats the demand that was put in."""
    carried = pick(study.metrics, kind="total", subject="corridor", measure="carried")
    return bool(len(carried)) and bool(carried["echoed"].all())


def tiles_of(study: Study, book: Book, ranks: Sequence[Rank]) -> tuple[Tile, ...]:
    """Return the headline: offered, carried, waiting, sustainable, transit, tightest element."""
    offered, carried = book.get(*CORRIDOR, "offered"), book.get(*CORRIDOR, "carried")
    waiting = book.get(*CORRIDOR, "waiting_end").scaled(1e-3, "kt")
    present = book.get(*CORRIDOR, "present_end").scaled(1e-3, "kt")
    share = share_words(carried.mean / offered.mean if offered.mean else nan)
    repeats = "; repeats the demand put in" if echoed(study) else ""
    return (
        Tile("Offered", words(offered), "net weight; the demand put in"),
        Tile("Carried", words(carried), f"{share} of what was offered{repeats}" if share else ""),
        Tile("Waiting at the end", words(waiting), f"of {words(present)} under way" if present.known else ""),
        _sustainable(study, book),
        _transit(book),
        _tightest(ranks),
    )


def _sustainable(study: Study, book: Book) -> Tile:
    bound = binding(study.metrics)
    note = f"bound by {brief(bound)}" if bound else "nothing here binds it"
    return Tile("Sustainable (estimated)", words(book.get(*CORRIDOR, "sustainable")), note)


def _transit(book: Book) -> Tile:
    mean, late = (days(book.get(*CORRIDOR, measure)) for measure in ("transit_mean", "transit_p90"))
    censored = book.get(*CORRIDOR, "transit_censored").mean > 0
    label = "Transit, mean of what arrived" if censored else "Transit, mean"
    how = " by Kaplan-Meier" if censored else ""
    return Tile(label, words(mean), f"from readiness; P90{how} {words(late)}")


def _tightest(ranks: Sequence[Rank]) -> Tile:
    if not ranks:
        return Tile("Tightest element", "none", "nothing is used much")
    first = ranks[0]
    worst = f", {share_words(first.worst)} in {first.worst_month}" if isfinite(first.worst) else ""
    return Tile("Tightest element", brief(first.element), f"{share_words(first.utilisation.mean)} in use{worst}")


def throughput_of(study: Study, book: Book) -> Stack:
    """Return what was carried by month and branch, in thousand net tonnes."""
    periods = periods_drawn(study.facts.months)
    branches = book.subjects("branch", "carried_net")
    colours = branch_colours(branches)
    span = "month" if periods and len(periods[0]) > 4 else "year"
    return Stack(
        "Throughput by branch",
        tuple(periods),
        tuple(Layer(b, colours[b], _means(book, "branch", b, "carried_net", periods, 1e-3)) for b in branches),
        tuple(book.get(*CORRIDOR, "carried_net", period).scaled(1e-3, "kt") for period in periods),
        f"carried [kt net a {span}]",
        f"{span} of delivery",
    )


def delay_of(study: Study, book: Book) -> Stack:
    """Return the delay of a tonne by cause and month of readiness, in days."""
    periods = periods_drawn(study.facts.months)
    span = "month" if periods and len(periods[0]) > 4 else "year"
    layers = (_cause(cause, _means(book, *CORRIDOR, f"delay_{cause}", periods, 1 / 24)) for cause in CAUSES if cause != "moving")
    return Stack("Delay by cause", tuple(periods), _met(layers), (), "delay [days per net tonne]", f"{span} of readiness")


def transit_of(book: Book) -> Stack:
    """Return the transit of a tonne by branch and cause, moving included, in days."""
    branches = book.subjects("branch", "transit_mean")
    layers = (
        _cause(cause, tuple(_or_zero(days(book.get("branch", b, f"delay_{cause}")).mean) for b in branches))
        for cause in reversed(CAUSES)
    )
    totals = tuple(days(book.get("branch", branch, "transit_mean")) for branch in branches)
    return Stack("Transit by branch", tuple(branches), _met(layers), totals, "transit [days per net tonne]", "branch")


def _met(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Return the layers of causes that were met at all."""
    return tuple(layer for layer in layers if any(layer.values))


def _cause(cause: str, values: tuple[float, ...]) -> Layer:
    colour, name = CAUSES[cause]
    return Layer(name, colour, values)


def _means(book: Book, kind: str, subject: str, measure: str, periods: Iterable[str], factor: float) -> tuple[float, ...]:
    return tuple(_or_zero(book.get(kind, subject, measure, period).mean * factor) for period in periods)


def _or_zero(value: float) -> float:
    return value if isfinite(value) else 0.0
