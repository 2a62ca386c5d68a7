"""Measures of the land: borders, days on a country's lines, speeds with delay, door to door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from corridor_sim.credibility.seas import pen_wait_h, pens
from corridor_sim.credibility.years import WAITS, Floats, NotThereError, Sample, Year, ratio

if TYPE_CHECKING:
    import pandas as pd

LEGS = ("rail", "road")
STATIONS = ("border", "gauge_change", "terminal", "yard")


def stay_h(year: Year, element: str, heading: str) -> Floats:
    """Return the hours of one of our vehicles at an element, from arrival to leaving [h]; NaN where none came."""
    vehicles = year.sums("element_months", "vehicles", element=element, heading=heading)
    return ratio(year.sums("element_months", "stay_h", element=element, heading=heading), vehicles)


def running_h(year: Year, element: str, heading: str) -> Floats:
    """Return the hours that one of our vehicles moves on a leg, without its waits [h]."""
    waited = np.sum([year.sums("element_months", name, element=element, heading=heading) for name in WAITS], axis=0)
    stay = year.sums("element_months", "stay_h", element=element, heading=heading)
    return ratio(stay - waited, year.sums("element_months", "vehicles", element=element, heading=heading))


def passed(year: Year, flow: str, countries: Sequence[str]) -> tuple[str, list[tuple[str, str]]]:
    """Return (heading, (element, kind) in order) of what a flow passes on land in some countries, by its first route."""
    countries_of = {place.name: place.country for place in year.facts.places}
    kinds = {element.label: element for element in year.facts.elements}
    found = next((one for one in year.facts.flows if one.name == flow and one.routes), None)
    if found is None:
        raise NotThereError(f"the run has no flow {flow}")
    mine = [kinds[label] for label in found.routes[0].elements]
    inside = [e for e in mine if {countries_of[e.tail], countries_of[e.head]} <= set(countries)]
    return found.direction, [(e.label, e.kind) for e in inside if e.kind in (*LEGS, *STATIONS)]


def path_h(year: Year, flow: str, countries: Sequence[str]) -> Floats:
    """Return the hours of a train on a country's lines and at its stations [h]."""
    heading, elements = passed(year, flow, countries)
    return np.asarray(np.sum([stay_h(year, label, heading) for label, _ in elements], axis=0), np.float64)


def path_days(year: Year, flow: str, countries: Sequence[str], pen: str = "") -> Sample:
    """Return the days in a country [days], with the wait for a train in one of its pens."""
    waited = pen_wait_h(year, [pen]) if pen else 0.0
    return Sample((path_h(year, flow, countries) + waited) / 24)


def path_hours(year: Year, flow: str, countries: Sequence[str]) -> Sample:
    """Return the hours in some countries, from the first element to the last [h]."""
    return Sample(path_h(year, flow, countries))


def speed_with_delay(year: Year, flow: str, countries: Sequence[str], moving_kmh: float, pen: str = "") -> Sample:
    """Return the speed with delay [km/h]: the published speed without delay times the share of time that the model moves."""
    return Sample(moving_kmh * _moving_share(year, flow, countries, pen))


def time_lost(year: Year, flow: str, countries: Sequence[str], pen: str = "") -> Sample:
    """Return the share of the time in which a train doesn't move [1]."""
    return Sample(1 - _moving_share(year, flow, countries, pen))


def _moving_share(year: Year, flow: str, countries: Sequence[str], pen: str) -> Floats:
    heading, elements = passed(year, flow, countries)
    moving = np.sum([running_h(year, label, heading) for label, kind in elements if kind in LEGS], axis=0)
    waited = pen_wait_h(year, [pen]) if pen else 0.0
    return np.asarray(moving / (path_h(year, flow, countries) + waited), np.float64)


def crossing_h(year: Year, stops: Sequence[str], heading: str) -> Sample:
    """Return the hours at stops one after the other [h], of those of our vehicles that pass them."""
    return Sample(np.asarray(np.sum([stay_h(year, stop, heading) for stop in stops], axis=0), np.float64))


def gates_h(year: Year, gates: Sequence[str], inbound_share: float = 1.0) -> Sample:
    """Return the hours of a train at the gates from China [h], inbound mixed with outbound in the survey's shares.

    Inbound: entry, gauge change and the wait for a train of the other gauge. Gates are weighed by our trains.
    """
    weights, inbound = zip(*(_inbound(year, gate) for gate in gates), strict=True)
    both = np.nansum(np.multiply(weights, inbound), axis=0) / np.sum(weights, axis=0)
    if inbound_share == 1:
        return Sample(both)
    return Sample(inbound_share * both + (1 - inbound_share) * stay_h(year, f"{gates[0]}.border.exit", "east"))


def _inbound(year: Year, gate: str) -> tuple[Floats, Floats]:
    stops = (f"{gate}.border.entry", f"{gate}.gauge_change")
    waits = [pen.name for pen in year.facts.pens if pen.place == gate and "aktau" in pen.services[0]]
    hours = np.sum([stay_h(year, stop, "west") for stop in stops], axis=0) + pen_wait_h(year, waits)
    return year.sums("element_months", "vehicles", element=stops[0], heading="west"), np.asarray(hours, np.float64)


def truck_stay_h(year: Year, port: str, heading: str) -> Sample:
    """Return the hours of a truck in a port [h]: its border post, and on its way out the wait for a ship."""
    border = stay_h(year, f"{port}.border.road", heading)
    ashore = heading == "west"
    return Sample(border + np.nan_to_num(pen_wait_h(year, pens(year, port, not ashore, "truck"))))


def trips_days(year: Year, flows: Sequence[str], first: int = 1, last: int = 12, draws: bool = False, less: str = "") -> Sample:
    """Return the days from readiness to delivery of flows [days], by month of readiness.

    draws: one trip, not their mean. less: countries whose mean path is taken off, as `KZ CN`.
    """
    rows = _trips(year, flows, first, last)
    days = (rows["mean_h"] - rows["ready_h"]).to_numpy(float) / 24
    off = float(np.nanmean(path_h(year, flows[0], less.split()))) / 24 if less else 0.0
    if draws:
        return Sample(days[np.isfinite(days)] - off, draws=True)
    units, replication = rows["delivered"].to_numpy(float), rows["replication"].to_numpy()
    done = np.isfinite(days)
    sums = [year.by_replication(replication[done], weight) for weight in ((units * days)[done], units[done])]
    return Sample(ratio(*sums) - off)


def _trips(year: Year, flows: Sequence[str], first: int, last: int) -> pd.DataFrame:
    edges = np.cumsum([0.0, *year.facts.month_hours])
    months = year.months(first, last)
    begin = edges[year.facts.months.index(months[0])]
    end = edges[year.facts.months.index(months[-1]) + 1]
    rows = year.table("trips")
    found: pd.DataFrame = rows[rows["flow"].isin(list(flows)) & (rows["ready_h"] >= begin) & (rows["ready_h"] < end)]
    if found.empty:
        raise NotThereError(f"no consignment of {', '.join(flows)} became ready in these months")
    return found


def best_days(year: Year, flows: Sequence[str], less: str = "") -> Sample:
    """Return the best twentieth of trips [days]: what a show train does."""
    days = trips_days(year, flows, draws=True, less=less).values
    return Sample(np.array([np.quantile(days, 0.05)]))


def worst_wait_days(year: Year, flows: Sequence[str], level: float = 0.99) -> Sample:
    """Return the wait that one trip in a hundred exceeds [days], by replication."""
    rows = _trips(year, flows, 1, 12)
    waited = (rows["mean_h"] - rows["ready_h"] - rows["moving_h"]).to_numpy(float) / 24
    replication = rows["replication"].to_numpy()
    numbers = year.study.manifest["replications"]
    return Sample(np.array([np.nanquantile(waited[replication == number], level) for number in numbers]))


def longest_moving_h(year: Year, flow: str, usual_h: float) -> Sample:
    """Return how much longer than the median the slowest trip in two hundred moves, plus what is usual [h]."""
    moving = _trips(year, [flow], 1, 12)["moving_h"].to_numpy(float)
    return Sample(np.array([np.nanquantile(moving, 0.995) - np.nanquantile(moving, 0.5) + usual_h]))
