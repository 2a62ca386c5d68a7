"""Measures of volume: tonnes, boxes, wagons and trucks of a year, shares of ports and of seasons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corridor_sim.credibility.seas import FERRIES, departed
from corridor_sim.credibility.years import Sample, Year, ratio

FEEDERS = ("feeder_north", "feeder_south")
SHIPS = (*FERRIES, *FEEDERS)


def carried(year: Year, scope: str, measure: str, per: float = 1.0) -> Sample:
    """Return what a statistical scope counts in a year, divided by `per`."""
    return Sample(year.metric("scope", scope, measure) / per / year.year_share)


def carried_share(year: Year, scope: str, measure: str, first: int, last: int) -> Sample:
    """Return the share of the year that some months carry [1]."""
    whole, part = year.months(), year.months(first, last)
    return Sample(ratio(year.metric("scope", scope, measure, part), year.metric("scope", scope, measure, whole)))


def shipped(year: Year, column: str, port: str = "") -> Sample:
    """Return what ships carry across the sea in a year, both ways, on the routes of a port if one is named."""
    return Sample(departed(year, column, SHIPS, port) / year.year_share)


def shipped_share(year: Year, column: str, first: int, last: int) -> Sample:
    """Return the share of the year that crosses the sea in some months [1]."""
    part = departed(year, column, SHIPS, months=year.months(first, last))
    return Sample(ratio(part, departed(year, column, SHIPS, months=year.months())))


def port_share(year: Year, column: str, port: str) -> Sample:
    """Return the share of what ferries carry that takes the routes of a port [1]."""
    return Sample(ratio(departed(year, column, FERRIES, port), departed(year, column, FERRIES)))


def eastbound_share(year: Year, column: str, port: str) -> Sample:
    """Return the share of what ferries carry on the routes of a port that goes east [1]."""
    return Sample(ratio(departed(year, column, FERRIES, port, "alat"), departed(year, column, FERRIES, port)))


def trains(year: Year, services: Sequence[str], of: Sequence[str]) -> Sample:
    """Return the trains of services that leave places in a year."""
    ends = {service.name: service.ends for service in year.facts.services}
    counts = [
        year.sums("service_months", "departures", service=service, end=ends[service].index(place))
        for service, place in zip(services, of, strict=True)
    ]
    return Sample(np.asarray(np.sum(counts, axis=0), np.float64) / year.year_share)


def trains_a_day(year: Year, stops: Sequence[str]) -> Sample:
    """Return the trains a day at stops, ours and others'."""
    counts = [year.sums("element_months", column, element=list(stops)) for column in ("vehicles", "other_vehicles")]
    return Sample(np.asarray(np.sum(counts, axis=0), np.float64) / (year.hours(year.facts.months) / 24))
