"""How a run begins: with stated stocks, or after a warm-up whose length a stationary pilot gives."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from laws.checks import LAWS
from laws.runs import busy_corridor, planned
from laws.strategies import small_scenarios

from corridor_sim.cases import compare
from corridor_sim.engine import simulate
from corridor_sim.errors import CorridorError
from corridor_sim.experiment import run_case
from corridor_sim.loading import load_mapping, load_scenario
from corridor_sim.records import Run
from corridor_sim.statistics import mser, pick
from corridor_sim.summary import summary_lines

Data = dict[str, Any]


def chain(**over: Any) -> Data:
    """Boxes from a to d by train, ferry and train; all times fixed: 10 h, 20 h and 4 h of unloading, 5 h."""
    data: Data = {
        "name": "chain", "start": "2025-01-01", "end": "2025-03-01", "warm_up_days": 0, "drain_days": 0,
        "commodities": {"box": {"unit": "teu", "t_per_unit": 10.0}},
        "places": {
            "a": {"at": [40.0, 60.0]},
            "b": {"at": [40.0, 55.0], "port": {"berths": {"ferry": 1}, "room_wagons": 40}},
            "c": {"at": [40.0, 50.0], "port": {"berths": {"ferry": 1}, "room_wagons": 40}},
            "d": {"at": [40.0, 45.0]},
        },
        "legs": {
            "ab": {"mode": "rail", "between": ["a", "b"], "length_km": 500.0, "speed_kmh": 50.0},
            "bc": {"mode": "sea", "between": ["b", "c"], "length_km": 400.0},
            "cd": {"mode": "rail", "between": ["c", "d"], "length_km": 250.0, "speed_kmh": 50.0},
        },
        "services": {
            "first": {"route": ["a", "b"], "carries": {"wagons": 20.0}},
            "ferry": {"route": ["b", "c"], "carries": {"wagons": 20.0}, "vessels": 2, "speed_kmh": 20.0, "berth": "ferry",
                      "handling_h": {"load": 4.0, "unload": 4.0}, "departs": {"at_least": 0.9, "idle_h": 1.0}},
            "last": {"route": ["c", "d"], "carries": {"wagons": 20.0}},
        },
        "flows": {"boxes": {"from": "a", "to": "d", "commodity": "box", "consignment": 40, "supply": "scheduled", "times": []}},
    }  # fmt: skip
    return data | over


def of_flow(run: Run, column: str) -> list[float]:
    return run.tables["flow_months"][column].tolist()


def begun(**stocks: Any) -> Run:
    return simulate(planned(chain(start_stocks={name: {"flow": "boxes", **stock} for name, stock in stocks.items()})), 0, full_records=True)


# Stated stocks


def test_a_stock_is_delivered_and_was_never_offered() -> None:
    run = begun(waiting={"at": "b", "units": 40}, home={"at": "a", "units": 40})
    assert of_flow(run, "ready") == [0, 0]
    assert sum(of_flow(run, "delivered")) == 80
    assert len(run.tables["trips"]["units"]) == 0
    assert run.audit["units_lost"] == run.audit["ledger_error_h"] == 0


def test_a_stock_is_there_from_the_first_hour() -> None:
    run = begun(waiting={"at": "b", "units": 40})
    spent = 4 + 20 + 4 + 5  # load, sail, unload, train: from the start to the end
    assert of_flow(run, "present_unit_h") == [40 * spent, 0]


def test_a_stock_at_sea_comes_in_when_it_is_said_to() -> None:
    run = begun(sailing={"aboard": "ferry", "units": 40, "arrives_h": 7.0})
    assert of_flow(run, "present_unit_h") == [40 * (7 + 4 + 5), 0]


def test_a_stock_at_sea_is_halfway_by_default() -> None:
    run = begun(sailing={"aboard": "ferry", "units": 40})
    assert of_flow(run, "present_unit_h") == [40 * (10 + 4 + 5), 0]


def test_a_stock_fills_as_many_vessels_as_it_needs() -> None:
    run = begun(sailing={"aboard": "ferry", "units": 80, "arrives_h": 7.0})
    assert of_flow(run, "present_unit_h") == [40 * (7 + 4 + 5) + 40 * (7 + 4 + 4 + 5), 0]  # one berth: the second waits for the first


def test_vessels_with_a_stock_sail_on_afterwards() -> None:
    run = begun(sailing={"aboard": "ferry", "units": 80, "arrives_h": 1.0}, waiting={"at": "b", "units": 80})
    assert sum(of_flow(run, "delivered")) == 160
    assert run.audit["vessels_lost" if "vessels_lost" in run.audit else "vehicles_lost"] == 0


def test_a_stock_holds_its_room() -> None:
    run = begun(waiting={"at": "b", "units": 80})
    rooms = run.tables["room_months"]
    assert rooms["peak"][(rooms["room"] == run.names.rooms.index("b.port.room_wagons.west")) & (rooms["month"] == 0)] == 40


def test_a_stock_takes_the_routes_of_its_flow() -> None:
    data = chain(start_stocks={"home": {"flow": "boxes", "at": "a", "units": 4000}})
    data["services"]["other"] = dict(data["services"]["first"])
    data["flows"]["boxes"]["routes"] = [{"share": 3, "services": ["first", "ferry", "last"]}, {"share": 1, "services": ["other", "ferry", "last"]}]
    run = simulate(planned(data), 0)
    boarded = {name: run.tables["pen_months"]["boarded"][run.tables["pen_months"]["pen"] == k].sum() for k, name in enumerate(run.names.pens)}
    assert boarded["a:first:box"] + boarded["a:other:box"] == 4000
    assert boarded["a:other:box"] == pytest.approx(1000, abs=4 * 40 * np.sqrt(100 * 3 / 16))


FAULTS: dict[str, tuple[Data, str]] = {
    "both": ({"at": "b", "aboard": "ferry"}, "expected at (a place) or aboard (a sea service), and not both"),
    "nowhere": ({}, "expected at (a place) or aboard (a sea service), and not both"),
    "destination": ({"at": "d"}, "expected a place where 'boxes' waits, got its destination 'd'"),
    "train": ({"aboard": "first"}, "expected a sea service, got 'first'"),
    "unknown place": ({"at": "bb"}, "there is no place 'bb'"),
    "unknown flow": ({"at": "b", "flow": "boxen"}, "there is no flow 'boxen', did you mean 'boxes'?"),
    "room": ({"at": "b", "units": 100}, "stocks at the start take 50 wagons west in b, its port has room for 40"),
    "vessels": ({"aboard": "ferry", "units": 81}, "stocks aboard fill 3 vessels of ferry, which has 2"),
    "late": ({"at": "b", "arrives_h": 3.0}, "expected arrives_h only with aboard"),
    "none": ({"at": "b", "units": 0}, "start_stocks.x.units"),
}


@pytest.mark.parametrize("slip", FAULTS)
def test_a_mistake_in_a_stock_is_named(slip: str) -> None:
    stated, words = FAULTS[slip]
    with pytest.raises(CorridorError) as error:
        load_mapping(chain(start_stocks={"x": {"flow": "boxes", "units": 10, **stated}}))
    assert any(words in str(fault) for fault in error.value.faults), error.value.faults


def test_a_stock_where_its_flow_never_comes_is_a_fault() -> None:
    data = chain(start_stocks={"x": {"flow": "boxes", "units": 10, "at": "e"}})
    data["places"]["e"] = {}
    with pytest.raises(CorridorError, match="flow 'boxes' doesn't go on through 'e'"):
        planned(data)


def test_a_stock_aboard_needs_vessels_where_they_were_stated() -> None:
    with pytest.raises(CorridorError, match="the warm-up moves the vessels"):
        load_mapping(chain(warm_up_days=10.0, start_stocks={"x": {"flow": "boxes", "units": 10, "aboard": "ferry"}}))


def test_stocks_beside_a_warm_up_are_a_warning() -> None:
    stated = {"x": {"flow": "boxes", "units": 10, "at": "b"}}
    assert any(w.code == "stock" for w in load_mapping(chain(warm_up_days=10.0, start_stocks=stated)).warnings)
    assert not any(w.code == "stock" for w in load_mapping(chain(start_stocks=stated)).warnings)


def test_the_summary_says_what_a_run_begins_with() -> None:
    study = run_case(load_mapping(chain(start_stocks={"x": {"flow": "boxes", "units": 40, "at": "b"}})), replications=1, out=None, workers=1)
    assert "begins with stated stocks of 0.400 kt in 1 place" in summary_lines(study)


@st.composite
def stocked(draw: st.DrawFn) -> Data:
    """A random small scenario that begins with load at every origin."""
    data = draw(small_scenarios())
    units = st.integers(1, 200)
    data["start_stocks"] = {f"at_{name}": {"flow": name, "at": flow["from"], "units": draw(units)} for name, flow in data["flows"].items()}
    return data


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate])
@given(scenario=stocked())
def test_laws_hold_with_stocks(scenario: Data) -> None:
    plan = planned(scenario)
    run = simulate(plan, 0, full_records=True)
    for law in LAWS:
        law(plan, run)


# Warm-up


def test_mser_cuts_where_the_rest_is_steadiest() -> None:
    assert mser([0, 0, 5, 5, 5, 5, 5, 5, 5, 5], batch=1) == (2, True)
    assert mser(np.repeat([0.0, 3.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0], 5)) == (10, True)


def test_mser_sees_that_a_rise_has_not_settled() -> None:
    cut, settled = mser(np.arange(100.0))
    assert cut >= 45
    assert not settled


def test_mser_by_hand() -> None:
    # squares about the mean over the square of how many are left: 4/49 = 0.082 without the first, 2.83/36 = 0.079 without two, 2.8/25 = 0.112
    assert mser([8, 3, 4, 5, 4, 3, 4, 5], batch=1) == (2, True)


def steady(**over: Any) -> Data:
    """A box every six hours on a way of 20 days: what is under way rises for 20 days and stays."""
    data = chain(warm_up_days="auto")
    data["legs"] = {"ab": {"mode": "rail", "between": ["a", "b"], "length_km": 24000.0, "speed_kmh": 50.0}}
    data["places"] = {"a": {"at": [40.0, 60.0]}, "b": {"at": [40.0, 55.0]}}
    data["services"] = {"first": {"route": ["a", "b"], "carries": {"wagons": 20.0}}}
    data["flows"] = {"boxes": {"from": "a", "to": "b", "commodity": "box", "consignment": 2, "supply": "scheduled", "per_year": 2920.0}}
    return data | over


def test_the_warm_up_ends_where_the_pilot_has_settled() -> None:
    study = run_case(load_mapping(steady()), replications=1, out=None, workers=1)
    found = study.manifest["warm_up"]
    assert (found["days"], found["begins"], found["settled"]) == (20, "warmed up", True)
    assert found["under_way_kt"][:5] == pytest.approx([0.24, 0.64, 1.04, 1.44, 1.6], abs=0.05)
    present = study.tables["flow_months"]["present_unit_h"].sum() / (59 * 24)
    assert present == pytest.approx(20 * 8, rel=0.01)  # as in the long run, from the first day
    assert "begins after a warm-up of 20 days: the cut of MSER-5 on a stationary pilot of 365 days" in summary_lines(study)


def test_growth_season_and_changes_stay_out_of_the_pilot() -> None:
    growing = steady()
    growing["flows"]["boxes"] |= {"growth": 3.0, "base_year": 2025, "season": [1.0] + [9.0] * 11}
    growing["changes"] = {"slow": {"on": "2025-02-01", "set": {"legs.ab.speed_kmh": 20.0}}}
    study = run_case(load_mapping(growing), replications=1, out=None, workers=1)
    assert study.manifest["warm_up"]["days"] == 20


def overloaded(**over: Any) -> Data:
    data = steady(**over)
    data["legs"]["ab"]["pairs_per_day"] = 2.0
    data["services"]["first"]["carries"] = {"wagons": 1.0}
    return data


def test_a_start_that_is_not_stable_begins_with_its_stocks_and_says_so() -> None:
    stocks = {"yard": {"flow": "boxes", "at": "a", "units": 500}}
    study = run_case(load_mapping(overloaded(start_stocks=stocks)), replications=1, out=None, workers=1)
    assert (study.manifest["warm_up"]["days"], study.manifest["warm_up"]["begins"]) == (0, "stocks")
    lines = summary_lines(study)
    assert lines[0].startswith("BACKLOG GROWS")
    words = "begins without warm-up, with stated stocks of 5.00 kt in 1 place"
    assert any(line.startswith("the start isn't stable") and line.endswith(words) for line in lines)


def test_a_start_that_is_not_stable_and_has_no_stocks_begins_empty() -> None:
    study = run_case(load_mapping(overloaded()), replications=1, out=None, workers=1)
    assert study.manifest["warm_up"]["begins"] == "empty"
    assert any(line.endswith("with nothing under way, as no start_stocks are stated") for line in summary_lines(study))


def test_stocks_stay_away_where_the_start_is_stable() -> None:
    stocks = {"yard": {"flow": "boxes", "at": "a", "units": 500}}
    with_stocks, without = (run_case(load_mapping(steady(start_stocks=one)), replications=1, out=None, workers=1) for one in (stocks, {}))
    for study in (with_stocks, without):
        assert study.manifest["warm_up"]["days"] == 20
    assert with_stocks.tables["flow_months"]["delivered"].tolist() == without.tables["flow_months"]["delivered"].tolist()


def test_the_warm_up_is_found_once(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_mapping(steady())
    first = run_case(loaded, replications=1, out=tmp_path, workers=1)
    monkeypatch.setattr("corridor_sim.warm_up.find", lambda *_: pytest.fail("a pilot ran again"))
    again = run_case(loaded, replications=2, out=tmp_path, workers=1)
    assert again.folder == first.folder
    assert again.manifest["warm_up"] == first.manifest["warm_up"]


def test_cases_share_the_warm_up_of_their_base() -> None:
    data = steady(patches={"slow": {"on": "2025-01-01", "set": {"legs.ab.speed_kmh": 25.0}}}, cases={"base": [], "slower": ["slow"]})
    comparison = compare(load_mapping(data), replications=1, out=None, workers=1)
    assert [study.manifest["warm_up"]["days"] for study in comparison.studies.values()] == [20, 20]


# A backlog that grows


@pytest.mark.parametrize("end", ["2025-01-31", "2025-03-01", "2025-04-01", "2025-07-01"])
def test_overload_is_said_on_the_first_line_whatever_the_window(end: str) -> None:
    data = deepcopy(busy_corridor()) | {"end": end, "warm_up_days": 60.0, "drain_days": 0.0}
    for flow in data["flows"].values():
        flow["per_year"] *= 10
    study = run_case(load_mapping(data), replications=2, out=None, workers=1)
    assert summary_lines(study)[0].startswith("BACKLOG GROWS by ")


@pytest.mark.parametrize("end", ["2025-01-31", "2025-03-01", "2025-04-01"])
def test_a_short_run_that_is_stable_says_nothing(end: str) -> None:
    study = run_case(load_mapping(steady(end=end, warm_up_days=0)), replications=1, out=None, workers=1)
    assert pick(study.metrics, kind="total", measure="backlog_grows")["value"].tolist() == [0.0]


def test_the_example_begins_with_its_backlog() -> None:
    loaded = load_scenario(Path(__file__).parents[1] / "docs" / "start.yaml", overrides={"end": "2025-02-01", "warm_up_days": 0})
    assert loaded.warnings == ()
    study = run_case(loaded, replications=1, out=None, workers=1)
    assert any(line.startswith("begins with stated stocks of 7.25 kt") for line in summary_lines(study))


def test_an_unstable_priority_network_is_seen_as_unstable() -> None:
    file = Path(__file__).parent / "truth" / "n04_return_first.yaml"
    fair = {"classes.second.priority": 5, "classes.fourth.priority": 5}
    first, other = (
        summary_lines(run_case(load_scenario(file, overrides={"end": "2097-07-01"} | over), replications=2, out=None, workers=1))[0]
        for over in ({}, fair)
    )
    assert first.startswith("BACKLOG GROWS by ")
    assert not other.startswith("BACKLOG GROWS")
