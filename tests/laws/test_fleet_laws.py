"""The laws hold where ferries are one fleet: docked, chartered, sent from service to service, with classes kept apart."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from laws.checks import LAWS
from laws.fleets import fleet_scenarios, separate
from laws.runs import Data, digest_of, ran
from laws.test_laws import stands_still

pytestmark = pytest.mark.slow  # minutes, not seconds

FEW = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
SOME = settings(FEW, max_examples=10)
MANY = settings(FEW, max_examples=300)


def check(scenario: Data) -> None:
    plan, run = ran(scenario)
    for law in LAWS:
        law(plan, run)


@FEW
@given(scenario=fleet_scenarios())
def test_every_law_holds_with_a_shared_fleet(scenario: Data) -> None:
    check(scenario)


@pytest.mark.slow
@MANY
@given(scenario=fleet_scenarios())
def test_every_law_with_a_shared_fleet_on_hundreds_of_runs(scenario: Data) -> None:
    check(scenario)


def stands_still_alone(scenario: Data) -> list[str]:
    """The directions in which nothing is delivered after the first month, though separate vessels deliver something."""
    still = stands_still(scenario)
    return [direction for direction in still if direction not in stands_still(separate(scenario))] if still else []


@SOME
@given(scenario=fleet_scenarios(load="heavy", steady=True))
def test_a_shared_fleet_never_stands_still_where_separate_vessels_do_not(scenario: Data) -> None:
    assert stands_still_alone(scenario) == []


@pytest.mark.slow
@MANY
@given(scenario=fleet_scenarios(load="heavy", steady=True))
def test_a_shared_fleet_never_stands_still_in_hundreds_of_runs(scenario: Data) -> None:
    assert stands_still_alone(scenario) == []


@SOME
@given(scenario=fleet_scenarios())
def test_the_same_seed_gives_the_same_bytes(scenario: Data) -> None:
    assert digest_of(scenario, 0) == digest_of(scenario, 0)
