"""Runs as a user sees them: what is printed, what is left, and what an interruption costs."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def stored(tiny, call, tmp_path) -> Path:
    """Return the folder of a stored result."""
    assert call("run", tiny, "--out", tmp_path / "out", "-q", "--workers", 1).code == 0
    return next((tmp_path / "out").rglob("manifest.json")).parent


def test_a_run_answers_and_leaves_tables_picture_and_page(tiny, call, tmp_path) -> None:
    answer = call("run", tiny, "--out", tmp_path / "out", "--workers", 1)
    assert answer.code == 0
    for word in ("offered", "carried", "waiting", "sustainable"):
        assert word in answer.out.lower()
    assert "2 of 2 replications" in answer.err
    folder = next((tmp_path / "out").rglob("manifest.json")).parent
    assert {"metrics.parquet", "dashboard.png", "dashboard.html", "scenario.json"} <= {file.name for file in folder.iterdir()}


def test_quiet_means_no_talk_before_the_answer(tiny, call, tmp_path) -> None:
    answer = call("run", tiny, "--out", tmp_path / "out", "-q", "--workers", 1)
    assert "replications" not in answer.err
    assert answer.out


def test_json_is_all_of_stdout(tiny, call, tmp_path) -> None:
    answer = call("run", tiny, "--out", tmp_path / "out", "--json", "--workers", 1)
    read = json.loads(answer.out)
    assert (read["name"], read["replications"]) == ("tiny", 2)
    assert {"offered", "carried"} <= {row["measure"] for row in read["measures"] if row["kind"] == "total"}
    assert read["tightest"]


def test_what_is_stored_is_not_computed_again(tiny, call, tmp_path) -> None:
    first = call("run", tiny, "--out", tmp_path / "out", "--workers", 1)
    second = call("run", tiny, "--out", tmp_path / "out", "--workers", 1)
    assert "2 of them stored before" in second.err
    assert second.out == first.out


def test_compare_tells_the_cases_apart(tiny, call, tmp_path) -> None:
    answer = call("compare", tiny, "--out", tmp_path / "out", "--workers", 1)
    assert answer.code == 0
    assert "two" in answer.out
    read = json.loads(call("compare", tiny, "--out", tmp_path / "out", "--json", "-q").out)
    assert (read["base"], read["cases"]) == ("one", ["one", "two"])
    assert {row["case"] for row in read["differences"]} == {"two"}


def test_a_stored_result_is_read_and_drawn_without_a_run(stored, call, monkeypatch) -> None:
    (stored / "dashboard.png").unlink()
    (stored / "dashboard.html").unlink()
    monkeypatch.setitem(sys.modules, "corridor_sim.engine", None)
    assert "carried" in call("report", stored).out.lower()
    assert (stored / "dashboard.html").stat().st_size > 1000
    assert call("plot", stored, "--to", stored / "again.png").out.strip() == str(stored / "again.png")
    assert (stored / "again.png").read_bytes() == (stored / "dashboard.png").read_bytes()


def test_results_are_listed_shown_and_removed(stored, call) -> None:
    out = stored.parents[1]
    assert str(stored) in call("results", "ls", "--out", out).out
    assert json.loads(call("results", "ls", "--out", out, "--json").out)[0]["name"] == "tiny"
    assert "carried" in call("results", "show", stored).out.lower()
    assert call("results", "rm", stored, "--out", out, "--yes").code == 0
    assert not stored.exists()
    assert "no results" in call("results", "ls", "--out", out).err


def test_rm_touches_nothing_but_results(tiny, call, tmp_path) -> None:
    assert call("results", "rm", tiny.parent, "--out", tmp_path, "--yes").code == 2
    assert tiny.exists()


def test_validate_tells_faults_and_warnings(tiny, call) -> None:
    answer = call("validate", tiny)
    assert (answer.code, answer.out) == (0, "")
    assert "no faults" in answer.err
    read = json.loads(call("validate", tiny, "--json", "-q").out)
    assert read[0]["faults"] == []


def test_diff_shows_path_old_new(tiny, call, tmp_path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("extends: tiny.yaml\nname: other\nservices: {feeder: {vessels: 3}}\n", encoding="utf-8")
    assert "services.feeder.vessels: 1 -> 3" in call("diff", tiny, other).out
    assert "no difference" in call("diff", tiny, tiny).err


def test_schema_is_json(call) -> None:
    assert json.loads(call("schema").out)["properties"]["places"]
    assert call("schema", "--page").out.startswith("#")


def test_the_starter_is_copied_and_valid(call, tmp_path) -> None:
    answer = call("init", tmp_path / "mine")
    copied = [Path(line) for line in answer.out.splitlines()]
    scenarios = [path for path in copied if path.suffix == ".yaml"]
    assert scenarios
    assert call("validate", scenarios[0]).code == 0
    assert call("init", tmp_path / "mine").code == 2, "it overwrote what may have been edited"


def test_an_interrupted_run_keeps_what_is_finished_and_goes_on(tiny, start, call, tmp_path) -> None:
    words = ["run", tiny, "--out", tmp_path / "out", "--replications", 200, "--workers", 2]
    process = start(*words)
    assert process.stderr
    for line in process.stderr:
        if "200 replications" in line and ": 0 of" not in line and ": 1 of" not in line:
            break
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert "kept" in said
    again = call("run", tiny, "--out", tmp_path / "out", "--replications", 2, "--workers", 1)
    assert again.code == 0
    assert re.search("[12] of them stored before", again.err)  # of two workers the second may have finished two first


def test_the_twin_script_does_the_same(tiny, call, tmp_path) -> None:
    ours = call("run", tiny, "--out", tmp_path / "out", "-q", "--workers", 1)
    words = [sys.executable, str(ROOT / "run_scenario.py"), str(tiny), "--out", str(tmp_path / "out"), "-q"]
    twin = subprocess.run(words, capture_output=True, text=True, check=True)
    assert twin.stdout == ours.out
