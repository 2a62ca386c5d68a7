"""Executors: one job for many replication numbers, in this process or spread over several; results in order of number."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from corridor_sim.errors import CorridorError, Fault

T = TypeVar("T")
Job = Callable[[int], T]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a case is: replications done of total (`reused` of them stored before), the headline so far, time left.

    mean, half_width: freight carried [Mt/a]; NaN while unknown. what: what is counted.
    """

    case: str
    done: int
    total: int
    reused: int
    mean: float
    half_width: float
    seconds_left: float
    what: str = "replications"


def cores() -> int:
    """Return how many processes can run at once here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_jobs(job: Job[T], numbers: Sequence[int], workers: int | None, finished: Callable[[T], None]) -> list[T]:
    """Return the results of job(number) in the order of numbers; the same whatever the number of workers (None: all cores).

    finished is called in this process with each result as it comes. job must be picklable; each worker gets it once. An error in
    a job stops the rest and is raised here; Ctrl-C ends the workers. What a job wrote before stays.
    """
    count = min(workers or cores(), len(numbers))
    if count <= 1:
        return list(_one_by_one(job, numbers, finished))
    found: dict[int, T] = {}
    with _pool(job, count) as pool:
        futures = {pool.submit(_do, number): number for number in numbers}
        try:
            for future in as_completed(futures):
                found[futures[future]] = future.result()
                finished(found[futures[future]])
        except BrokenProcessPool:
            _keep_finished(futures, found, finished)
            raise CorridorError(_killed(len(found), len(numbers))) from None
    return [found[number] for number in numbers]


def _one_by_one(job: Job[T], numbers: Sequence[int], finished: Callable[[T], None]) -> Iterator[T]:
    for number in numbers:
        result = job(number)
        finished(result)
        yield result


def _keep_finished(futures: dict[Future[T], int], found: dict[int, T], finished: Callable[[T], None]) -> None:
    """Hand over what was finished when a worker died, but not yet taken."""
    for future, number in futures.items():
        if number not in found and future.done() and not future.cancelled() and future.exception() is None:
            found[number] = future.result()
            finished(found[number])


def _killed(done: int, total: int) -> Fault:
    hint = (
        "the same command goes on from there; if memory ran out, use fewer --workers"
        if done
        else "if memory ran out, use --workers 1; a script that calls simulate() needs `if __name__ == '__main__':` around it"
    )
    return Fault(f"a worker process was killed; {done} of {total} replications are finished and kept: {hint}", code="worker")


@contextmanager
def _pool(job: Job[T], count: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of new processes that have the job; on any error they are ended at once, and what waits is dropped."""
    before = {child.pid for child in multiprocessing.active_children()}
    pool = ProcessPoolExecutor(
        count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(pickle.dumps(job),)
    )
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            if child.pid not in before:
                child.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_job: Any = None  # of this worker process


def _begin(pickled: bytes) -> None:
    """Make a worker ready: Ctrl-C is its parent's business, and it doesn't outlive its parent."""
    global _job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _job = pickle.loads(pickled)


def _end_with(parent: Any) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _do(number: int) -> Any:
    return _job(number)
