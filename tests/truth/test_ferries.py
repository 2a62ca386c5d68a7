"""Batches and closed fleets with a known answer: filling a ferry, pools, loops of vessels, locomotives and wagons."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from truth.chains import bulk_service, mean_value
from truth.known import Case, agree, element, exact, lengths, sailings, service, trips, truth, waits

from corridor_sim.records import Run

FOREVER = "2104-01-01"  # the files' own end: seven years


@lengths(everyday=("2097-09-15", 20), long=("2100-01-01", 20))
def test_b01_wagons_wait_for_a_full_load(end: str, replications: int) -> None:
    case = Case("b01_full_ferry", {"end": end})

    def measures(run: Run) -> tuple[float, ...]:
        gaps_h, of = np.diff(sailings(run)["depart_h"]), trips(run)
        return waits(of).mean(), gaps_h.mean(), gaps_h.std(ddof=1), longest_of_each_load(of).mean()

    wait_h, gap_h, spread_h, first_h = case.sample(measures, replications, full_records=True).T
    agree(wait_h, truth("B01", "mean_wait"), wrong=[13.0])  # K / 2 lambda, or half the mean headway
    agree(gap_h, truth("B01", "headway_mean"))
    agree(spread_h, truth("B01", "headway_sd"), wrong=[0.0, 26.0])
    agree(first_h, truth("B01", "wait_first"), wrong=[26.0])


def longest_of_each_load(of: dict[str, Any]) -> Any:
    """Return the wait of the first wagon of each load that is whole inside the window [h]."""
    load = np.unique(of["last_h"], return_inverse=True)[1]
    longest = np.zeros(load.max() + 1)
    np.maximum.at(longest, load, waits(of))
    return longest[1:-1]


@lengths(everyday=("2097-03-02", 20), long=("2098-05-25", 20))
def test_b03_a_pool_of_four_vessels(end: str, replications: int) -> None:
    pool(Case("b03_pool", {"end": end}), replications, "4vessels", (6, 24, 4, 20, 52))


@lengths(everyday=("2097-04-01", 20), long=(FOREVER, 20))
def test_b03_one_small_vessel(end: str, replications: int) -> None:
    pool(Case("b03_one_vessel", {"end": end}), replications, "small", (2, 1 / 0.6, 1, 1, 5))


def pool(case: Case, replications: int, which: str, numbers: tuple[float, float, int, int, int]) -> None:
    """Compare wait and busy vessels of a pool with its known answer, against one that leaves with any load and one that fills."""
    rate, round_h, vessels, least, most = numbers
    wait_h, busy = case.sample(
        lambda run: (waits(trips(run)).mean(), service(run, "ferry", 0)["sea_h"] / case.hours), replications
    ).T
    at_once, full = (bulk_service(rate, round_h, vessels, a, most) for a in (1, most))
    assert bulk_service(*numbers)[0] == pytest.approx(truth("B03", f"Wq_{which}"), rel=1e-4)
    agree(wait_h, truth("B03", f"Wq_{which}"))
    agree(busy, truth("B03", f"busy_{which}"), wrong=[other for a, (_, other) in ((1, at_once), (most, full)) if a != least])


@lengths(everyday=("2097-06-01", 20), long=("2100-01-01", 20))
def test_b05_full_or_at_the_latest_a_day_after_the_last(end: str, replications: int) -> None:
    case = Case("b05_full_or_late", {"end": end})

    def measures(run: Run) -> tuple[float, ...]:
        left = sailings(run)
        full = left["rule"] == 0  # at_least
        return np.diff(left["depart_h"]).mean(), left["units"].mean(), waits(trips(run)).mean(), full.mean()

    gap_h, load, wait_h, full = case.sample(measures, replications, full_records=True).T
    agree(gap_h, truth("B05", "gap"), wrong=[24.0, 24.0 + 0.5])  # never full, timer from the first wagon
    agree(load, truth("B05", "load"), wrong=[48.0])
    agree(wait_h, truth("B05", "W"), wrong=[12.0])
    agree(full, truth("B05", "p_full"), wrong=[0.0])


# Ferry loops


def loop(run: Run, hours: float) -> tuple[float, ...]:
    """Return sailings a day, waits for the berths [h], round trip [h] and use of the first berth of a loop."""
    out, back = service(run, "ferry", 0), service(run, "ferry", 1)
    berth = element(run, "kuryk.port.rail_ferry")
    unload_h = back["berth_wait_h"] / out["departures"]
    return (
        out["departures"] / hours * 24,
        out["berth_wait_h"] / out["departures"],
        unload_h,
        out["cycle_h"] / out["cycles"],
        berth["busy_h"] / hours,
    )


def fleet(vessels: int, end: str, **over: Any) -> Case:
    """Return the ferry loop with so many vessels."""
    return Case("c01_ferry_loop", {"end": end, "services.ferry.vessels": vessels, **over})


@pytest.mark.parametrize("vessels", [1, 2, 6, 8])
@lengths(everyday=("2097-07-01", 20), long=(FOREVER, 20))
def test_c01_sailings_of_a_fleet(end: str, replications: int, vessels: int) -> None:
    case = fleet(vessels, end)
    a_day = case.sample(lambda run: loop(run, case.hours)[0], replications)
    assert 24 * mean_value([12, 10], 40, vessels) == pytest.approx(truth("C01", f"X_per_day_N{vessels}"))
    no_queues, one_at_a_time = vessels * 24 / 62, 24 / 62
    agree(a_day, truth("C01", f"X_per_day_N{vessels}"), wrong=[no_queues, one_at_a_time] if vessels > 1 else [2.0])


@pytest.mark.parametrize(
    "law", [20, {"exponential": {"mean": 20}}, {"gamma": {"mean": 20, "cv": 0.5}}], ids=["constant", "exponential", "gamma"]
)
@lengths(everyday=("2097-10-01", 20), long=(FOREVER, 20))
def test_c01_four_vessels_whatever_the_law_of_the_sailing(end: str, replications: int, law: Any) -> None:
    case = fleet(4, end, **{"services.ferry.run_h": law})
    a_day, load_h, unload_h, round_h, busy = case.sample(lambda run: loop(run, case.hours), replications).T
    agree(a_day, truth("C01", "X_per_day_N4"), wrong=[4 * 24 / 62, 24 / 62])
    agree(load_h, truth("C01", "wait_load_N4"), wrong=[0.0])
    agree(unload_h, truth("C01", "wait_unload_N4"), wrong=[0.0])
    agree(round_h, truth("C01", "cycle_h_N4"), wrong=[62.0])
    agree(busy, truth("C01", "U_load_N4"), wrong=[4 * 12 / 62])


@pytest.mark.parametrize("vessels", [4, 8])
@lengths(everyday=("2097-07-01", 20), long=(FOREVER, 20))
def test_k06_one_more_vessel_or_a_faster_berth(end: str, replications: int, vessels: int) -> None:
    faster = {
        "services.ferry.handling_h": {
            "kuryk": {"load": {"exponential": {"mean": 10}}},
            "alat": {"unload": {"exponential": {"mean": 10}}},
        }
    }
    cases = [fleet(vessels, end), fleet(vessels + 1, end), fleet(vessels, end, **faster)]
    base, more, quicker = (case.sample(lambda run, h=case.hours: loop(run, h)[0], replications) for case in cases)
    vessel, berth = truth("K06", f"N{vessels}_gain_vessel"), truth("K06", f"N{vessels}_gain_berth20")
    agree(more / base - 1, vessel, wrong=[berth])
    agree(quicker / base - 1, berth, wrong=[vessel])


@pytest.mark.parametrize("vessels", [3, 7])
def test_c06_a_shuttle_with_fixed_times(vessels: int) -> None:
    case = Case("c06_shuttle", {"services.ferry.vessels": vessels})
    exact(loop(case.run(), case.hours)[0], truth("C06", f"X_per_day_N{vessels}"))


# Locomotives and wagons


def circulating(case: Case, stations: Sequence[str], replications: int) -> Any:
    """Return, a row a replication, the rounds an hour and the mean number at each station."""

    def measures(run: Run) -> list[float]:
        return [
            service(run, "locomotive", 0)["departures"] / case.hours,
            *(element(run, name)["stay_h"] / case.hours for name in stations),
        ]

    return case.sample(measures, replications).T


@lengths(everyday=("2097-02-15", 20), long=("2097-07-20", 20))
def test_c03_three_locomotives_and_a_depot_of_two_bays(end: str, replications: int) -> None:
    rounds, bays, *shops = circulating(
        Case("c03_depot", {"end": end}), ["line.terminal", "depot.terminal", "shop.border.entry"], replications
    )
    agree(rounds, truth("C03", "a_X"), wrong=[mean_value([0.25, 0.3, 0.4], 1, 3)])  # two bays as one of double speed
    for found, true in zip([bays, *shops, 3 - bays - sum(shops)], truth("C03", "a_Q"), strict=True):
        agree(found, true)


@lengths(everyday=("2097-01-07", 20), long=("2097-02-01", 20))
def test_c03_six_locomotives_and_four_single_shops(end: str, replications: int) -> None:
    stations = ["line.terminal", "depot.terminal", "shop.border.entry", "shop.border.exit"]
    assert mean_value([0.02, 0.08, 0.08, 0.06], 0, 6) == pytest.approx(truth("C03", "b_X"))
    rounds, *present = circulating(Case("c03_single", {"end": end}), stations, replications)
    agree(rounds, truth("C03", "b_X"), wrong=[6 / 0.24])
    for found, true in zip(present, truth("C03", "b_Q"), strict=True):
        agree(found, true)


@pytest.mark.parametrize("pits", [1, 2])
@lengths(everyday=("2104-01-01", 20), long=("2104-01-01", 100))
def test_c04_locomotives_wait_for_a_pit(end: str, replications: int, pits: int) -> None:
    case = Case("c04_repair", {"end": end, "places.works.terminal.tracks": pits})

    def measures(run: Run) -> tuple[float, float]:
        works = element(run, "works.terminal")
        return works["stay_h"] / case.hours, works["wait_h"] / works["vehicles"] / 24

    down, wait_days = case.sample(measures, replications).T
    agree(down, truth("C04", f"down_{pits}pit"), wrong=[10 * 2 / 22])  # no waiting
    agree(wait_days, truth("C04", f"wait_{pits}pit"), wrong=[0.0])
