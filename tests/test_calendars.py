"""Hours by season, dated closures with exact times, and hours of legs, ports and cranes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from lines_of import flow, inside, line, run, trips, visits
from test_disruptions import port_line

from corridor_sim.errors import CorridorError
from corridor_sim.loading import load_mapping, load_scenario
from corridor_sim.scenario import moment_of, open_h_a_week, spans_in

SEASON = {"jan": "daily 10:00-16:00", "other": "daily 06:00-22:00"}
JANUARY_H = 31 * 24.0


def hours_of_day(instants: Any) -> Any:
    return instants % 24


def test_hours_by_season_turn_at_local_midnight() -> None:
    data = line(places__post__border={"lanes": 9, "inspection_h": 0.5, "open": SEASON, "at_close": "wait", "other": {}})
    data["places"]["post"]["utc_offset_h"] = 5.0
    seen = visits(run(data), "post.border")
    local = seen["start_h"] + 5.0
    january = hours_of_day(local[local < JANUARY_H])
    later = hours_of_day(local[(local >= JANUARY_H) & (local < 59 * 24)])
    assert (january.min(), january.max() <= 15.5) == (10.0, True)
    assert (later.min(), later.max() > 16.0, later.max() <= 21.5) == (6.0, True, True)
    assert np.sum((local > JANUARY_H) & (local < JANUARY_H + 6)) == 0


def test_hours_by_season_are_read_month_by_month() -> None:
    opening = ("daily 10:00-16:00",) + ("daily 06:00-22:00",) * 11
    assert spans_in(opening, 0)[0] == (10.0, 16.0)
    assert open_h_a_week(opening) == pytest.approx((7 * 6 + 11 * 7 * 16) / 12)


@pytest.mark.parametrize(("text", "hour"), [("2025-01-02", 0), ("2025-01-02 06:30", 6), ("2025-01-02T23:00:00", 23)])
def test_instants_are_dates_or_dates_with_a_time(text: str, hour: int) -> None:
    assert moment_of(text).hour == hour


@pytest.mark.parametrize(("at_close", "leaves"), [("finish", 1), ("pause", 0), ("wait", 0)])
def test_a_dated_closure_of_a_station_follows_its_rule_at_closing(at_close: str, leaves: int) -> None:
    closures = [{"from": "2025-01-11 06:30", "to": "2025-01-13 18:00", "note": "works"}]
    found = run(line(places__post__border={"lanes": 1, "inspection_h": 1.9, "closures": closures, "at_close": at_close, "other": {}}))
    seen, spell = visits(found, "post.border"), [(246.5, 306.0)]
    assert inside(seen["start_h"], spell) == 0
    assert inside(seen["leave_h"], spell) == leaves
    assert seen["start_h"][seen["start_h"] > 246.5][0] == pytest.approx(306.0 if at_close != "pause" else 306.4)  # who paused goes on first


def test_closures_are_local_time_of_the_place() -> None:
    data = line(places__post__border={"lanes": 99, "inspection_h": 0, "closures": [{"from": "2025-01-11", "to": "2025-01-13"}], "other": {}})
    data["places"]["post"]["utc_offset_h"] = 4.0
    assert inside(visits(run(data), "post.border")["start_h"], [(236.0, 284.0)]) == 0


def test_a_mountain_road_opens_by_day_and_shuts_in_winter() -> None:
    road = {"mode": "road", "between": ["post", "west"], "length_km": 160, "speed_kmh": 40, "open": {"jan": "never", "other": "daily 08:00-18:00"}}
    legs = {"east_post": {"mode": "road", "between": ["east", "post"], "length_km": 40, "speed_kmh": 40}, "post_west": road}
    seen = visits(run(line(legs=legs)), "post_west")
    starts = seen["start_h"]
    assert starts.min() == JANUARY_H + 8
    assert (hours_of_day(starts) <= 18).all()
    assert (hours_of_day(starts) >= 8).all()
    assert (hours_of_day(seen["leave_h"]) > 18).any()  # who is on the road goes on


def test_a_closed_leg_lets_trains_under_way_go_on() -> None:
    found = run(line(legs__post_west__closures=[{"from": "2025-01-11", "to": "2025-01-21"}], legs__post_west__closed_days=["02-03"], flows__out=flow("east", "west", 12, offset_h=1.5)))
    seen = visits(found, "post_west")
    assert inside(seen["start_h"], [(240.0, 480.0), (33 * 24.0, 34 * 24.0)]) == 0
    assert inside(seen["leave_h"], [(240.0, 480.0)]) == 1
    assert trips(found, "out")["closed_h"].max() > 200


def test_a_leg_of_no_length_can_be_closed() -> None:
    legs = {"east_post": {"mode": "rail", "between": ["east", "post"], "length_km": 40, "speed_kmh": 40}}
    legs["post_west"] = {"mode": "rail", "between": ["post", "west"], "length_km": 0, "run_h": 0, "closures": [{"from": "2025-01-11", "to": "2025-01-21"}]}
    of = trips(run(line(legs=legs)), "out")
    assert inside(of["last_h"], [(240.0, 480.0)]) == 0


@pytest.mark.parametrize("at_close", ["finish", "pause", "wait"])
def test_a_port_handles_calls_in_its_hours(at_close: str) -> None:
    port = {"berths": {"ferry": {"count": 1}}, "open": "daily 08:00-20:00", "at_close": at_close, "other": {}}
    found = run(port_line(places__quay__port=port))
    seen = visits(found, "quay.port.ferry")
    ends = hours_of_day(seen["end_h"])
    by_night = int(np.sum((ends > 20.0) | (ends < 8.0)))
    assert (by_night > 0) == (at_close == "finish")
    held = (seen["end_h"] - seen["start_h"]) > 3.0
    assert held.any()
    departs = found.tables["departures"]
    assert ((hours_of_day(departs["depart_h"]) < 8.0) | (hours_of_day(departs["depart_h"]) > 20.0)).any()  # ships sail by night
    assert found.tables["service_months"]["closed_wait_h"].sum() > 0


def test_cranes_have_shifts() -> None:
    port = {"berths": {"ferry": 1, "dry": 1}, "cranes": {"sts": {"count": 1, "serves": ["ferry"], "t_per_h": 500, "open": "daily 08:00-12:00, 13:00-17:00"}}, "other": {}}
    data = port_line(places__quay__port=port)
    data["services"]["ferry"].pop("handling_h")
    seen = visits(run(data), "quay.port.ferry")
    ends = hours_of_day(seen["end_h"])
    assert len(ends) > 20
    assert not ((ends > 17.0) | (ends < 8.0) | ((ends > 12.0) & (ends < 13.0))).any()


def test_a_port_that_is_closed_on_dates_neither_berths_nor_sends() -> None:
    port = {"berths": {"ferry": {"count": 1}}, "closures": [{"from": "2025-01-11", "to": "2025-01-13"}], "other": {}}
    found = run(port_line(places__quay__port=port))
    departs = found.tables["departures"]
    assert inside(departs["depart_h"][departs["end"] == 0], [(240.0, 288.0)]) == 0
    assert inside(visits(found, "quay.port.ferry")["start_h"], [(240.0, 288.0)]) == 0


def test_hours_may_change_by_date() -> None:
    data = line(places__post__border={"lanes": 9, "inspection_h": 0.5, "open": SEASON, "other": {}})
    data["changes"] = {"round_the_clock": {"on": "2025-02-10", "set": {"places.post.border.open": "always"}}}
    starts = visits(run(data), "post.border")["start_h"]
    assert hours_of_day(starts[(starts > 41 * 24) & (starts < 58 * 24)]).min() < 2.0


def test_hours_are_replaced_whole_where_a_file_lays_its_own_on_others(tmp_path: Any) -> None:
    from corridor_sim.loading.resolved import as_yaml

    data = line(places__post__border={"open": SEASON, "other": {}})
    (tmp_path / "base.yaml").write_text(as_yaml(data), encoding="utf-8")
    (tmp_path / "over.yaml").write_text("extends: base.yaml\nplaces.post.border.open: {apr-oct: always, other: never}\n", encoding="utf-8")
    border = load_scenario(tmp_path / "over.yaml").scenario.places["post"].border
    assert border is not None
    assert border.open[:5] == ("never", "never", "never", "always", "always")


@pytest.mark.parametrize(
    ("border", "expected"),
    [
        ({"open": {"apr-oct": "daily 08:00-20:00"}}, "expected every month or other, got nothing for jan"),
        ({"open": {"apr-oct": "daily 8-20", "other": "never"}}, "expected a time of day"),
        ({"open": {"apr-oct": "never", "oct": "always", "other": "never"}}, "oct twice"),
        ({"open": 8}, "expected opening hours such as"),
        ({"closures": [{"from": "2025-02-01", "to": "2025-01-01"}]}, "expected to after from"),
        ({"closures": [{"from": "2025-02-01 25:00", "to": "2025-03-01"}]}, "expected a date or instant"),
        ({"closures": [{"from": "2025-02-30", "to": "2025-03-01"}]}, "expected a date or instant"),
        ({"closures": {"from": "2025-02-01", "to": "2025-03-01"}}, "expected a list"),
    ],
)
def test_a_mistake_in_hours_is_told(border: Any, expected: str) -> None:
    with pytest.raises(CorridorError, match=expected):
        load_mapping(line(places__post__border=border | {"other": {}}))


def test_hours_of_a_sea_leg_are_refused() -> None:
    data = port_line()
    data["legs"]["sea"]["closures"] = [{"from": "2025-01-11", "to": "2025-01-13"}]
    with pytest.raises(CorridorError, match="at sea state them at a port, or a disruption"):
        load_mapping(data)


def test_the_paths_of_a_day_lie_in_its_open_hours() -> None:
    road = {"mode": "road", "between": ["post", "west"], "length_km": 160, "speed_kmh": 40, "vehicles_per_day": 10, "open": {"jan": "Mon-Sat 08:00-12:00", "other": "daily 08:00-18:00"}}
    legs = {"east_post": {"mode": "road", "between": ["east", "post"], "length_km": 40, "speed_kmh": 40}, "post_west": road}
    starts = visits(run(line(legs=legs, flows__out=flow("east", "west", 24))), "post_west")["start_h"]
    a_day = np.bincount((starts // 24).astype(int))
    assert set(a_day[32:58]) == {10}
    assert sorted(set(a_day[1:30])) == [0, 10]
