"""Overloaded both ways with every feature on, a random corridor never stands still for a month: each direction delivers, and laws hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from laws.checks import LAWS
from laws.fleets import fleet_scenarios
from laws.lines import tracks
from laws.parts import Data
from laws.runs import planned
from laws.strategies import small_scenarios
from laws.test_laws import delivered

from corridor_sim.engine import simulate
from corridor_sim.plan import DIRECTIONS

RANDOM = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True, phases=[Phase.generate])
TRACK = ("between", "mode", "gauge_mm")  # what a leg keeps when it becomes single track by sections


@st.composite
def everything(draw: st.DrawFn) -> Data:
    """Single track, breakdowns, quotas, stocks, trains turned away, wagons, locomotives on top of what random corridors have already."""
    data = draw(st.one_of(fleet_scenarios(load="heavy", steady=True), small_scenarios(load="heavy", steady=True)))
    changed = " ".join(path for change in data.get("changes", {}).values() for path in change["set"])
    for name, leg in data["legs"].items():
        if leg["mode"] == "rail" and f"legs.{name}." not in changed and draw(st.booleans()):
            data["legs"][name] = draw(tracks()) | {key: leg[key] for key in TRACK if key in leg}
    data["disruptions"] = draw(breakdowns(data))
    _rolling_stock(draw, data)
    for place in data["places"].values():
        if "border" in place and draw(st.booleans()):
            place["border"]["accepts"] = {"per_day": draw(st.sampled_from((6.0, 12.0))), "cv": 0.3, "count_others": False}
        if "yard" in place and draw(st.booleans()) and not any(key.startswith("room_") for key in place["yard"]):
            place["yard"] |= {"when_full": "turn_away", "room_wagons": 400, "room_trucks": 400}  # more than any consignment
    if draw(st.booleans()):
        data["start_stocks"] = {f"at_{name}": {"flow": name, "at": flow["from"], "units": 300} for name, flow in data["flows"].items()}
    return data


def _rolling_stock(draw: st.DrawFn, data: Data) -> None:
    """Give trains wagons and locomotives of their own, as few as two locomotives and two trains' wagons at either end of a service.

    No wagons where a branch joins: few trains would wait behind all that the branch has queued before them, first come, first served.
    """
    rail = [name for name in data["services"] if name.startswith("rail")]
    changed = " ".join(path for change in data.get("changes", {}).values() for path in change["set"])
    data["pools"], data["locomotives"] = {}, {}
    for name in rail:
        service = data["services"][name]
        ends = (service["route"][0], service["route"][-1])
        yards = [place for place in service["route"][1:-1] if "yard" in data["places"][place]]
        if yards and "vessels" not in service and name not in changed and draw(st.booleans()):
            service["via"] = yards
        elif draw(st.booleans()):
            stock = {place: draw(st.integers(1, 3)) for place in ends}
            data["locomotives"][f"of_{name}"] = {"between": list(ends), "stock": stock, "light_h": draw(st.integers(0, 10))}
            service["locomotives"] = [f"of_{name}"]
    for name in [name for name in rail if name.endswith("0")]:  # a twin rides the same wagons
        ends, twins = data["services"][name]["route"][:: len(data["services"][name]["route"]) - 1], [t for t in rail if t[:-1] == name[:-1]]
        alike = len({"via" in data["services"][twin] for twin in twins}) == 1  # a pool's alternatives are re-formed at the same yards
        if draw(st.booleans()) and alike and not {"ex", "wx"} & {*data["places"]}:
            wagons = max(int(data["services"][twin]["carries"]["wagons"]) for twin in twins) * draw(st.integers(2, 5))
            back = {place: {"services": [twins], "after_h": draw(st.integers(0, 20))} for place in ends}
            data["pools"][f"for_{name}"] = {"services": twins, "stock": dict.fromkeys(ends, wagons), "returns": back}
    for leg in data["legs"].values():
        if leg["mode"] == "rail" and data["locomotives"] and draw(st.booleans()):
            leg["abandon_h"] = draw(st.sampled_from((1, 8)))


@st.composite
def breakdowns(draw: st.DrawFn, data: Data) -> Data:
    places = [f"{name}.{part}" for name, place in data["places"].items() for part in ("border", "terminal", "port") if part in place]
    known = [*data["legs"], *places]
    at = draw(st.lists(st.sampled_from(known), max_size=4, unique=True))
    up, down = {"exponential": {"mean": 200.0}}, {"gamma": {"mean": 8.0, "cv": 0.6}}
    factor = st.sampled_from((0, 0.5))
    return {f"d{k}": {"at": name, "up_h": up, "down_h": down, "factor": draw(factor)} for k, name in enumerate(at)}


def check(scenario: Data) -> None:
    plan = planned(scenario)
    run = simulate(plan, 0, full_records=True)
    for law in LAWS:
        law(plan, run)
    still: list[Any] = [(name, month) for number, name in enumerate(DIRECTIONS) for month in (1, 2) if not delivered(plan, run, number, (month,))]
    assert still == []


@settings(RANDOM, max_examples=15)
@given(everything())
def test_every_feature_at_once_never_stands_still_for_a_month(scenario: Data) -> None:
    check(scenario)


@pytest.mark.slow
@settings(RANDOM, max_examples=300)
@given(everything())
def test_every_feature_at_once_in_hundreds_of_runs(scenario: Data) -> None:
    check(scenario)
