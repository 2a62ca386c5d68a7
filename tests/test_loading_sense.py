"""What is allowed and probably not meant is said once, at its line."""

from __future__ import annotations

import pytest
from bad_scenarios import FEEDER, GOOD, GROWTH, RAIL, ROUTE, TRAIN

from corridor_sim.loading import load_case, load_scenario

ODD = {
    "facility without other traffic": ("cv: 0.5}}, open", "cv: 0.5}}, other: null, open", "", ""),
    "room below trigger plus vehicle": (
        "room_teu: 900, wind",
        "room_teu: 250, wind",
        "trigger",
        "room west (250 teu) is below what feeder waits for (150) plus the largest vehicle that brings it (train_east, 108)",
    ),
    "fleet that doesn't come back": (
        "{at_least: 0.6, idle_h: 24}",
        "{at_least: 0.6}",
        "one_way",
        "nothing loads at alat and no rule sends a vessel back",
    ),
    "leg shorter than the straight line": (
        "length_km: 490}",
        "length_km: 300}",
        "short",
        "300 km is shorter than the great circle between its ends (430 km)",
    ),
    "fast ship": (FEEDER, "    speed_kmh: 120\n", "speed", "120 km/h isn't plausible by sea (5 to 60 km/h)"),
    "slow train by its run time": (RAIL, "length_km: 850, run_h: 400}", "speed", "2.125 km/h isn't plausible by rail"),
    "block longer than its siding": (
        TRAIN + "\n",
        TRAIN[:-1] + ", train_length_m: 1000}\n",
        "siding",
        "a block of 1000 m is longer than the sidings of alat_poti (850 m)",
    ),
    "train heavier than a leg allows": (
        "teu: 108}}\nflows",
        "teu: 108, t: 4000}}\nflows",
        "block",
        "4000 t pass alat_poti, which takes 3000 t",
    ),
    "paths below demand": (
        "per_year: 9000",
        "per_year: 900000",
        "capacity",
        "demand of 2024 needs 22.8 full trains a day one way, paths for 8",
    ),
    "fleet below demand": ("per_year: 9000", "per_year: 900000", "capacity", "full vehicles a year one way, at most"),
    "border busier than open": (
        "inspection_h: {gamma: {mean: 3,",
        "inspection_h: {gamma: {mean: 300,",
        "load",
        "its lanes are asked for 68.4 h a day in 2024 and are open 17.1 h",
    ),
    "place on no leg": ("places:\n", "places:\n  baku: {at: [40.4, 49.9]}\n", "apart", "no leg leads here"),
    "no way for a while": (ROUTE, ROUTE[:-1] + ", until_date: 2024-09-01}", "unreachable", "has no way from 2024-09-01 on"),
}
BASE = GOOD.replace(RAIL, RAIL[:-1] + ", siding_m: 850, max_gross_t: 3000}")
del ODD["facility without other traffic"]


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_said(name, tmp_path) -> None:
    old, new, code, said = ODD[name]
    base = GOOD if RAIL in old else BASE
    assert old in base
    (tmp_path / "odd.yaml").write_text(base.replace(old, new, 1))
    warned = load_scenario(tmp_path / "odd.yaml").warnings
    found = [each for each in warned if said in each.message]
    assert [each.code for each in found] == [code], [str(each) for each in warned]
    assert found[0].line > 0


def test_a_facility_that_states_no_other_traffic_is_named(tmp_path) -> None:
    (tmp_path / "odd.yaml").write_text(GOOD.replace(", other: {}", ""))
    warned = [each.path for each in load_scenario(tmp_path / "odd.yaml").warnings]
    assert warned == ["places.dostyk.gauge_change", "places.aktau.port", "places.alat.port", "places.poti.border"]


def test_a_demand_that_outgrows_its_route_later_is_not_odd_at_the_start(tmp_path) -> None:
    (tmp_path / "odd.yaml").write_text(GOOD.replace(GROWTH, "    growth: 5\n"))
    assert load_scenario(tmp_path / "odd.yaml").warnings == ()


def test_a_warning_that_a_patch_brings_belongs_to_its_case(tmp_path) -> None:
    patch = "patches:\n  tight: {on: 2024-03-01, set: {places.aktau.port.room_teu: 252}}\n"
    (tmp_path / "odd.yaml").write_text(GOOD.replace("patches:\n", patch).replace("cases:\n", "cases:\n  tight: [tight]\n"))
    loaded = load_scenario(tmp_path / "odd.yaml")
    assert loaded.warnings == ()
    assert [each.code for each in load_case(loaded, "tight").warnings] == ["trigger"]
