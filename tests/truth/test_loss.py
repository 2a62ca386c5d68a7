"""Known answers for trains that are turned away (Q08) and for jobs that come back (Q06)."""

from __future__ import annotations

from math import comb, factorial
from typing import Any

import numpy as np
from truth.chains import stationary
from truth.known import HERE, Case, agree, element, flow, lengths, trips, truth, waits

from corridor_sim.loading import load_scenario
from corridor_sim.records import Run


def slots(run: Run, hours: float) -> tuple[float, ...]:
    """Return the share turned away, trains present, wait [h] and departures an hour, and the share of time with nobody there."""
    of, whole = trips(run), flow(run, "trains")
    busy = np.maximum.accumulate(np.append(0.0, of["last_h"]))
    idle_h = np.maximum(of["ready_h"] - busy[:-1], 0.0).sum()
    return (
        whole["turned_away"] / whole["ready"], whole["present_unit_h"] / hours, waits(of).mean(), whole["delivered"] / hours, idle_h / hours,
    )  # fmt: skip


@lengths(everyday=("2097-04-01", 20), long=("2098-01-01", 20))
def test_q08_a_yard_of_five_slots_and_two_cranes(end: str, replications: int) -> None:
    case = Case("q08_slots", {"end": end})
    lost, present, wait_h, per_h, empty = case.sample(lambda run: slots(run, case.hours), replications).T
    agree(lost, truth("Q08", "a_pK"), wrong=[0.0, 0.145])  # four slots: 0.145
    agree(present, truth("Q08", "a_L"))
    agree(wait_h, truth("Q08", "a_Wq"), wrong=[0.2112])  # over all that came instead of those let in
    agree(per_h, truth("Q08", "a_X"), wrong=[3.0])
    agree(empty, truth("Q08", "a_p0"))


@lengths(everyday=("2097-01-05", 20), long=("2097-03-01", 20))
def test_q08_four_servers_and_six_slots(end: str, replications: int) -> None:
    over = {"places.yard.yard.room_wagons": 2, "places.yard.border.lanes": 4, "flows.trains.per_year": 50 * 8760}
    case = Case("q08_slots", over | {"end": end, "places.yard.border.inspection_h": {"exponential": {"mean": 0.1}}})
    lost, _, _, per_h, _ = case.sample(lambda run: slots(run, case.hours), replications).T
    agree(lost, truth("Q08", "b_pK"), wrong=[0.0])
    agree(per_h, truth("Q08", "b_X"), wrong=[40.0, 50.0])


def test_slots_without_a_queue_are_erlangs_loss_whatever_the_law() -> None:
    load, servers = 3.0, 4
    parts = [load**k / factorial(k) for k in range(servers + 1)]
    for law in ({"exponential": {"mean": 1.0}}, 1.0, {"gamma": {"mean": 1.0, "cv": 2.0}}):
        over = {"places.yard.yard.room_wagons": 0, "places.yard.border.lanes": servers, "flows.trains.per_year": load * 8760}
        case = Case("q08_slots", over | {"end": "2097-01-20", "places.yard.border.inspection_h": law})
        lost = case.sample(lambda run, h=case.hours: slots(run, h)[0], 20)
        agree(lost, parts[-1] / sum(parts), wrong=[0.0])  # Erlang B


def two_classes(rates: tuple[float, float], mean_h: float, room: int) -> list[float]:
    """Return (mean wait [h] of the first and of the second class that are let in, share turned away), the first going before."""

    def moves(state: tuple[int, int, int]) -> Any:
        busy, first, second = state
        for k, rate in enumerate(rates):
            if not busy:
                yield rate, (1, 0, 0)
            elif first + second < room:
                yield rate, (1, first + (k == 0), second + (k == 1))
        if busy:
            yield 1 / mean_h, (1, first - 1, second) if first else (1, 0, second - 1) if second else (0, 0, 0)

    shares = stationary((0, 0, 0), moves)
    lost = sum(share for (_, first, second), share in shares.items() if first + second == room)
    waiting = [sum(share * state[k] for state, share in shares.items()) for k in (1, 2)]
    return [*(queue / (rate * (1 - lost)) for queue, rate in zip(waiting, rates, strict=True)), lost]


def test_two_classes_share_the_slots_and_the_first_goes_before() -> None:
    over: dict[str, Any] = {
        "classes": {"express": {"priority": 1}, "bulk": {"priority": 8}},
        "places.yard.yard.room_wagons": 4, "places.yard.border.lanes": 1, "places.yard.border.inspection_h": {"exponential": {"mean": 1.0}},
        "services": {name: {"route": ["gate", "yard", "quay"], "carries": {"wagons": 1}, "class": name} for name in ("express", "bulk")},
        "flows": {name: {"from": "gate", "to": "quay", "commodity": "train", "consignment": 1, "per_year": rate * 8760,
                         "routes": [{"services": [name]}]} for name, rate in (("express", 0.4), ("bulk", 0.7))},
        "end": "2097-07-01",
    }  # fmt: skip
    case = Case("q08_slots", {"services.train": None, "flows.trains": None} | over)

    def measures(run: Run) -> list[float]:
        sums = [flow(run, name) for name in ("express", "bulk")]
        lost = sum(of["turned_away"] for of in sums) / sum(of["ready"] for of in sums)
        return [*(waits(trips(run, name)).mean() for name in ("express", "bulk")), lost]

    express_h, bulk_h, lost = case.sample(measures, 20).T
    expected = two_classes((0.4, 0.7), 1.0, 4)
    agree(express_h, expected[0], wrong=[expected[1]])
    agree(bulk_h, expected[1], wrong=[expected[0]])
    agree(lost, expected[2], wrong=[0.0])


# Jobs that come back

def ways(most: int) -> list[dict[str, Any]]:
    """Return the routes of jobs that come back to the first terminal at most so often: i by the second, j by the third.

    Which return comes first doesn't matter to the numbers at each terminal, only how often a job is at each (Kelly 1975).
    """
    found = []
    for returns in range(most + 1):
        for i in range(returns + 1):
            share = comb(returns, i) * 0.5**i * 0.3 ** (returns - i) * 0.2
            loops = ["rework", "rework"] * i + ["check", "check"] * (returns - i)
            found.append({"share": share, "services": ["enter", "begin", *loops, "check", "leave"]})
    return found


@lengths(everyday=("2097-01-08", 20), long=("2097-07-01", 20))
def test_q06_rework_loops_are_a_jackson_network(end: str, replications: int) -> None:
    most = 30 if replications * int(end[5:7]) <= 20 else 45  # returns; the more, the longer the file takes to read
    case = Case("q06_loops", {"end": end, "flows.jobs.routes": ways(most)})
    names = [f"{place}.terminal" for place in ("one", "two", "three", "four")]

    def measures(run: Run) -> list[float]:
        of = [element(run, name) for name in names]
        per_h = [place["vehicles"] / case.hours for place in of]
        present = [place["stay_h"] / case.hours for place in of]
        used = [place["busy_h"] / case.hours for place in of]
        stays = [place["stay_h"] / place["vehicles"] for place in of]
        return [*per_h, *used, *present, *stays]

    found = case.sample(measures, replications).T.reshape(4, 4, replications)
    for row, key in zip(found, ("X", "U", "Q", "R"), strict=True):
        for values, true in zip(row, truth("Q06", key), strict=True):
            agree(values, true)
    agree(found[0][0], truth("Q06", "X")[0], wrong=[4.0, 8.0])  # no returns; returns by one of the two only


def test_one_server_and_no_room_to_wait_rejects_none_that_comes_as_another_leaves() -> None:
    over = {"places.yard.yard.room_wagons": 0, "places.yard.border.lanes": 1, "places.yard.border.inspection_h": 1.0, "warm_up_days": 0}
    hourly = {"supply": "scheduled", "times": [float(hour) for hour in range(10)], "per_year": None}
    case = Case("q08_slots", over | {"end": "2097-01-03", "flows.trains": {"from": "gate", "to": "quay", "commodity": "train", "consignment": 1} | hourly})
    whole = flow(case.run(), "trains")
    assert (whole["delivered"], whole["turned_away"]) == (10, 0)


def test_one_server_and_no_room_to_wait_rejects_who_comes_too_early() -> None:
    over = {"places.yard.yard.room_wagons": 0, "places.yard.border.lanes": 1, "places.yard.border.inspection_h": 1.0, "warm_up_days": 0}
    often = {"supply": "scheduled", "times": [0.0, 0.75, 1.5, 2.25, 3.0], "per_year": None}  # those at 0.75 and 2.25 find it taken
    case = Case("q08_slots", over | {"end": "2097-01-03", "flows.trains": {"from": "gate", "to": "quay", "commodity": "train", "consignment": 1} | often})
    whole = flow(case.run(), "trains")
    assert (whole["delivered"], whole["turned_away"]) == (3, 2)


def test_a_yard_that_lets_none_in_is_warned_about() -> None:
    def warned(**over: Any) -> list[str]:
        found = load_scenario(HERE / "q08_slots.yaml", overrides={key.replace("__", "."): value for key, value in over.items()})
        return [warning.message for warning in found.warnings if warning.code == "turn_away"]

    assert warned() == []
    assert warned(flows__trains__consignment=4) == ["a consignment takes 4 wagons, more than the room of yard (3): each is turned away"]
    assert warned(places__yard__yard__room_wagons="unlimited") == ["turns nothing away: its room has no limit"]
