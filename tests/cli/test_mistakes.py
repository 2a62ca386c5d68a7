"""The user's mistakes: exit code 2, one line a fault on stderr, no traceback, nothing on stdout."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

import corridor_sim.experiment

ROOT = Path(__file__).parents[2]


def assert_mistake(answer, *words: str) -> None:
    assert answer.code == 2
    assert answer.out == ""
    assert "Traceback" not in answer.err
    for word in words:
        assert word in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["runn", "x.yaml"], "run"),
        (["run", "x.yaml", "--replicatons", "3"], "--replications"),
        (["run"], "FILE"),
        (["run", "x.yaml", "--replications", "0"], "--replications"),
        (["run", "x.yaml", "--replications", "many"], "--replications"),
        (["run", "x.yaml", "--seed", "-1"], "--seed"),
        (["run", "x.yaml", "--workers", "0"], "--workers"),
        (["run", "no_such_file.yaml"], "no_such_file.yaml"),
        (["run", "."], "."),
        (["validate", "no_such_file.yaml"], "no_such_file.yaml"),
        (["compare", "no_such_file.yaml"], "no_such_file.yaml"),
        (["diff", "no_such_file.yaml", "nor_this.yaml"], "no_such_file.yaml"),
        (["report", "no_such_folder"], "no_such_folder"),
        (["plot", "no_such_folder"], "no_such_folder"),
        (["results", "show", "no_such_folder"], "no_such_folder"),
        (["results", "rm", "no_such_folder", "--yes"], "no_such_folder"),
        (["results", "rm", "some_folder"], "--yes"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_word_is_a_mistake(words, said, call, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert_mistake(call(*words), said)


def test_an_unknown_case_is_a_mistake(tiny, call) -> None:
    assert_mistake(call("run", tiny, "--case", "thre"), "thre")
    assert_mistake(call("compare", tiny, "--case", "thre"), "thre")


def test_every_fault_stands_on_its_line(tiny, call) -> None:
    text = tiny.read_text(encoding="utf-8").replace("vessels: 1,", "vesels: 1,").replace("speed_kmh: 30", "speed_kmh: -30")
    tiny.write_text(text, encoding="utf-8")
    answer = call("run", tiny)
    assert_mistake(answer, "did you mean 'vessels'", "legs.main_line.speed_kmh")
    lines = answer.err.strip().splitlines()
    assert len(lines) >= 2
    assert all(":" in line and "tiny.yaml" in line for line in lines)


@pytest.mark.parametrize("command", ["run", "compare"])
@pytest.mark.parametrize("out", ["tiny.yaml", "tiny.yaml/below", "/proc/no/such/place"])
def test_where_nothing_can_be_written_nothing_is_run(command, out, tiny, call, monkeypatch) -> None:
    monkeypatch.chdir(tiny.parent)
    monkeypatch.setattr(corridor_sim.experiment, "simulate", lambda *a, **k: pytest.fail("it ran"))
    assert_mistake(call(command, tiny, "--out", out), "--out", out)


def test_a_full_disk_is_no_bug_of_ours(tiny, call, tmp_path, monkeypatch) -> None:
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device", "metrics.parquet")

    monkeypatch.setattr(corridor_sim.experiment, "simulate", full)
    assert_mistake(call("run", tiny, "--out", tmp_path / "out", "-q"), "No space left", "metrics.parquet", "kept")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX's; reviewed 2026-11-25, issue 2")
def test_a_disk_that_refuses_more_leaves_no_result(tiny, call, start, tmp_path) -> None:
    code = (
        "import resource, signal, sys\nfrom corridor_sim.cli import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\nmain(sys.argv[1:])"
    )
    words = ["run", str(tiny), "--out", str(tmp_path / "out"), "-q", "--workers", "1"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "out").rglob("manifest.json")) == []


def test_another_error_is_our_bug_and_says_so(tiny, call, monkeypatch, tmp_path) -> None:
    def bug(*_args, **_options):
        raise RuntimeError("ours")

    monkeypatch.setattr(corridor_sim.experiment, "simulate", bug)
    answer = call("run", tiny, "--out", tmp_path / "out")
    assert (answer.code, answer.out) == (1, "")
    assert "RuntimeError: ours" in answer.err
    assert "bug of corridor_sim" in answer.err


def test_the_twin_hints_at_the_installation() -> None:
    words = [sys.executable, "-S", "-E", ROOT / "run_scenario.py", "x.yaml"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install -c constraints.txt" in done.stderr
