"""What the language says of fleets: the mistakes that it names, the warnings that it gives, the plan that comes of it."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from fleets_of import flow, ports, service

from corridor_sim.build import build_plan
from corridor_sim.errors import CorridorError
from corridor_sim.facts import facts_of
from corridor_sim.loading import load_mapping
from corridor_sim.metrics.services import pools_of
from corridor_sim.plan import FleetPlan, Plan
from corridor_sim.scenario import Scenario

FLOWS = {"a": flow("kuryk", "alat", 5), "b": flow("tkb", "alat", 5)}


def plan(fleet: dict[str, Any] | None = None, **more: Any) -> Plan:
    return build_plan(load_mapping(ports(FLOWS, fleet, **more)))


def warned(fleet: dict[str, Any] | None = None, flows: dict[str, Any] | None = None, **more: Any) -> dict[str, str]:
    """The warnings as path -> message."""
    return {found.path: found.message for found in load_mapping(ports(flows or FLOWS, fleet, **more)).warnings}


@pytest.mark.parametrize(
    ("fleet", "more", "said"),
    [
        ({}, {"services": {"north": service("kuryk", vessels=2), "south": service("tkb")}}, "expected no vessels here"),
        ({}, {"services": {"north": service("kuryk", home="alat"), "south": service("tkb")}}, "expected no home here"),
        ({}, {"services": {"north": service("kuryk", start_at=["alat"]), "south": service("tkb")}}, "expected no start_at here"),
        ({"home": "aktau"}, {}, "there is no place 'aktau'"),
        ({"services": ["north", "sud"]}, {}, "there is no service 'sud'"),
        ({"services": ["north", "north"]}, {}, "expected each service once"),
        ({"services": []}, {}, "expected at least 1 values"),
        ({"services": ["north"], "home": "tkb"}, {}, r"expected an end of its services \(kuryk, alat\), got 'tkb'"),
        ({"services": ["north"], "minimum": {"south": 1}}, {}, "expected a service of this fleet, got 'south'"),
        ({"minimum": {"west": 1}}, {}, "there is no service 'west'"),
        ({"start_at": ["kuryk", "kurik"]}, {}, "there is no place 'kurik', did you mean 'kuryk'"),
        ({"share_by_month": {"jan": 1.2, "other": 1}}, {}, "share_by_month"),
        ({"share_by_month": {"jan": 1}}, {}, "expected every month or other"),
        ({"minimum_stay_days": -1}, {}, "minimum_stay_days"),
        ({"vessels": 2.5}, {}, "vessels"),
        ({"dry_dock": {"every_days": 100, "days": 100}}, {}, "expected days below every_days"),
        ({"dry_dock": {"every_days": 100, "for_days": 10}}, {}, "for_days: unknown field"),
        ({}, {"changes": {"x": {"on": "2025-02-01", "set": {"fleets.ships.home": "kuryk"}}}}, "fleets.ships.home can't change"),
        ({}, {"changes": {"x": {"on": "2025-02-01", "set": {"fleets.boats.vessels": 2}}}}, "there is no 'boats' in fleets"),
        ({}, {"services": {"north": service("kuryk", not_with=[["rail", "rail"]]), "south": service("tkb")}}, "expected two classes"),
    ],
)  # fmt: skip
def test_mistakes_are_named(fleet: dict[str, Any], more: dict[str, Any], said: str) -> None:
    with pytest.raises(CorridorError, match=said):
        plan(fleet, **more)


def test_a_service_belongs_to_one_fleet_and_every_service_has_vessels() -> None:
    data = ports(FLOWS)
    data["fleets"]["boats"] = {"vessels": 1, "home": "tkb", "services": ["south"]}
    with pytest.raises(CorridorError, match="south is run by fleet ships already"):
        load_mapping(data)
    data = ports(FLOWS, {"services": ["north"]})
    with pytest.raises(CorridorError, match="expected vessels"):
        load_mapping(data)


def test_services_of_a_fleet_meet() -> None:
    apart = {"north": service("kuryk"), "south": service("tkb", route=["tkb", "baku"])}
    data = ports(FLOWS, services=apart)
    data["places"]["baku"] = {"port": {"berths": {}, "other": {}}}
    data["legs"]["tkb_baku"] = {"mode": "sea", "between": ["tkb", "baku"], "length_km": 0}
    data["flows"] = {"a": FLOWS["a"], "b": flow("tkb", "baku", 5)}
    with pytest.raises(CorridorError, match="no vessel comes from alat to south"):
        load_mapping(data)


def test_start_at_of_a_service_is_one_of_its_ends_and_needs_a_number() -> None:
    data = ports(FLOWS, services={"north": service("kuryk", vessels=1, start_at=["tkb"]), "south": service("tkb", vessels="unlimited", start_at=["tkb"])})
    del data["fleets"]
    with pytest.raises(CorridorError) as caught:
        load_mapping(data)
    said = [fault.message for fault in caught.value.faults]
    assert any("expected an end of the route (kuryk or alat), got 'tkb'" in text for text in said)
    assert any("expected vessels (a number) beside start_at" in text for text in said)


def test_what_is_probably_not_meant_gets_a_warning() -> None:
    yearly = {"a": flow("kuryk", "alat", per_year=40_000)}
    assert "keeps 9.1 vessels at sea, there are 1" in warned(flows=yearly)["fleets.ships.vessels"]
    assert "keeps 2 vessels on its services and has 1" in warned({"vessels": 2, "minimum": {"south": 2}, "share_by_month": [0.5] * 12})["fleets.ships.minimum"]
    alone = ports({"a": FLOWS["a"]}, {"services": ["north"], "minimum_stay_days": 3}, services={"north": service("kuryk")})
    assert "has one service" in {w.path: w.message for w in load_mapping(alone).warnings}["fleets.ships.minimum_stay_days"]
    kept = {"north": service("kuryk", not_with=[["rail", "road"]]), "south": service("tkb")}
    assert "no flow has the class" in warned(services=kept)["services.north.not_with[0]"]
    assert not [path for path in warned() if path.startswith("fleets")]


def test_the_plan_of_a_fleet() -> None:
    stated = {
        "vessels": 7, "minimum": {"south": 2}, "minimum_stay_days": 5, "share_by_month": {"jan": 1, "other": 0.8},
        "dry_dock": {"every_days": 730, "days": 25}, "start_at": ["tkb"],
    }  # fmt: skip
    found = plan(stated)
    assert found.fleets == (
        FleetPlan(
            name="ships", services=(0, 1), home=0, vessels=((-inf, 7.0), (744.0, 6.0)), minimum=((-inf, (0, 2)),),
            stay_h=((-inf, 120.0),), dock=(17520.0, 600.0), start_at=(2,),
        ),
    )  # fmt: skip
    assert [(s.fleet, s.vessels, s.home) for s in found.services] == [(0, ((-inf, 0.0),), 1)] * 2


def test_a_service_that_doesn_t_reach_the_fleet_s_home_has_its_own_where_the_vessels_come_from() -> None:
    data = ports({"a": FLOWS["a"], "b": FLOWS["b"]}, {"home": "kuryk"})
    assert [service.home for service in build_plan(load_mapping(data)).services] == [0, 1]


def test_fleets_build_without_the_loader_too() -> None:
    assert build_plan(Scenario.model_validate(ports(FLOWS))).fleets[0].services == (0, 1)


def test_services_that_share_vessels_make_one_pool() -> None:
    from fleets_of import run

    found = run(ports(FLOWS))
    facts = facts_of(plan(), found.names)
    assert [service.fleet for service in facts.services] == ["ships", "ships"]
    assert pools_of(facts) == [[0, 1]]


def test_metrics_tell_of_the_fleet() -> None:
    from fleets_of import run

    from corridor_sim.metrics import metric_table

    found = run(ports(FLOWS, {"vessels": 2}))
    table = metric_table(found, facts_of(plan({"vessels": 2}), found.names))
    rows = table[(table["kind"] == "fleet") & (table["period"] == "all")].set_index("measure")["value"]
    assert rows["vessels"] == pytest.approx(2.0)
    assert rows["docked"] == 0
    assert rows["moves"] >= 0
    assert {"cycle_ramp_wait", "cycle_crane_wait"} <= set(table["measure"])
