"""Formation plans: trains end in a yard on their way and new ones form there, of all that goes on together; exact times and rates, norms, pools."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from formed_of import Data, departures, flow, run, trains, trips, written_apart
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.facts import facts_of
from corridor_sim.loading import load_mapping, load_scenario
from corridor_sim.metrics import metric_table
from corridor_sim.summary import summary_lines

EXAMPLE = Path(__file__).parent.parent / "docs" / "formation.yaml"


def test_two_origins_are_joined_to_one_train() -> None:
    found = run(trains())
    # from a at b at 10 and 110, from d at 17 and 137; two groups make a train, which runs 20 h
    assert (trips(found, "f"), trips(found, "g")) == ([37, 157], [37, 157])
    assert (departures(found, "train_b_c"), departures(found, "train_b_c", "lots")) == ([10, 10], [2, 2])
    assert departures(found, "train_a_b") == [5, 5]


def test_the_wait_in_the_yard_is_accumulation_and_stands_there() -> None:
    found = run(trains())
    assert (trips(found, "f", "accumulation_h"), trips(found, "g", "accumulation_h")) == ([7, 27], [0, 0])
    assert (trips(found, "f", "moving_h"), trips(found, "g", "moving_h")) == ([30, 30], [27, 27])
    plan = build_plan(load_mapping(trains()))
    pens = [pen for pen in plan.pens if plan.places[pen.place] == "b"]
    assert [pen.name for pen in pens] == ["b:train_b_c:coal"]  # both flows wait in it


def test_a_block_train_passes_the_yard() -> None:
    data = trains(flows={"f": flow("a", "c", "train", times=[0]), "h": flow("a", "c", "block", times=[0])})
    data["services"]["block"] = {"route": ["a", "b", "c"], "carries": {"wagons": 10}}
    found = run(data)
    assert (trips(found, "h"), departures(found, "block")) == ([30], [5])
    assert departures(found, "train_b_c") == []  # five wagons wait for five others at b


def test_what_goes_the_other_way_is_re_formed_too() -> None:
    data = trains(flows={"f": flow("c", "a", "train", times=[0]), "g": flow("c", "d", "train", "feeder", times=[3])})
    data["services"]["train"]["departs_at"] = {"c": {"at_least": 1.0}}
    found = run(data)
    assert (trips(found, "f"), trips(found, "g")) == ([3 + 20 + 10], [3 + 20 + 7])
    assert departures(found, "train_b_c") == [10]


def test_loads_board_and_leave_at_the_yard() -> None:
    data = trains(flows={"f": flow("a", "b", "train", times=[0]), "g": flow("b", "c", "train", times=[4, 5])})
    found = run(data)
    assert (trips(found, "f"), trips(found, "g")) == ([10], [25, 25])


def test_a_full_yard_holds_the_next_train_at_its_origin() -> None:
    data = trains(flows={"f": flow("a", "c", "train", times=[0, 1, 2])})
    data["services"]["train"]["departs_at"] = {"b": {"after_first_lot_h": 6}}
    data["places"]["b"] = {"at": [40, 52], "yard": {"room_wagons": 10}}
    found = run(data)
    # two have the room at b, the third waits at a from 2; so the first goes on as soon as it comes (rule `room`), the others after 6 h
    assert trips(found, "f") == [10 + 20, 11 + 6 + 20, 10 + 10 + 6 + 20]
    assert trips(found, "f", "blocked_h") == [0, 0, 8]
    assert trips(found, "f", "accumulation_h") == [0, 6, 6]


def test_the_rule_at_the_yard_may_be_a_time() -> None:
    data = trains(flows={"f": flow("a", "c", "train", times=[0])})
    data["services"]["train"]["departs_at"] = {"b": {"at_least": 1.0, "after_first_lot_h": 48}}
    assert trips(run(data), "f") == [10 + 48 + 20]


@pytest.mark.parametrize("order", [("border", "yard"), ("yard", "border")])
def test_a_border_at_the_yard_is_crossed_once(order: tuple[str, str]) -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, times=[0]), "g": flow("c", "a", "train", consignment=10, times=[40])})
    facilities: Data = {"yard": {}, "border": {"lanes": 1, "inspection_h": 4, "other": {}}}
    data["places"]["b"] = {"at": [40, 52], **{name: facilities[name] for name in order}}
    found = run(data)
    assert (trips(found, "f"), trips(found, "g")) == ([34], [74])


def test_parts_run_in_the_direction_of_the_whole() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, times=[0])})
    data["places"]["b"] = {"at": [40, 54], "yard": {"room_wagons": {"west": 10, "east": 20}}}  # the first part leads back east
    scenario = load_mapping(data).scenario
    assert [scenario.services[part].direction for part in scenario.parts_of("train")] == ["west", "west"]
    assert trips(run(data), "f") == [30]


def test_an_embargo_of_the_yard_holds_flows_at_their_origins() -> None:
    data = trains(flows={"f": flow("a", "c", "train", times=[0, 1, 2, 30, 200])})
    data["places"]["b"]["embargo"] = {"stop_above": 9, "resume_below": 5, "measure": "wagons"}
    data["services"]["train"] |= {"carries": {"wagons": 20}}
    data["services"]["train"]["departs_at"] = {"b": {"after_first_lot_h": 90}}
    found = run(data)
    # three stand there from 10 to 100; what is ready at 30 is held until then, and waits for itself at b
    assert trips(found, "f") == [120, 120, 120, 100 + 10 + 90 + 20, 200 + 10 + 90 + 20]


def test_a_norm_binds_only_where_the_leg_is() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, times=[0, 50])})
    data["legs"]["bc"] |= {"max_wagons": 4}
    data["services"]["train"] |= {"departs": {"at_least": 1.0}, "departs_at": {}}
    found = run(data)
    assert departures(found, "train_a_b") == [10, 10]
    assert departures(found, "train_b_c") == [4] * 5
    data["services"]["train"] |= {"via": None}
    assert departures(run(data), "train") == [4] * 5  # passing trains are as small all the way


def test_lorries_are_re_formed_too() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=2, times=[0, 3])})
    data["commodities"]["coal"] = {"unit": "truck", "t_per_unit": 20}
    for leg in data["legs"].values():
        leg["mode"] = "road"
    data["services"] = {"train": {"route": ["a", "b", "c"], "via": ["b"], "carries": {"trucks": 1}, "departs_at": {"b": {"after_first_lot_h": 2}}}}
    data["places"]["b"]["yard"] = {"room_trucks": 40}
    found = run(data)
    assert trips(found, "f") == [30, 33]  # full at once
    assert departures(found, "train_b_c", "trucks") == [1, 1, 1, 1]


def test_supply_without_limit_goes_on_in_trains_of_its_own() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, supply="unlimited")})
    data["legs"]["ab"]["pairs_per_day"] = 4
    data["services"]["train"]["carries"] = {"wagons": 40}
    data["services"]["train"] |= {"departs": {"at_least": 1.0}, "departs_at": {}}
    data["legs"]["bc"]["max_wagons"] = 8
    found = run(data)
    assert [set(departures(found, name)) for name in ("train_a_b", "train_b_c")] == [{40}, {8}]
    assert set(np.diff(departures(found, "train_a_b", "depart_h"))[1:]) == {6}  # a path every six hours; the second waits for its own


def test_times_in_the_yard() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, times=[0])})
    data["services"]["train"] |= {"handling_h": 3}
    assert trips(run(data), "f") == [3 + 10 + 20 + 3]  # loaded and unloaded at the ends, not in the yard
    data["services"]["train"] |= {"handling_h": {"b": {"unload": 4}}}
    assert trips(run(data), "f") == [34]
    data["services"]["train"] |= {"handling_h": None}
    data["places"]["b"] |= {"yard": {"passage_h": 5}}
    assert trips(run(data), "f") == [35]


def waits_of_groups(groups: int, per_day: float, seed: int) -> tuple[Any, Any]:
    """Hours that random groups from two origins wait at the yard for a train of so many, and the number of the train that takes each."""
    year = {"per_year": per_day * 5 * 365.25 / 2}
    data = trains(flows={"f": flow("a", "c", "train", **year), "g": flow("d", "c", "feeder", "train", **year)}, end="2033-01-01", seed=seed)
    data["services"]["train"] |= {"carries": {"wagons": 5 * groups}, "departs_at": {"b": {"at_least": 1.0}}, "departs": {}}
    table = run(data).tables["trips"]
    train = np.unique(table["last_h"], return_inverse=True)[1]
    return table["accumulation_h"], train


@pytest.mark.parametrize("groups", [2, 5])
def test_the_mean_wait_to_fill_is_exact(groups: int) -> None:
    per_day, means = 4.0, []
    for seed in (1, 2):
        waits, train = waits_of_groups(groups, per_day, seed)
        means.append(np.bincount(train, weights=waits) / np.bincount(train))  # waits of different trains are independent
    found = np.concatenate(means)
    expected = (groups - 1) / (2 * per_day / 24)
    assert len(found) > 4000
    assert abs(found.mean() - expected) < 4 * found.std() / np.sqrt(len(found))


def both_ways(**more: Any) -> Data:
    """Random loads of every relation of the line."""
    pairs = {"ac": ("train",), "ca": ("train",), "dc": ("feeder", "train"), "cd": ("train", "feeder"), "ab": ("train",)}
    flows = {f"f_{a}{b}": flow(a, b, *ways, per_year=900, consignment=3) for (a, b), ways in pairs.items()}
    data = trains(flows=flows, end="2025-07-01", **more)
    data["services"]["train"] |= {"departs": {"at_least": 0.8, "after_first_lot_h": 40}, "handling_h": {"a": 2, "b": 1, "c": 3}}
    data["services"]["train"]["departs_at"] = {"b": {"at_least": 1.0, "after_first_lot_h": 60}}
    data["services"]["feeder"] |= {"departs": {"after_first_lot_h": 10}}
    data["legs"]["bc"] |= {"max_gross_t": 400, "pairs_per_day": 4}
    data["places"]["b"]["yard"] = {"room_wagons": 60, "passage_h": 1}
    return data


def same_bytes(one: Data, other: Data, replication: int = 0) -> None:
    """The records of both are equal to the last bit."""
    first, second = run(one, replication), run(other, replication)
    assert first.names == second.names
    assert first.audit == second.audit
    assert list(first.tables) == list(second.tables)
    for name, table in first.tables.items():
        for column in table:
            assert np.asarray(table[column]).tobytes() == np.asarray(second.tables[name][column]).tobytes(), (name, column)


@pytest.mark.parametrize("replication", range(2))
def test_it_is_the_same_as_services_written_apart(replication: int) -> None:
    data = both_ways()
    apart = written_apart(data)
    for name, ends in (("train_a_b", ("a", "b")), ("train_b_c", ("b", "c"))):
        hours = data["services"]["train"]["handling_h"]
        apart["services"][name]["handling_h"] = {place: hours[place] for place in ends}
    same_bytes(data, apart, replication)


def pooled(**more: Any) -> Data:
    data = trains(**more)
    data["pools"] = {
        "flat": {"services": ["train", "feeder"], "stock": {"a": 10, "d": 10}, "returns": {"c": {"services": ["train"], "after_h": 0}}}
    }
    return data


def test_the_wagon_stays_under_its_load_over_the_yard() -> None:
    data = pooled(flows={"f": flow("a", "c", "train", consignment=10, times=[0, 1])})
    data["services"]["train"]["departs_at"] = {"b": {"at_least": 1.0}}
    found = run(data)
    table = found.tables["pool_place_months"]
    at = {place: int(np.sum(table["taken"][table["place"] == k])) for k, place in enumerate(found.names.places)}
    assert at == {"a": 10 + 10, "d": 0, "b": 0, "c": 0}
    # ten wagons: empty at c at 30, back over both parts at a at 60
    assert trips(found, "f") == [30, 90]


def test_empties_from_a_yard_need_the_name_of_a_part() -> None:
    data = pooled(flows={"f": flow("a", "b", "train", consignment=10, times=[0, 1])})
    data["pools"]["flat"]["returns"] = {"b": {"services": ["train_a_b"], "after_h": 0}}
    assert trips(run(data), "f") == [10, 30]


def test_pools_are_the_same_as_written_apart() -> None:
    data = pooled()
    data["flows"] = {"f_ac": flow("a", "c", "train", per_year=1500), "f_dc": flow("d", "c", "feeder", "train", per_year=700)}
    data["pools"]["flat"] |= {"stock": {"a": 60, "d": 40}}
    data["pools"]["flat"]["returns"]["c"] |= {"services": ["train"]}
    data["services"]["train"]["departs_at"] = {"b": {"after_first_lot_h": 12}}
    same_bytes(data, written_apart(data))


def test_a_district_serves_the_part_that_it_spans() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, times=[0, 1])})
    data["locomotives"] = {"east": {"between": ["b", "c"], "stock": {"b": 1}, "light_h": 20}}
    data["services"]["train"]["locomotives"] = ["east"]
    found = run(data)
    assert trips(found, "f") == [30, 70]  # the locomotive is back at 50
    assert trips(found, "f", "vehicle_h") == [0, 39]
    scenario = load_mapping(data).scenario
    assert [scenario.services[part].locomotives for part in scenario.parts_of("train")] == [(), ("east",)]


def test_a_disruption_of_the_service_strikes_its_parts_at_once() -> None:
    data = trains(flows={"f": flow("a", "c", "train", consignment=10, times=[1, 30])})
    data["disruptions"] = {"strike": {"at": "train", "spells": [{"from": "2025-01-01 06:00", "to": "2025-01-02 16:00"}]}}
    found = run(data)
    assert trips(found, "f") == [60, 70]  # the first stands at b from 11 to 40, the second at a from 30 to 40
    plan = build_plan(load_mapping(data))
    assert [outage.element for outage in plan.outages] == ["train"]
    assert [[plan.services[k].name for k in outage.services] for outage in plan.outages] == [["train_a_b", "train_b_c"]]


def test_results_name_the_parts() -> None:
    data = trains()
    plan = build_plan(load_mapping(data))
    found = simulate(plan, 0)
    facts = facts_of(plan, found.names)
    table = metric_table(found, facts)
    trains_run = table[(table.kind == "service") & (table.period == "all") & (table.measure == "departures")]
    assert dict(zip(trains_run.subject.astype(str), trains_run.value, strict=True)) == {"train_a_b": 2, "train_b_c": 2, "feeder": 2}
    pens = table[(table.kind == "pen") & (table.period == "all")]
    assert set(pens.subject.astype(str)) == {"a:train_a_b:coal", "b:train_b_c:coal", "d:feeder:coal"}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_unit_is_lost_on_random_lines(data: st.DataObject) -> None:
    places = [f"p{k}" for k in range(data.draw(st.integers(3, 6)))]
    inner = places[1:-1]
    whole = float(data.draw(st.integers(3, 12)))
    room = st.one_of(st.none(), st.integers(30, 60))
    made: Data = trains(places={}, legs={}, end="2025-02-10", seed=data.draw(st.integers(0, 9)))
    for k, place in enumerate(places):
        limit = data.draw(room)
        made["places"][place] = {"at": [40, 60 - k], "yard": {"room_wagons": limit} if limit else {}}
    for first, last in pairwise(places):
        norm = data.draw(st.one_of(st.none(), st.integers(3, 12)))
        leg = {"mode": "rail", "between": [first, last], "length_km": 50, "run_h": data.draw(st.integers(1, 9)), "pairs_per_day": 12}
        made["legs"][f"{first}_{last}"] = leg | ({"max_wagons": norm} if norm else {})
    rule = {"at_least": data.draw(st.sampled_from([0.5, 1.0])), "after_first_lot_h": data.draw(st.integers(1, 48))}
    service: Data = {"route": places, "carries": {"wagons": whole}, "departs": rule}
    made["services"] = {}
    for name in ("one", "two"):
        via = [place for place in inner if data.draw(st.booleans())]
        made["services"][name] = service | ({"via": via} if via else {})
    made["flows"] = {}
    for k in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(["one", "two"]))
        stops = [places[0], *made["services"][name].get("via", []), places[-1]]
        origin, to = data.draw(st.permutations(stops))[:2]
        made["flows"][f"f{k}"] = flow(origin, to, name, per_year=data.draw(st.integers(100, 30000)), consignment=data.draw(st.integers(1, 15)))
        made["flows"][f"f{k}"]["commodity"] = f"coal_{k}"
        made["commodities"][f"coal_{k}"] = {"unit": "wagon", "t_per_unit": 60}
    if data.draw(st.booleans()):
        ends = (places[0], places[-1])
        returns = {place: {"services": [data.draw(st.sampled_from(["one", "two"]))], "after_h": 12, "wanted": 40} for place in ends}
        made["pools"] = {"flat": {"services": ["one", "two"], "stock": dict.fromkeys(places, 20), "returns": returns}}
    found = run(made)  # the audit balances units, ledgers, room and Little's law; the watchdog sees what stands still
    scenario, table = load_mapping(made).scenario, found.tables["departures"]
    for k, name in enumerate(found.names.services):
        route = scenario.services[name].route
        norms = [made["legs"][f"{a}_{b}"].get("max_wagons", whole) for a, b in pairwise(route)]
        assert max(table["wagons"][table["service"] == k], default=0) <= min(whole, *norms)
    months = found.tables["flow_months"]
    assert months["ready"].sum() >= months["delivered"].sum()


def test_the_example_shows_what_a_yard_is_worth() -> None:
    base, one_yard = (load_scenario(EXAMPLE, case=case) for case in ("base", "one_yard"))
    assert not base.warnings
    assert [(w.path, w.code) for w in one_yard.warnings] == [("services.wagons", "norm")]
    full = departures(simulate(build_plan(base), 0, full_records=True), "wagons_arys_beyneu")
    small = departures(simulate(build_plan(one_yard), 0, full_records=True), "wagons_arys_aktau")
    assert (max(full), max(small)) == (60, 40)  # re-formed at Beyneu, where the norm falls, trains are as large as the line before allows
    assert len(full) < 0.8 * len(small)


def test_the_summary_names_the_part_that_stood_still(tmp_path: Path) -> None:
    from corridor_sim.experiment import simulate as study_of

    data = trains(flows={"f": flow("a", "c", "train", times=[0])}, end="2025-06-01")
    study = study_of(load_mapping(data), out=tmp_path, replications=1, workers=1)
    assert "STOOD STILL: 5 wagon of coal in b wait for train_b_c, which sent nothing in the last month" in "\n".join(summary_lines(study))
