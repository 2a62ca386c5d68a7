"""Experiments: the replications of one case, computed where they aren't stored yet, as a study."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim import warm_up as begin
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.executors import Progress, run_jobs
from corridor_sim.facts import Facts, facts_of
from corridor_sim.metrics import metric_table
from corridor_sim.plan import Plan
from corridor_sim.records import FULL_TABLES, Run
from corridor_sim.settle import settle
from corridor_sim.statistics import interval, pick
from corridor_sim.store import (
    Study,
    erase,
    finished_replications,
    first_replications,
    folder_name,
    memory_study,
    merge,
    plain,
    prepare,
    read_results,
    relabelled,
    run_tables,
    source_digest,
    study_key,
    write_part,
)

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded

Engine = Callable[..., Run]
Watch = Callable[[Progress], None]
BASE = "base"  # the case without patches


@dataclass(frozen=True, slots=True)
class Finished:
    """What comes back from one replication: freight carried [Mt/a]; facts and tables too if nothing is written."""

    replication: int
    carried: float
    facts: Facts | None = None
    tables: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replicate:
    """The job of a worker: run one replication of a plan, measure it, and write it to a folder (or bring it back)."""

    plan: Plan
    case: str
    records: bool
    folder: Path | None
    engine: Engine | None = None  # None: ours
    days: bool = False

    def __call__(self, replication: int) -> Finished:
        """Return what one replication gave."""
        run = self._run(replication)
        facts = replace(facts_of(self.plan, run.names), case=self.case)
        metrics = metric_table(run, facts)
        tables = run_tables(run, facts, metrics)
        carried = float(pick(metrics, kind="total", measure="carried")["value"].sum())
        if self.folder is None:
            return Finished(replication, carried, facts, tables)
        write_part(self.folder, replication, tables, facts)
        return Finished(replication, carried)

    def _run(self, replication: int) -> Run:
        daily = {"daily": True} if self.days else {}
        run = (self.engine or our_engine())(self.plan, replication, full_records=self.records, **daily)
        kept = {name: table for name, table in run.tables.items() if self.records or name not in FULL_TABLES}
        return replace(run, case=self.case, tables=kept)


def our_engine() -> Engine:
    """Return the engine, loaded where it runs."""
    from corridor_sim.engine import simulate

    return simulate


def simulate(scenario: str | Path | Loaded, *, case: str | None = None, **settings: Any) -> Study:
    """Return the study of a scenario file, or of one that is loaded already; settings as `run_case` takes them."""
    from corridor_sim.loading import load_case, load_scenario

    if isinstance(scenario, (str, Path)):
        return run_case(load_scenario(scenario, case=case), **settings)
    return run_case(scenario if case is None else load_case(scenario, case), **settings)


def run_case(
    loaded: Loaded,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = "results",
    fresh: bool = False,
    records: bool = False,
    days: bool = False,
    progress: Watch | None = None,
    warm_up: begin.Found | None = None,
) -> Study:
    """Return the study of a loaded case; what is stored below out already isn't computed again.

    replications, seed: the scenario's by default. workers: processes, one a core by default. out None: nothing is written.
    fresh: compute again. records: keep visits and departures; days: keep what waits each midnight. warm_up: what was found for a
    case beside this one (`warm_up_days: auto` is found here otherwise).
    Raises CorridorError where results can't be written.
    """
    ready = _ready(loaded, seed, workers, None if fresh else out, warm_up)
    count = loaded.scenario.replications if replications is None else replications
    if not isinstance(count, int):
        message = "expected a number of replications: runs until a precision come later"
        raise CorridorError(Fault(message, "replications", code="not_yet"))
    name, case = str(loaded.scenario.name), loaded.case or BASE
    made = settle(ready.loaded, ready.plan, out=out, workers=workers, fresh=fresh, progress=progress)
    return run_plan(
        made.plan, name=name, case=case, scenario=ready.data, replications=count, workers=workers, out=out, fresh=fresh,
        records=records, days=days, progress=progress, warm_up=ready.warm_up, choice=made.report,
    )  # fmt: skip


def settle_case(
    loaded: Loaded,
    *,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = "results",
    fresh: bool = False,
    progress: Watch | None = None,
) -> dict[str, Any]:
    """Return what is told of the choice of a case: shares by market, year and option, times, gaps; `run_case` finds the same."""
    ready = _ready(loaded, seed, workers, None if fresh else out, None)
    return settle(ready.loaded, ready.plan, out=out, workers=workers, fresh=fresh, progress=progress).report


@dataclass(frozen=True)
class _Ready:
    """A case that can be run: its warm-up found, its plan built; data: what its key is made of."""

    loaded: Loaded
    plan: Plan
    data: dict[str, Any]
    warm_up: begin.Found | None


def _ready(loaded: Loaded, seed: int | None, workers: int | None, out: str | Path | None, warm_up: begin.Found | None) -> _Ready:
    """Return a case with its plan; out None: a warm-up isn't looked up there."""
    from corridor_sim.build import build_plan

    data, found = loaded.resolved, None
    if begin.is_auto(loaded):
        data, found = _begun(loaded, loaded.scenario.seed if seed is None else seed, workers, out, warm_up)
        loaded = begin.applied(loaded, found)
    plan = build_plan(loaded)
    return _Ready(loaded, plan if seed is None else replace(plan, seed=seed), data, found)


def _begun(
    loaded: Loaded, seed: int, workers: int | None, out: str | Path | None, beside: begin.Found | None
) -> tuple[dict[str, Any], begin.Found]:
    """Return what the key of a case is made of and its automatic warm-up: that of the case beside it, one found before, or a new one."""
    if beside is not None:
        return {**loaded.resolved, "warm_up_found": beside}, beside
    folder = None if out is None else results_folder(out, str(loaded.scenario.name), study_key(loaded.resolved, seed))
    found = begin.known([folder]) if folder is not None else None
    return loaded.resolved, found if found is not None else begin.find(loaded, seed, workers)


def run_plan(
    plan: Plan,
    *,
    name: str,
    case: str = BASE,
    scenario: dict[str, Any],
    replications: int,
    workers: int | None = None,
    out: str | Path | None = None,
    fresh: bool = False,
    records: bool = False,
    days: bool = False,
    progress: Watch | None = None,
    engine: Engine | None = None,
    warm_up: begin.Found | None = None,
    choice: dict[str, Any] | None = None,
) -> Study:
    """Return the study of a plan that was built already; see `run_case`. scenario: plain data that the plan depends on."""
    if replications < 1:
        raise CorridorError(Fault(f"expected at least 1 replication, got {replications}", "replications"))
    key = study_key(scenario, plan.seed)
    manifest = {"name": name, "case": case, "key": key, "seed": plan.seed, "versions": versions(), "source": source_digest()}
    manifest |= {"warm_up": warm_up} if warm_up is not None else {}
    manifest |= {"choice": plain(choice)} if choice else {}
    report = _Report(case, replications, progress)
    if out is None:
        return _in_memory(Replicate(plan, case, records, None, engine, days), replications, workers, scenario, manifest, report)
    folder = results_folder(out, name, key)
    if fresh:
        erase(folder)
    _fill(Replicate(plan, case, records, folder, engine, days), folder, replications, workers, scenario, manifest, report)
    # a case that says the same as another shares its folder, but not its name and notes
    return relabelled(first_replications(read_results(folder), replications), case, scenario)


def results_folder(out: str | Path, name: str, key: str) -> Path:
    """Return the folder of a study below out; a CorridorError for an address that isn't a local folder."""
    if "://" in str(out):
        message = f"expected a local folder, got {str(out)!r}: other file systems come later"
        raise CorridorError(Fault(message, "--out", code="not_yet"))
    return Path(out) / folder_name(name) / key


def _in_memory(
    job: Replicate, count: int, workers: int | None, scenario: dict[str, Any], manifest: dict[str, Any], report: _Report
) -> Study:
    """Return the study of so many replications without writing anything."""
    report.begin(0)
    parts = run_jobs(job, range(count), workers, report.finished)
    complete = {**manifest, "replications": list(range(count))}
    assert parts[0].facts is not None
    return memory_study(manifest["name"], job.case, parts[0].facts, complete, scenario, [part.tables for part in parts])


def _fill(
    job: Replicate,
    folder: Path,
    count: int,
    workers: int | None,
    scenario: dict[str, Any],
    manifest: dict[str, Any],
    report: _Report,
) -> None:
    """Run what the folder lacks of so many replications, and complete it."""
    done = finished_replications(folder, job.records, job.days)
    missing = [number for number in range(count) if number not in done]
    report.begin(count - len(missing))
    if not missing and (folder / "manifest.json").exists() and not (folder / "parts").exists():
        return
    prepare(folder, scenario)
    run_jobs(job, missing, workers, report.finished)
    merge(folder, manifest)


class _Report:
    """Tells whoever watches how far the replications are."""

    def __init__(self, case: str, total: int, progress: Watch | None) -> None:
        self.case, self.total, self.progress = case, total, progress
        self.reused = 0
        self.carried: list[float] = []
        self.began = time.monotonic()

    def begin(self, reused: int) -> None:
        """Report what needn't be run."""
        self.reused = reused
        self._tell()

    def finished(self, result: Finished) -> None:
        """Report one more replication."""
        self.carried.append(result.carried)
        self._tell()

    def _tell(self) -> None:
        if self.progress is None:
            return
        done, mean = self.reused + len(self.carried), interval(self.carried)
        pace = (time.monotonic() - self.began) / len(self.carried) if self.carried else float("nan")
        left = pace * (self.total - done) if done < self.total else 0.0
        self.progress(Progress(self.case, done, self.total, self.reused, mean.mean, mean.half_width, left))


def versions() -> dict[str, str]:
    """Return the versions that results depend on."""
    import platform
    from importlib.metadata import version

    import numpy as np

    from corridor_sim import __version__

    return {"corridor_sim": __version__, "python": platform.python_version(), "numpy": np.__version__, "simpy": version("simpy")}
