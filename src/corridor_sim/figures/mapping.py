"""From a study to its map: legs with load and fullness, places with their tightest facility, and the window to show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from corridor_sim.figures.book import Book
from corridor_sim.figures.marks import FAR_KM, length_km
from corridor_sim.figures.outlines import Window, around
from corridor_sim.figures.panels import Link, MapView, Point, Spot
from corridor_sim.figures.words import percent, words

if TYPE_CHECKING:
    from corridor_sim.study import Study

HOURS_A_YEAR = 8766.0
MODES = ("rail", "road", "sea")


def map_of(study: Study, book: Book) -> MapView:
    """Return the map of a study; places without coordinates are left out."""
    places = {place.name: place for place in study.facts.places if place.at}
    at = {name: (float(place.at[1]), float(place.at[0])) for name, place in places.items() if place.at}
    years = sum(study.facts.month_hours) / HOURS_A_YEAR or nan
    links = tuple(_links(study.facts.elements, at, book, years))
    spots = tuple(_spots(study, at, book, links))
    return MapView(links, spots, window_of(links, spots))


def _links(elements: Iterable[Any], at: dict[str, Point], book: Book, years: float) -> Iterable[Link]:
    """Yield a link a leg, its two directions together."""
    legs = defaultdict(list)
    for element in elements:
        if element.kind in MODES and element.tail in at and element.head in at:
            legs[element.label.partition(".")[0], element.kind].append(element)
    for (name, mode), directions in legs.items():
        yield _link(name, mode, directions, at, book, years)


def _link(name: str, mode: str, directions: Sequence[Any], at: dict[str, Point], book: Book, years: float) -> Link:
    labels = list(dict.fromkeys(element.label for element in directions))
    load = sum(_known(book.get("element", label, "net_t").mean) for label in labels) / years / 1e3
    fullest = max((book.get("element", label, "utilisation").mean for label in labels), key=_rank_of, default=nan)
    first = directions[0]
    tip = "\n".join([f"{name} ({mode})", f"{load:,.0f} kt net a year, both ways", *(_tip(label, book) for label in labels)])
    return Link(name, mode, first.tail, first.head, (at[first.tail], at[first.head]), load, fullest, tip)


def _tip(label: str, book: Book) -> str:
    used, wait = book.get("element", label, "utilisation"), book.get("element", label, "wait")
    parts = [f"{words(percent(used))} of open time"] if used.known else []
    parts += [f"wait {words(wait, 'h')} a vehicle"] if wait.known and wait.mean > 0 else []
    return f"{label}: {', '.join(parts) or 'no limit to fill'}"


def _spots(study: Study, at: dict[str, Point], book: Book, links: Sequence[Link]) -> Iterable[Spot]:
    load: dict[str, float] = defaultdict(float)
    for link in links:
        load[link.tail] += link.load_kt
        load[link.head] += link.load_kt
    labels = defaultdict(list)
    for element in study.facts.elements:
        if element.kind not in MODES:
            labels[element.tail].append(element.label)
    """Yield the places, those first that matter most: much load, and a facility that is full."""
    drawn = [place for place in study.facts.places if place.name in at]
    spots = [_spot(study, place, at[place.name], labels[place.name], load[place.name], book) for place in drawn]
    return sorted(spots, key=lambda spot: (-spot.load_kt * (1 + _known(spot.utilisation)), spot.id))


def _spot(study: Study, place: Any, at: Point, labels: Sequence[str], load: float, book: Book) -> Spot:
    labels = list(dict.fromkeys(labels))
    fullest = max((book.get("element", label, "utilisation").mean for label in labels), key=_rank_of, default=nan)
    name = str(((study.scenario.get("places") or {}).get(place.name) or {}).get("name") or place.name)
    tip = "\n".join([f"{name} ({place.country})" if place.country else name, *(_tip(label, book) for label in labels)])
    return Spot(place.name, name, at, load / 2, fullest, tip)


def _known(value: float) -> float:
    return value if isfinite(value) else 0.0


def _rank_of(value: float) -> float:
    return value if isfinite(value) else -1.0


def window_of(links: Sequence[Link], spots: Sequence[Spot]) -> Window:
    """Return the window that shows the loaded places, but not those at the far end of one long leg."""
    used = [link for link in links if link.load_kt > 0] or list(links)
    shortest: dict[str, float] = defaultdict(lambda: float("inf"))
    for link in used:
        for place in (link.tail, link.head):
            shortest[place] = min(shortest[place], length_km(link.ends))
    near = [spot.at for spot in spots if shortest[spot.id] < FAR_KM]
    some = [spot.at for spot in spots if spot.id in shortest] or [spot.at for spot in spots]
    return around(near if len(near) > 2 else some)
