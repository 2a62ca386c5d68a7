"""Inheritance, dated changes, patches and provenance do what the language says."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest
from bad_scenarios import GOOD
from ruamel.yaml import YAML

from corridor_sim.errors import CorridorError
from corridor_sim.loading import as_yaml, diff, essence, load_case, load_cases, load_mapping, load_scenario

NIGHT = 24.0


def good() -> dict:
    return YAML(typ="safe").load(GOOD)


def lay(folder: Path, text: str, base: str = GOOD):
    (folder / "base.yaml").write_text(base, encoding="utf-8")
    (folder / "top.yaml").write_text(f"extends: base.yaml\n{text}", encoding="utf-8")
    return load_scenario(folder / "top.yaml")


def changed(**sections):
    return load_mapping(good() | sections)


def vessels(loaded) -> tuple:
    return loaded.timeline(lambda scenario: scenario.services["feeder"].vessels)


# --- inheritance


def test_maps_merge_and_lists_replace(tmp_path) -> None:
    text = "services:\n  feeder: {vessels: 9}\nflows:\n  boxes: {counts_in: [titr]}\n"
    scenario = lay(tmp_path, text).scenario
    assert scenario.services["feeder"].vessels == 9
    assert scenario.services["feeder"].speed_kmh == 20
    assert scenario.flows["boxes"].counts_in == ("titr",)


def test_dotted_and_nested_keys_mean_the_same(tmp_path) -> None:
    dotted = lay(tmp_path, "services.feeder.vessels: 9\nplaces.aktau.port.berths.container: 4\n")
    nested = lay(tmp_path, "services: {feeder: {vessels: 9}}\nplaces: {aktau: {port: {berths: {container: {count: 4}}}}}\n")
    assert dotted.resolved == nested.resolved


def test_null_deletes_an_element_or_a_value(tmp_path) -> None:
    scenario = lay(tmp_path, "flows.boxes.growth: null\nchanges: {fourth_ship: null}\nplaces.poti.border: null\n").scenario
    assert scenario.flows["boxes"].growth.rate == 0
    assert scenario.changes == {}
    assert scenario.places["poti"].border is None


def test_null_of_what_is_not_there_is_a_fault(tmp_path) -> None:
    with pytest.raises(CorridorError, match=r"top.yaml:2:11: flows.boxs: nothing to delete, did you mean 'boxes'"):
        lay(tmp_path, "flows: {  boxs: null}\n")


def test_a_star_stands_for_all_names_but_those_stated_beside_it(tmp_path) -> None:
    scenario = lay(tmp_path, 'legs: {"*": {cv: 0.2}, alat_poti: {cv: 0.5}}\nflows.*.per_year: 10\n').scenario
    assert [leg.cv for leg in scenario.legs.values()] == [0.2, 0.2, 0.5]
    assert scenario.flows["boxes"].per_year == 10


def test_laws_and_rules_are_replaced_whole(tmp_path) -> None:
    text = "places.poti.border: {inspection_h: {exponential: {mean: 5}}}\nservices.feeder: {departs: {after_first_lot_h: 9}}\n"
    scenario = lay(tmp_path, text).scenario
    assert scenario.places["poti"].border.inspection_h.flat() == ("exponential", 5.0)
    assert scenario.places["poti"].border.lanes == 2
    assert scenario.services["feeder"].departs.at_least is None


def test_room_of_one_direction_keeps_that_of_the_other(tmp_path) -> None:
    room = lay(tmp_path, "places.aktau.port.room_teu: {west: 1500}\n").scenario.places["aktau"].port.room_teu
    assert (room.west, room.east) == (1500, 900)


def test_later_bases_lie_on_earlier_ones(tmp_path) -> None:
    (tmp_path / "base.yaml").write_text(GOOD)
    (tmp_path / "fast.yaml").write_text("services.feeder.speed_kmh: 25\n")
    (tmp_path / "slow.yaml").write_text("services.feeder.speed_kmh: 10\n")
    (tmp_path / "top.yaml").write_text("extends: [base.yaml, fast.yaml, slow.yaml]\n")
    loaded = load_scenario(tmp_path / "top.yaml")
    assert loaded.scenario.services["feeder"].speed_kmh == 10
    assert loaded.positions["services.feeder.speed_kmh"].file.endswith("slow.yaml")


def test_the_name_is_that_of_the_file_by_default(tmp_path) -> None:
    (tmp_path / "2030 Ferries.yaml").write_text(GOOD.replace("name: small\n", ""))
    assert load_scenario(tmp_path / "2030 Ferries.yaml").scenario.name == "case_2030_ferries"


# --- dated changes


def test_a_change_holds_from_its_date() -> None:
    assert vessels(load_mapping(good())) == ((-math.inf, 3), (152 * NIGHT, 4))


def test_a_change_up_to_the_start_is_part_of_the_start() -> None:
    loaded = changed(changes={"early": {"on": date(2023, 5, 1), "set": {"services.feeder.vessels": 8}}})
    assert vessels(loaded) == ((-math.inf, 8),)
    assert str(loaded.changes[0]) == "2023-05-01 services.feeder.vessels: 3 -> 8 (early)"


def test_the_value_is_the_latest_set_times_every_multiply_plus_every_add() -> None:
    changes = {
        "c": {"on": date(2024, 4, 1), "add": {"services.feeder.vessels": 1}},
        "b": {"on": date(2024, 3, 1), "multiply": {"services.feeder.vessels": 2}},
        "d": {"on": date(2024, 5, 1), "set": {"services.feeder.vessels": 10}},
        "a": {"on": date(2024, 2, 1), "set": {"services.feeder.vessels": 5}},
    }
    values = [value for _, value in vessels(changed(changes=changes))]
    assert values == [3, 5, 10, 11, 21]
    assert [value for _, value in vessels(changed(changes=dict(reversed(changes.items()))))] == values


def test_multiply_of_a_law_scales_its_times() -> None:
    loaded = changed(changes={"slow": {"on": date(2024, 2, 1), "multiply": {"places.poti.border.inspection_h": 2}}})
    laws = loaded.timeline(lambda scenario: scenario.places["poti"].border.inspection_h.flat())
    assert [law for _, law in laws] == [("gamma", 3.0, 0.5), ("gamma", 6.0, 0.5)]


def test_add_and_multiply_begin_from_the_default_where_none_is_stated() -> None:
    loaded = changed(changes={"wet": {"on": date(2024, 2, 1), "multiply": {"places.aktau.port.payload_factor": 0.9}}})
    assert [value for _, value in loaded.timeline(lambda s: s.places["aktau"].port.payload_factor)] == [1, 0.9]


def test_a_change_may_name_all_and_both_directions() -> None:
    changes = {"more": {"on": date(2024, 2, 1), "add": {"places.*.port.room_teu": 100}, "multiply": {"flows.*.per_year": 1.5}}}
    with pytest.raises(CorridorError, match="expected a number to add to, got None"):
        changed(changes=changes)
    del changes["more"]["add"]
    assert changed(changes=changes).snapshots[1][1].flows["boxes"].per_year == 13500


def test_add_to_room_stated_by_direction_adds_to_each() -> None:
    loaded = changed(changes={"more": {"on": date(2024, 2, 1), "add": {"places.alat.port.room_teu": 100}}})
    room = loaded.snapshots[1][1].places["alat"].port.room_teu
    assert (room.west, room.east) == (1000, 1000)


def test_what_does_not_change_is_shared_between_dates() -> None:
    loaded = load_mapping(good())
    first, second = loaded.snapshots[0][1], loaded.snapshots[1][1]
    assert first.places["poti"] is second.places["poti"]
    assert first.services["feeder"] is not second.services["feeder"]


def test_elements_added_up_to_the_start_exist() -> None:
    leg = {"mode": "sea", "between": ["aktau", "poti"], "length_km": 2000}
    loaded = changed(changes={"canal": {"on": date(2024, 1, 1), "set": {"legs.canal": leg}}})
    assert loaded.scenario.legs["canal"].length_km == 2000


# --- patches and cases


def test_patches_are_off_unless_a_case_names_them(tmp_path) -> None:
    loaded = load_mapping(good())
    assert load_case(loaded, "more").snapshots[-1][1].services["feeder"].vessels == 5
    assert load_case(loaded, ["fifth_ship"]).patches == ("fifth_ship",)
    assert loaded.patches == ()


TWO = {
    "six": {"on": date(2024, 7, 1), "set": {"services.feeder.vessels": 6}},
    "nine": {"on": date(2024, 9, 1), "set": {"services.feeder.vessels": 9}},
}


def test_two_patches_that_set_one_path_conflict() -> None:
    loaded = changed(patches=TWO, cases={"both": ["six", "nine"]})
    with pytest.raises(CorridorError, match=r"say over: \[six\] in 'nine' if it shall win"):
        load_case(loaded, "both")


def test_over_settles_a_conflict() -> None:
    patches = {"six": TWO["six"] | {"over": ["nine"]}, "nine": TWO["nine"]}
    loaded = load_case(changed(patches=patches, cases={"both": ["six", "nine"]}), "both")
    assert [value for _, value in vessels(loaded)] == [3, 4, 6]


def test_a_patch_and_one_above_it_conflict_too() -> None:
    patches = {"six": TWO["six"], "gone": {"on": date(2024, 7, 1), "set": {"services.feeder": None}}}
    with pytest.raises(CorridorError, match=r"sets services.feeder to None"):
        load_mapping(good() | {"patches": patches, "cases": {}}, ["six", "gone"])


def test_a_patch_may_hold_several_changes() -> None:
    patches = {"fleet": {"one": {"on": date(2024, 7, 1), "add": {"services.feeder.vessels": 1}, "capex_musd": 40},
                         "two": {"on": date(2024, 8, 1), "add": {"services.feeder.vessels": 1}, "capex_musd": 41}}}  # fmt: skip
    loaded = load_mapping(good() | {"patches": patches, "cases": {}}, ["fleet"])
    assert [value for _, value in vessels(loaded)] == [3, 4, 5, 6]
    assert loaded.capex_musd == 81
    assert [applied.change for applied in loaded.changes] == ["fourth_ship", "fleet.one", "fleet.two"]


def test_faults_of_all_cases_come_at_once(tmp_path) -> None:
    text = GOOD + "  a: [bad]\n  b: [worse]\n"
    text = text.replace(
        "patches:\n", "patches:\n  bad: {set: {services.feeder.vessels: -1}}\n  worse: {set: {services.feeder.speed_kmh: 0}}\n"
    )
    (tmp_path / "top.yaml").write_text(text)
    with pytest.raises(CorridorError) as caught:
        load_cases(tmp_path / "top.yaml")
    assert len(caught.value.faults) == 2


def test_overrides_lie_on_the_file(tmp_path) -> None:
    (tmp_path / "top.yaml").write_text(GOOD)
    loaded = load_scenario(tmp_path / "top.yaml", overrides={"services.feeder.speed_kmh": 30, "flows.*.per_year": 5})
    assert loaded.scenario.services["feeder"].speed_kmh == 30
    assert loaded.scenario.flows["boxes"].per_year == 5
    with pytest.raises(CorridorError, match=r"services.feeder.sped_kmh: unknown field"):
        load_scenario(tmp_path / "top.yaml", overrides={"services.feeder.sped_kmh": 30})


def test_inherited_changes_after_the_end_are_left_out_with_a_warning(tmp_path) -> None:
    loaded = lay(tmp_path, "end: 2024-03-01\n")
    assert [warned.code for warned in loaded.warnings] == ["date"]
    assert vessels(loaded) == ((-math.inf, 3),)


# --- provenance, resolved, diff


def test_a_number_may_carry_its_source(tmp_path) -> None:
    (tmp_path / "sources.csv").write_text("id,title\nW009,Ships\nW146,Feeders\n")
    text = GOOD.replace("    vessels: 3", "    vessels: {value: 3, source: W146, grade: official}").replace(
        "    speed_kmh: 20", "    speed_kmh: 20\n    source: {carries: W009, default: assumed}"
    )
    (tmp_path / "top.yaml").write_text(f"sources: sources.csv\n{text}")
    loaded = load_scenario(tmp_path / "top.yaml")
    assert loaded.scenario.services["feeder"].vessels == 3
    origins = {path: origin.source for path, origin in loaded.provenance.items() if path.startswith("services.feeder")}
    assert origins["services.feeder.vessels"] == "W146"
    assert origins["services.feeder.carries.teu"] == "W009"
    assert origins["services.feeder.speed_kmh"] == "assumed"
    assert loaded.provenance["services.feeder.vessels"].grade == "official"


def test_a_number_laid_over_loses_the_source_of_the_old_one(tmp_path) -> None:
    base = GOOD.replace("    vessels: 3", "    vessels: {value: 3, source: W146}")
    assert "services.feeder.vessels" not in lay(tmp_path, "services.feeder.vessels: 4\n", base).provenance


def test_names_such_as_source_and_value_are_names(tmp_path) -> None:
    text = good()
    text["places"] |= {"source": {"at": [40.0, 50.0]}, "value": {"at": [40.0, 51.0]}, "gamma": {}, "window": {}}
    text["legs"]["source_value"] = {"mode": "road", "between": ["source", "value"], "length_km": 100, "speed_kmh": 50}
    loaded = load_mapping(text)
    assert loaded.scenario.places["source"].at == (40.0, 50.0)
    assert load_mapping(loaded.resolved).scenario.places == loaded.scenario.places


def test_a_resolved_case_loads_to_the_same(tmp_path) -> None:
    loaded = load_case(load_mapping(good()), "more")
    again = load_mapping(YAML(typ="safe").load(as_yaml(loaded.resolved)))
    assert again.resolved == loaded.resolved
    assert [hours for hours, _ in again.snapshots] == [hours for hours, _ in loaded.snapshots]
    assert again.snapshots[-1][1].services == loaded.snapshots[-1][1].services


def test_the_essence_of_a_case_leaves_out_names_and_remarks() -> None:
    one = load_mapping(good())
    text = good() | {"name": "other", "title": "x", "replications": 3, "seed": 7}
    text["services"]["feeder"] |= {"source": "W1", "note": "x"}
    assert essence(load_mapping(text).resolved) == essence(one.resolved)
    text["services"]["feeder"]["vessels"] = 4
    assert essence(load_mapping(text).resolved) != essence(one.resolved)


def test_differences_have_units(tmp_path) -> None:
    one = load_mapping(good())
    text = good()
    text["services"]["feeder"] |= {"speed_kmh": 22, "note": "faster"}
    text["places"]["poti"]["border"]["inspection_h"] = 4
    del text["flows"]["boxes"]["growth"]
    found = [str(each) for each in diff(one, load_mapping(text))]
    assert found == [
        "places.poti.border.inspection_h: {'gamma': {'mean': 3, 'cv': 0.5}} -> 4 h",
        "services.feeder.speed_kmh: 20 -> 22 km/h",
        "flows.boxes.growth: {2025: 0.1, 'after': 0.05} -> (not stated)",
    ]


def test_positions_name_file_line_and_column(tmp_path) -> None:
    (tmp_path / "top.yaml").write_text(GOOD)
    position = load_scenario(tmp_path / "top.yaml").positions["services.feeder.vessels"]
    assert (position.file, position.line, position.column) == (str(tmp_path / "top.yaml"), 27, 5)
