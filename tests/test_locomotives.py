"""Locomotives by district: who waits for one, light runs, exact rates, conservation, and what is said of one that is empty for good."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from locomotives_of import Data, arrivals, flow, run, total, trains

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.engine.districts import District
from corridor_sim.errors import AuditError, CorridorError
from corridor_sim.facts import facts_of
from corridor_sim.loading import load_mapping
from corridor_sim.metrics import metric_table


def test_with_locomotives_enough_nobody_waits() -> None:
    found = run(trains())
    assert arrivals(found) == [30, 31, 32]
    assert [total(found, "west", c) for c in ("taken", "at_once", "hauling_h", "waiting_h", "light_runs")] == [3, 3, 30, 0, 0]
    assert total(found, "east", "hauling_h") == 60


def test_a_train_waits_for_a_light_locomotive_and_the_wait_is_for_a_vehicle() -> None:
    data = trains()
    data["locomotives"]["west"]["stock"] = {"a": 1}
    found = run(data)
    # the first leaves its locomotive at b at 10; it is back at 18, then at 36
    assert arrivals(found) == [30, 48, 66]
    assert [float(h) for h in found.tables["trips"]["vehicle_h"]] == [0, 17, 34]
    assert [total(found, "west", c) for c in ("waiting_h", "light_runs", "light_h", "taken")] == [51, 2, 16, 3]


def test_the_change_on_the_way_is_waited_for_too() -> None:
    data = trains()
    data["locomotives"]["east"] |= {"stock": {"c": 1}, "returns_after_h": 5}
    # the first train is at b at 10, the locomotive there at 25; it is at c at 45, leaves at 50, is back at 65
    assert arrivals(run(data)) == [45, 85, 125]


def test_a_train_the_other_way_takes_what_the_first_left() -> None:
    data = trains(flows={"f": flow("a", "c", times=[0]), "g": flow("c", "a", times=[30])})
    for name, place in (("west", "a"), ("east", "b")):
        data["locomotives"][name] = {"between": data["locomotives"][name]["between"], "stock": {place: 1}}
    found = run(data)
    assert (arrivals(found), arrivals(found, "g"), total(found, "east", "light_runs")) == ([30], [60], 0)


def test_who_has_priority_goes_first() -> None:
    data = trains(classes={"fast": {"priority": 1}}, flows={"f": flow("a", "c", times=[0, 1]), "g": flow("a", "c", "express", times=[2])})
    data["services"]["express"] = data["services"]["train"] | {"class": "fast"}
    data["locomotives"]["west"]["stock"] = {"a": 1}
    found = run(data)
    assert (arrivals(found), arrivals(found, "g")) == ([30, 66], [48])


def test_the_wait_is_in_the_yard_and_before_room_ahead_is_claimed() -> None:
    data = trains(flows={"f": flow("a", "c", times=[0, 1, 2, 3])})
    data["places"] = {"a": {}, "b": {"yard": {"room_wagons": 20}}, "c": {}}
    data["locomotives"]["east"] |= {"stock": {"c": 1}}
    found = run(data)
    # the locomotive comes to b at 25, then every 35 h; two trains stand in the yard, two at a beside a locomotive that they don't hold
    assert arrivals(found) == [45, 80, 115, 150]
    assert found.tables["room_months"]["peak"].max() == 20
    # the third takes the last locomotive at a when room comes free at 25; another runs there light till 33, the fourth goes at 60
    assert [float(h) for h in found.tables["trips"]["blocked_h"]] == [0, 0, 23, 22 + 27]
    assert [float(h) for h in found.tables["trips"]["vehicle_h"]] == [15, 49, 60, 8 + 60]
    assert total(found, "west", "hauling_h") == 40


# Known rates


def saturated(locomotives: int, pairs: float, both: bool = False) -> Data:
    """One district, more trains than its locomotives can take; light returns unless they are saturated both ways."""
    data = trains(end="2026-01-01")
    data["places"].pop("c")
    data["legs"] = {"ab": {"mode": "rail", "between": ["a", "b"], "length_km": 100, "run_h": 20, "pairs_per_day": pairs}}
    data["services"] = {"train": {"route": ["a", "b"], "carries": {"wagons": 10}, "locomotives": ["d"]}}
    data["locomotives"] = {"d": {"between": ["a", "b"], "stock": {"a": locomotives}, "light_h": 12}}
    data["flows"] = {"f": flow("a", "b", per_year=36500)}
    if both:
        data["flows"]["g"] = flow("b", "a", per_year=36500)
        data["locomotives"]["d"] |= {"stock": {"a": locomotives // 2, "b": locomotives - locomotives // 2}}
    return data


@pytest.mark.parametrize(("locomotives", "pairs"), [(1, 24), (3, 24), (5, 24), (5, 3)])
def test_one_way_locomotives_turn_in_run_and_light_run(locomotives: int, pairs: float) -> None:
    found = run(saturated(locomotives, pairs), full=False)
    expected = min(locomotives / 32, pairs / 24) * 24 * 365
    assert total(found, "d", "taken") == pytest.approx(expected, abs=locomotives + 3)
    assert total(found, "d", "taken") - total(found, "d", "light_runs") <= locomotives


def test_both_ways_saturated_they_never_run_light() -> None:
    found = run(saturated(4, 24, both=True), full=False)
    assert total(found, "d", "taken") == pytest.approx(4 / 20 * 24 * 365, abs=12)
    assert total(found, "d", "light_runs") <= 4  # before the first trains have come


# Laws


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 20000), st.integers(0, 20000),
    st.one_of(st.none(), st.integers(0, 30)), st.integers(0, 20), st.one_of(st.none(), st.integers(1, 4)),
    st.one_of(st.none(), st.integers(10, 40)), st.integers(0, 5),
)  # fmt: skip
def test_no_locomotive_is_lost(
    one: int, two: int, three: int, out: int, back: int, light: int | None, after: int, fleet: int | None, room: int | None, seed: int
) -> None:
    data = trains(end="2025-02-15", drain_days=20, seed=seed)
    data["locomotives"]["west"] |= {"stock": {"a": one, "b": two}, "light_h": light, "returns_after_h": after}
    data["locomotives"]["east"] |= {"stock": {"b": three}, "light_h": light}
    if room is not None:
        data["places"]["b"] = {"yard": {"room_wagons": room}}
    if fleet is not None:
        data["services"]["train"] |= {"vessels": fleet, "departs": {"idle_h": 10}}
    data["services"]["short"] = {"route": ["b", "c"], "carries": {"wagons": 10}, "locomotives": ["east"]}
    data["flows"] = {
        "f": flow("a", "c", per_year=out), "g": flow("c", "a", per_year=back), "h": flow("c", "b", "short", per_year=back),
    }  # fmt: skip
    found = run(data)  # the audit counts every locomotive
    assert found.audit["locomotives_wrong"] == 0
    for name, stock in (("west", one + two), ("east", three)):
        hours = [total(found, name, column) for column in ("hauling_h", "light_h", "idle_h")]
        assert sum(hours) == pytest.approx(total(found, name, "stock_h")) == stock * 45 * 24


def test_full_yards_and_few_locomotives_never_stand_still() -> None:
    data = trains(flows={"f": flow("a", "c", per_year=36500), "g": flow("c", "a", per_year=36500)})
    data["places"]["b"] = {"yard": {"room_wagons": 10}}
    for name, other in (("west", "a"), ("east", "c")):
        data["locomotives"][name] |= {"stock": {other: 1, "b": 1}}
    found = run(data, full=False)
    # eastbound trains in the yard need what westbound ones bring, and the other way round
    assert total(found, "west", "starved_h") + total(found, "east", "starved_h") == 0
    assert min(len(arrivals(found)), len(arrivals(found, "g"))) > 100


@pytest.mark.parametrize("replication", range(2))
def test_the_same_seed_gives_the_same_bytes(replication: int) -> None:
    data = trains(flows={"f": flow("a", "c", per_year=9000), "g": flow("c", "a", per_year=3000)})
    first, second = (run(data, replication).tables["locomotive_months"] for _ in range(2))
    assert all(first[column].tobytes() == second[column].tobytes() for column in first)


def test_plenty_of_locomotives_change_nothing() -> None:
    flows = {"f": flow("a", "c", per_year=9000), "g": flow("c", "a", per_year=9000)}
    with_them, without = trains(flows=flows), trains(flows=flows, locomotives={})
    without["services"]["train"].pop("locomotives")
    for name in ("west", "east"):
        with_them["locomotives"][name]["stock"] = dict.fromkeys(with_them["locomotives"][name]["between"], 1000)
    one, other = run(with_them).tables, run(without).tables
    assert "locomotive_months" not in other
    assert one["trips"]["last_h"].tobytes() == other["trips"]["last_h"].tobytes()


def test_a_lost_locomotive_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = District._stand

    def leak(district: District, end: int, now: float) -> None:
        if now != 10:
            sound(district, end, now)

    monkeypatch.setattr(District, "_stand", leak)
    with pytest.raises(AuditError, match="west: 3 locomotives, 2 found standing"):
        run(trains())


# Starving


def starving() -> Data:
    """Locomotives don't come back from b, so that later trains wait for ever."""
    data = trains(flows={"f": flow("a", "c", times=[0, 50, 100])})
    data["locomotives"]["west"] = {"between": ["a", "b"], "stock": {"a": 1}}
    return data


def test_a_district_that_is_empty_for_good_is_named_and_no_error() -> None:
    plan = build_plan(load_mapping(starving()))
    found = simulate(plan, 0)
    table = metric_table(found, facts_of(plan, found.names))
    wanted = table[(table.period == "all") & (table.subject == "west") & (table.measure == "starved")]
    assert wanted["value"].iloc[0] == 181 * 24 - 50 - 720  # the second train waits from 50 h; a month later the boundary is starved


def test_the_summary_and_the_page_say_so(tmp_path: Any) -> None:
    from corridor_sim.dashboard import dashboard_html
    from corridor_sim.experiment import simulate as study_of
    from corridor_sim.summary import summary_lines

    study = study_of(load_mapping(starving()), out=tmp_path, replications=1, workers=1)
    text = "\n".join(summary_lines(study))
    assert "locomotives of west: 1, 0.230 % in use, idle 0.998, light runs 0, a train waits " in text
    assert "DISTRICT west EMPTY" in text
    dashboard_html(study, tmp_path / "page.html")
    assert "running light" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_boundary_to_which_none_ever_comes_is_warned_of() -> None:
    data = trains()
    data["services"]["train"]["two_way"] = False
    data["locomotives"]["west"] = {"between": ["a", "b"], "stock": {"b": 2}}
    assert [w.message for w in load_mapping(data).warnings if "locomotives" in str(w)] == [
        "train takes locomotives at a, where none stand at the start and none come: it waits for ever"
    ]


# Bad input


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"west": {"between": ["a", "a"]}}, "expected two different places"),
        ({"west": {"stock": {"c": 1}}}, "expected stock at a or b, got 'c'"),
        ({"west": {"stock": {"a": 0}}}, "expected at least one locomotive"),
        ({"west": {"stock": {"a": -1}}}, "stock"),
        ({"west": {"stock": {"a": 1.5}}}, "stock"),
        ({"west": {"light_h": -1}}, "light_h"),
        ({"west": {"between": ["a", "nowhere"]}}, "there is no place 'nowhere'"),
        ({"west": {"between": ["a", "c"]}}, "east begins before the last ends"),
        ({"east": {"traction": "3kv"}}, r"locomotives of east \(3kv\) can't run over bc \(25kv\)"),
        ({"west": {"traction": "25kv"}}, "can't run over ab"),
    ],
)
def test_a_district_that_cannot_be_is_refused(edit: Data, said: str) -> None:
    data = deepcopy(trains())
    for district, stated in edit.items():
        data["locomotives"][district] |= stated
    with pytest.raises(CorridorError, match=said):
        build_plan(load_mapping(data))


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (["east", "west"], "west begins before the last ends"),
        (["west", "west"], "west begins before the last ends"),
        (["wets"], "there is no district 'wets'.*west"),
        (["far"], r"expected both boundaries of far \(a, d\) on the route"),
    ],
)
def test_a_service_names_districts_in_order(named: list[str], said: str) -> None:
    data = trains()
    data["places"]["d"] = {}
    data["locomotives"]["far"] = {"between": ["a", "d"], "stock": {"a": 1}}
    data["services"]["train"]["locomotives"] = named
    with pytest.raises(CorridorError, match=said):
        build_plan(load_mapping(data))


def test_roads_and_load_aboard_have_no_locomotives() -> None:
    data = trains(start_stocks={"s": {"flow": "f", "aboard": "train", "units": 10}})
    with pytest.raises(CorridorError, match="which locomotive hauls load aboard train"):
        build_plan(load_mapping(data))
    for leg in data["legs"].values():
        leg["mode"] = "road"
    with pytest.raises(CorridorError, match="expected a service by rail, ab goes by road"):
        build_plan(load_mapping(data))


def test_a_district_stays_as_it_is_within_a_run() -> None:
    change = {"later": {"on": "2025-03-01", "set": {"locomotives.west.stock.a": 40}}}
    with pytest.raises(CorridorError, match="can't change after the start"):
        load_mapping(trains(changes=change))
