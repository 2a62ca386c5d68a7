"""`settle`, and the choice in `run`, `compare` and `--disrupt`, as a user sees them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from choices_of import two_ways

from corridor_sim.loading import as_yaml

QUICK = {"iterations": 3, "tolerance": 0.02, "replications": 1}


@pytest.fixture
def ways(tmp_path: Path) -> Path:
    """Return the file of two ways over two months, with a case in which nothing reacts."""
    data: dict[str, Any] = two_ways(end="2025-03-01", chosen={"settle": QUICK})
    data |= {"patches": {"observed": {"set": {"choice.on": False}}}, "cases": {"settled": [], "observed": ["observed"]}}
    file = tmp_path / "ways.yaml"
    file.write_text(as_yaml(data), encoding="utf-8")
    return file


def test_it_prints_shares_and_the_times_they_rest_on(ways, call, tmp_path) -> None:
    answer = call("settle", ways, "--out", tmp_path / "out", "--workers", 1)
    assert answer.code == 0
    assert answer.out.split("\n")[0].lower().startswith("choice ")
    assert [line.split()[:3] for line in answer.out.split("\n")[2:4]] == [["all", "2025", "post"], ["all", "2025", "round"]]
    assert "settling its choice: 1 of 3 rounds" in answer.err


def test_its_yaml_is_used_as_it_is(ways, call, tmp_path) -> None:
    printed = call("settle", ways, "--out", tmp_path / "out", "-q", "--yaml", "--workers", 1).out
    given = tmp_path / "given.yaml"
    given.write_text(f"extends: ways.yaml\n{printed}", encoding="utf-8")
    answer = call("run", given, "--out", tmp_path / "out", "-q", "-n", 1, "--workers", 1)
    assert "choice: shares given as settled before" in answer.out
    searched = call("run", ways, "--out", tmp_path / "out", "-q", "-n", 1, "--workers", 1)
    assert [line for line in searched.out.split("\n") if line.startswith(("offered", "transit"))] == [
        line for line in answer.out.split("\n") if line.startswith(("offered", "transit"))
    ]


def test_json_has_gaps_and_shares(ways, call, tmp_path) -> None:
    read = json.loads(call("settle", ways, "--out", tmp_path / "out", "-q", "--json", "--workers", 1).out)
    assert len(read["gaps"]) <= 3
    assert sum(read["shares"]["all"]["2025"].values()) == pytest.approx(1)


def test_compare_shows_both(ways, call, tmp_path) -> None:
    answer = call("compare", ways, "--out", tmp_path / "out", "-q", "-n", 1, "--workers", 1)
    assert answer.code == 0
    assert "round" in answer.out.split("observed against settled")[0]
    assert "choice off: the shares of the routes hold" in answer.out.split("observed against settled")[1]
    assert "Choice of itinerary" in next((tmp_path / "out").rglob("comparison.html")).read_text(encoding="utf-8")
    folders = [file.parent for file in (tmp_path / "out").rglob("manifest.json") if "choice" in file.read_text(encoding="utf-8")]
    pages = {json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["choice"]["on"] for folder in folders}
    assert pages == {True, False}


def test_the_page_tells_how_flows_choose(ways, call, tmp_path) -> None:
    call("run", ways, "--out", tmp_path / "out", "-q", "-n", 1, "--workers", 1)
    page = next((tmp_path / "out").rglob("dashboard.html")).read_text(encoding="utf-8")
    assert "Choice of itinerary" in page
    assert "freight inside would choose otherwise" in page


def test_a_closure_finds_flows_as_they_were(ways, call, tmp_path) -> None:
    """Nobody foresees what closes: both runs use the shares of the undisturbed one."""
    answer = call("run", ways, "--disrupt", "post.border 2025-01-20 5d", "--out", tmp_path / "out", "-q", "-n", 1, "--workers", 1)
    assert answer.code == 0
    manifests = [json.loads(file.read_text(encoding="utf-8")) for file in (tmp_path / "out").rglob("manifest.json")]
    choices = [manifest["choice"] for manifest in manifests if "choice" in manifest]
    assert sorted(choice.get("given", False) for choice in choices) == [False, True]
    assert choices[0]["shares"] == choices[1]["shares"]


def test_a_scenario_without_choice_has_nothing_to_settle(tiny, call, tmp_path) -> None:
    answer = call("settle", tiny, "--out", tmp_path / "out")
    assert answer.code == 2
    assert "expected a choice block" in answer.err
