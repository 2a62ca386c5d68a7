"""Keys that take a number or a word: whatever is written instead, the message lists the words and names the nearest."""

from __future__ import annotations

from typing import Any

import pytest
from lines_of import line, put

from corridor_sim.errors import CorridorError
from corridor_sim.loading import load_mapping, load_scenario
from corridor_sim.loading.resolved import as_yaml

UNLIMITED_AT = (
    "places.post.border.lanes", "places.post.border.shifts.a.lanes", "places.post.border.accepts.per_day", "places.post.border.accepts.per_day.west",
    "places.post.yard.room_wagons", "places.post.yard.room_t.east", "places.east.terminal.tracks", "places.east.gauge_change.fronts",
    "legs.east_post.pairs_per_day", "legs.east_post.pairs_per_day.out", "services.trains.vessels",
)  # fmt: skip


def told(path: str, value: Any) -> str:
    data = line(places__post__border={"other": {}, "shifts": {"a": {"open": "always"}}}, legs__east_post__pairs_per_day={"out": 9, "back": 9})
    if not path.endswith((".out", ".back")):
        del data["legs"]["east_post"]["pairs_per_day"]
    put(data, path.split("."), value)
    with pytest.raises(CorridorError) as caught:
        load_mapping(data)
    return str(caught.value)


@pytest.mark.parametrize("word", ["automatic", "auot", "Auto"])
def test_a_slip_of_auto_is_told_both_ways_and_the_nearest(word: str) -> None:
    assert told("warm_up_days", word) == f"warm_up_days: expected a number or auto, got '{word}', did you mean 'auto'?"


@pytest.mark.parametrize("path", UNLIMITED_AT)
@pytest.mark.parametrize("word", ["unlimted", "Unlimited"])
def test_a_slip_of_unlimited_is_told_both_ways_and_the_nearest(path: str, word: str) -> None:
    assert f"{path}: expected a number or unlimited, got '{word}', did you mean 'unlimited'?" in told(path, word)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("warm_up_days", "30", "warm_up_days: expected a number or auto, got '30'"),
        ("warm_up_days", [1], "warm_up_days: expected a number or auto, got a list of 1"),
        ("warm_up_days", -1, "warm_up_days: expected at least 0 days, got -1"),
        ("places.post.border.lanes", "two", "places.post.border.lanes: expected a number or unlimited, got 'two'"),
        ("places.post.border.lanes", [2], "places.post.border.lanes: expected a number or unlimited, got a list of 1"),
        ("legs.east_post.paths", "redy", "legs.east_post.paths: expected ready, clockface, got 'redy', did you mean 'ready'?"),
        ("legs.east_post.dispatch", "alternat", "expected a map or one of fcfs, alternate, got 'alternat', did you mean 'alternate'?"),
        ("legs.east_post.dispatch", {"platon": 3}, "legs.east_post.dispatch.platon: unknown field, did you mean 'platoon'?"),
        ("legs.east_post.grade", "asumed", "expected measured, official, plan, derived, assumed, got 'asumed', did you mean 'assumed'?"),
        ("flows.out.supply", "Unlimited", "expected poisson, scheduled, unlimited, got 'Unlimited', did you mean 'unlimited'?"),
        ("places.post.border.at_close", "paus", "expected finish, pause, wait, got 'paus', did you mean 'pause'?"),
        ("places.post.border.open", "alway", "expected opening hours such as always, never"),
    ],
)
def test_a_word_that_is_not_meant_lists_those_that_are(path: str, value: Any, said: str) -> None:
    assert said in told(path, value)


def test_a_map_with_a_slip_is_said_once() -> None:
    """The other side of the union, a word, isn't said beside it."""
    assert "fcfs" not in told("legs.east_post.dispatch", {"platon": 3})


def test_a_slip_of_assumed_is_told_where_there_is_a_table(tmp_path: Any) -> None:
    (tmp_path / "sources.csv").write_text("id,title\nW11,x\n", encoding="utf-8")
    data = line(places__post__border__source="asumed") | {"sources": "sources.csv"}
    (tmp_path / "case.yaml").write_text(as_yaml(data), encoding="utf-8")
    with pytest.raises(CorridorError, match="there is no source 'asumed' in the table, did you mean 'assumed'"):
        load_scenario(tmp_path / "case.yaml")
