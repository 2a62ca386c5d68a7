"""Disruptions: what is closed passes nothing, what is slow takes longer, and afterwards all is as before, on the same draws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lines_of import flow, inside, line, put, run, trips, visits

from corridor_sim.engine.tempo import Rate, Tempo, UseClock, Wear
from corridor_sim.errors import CorridorError
from corridor_sim.loading import load_mapping, load_scenario
from corridor_sim.streams import Draws, generator

TEN_DAYS = {"spells": [{"from": "2025-01-11", "to": "2025-01-21"}]}
CLOSED = (240.0, 480.0)
BREAKDOWNS = {"up_h": {"exponential": {"mean": 40}}, "down_h": {"exponential": {"mean": 6}}}


def spells_of(found: Any, element: str) -> list[tuple[float, float]]:
    """Return the spells in which an element was struck."""
    table = found.tables["outages"]
    chosen = (table["element"] == found.names.elements.index(element)) & (table["what"] == 2)
    return list(zip(table["from_h"][chosen], table["to_h"][chosen], strict=True))


# Work over time

quarters = st.integers(0, 160).map(lambda n: n / 4)


@given(st.lists(st.tuples(quarters, quarters, st.sampled_from((0.0, 0.5, 0.25))), max_size=5), quarters, quarters)
def test_work_ends_when_as_much_has_been_done(spells: list[tuple[float, float, float]], start: float, hours: float) -> None:
    spells = [(min(one, other), max(one, other) + 0.25, factor) for one, other, factor in spells]
    end = Rate(spells).ends(start, hours)
    steps = np.arange(start, end, 1 / 16)
    rates = [min([factor for low, high, factor in spells if low <= at < high], default=1.0) for at in steps]
    assert sum(rates) / 16 == pytest.approx(hours, abs=1 / 16)


def test_work_that_must_fit_before_closing_does_not_foresee_an_outage() -> None:
    tempo = Tempo([(0, 9), (17, 33)], "wait", [(10, 12, 0.0), (15, 16, 0.0)])
    assert tempo.placed(9.0, 4.0) == (9.0, 15.0)  # stands still from 10 to 12
    assert tempo.placed(12.5, 4.0) == (12.5, 33.5)  # the second outage drives it beyond closing: it goes on next morning
    assert tempo.placed(13.5, 4.0) == (33.0, 37.0)  # doesn't fit before 17


def test_breakdowns_by_use_come_after_so_much_work() -> None:
    wear = Wear([UseClock(Draws(("constant", 10.0), generator(1, 0, "a")), Draws(("constant", 2.0), generator(1, 0, "b")))])
    ends = [wear.worked(Rate([]), 100.0 * k, 4.0)[0] - 100.0 * k for k in range(5)]
    assert ends == [4.0, 4.0, 6.0, 4.0, 4.0]  # the tenth hour of work falls into the third piece
    assert wear.worked(Rate([]), 500.0, 1.0)[0] == 503.0  # 20 hours are over: it breaks before it begins
    assert wear.repairs == [(202.0, 204.0), (500.0, 502.0)]


# What is closed passes nothing


@pytest.mark.parametrize("at_close", ["finish", "pause", "wait"])
def test_a_closed_border_passes_nothing_and_work_in_hand_resumes(at_close: str) -> None:
    found = run(line(places__post__border={"inspection_h": 1.5, "at_close": at_close, "other": {}}, disruptions__d={"at": "post.border", **TEN_DAYS}))
    seen = visits(found, "post.border")
    assert inside(seen["start_h"], [CLOSED]) == inside(seen["leave_h"], [CLOSED]) == 0
    held = np.flatnonzero((seen["start_h"] < 240) & (seen["leave_h"] > 240))
    assert len(held) == 1
    assert (seen["end_h"] - seen["start_h"])[held] == 1.5 + 240
    assert trips(found, "out")["closed_h"].max() == pytest.approx(240, abs=2)


@pytest.mark.parametrize("seed", range(4))
def test_a_border_that_breaks_down_passes_nothing_meanwhile(seed: int) -> None:
    data = line(seed=seed, places__post__border={"inspection_h": {"exponential": {"mean": 1.2}}, "lanes": 2, "other": {"x": {"per_day": 3}}}, disruptions__d={"at": "post.border", **BREAKDOWNS})
    found = run(data)
    seen, spells = visits(found, "post.border"), spells_of(found, "post.border")
    assert len(spells) > 10
    assert inside(seen["start_h"], spells) == inside(seen["leave_h"], spells) == 0


@pytest.mark.parametrize("mode", ["rail", "road"])
def test_a_closed_leg_lets_nothing_start_and_nothing_arrive(mode: str) -> None:
    legs = {name: {"mode": mode, "between": name.split("_"), "length_km": 80, "speed_kmh": 40} for name in ("east_post", "post_west")}
    found = run(line(legs=legs, disruptions__d={"at": "post_west", **TEN_DAYS}))
    seen = visits(found, "post_west", heading=0)
    assert inside(seen["start_h"], [CLOSED]) == inside(seen["leave_h"], [CLOSED]) == 0
    assert seen["paused_h"].max() == 240.0


def test_a_halted_service_sends_nothing_and_what_is_under_way_arrives() -> None:
    found = run(line(disruptions__d={"at": "services.trains", **TEN_DAYS}))
    departs = found.tables["departures"]["depart_h"]
    assert inside(departs, [CLOSED]) == 0
    assert np.sum(departs == 480.0) > 100  # they waited, one a unit
    late = trips(found, "out")
    assert (late["closed_h"] > 200).sum() > 10
    assert late["accumulation_h"].max() == 0.0


def port_line(**more: Any) -> dict[str, Any]:
    data = line(**more)
    for name, lon in (("quay", 47), ("shore", 46)):
        data["places"].setdefault(name, {}).update(at=[40, lon], port={"berths": {"ferry": {"count": 1}}, "other": {}} | data["places"].get(name, {}).get("port", {}))
    data["legs"]["sea"] = {"mode": "sea", "between": ["quay", "shore"], "length_km": 200}
    data["services"]["ferry"] = {
        "route": ["quay", "shore"], "vessels": 2, "speed_kmh": 20, "berth": "ferry", "carries": {"wagons": 6}, "handling_h": 3.0,
        "departs": {"at_least": 0.5, "after_first_lot_h": 20, "idle_h": 0},
    }  # fmt: skip
    data["flows"] = {"over": flow("quay", "shore", 6), "back": flow("shore", "quay", 5)}
    return data


@pytest.mark.parametrize("at", ["quay.port", "quay.port.ferry", "places.quay.port.berths.ferry"])
def test_a_closed_port_berths_handles_and_sends_nothing(at: str) -> None:
    found = run(port_line(disruptions__d={"at": at, **TEN_DAYS}))
    seen = visits(found, "quay.port.ferry")
    departs = found.tables["departures"]
    assert inside(departs["depart_h"][departs["end"] == 0], [CLOSED]) == 0
    assert inside(seen["start_h"], [CLOSED]) == inside(seen["end_h"], [CLOSED]) == 0
    months = found.tables["service_months"]
    assert months["closed_wait_h"].sum() > 200
    assert months["weather_wait_h"].sum() == 0.0
    assert trips(found, "over")["closed_h"].max() > 200


def test_a_closed_sea_leg_halts_the_services_on_it() -> None:
    found = run(port_line(disruptions__d={"at": "legs.sea", **TEN_DAYS}))
    assert inside(found.tables["departures"]["depart_h"], [(240 + 3, 480)]) == 0  # who was loading at 240 sails


def test_cranes_that_stand_still_stop_the_berths_that_they_serve() -> None:
    port = {"berths": {"ferry": 1, "dry": 1}, "cranes": {"sts": {"count": 1, "serves": ["ferry"], "t_per_h": 500}}, "other": {}}
    found = run(port_line(places__quay__port=port, disruptions__d={"at": "quay.port.cranes.sts", **TEN_DAYS}))
    assert inside(visits(found, "quay.port.ferry")["end_h"], [CLOSED]) == 0
    assert len(visits(found, "quay.port.dry")["end_h"]) == 0


# What is slow


def test_a_slow_leg_takes_longer_by_as_much_as_falls_into_the_spell() -> None:
    found = run(line(flows__out=flow("east", "west", 12, offset_h=1.5), disruptions__d={"at": "post_west", "factor": 0.25, **TEN_DAYS}))
    seen = visits(found, "post_west", heading=0)
    hours = seen["leave_h"] - seen["start_h"]
    wholly = (seen["start_h"] >= 240) & (seen["leave_h"] <= 480)
    assert set(hours[wholly]) == {8.0}
    assert set(hours[(seen["leave_h"] <= 240) | (seen["start_h"] >= 480)]) == {2.0}
    (before,) = hours[(seen["start_h"] < 240) & (seen["leave_h"] > 240)]
    assert before == 0.5 + 1.5 / 0.25  # it had run for half an hour of its two when it began


def test_half_speed_is_half_the_paths() -> None:
    paths = {"mode": "rail", "between": ["post", "west"], "length_km": 80, "speed_kmh": 40, "pairs_per_day": 12}
    found = run(line(legs__post_west=paths, flows__out=flow("east", "west", 24), disruptions__d={"at": "post_west", "factor": 0.5, **TEN_DAYS}))
    starts = visits(found, "post_west", heading=0)["start_h"]
    assert np.sum((starts > 264) & (starts < 456)) == pytest.approx(8 * 6, abs=1)


def test_a_slow_border_and_a_slow_service() -> None:
    found = run(line(disruptions={"d": {"at": "post.border", "factor": 0.5, **TEN_DAYS}, "e": {"at": "trains", "factor": 0.8, **TEN_DAYS}}))
    seen = visits(found, "post.border")
    amid = (seen["start_h"] > 240) & (seen["end_h"] < 480)
    assert set((seen["end_h"] - seen["start_h"])[amid]) == {2.0}
    ran = visits(found, "post_west", heading=0)
    assert set(np.round((ran["leave_h"] - ran["start_h"])[(ran["start_h"] > 240) & (ran["leave_h"] < 480)], 9)) == {2.5}
    assert trips(found, "out")["closed_h"].sum() == 0.0


def test_a_slow_ferry_sails_longer() -> None:
    found = run(port_line(disruptions__d={"at": "ferry", "factor": 0.5, **TEN_DAYS}))
    departs = found.tables["departures"]["depart_h"]
    seen = visits(found, "sea")
    hours = (seen["leave_h"] - seen["start_h"])[np.argsort(seen["start_h"], kind="stable")]
    starts = np.sort(seen["start_h"])
    assert set(hours[(starts > 240) & (starts < 455)]) == {20.0}
    assert set(hours[starts > 480]) == {10.0}
    assert len(departs) >= len(hours)


# In use


def test_trains_that_break_down_in_use_run_longer_and_bar_the_way() -> None:
    data = line(seed=3, end="2026-01-01", disruptions__d={"at": "post_west", "clock": "use", "up_h": {"exponential": {"mean": 20}}, "down_h": {"exponential": {"mean": 5}}})
    found = run(data)
    seen, repairs = visits(found, "post_west", heading=0), spells_of(found, "post_west")
    assert len(repairs) == pytest.approx(2 * 4380 / 20, rel=0.15)
    assert seen["paused_h"].sum() == pytest.approx(sum(high - low for low, high in repairs), rel=0.02)
    assert inside(seen["start_h"], repairs) == 0
    assert (np.diff(seen["leave_h"]) >= 0).all()


def test_a_ship_that_breaks_down_under_way_arrives_later() -> None:
    found = run(port_line(disruptions__d={"at": "ferry", "clock": "use", "up_h": 95, "down_h": 7}))
    seen = visits(found, "sea")
    hours = seen["leave_h"] - seen["start_h"]
    assert set(hours) == {10.0, 17.0}
    assert np.flatnonzero(hours == 17.0)[0] == 9  # the 95th hour of sailing


# Afterwards, and elsewhere


def test_after_a_closure_all_is_as_before() -> None:
    plain, struck = run(line(flows__out=flow("east", "west", 6))), run(line(flows__out=flow("east", "west", 6), disruptions__d={"at": "post.border", **TEN_DAYS}))
    late = trips(struck, "out")["last_h"] - trips(plain, "out")["last_h"]
    ready = trips(plain, "out")["ready_h"]
    assert set(late[ready < 200]) == {0.0}
    assert late.max() > 200
    assert set(late[ready > 480 + 240 / 3 + 10]) == {0.0}  # 60 trains wait, a train an hour passes, four hours each come anew


def test_elements_that_are_not_struck_keep_their_draws() -> None:
    inspection = {"gamma": {"mean": 1, "cv": 0.7}}
    more = {"places__post__border__inspection_h": inspection, "legs__post_west__cv": 0.3, "flows__back": flow("west", "east", 8, supply="poisson")}
    plain, struck = run(line(**more)), run(line(**more, disruptions__d={"at": "east_post", **TEN_DAYS}))
    for name, heading in (("post.border", 0), ("post.border", 1), ("post_west", 0), ("post_west", 1)):
        one, other = visits(plain, name, heading), visits(struck, name, heading)
        n = min(len(one["start_h"]), len(other["start_h"]))
        assert n > 200
        if name == "post.border":  # trains never overtake: the k-th vehicle has the k-th draw
            np.testing.assert_array_equal((one["end_h"] - one["start_h"])[:n], (other["end_h"] - other["start_h"])[:n])
    np.testing.assert_array_equal(trips(plain, "back")["ready_h"], trips(struck, "back")["ready_h"])


def test_another_disruption_leaves_the_draws_of_the_first_alone() -> None:
    one = {"d": {"at": "post.border", **BREAKDOWNS}}
    both = one | {"e": {"at": ["east_post", "post_west"], **BREAKDOWNS}}
    assert spells_of(run(line(disruptions=one)), "post.border") == spells_of(run(line(disruptions=both)), "post.border")


def test_breakdowns_of_a_list_are_apart_unless_they_come_together() -> None:
    for together in (False, True):
        found = run(line(disruptions__d={"at": ["east_post", "post_west"], "together": together, **BREAKDOWNS}))
        assert (spells_of(found, "east_post") == spells_of(found, "post_west")) == together


def test_breakdowns_ignore_traffic_and_have_their_share_of_the_time() -> None:
    found = run(line(end="2035-01-01", flows__out=flow("east", "west", 0.01), disruptions__d={"at": "post.border", **BREAKDOWNS}))
    down = sum(high - low for low, high in spells_of(found, "post.border"))
    assert down / (10 * 365.25 * 24) == pytest.approx(6 / 46, rel=0.1)


def test_a_closure_backs_up_along_the_line_as_far_as_rooms_dictate() -> None:
    data = line(end="2025-04-01", disruptions__d={"at": "post_west", "spells": [{"from": "2025-01-11", "to": "2025-02-10"}]})
    data["places"]["post"] = {"at": [40, 49], "border": data["places"]["post"]["border"], "yard": {"room_wagons": 5}}
    found = run(data)
    days = found.tables["element_days"]
    at = {name: days["vehicles"][(days["element"] == found.names.elements.index(name)) & (days["day"] == 35)] for name in ("east_post", "post_west")}
    assert next(iter(at["post_west"])) <= 6  # the room, and who is inspected
    assert next(iter(at["east_post"])) > 200


def test_a_line_of_sections_closes_and_slows_down() -> None:
    sections = {"mode": "rail", "between": ["post", "west"], "length_km": 80, "speed_kmh": 40, "sections": 4}
    back = flow("west", "east", 4)
    closed = run(line(legs__post_west=sections, flows__back=back, disruptions__d={"at": "post_west", **TEN_DAYS}))
    seen = visits(closed, "post_west")
    assert inside(seen["leave_h"], [(240.5, 480)]) == 0  # who is in a section runs on to its end
    slow = run(line(legs__post_west=sections, flows__back=back, disruptions__d={"at": "post_west", "factor": 0.5, **TEN_DAYS}))
    took = visits(slow, "post_west")
    assert np.min((took["leave_h"] - took["start_h"])[(took["start_h"] > 245) & (took["leave_h"] < 480)]) >= 4.0


# From files


def test_a_recorded_list_of_closures_is_replayed(tmp_path: Path) -> None:
    (tmp_path / "alat.csv").write_text("from,to,factor,note\n2025-01-11,2025-01-13 12:00,,storm\n2025-01-20,2025-01-21,0.5,\n", encoding="utf-8")
    file = write(tmp_path, {"d": "{at: post.border, spells_file: alat.csv}"})
    loaded = load_scenario(file)
    first, second = loaded.scenario.disruptions["d"].spells or ()
    assert (first.to.hour, first.note, second.factor) == (12, "storm", 0.5)
    assert loaded.resolved["disruptions"]["d"]["spells"][0]["note"] == "storm"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("from,to\n2025-01-11,2025-01-10\n", "alat.csv:2.*expected to after from"),
        ("begin,to\n2025-01-11,2025-01-10\n", "expected the columns from, to, factor, note, got no from and 'begin'"),
        ("from,to,factor\n2025-01-11,2025-01-12,half\n", "alat.csv:2.*expected a number"),
    ],
)
def test_a_slip_in_a_list_of_closures_is_told_with_its_line(tmp_path: Path, rows: str, expected: str) -> None:
    (tmp_path / "alat.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(CorridorError, match=expected):
        load_scenario(write(tmp_path, {"d": "{at: post.border, spells_file: alat.csv}"}))


def test_a_list_of_closures_stays_inside_the_tree(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "alat.csv").write_text("from,to\n", encoding="utf-8")
    with pytest.raises(CorridorError, match="expected a file inside inner"):
        load_scenario(write(tmp_path / "inner", {"d": "{at: post.border, spells_file: ../alat.csv}"}))


def write(folder: Path, disruptions: dict[str, str]) -> Path:
    from corridor_sim.loading.resolved import as_yaml

    file = folder / "line.yaml"
    text = "".join(f"  {name}: {body}\n" for name, body in disruptions.items())
    file.write_text(f"{as_yaml(line())}disruptions:\n{text}", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("disruption", "expected"),
    [
        ({"at": "post.bordr", **TEN_DAYS}, "disruptions.d.at: there is no leg, service or place.facility 'post.bordr', did you mean 'post.border'"),
        ({"at": "post", **TEN_DAYS}, r"expected a facility of post \(post.border\), a leg or a service"),
        ({"at": "trains", "clock": "use", **BREAKDOWNS}, "expected clock: calendar for trains"),
        ({"at": "post.border"}, "expected either up_h and down_h, or spells, or spells_file"),
        ({"at": "post.border", "up_h": 10}, "expected up_h and down_h, got only one"),
        ({"at": "post.border", "factor": 1, **TEN_DAYS}, "expected less than 1"),
        ({"at": "post.border", "clock": "use", **TEN_DAYS}, "expected up_h and down_h with clock: use"),
        ({"at": "post.border", "clock": "use", "factor": 0.5, **BREAKDOWNS}, "expected factor 0 with clock: use"),
        ({"at": "post.border", "up_h": 10, "down_h": 0}, "means are more than 0"),
        ({"at": "post.border", "spells": [{"from": "2025-01-32", "to": "2025-02-01"}]}, "expected a date or instant"),
        ({"at": "post.border", "spells_file": "x.csv"}, "a change or a map can't name a file"),
    ],
)
def test_a_mistake_in_a_disruption_is_told(disruption: dict[str, Any], expected: str) -> None:
    with pytest.raises(CorridorError, match=expected):
        load_mapping(line(disruptions__d=disruption))


@pytest.mark.parametrize(
    ("disruption", "code"),
    [
        ({"at": "post.border", "spells": [{"from": "2029-01-01", "to": "2029-02-01"}]}, "outside"),
        ({"at": "post.border", "up_h": 2, "down_h": 40}, "swapped"),
        ({"at": "spare.border", **TEN_DAYS}, "unused"),
    ],
)
def test_what_is_hardly_meant_is_a_warning(disruption: dict[str, Any], code: str) -> None:
    data = line(disruptions__d=disruption)
    put(data, ["places", "spare"], {"border": {"other": {}}})
    assert code in {warning.code for warning in load_mapping(data).warnings}


def test_a_case_can_switch_a_disruption_on() -> None:
    data = line(patches={"storm": {"set": {"disruptions.d": {"at": "post.border", **TEN_DAYS}}}}, cases={"calm": [], "storm": ["storm"]})
    assert not load_mapping(data, case="calm").scenario.disruptions
    assert load_mapping(data, case="storm").scenario.disruptions["d"].at == ("post.border",)
    with pytest.raises(CorridorError, match="can't change after the start"):
        load_mapping(data | {"patches": {"storm": {"on": "2025-02-01", "set": {"disruptions.d": {"at": "post.border", **TEN_DAYS}}}}}, case="storm")
