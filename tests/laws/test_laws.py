"""Laws hold on every run: random small corridors, both ways, from a trickle to far more than they can carry."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws.checks import LAWS
from laws.runs import Data, busy_corridor, digest_of, ran
from laws.strategies import small_scenarios

from corridor_sim.engine import simulate
from corridor_sim.executors import run_jobs
from corridor_sim.plan import DIRECTIONS, Plan
from corridor_sim.records import Run

FEW = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
SOME = settings(FEW, max_examples=10)
MANY = settings(FEW, max_examples=300)


@FEW
@given(scenario=small_scenarios())
def test_every_law_holds_on_every_run(scenario: Data) -> None:
    plan, run = ran(scenario)
    for law in LAWS:
        law(plan, run)


@pytest.mark.parametrize("load", ["light", "middle", "heavy"])
@pytest.mark.slow
@MANY
@given(data=st.data())
def test_every_law_on_hundreds_of_runs(load: str, data: st.DataObject) -> None:
    plan, run = ran(data.draw(small_scenarios(load=load)))
    for law in LAWS:
        law(plan, run)


def delivered(plan: Plan, run: Run, direction: int, months: tuple[int, ...]) -> float:
    flows = [number for number, flow in enumerate(plan.flows) if flow.direction == direction]
    table = run.tables["flow_months"]
    return sum(float(table["delivered"][(table["flow"] == f) & (table["month"] == m)].sum()) for f in flows for m in months)


def stands_still(scenario: Data) -> list[str]:
    """The directions in which an overloaded corridor delivers nothing after its first month."""
    plan, run = ran(scenario)
    return [name for number, name in enumerate(DIRECTIONS) if not delivered(plan, run, number, (1, 2))]


@FEW
@given(scenario=small_scenarios(load="heavy", steady=True))
def test_overload_both_ways_never_stands_still(scenario: Data) -> None:
    assert stands_still(scenario) == []


@pytest.mark.slow
@MANY
@given(scenario=small_scenarios(load="heavy", steady=True))
def test_overload_both_ways_never_stands_still_in_hundreds_of_runs(scenario: Data) -> None:
    assert stands_still(scenario) == []


@SOME
@given(scenario=small_scenarios())
def test_the_same_seed_gives_the_same_bytes(scenario: Data) -> None:
    assert digest_of(scenario, 0) == digest_of(scenario, 0)


@SOME
@given(scenario=small_scenarios())
def test_full_records_leave_the_other_tables_alone(scenario: Data) -> None:
    plan, run = ran(scenario)
    short = simulate(plan, 0)
    for name, table in short.tables.items():
        assert all(column.tobytes() == run.tables[name][key].tobytes() for key, column in table.items()), name


def test_different_replications_and_seeds_differ() -> None:
    scenario = busy_corridor()
    found = {digest_of(scenario, 0), digest_of(scenario, 1), digest_of(scenario | {"seed": 2}, 0)}
    assert len(found) == 3


def test_serial_equals_parallel() -> None:
    job = partial(digest_of, busy_corridor())
    assert run_jobs(job, [0, 1, 2], 1, lambda _: None) == run_jobs(job, [0, 1, 2], 2, lambda _: None)
