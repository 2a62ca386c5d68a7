"""An independent check: small networks in Ciw (Palmer et al. 2019, doi 10.1080/17477778.2018.1473909) and here agree within joint error.

Both are followed from empty through a warm-up, over the same hours, and until those who came in these hours have left.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import ciw
import numpy as np
import pytest
from scipy.stats import t as student
from truth.known import element, trips, visits, waits

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading import load_mapping
from corridor_sim.records import Run

CONFIDENCE = 0.9995
WARM_UP_DAYS, DRAIN_DAYS = 4, 4


@dataclass(frozen=True)
class Station:
    """A place of work: servers, law of service as we write it, and how many may wait before it (None: any number)."""

    servers: int
    law: Any
    places: int | None = None
    before: int = 1  # servers of the station before it: what is served there has claimed its room here


@dataclass(frozen=True)
class Network:
    """Stations, the ways over them with their shares or classes, arrivals an hour of each class."""

    stations: tuple[Station, ...]
    ways: tuple[tuple[float, tuple[int, ...]], ...]  # (share, stations)
    rates: tuple[float, ...]
    laws: dict[int, tuple[Any, ...]] = field(default_factory=dict)  # by class, where they differ


# Ours


def scenario(net: Network, days: int) -> dict[str, Any]:
    """Return a network as a scenario: a border a station, a yard before one with finite room, a service a way."""
    names = [f"s{k}" for k in range(len(net.stations))]
    classes = [f"class{k}" for k in range(len(net.rates))]
    places: dict[str, Any] = {"gate": {}} | {name: _place(net, k) for k, name in enumerate(names)} | {"out": {}}
    routes = [["gate", *(names[k] for k in way), "out"] for _, way in net.ways]
    pairs = dict.fromkeys(pair for route in routes for pair in pairwise(route))
    services: dict[str, Any] = {}
    flows: dict[str, Any] = {}
    for c, rate in zip(classes, net.rates, strict=True):
        rides = []
        for k, (share, _) in enumerate(net.ways):
            services[f"{c}_way{k}"] = {"route": routes[k], "carries": {"wagons": 1.0}, "class": c}
            rides.append({"share": share, "services": [f"{c}_way{k}"]})
        flows[c] = {"from": "gate", "to": "out", "commodity": "train", "consignment": 1, "per_year": rate * 8760, "routes": rides}
    return {
        "name": "net", "start": "2097-01-01", "end": str(np.datetime64("2097-01-01") + days), "seed": 5, "warm_up_days": WARM_UP_DAYS,
        "drain_days": DRAIN_DAYS, "commodities": {"train": {"unit": "wagon", "t_per_unit": 1000.0}}, "places": places,
        "classes": {c: {"priority": k} for k, c in enumerate(classes)}, "services": services, "flows": flows,
        "legs": {f"{a}_{b}": {"mode": "rail", "between": [a, b], "length_km": 0.0, "run_h": 0.0} for a, b in pairs},
    }  # fmt: skip


def _place(net: Network, k: int) -> dict[str, Any]:
    station = net.stations[k]
    law = station.law
    if k in net.laws:
        law = {"by_class": {f"class{c}": one for c, one in enumerate(net.laws[k])} | {"other": law}}
    border = {"border": {"lanes": station.servers, "inspection_h": law, "other": {}}}
    return border if station.places is None else {"yard": {"room_wagons": station.places + station.before}, **border}


def ours(net: Network, days: int, replications: int, measure: Callable[[Run, int], list[float]]) -> Any:
    plan = build_plan(load_mapping(scenario(net, days)))
    return np.array([measure(simulate(plan, r, full_records=True), days) for r in range(replications)])


# Ciw


def _ciw_law(law: Any) -> Any:
    if isinstance(law, float):
        return ciw.dists.Deterministic(law)
    (kind, numbers), *_ = law.items()
    if kind == "exponential":
        return ciw.dists.Exponential(1 / numbers["mean"])
    shape = numbers["cv"] ** -2
    return ciw.dists.Gamma(shape, numbers["mean"] / shape)


def ciw_network(net: Network) -> Any:
    """Return the same in Ciw; node 1 is a gate without service, and where ways part each station draws the next."""
    n = len(net.stations)
    classes = [f"class{k}" for k in range(len(net.rates))]
    routing = np.zeros((n + 1, n + 1))
    for share, way in net.ways:
        for a, b in zip((-1, *way), way, strict=False):
            routing[a + 1, b + 1] += share
    routing /= np.maximum(routing.sum(axis=1, keepdims=True), 1e-12)  # ways that met go on alike
    arrivals = {c: [ciw.dists.Exponential(rate), *[None] * n] for c, rate in zip(classes, net.rates, strict=True)}
    laws = {
        c: [ciw.dists.Deterministic(0.0), *(_ciw_law(net.laws[j][k] if j in net.laws else s.law) for j, s in enumerate(net.stations))]
        for k, c in enumerate(classes)
    }
    return ciw.create_network(
        arrival_distributions=arrivals,
        service_distributions=laws,
        number_of_servers=[math.inf, *(s.servers for s in net.stations)],
        queue_capacities=[math.inf, *(math.inf if s.places is None else s.places for s in net.stations)],
        routing=dict.fromkeys(classes, routing.tolist()),
        priority_classes={c: k for k, c in enumerate(classes)},
    )


def theirs(net: Network, days: int, replications: int, measure: Callable[[list[Any], int], list[float]]) -> Any:
    network, found = ciw_network(net), []
    for replication in range(replications):
        ciw.seed(1000 + replication)
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_time(24.0 * (WARM_UP_DAYS + days + DRAIN_DAYS))
        found.append(measure(simulation.get_all_records(), days))
    return np.array(found)


def by_customer(records: list[Any], days: int) -> dict[int, list[Any]]:
    """Return the records of each customer that came inside the window."""
    begin, end = 24.0 * WARM_UP_DAYS, 24.0 * (WARM_UP_DAYS + days)
    found: dict[int, list[Any]] = {}
    for record in sorted(records, key=lambda record: record.arrival_date):
        found.setdefault(record.id_number, []).append(record)
    return {number: rows for number, rows in found.items() if begin <= rows[0].arrival_date < end}


# Judgement


def agree_jointly(one: Any, other: Any) -> None:
    """Fail if the means of two samples differ by more than their joint error allows, in any column."""
    n, m = len(one), len(other)
    error = np.sqrt(one.var(axis=0, ddof=1) / n + other.var(axis=0, ddof=1) / m)
    apart = np.abs(one.mean(axis=0) - other.mean(axis=0))
    reach = student.ppf(CONFIDENCE, min(n, m) - 1) * error
    assert (apart <= reach + 1e-12).all(), f"{one.mean(axis=0)} here, {other.mean(axis=0)} in Ciw, joint reach {reach}"
    assert (reach < 0.6 * np.abs(one.mean(axis=0)) + 1e-12).all(), f"too few to tell anything: {one.mean(axis=0)} +- {reach}"


def whole(run: Run, days: int) -> list[float]:
    """Return the mean time in the network [h], the mean wait or blocked time in all [h], and departures an hour."""
    of = trips(run)
    return [(of["last_h"] - of["ready_h"]).mean(), waits(of).mean(), len(of["ready_h"]) / (24 * days)]


def whole_ciw(records: list[Any], days: int) -> list[float]:
    customers = by_customer(records, days)
    stays = [rows[-1].exit_date - rows[0].arrival_date for rows in customers.values()]
    waited = [sum(r.waiting_time + r.time_blocked for r in rows) for rows in customers.values()]
    return [float(np.mean(stays)), float(np.mean(waited)), len(customers) / (24 * days)]


def by_class(run: Run, days: int) -> list[float]:
    return [waits(trips(run, name)).mean() for name in run.names.flows]


def by_class_ciw(records: list[Any], days: int) -> list[float]:
    customers = by_customer(records, days)
    classes = sorted({rows[0].customer_class for rows in customers.values()})
    return [float(np.mean([sum(r.waiting_time for r in rows) for rows in customers.values() if rows[0].customer_class == c])) for c in classes]


def at_stations(run: Run, days: int) -> list[float]:
    """Return the mean wait of a visit [h] and the use of the servers at each station."""
    found = []
    for name in (name for name, kind in zip(run.names.elements, run.names.element_kinds, strict=True) if kind == "border"):
        of = visits(run, name)
        inside = (of["arrive_h"] >= 0) & (of["arrive_h"] < 24 * days)
        found += [(of["start_h"] - of["arrive_h"])[inside].mean(), element(run, name)["busy_h"] / (24 * days)]
    return found


def at_stations_ciw(records: list[Any], days: int) -> list[float]:
    begin, end = 24.0 * WARM_UP_DAYS, 24.0 * (WARM_UP_DAYS + days)
    found = []
    for node in sorted({record.node for record in records} - {1}):
        here = [r for r in records if r.node == node]
        waited = [r.waiting_time for r in here if begin <= r.arrival_date < end]
        busy = sum(max(0.0, min(r.service_end_date, end) - max(r.service_start_date, begin)) for r in here)
        found += [float(np.mean(waited)), busy / (end - begin)]
    return found


def exponential(mean: float) -> dict[str, Any]:
    return {"exponential": {"mean": mean}}


def erlang(stages: int, mean: float) -> dict[str, Any]:
    return {"gamma": {"mean": mean, "cv": stages**-0.5}}


ALL = ((1.0, (0, 1)),)
BORDER = Network((Station(3, exponential(1.0)),), ((1.0, (0,)),), (2.2,))
TANDEM = Network((Station(1, exponential(0.7)), Station(1, exponential(0.7), places=1)), ALL, (0.75,))
WIDE_TANDEM = Network(
    (Station(2, exponential(1.2)), Station(2, erlang(3, 1.1), places=1, before=2), Station(1, 0.5, places=2, before=2)),
    ((1.0, (0, 1, 2)),), (0.9,),
)  # fmt: skip
PRIORITY = Network((Station(2, exponential(1.0)),), ((1.0, (0,)),), (0.4, 0.5, 0.5), {0: (exponential(0.8), erlang(4, 1.0), exponential(1.2))})
ERLANG = Network((Station(2, erlang(3, 1.0)), Station(1, 0.45)), ALL, (1.5,))
BRANCHES = Network(
    (Station(2, exponential(0.6)), Station(1, exponential(0.9)), Station(3, erlang(2, 3.0)), Station(1, 0.3)),
    ((0.4, (0, 1, 3)), (0.35, (0, 2, 3)), (0.25, (0, 3))), (1.9,),
)  # fmt: skip

lengths = pytest.mark.parametrize(
    ("days", "replications"), [pytest.param(20, 20, id="everyday"), pytest.param(150, 30, id="long", marks=pytest.mark.slow)]
)


@lengths
@pytest.mark.parametrize("net", [BORDER, TANDEM, WIDE_TANDEM, ERLANG], ids=["border", "tandem", "wide_tandem", "erlang"])
def test_time_in_the_network_agrees(net: Network, days: int, replications: int) -> None:
    agree_jointly(ours(net, days, replications, whole), theirs(net, days, replications, whole_ciw))


@lengths
def test_waits_by_class_agree(days: int, replications: int) -> None:
    agree_jointly(ours(PRIORITY, days, replications, by_class), theirs(PRIORITY, days, replications, by_class_ciw))


@lengths
def test_stations_behind_a_branch_agree(days: int, replications: int) -> None:
    agree_jointly(ours(BRANCHES, days, replications, at_stations), theirs(BRANCHES, days, replications, at_stations_ciw))


def test_a_wrong_rule_would_be_seen() -> None:
    tight, roomy = (Network((TANDEM.stations[0], Station(1, exponential(0.7), places=n)), ALL, TANDEM.rates) for n in (0, 8))
    with pytest.raises(AssertionError, match="in Ciw"):
        agree_jointly(ours(tight, 20, 20, whole), theirs(roomy, 20, 20, whole_ciw))
