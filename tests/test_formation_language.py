"""Formation plans in the language: what is refused and where, changes and patches, what results and explanations call things."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
from formed_of import Data, departures, flow, run, trains, trips

from corridor_sim.build import build_plan
from corridor_sim.errors import CorridorError
from corridor_sim.explain import explained
from corridor_sim.loading import as_yaml, diff, essence, load_case, load_mapping, load_scenario

TEXT = """\
name: formed
start: 2025-01-01
end: 2025-03-01
warm_up_days: 0
commodities: {coal: {unit: wagon, t_per_unit: 60}}
places:
  a: {at: [40, 54]}
  b: {at: [40, 53], yard: {}}
  x: {at: [40, 52]}
  c: {at: [40, 51], yard: {}}
  d: {at: [40, 50]}
  e: {at: [41, 50], yard: {}}
legs:
  ab: {mode: rail, between: [a, b], length_km: 100, run_h: 10}
  bx: {mode: rail, between: [b, x], length_km: 100, run_h: 5}
  xc: {mode: rail, between: [x, c], length_km: 100, run_h: 5}
  cd: {mode: rail, between: [c, d], length_km: 100, run_h: 20}
  de: {mode: rail, between: [d, e], length_km: 100, run_h: 20}
services:
  train:
    route: [a, b, x, c, d]
    via: [b, c]
    carries: {wagons: 10}
    departs_at: {b: {at_least: 1.0}, c: {after_first_lot_h: 6}}
  other: {route: [a, b, x, c, d], carries: {wagons: 10}}
  far: {route: [d, e], carries: {wagons: 10}}
locomotives: {}
pools: {}
flows:
  f:
    from: a
    to: d
    commodity: coal
    consignment: 5
    supply: scheduled
    times: [0, 1]
    routes:
      - {services: [train]}
"""
VIA = "    via: [b, c]\n"
ROUTE = "      - {services: [train]}\n"
POOLS = "pools: {}\n"
AN_END = "expected an end of the route"
WRONG = {
    "no such place": (VIA, "    via: [b, cc] #!\n", "services.train.via[1]: there is no place 'cc'"),
    "not on the route": (VIA, "    via: [e] #!\n", "services.train.via[0]: expected places that the route passes (b, x, c), got 'e'"),
    "an end": (VIA, "    via: [b, d] #!\n", "services.train.via[1]: expected a yard between the ends of the route, got its end 'd'"),
    "order": (VIA, "    via: [c, b] #!\n", "services.train.via[1]: expected yards in the order of the route (b, x, c), got 'b' after 'c'"),
    "twice": (VIA, "    via: [b, b, c] #!\n", "services.train.via[1]: expected each yard once, got 'b' twice"),
    "no yard": (
        VIA, "    via: [b, x, c] #!\n",
        "services.train.via[1]: there is no yard in x to re-form trains in; places with one on the way: b, c",
    ),
    "none": (VIA, "    via: [] #!\n", "services.train.via: expected at least 1 values"),
    "no list": (VIA, "    via: b #!\n", "services.train.via: expected a list, got 'b'"),
    "vessels": (VIA, "    via: [b, c] #!\n    vessels: 3\n", "services.train.via: expected no via beside vessels (3)"),
    "a fleet": (
        VIA, "    via: [b, c] #!\n",
        "services.train.via: expected no via on a service of fleet engines",
    ),
    "a rule elsewhere": (
        "c: {after_first_lot_h: 6}}", "x: {at_least: 1.0}} #!",
        "services.train.departs_at.x: expected an end of the route or a yard of via (a or b or c or d), got 'x'",
    ),
    "times elsewhere": (VIA, VIA + "    handling_h: {x: 3} #!\n", "services.train.handling_h.x: expected an end of the route or a yard of via"),
    "no such facility": (VIA, VIA + "    ends_at: {b: terminal} #!\n", "services.train.ends_at.b: there is no terminal in b"),
    "home in a yard": (VIA, VIA + "    home: b #!\n", "services.train.home: expected an end of the route (a or d), got 'b'"),
    "a gap": ("    route: [a, b, x, c, d]\n", "    route: [a, b, c, d] #!\n", "services.train.route: no leg joins b and c"),
    "two legs": (
        "    route: [a, b, x, c, d]\n    via", "    route: [a, b, x, c, d] #!\n    via",
        "services.train.route[2]: expected one leg between b and x, got second and bx: name the one it takes in 'legs'",
    ),
    "the name of a part": (
        "  train:\n", "  train_b_c: {route: [a, b], carries: {wagons: 5}}\n  train: #!\n",
        "services.train: a part of it is named train_b_c, as another service is",
    ),
    "a district over a yard": (
        VIA, VIA + "    locomotives: [kz] #!\n",
        "services.train.locomotives[0]: expected districts that end where trains are re-formed, kz (a - c) reaches over b",
    ),
    "a way back": (ROUTE, "      - {services: [other, far, train]} #!\n", "flows.f.routes[0].services[2]: train doesn't start at e (it runs a - b - c - d)"),
    "a way to elsewhere": (ROUTE, "      - {services: [train, far]} #!\n", "flows.f.routes[0].services: expected a route to d, got one to e"),
    "alternatives": (
        ROUTE, "      - {services: [[train, other]]} #!\n",
        "flows.f.routes[0].services[0]: expected services that are re-formed at the same yards (train: a - b - c - d, other: a - d)",
    ),
    "empties from a yard": (
        POOLS, "pools: {p: {services: [train], stock: {a: 9}, returns: {b: {services: [train]}}}} #!\n",
        "pools.p.returns.b.services[0]: train leads from b to d and a: name the one of its parts that is meant (train_a_b, train_b_c, train_c_d)",
    ),
    "two pools": (
        POOLS, "pools:\n  p: {services: [train], stock: {a: 9}}\n  q: {services: [far, train], stock: {a: 9}} #!\n",
        "pools.q.services[1]: loads of train_a_b ride wagons of pool p already",
    ),
    "another gauge": (
        POOLS, "pools: {p: {gauge_mm: 1435, services: [train], stock: {a: 9}}} #!\n",
        "pools.p.services[0]: wagons of 1435 mm can't ride train_a_b",
    ),
    "room below a train": (
        "  c: {at: [40, 51], yard: {}}", "  c: {at: [40, 51], yard: {room_wagons: {west: 8, east: 99}}} #!",
        "places.c.yard.room_wagons: expected room for the largest vehicle that enters (train_b_c, 10 wagons), got 8 west",
    ),
    "what it doesn't carry": (
        "    carries: {wagons: 10}\n    departs_at", "    carries: {teu: 10}\n    departs_at",
        "flows.f.routes[0].services[0]: train_a_b carries teu, not coal (in wagon)",
    ),
    "struck by use": (
        POOLS, "disruptions: {s: {at: train, up_h: 9, down_h: 1, clock: use}} #!\n", "disruptions.s.at: expected clock: calendar for train",
    ),
}  # fmt: skip
BESIDE = {  # what a case needs beside its own edit
    "a fleet": (POOLS, "fleets: {engines: {vessels: 2, home: a, services: [train]}}\n"),
    "two legs": ("legs:\n", "legs:\n  second: {mode: rail, between: [b, x], length_km: 100, run_h: 5}\n"),
    "a district over a yard": ("locomotives: {}\n", "locomotives: {kz: {between: [a, c], stock: {a: 2}}}\n"),
    "what it doesn't carry": (ROUTE, "      - {services: [train]} #!\n"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_plan_that_cannot_be_is_refused_at_its_key(tmp_path: Path, name: str) -> None:
    old, new, said = WRONG[name]
    text = TEXT
    for before, after in ((old, new), BESIDE.get(name, ("", ""))):
        assert before in text
        text = text.replace(before, after, 1) if before else text
    (tmp_path / "formed.yaml").write_text(text)
    with pytest.raises(CorridorError) as raised:
        load_scenario(tmp_path / "formed.yaml")
    line = next(number for number, line in enumerate(text.splitlines(), 1) if line.endswith("#!"))
    assert [(fault.line, said in str(fault)) for fault in raised.value.faults] == [(line, True)], str(raised.value)
    assert raised.value.faults[0].column > 0


def test_a_ship_is_not_re_formed() -> None:
    data = trains(flows={"f": flow("a", "c", "train", times=[0])})
    for leg in ("ab", "bc"):
        data["legs"][leg] = {"mode": "sea", "between": list(leg), "length_km": 100, "run_h": 10}
    data["services"]["train"] |= {"vessels": 2}
    with pytest.raises(CorridorError, match=r"services.train.via: expected via only on land: a vessel unloads at the ends of its route"):
        load_mapping(data)


def test_a_stock_aboard_needs_a_ship() -> None:
    data = trains(start_stocks={"s": {"flow": "f", "units": 5, "aboard": "train"}})
    with pytest.raises(CorridorError, match=r"start_stocks.s.aboard: expected a sea service, got 'train'"):
        load_mapping(data)


def test_faults_of_changed_values_point_at_the_change(tmp_path: Path) -> None:
    change = "changes:\n  shorter: {on: 2025-02-01, set: {places.b.yard.room_wagons: 5}}\n"
    (tmp_path / "formed.yaml").write_text(TEXT + change)
    with pytest.raises(CorridorError, match=r"train_a_b, 10 wagons\), got 5 west") as raised:
        load_scenario(tmp_path / "formed.yaml")
    assert {fault.line for fault in raised.value.faults} == {len(TEXT.splitlines()) + 2}


# Changes


def loaded_with(data: Data, on: str, *, case: str | None = None, **edit: Data):  # type: ignore[no-untyped-def]
    return load_mapping(data | {"patches": {"p": {"on": on, **edit}}, "cases": {"with": ["p"], "base": []}}, case or "with")


def test_changes_act_on_the_service_as_written() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, times=[0, 800])})
    data["services"]["train"] |= {"departs": {}, "departs_at": {}}
    edits = {"multiply": {"services.*.carries.wagons": 0.5}, "add": {"services.train.carries.wagons": -1}}
    loaded = loaded_with(data, "2025-02-01", **edits)
    sizes = [[scenario.services[part].carries.wagons for part in scenario.parts_of("train")] for _, scenario in loaded.snapshots]
    assert sizes == [[10, 10], [4, 4]]
    assert {str(change) for change in loaded.changes} == {
        "2025-02-01 services.train.carries.wagons: 10 -> 4 (p)", "2025-02-01 services.feeder.carries.wagons: 10 -> 5 (p)",
    }  # fmt: skip


def test_a_patch_from_the_start_may_change_where_trains_are_re_formed() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, times=[0])})
    without = loaded_with(data, "2025-01-01", set={"services.train.via": None, "services.train.departs_at": {}})
    assert list(without.scenario.services) == ["train", "feeder"]
    del data["services"]["train"]["via"]
    data["services"]["train"]["departs_at"] = {}
    assert list(loaded_with(data, "2025-01-01", case="base", set={"services.train.via": ["b"]}).scenario.services) == ["train", "feeder"]
    formed = loaded_with(data, "2025-01-01", set={"services.train.via": ["b"]})
    assert list(formed.scenario.services) == ["train_a_b", "train_b_c", "feeder"]
    assert list(load_case(formed, "base").scenario.services) == ["train", "feeder"]


def test_where_trains_are_re_formed_stays_within_a_run() -> None:
    with pytest.raises(CorridorError, match=r"services.train.via can't change after the start yet; a service may state runs_from"):
        loaded_with(trains(), "2025-02-01", set={"services.train.via": None})


def test_dates_of_a_service_hold_for_its_parts() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, times=[0])})
    data["services"]["train"]["runs_from"] = "2025-01-03"
    assert trips(run(data), "f") == [48 + 30]


# What is said of it


def test_a_result_knows_the_service_as_written() -> None:
    data = trains()
    loaded = load_mapping(data)
    assert loaded.resolved["services"]["train"] == data["services"]["train"]
    assert "train_a_b" not in as_yaml(loaded.resolved)
    assert load_mapping(loaded.resolved).scenario == loaded.scenario
    other = deepcopy(data)
    other["services"]["train"]["carries"]["wagons"] = 12
    other["services"]["train"] |= {"via": None, "departs_at": {}}
    other["flows"] = {"f": data["flows"]["f"]}
    found = {difference.path for difference in diff(loaded, load_mapping(other | {"name": "formed"}))}
    assert {"services.train.carries.wagons", "services.train.via"} <= found
    assert not any("train_a_b" in path for path in found)
    assert essence(loaded.resolved)["services"]["train"]["via"] == ["b"]


def test_an_explanation_gives_the_inputs_as_written_and_the_results_of_the_parts(tmp_path: Path) -> None:
    from corridor_sim.experiment import simulate as study_of

    loaded = load_mapping(trains())
    study = study_of(loaded, out=tmp_path, replications=1, workers=1)
    (found,) = explained(loaded, "train", study)
    assert [one.path for one in found.inputs] == ["carries.wagons", "departs_at.b.at_least"]
    runs = [(one.subject, one.value) for one in found.results if one.measure == "departures"]
    assert runs == [("train_a_b", 2), ("train_b_c", 2)]


def test_a_norm_that_makes_trains_small_is_warned_of() -> None:
    data = trains(flows={"f": flow("a", "c", "train", times=[0])})
    data["services"]["train"] |= {"departs_at": {}}
    data["legs"]["bc"]["max_gross_t"] = 300
    assert [w.message for w in load_mapping(data).warnings if w.code in ("norm", "block")] == []
    data["services"]["train"]["via"] = None
    (warned,) = [w for w in load_mapping(data).warnings if w.code == "norm"]
    assert (warned.path, warned.message) == (
        "services.train", "bc holds a train to 5 wagons of coal all the way, of which 10 wagons could go elsewhere: "
        "via: [b] would re-form trains there",
    )  # fmt: skip
    data["places"]["b"] = {}
    assert [w for w in load_mapping(data).warnings if w.code == "norm"] == []  # no yard, nothing to be done


def test_a_train_larger_than_a_norm_is_warned_of_only_where_no_part_takes_it() -> None:
    data = trains(flows={"f": flow("a", "c", "train", times=[0])})
    data["services"]["train"] |= {"departs_at": {}}
    data["legs"]["bc"]["max_wagons"] = 5
    assert [w.path for w in load_mapping(data).warnings if w.code == "block"] == []
    data["legs"]["ab"]["max_wagons"] = 6
    assert [w.path for w in load_mapping(data).warnings if w.code == "block"] == ["services.train.carries"]


def test_room_need_hold_only_what_norms_let_through() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, times=[0])})
    del data["services"]["feeder"]
    data["services"]["train"] |= {"departs_at": {}, "two_way": False}
    data["legs"]["bc"]["max_wagons"] = 5
    data["places"]["c"]["yard"] = {"room_wagons": 5}
    assert departures(run(data), "train_b_c") == [5, 5]


def test_flows_without_routes_find_the_parts() -> None:
    data = trains()
    for one in data["flows"].values():
        del one["routes"]
    plan = build_plan(load_mapping(data))
    assert [[route.name for route in one.routes] for one in plan.flows] == [["train_a_b>train_b_c"], ["feeder>train_b_c"]]


def test_alternatives_may_be_re_formed_at_the_same_yards() -> None:
    data = trains(flows={"f": flow("a", "c", ["train", "second"], consignment=10, times=[0])})
    data["services"]["second"] = data["services"]["train"] | {"carries": {"wagons": 20}}
    plan = build_plan(load_mapping(data))
    assert [route.name for route in plan.flows[0].routes] == ["train_a_b|second_a_b>train_b_c|second_b_c"]


def test_stocks_may_wait_at_the_yard() -> None:
    data = trains(flows={"f": flow("a", "c", "train", times=[100])}, start_stocks={"s": {"flow": "f", "units": 5, "at": "b"}})
    found = run(data)
    # what stands there waits for the group of 100 h, which is there at 110
    assert (trips(found, "f"), departures(found, "train_b_c"), departures(found, "train_b_c", "depart_h")) == ([130], [10], [110])
