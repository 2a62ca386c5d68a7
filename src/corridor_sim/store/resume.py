"""What a folder already holds for a run that is about to begin, and the study in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corridor_sim.errors import CorridorError
from corridor_sim.facts import Facts
from corridor_sim.store.folder import MANIFEST, erase, has_days, has_records, intact, parts_done
from corridor_sim.store.key import plain
from corridor_sim.store.reading import read_manifest
from corridor_sim.store.tables import METRICS, TABLE_NAMES, Frames, frame, join
from corridor_sim.study import Study

if TYPE_CHECKING:
    import pandas as pd


def finished_replications(folder: Path, records: bool, days: bool = False) -> set[int]:
    """Return the replications that needn't be run again; what is stored but can't be used is erased."""
    parts = set(parts_done(folder, records, days))
    if not (folder / MANIFEST).exists():
        return parts
    try:
        manifest = read_manifest(folder)
        whole = (has_records(manifest) or not records) and (has_days(manifest) or not days)
        usable = (bool(parts) or intact(folder, manifest)) and whole
    except CorridorError:
        usable = False
    if usable:
        return parts | set(manifest["replications"])
    erase(folder)
    return set()


def memory_study(name: str, case: str, facts: Facts, manifest: dict[str, Any], scenario: dict[str, Any], parts: list[Any]) -> Study:
    """Return a study that lies in memory only; parts: the Arrow tables of each replication, by name."""
    present = [table for table in TABLE_NAMES if table in parts[0]]
    makers = {table: _joiner(table, parts) for table in present if table != METRICS}
    return Study(name, case, facts, manifest, plain(scenario), _joiner(METRICS, parts)(), Frames(makers))


def _joiner(name: str, parts: list[Any]) -> Callable[[], pd.DataFrame]:
    return lambda: frame(join([part[name] for part in parts]))


def first_replications(study: Study, count: int) -> Study:
    """Return the study of its first replications only, if it has more than were asked for."""
    if study.replications <= count:
        return study
    keep = sorted(study.manifest["replications"])[:count]
    tables = Frames({name: _chosen(study, name, keep) for name in study.tables})
    manifest = {**study.manifest, "replications": keep}
    return replace(study, manifest=manifest, metrics=_only(study.metrics, keep), tables=tables)


def relabelled(study: Study, case: str, scenario: dict[str, Any] | None = None) -> Study:
    """Return the study under the name of another case that says the same, perhaps in other words."""
    study = study if scenario is None else replace(study, scenario=plain(scenario))
    if study.case == case:
        return study
    metrics = study.metrics.assign(case=study.metrics["case"].cat.rename_categories([case]))
    return replace(study, case=case, facts=replace(study.facts, case=case), metrics=metrics)


def _chosen(study: Study, name: str, keep: list[int]) -> Callable[[], Any]:
    return lambda: _only(study.tables[name], keep)


def _only(table: pd.DataFrame, keep: list[int]) -> pd.DataFrame:
    return table[np.isin(table["replication"], keep)].reset_index(drop=True)
