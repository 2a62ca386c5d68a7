"""The page on the ferry's round trip says what its scenario gives."""

from __future__ import annotations

from functools import cache

import pytest

from benchmarks.pages import written
from benchmarks.round_trip import PAGE, REMEDIES, WORLDS, World, patches_of, tables, world, worlds_table

SHIPS, MOVING_H = 17, 55


@cache
def seen(case: str) -> World:
    return world(patches_of(case), replications=1)


@pytest.mark.parametrize("case", WORLDS)
def test_every_world_has_the_round_trip_that_the_fleet_and_its_calls_fix(case: str) -> None:
    found = seen(case)
    assert found.round_trip_h / 24 == pytest.approx(5.8, abs=0.4)
    assert SHIPS / found.calls == pytest.approx(found.round_trip_h / 24, rel=0.02)  # Little
    assert found.parts_h["sea"] + found.parts_h["handling"] == pytest.approx(MOVING_H, rel=0.01)
    assert sum(found.parts_h.values()) == pytest.approx(found.round_trip_h, rel=0.02)


def test_the_waits_tell_the_worlds_apart() -> None:
    parts = {case: seen(case).parts_h for case in WORLDS}
    for case, wait in (("patience", "cargo_wait"), ("berth", "berth_wait"), ("wind", "weather_wait")):
        others = [parts[case][other] for other in ("cargo_wait", "berth_wait", "weather_wait") if other != wait]
        assert parts[case][wait] > 60
        assert max(others) < 2
    assert parts["mixture"]["cargo_wait"] > parts["mixture"]["weather_wait"] > parts["mixture"]["berth_wait"] > 2


def test_tables_go_between_their_marks() -> None:
    page = "a\n<!-- worlds -->\nold\n<!-- end -->\nb\n<!-- cargo -->\n<!-- end -->\nc\n"
    filled = page.replace("old", "| x |").replace("<!-- cargo -->\n", "<!-- cargo -->\n| y |\n")
    assert written(page, {"worlds": "| x |", "cargo": "| y |"}) == filled
    assert worlds_table({}).count("\n") == 1


@pytest.mark.slow
def test_the_page_shows_what_the_command_gives() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page, tables()) == page
    assert all(f"| {case} |" in page for case in WORLDS)
    assert all(more.replace("_", " ") in page for more in REMEDIES)
