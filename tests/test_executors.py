"""Jobs give the same results whoever works, and what is finished survives what goes wrong."""

from __future__ import annotations

import operator
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from corridor_sim.errors import CorridorError
from corridor_sim.executors import cores, run_jobs

double = partial(operator.mul, 2)

MODULE = """
import os, signal, time
from corridor_sim.errors import CorridorError

def refuse(number):
    raise CorridorError(f"expected more, got {number * 0}")

def die_at_three(number):
    if number == 3:
        time.sleep(1.0)
        os.kill(os.getpid(), signal.SIGKILL)
    return number

def fail_at_one(number):
    if number == 1:
        raise ValueError("number one")
    return number
"""


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A module that workers can import too."""
    (tmp_path / "jobs_of_test.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    import jobs_of_test

    yield jobs_of_test
    del sys.modules["jobs_of_test"]


def test_results_are_in_the_order_of_numbers_whatever_the_workers() -> None:
    numbers = [5, 3, 9, 1]
    assert run_jobs(double, numbers, 1, id) == run_jobs(double, numbers, 2, id) == [10, 6, 18, 2]


def test_every_result_is_handed_over_as_it_comes() -> None:
    seen: list[int] = []
    run_jobs(double, range(4), 2, seen.append)
    assert sorted(seen) == [0, 2, 4, 6]


def test_nothing_to_do_is_no_trouble() -> None:
    assert run_jobs(double, [], None, id) == []


def test_there_is_at_least_one_core() -> None:
    assert cores() >= 1


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows; the pool breaks the same way there (2026-11-25)")
def test_a_killed_worker_leaves_what_is_finished_and_says_how_to_go_on(jobs) -> None:
    seen: list[int] = []
    with pytest.raises(CorridorError, match=r"killed; 3 of 4 replications are finished.*goes on from there"):
        run_jobs(jobs.die_at_three, range(4), 2, seen.append)
    assert sorted(seen) == [0, 1, 2]


def test_an_error_in_a_job_comes_out_as_it_is(jobs) -> None:
    for workers in (1, 2):
        with pytest.raises(ValueError, match="number one"):
            run_jobs(jobs.fail_at_one, range(3), workers, id)


def test_a_mistake_of_the_user_crosses_the_process_boundary(jobs) -> None:
    with pytest.raises(CorridorError, match="expected more, got 0"):
        run_jobs(jobs.refuse, range(2), 2, id)


SCRIPT = """
import multiprocessing, sys, time
from functools import partial
from corridor_sim.executors import run_jobs

def report(result):
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)

if __name__ == "__main__":
    try:
        run_jobs(time.sleep, [0, 60, 60], 2, report)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        sys.exit(130)
"""


@pytest.fixture
def script(tmp_path: Path):
    """A script whose first job is done while two more sleep: (process, workers' ids)."""
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / "script.py")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    workers = [int(word) for word in process.stdout.readline().split()]
    yield process, workers
    process.kill()
    process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="signals of a console work otherwise on Windows (2026-11-25)")
def test_ctrl_c_ends_the_workers_at_once(script) -> None:
    process, workers = script
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, out, errors) == (130, "interrupted\n", "")
    assert time.monotonic() - began < 10
    assert not any(map(alive, workers))


@pytest.mark.skipif(os.name == "nt", reason="os.kill(pid, 0) doesn't ask, it kills, on Windows (2026-11-25)")
def test_workers_do_not_outlive_a_parent_that_was_killed(script) -> None:
    process, workers = script
    assert len(workers) == 2
    process.kill()
    process.wait()
    deadline = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, workers))


def alive(pid: int) -> bool:
    """Whether a process is there and isn't a zombie that nobody has asked about yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")
