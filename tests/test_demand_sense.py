"""Alternatives of a stage share its demand by what each can carry, so that none is called overloaded alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.loading import load_scenario
from corridor_sim.loading.demand_sense import loads
from corridor_sim.loading.routing import Network
from corridor_sim.scenario import Route

STARTER = Path(__file__).parent.parent / "scenarios" / "starter.yaml"


def test_two_ships_share_what_one_alone_would_carry() -> None:
    scenario = load_scenario(STARTER).scenario
    flow = scenario.flows["boxes_west"]
    second = scenario.services["feeder"].model_copy(update={"vessels": 3 * (scenario.services["feeder"].vessels or 1)})
    way = [name for name, _, _ in Network(scenario, scenario.start).fastest(flow) or ()]
    assert "feeder" in way
    stages = [["feeder", "second"] if name == "feeder" else name for name in way]
    routes = (Route.model_validate({"services": stages}),)
    changed = scenario.model_copy(update={
        "services": {**scenario.services, "second": second}, "flows": {"boxes_west": flow.model_copy(update={"routes": routes})},
    })  # fmt: skip
    load = loads(changed, Network(changed, changed.start), changed.start)
    boarded = {name: amount for (name, _), amount in load.boarded.items() if name in ("feeder", "second")}
    assert boarded["second"] == pytest.approx(3 * boarded["feeder"])
