"""What the model answers at a point, one answer a replication; each point is stored as soon as it is finished."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.bottlenecks import ranking
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.executors import Progress, run_jobs
from corridor_sim.experiment import run_case
from corridor_sim.sensitivity.design import Point
from corridor_sim.sensitivity.varying import Varied
from corridor_sim.statistics import pick
from corridor_sim.store import plain, write_json
from corridor_sim.store.key import KEY_LENGTH, digest

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]  # cargo_wait, transit_p90, sustainable, tightest
Answer = Callable[[Point, int], list[Row]]  # (point, replications) -> a row each
Watch = Callable[[Progress], None]
TIGHTEST = "tightest"
POINTS = "points"


@dataclass(frozen=True, slots=True)
class Simulated:
    """Answers of the simulator: every point on the same random draws."""

    study: Varied

    def __call__(self, point: Point, replications: int) -> list[Row]:
        """Return a row a replication; raises CorridorError with the point's values where they make no scenario."""
        try:
            loaded = self.study.at(point)
        except CorridorError as error:
            values = {factor.name: factor for factor in self.study.factors}
            words = ", ".join(f"{name} {values[name].words(x)}" for name, x in point.items())
            faults = (Fault(f"{one.path}: {one.message} (at {words})", code=one.code) for one in error.faults)
            raise CorridorError(*faults) from None
        metrics = run_case(loaded, replications=replications, workers=1, out=None).metrics
        return [measured(metrics[metrics["replication"] == r]) for r in range(replications)]


def measured(metrics: pd.DataFrame) -> Row:
    """Return what a study looks at: cargo wait and P90 of transit [days], sustainable volume [Mt/a], the tightest element.

    Cargo wait: what a net tonne waits on its way for whatever cause, all of its time that isn't moving or handling.
    """
    total = pick(metrics, kind="total").astype({"measure": "str"}).set_index("measure")["value"]
    waits = [value for name, value in total.items() if str(name).startswith("delay_") and name != "delay_moving"]
    order = ranking(metrics)["element"]
    return {
        "cargo_wait": float(sum(waits)) / 24,
        "transit_p90": float(total.get("transit_p90", float("nan"))) / 24,
        "sustainable": float(total.get("sustainable", float("nan"))),
        TIGHTEST: str(order.iloc[0]) if len(order) else "",
    }


@dataclass(frozen=True, slots=True)
class _Evaluate:
    """The job of a worker: answer one point and store it."""

    answer: Answer
    points: tuple[Point, ...]
    replications: int
    folder: Path | None

    def __call__(self, number: int) -> list[Row]:
        point = self.points[number]
        rows = self.answer(point, self.replications)
        if self.folder is not None:
            write_json(self.folder / POINTS / f"{point_key(point)}.json", {"point": dict(point), "answers": rows})
        return rows


def point_key(point: Point) -> str:
    """Return the name under which a point is stored."""
    return digest(plain({name: round(x, 12) for name, x in point.items()}))[:KEY_LENGTH]


def answers(
    answer: Answer,
    points: Sequence[Point],
    replications: int,
    *,
    stage: str,
    folder: Path | None,
    workers: int | None,
    progress: Watch | None,
) -> list[list[Row]]:
    """Return the rows of each point, in its order; what is stored below folder isn't computed again."""
    unique = {point_key(point): point for point in points}
    known = {key: rows for key in unique if (rows := stored(folder, key, replications)) is not None}
    missing = [key for key in unique if key not in known]
    report = _Report(stage, len(unique), len(known), progress)
    job = _Evaluate(answer, tuple(unique[key] for key in missing), replications, folder)
    found = run_jobs(job, range(len(missing)), workers, report.finished)
    known |= dict(zip(missing, found, strict=True))
    return [known[point_key(point)] for point in points]


def stored(folder: Path | None, key: str, replications: int) -> list[Row] | None:
    """Return the stored rows of a point, or None where there are too few."""
    if folder is None:
        return None
    try:
        rows = json.loads((folder / POINTS / f"{key}.json").read_bytes())["answers"]
        if len(rows) < replications:
            return None
        return [{name: row[name] if name == TIGHTEST else float(row[name]) for name in row} for row in rows[:replications]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


class _Report:
    """Tells whoever watches how far a stage is."""

    def __init__(self, stage: str, total: int, reused: int, progress: Watch | None) -> None:
        self.stage, self.total, self.reused, self.progress = stage, total, reused, progress
        self.done, self.began = 0, time.monotonic()
        self._tell()

    def finished(self, _: object) -> None:
        """Report one more point."""
        self.done += 1
        self._tell()

    def _tell(self) -> None:
        if self.progress is None:
            return
        done, unknown = self.reused + self.done, float("nan")
        left = (time.monotonic() - self.began) / self.done * (self.total - done) if self.done else unknown
        self.progress(Progress(self.stage, done, self.total, self.reused, unknown, unknown, left, "points"))
