"""Blocking rules against exact small chains, computed here: who claims what before it starts, and where it waits meanwhile.

1. A vehicle claims the next finite room of its direction for its whole load before it takes the first path, lane or berth on the way there.
2. It waits where it already has room; what it waits for is not held by it.
3. Room counts those who wait and have claimed, not those in service: it comes free when its holder starts on the next element.
4. Who doesn't fit holds up those behind it at that element, but nobody who wants other room.
5. Room is by direction and never lent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from truth.chains import stationary
from truth.known import agree, element, flow, service

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading import load_mapping
from corridor_sim.plan import Plan
from corridor_sim.records import Run

HOURS = 8760
COMMON: dict[str, Any] = {
    "name": "blocking", "start": "2097-01-01", "seed": 77, "warm_up_days": 5, "drain_days": 0,
    "commodities": {"train": {"unit": "wagon", "t_per_unit": 1000.0}},
}  # fmt: skip


ROOMY = {"yard": {"room_wagons": 100_000.0}}  # a finite room, so that the next one is claimed from here


def exponential(mean: float) -> dict[str, Any]:
    return {"exponential": {"mean": mean}}


def leg(a: str, b: str, mode: str = "rail", **more: Any) -> dict[str, Any]:
    return {"mode": mode, "between": [a, b], "length_km": 0.0, "run_h": 0.0} | more


def samples(plan: Plan, measure: Any, replications: int = 20) -> Any:
    return np.array([measure(simulate(plan, r), plan.end_h) for r in range(replications)]).T


# A post that sends trains into a yard of finite room


def two_posts(rate: float, first: tuple[int, float], second: float, room: int) -> dict[str, float]:
    """Return present before and at each post and the blocked share, where a train of the first claims the yard of the second.

    State: (waiting for the first, being checked at the first, waiting in the yard, being checked at the second). The head waits while
    those in the yard and those at the first post fill the room.
    """
    lanes, mean_h = first

    def settle(queue: int, busy: int, yard: int, last: int) -> tuple[int, int, int, int]:
        if yard and not last:
            yard, last = yard - 1, 1
        while queue and busy < lanes and yard + busy < room:
            queue, busy = queue - 1, busy + 1
        return queue, busy, yard, last

    def moves(state: tuple[int, int, int, int]) -> Iterable[tuple[float, Any]]:
        queue, busy, yard, last = state
        if queue < 200:
            yield rate, settle(queue + 1, busy, yard, last)
        if busy:
            yield busy / mean_h, settle(queue, busy - 1, yard + 1, last)
        if last:
            yield 1 / second, settle(queue, busy, yard, 0)

    shares = stationary((0, 0, 0, 0), moves)
    blocked = sum(share for (queue, busy, yard, _), share in shares.items() if queue and busy < lanes and yard + busy >= room)
    present = [sum(share * state[k] for state, share in shares.items()) for k in range(4)]
    return {"first": present[0] + present[1], "second": present[2] + present[3], "blocked": blocked}


def posts(rate: float, lanes: int, mean_h: float, second: float, room: int, end: str) -> Plan:
    places = {
        "gate": {}, "one": ROOMY | {"border": {"lanes": lanes, "inspection_h": exponential(mean_h), "other": {}}},
        "two": {"yard": {"room_wagons": room}, "border": {"inspection_h": exponential(second), "other": {}}}, "out": {},
    }  # fmt: skip
    legs = {"gate_one": leg("gate", "one"), "one_two": leg("one", "two"), "two_out": leg("two", "out")}
    flows = {"trains": {"from": "gate", "to": "out", "commodity": "train", "consignment": 1, "per_year": rate * HOURS}}
    services = {"train": {"route": ["gate", "one", "two", "out"], "carries": {"wagons": 1.0}}}
    return build_plan(load_mapping(COMMON | {"end": end, "places": places, "legs": legs, "services": services, "flows": flows}))


@pytest.mark.parametrize(("lanes", "room"), [(1, 1), (1, 3), (2, 2), (2, 4)])
def test_a_train_is_checked_only_with_room_behind_the_post(lanes: int, room: int) -> None:
    rate, mean_h, second = 0.55, 0.7 * lanes, 1.0
    plan = posts(rate, lanes, mean_h, second, room, "2097-03-15")

    def measures(run: Run, hours: float) -> list[float]:
        one, two = element(run, "one.border"), element(run, "two.border")
        return [one["stay_h"] / hours, two["stay_h"] / hours, one["blocked_h"] / one["vehicles"]]

    first, last, blocked_h = samples(plan, measures)
    exact = two_posts(rate, (lanes, mean_h), second, room)
    unlimited = two_posts(rate, (lanes, mean_h), second, 60)
    agree(first, exact["first"], wrong=[unlimited["first"]] if room == 1 else [])
    agree(last, exact["second"], wrong=[unlimited["second"]] if room == 1 else [])
    assert blocked_h.min() > 0
    assert exact["blocked"] > 0


# A loop of vessels whose port fills


def vessels_and_room(vessels: int, means: dict[str, float], room: int) -> dict[str, float]:
    """Return rounds an hour and vessels waiting for room, where vessels unload into a port that trains drain one by one.

    State: (loading, sailing, waiting at anchor, unloading, sailing back, in the port's room, in the next yard, being checked).
    One berth at the far port; a vessel takes it together with room for its load, so who waits for room holds no berth.
    """

    def settle(load: int, sail: int, anchor: int, unload: int, back: int, port: int, yard: int, check: int) -> tuple[int, ...]:
        while True:
            if yard and not check:
                yard, check = yard - 1, 1
            elif port and not yard:
                port, yard = port - 1, 1
            elif anchor and not unload and port + unload < room:
                anchor, unload = anchor - 1, unload + 1
            else:
                return load, sail, anchor, unload, back, port, yard, check

    def moves(state: tuple[int, ...]) -> Iterable[tuple[float, Any]]:
        load, sail, anchor, unload, back, port, yard, check = state
        if load:
            yield load / means["load"], settle(load - 1, sail + 1, anchor, unload, back, port, yard, check)
        if sail:
            yield sail / means["sail"], settle(load, sail - 1, anchor + 1, unload, back, port, yard, check)
        if unload:
            yield unload / means["unload"], settle(load, sail, anchor, unload - 1, back + 1, port + 1, yard, check)
        if back:
            yield back / means["back"], settle(load + 1, sail, anchor, unload, back - 1, port, yard, check)
        if check:
            yield 1 / means["check"], settle(load, sail, anchor, unload, back, port, yard, 0)

    shares = stationary((vessels, 0, 0, 0, 0, 0, 0, 0), moves)
    rounds = sum(share * state[0] for state, share in shares.items()) / means["load"]
    blocked = sum(share * state[2] for state, share in shares.items() if not state[3] and state[5] >= room)
    return {"rounds": rounds, "anchor": sum(share * state[2] for state, share in shares.items()), "blocked": blocked}


MEANS = {"load": 3.0, "sail": 4.0, "unload": 2.0, "back": 4.0, "check": 5.0}


def ferry_plan(vessels: int, room: int, end: str) -> Plan:
    places = {
        "a": {"port": {"berths": {"ferry": 9}, "other": {}}}, "b": {"port": {"berths": {"ferry": 1}, "room_wagons": room, "other": {}}},
        "c": {"yard": {"room_wagons": 1}, "border": {"inspection_h": exponential(MEANS["check"]), "other": {}}}, "d": {},
    }  # fmt: skip
    handling = {"a": {"load": exponential(MEANS["load"]), "unload": 0.0}, "b": {"load": 0.0, "unload": exponential(MEANS["unload"])}}
    services = {
        "ferry": {"route": ["a", "b"], "carries": {"wagons": 1.0}, "vessels": vessels, "berth": "ferry", "handling_h": handling,
                  "run_h": {"out": exponential(MEANS["sail"]), "back": exponential(MEANS["back"])}, "departs": {"at_least": 1.0, "idle_h": 0.0}},
        "train": {"route": ["b", "c", "d"], "carries": {"wagons": 1.0}},
    }  # fmt: skip
    legs = {"ab": {"mode": "sea", "between": ["a", "b"], "length_km": 0.0}, "bc": leg("b", "c"), "cd": leg("c", "d")}
    flows = {"loads": {"from": "a", "to": "d", "commodity": "train", "consignment": 1, "supply": "unlimited"}}
    return build_plan(load_mapping(COMMON | {"end": end, "places": places, "legs": legs, "services": services, "flows": flows}))


@pytest.mark.parametrize(("vessels", "room"), [(2, 1), (3, 1), (4, 2)])
def test_a_vessel_waits_for_room_at_anchor_and_holds_no_berth(vessels: int, room: int) -> None:
    plan = ferry_plan(vessels, room, "2097-04-01")

    def measures(run: Run, hours: float) -> list[float]:
        out, back = service(run, "ferry", 0), service(run, "ferry", 1)
        return [out["departures"] / hours, (back["berth_wait_h"] + back["room_wait_h"]) / hours, back["room_wait_h"] / hours]

    rounds, anchor, blocked = samples(plan, measures)
    exact = vessels_and_room(vessels, MEANS, room)
    agree(rounds, exact["rounds"], wrong=[vessels / (sum(MEANS.values()) - MEANS["check"])])
    agree(anchor, exact["anchor"], wrong=[0.0])
    agree(blocked, exact["blocked"], wrong=[0.0])


# Whole loads


def whole_loads(rate: float, mean_h: float, load: int, room: int) -> float:
    """Return the mean number of trains that wait outside, where a train of so many wagons needs all its room at once.

    State: (trains outside, trains in the yard, one being checked).
    """

    def settle(outside: int, yard: int, check: int) -> tuple[int, int, int]:
        while True:
            if yard and not check:
                yard, check = yard - 1, 1
            elif outside and (yard + 1) * load <= room:
                outside, yard = outside - 1, yard + 1
            else:
                return outside, yard, check

    def moves(state: tuple[int, int, int]) -> Iterable[tuple[float, Any]]:
        outside, yard, check = state
        if outside < 200:
            yield rate, settle(outside + 1, yard, check)
        if check:
            yield 1 / mean_h, settle(outside, yard, 0)

    return float(sum(share * state[0] for state, share in stationary((0, 0, 0), moves).items()))


@pytest.mark.parametrize("room", [59, 60])
def test_a_train_needs_room_for_all_its_wagons(room: int) -> None:
    rate, mean_h = 0.6, 1.0
    places = {"gate": {}, "post": {"yard": {"room_wagons": room}, "border": {"inspection_h": exponential(mean_h), "other": {}}}, "out": {}}
    services = {"train": {"route": ["gate", "post", "out"], "carries": {"wagons": 30.0}}}
    flows = {"trains": {"from": "gate", "to": "out", "commodity": "train", "consignment": 30, "per_year": 30 * rate * HOURS}}
    legs = {"gate_post": leg("gate", "post"), "post_out": leg("post", "out")}
    plan = build_plan(load_mapping(COMMON | {"end": "2097-11-01", "places": places, "legs": legs, "services": services, "flows": flows}))

    def measures(run: Run, hours: float) -> list[float]:
        return [flow(run, "trains")["present_unit_h"] / 30 / hours - element(run, "post.border")["stay_h"] / hours]

    (outside,) = samples(plan, measures)
    agree(outside, whole_loads(rate, mean_h, 30, room), wrong=[whole_loads(rate, mean_h, 30, room + 30)])


# Directions


def test_room_of_one_direction_is_never_lent_to_the_other() -> None:
    rate, room = 0.55, 1
    both = {"lanes": 1, "inspection_h": exponential(0.7)}
    places = {
        "west": {"at": [40.0, 50.0]}, "east": {"at": [40.0, 60.0]},
        "post": {"at": [40.0, 55.0], "country": "KZ", "yard": {"room_wagons": {"west": room, "east": 900}}, "border": both | {"other": {}}},
        "one": ROOMY | {"at": [40.0, 57.0], "border": both | {"other": {}}},
    }  # fmt: skip
    legs = {"east_one": leg("east", "one"), "one_post": leg("one", "post"), "post_west": leg("post", "west")}
    services = {"train": {"route": ["east", "one", "post", "west"], "carries": {"wagons": 1.0}}}
    flow_west = {"from": "east", "to": "west", "commodity": "train", "consignment": 1, "per_year": rate * HOURS}
    plan = build_plan(load_mapping(COMMON | {"end": "2097-03-15", "places": places, "legs": legs, "services": services, "flows": {"west": flow_west}}))
    (first,) = samples(plan, lambda run, hours: [element(run, "one.border")["stay_h"] / hours])
    agree(first, two_posts(rate, (1, 0.7), 0.7, room)["first"], wrong=[two_posts(rate, (1, 0.7), 0.7, 60)["first"]])
