"""What an element's numbers rest on stands beside what a run made of it; a report ends with what is assumed under its headline."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corridor_sim.assumptions import closing_lines, driving
from corridor_sim.errors import CorridorError
from corridor_sim.experiment import simulate
from corridor_sim.explain import explained, explanation_lines
from corridor_sim.loading import load_scenario

STARTER = Path(__file__).parent.parent / "scenarios" / "starter.yaml"


@pytest.fixture(scope="module")
def starter() -> Any:
    return load_scenario(STARTER, overrides={"end": date(2024, 8, 1), "warm_up_days": 10, "drain_days": 20})


@pytest.fixture(scope="module")
def study(starter: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return simulate(starter, replications=2, workers=1, out=str(tmp_path_factory.mktemp("results")))


def test_inputs_stand_with_unit_grade_and_the_words_of_their_source(starter: Any) -> None:
    (found,) = explained(starter, "alat")
    by_path = {one.path: one for one in found.inputs}
    berths = by_path["port.berths.rail_ferry.count"]
    assert (berths.value, berths.grade, [one.id for one in berths.sources]) == (2, "official", ["W007"])
    assert berths.sources[0].publisher
    assert berths.sources[0].year == "2015"
    assert "ferry" in berths.sources[0].quote
    assert by_path["port.room_wagons"].grade == "assumed"
    assert by_path["port.room_wagons"].unit == "wagons"


def test_dated_changes_stand_from_old_to_new(starter: Any) -> None:
    (found,) = explained(starter, "alat")
    assert [(one.on, one.path, one.old, one.new) for one in found.changes] == [("2024-07-01", "port.room_wagons", 600, 700)]


@pytest.mark.parametrize(("name", "measure"), [
    ("alat", "utilisation"), ("alat_boyuk_kesik", "vehicles"), ("feeder", "departures"), ("boxes_west", "transit_p90"),
])  # fmt: skip
def test_results_stand_beside_the_inputs(starter: Any, study: Any, name: str, measure: str) -> None:
    (found,) = explained(starter, name, study)
    assert measure in {made.measure for made in found.results}
    assert any(line.startswith("results") for line in explanation_lines(found))


def test_an_unknown_name_is_told_the_nearest(starter: Any) -> None:
    with pytest.raises(CorridorError, match=r"there is no place, .* 'alatt', did you mean alat"):
        explained(starter, "alatt")


def test_a_report_ends_with_shares_and_the_assumptions_under_its_headline(study: Any) -> None:
    lines = closing_lines(study)
    assert lines[0].startswith("of ")
    assert "assumed" in lines[0]
    assert len(lines) > 2
    assert all(line.startswith("assumed at ") for line in lines[1:])


def test_a_table_of_sensitivities_in_the_folder_is_told(study: Any) -> None:
    first = driving(study)[0]
    table = study.folder / "sensitivities.csv"
    table.write_text(f"path,effect,unit,measure\n{first.path},2.5,days,P90\n", encoding="utf-8")
    try:
        assert driving(study)[0].effect == "moves P90 by 2.5 days"
    finally:
        table.unlink()


def test_the_command_says_it_as_text_and_as_json(capsys: pytest.CaptureFixture[str], study: Any) -> None:
    from corridor_sim.cli import main

    for arguments, code in ((["explain", "feeder"], 0), (["explain", "feeder", "--json"], 0), (["explain", "fedder"], 2)):
        with pytest.raises(SystemExit) as left:
            main([*arguments, "--scenario", str(STARTER), "--run", str(study.folder)])
        said = capsys.readouterr()
        assert left.value.code == code
        if code == 2:
            assert "did you mean feeder" in said.err
        elif "--json" in arguments:
            assert json.loads(said.out)["elements"][0]["results"]
        else:
            assert "results" in said.out.splitlines()
