"""The tables of the page: transit by branch, flows, tight elements with their evidence, fleets."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING

from corridor_sim.figures.book import Book
from corridor_sim.figures.choosing import choice_sheet
from corridor_sim.figures.panels import Cell, Column, Estimate, Rank, Sheet, texts
from corridor_sim.figures.provenance import assumption_sheet, provenance_sheet
from corridor_sim.figures.words import cell, days, percent, text_cell
from corridor_sim.statistics import pick

if TYPE_CHECKING:
    from corridor_sim.facts import FlowFacts
    from corridor_sim.study import Study

CARRIED = (Column("offered", "Mt/a"), Column("carried", "Mt/a"))
TRANSIT = (Column("mean", "days"), Column("P50", "days"), Column("P90", "days"), Column("P95", "days"))
FLOW_VOLUMES = ("offered_units", "carried_units", "present_end_units")
QUANTILES = ("transit_mean", "transit_p50", "transit_p90", "transit_p95")


def sheets_of(study: Study, book: Book, ranks: Sequence[Rank]) -> tuple[Sheet, ...]:
    """Return the tables of a study that have rows."""
    sheets = (
        _branches(book),
        _ranking(ranks),
        _fleets(study, book),
        *_wagons(study, book),
        _locomotives(study, book),
        _flows(study, book),
        _scopes(book),
        choice_sheet(study.manifest.get("choice", {})),
        provenance_sheet(study.scenario),
        assumption_sheet(study),
    )
    return tuple(sheet for sheet in sheets if sheet.rows)


def _branches(book: Book) -> Sheet:
    columns = (*texts("branch"), *CARRIED, *TRANSIT, Column("buffer index"), Column("waited over 72 h", "%"))
    rows = [
        (text_cell(branch), *_carried(book, "branch", branch), *_transit(book, "branch", branch), *_spread(book, "branch", branch))
        for branch in book.subjects("branch", "carried")
    ]
    note = "From readiness at the origin to delivery, per net tonne. Buffer index: (P95 - mean) / mean."
    return Sheet("Transit by branch", note, columns, (*rows, _whole(book)))


def _whole(book: Book) -> tuple[Cell, ...]:
    subject = ("total", "corridor")
    return (text_cell("corridor"), *_carried(book, *subject), *_transit(book, *subject), *_spread(book, *subject))


def _carried(book: Book, kind: str, subject: str) -> tuple[Cell, ...]:
    return tuple(cell(book.get(kind, subject, measure)) for measure in ("offered", "carried"))


def _transit(book: Book, kind: str, subject: str) -> tuple[Cell, ...]:
    """Return mean and quantiles; a mean of what has arrived only is marked as the lower bound that it is."""
    cells = [cell(days(book.get(kind, subject, measure))) for measure in QUANTILES]
    if book.get(kind, subject, "transit_censored").mean > 0 and cells[0].text:
        cells[0] = Cell(f"over {cells[0].text}", cells[0].key)
    return tuple(cells)


def _spread(book: Book, kind: str, subject: str) -> tuple[Cell, ...]:
    buffer, late = book.get(kind, subject, "buffer_index"), book.get(kind, subject, "wait_over_72h")
    return cell(buffer), cell(percent(late))


def _ranking(ranks: Sequence[Rank]) -> Sheet:
    use = (Column("open time in use", "%"), Column("of it other traffic", "%"))
    worst, queue = (*texts("worst month"), Column("in it", "%")), (Column("queue"), *texts("unit"))
    columns = (*texts("element", "kind"), *use, *worst, *queue, Column("wait", "h"), Column("share of all waiting", "%"))
    note = (
        "By the share of all waiting (tonne-hours) that stands against each; what is used less than a fifth even in its worst "
        "month is left out. Wait is per vehicle, of a fleet per tonne. A room's share is an attribution by the time it refused."
    )
    return Sheet("Tight elements and the evidence", note, columns, tuple(map(_rank_row, ranks)))


def _rank_row(rank: Rank) -> tuple[Cell, ...]:
    other = Estimate(rank.other / (rank.own + rank.other) if rank.own + rank.other > 0 else nan)
    use = (cell(percent(rank.utilisation)), cell(percent(other)))
    worst = (text_cell(rank.worst_month), cell(percent(Estimate(rank.worst))))
    queue = (cell(rank.queue), text_cell(rank.queue.unit), cell(rank.wait_h))
    return (text_cell(rank.element), text_cell(rank.kind), *use, *worst, *queue, cell(percent(rank.delay_share)))


FLEET = (
    ("vessels", "vessels", "", 1.0),
    ("departures", "departures", "", 1.0),
    ("fill", "fill", "%", 100.0),
    ("cycle", "round trip", "h", 1.0),
    ("cycle_cargo_wait", "of it waiting for cargo", "h", 1.0),
    ("cycle_berth_wait", "for a berth", "h", 1.0),
    ("cycle_ramp_wait", "for a ramp", "h", 1.0),
    ("cycle_crane_wait", "for cranes", "h", 1.0),
    ("cycle_weather_wait", "for weather", "h", 1.0),
    ("cycle_handling", "handled", "h", 1.0),
    ("cycle_sea", "under way", "h", 1.0),
    ("gap_max", "longest gap", "h", 1.0),
    ("fleet_utilisation", "fleet in use", "%", 100.0),
)


WAGONS = (
    ("stock", "stock", "", 1.0),
    ("loaded", "under load", "", 1.0),
    ("returning", "returning", "", 1.0),
    ("turn", "turn", "d", 1.0),
    ("at_once_share", "found at once", "%", 100.0),
    ("needed_95", "for 95 % supply", "", 1.0),
    ("starved", "starved", "h", 1.0),
)
LOCOMOTIVES_NOTE = (
    "By district. The wait is that of a train for one, per train that took one. Abandoned trains gave theirs up on the way (abandon_h)."
)
LOCOMOTIVES = (
    ("stock", "stock", "", 1.0),
    ("hauling", "with trains", "", 1.0),
    ("light", "running light", "", 1.0),
    ("idle", "idle", "", 1.0),
    ("light_runs", "light runs", "", 1.0),
    ("given_up", "given up on the way", "", 1.0),
    ("abandoned", "abandoned trains", "", 1.0),
    ("taken", "taken", "", 1.0),
    ("at_once_share", "found at once", "%", 100.0),
    ("wait", "wait of a train", "h", 1.0),
    ("waited", "waiting of trains", "h", 1.0),
    ("starved", "starved", "h", 1.0),
)
WAGONS_PLACE = (
    ("standing", "standing", "", 1.0),
    ("wanted", "wanted", "", 1.0),
    ("short_share", "short", "%", 100.0),
    ("taken", "taken", "", 1.0),
    ("left", "left", "", 1.0),
    ("sent", "sent empty", "", 1.0),
    ("tracks_held", "tracks held", "h", 1.0),
)


def _fleets(study: Study, book: Book) -> Sheet:
    columns = (*texts("service", "route"), *(Column(name, unit) for _, name, unit, _ in FLEET))
    rows = [
        (text_cell(fleet.name), text_cell(" - ".join(fleet.ends)), *_fleet_cells(book, fleet.name))
        for fleet in study.facts.services
        if fleet.finite and book.get("service", fleet.name, "departures").known
    ]
    note = "Finite fleets. A round trip's parts are means per trip; the longest gap is between two departures from one end."
    return Sheet("Fleets", note, columns, tuple(rows))


def _fleet_cells(book: Book, name: str) -> tuple[Cell, ...]:
    return tuple(cell(book.get("service", name, measure).scaled(factor, unit)) for measure, _, unit, factor in FLEET)


def _wagons(study: Study, book: Book) -> list[Sheet]:
    """Return the sheet of pools of wagons and of their places, if there are any."""
    pools = list(dict.fromkeys(map(str, pick(study.metrics, kind="wagons", measure="stock")["subject"])))
    if not pools:
        return []
    columns = (*texts("pool"), *(Column(name, unit) for _, name, unit, _ in WAGONS))
    rows = [(text_cell(pool), *(cell(book.get("wagons", pool, m).scaled(f, u)) for m, _, u, f in WAGONS)) for pool in pools]
    note = "Wagons that circulate. Wanted at a place: by loads that wait for an empty wagon."
    places = list(dict.fromkeys(map(str, pick(study.metrics, kind="wagons_place", measure="standing")["subject"])))
    there = (*texts("pool.place"), *(Column(name, unit) for _, name, unit, _ in WAGONS_PLACE))
    yards = [(text_cell(p), *(cell(book.get("wagons_place", p, m).scaled(f, u)) for m, _, u, f in WAGONS_PLACE)) for p in places]
    return [Sheet("Wagons", note, columns, tuple(rows)), Sheet("Standing wagons", "Means over the window.", there, tuple(yards))]


def _locomotives(study: Study, book: Book) -> Sheet:
    """Return the sheet of the districts of locomotives."""
    districts = list(dict.fromkeys(map(str, pick(study.metrics, kind="locomotives", measure="stock")["subject"])))
    columns = (*texts("district"), *(Column(name, unit) for _, name, unit, _ in LOCOMOTIVES))
    rows = [(text_cell(d), *(cell(book.get("locomotives", d, m).scaled(f, u)) for m, _, u, f in LOCOMOTIVES)) for d in districts]
    return Sheet("Locomotives", LOCOMOTIVES_NOTE, columns, tuple(rows))


def _flows(study: Study, book: Book) -> Sheet:
    volumes = map(Column, ("offered", "carried", "under way at the end"))
    columns = (*texts("flow", "from - to", "commodity"), *volumes, *texts("unit"), *TRANSIT)
    rows = tuple(_flow_row(flow, book) for flow in study.facts.flows)
    return Sheet("Flows", "In each flow's own unit over the whole window; transit per unit.", columns, rows)


def _flow_row(flow: FlowFacts, book: Book) -> tuple[Cell, ...]:
    names = map(text_cell, (flow.name, f"{flow.origin} - {flow.destination}", flow.commodity))
    volumes = (cell(book.get("flow", flow.name, measure)) for measure in FLOW_VOLUMES)
    return (*names, *volumes, text_cell(flow.unit), *_transit(book, "flow", flow.name))


def _scopes(book: Book) -> Sheet:
    columns = (*texts("counted in"), *CARRIED, Column("carried", "TEU"), *TRANSIT)
    rows = [
        (
            text_cell(scope),
            *_carried(book, "scope", scope),
            cell(book.get("scope", scope, "carried_teu")),
            *_transit(book, "scope", scope),
        )
        for scope in book.subjects("scope", "carried")
    ]
    note = "Each publisher counts in a scope of its own; compare a published figure with its own row only."
    return Sheet("By statistical scope", note, columns, tuple(rows))
