"""How far a run is: a bar on a terminal, a line a replication elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from corridor_sim.cli.talk import say

if TYPE_CHECKING:
    from corridor_sim.executors import Progress

Watch = Callable[["Progress"], None]


@contextmanager
def watching(quiet: bool) -> Iterator[Watch | None]:
    """Yield what a run is to call after each replication, or None."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as watch:
            yield watch
    else:
        yield lambda progress: say(line(progress))


def line(progress: Progress) -> str:
    """Return one line: case, replications done, headline with its half-width, time left."""
    reused = f" ({progress.reused} of them stored before)" if progress.reused else ""
    parts = [f"{progress.case}: {progress.done} of {progress.total} {progress.what}{reused}", headline(progress)]
    if progress.done < progress.total and progress.seconds_left > 0:
        parts.append(f"about {duration(progress.seconds_left)} left")
    return ", ".join(filter(None, parts))


def headline(progress: Progress) -> str:
    """Return the freight carried with its half-width, or nothing before the first replication."""
    if not progress.done or progress.mean != progress.mean:
        return ""
    known = progress.half_width == progress.half_width
    return f"carried {progress.mean:.2f}" + (f" ± {progress.half_width:.2g}" if known else "") + " Mt/a"


def duration(seconds: float) -> str:
    """Return seconds in words: `40 s`, `3 min`, `2.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


@contextmanager
def _bar() -> Iterator[Watch]:
    """Yield a watch that draws a bar a case on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}  {task.fields[words]}")
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def watch(progress: Any) -> None:
            if progress.case not in tasks:
                tasks[progress.case] = bars.add_task(progress.case, total=progress.total, words="")
            left = f"{duration(progress.seconds_left)} left" if 0 < progress.seconds_left < 1e7 else ""
            words = "  ".join(filter(None, (headline(progress), left)))
            bars.update(tasks[progress.case], completed=progress.done, words=words)

        yield watch
