"""Measures of the sea: calls, round trips, loads and waits of ferries and feeders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corridor_sim.build import build_plan
from corridor_sim.credibility.years import CAUSES, Floats, NotThereError, Sample, Year, ratio
from corridor_sim.weather import spells

ASCO = ("ferry_28", "ferry_53", "ropax_asco", "roro_asco")
NORTH, SOUTH = "kuryk", "turkmenbashi"
FERRIES = (*ASCO, "ropax_tm")


def sailing(year: Year, kinds: Sequence[str], port: str = "") -> list[tuple[str, tuple[str, str]]]:
    """Return (service, ends) of ships whose names begin with any of kinds, those that call at a port."""
    return [(s.name, s.ends) for s in year.facts.services if s.name.startswith(tuple(kinds)) and (not port or port in s.ends)]


def departed(year: Year, column: str, kinds: Sequence[str], port: str = "", of: str = "", months: list[str] | None = None) -> Floats:
    """Return the sum of a column of departures of ships on the routes of a port, from one end (`of`) or from both."""
    total = np.zeros(year.count)
    for service, ends in sailing(year, kinds, port):
        for end, place in enumerate(ends):
            if not of or place == of:
                total += year.sums("service_months", column, months, service=service, end=end)
    return total


def vessel_hours(year: Year, kinds: Sequence[str], months: list[str] | None = None) -> Floats:
    """Return the hours of vessels [h]; each end of a service states the whole fleet's."""
    names = [service for service, _ in sailing(year, kinds)]
    sides = [year.sums("service_months", "vessel_h", months, service=names, end=end) for end in (0, 1)]
    return np.maximum(*sides)


def round_trip_days(year: Year, kinds: Sequence[str], first: int = 1, last: int = 12) -> Sample:
    """Return vessel days a round trip [days]."""
    months = year.months(first, last)
    return Sample(ratio(vessel_hours(year, kinds, months) / 24, departed(year, "departures", kinds, months=months) / 2))


def calls(
    year: Year, kinds: Sequence[str], at: Sequence[str], first: int = 1, last: int = 12, per_day: bool = False, of: str = ""
) -> Sample:
    """Return ships that leave ports of the east shore, or leave `of` for them: in a span of months, or a day."""
    months = year.months(first, last)
    found = np.sum([departed(year, "departures", kinds, port, of or port, months) for port in at], axis=0)
    return Sample(found / (year.hours(months) / 24) if per_day else found)


def voyages_a_ship(year: Year, kinds: Sequence[str]) -> Sample:
    """Return one-way voyages a ship and year."""
    return Sample(ratio(departed(year, "departures", kinds), vessel_hours(year, kinds) / 8766))


def load_per_call(year: Year, column: str, kinds: Sequence[str], port: str, first: int = 1, last: int = 12) -> Sample:
    """Return what a call at a port of the east shore brings and takes [wagons, trucks or TEU a call]."""
    months = year.months(first, last)
    both = departed(year, column, kinds, port, months=months)
    return Sample(ratio(both, departed(year, "departures", kinds, port, port, months)))


def load_per_voyage(year: Year, column: str, kinds: Sequence[str]) -> Sample:
    """Return what a one-way voyage carries."""
    return Sample(ratio(departed(year, column, kinds), departed(year, "departures", kinds)))


def load_a_ship(year: Year, column: str, kinds: Sequence[str]) -> Sample:
    """Return what a ship carries a year, both ways."""
    return Sample(ratio(departed(year, column, kinds), vessel_hours(year, kinds) / 8766))


def sailings_a_week(year: Year, kinds: Sequence[str], of: str, first: int, last: int) -> Sample:
    """Return departures a week from a port."""
    months = year.months(first, last)
    return Sample(departed(year, "departures", kinds, of=of, months=months) / (year.hours(months) / 168))


def load_a_month(year: Year, column: str, kinds: Sequence[str], of: str, first: int, last: int) -> Sample:
    """Return what leaves a port a month."""
    months = year.months(first, last)
    return Sample(departed(year, column, kinds, of=of, months=months) / len(months))


def gap_days(year: Year, kinds: Sequence[str], port: str, of: str) -> Sample:
    """Return the mean time between two departures [days]."""
    return Sample(ratio(np.full(year.count, year.hours(year.window) / 24), departed(year, "departures", kinds, port, of)))


def pens(year: Year, place: str, ships: bool, unit: str, towards: str = "") -> list[str]:
    """Return the pens of a place where units wait for ships (or for land), towards a port if one is named."""
    ends = {s.name: s.ends for s in year.facts.services if s.mode == "sea"}
    return [
        pen.name
        for pen in year.facts.pens
        if pen.place == place and pen.unit == unit and (pen.services[0] in ends) == ships
        and (not towards or towards in ends.get(pen.services[0], ()))
    ]  # fmt: skip


def pen_wait_h(year: Year, names: list[str], months: list[str] | None = None) -> Floats:
    """Return the wait of a unit in pens [h]."""
    waited = np.sum([year.sums("pen_months", f"{cause}_unit_h", months, pen=names) for cause in CAUSES], axis=0)
    return ratio(waited, year.sums("pen_months", "boarded", months, pen=names))


def ship_wait_days(year: Year, place: str, unit: str, towards: str = "") -> Sample:
    """Return the wait for a ship [days]: what one traveller met, drawn from an exponential law of the model's mean."""
    mean = float(np.nanmean(pen_wait_h(year, pens(year, place, True, unit, towards)))) / 24
    return exponential(mean)


def exponential(mean: float) -> Sample:
    """Return an exponential law of a mean as draws."""
    levels = (np.arange(2000) + 0.5) / 2000
    return Sample(-mean * np.log1p(-levels), draws=True)


def berth_wait_h(year: Year, element: str) -> Sample:
    """Return the wait of a ship for a kind of berth [h], as one traveller may meet it."""
    waited = year.sums("element_months", "wait_h", element=element) + year.sums("element_months", "weather_h", element=element)
    return exponential(float(np.nanmean(ratio(waited, year.sums("element_months", "vehicles", element=element)))))


def berth_service_h(year: Year, element: str) -> Sample:
    """Return the hours that a ship lies at a berth [h]; unloading and loading are two stays of one call."""
    busy = year.sums("element_months", "busy_h", element=element)
    return Sample(2 * ratio(busy, year.sums("element_months", "vehicles", element=element)))


def ships_waiting(year: Year, kinds: Sequence[str], port: str) -> Sample:
    """Return ships that lie off or in a port without being handled, on one day (Poisson about the model's mean)."""
    names = ("cargo_wait_h", "berth_wait_h", "weather_wait_h", "ramp_wait_h", "room_wait_h")
    waited = np.sum([departed(year, name, kinds, port, port) for name in names], axis=0)
    mean = float(np.mean(waited)) / year.hours(year.window)
    return Sample(np.random.default_rng(1).poisson(mean, 20_000).astype(np.float64), draws=True)


def waiting_on_a_day(year: Year, place: str, unit: str) -> Sample:
    """Return the units that wait for ships in a place, at each midnight."""
    rows = year.table("pen_days")
    mine = rows[rows["pen"].isin(pens(year, place, True, unit))]
    days = int(year.hours(year.facts.months) // 24)
    stood = np.zeros((year.count, days))
    first = np.asarray(year.study.manifest["replications"])
    where = np.searchsorted(first, mine["replication"].to_numpy()), mine["day"].to_numpy(int)
    np.add.at(stood, where, mine["units"].to_numpy(float))
    return Sample(stood.ravel(), draws=True)


def closed_share(year: Year, port: str, first: int, last: int) -> Sample:
    """Return the share of months in which wind stopped departures from a port [1]: the spells that the run drew."""
    if year.loaded is None:
        raise NotThereError("the scenario of the run isn't at hand")
    plan = build_plan(year.loaded)
    which = [weather.name for weather in plan.weathers].index(f"{port}.port")
    edges = np.cumsum([0.0, *year.facts.month_hours])
    months = [year.facts.months.index(month) for month in year.months(first, last)]
    begin, end = edges[months[0]], edges[months[-1] + 1]
    shut = np.zeros(year.count)
    for k, replication in enumerate(year.study.manifest["replications"]):
        drawn = spells(plan.weathers, plan.seed, replication, plan.start, -plan.warm_up_h, plan.end_h + plan.drain_h)
        shut[k] = sum(max(min(to_h, end) - max(from_h, begin), 0.0) for from_h, to_h in drawn[which][0])
    return Sample(shut / (end - begin))
