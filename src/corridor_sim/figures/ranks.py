"""From a study to its ranking of tight elements: by the share of all waiting that stands against each."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from corridor_sim.bottlenecks import delay_shares, ranking
from corridor_sim.figures.book import Book
from corridor_sim.figures.panels import Estimate, Rank
from corridor_sim.statistics import interval

if TYPE_CHECKING:
    from corridor_sim.study import Study

MOST = 40
MEASURES = {
    "element": ("utilisation", "queue", "wait"),
    "pool": ("fleet_utilisation", "queue", "wait"),
    "room": ("utilisation", "standing", "wait"),
}
UNITS = {"1": "vehicles", "h/vehicle": "h"}


def ranks_of(study: Study, book: Book) -> tuple[Rank, ...]:
    """Return the tight elements, fleets and rooms, tightest first, with own and other traffic apart."""
    table = ranking(study.metrics).head(MOST)
    shares = _shares(study)
    kinds = {element.label: element.kind for element in study.facts.elements}
    return tuple(_rank(record, book, kinds, shares) for record in table.to_dict("records"))


def _shares(study: Study) -> dict[tuple[str, str], Estimate]:
    """Return each candidate's share of all waiting, with its interval."""
    groups = delay_shares(study.metrics).groupby(["kind", "element"], observed=True)["delay_share"]
    found = {(str(kind), str(element)): interval(values) for (kind, element), values in groups}
    return {key: Estimate(share.mean, share.half_width, "1") for key, share in found.items()}


def _rank(record: Mapping[Any, Any], book: Book, kinds: Mapping[str, str], shares: Mapping[tuple[str, str], Estimate]) -> Rank:
    kind, element = str(record["kind"]), str(record["element"])
    used, queue, wait = (_named(book.get(kind, element, measure)) for measure in MEASURES[kind])
    own_share = book.get(kind, element, "own_share").mean
    own = used.mean * own_share if isfinite(own_share) else used.mean
    return Rank(
        element=element,
        kind={"pool": "fleet"}.get(kind, kinds.get(element, kind)),
        own=own,
        other=used.mean - own,
        utilisation=used,
        worst=float(record["worst_utilisation"] if record["worst_month"] else nan),
        worst_month=str(record["worst_month"]),
        queue=queue,
        wait_h=wait,
        delay_share=shares.get((kind, element), Estimate()),
    )


def _named(estimate: Estimate) -> Estimate:
    return Estimate(estimate.mean, estimate.half_width, UNITS.get(estimate.unit, estimate.unit))
