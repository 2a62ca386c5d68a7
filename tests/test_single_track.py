"""Single track by sections: what the language says, what the plan makes of it, and how trains behave."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws.parts import number
from pydantic import ValidationError
from single_track_of import Data, held_h, leg, line, mean_h, passed_per_day, run

from corridor_sim.build import build_plan
from corridor_sim.engine.lines import Line
from corridor_sim.errors import AuditError, CorridorError
from corridor_sim.experiment import run_case
from corridor_sim.loading import load_mapping
from corridor_sim.plan import HOLDS
from corridor_sim.single_track import holds_min, loop_tracks, occupation_min, pairs_from_sections, section_runs_min, shortest_siding_m
from corridor_sim.store import read_results

# Language


@pytest.mark.parametrize("sections", [5, {"spacing_km": 20.0}, {"spacing_km": 21.9}, [{"length_km": 20.0}] * 5], ids=str)
def test_a_number_a_spacing_and_a_list_say_the_same(sections: Any) -> None:
    assert section_runs_min(leg(sections=sections)) == ((30.0, 30.0),) * 5


def test_run_times_are_as_stated_else_by_length() -> None:
    found = section_runs_min(leg(sections=[{"length_km": 40.0}, {"length_km": 60.0, "run_out_min": 77.0}]))
    assert found == ((60.0, 60.0), (77.0, 90.0))
    assert section_runs_min(leg(sections=2, speed_kmh=None, run_h={"out": 3.0, "back": 4.0})) == ((90.0, 120.0),) * 2


def test_sections_that_state_all_run_times_need_no_speed() -> None:
    found = leg(sections=[{"length_km": 50.0, "run_out_min": 30.0, "run_back_min": 45.0}] * 2, speed_kmh=None)
    assert (found.run_h.out.mean(), found.run_h.back.mean()) == (1.0, 1.5)
    with pytest.raises(ValidationError, match="speed_kmh or run_h"):
        leg(sections=[{"length_km": 50.0, "run_out_min": 30.0}] * 2, speed_kmh=None)


@pytest.mark.parametrize(
    ("loops", "tracks"), [(None, (2, 2)), (4, (4, 4)), ([2, 3], (2, 3)), ({"tracks": 3}, (3, 3)), ([{"tracks": 2, "length_m": 850.0}, 3], (2, 3))]
)
def test_loops_are_one_number_or_a_list(loops: Any, tracks: tuple[int, ...]) -> None:
    assert loop_tracks(leg(sections=3, loops=loops)) == tracks


WRONG = {
    "a loop of one track": ({"sections": 3, "loops": 1}, "legs.track.loops: a loop of 1 track is no place to meet, opposing trains would lock"),
    "one loop of one track": ({"sections": 3, "loops": [2, 1]}, r"legs.track.loops\[1\]: a loop of 1 track is no place to meet"),
    "a loop too few": ({"sections": 3, "loops": [2]}, "expected a loop between each two of 3 sections"),
    "both descriptions": ({"sections": 3, "pairs_per_day": 12.0}, "expected sections or pairs_per_day, got both"),
    "double track": ({"sections": 3, "tracks": 2}, "expected sections only on single track of a railway, got them on 2 tracks"),
    "clockface": ({"sections": 3, "paths": "clockface"}, "expected paths: ready beside sections"),
    "lengths that miss the leg's": ({"sections": [{"length_km": 40.0}] * 2}, "sections of together 100 km"),
    "an empty list": ({"sections": []}, "expected at least one section"),
    "no sections": ({"headway_min": 10.0}, "expected sections beside headway_min, got none"),
    "an unknown policy": ({"sections": 3, "dispatch": "fifo"}, "legs.track.dispatch: expected a map or one of fcfs, alternate, got 'fifo'"),
    "a platoon of none": ({"sections": 3, "dispatch": {"platoon": 0}}, "legs.track.dispatch.platoon: expected at least 1, got 0"),
    "no time to run": ({"sections": 3, "speed_kmh": None, "run_h": 0.0}, "expected a run time above 0"),
    "a number of none": ({"sections": 0}, "legs.track.sections: expected at least 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_line_is_refused(name: str) -> None:
    stated, message = WRONG[name]
    with pytest.raises(CorridorError, match=message):
        load_mapping(line(**stated))


def warnings(data: Data) -> dict[str, str]:
    return {warned.code: warned.message for warned in load_mapping(data).warnings}


def test_demand_beyond_the_slowest_section_is_warned_of() -> None:
    assert "its slowest section is asked for 1559 min a day by 26.0 and 26.0 full trains" in warnings(line(26, sections=5))["capacity"]
    assert "capacity" not in warnings(line(23, sections=5))
    assert "capacity" in warnings(line(23, sections=5, window_h=2.0))
    assert "capacity" in warnings(line(23, sections=5, other_pairs_per_day=2.0))
    assert "capacity" not in warnings(line(26, sections=5, headway_min=10.0, dispatch={"platoon": 3}))


def test_run_times_that_miss_the_leg_are_warned_of() -> None:
    sections = [{"length_km": 50.0, "run_out_min": 100.0}, {"length_km": 50.0}]
    assert "run times out sum to 2.92 h, the leg states 2.50 h" in warnings(line(1, sections=sections))["run"]


def test_a_train_longer_than_a_loop_is_warned_of() -> None:
    data = line(1, sections=3, loops=[{"tracks": 2, "length_m": 850.0}, 2])
    data["services"]["train"]["train_length_m"] = 1000.0
    assert "longer than the sidings of track (850 m)" in warnings(data)["siding"]
    assert shortest_siding_m(leg(sections=3, loops=2, siding_m=700.0)) == 700.0


# Formulas


def test_pairs_by_turns_are_set_by_the_slowest_section() -> None:
    found = leg(sections=[{"length_km": 50.0, "run_out_min": 30.0, "run_back_min": 40.0}, {"length_km": 50.0, "run_out_min": 20.0, "run_back_min": 20.0}],
                station_interval_min=5.0, window_h=4.0)  # fmt: skip
    assert holds_min(found) == ((35.0, 45.0), (25.0, 25.0))
    assert pairs_from_sections(found) == (1440 - 240) / 80


def test_occupation_counts_headways_within_a_way_and_holds_between() -> None:
    assert occupation_min([], (20.0, 30.0)) == 0
    assert occupation_min([0, 0, 1, 1, 0], (20.0, 30.0), 5.0) == 5 + 20 + 5 + 30 + 20
    assert occupation_min([0, 0, 1], (20.0, 30.0)) == 20 + 20 + 30


@st.composite
def lists(draw: st.DrawFn) -> list[Data]:
    count = draw(st.integers(1, 7))
    runs = st.fixed_dictionaries({"run_out_min": number(8.0, 40.0), "run_back_min": number(8.0, 40.0)})
    return [{"length_km": 100.0 / count, **draw(runs)} for _ in range(count)]


@given(lists(), st.integers(2, 4), st.sampled_from((0.0, 3.0, 10.0)))
@settings(max_examples=20)
def test_saturated_capacity_is_the_formula(sections: list[Data], loops: int, interval: float) -> None:
    stated = {"sections": sections, "loops": loops, "station_interval_min": interval, "dispatch": "alternate", "speed_kmh": None}
    for trains in passed_per_day(run(line(**stated))):
        assert trains == pytest.approx(pairs_from_sections(leg(**stated)), abs=0.06)  # 31 days: two trains more or fewer


# The two descriptions of capacity

TRACK = {"sections": 8, "station_interval_min": 3.0, "dispatch": "alternate", "speed_kmh": 40.0}


def both(per_day_share: float | None, end: str, **more: Any) -> tuple[Any, Any]:
    """Return runs of one line by sections and by the pairs a day that follow from them, on the same trains."""
    pairs = pairs_from_sections(leg(**TRACK, **more))
    per_day = None if per_day_share is None else per_day_share * pairs
    return run(line(per_day, end, **TRACK, **more)), run(line(per_day, end, pairs_per_day=pairs, **more))


@pytest.mark.parametrize("share", [0.02, 0.05])
def test_at_low_load_both_descriptions_take_the_same_time(share: float) -> None:
    by_sections, by_pairs = both(share, "2025-12-01")
    assert mean_h(by_sections) == pytest.approx(mean_h(by_pairs), rel=0.015)


@pytest.mark.parametrize("more", [{}, {"window_h": 2.0}], ids=["open", "window"])
def test_at_full_load_both_descriptions_pass_the_same(more: Data) -> None:
    by_sections, by_pairs = both(None, "2025-03-01", **more)
    for one, other in zip(passed_per_day(by_sections), passed_per_day(by_pairs), strict=True):
        assert one == pytest.approx(other, rel=0.01)


def test_between_them_meets_cost_more_than_paths_say() -> None:
    by_sections, by_pairs = both(0.6, "2025-06-01")
    assert mean_h(by_sections, what="delay") > 1.3 * mean_h(by_pairs, what="delay")


def test_mean_delay_rises_convexly_with_volume() -> None:
    pairs = pairs_from_sections(leg(**TRACK))
    volumes = [0.1, 0.3, 0.5, 0.7, 0.85]
    delays = [mean_h(run(line(share * pairs, "2025-09-01", **TRACK)), what="delay") for share in volumes]
    slopes = [(b - a) / (w - v) for (v, a), (w, b) in pairwise(zip(volumes, delays, strict=True))]
    assert 0 < slopes[0] < slopes[1] < slopes[2] < slopes[3]


# Trains


def test_express_goes_first_and_passes_in_loops() -> None:
    data = line(14, "2025-06-01", sections=5, loops=3, dispatch="alternate")
    data["classes"] = {"express": {"priority": 1}}
    data["services"]["express"] = {**data["services"]["train"], "class": "express"}
    data["flows"]["fast"] = data["flows"]["out"] | {"per_year": 365 * 3.0, "routes": [{"services": ["express"]}]}
    for name in ("out", "back"):
        data["flows"][name]["routes"] = [{"services": ["train"]}]
    found = run(data)
    assert mean_h(found, "fast", "delay") < 0.75 * mean_h(found, "out", "delay")


def test_other_pairs_run_as_trains_both_ways() -> None:
    free, shared = (run(line(6, "2025-06-01", sections=5, other_pairs_per_day=others)) for others in (0.0, 8.0))
    table = shared.tables["element_months"]
    for element in (0, 1):
        assert table["other_vehicles"][table["element"] == element].sum() / 151 == pytest.approx(8, rel=0.1)
    assert mean_h(shared, what="delay") > 1.5 * mean_h(free, what="delay")
    assert mean_h(shared, what="transit") - mean_h(shared, what="delay") == pytest.approx(2.5)


def test_utilisation_of_both_ways_is_that_of_the_slowest_section() -> None:
    table = run(line(sections=5, station_interval_min=3.0, dispatch="alternate")).tables["element_months"]
    for element in (0, 1):
        here = table["element"] == element
        assert table["busy_h"][here].sum() / table["capacity_h"][here].sum() == pytest.approx(1.0, rel=1e-3)  # a hold is booked when the next train enters
    assert table["capacity_h"].sum() == 31 * 24


def test_run_times_vary_as_the_leg_says() -> None:
    found = run(line(1.0, "2025-12-01", sections=5, cv=0.3), full=True)
    hours = found.tables["visits"]["end_h"] - found.tables["visits"]["start_h"]
    assert hours.mean() == pytest.approx(2.5, rel=0.05)
    assert hours.std() / hours.mean() == pytest.approx(0.3, rel=0.15)


def test_a_slower_service_takes_longer_over_every_section() -> None:
    data = line(1.0, sections=5)
    data["services"]["train"]["speed_kmh"] = 20.0
    assert mean_h(run(data)) - mean_h(run(data), what="delay") == pytest.approx(5.0)


def test_a_new_speed_holds_for_trains_that_come_later() -> None:
    data = line(1.0, "2025-03-01", sections=5)
    data["changes"] = {"faster": {"on": "2025-02-01", "set": {"legs.track.speed_kmh": 80.0}}}
    visits = run(data, full=True).tables["visits"]
    hours = visits["end_h"] - visits["start_h"]
    assert set(np.round(hours[visits["arrive_h"] < 31 * 24], 6)) == {2.5}
    assert set(np.round(hours[visits["arrive_h"] >= 31 * 24], 6)) == {1.25}


def test_a_line_that_closes_lets_those_on_it_go_on() -> None:
    found = run(line(sections=8, loops=3, dispatch="alternate", closes="2025-01-20"), full=True)
    left = found.tables["visits"]["leave_h"]
    assert 19 * 24 < left.max() < 20 * 24
    data = line(sections=8, loops=3, dispatch="alternate", opens="2025-01-20")
    assert run(data, full=True).tables["visits"]["start_h"].min() >= 19 * 24


def with_yard(room: int) -> Data:
    """Return two lines in a row, the second slower, with room for so many trains each way between them."""
    data = line(sections=4, dispatch="alternate")
    data["places"]["yard"] = {"yard": {"room_wagons": room}}
    first, second = data["legs"]["track"] | {"between": ["east", "yard"]}, data["legs"]["track"] | {"between": ["yard", "west"], "speed_kmh": 20.0}
    data["legs"] = {"first": first, "second": second}
    data["services"]["train"]["route"] = ["east", "yard", "west"]
    return data


def test_a_train_enters_a_line_only_with_room_at_its_end() -> None:
    found = run(with_yard(2), full=True)
    rooms = found.tables["room_months"]
    assert rooms["peak"].max() <= 2
    assert held_h(found)["room"] > 0
    table = found.tables["element_months"]
    passed = [table["vehicles"][table["element"] == element].sum() / 31 for element in range(4)]
    assert passed == pytest.approx([9.6] * 4, rel=0.03)  # all at the pace of the second line


# Records


def test_holds_say_where_and_why_trains_stood() -> None:
    found = run(line(20, "2025-03-01", sections=5, loops=3, headway_min=15.0, window_h=2.0), full=True)
    holds = found.tables["holds"]
    assert ((holds["node"] >= 0) & (holds["node"] <= 5)).all()
    hours = held_h(found)
    assert hours["opposing"] > hours["following"] > 0
    assert min(hours[reason] for reason in ("full", "kept", "window", "turn")) > 0
    inside = holds["reason"] == HOLDS.index("window")
    begins = (holds["to_h"][inside] - 2) % 24
    assert set(np.round(begins, 9)) <= {2.0}


def test_holds_are_stored_and_read_back(tmp_path: Path) -> None:
    study = run_case(load_mapping(line(10, sections=5)), replications=1, workers=1, out=tmp_path, records=True)
    holds = read_results(study.folder).tables["holds"]
    assert {"vehicle", "element", "node", "heading", "from_h", "to_h", "reason"} <= set(holds.columns)
    assert set(holds["reason"]) <= set(HOLDS)
    assert set(holds["element"]) == {"track.to_west", "track.to_east"}
    assert set(holds["heading"]) == {"west", "east"}


def test_deliveries_come_close_to_the_cut_and_never_beyond() -> None:
    for more in ({}, {"window_h": 3.0}, {"closes": "2025-01-20"}):
        assert 0.9 < run(line(sections=5, dispatch="alternate", station_interval_min=2.0, **more)).audit["cut_used"] <= 1


def test_more_trains_than_a_loop_has_tracks_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Line, "_without_place", lambda line, node, direction: None)
    with pytest.raises(AuditError, match="trains out and back on 2 tracks"):
        run(line(sections=[{"length_km": 1.0}, {"length_km": 99.0}], headway_min=1.0))


def test_two_trains_in_one_section_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Line, "_free", lambda line, section, runner, now: (max(now, max(section.entered_h) + 0.1), 0))
    with pytest.raises(AuditError, match=r"busy .* h too long"):
        run(line(sections=5))


def test_a_line_counts_as_a_limit_of_unlimited_supply() -> None:
    build_plan(load_mapping(line(sections=1)))
    with pytest.raises(CorridorError, match="unlimited supply without a limit"):
        load_mapping(line())
