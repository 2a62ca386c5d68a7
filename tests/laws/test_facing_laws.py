"""Finite fleets that hand load to each other over finite room, overloaded both ways, never stand still: two at a hub, three in a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from laws.checks import LAWS
from laws.runs import planned

from corridor_sim.engine import simulate
from corridor_sim.errors import StandstillError
from corridor_sim.plan import DIRECTIONS, Plan
from corridor_sim.records import Run

Data = dict[str, Any]
RANDOM = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True, phases=[Phase.generate])


@st.composite
def rules(draw: st.DrawFn) -> Data:
    departs: Data = {"at_least": draw(st.sampled_from((0.3, 0.7, 1.0)))}
    departs |= draw(st.sampled_from(({}, {"after_first_lot_h": 30.0}, {"after_departure_h": 50.0})))
    return departs | {"idle_h": draw(st.sampled_from((0.0, 6.0, 24.0)))}


@st.composite
def facing(draw: st.DrawFn, hubs: int | None = None) -> Data:
    """A row of places joined by finite fleets, with finite room both ways at each place between; far more load than they carry."""
    n = hubs or draw(st.integers(1, 2))
    names = [f"p{k}" for k in range(n + 2)]
    places: Data = {name: {"at": [40.0, 60.0 - 5 * k]} for k, name in enumerate(names)}
    legs, services = {}, {}
    sizes = [draw(st.sampled_from((10.0, 24.0, 40.0))) for _ in range(n + 1)]
    for k, size in enumerate(sizes):
        a, b = names[k : k + 2]
        sea = draw(st.booleans())
        legs[f"l{k}"] = {"mode": "sea" if sea else "rail", "between": [a, b], "length_km": 300.0} | ({} if sea else {"speed_kmh": 40.0})
        services[f"s{k}"] = {"route": [a, b], "carries": {"wagons": size}, "vessels": draw(st.integers(1, 4)), "departs": draw(rules()),
                             "home": draw(st.sampled_from((a, b)))}  # fmt: skip
        if sea:
            services[f"s{k}"] |= {"speed_kmh": 20.0, "berth": "quay", "waits_at": draw(st.sampled_from(("anchor", "berth")))}
            for place in (a, b):
                places[place].setdefault("port", {"berths": {"quay": {"count": draw(st.integers(1, 2)), "handling_wagons_per_h": 8.0}}})
    for k in range(1, n + 1):
        least = max(sizes[k - 1 : k + 1])
        room = {way: draw(st.sampled_from((least, 1.5 * least, 3 * least))) for way in DIRECTIONS}
        places[names[k]].setdefault("port" if "port" in places[names[k]] else "yard", {})["room_wagons"] = room
    flow = {"commodity": "wagon", "per_year": draw(st.sampled_from((20_000.0, 60_000.0))), "consignment": draw(st.integers(1, 60))}
    return {
        "name": "facing", "start": "2025-01-01", "end": "2025-06-01", "warm_up_days": 0, "drain_days": 0, "seed": draw(st.integers(0, 99)),
        "commodities": {"wagon": {"unit": "wagon", "t_per_unit": 50.0}}, "places": places, "legs": legs, "services": services,
        "flows": {"out": {"from": names[0], "to": names[-1], **flow}, "home": {"from": names[-1], "to": names[0], **flow}},
    }  # fmt: skip


def stands_still(plan: Plan, run: Run) -> list[tuple[str, int]]:
    """The directions and months, after the first two, in which nothing was delivered."""
    months = run.tables["flow_months"]
    found = []
    for number, flow in enumerate(plan.flows):
        delivered = months["delivered"][months["flow"] == number]
        found += [(flow.name, int(month)) for month in np.flatnonzero(delivered[2:] == 0) + 2]
    return found


def check(scenario: Data) -> None:
    plan = planned(scenario)
    run = simulate(plan, 0, full_records=True)
    for law in LAWS:
        law(plan, run)
    assert stands_still(plan, run) == []


@settings(RANDOM, max_examples=40)
@given(facing())
def test_fleets_that_face_each_other_never_stand_still(scenario: Data) -> None:
    check(scenario)


@pytest.mark.slow
@settings(RANDOM, max_examples=600, derandomize=False)
@given(facing())
def test_fleets_that_face_each_other_never_stand_still_in_hundreds_of_runs(scenario: Data) -> None:
    check(scenario)


def test_without_the_guard_they_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridor_sim.engine.guarded.facing", lambda _plan: set())
    locked = []

    @settings(RANDOM, max_examples=40)
    @given(facing())
    def look(scenario: Data) -> None:
        plan = planned(scenario)
        try:
            locked.append(bool(stands_still(plan, simulate(plan, 0))))
        except StandstillError:
            locked.append(True)

    look()
    assert sum(locked) >= 5
