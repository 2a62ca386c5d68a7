"""`corridor-sim explain`: inputs with their sources beside results."""

from __future__ import annotations

import json
from pathlib import Path

BASELINE = Path(__file__).parents[2] / "scenarios" / "baseline_2024.yaml"


def test_a_place_shows_its_numbers_with_grade_publisher_year_and_quotation(call, tmp_path) -> None:
    told = call("explain", "alat", "--scenario", BASELINE, "--out", tmp_path)
    assert told.code == 0
    assert "port.berths.rail_ferry.count: 2 [official]" in told.out
    assert 'W244 CBC, 2018, official: "two ferry bridges"' in told.out
    assert "results are missing" in told.err


def test_what_a_run_made_of_it_stands_beside(call, tiny, tmp_path) -> None:
    assert call("run", tiny, "--out", tmp_path / "out", "--quiet", "-n", 2).code == 0
    told = json.loads(call("explain", "feeder", "--scenario", tiny, "--out", tmp_path / "out", "--json").out)
    (element,) = told["elements"]
    assert told["run"]
    assert element["kind"] == "service"
    made = {row["measure"]: row for row in element["results"]}
    assert made["departures"]["value"] > 1
    assert made["departures"]["half_width"] >= 0
    assert {row["path"] for row in element["inputs"]} >= {"carries.teu", "vessels", "handling_h"}


def test_an_unknown_name_ends_with_the_nearest_ones(call) -> None:
    told = call("explain", "alatt", "--scenario", BASELINE)
    assert told.code == 2
    assert "did you mean alat" in told.err


def test_dated_changes_of_a_leg_are_told(call) -> None:
    told = call("explain", "marabda_akhalkalaki", "--scenario", BASELINE, "--json")
    (element,) = json.loads(told.out)["elements"]
    assert any("2024-05-20" in str(change) for change in element["changes"])
