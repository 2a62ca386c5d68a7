"""Single track with a known answer: periods, policies, offsets, meets, capacity used, divisions in a row.

R01, a line that R02 calls "the same", is not among the known answers; R02 asks for its slowest section's hold alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from truth.known import HERE, Case, agree, element, exact, flow, lengths, sailings, trips, truth, visits, waits

from corridor_sim.loading import load_scenario
from corridor_sim.records import Run
from corridor_sim.single_track import capacity_used, holds_min, occupation_min, pairs_from_sections

BOTH = ("westbound", "eastbound")


def arrivals(run: Run, leg: str) -> list[Any]:
    """Return when trains came through a leg, out and back, sorted [h]."""
    numbers = [k for k, name in enumerate(run.names.elements) if name == leg]
    table = run.tables["visits"]
    return [np.sort(table["leave_h"][(table["element"] == number) & (table["leave_h"] >= 0)]) for number in numbers]


def test_r02_alternating_trains_pass_at_the_period_of_the_slowest_section() -> None:
    case = Case("r02_saturated")
    gaps = [np.diff(times) for times in arrivals(case.run(full_records=True), "line")]
    for of in gaps:
        exact(60 * of.min(), truth("R02", "period_min"))
        exact(60 * of.max(), truth("R02", "period_min"))
        exact(24 / of.mean(), truth("R02", "pairs_per_day"))


def test_r02_the_formula_says_the_same() -> None:
    leg = load_scenario(HERE / "r02_saturated.yaml").scenario.legs["line"]
    exact(pairs_from_sections(leg), truth("R02", "pairs_per_day"))
    exact(max(sum(both) for both in holds_min(leg)), truth("R02", "period_min"))


@lengths(everyday=("2097-03-01", 20), long=("2099-06-20", 20))
def test_r03_random_directions_first_come_first_served(end: str, replications: int) -> None:
    case = Case("r03_section", {"end": end})

    def measures(run: Run) -> tuple[float, float]:
        section = element(run, "section")
        return 60 * float(np.mean(waits(trips(run)))), section["busy_h"] / section["capacity_h"]

    wait, used = case.sample(measures, replications).T
    agree(wait, truth("R03", "W_min"), wrong=[15.0])  # no headway; a hold of 30 min for every train has no answer
    agree(used, truth("R03", "rho"), wrong=[1.0, 0.4])


SATURATED = {**{f"flows.{name}.supply": "unlimited" for name in BOTH}, "end": "2097-01-11"}


@pytest.mark.parametrize(
    ("dispatch", "case"),
    [("alternate", "alternate"), *(({"platoon": k}, f"fleets_of_{k}") for k in (2, 3, 5))],
    ids=["alternate", "2", "3", "5"],
)
def test_r04_trains_by_turns(dispatch: Any, case: str) -> None:
    run = Case("r03_section", SATURATED | {"legs.section.dispatch": dispatch}).run(full_records=True)
    row = 1 if dispatch == "alternate" else dispatch["platoon"]
    both = arrivals(run, "section")
    for times in both:  # each direction: as many a period
        period = times[2 * row :] - times[: -2 * row]
        exact(2 * row / period.min(), truth("R04", case) / 2)
        exact(2 * row / period.max(), truth("R04", case) / 2)
    assert abs(len(both[0]) - len(both[1])) <= row


@lengths(everyday=("2097-01-15", 20), long=("2097-04-01", 20))
def test_r04_trains_at_random(end: str, replications: int) -> None:
    over = {f"flows.{name}.per_year": 3 * 8760 for name in BOTH}
    case = Case("r03_section", over | {"end": end, "drain_days": 0})
    rates = case.sample(lambda run: [flow(run, name)["delivered"] / case.hours for name in BOTH], replications)
    agree(rates.sum(axis=1), truth("R04", "random_fcfs"), wrong=[2.0, 5.0])  # alternate; one direction starves
    for of in rates.T:
        agree(of, truth("R04", "random_fcfs") / 2)


def delay_per_pair(offset_min: float) -> float:
    """Return the waits of a westbound train and of the eastbound one an offset later [min]."""
    every = {f"flows.{name}.{key}": value for name in BOTH for key, value in (("supply", "scheduled"), ("per_year", 365 * 16))}
    over = every | {"flows.eastbound.offset_h": offset_min / 60, "end": "2097-01-04", "legs.section.headway_min": None}
    run = Case("r03_section", over).run()
    return 60 * sum(float(np.mean(waits(trips(run, name)))) for name in BOTH)


@pytest.mark.parametrize("offset", [10, 45, 75])
def test_r05_clockface_trains_wait_by_their_offset(offset: int) -> None:
    assert delay_per_pair(offset) == pytest.approx(truth("R05", f"phi{offset}"), rel=1e-6, abs=1e-9)


def test_r05_mean_over_all_offsets() -> None:
    exact(float(np.mean([delay_per_pair(offset) for offset in range(90)])), truth("R05", "mean_per_pair_min"))


def test_r06_meets_on_single_track() -> None:
    case = Case("r06_line")
    run = case.run(full_records=True)
    inside = run.tables["holds"]["from_h"] >= 0
    assert not inside.any()  # they come to the loops together
    west, east = (sailings(run, end)["depart_h"] for end in (0, 1))
    west = west[(west > 10) & (west < case.hours - 10)]
    met = np.searchsorted(east, west + 10) - np.searchsorted(east, west - 10)
    assert set(met) == {truth("R06", "mean_meets")}
    assert set(np.round(visits(run, "line")["leave_h"] - visits(run, "line")["arrive_h"], 6)) == {10.0}


def test_r08_capacity_used_by_compression() -> None:
    order, holds, headway = (0, 1, 1, 1), (30.0, 30.0), 12.0  # the way of each train; 30, 12, 12 and the last one's 30 min
    exact(occupation_min(order, holds, headway), truth("R08", "occupation_min"))
    exact(capacity_used(order, holds, 120.0, headway), truth("R08", "share"))


def test_r09_a_division_alone() -> None:
    alone = {
        "services.train.route": ["east", "first_yard"],
        "flows.westbound.to": "first_yard",
        "flows.eastbound.from": "first_yard",
    }
    case = Case("r09_divisions", alone | {"legs.first.speed_kmh": 16.09344})
    for times in arrivals(case.run(full_records=True), "first"):
        exact(24 / np.diff(times).mean(), truth("R09", "trains_per_day_each_way"))


def test_r09_divisions_in_a_row_deliver_what_the_slowest_passes() -> None:
    legs = load_scenario(HERE / "r09_divisions.yaml").scenario.legs
    for leg, tonnage in zip(legs.values(), truth("R09", "tonnage"), strict=True):
        exact(383 * pairs_from_sections(leg), tonnage)
    case = Case("r09_divisions")
    run = case.run(full_records=True)
    for times in (arrivals(run, "third")[0], arrivals(run, "first")[1]):
        exact(383 * 24 / np.diff(times).mean(), truth("R09", "end_delivery"))
    used = [element(run, leg)["busy_h"] / element(run, leg)["capacity_h"] for leg in legs]
    assert int(np.argmax(used)) + 1 == truth("R09", "restricting_division")
    exact(used[1], 1.0)
