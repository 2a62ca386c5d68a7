"""Numbers by shift: lanes, tracks, fronts, cranes and ramps; what becomes of work in hand at a change; hours and gaps as opening hours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from laws.runs import digest
from lines_of import Data, flow, line, run, trips, visits

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.engine.rosters import Roster
from corridor_sim.errors import AuditError, CorridorError
from corridor_sim.loading import load_mapping, load_scenario
from corridor_sim.loading.resolved import as_yaml

COMES = [18.0, 18.0, 18.0, 18.5]
ENDS = {"finish": [22, 22, 22, 26], "pause": [22, 24, 26, 30], "wait": [22, 26, 30, 34]}  # four hours of work each, by hand
RULES = pytest.mark.parametrize("at_close", ["finish", "pause", "wait"])


def shifts(key: str, by_day: float | None = 3, by_night: float | None = 1) -> Data:
    """Return a shift by day and one by night; None: the facility's own number."""
    day, night = {"open": "daily 08:00-20:00"}, {"open": "daily 20:00-08:00"}
    return {"day": day | ({key: by_day} if by_day else {}), "night": night | ({key: by_night} if by_night else {})}


def comes(times: list[float], **more: Any) -> Data:
    return flow("east", "west", 0, times=times, per_year=None, **more)


# A change of shift by hand: three come at 18:00, one at 18:30, each for four hours of work; three work by day, one by night


def border(at_close: str, **more: Any) -> tuple[Data, str]:
    stop = {"inspection_h": 4, "other": {}, "at_close": at_close, "shifts": shifts("lanes")}
    return line(places__post__border=stop, flows__out=comes([at - 1 for at in COMES]), **more), "post.border"


def queued_border(at_close: str) -> tuple[Data, str]:
    """The same with priorities, so that the border keeps a queue."""
    data, name = border(at_close, classes={"slow": {"priority": 8}})
    data["services"]["slow"] = data["services"]["trains"] | {"class": "slow"}
    data["flows"]["late"] = comes([1000.0], routes=[{"services": ["slow"]}])
    data["flows"]["out"]["routes"] = [{"services": ["trains"]}]
    return data, name


def terminal(at_close: str) -> tuple[Data, str]:
    place = {"at": [40, 48], "terminal": {"handling_h": 4, "other": {}, "at_close": at_close, "shifts": shifts("tracks")}}
    data = line(places__west=place, flows__out=comes([at - 3 for at in COMES]))
    del data["places"]["post"]["border"]
    return data, "west.terminal"


def gauge_change(at_close: str) -> tuple[Data, str]:
    change = {"tracks": 9, "handling_wagons_per_h": 0.25, "other": {}, "at_close": at_close, "shifts": shifts("fronts")}
    data = line(places__post={"at": [40, 49], "gauge_change": change}, flows__out=comes([at - 1 for at in COMES]))
    data["services"] = {name: {"route": route, "carries": {"wagons": 1}} for name, route in (("trains", ["east", "post"]), ("beyond", ["post", "west"]))}
    data["legs"]["east_post"]["gauge_mm"], data["legs"]["post_west"]["gauge_mm"] = 1435, 1520
    return data, "post.gauge_change"


def quay(at_close: str, **pools: Any) -> tuple[Data, str]:
    port = {"berths": {"ferry": {"count": 9}}, "at_close": at_close, "other": {}, **pools}
    data = line(places__quay={"at": [40, 47], "port": port}, places__shore={"at": [40, 46], "port": {"berths": {"ferry": 9}, "other": {}}})
    data["legs"]["sea"] = {"mode": "sea", "between": ["quay", "shore"], "length_km": 200}
    data["services"] = {"ferry": {"route": ["quay", "shore"], "vessels": 9, "speed_kmh": 20, "berth": "ferry", "carries": {"wagons": 1},
                                  "departs": {"after_first_lot_h": 0, "idle_h": 0}}}  # fmt: skip
    data["flows"] = {"out": comes(COMES) | {"from": "quay", "to": "shore"}}
    return data, "quay.port.ferry"


def cranes(at_close: str) -> tuple[Data, str]:
    data, name = quay(at_close, cranes={"sts": {"count": 3, "serves": ["ferry"], "t_per_h": 250, "shifts": shifts("count", None)}})
    return data, name


def ramps(at_close: str) -> tuple[Data, str]:
    return quay(at_close, ramps={"one": {"count": 2, "serves": ["ferry"], "wagons_per_h": 0.25, "shifts": shifts("count")}})


@RULES
@pytest.mark.parametrize("case", [border, queued_border, terminal, gauge_change, cranes, ramps])
def test_a_change_of_shift_by_hand(case: Any, at_close: str) -> None:
    data, name = case(at_close)
    seen = visits(run(data), name, heading=0)
    assert sorted(seen["end_h"][seen["end_h"] < 100].tolist()) == ENDS[at_close]


@pytest.mark.parametrize(("at_close", "starts", "closed_h"), [("finish", [18, 18, 18, 22], 0), ("pause", [18, 18, 18, 26], 6), ("wait", [18, 22, 26, 30], 0)])
def test_waits_count_as_queue_and_pauses_as_closed_hours(at_close: str, starts: list[float], closed_h: float) -> None:
    found = run(border(at_close)[0])
    seen, of = visits(found, "post.border"), trips(found, "out")
    assert seen["start_h"].tolist() == starts
    assert (of["closed_h"].sum(), of["queue_h"].sum()) == (closed_h, sum(starts) - sum(COMES))
    assert seen["paused_h"].sum() == closed_h


def test_who_begins_before_a_larger_shift_pauses_no_longer_than_it_takes() -> None:
    """Two by night, three by day, and again two: whoever is third in hand stands still from 20:00 until one of the others ends."""
    stop = {"inspection_h": 14, "other": {}, "at_close": "pause", "shifts": shifts("lanes", 3, 2)}
    seen = visits(run(line(places__post__border=stop, flows__out=comes([6.0, 6.0, 6.0]))), "post.border")
    assert seen["start_h"].tolist() == [7, 7, 8]
    assert seen["end_h"].tolist() == [21, 21, 23]  # an hour lost


def test_work_beyond_the_number_keeps_others_out_until_it_ends() -> None:
    """Ten hours of work, four lanes by day and one by night: in the morning two are still in hand, and two may start."""
    stop = {"inspection_h": 14, "other": {}, "at_close": "finish", "shifts": shifts("lanes", 4, 1)}
    seen = visits(run(line(places__post__border=stop, flows__out=comes([17.0, 17.0, 18.5, 18.5, 19.5, 19.5, 19.5]))), "post.border")
    assert seen["start_h"].tolist() == [18, 18, 19.5, 19.5, 32, 32, 33.5]


@pytest.mark.parametrize(("at_close", "end"), [("finish", 18 + 8), ("pause", 18 + 2 + 12 / 1), ("wait", 18 + 8)])
def test_a_call_with_fewer_cranes_is_handled_more_slowly(at_close: str, end: float) -> None:
    """Two cranes take 8 h: begun at 18:00, one of them is left at 20:00, after 2 of the 8 hours."""
    crane = {"count": 2, "per_vessel": 2, "serves": ["ferry"], "t_per_h": 62.5, "shifts": shifts("count", None)}
    seen = visits(run(quay(at_close, cranes={"sts": crane})[0]), "quay.port.ferry", heading=0)
    first = {"wait": 18 + 16}.get(at_close, end)  # it begins with one crane that stays
    assert seen["end_h"].min() == first


@RULES
@pytest.mark.parametrize("priorities", [False, True])
def test_a_shift_with_gaps_is_the_same_as_opening_hours(at_close: str, priorities: bool) -> None:
    stop = {"lanes": 2, "inspection_h": {"gamma": {"mean": 3, "cv": 0.7}}, "other": {"x": {"per_day": 3}}, "at_close": at_close, "closed_days": ["01-20"]}
    more: Data = {"classes": {"slow": {"priority": 8}}} if priorities else {}

    def bytes_with(hours: Data) -> str:
        data = line(places__post__border=stop | hours, flows__out=flow("east", "west", 4), **more)
        if priorities:
            data["services"]["slow"] = data["services"]["trains"] | {"class": "slow"}
        return digest(run(data))

    opening = bytes_with({"open": "Mon-Sat 06:00-21:00"})
    assert bytes_with({"shifts": {"early": {"open": "Mon-Sat 06:00-14:00"}, "late": {"open": "Mon-Sat 14:00-21:00", "lanes": 2}}}) == opening


@RULES
def test_shifts_that_never_differ_are_plain_lanes(at_close: str) -> None:
    stop = {"lanes": 3, "inspection_h": {"exponential": {"mean": 4}}, "other": {"x": {"per_day": 3}}, "at_close": at_close}
    plain, by_shift = (digest(run(line(places__post__border=stop | more, flows__out=flow("east", "west", 10)))) for more in ({}, {"shifts": shifts("lanes", None, 3)}))
    assert plain == by_shift


# Hours


def test_shifts_are_local_and_may_differ_by_season() -> None:
    season = {"jan": "daily 10:00-16:00", "other": "daily 06:00-22:00"}
    stop = {"lanes": 9, "inspection_h": 0.5, "other": {}, "at_close": "wait", "shifts": {"only": {"open": season}}}
    data = line(places__post__border=stop)
    data["places"]["post"]["utc_offset_h"] = 5.0
    local = visits(run(data), "post.border")["start_h"] + 5.0
    january = local[local < 31 * 24] % 24
    later = local[(local >= 31 * 24) & (local < 59 * 24)] % 24
    assert (january.min(), january.max() <= 15.5) == (10.0, True)
    assert (later.min(), later.max() > 16.0) == (6.0, True)


def test_holidays_close_every_shift() -> None:
    stop = {"lanes": 2, "inspection_h": 1, "other": {}, "closed_days": ["2025-01-11"], "shifts": shifts("lanes")}
    starts = visits(run(line(places__post__border=stop)), "post.border")["start_h"]
    assert not np.any((starts >= 240) & (starts < 264))
    assert np.any((starts > 216) & (starts < 240))


def test_the_number_of_a_shift_may_change_by_date() -> None:
    data = line(places__post__border={"inspection_h": 6, "other": {}, "shifts": shifts("lanes", 1, 1)}, flows__out=flow("east", "west", 24))
    data["changes"] = {"more": {"on": "2025-02-01", "set": {"places.post.border.shifts.night.lanes": 4}}}
    starts = visits(run(data), "post.border")["start_h"]
    assert np.bincount((starts // 24).astype(int))[3:30].max() == 4
    assert np.bincount((starts // 24).astype(int))[33:58].min() >= 8


def test_shifts_may_begin_by_date() -> None:
    data = line(places__post__border={"lanes": 2, "inspection_h": 6, "other": {}}, flows__out=flow("east", "west", 24))
    data["changes"] = {"gangs": {"on": "2025-02-01", "set": {"places.post.border.shifts": {"day": {"open": "daily 08:00-20:00"}}}}}
    starts = visits(run(data), "post.border")["start_h"]
    assert set((starts[(starts > 31 * 24) & (starts < 90 * 24)] % 24 >= 8).tolist()) == {True}
    assert (starts[starts < 31 * 24] % 24 < 8).any()


def test_exit_and_entry_have_shifts_of_their_own() -> None:
    data = line(flows__out=flow("east", "west", 12))
    for place, country in (("east", "CN"), ("post", "KZ"), ("west", "KZ")):
        data["places"][place]["country"] = country
    entry = {"inspection_h": 1, "other": {}, "shifts": {"day": {"open": "daily 08:00-20:00"}}}
    data["places"]["post"]["border"] = {"other": {}, "entry": entry, "exit": {"inspection_h": 1, "other": {}}}
    starts = visits(run(data), "post.border.entry")["start_h"] % 24
    assert (starts.min(), starts.max() < 20) == (8.0, True)


# Figures


def test_utilisation_is_of_the_lanes_that_are_manned() -> None:
    stop = {"inspection_h": 1, "other": {}, "at_close": "pause", "shifts": shifts("lanes", 3, 1)}
    found = run(line(places__post__border=stop, flows__out=flow("east", "west", 24)))
    table = found.tables["element_months"]
    row = np.flatnonzero((table["element"] == found.names.elements.index("post.border")) & (table["heading"] == 0) & (table["month"] == 0))[0]
    assert table["capacity_h"][row] == 31 * (12 * 3 + 12 * 1)
    assert table["busy_h"][row] / table["capacity_h"][row] == pytest.approx(24 / 48, rel=0.01)


def test_two_changes_a_day_over_fifteen_years_build_fast() -> None:
    from time import process_time

    stop = {"inspection_h": 1, "other": {}, "at_close": "pause", "shifts": shifts("lanes", 3, 1)}
    data = line(places__post__border=stop, flows__out=flow("east", "west", 0, times=[1.0], per_year=None)) | {"end": "2040-01-01"}
    plan = build_plan(load_mapping(data))
    begin = process_time()
    simulate(plan, 0)
    assert process_time() - begin < 1.0
    assert len(plan.stations[0].shifts) == 1


@pytest.mark.parametrize("at_close", ["finish", "pause"])
@pytest.mark.parametrize("priorities", [False, True])
def test_the_audit_finds_work_beyond_the_roster(at_close: str, priorities: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """By night three work where one is manned: over a day there are servers enough, by the roster there aren't."""
    stop = {"inspection_h": 3, "other": {}, "at_close": at_close, "shifts": shifts("lanes", 3, 1)}
    data = line(places__post__border=stop, flows__out=flow("east", "west", 30), classes={"slow": {"priority": 8}} if priorities else {})
    if priorities:
        data["services"]["slow"] = data["services"]["trains"] | {"class": "slow"}
    assert run(data).audit["busy_excess_h"] == 0
    at = Roster.at
    monkeypatch.setattr("corridor_sim.engine.rosters.Roster.at", lambda self, instant: max(3.0, at(self, instant)))
    with pytest.raises(AuditError, match=r"post.border: [\d.]+ h busy beyond"):
        run(data)


# Outages and quotas


@pytest.mark.parametrize(("at_close", "ends"), [("finish", [34, 34, 34, 38]), ("pause", [34, 35, 35, 38]), ("wait", [34, 36, 36, 38])])
@pytest.mark.parametrize("case", [border, queued_border, terminal, gauge_change])
def test_an_outage_stops_all_work_in_hand(case: Any, at_close: str, ends: list[float]) -> None:
    """It lasts from 19:00 to 07:00, an hour before the day shift comes: after one of the four hours of work."""
    data, name = case(at_close)
    data["disruptions"] = {"d": {"at": name, "spells": [{"from": "2025-01-01 19:00", "to": "2025-01-02 07:00"}]}}
    seen = visits(run(data), name, heading=0)
    assert sorted(seen["end_h"][seen["end_h"] < 100].tolist()) == ends


def test_a_quota_counts_beside_shifts() -> None:
    stop = {"inspection_h": 1, "other": {}, "accepts": {"per_day": 5}, "shifts": {"day": {"open": "daily 08:00-20:00", "lanes": 2}}}
    starts = visits(run(line(places__post__border=stop, flows__out=flow("east", "west", 12))), "post.border")["start_h"]
    assert set(np.bincount((starts // 24).astype(int))[1:58]) == {5}
    assert (starts[starts < 58 * 24] % 24 >= 8).all()


# Mistakes


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        ({"open": "daily 08:00-20:00", "shifts": shifts("lanes")}, "expected either open or shifts"),
        ({"shifts": {"a": {"open": "08:00-20:00"}, "b": {"open": "Tue 19:30-21:00"}}}, "got a and b both on Tue 19:30 in jan"),
        ({"shifts": {"a": {"lanes": 2}}}, r"expected open \(hours of the shift"),
        ({"shifts": {"a": {"open": "always", "tracks": 2}}}, "unknown field"),
        ({"shifts": {"a": {"open": "always", "lanes": 0}}}, "more than 0"),
        ({"shifts": {"a": {"open": "8-20"}}}, "expected a time of day"),
        ({"shifts": ["day"]}, "expected a map"),
    ],
)
def test_a_mistake_in_shifts_is_told(stop: Data, expected: str) -> None:
    with pytest.raises(CorridorError, match=expected):
        load_mapping(line(places__post__border={"other": {}} | stop))


def test_cranes_by_shift_need_a_count() -> None:
    crane = {"count": 0, "serves": ["ferry"], "t_per_h": 250, "shifts": shifts("count")}
    with pytest.raises(CorridorError, match="expected a count of 1 or more beside shifts"):
        load_mapping(quay("pause", cranes={"sts": crane})[0])


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"border": {"lanes": 2, "other": {}, "shifts": shifts("lanes", 3, 1)}}, "day mans 3 lanes, more than its own 2"),
        ({"border": {"other": {}, "entry": {"lanes": 2, "other": {}, "shifts": shifts("lanes", 1, 4)}}}, "night mans 4 lanes, more than its own 2"),
        ({"terminal": {"tracks": 2, "shifts": shifts("tracks", 3, 1)}}, "day mans 3 tracks, more than its own 2"),
        ({"border": {"other": {}, "shifts": {"never": {"open": "never"}, "day": {"open": "always"}}}}, "never never works"),
    ],
)
def test_an_odd_shift_is_a_warning(place: Data, said: str) -> None:
    data = line(places__post={"at": [40, 49], "country": "KZ", "yard": {}} | place)
    data["places"]["east"]["country"] = "CN"
    assert [warning.message for warning in load_mapping(data).warnings if warning.code == "shifts"] == [said]


def test_cranes_fewer_than_a_call_takes_are_a_warning() -> None:
    crane = {"count": 3, "per_vessel": 2, "serves": ["ferry"], "t_per_h": 250, "shifts": shifts("count")}
    warned = [w.message for w in load_mapping(quay("pause", cranes={"sts": crane})[0]).warnings if w.code == "shifts"]
    assert warned == ["a call takes 2, night has 1: it goes on at that part of its speed"]
    assert not [w for w in load_mapping(border("pause")[0]).warnings if w.code == "shifts"]


def test_a_border_asked_for_more_than_its_shifts_give_is_a_warning() -> None:
    stop = {"inspection_h": 2, "other": {}, "shifts": {"day": {"open": "daily 08:00-20:00", "lanes": 2}}}
    warned = [w.message for w in load_mapping(line(places__post__border=stop, flows__out=flow("east", "west", 13))).warnings if w.code == "load"]
    assert len(warned) == 1
    assert "asked for 26.0 h a day in 2025 and are open 24.0 h" in warned[0]


def test_a_file_lays_shifts_on_another(tmp_path: Any) -> None:
    season = {"apr-oct": "daily 08:00-20:00", "other": "daily 09:00-17:00"}
    base = line(places__post__border={"lanes": 2, "other": {}, "shifts": {"day": {"open": season, "lanes": 3}, "night": {"open": "daily 20:00-24:00"}}})
    (tmp_path / "base.yaml").write_text(as_yaml(base), encoding="utf-8")
    over = {"shifts.day.open": {"may-sep": "always", "other": "never"}, "shifts.night": None}
    (tmp_path / "over.yaml").write_text(as_yaml({"extends": "base.yaml", **{f"places.post.border.{key}": value for key, value in over.items()}}), encoding="utf-8")
    (tmp_path / "plain.yaml").write_text(as_yaml({"extends": "base.yaml", "places.post.border.shifts": None, "places.post.border.open": "Mon 08:00-09:00"}), encoding="utf-8")
    border, plain = (load_scenario(tmp_path / f"{name}.yaml").scenario.places["post"].border for name in ("over", "plain"))
    assert border is not None
    assert plain is not None
    assert {name: (shift.open[3:5], shift.lanes) for name, shift in border.shifts.items()} == {"day": (("never", "always"), 3)}
    assert (plain.shifts, plain.open) == ({}, "Mon 08:00-09:00")
