"""Stations with a known wait: queues of one kind of server, in tandem, with priority, opening hours, breakdowns and season."""

from math import cos, pi, sin, tau

import numpy as np
import pytest
from truth.chains import constant_service
from truth.known import Case, Row, agree, element, exact, flow, lengths, trips, truth, waits

from corridor_sim.records import Run

FOREVER = "2104-01-01"  # the files' own end: seven years


@lengths(everyday=("2097-02-15", 20), long=(FOREVER, 20))
def test_q01_two_lanes_with_one_queue(end: str, replications: int) -> None:
    case = Case("q01_border", {"end": end})

    def measures(run: Run) -> tuple[float, ...]:
        wait_h, post = waits(trips(run)), element(run, "post.border")
        stay_h, queue = post["stay_h"] / post["vehicles"], post["wait_h"] / case.hours
        return wait_h.mean(), (wait_h > 0).mean(), np.quantile(wait_h, 0.95), queue, stay_h, post["busy_h"] / post["capacity_h"]

    wait_h, has_to_wait, wait_p95_h, queue, stay_h, busy = case.sample(measures, replications).T
    agree(wait_h, truth("Q01", "Wq"), wrong=[1.667, 0.38])  # a queue for each lane, constant checks
    agree(has_to_wait, truth("Q01", "p_wait"))
    agree(wait_p95_h, truth("Q01", "Wq_p95"))
    agree(queue, truth("Q01", "Lq"))
    agree(stay_h, truth("Q01", "W"))
    agree(busy, truth("Q01", "rho"))


@pytest.mark.parametrize(("lanes", "end"), [(1, "2097-02-01"), (2, "2097-01-21"), (3, "2097-01-16")])
def test_constant_checks_at_one_to_three_lanes(lanes: int, end: str) -> None:
    per_h = 2.5 * lanes
    case = Case("md_c", {"end": end, "places.post.border.lanes": lanes, "flows.trains.per_year": 8760 * per_h})
    wait_h = case.sample(lambda run: waits(trips(run)).mean(), 20)
    agree(wait_h, constant_service(per_h, 1 / 3, lanes), wrong=[2 * constant_service(per_h, 1 / 3, lanes)])


def test_constant_work_by_the_clock_waits_as_by_hand() -> None:
    case = Case("dd_1")
    run = case.run()
    of, crane = trips(run), element(run, "quay.terminal")
    assert np.unique(of["first_h"] - of["ready_h"]).tolist() == [3 + 1.5]
    assert np.unique(of["last_h"] - of["ready_h"]).tolist() == [3 + 4.5]
    assert np.unique(waits(of) - (of["last_h"] - of["mean_h"])).tolist() == [(0 + 1.5 + 3) / 3]
    exact(crane["busy_h"] / crane["capacity_h"], 0.75)
    exact(crane["wait_max_h"], 3.0)


@lengths(everyday=("2097-09-01", 20), long=(FOREVER, 35))
def test_q04_trains_by_the_clock_wait_less(end: str, replications: int) -> None:
    case = Case("q04_crane", {"end": end})
    wait_h, has_to_wait = case.sample(lambda run: (waits(trips(run)).mean(), (waits(trips(run)) > 0).mean()), replications).T
    kingman = [truth("Q04", "kingman_upper")] if replications > 20 else []  # a near bound: only the long run is sharp enough
    agree(wait_h, truth("Q04", "Wq"), wrong=[4.0, *kingman])  # trains at random
    agree(has_to_wait, truth("Q04", "sigma"), wrong=[0.8])


@lengths(everyday=("2098-07-01", 20), long=(FOREVER, 340))
def test_q07_tandem_of_border_terminal_and_berth(end: str, replications: int) -> None:
    case = Case("q07_tandem", {"end": end})

    def days(run: Run) -> tuple[float, ...]:
        of, border, terminal = trips(run), element(run, "border.border"), element(run, "quay.terminal")
        whole = (of["last_h"] - of["ready_h"]).mean() / 24
        first, second = (place["stay_h"] / place["vehicles"] / 24 for place in (border, terminal))
        return whole, first, second, whole - first - second, flow(run, "wagons")["present_unit_h"] / case.hours

    whole, *stages, present = case.sample(days, replications).T
    agree(whole, truth("Q07", "W_total"), wrong=[1 / 5 + 1 / 3 + 1 / 6])  # no queues
    agree(present, truth("Q07", "L_total"))
    for stage, true in zip(stages, truth("Q07", "W_stage"), strict=True):
        agree(stage, true)


@lengths(everyday=("2097-01-04", 400), long=("2097-01-04", 25_000))
def test_q09_the_first_trains_find_an_empty_post(end: str, replications: int) -> None:
    case = Case("q09_opening_day", {"end": end})

    def measures(run: Run) -> tuple[float, float]:
        wait_h = waits(trips(run))[:25]
        return wait_h.mean(), wait_h[-1]

    mean_h, last_h = case.sample(measures, replications).T
    agree(mean_h, truth("Q09", "d25"), wrong=[truth("Q09", "steady_state")])
    agree(last_h, truth("Q09", "d_of_25th"), wrong=[truth("Q09", "steady_state")])


@lengths(everyday=("2099-01-01", 20), long=(FOREVER, 225))
def test_q11_express_goes_before_bulk_without_interrupting(end: str, replications: int) -> None:
    case = Case("q11_priority", {"end": end})
    mean_h = case.sample(lambda run: [waits(trips(run, name)).mean() for name in ("express", "bulk")], replications)
    express_h, bulk_h = mean_h.T
    fcfs_h = truth("Q11", "W_fcfs")
    agree(express_h, truth("Q11", "W_express"), wrong=[fcfs_h, 0.2 / 2 / 0.8])  # first come first served, interrupting
    agree(bulk_h, truth("Q11", "W_bulk"), wrong=[fcfs_h])
    agree((0.2 * express_h + 0.6 * bulk_h) / 0.8, fcfs_h)  # Kleinrock: the work that waits doesn't depend on the order


@lengths(everyday=("2097-04-15", 20), long=("2100-01-01", 20))
def test_q13_customs_open_by_day(end: str, replications: int) -> None:
    case = Case("q13_customs", {"end": end})

    def measures(run: Run) -> tuple[float, float]:
        of = trips(run)
        return element(run, "post.border")["stay_h"] / case.hours, (of["last_h"] - of["ready_h"]).mean()

    present, stay_h = case.sample(measures, replications).T
    agree(present, truth("Q13", "random_Lmean"), wrong=[3.0])  # a server of the mean rate all day
    agree(stay_h, truth("Q13", "random_Wmean"), wrong=[3.0])


def test_q13_a_steady_stream_comes_to_the_fluid_answer() -> None:
    coarse, fine = present_in_lots(6), present_in_lots(12)
    exact(2 * fine - coarse, truth("Q13", "fluid_Lmean"))  # what is left of the lots falls as their size


def present_in_lots(per_h: int) -> float:
    """Return the mean load at customs [1] if an hour's load comes in so many lots."""
    over = {
        "flows.trains.per_year": 8760 * per_h,
        "flows.trains.offset_h": 0.5 / per_h,
        "places.post.border.inspection_h": 0.25 / per_h,
    }
    case = Case("q13_fluid", over)
    return element(case.run(), "post.border")["stay_h"] / case.hours / per_h


@lengths(everyday=("2097-09-01", 20), long=(FOREVER, 49))
def test_q14_work_resumes_after_a_breakdown(end: str, replications: int) -> None:
    case = Case("q14_breakdowns", {"end": end})

    def measures(run: Run) -> tuple[float, ...]:
        of = trips(run)
        present, open_h = flow(run, "wagons")["present_unit_h"], element(run, "quay.port.rail_ferry")["open_h"]
        return (of["last_h"] - of["ready_h"]).mean(), present / case.hours, open_h / case.hours

    stay_h, present, available = case.sample(measures, replications).T
    agree(stay_h, truth("Q14", "W"), wrong=[3.0])
    agree(present, truth("Q14", "L"), wrong=[1.5])  # a server of the mean speed
    agree(available, truth("Q14", "availability"), wrong=[1.0])


@lengths(everyday=("2097-12-31", 20), long=("2099-03-03", 20))
def test_q15_the_wave_of_demand_arrives_late_and_damped(end: str, replications: int) -> None:
    case = Case("q15_season", {"end": end})
    mean, wave_sin, wave_cos, at_the_peak, a_week = case.sample(lambda run: list(wave(run, case.hours).values()), replications).T
    crest = tau / 7 * (1.75 + truth("Q15", "peak_lag_days"))
    amplitude = truth("Q15", "amplitude")
    agree(mean, truth("Q15", "mean"))
    redrawn = [0.47] if case.hours > 2 * 8760 else []  # gaps redrawn at the rate of their begin: only the long run is sharp enough
    agree(wave_sin, amplitude * sin(crest), wrong=[5 * 6, amplitude * sin(pi / 2), *redrawn])  # undamped, not late
    agree(wave_cos, amplitude * cos(crest), wrong=[0.0])
    agree(at_the_peak, truth("Q15", "m_at_1_75"))
    agree(a_week, truth("Q15", "arrivals_in_week"))


def wave(run: Run, end_h: float) -> Row:
    """Return the mean number under way, its two waves of a week, the mean 1.75 days into a week, and arrivals a week."""
    of, begin, w = trips(run), 12 * 168.0, tau / 168
    weeks = int((end_h - begin) // 168)
    hours = 168.0 * weeks
    ready, left = (np.clip(of[column], begin, begin + hours) for column in ("ready_h", "last_h"))
    looks = begin + 42 + 168 * np.arange(weeks)
    under_way = np.searchsorted(np.sort(of["ready_h"]), looks) - np.searchsorted(np.sort(of["last_h"]), looks)
    return {
        "mean": (left - ready).sum() / hours,
        "sin": 2 / hours * (np.cos(w * ready) - np.cos(w * left)).sum() / w,
        "cos": 2 / hours * (np.sin(w * left) - np.sin(w * ready)).sum() / w,
        "at_1_75": under_way.mean(),
        "a_week": (np.diff(np.searchsorted(np.sort(of["ready_h"]), [begin, begin + hours])) / weeks)[0],
    }
