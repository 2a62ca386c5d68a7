"""Abandoned trains: who waits too long for room on the way gives its locomotive up, keeps the track and needs another one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from locomotives_of import arrivals, flow, run, total, trains

from corridor_sim.engine.districts import District
from corridor_sim.errors import AuditError
from corridor_sim.loading import load_mapping

Data = dict[str, Any]


def line(abandon_h: float | None = 12, **more: Any) -> Data:
    """One district from a over the yard of m to c: ten hours to each; the yard of c, from where a locomotive of its own goes on to d."""
    data = trains(
        places={"a": {}, "m": {"yard": {"room_wagons": 10}}, "c": {"yard": {"room_wagons": 10}}, "d": {}},
        legs={
            "am": {"mode": "rail", "between": ["a", "m"], "length_km": 100, "run_h": 10},
            "mc": {"mode": "rail", "between": ["m", "c"], "length_km": 100, "run_h": 10},
            "cd": {"mode": "rail", "between": ["c", "d"], "length_km": 100, "run_h": 10},
        },
        services={"train": {"route": ["a", "m", "c", "d"], "carries": {"wagons": 10}, "locomotives": ["west", "east"]}},
        locomotives={
            "west": {"between": ["a", "c"], "stock": {"a": 2}, "light_h": 16},
            "east": {"between": ["c", "d"], "stock": {"d": 1}, "light_h": 30},
        },
        flows={"f": flow("a", "d", times=[0, 1])},
    )
    if abandon_h is not None:
        data["legs"]["mc"]["abandon_h"] = abandon_h
    return data | more


def test_a_train_that_is_blocked_keeps_its_locomotive_without_abandon_h() -> None:
    found = run(line(None))
    # the first is at c at 20; a locomotive comes there light by 50, the second claims the yard then and goes on from c after 50 + 10 + 30
    assert arrivals(found) == [60, 100]
    assert [float(h) for h in found.tables["trips"]["blocked_h"]] == [0, 9 + 30]
    assert total(found, "west", "given_up") == total(found, "west", "abandoned_h") == 0


def test_it_gives_it_up_keeps_the_track_and_needs_another_one() -> None:
    found = run(line())
    # the second waits for m until 10 and is there at 20, blocked; at 32 its locomotive runs light to a boundary, 8 h. At 50 the yard of
    # c is free and claimed, a locomotive called; the train goes at 58, is at c at 68, and one comes there from d by 98
    assert arrivals(found) == [60, 108]
    assert [float(h) for h in found.tables["trips"]["blocked_h"]] == [0, 9 + 30]
    assert [float(h) for h in found.tables["trips"]["vehicle_h"]] == [30, 8 + 30]
    assert [total(found, "west", c) for c in ("given_up", "abandoned_h", "taken", "light_runs", "light_h")] == [1, 26, 3, 2, 16]
    assert total(found, "west", "hauling_h") == 20 + 10 + 12 + 10
    assert total(found, "west", "waiting_h") == 8


def test_what_it_gave_up_hauls_another_train_meanwhile() -> None:
    flows = {"f": flow("a", "d", times=[0, 1]), "g": flow("c", "a", "back", times=[30, 30])}
    for hours, expected in ((None, [50, 80]), (12, [50, 60])):
        data = line(hours, flows=flows)
        data["services"]["back"] = {"route": ["c", "m", "a"], "carries": {"wagons": 10}, "locomotives": ["west"]}
        found = run(data)
        # the first takes what train one left at c; the second what comes there with train two at 60, or what train two gave up, at 40
        assert arrivals(found, "g") == expected


def test_calls_go_before_trains_at_a_boundary() -> None:
    data = line(flows={"f": flow("a", "d", times=[0, 1]), "g": flow("c", "a", "back", times=[21, 22, 23])})
    data["services"]["back"] = {"route": ["c", "m", "a"], "carries": {"wagons": 10}, "locomotives": ["west"]}
    found = run(data)
    # one locomotive goes back at 21, is at a at 41 and light at c at 57; the other is given up at 32, light at c at 40, at a at 60. The
    # call of 50 waits till 57 and goes before the third train at c, which has waited since 23 and takes what the rescued one brings at 75
    assert (arrivals(found), arrivals(found, "g")) == ([60, 115], [41, 60, 95])


def test_who_is_blocked_for_less_keeps_it() -> None:
    assert total(run(line(30)), "west", "given_up") == 0
    assert total(run(line(29)), "west", "given_up") == 1
    assert arrivals(run(line(30))) == arrivals(run(line(None)))


def test_it_may_change_by_date() -> None:
    """The change at 24 h holds for trains that wait since before it."""
    change = {"later": {"on": "2025-01-02", "set": {"legs.mc.abandon_h": 5}}}
    found = run(line(60, changes=change))
    assert (total(found, "west", "given_up"), total(found, "west", "hauling_h")) == (1, 20 + 10 + 5 + 10)
    assert arrivals(run(line(5, changes={"never": change["later"] | {"set": {"legs.mc.abandon_h": 60}}}))) == arrivals(run(line(None)))


FINITE = st.one_of(st.none(), st.integers(1, 40))


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2)), st.integers(0, 30000), st.integers(0, 30000),
    st.integers(0, 40), FINITE, FINITE, st.integers(1, 3), FINITE, st.integers(0, 5),
)  # fmt: skip
def test_no_locomotive_and_no_room_is_lost(
    stock: tuple[int, ...], out: int, back: int, light: int, mc: int | None, am: int | None, room: int, fleet: int | None, seed: int
) -> None:
    data = crowded(light, mc, am, room)
    data["locomotives"]["west"]["stock"], data["locomotives"]["east"]["stock"] = {"a": stock[0], "c": stock[1]}, {"c": stock[2], "d": stock[3]}
    if fleet is not None:
        data["services"]["train"] |= {"vessels": fleet % 5 + 1, "departs": {"idle_h": 10}}
    data |= {"end": "2025-02-15", "drain_days": 20, "seed": seed}
    data["flows"] = {"f": flow("a", "d", per_year=out), "g": flow("d", "a", per_year=back)}
    found = run(data)  # the audit counts every locomotive and all room
    assert found.audit["locomotives_wrong"] == found.audit["room_error"] == 0
    for name, number in (("west", sum(stock[:2])), ("east", sum(stock[2:]))):
        hours = [total(found, name, column) for column in ("hauling_h", "light_h", "idle_h")]
        assert sum(hours) == pytest.approx(total(found, name, "stock_h")) == number * 45 * 24


def crowded(light_h: float, mc: float | None, am: float | None, room: int) -> Data:
    """The same line, both ways, with yards for so many trains a way."""
    data = line(None, end="2025-07-01")
    for place in ("m", "c"):
        data["places"][place]["yard"]["room_wagons"] = 10 * room
    for leg, hours in (("mc", mc), ("am", am)):
        data["legs"][leg] |= {} if hours is None else {"abandon_h": hours}
    for district in data["locomotives"].values():
        district["light_h"] = light_h
    return data


def test_a_crowded_line_never_stands_still() -> None:
    data = crowded(4, 6, 6, 1) | {"flows": {"f": flow("a", "d", per_year=36500), "g": flow("d", "a", per_year=2000)}}
    data["locomotives"]["east"] |= {"stock": {"d": 1}, "light_h": 40}
    found = run(data, full=False)
    assert total(found, "west", "given_up") > 30
    assert total(found, "west", "starved_h") + total(found, "east", "starved_h") == 0
    assert [len(arrivals(found, name)) > least for name, least in (("f", 80), ("g", 80))] == [True, True]


@pytest.mark.parametrize("replication", range(2))
def test_the_same_seed_gives_the_same_bytes(replication: int) -> None:
    data = crowded(16, 6, None, 1) | {"flows": {"f": flow("a", "d", per_year=20000), "g": flow("d", "a", per_year=3000)}}
    first, second = (run(data, replication).tables["locomotive_months"] for _ in range(2))
    assert all(first[column].tobytes() == second[column].tobytes() for column in first)


def test_a_locomotive_lost_on_the_way_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = District.give_up

    def leak(district: District, v: Any, at: float) -> None:
        sound(district, v, at)
        district.light.clear()

    monkeypatch.setattr(District, "give_up", leak)
    monkeypatch.setattr(District, "_arrive", lambda *_: None)
    with pytest.raises(AuditError, match="west: 2 locomotives, 1 found standing"):
        run(line())


def test_it_is_told(tmp_path: Any) -> None:
    from corridor_sim.experiment import simulate as study_of
    from corridor_sim.summary import summary_lines

    text = "\n".join(summary_lines(study_of(load_mapping(line()), out=tmp_path, replications=1, workers=1)))
    assert "locomotives of west: 2, " in text
    assert ", given up on the way 1" in text


@pytest.mark.parametrize("lacks", ["yard", "light_h", "locomotives"])
def test_where_nobody_feels_it_a_warning_says_so(lacks: str) -> None:
    data = line()
    assert not [w for w in load_mapping(data).warnings if w.path.endswith("abandon_h")]
    if lacks == "yard":
        data["places"]["m"] = {}
    elif lacks == "light_h":
        data["locomotives"]["west"]["light_h"] = None
    else:
        data["services"]["train"]["locomotives"] = ["east"]
    assert [w.path for w in load_mapping(data).warnings if "no effect" in w.message] == ["legs.mc.abandon_h"]
    assert total(run(data), "west", "given_up") == 0
