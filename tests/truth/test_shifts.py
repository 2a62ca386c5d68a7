"""A border whose lanes differ by shift: periodic Kolmogorov equations at random, the fluid trapezium by the clock."""

from functools import cache

import numpy as np
import pytest
from scipy.linalg import expm
from truth.known import Case, agree, element, exact, lengths, trips, truth

from corridor_sim.records import Run

RATE, CHECKS, DAY, NIGHT, MOST = 0.8, 0.5, 3, 1, 120  # per hour; lanes; longest queue, which has no weight
STEPS = 48


@cache
def present(at_close: str) -> float:
    """Return the mean number of trains at the border [1], over a day that repeats itself.

    A state is the number present, and at night with `finish` how many of the day's are still in hand (0: no more than lanes).
    """
    day, night = (step_of(lanes, extra) for lanes, extra in ((DAY, False), (NIGHT, at_close == "finish")))
    whole, shares = np.eye(3 * (MOST + 1)), np.zeros(3 * (MOST + 1))
    for step, turn in ((day, evening(at_close)), (night, morning())):
        whole = turn @ np.linalg.matrix_power(step, STEPS) @ whole
    shares[0] = 1.0
    for _ in range(200):  # days until the start is forgotten
        shares = whole @ shares
    means = []
    for step, turn in ((day, evening(at_close)), (night, morning())):
        for _ in range(STEPS):
            means.append(shares @ NUMBERS)
            shares = step @ shares
        means.append(shares @ NUMBERS)
        shares = turn @ shares
    weights = np.array([1, *(4, 2) * (STEPS // 2 - 1), 4, 1]) / (3 * STEPS)  # Simpson
    return float((weights @ np.array(means[: STEPS + 1]) + weights @ np.array(means[STEPS + 1 :])) / 2)


NUMBERS = np.tile(np.arange(MOST + 1.0), 3)


def state(number: int, beyond: int = 0) -> int:
    """Return the index of a state; beyond: 2 or 3 trains that the day left in hand."""
    return number + (MOST + 1) * (beyond - 1 if beyond else 0)


def step_of(lanes: int, beyond: bool) -> np.ndarray:
    """Return what a 48th of a shift does to the shares of the states."""
    rates = np.zeros((3 * (MOST + 1),) * 2)

    def moves(of: int, to: int, rate: float) -> None:
        rates[to, of] += rate
        rates[of, of] -= rate

    for number in range(MOST + 1):
        for hand in (0, 2, 3) if beyond else (0,):
            if number >= hand:
                served = hand or min(number, lanes)
                if number < MOST:
                    moves(state(number, hand), state(number + 1, hand), RATE)
                if served:
                    left = hand - 1 if hand - 1 > lanes else 0
                    moves(state(number, hand), state(number - 1, left), served * CHECKS)
    return expm(rates * (12 / STEPS))


def evening(at_close: str) -> np.ndarray:
    """Return the change from three lanes to one: with `finish` two or three go on."""
    turn = np.eye(3 * (MOST + 1))
    if at_close == "finish":
        for number in range(2, MOST + 1):
            turn[:, state(number)] = 0.0
            turn[state(number, min(number, DAY)), state(number)] = 1.0
    return turn


def morning() -> np.ndarray:
    """Return the change from one lane to three."""
    turn = np.zeros((3 * (MOST + 1),) * 2)
    for number in range(MOST + 1):
        for hand in (0, 2, 3):
            turn[state(number), state(number, hand)] = 1.0
    return turn


def test_the_equations_give_what_is_known_where_nothing_changes() -> None:
    """Three lanes round the clock are a queue with a formula (Erlang C)."""
    load, step = RATE / CHECKS, step_of(DAY, False)
    shares = np.zeros(3 * (MOST + 1))
    shares[0] = 1.0
    shares = np.linalg.matrix_power(step, STEPS * 400) @ shares
    terms = [1.0, load, load**2 / 2, load**3 / 6 / (1 - load / 3)]
    queue = terms[3] / sum(terms) * (load / 3) / (1 - load / 3)
    assert shares @ NUMBERS == pytest.approx(load + queue, rel=1e-9)


@pytest.mark.parametrize("at_close", ["pause", "finish"])
@lengths(everyday=("2097-10-01", 20), long=("2104-01-01", 40))
def test_lanes_by_shift_at_random(end: str, replications: int, at_close: str) -> None:
    case = Case("q13_shifts", {"end": end, "places.post.border.at_close": at_close})

    def measures(run: Run) -> tuple[float, float, float]:
        of, post = trips(run), element(run, "post.border")
        return post["stay_h"] / case.hours, (of["last_h"] - of["ready_h"]).mean(), post["busy_h"] / post["capacity_h"]

    mean, stay_h, busy = case.sample(measures, replications).T
    assert present(at_close) == pytest.approx(truth("Q13_SHIFTS", f"{at_close}_Lmean"), rel=1e-9)
    agree(mean, truth("Q13_SHIFTS", f"{at_close}_Lmean"), wrong=[present("finish" if at_close == "pause" else "pause")])
    agree(stay_h, present(at_close) / RATE)
    agree(busy, truth("Q13_SHIFTS", "rho"))


@pytest.mark.parametrize("at_close", ["pause", "finish", "wait"])
def test_a_steady_stream_by_shift_comes_to_the_fluid_answer(at_close: str) -> None:
    """One an hour comes; two an hour pass by day, half of one by night: 6 wait at 08:00, nobody from 14:00 to 20:00."""
    coarse, middle, fine = (present_in_lots(lots, at_close) for lots in (8, 16, 32))
    halves = 2 * middle - coarse, 2 * fine - middle  # what is left of the lots falls as their size and as its square
    exact((4 * halves[1] - halves[0]) / 3, truth("Q13_SHIFTS", "fluid_Lmean"))


def present_in_lots(per_h: int, at_close: str) -> float:
    """Return the mean load at the border [1] if an hour's load comes in so many lots; four lanes by day, one by night."""
    over = {
        "end": "2097-01-06",
        "warm_up_days": 5,
        "flows.trains.supply": "scheduled",
        "flows.trains.per_year": 8760 * per_h,
        "flows.trains.offset_h": 0.5 / per_h,
        "places.post.border.at_close": at_close,
        "places.post.border.inspection_h": 2 / per_h,
        "places.post.border.shifts.day.lanes": 4,
    }
    case = Case("q13_shifts", over)
    return element(case.run(), "post.border")["stay_h"] / case.hours / per_h
