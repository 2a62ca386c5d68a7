"""Laws hold on random corridors in which elements are closed, slowed down, rationed and opened by season."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from laws.checks import LAWS
from laws.closing import closing_scenarios

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading import load_mapping
from corridor_sim.outages import spells
from corridor_sim.plan import Plan
from corridor_sim.records import Run

RANDOM = {"deadline": None, "phases": [Phase.generate], "suppress_health_check": list(HealthCheck), "database": None}
EDGE_H = 1e-9


def check(data: dict[str, Any]) -> None:
    plan = build_plan(load_mapping(data))
    run = simulate(plan, 0, full_records=True)
    for law in (*LAWS, closed_elements_pass_nothing, no_day_takes_over_more_than_its_number):
        law(plan, run)


def closed_elements_pass_nothing(plan: Plan, run: Run) -> None:
    """While a disruption closes a leg or station, nothing starts there and nothing leaves it; a closed service calls no vehicle."""
    found = spells(plan.outages, plan.seed, run.replication, -plan.warm_up_h, plan.end_h + plan.drain_h)
    visits, departures = run.tables["visits"], run.tables["departures"]
    for outage, drawn in zip(plan.outages, found, strict=True):
        legs = [k for k in outage.legs if plan.legs[k].line < 0]
        elements = [*legs, *(len(plan.legs) + k for k in outage.stations)]
        at = np.isin(visits["element"], elements)
        sent = np.isin(departures["service"], [k for k in outage.services if leaves_at_once(plan, k)])
        for low, high in ((low, high) for low, high, factor in drawn if not factor):
            for instants in (visits["start_h"][at], visits["leave_h"][at], departures["depart_h"][sent]):
                assert not ((instants > low + EDGE_H) & (instants < high - EDGE_H)).any(), (outage.name, low, high)


def leaves_at_once(plan: Plan, service: int) -> bool:
    """Whether a vehicle leaves when it is called: who loads for a time does so while its service is halted."""
    ends = plan.services[service].ends
    return plan.services[service].mode != "sea" and all(law is None for end in ends for _, law in end.load_h)


def no_day_takes_over_more_than_its_number(plan: Plan, run: Run) -> None:
    """Over the run a station takes over at most the vehicles of its days, and one for what is carried."""
    visits = run.tables["visits"]
    for k, station in enumerate(plan.stations):
        for quota in station.quotas:
            steady = len(quota.per_day) == 1 and quota.cv[0][1] == 0 and not quota.classes and len(station.quotas) == 2
            if steady and quota.per_day[0][1] < float("inf"):
                at = (visits["element"] == len(plan.legs) + k) & (visits["heading"] == quota.direction)
                days = (run.stopped_h + plan.warm_up_h) / 24 + 2
                assert at.sum() <= days * quota.per_day[0][1] + 1


@settings(max_examples=25, derandomize=True, **RANDOM)
@given(closing_scenarios())
def test_laws_hold_whatever_closes(data: dict[str, Any]) -> None:
    check(data)


@pytest.mark.slow
@settings(max_examples=400, **RANDOM)
@given(closing_scenarios())
def test_laws_hold_whatever_closes_long(data: dict[str, Any]) -> None:
    check(data)
