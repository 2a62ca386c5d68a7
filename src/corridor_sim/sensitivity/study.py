"""A study of sensitivity: one factor at a time, Morris's screening, Sobol's indices of the leading factors; resumable, stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.experiment import results_folder, versions
from corridor_sim.sensitivity.answers import POINTS, Answer, Simulated, Watch, answers
from corridor_sim.sensitivity.design import Design, Factor, Point
from corridor_sim.sensitivity.effects import (
    Rows,
    alone_table,
    importance,
    morris_table,
    not_reached,
    points_table,
    sobol_table,
    tightest_table,
)
from corridor_sim.sensitivity.reading import read_design
from corridor_sim.sensitivity.sampling import alone_points, morris_points, need_salib, sobol_points
from corridor_sim.sensitivity.telling import LEADING, leading_table
from corridor_sim.sensitivity.varying import check_ends, varied
from corridor_sim.statistics import number
from corridor_sim.store import source_digest, study_key, write_beside, write_json
from corridor_sim.store.folder import MANIFEST, SENSITIVITY_FORMAT, erase_all, file_digest, write_text
from corridor_sim.store.reading import fault, read_json
from corridor_sim.store.tables import frame, read_table

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.sensitivity.varying import Varied

TABLES = ("factors", "alone", "morris", "sobol", "bottlenecks", LEADING, "points")
ALONE, MORRIS, SOBOL = "alone", "morris", "sobol"
SENSITIVITIES = "sensitivities.csv"


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What a study found, fresh or stored. tables: by the names of `TABLES` (`sobol` only where it was asked for)."""

    name: str
    manifest: dict[str, Any]
    tables: Mapping[str, pd.DataFrame]
    folder: Path | None = None


def sensitivity(
    path: str | Path, *, out: str | Path | None = "results", workers: int | None = None, fresh: bool = False, progress: Watch | None = None
) -> Sensitivity:
    """Return the study of a study file; points that are stored below out aren't computed again.

    out None: nothing is written. fresh: compute every point again. Raises CorridorError with every fault of the file.
    """
    need_salib()
    design = read_design(path)
    study = varied(design)
    check_ends(study, design)
    scenario = study.at({}).scenario
    design = replace(design, factors=study.factors, seed=scenario.seed)
    about = {"scenario": scenario.name, "start": str(scenario.start), "end": str(scenario.end)}
    about |= {"scenario": Path(design.scenario).stem + (f", case {design.case}" if design.case else "")}
    folder = None if out is None else results_folder(out, design.name, f"sensitivity-{_key(study, design)}")
    return explored(
        design, Simulated(study), folder=folder, workers=workers, fresh=fresh, progress=progress, about=about, stated=study.stated
    )


def _key(study: Varied, design: Design) -> str:
    """Return what a study is stored under: scenario, period and factors, not how many points; so a larger one takes over a smaller one."""
    factors = {one.name: {"is": [one.low, one.high, one.choices, one.whole, one.base, *map(str, _bare(one))]} for one in study.factors}
    return study_key({**study.data, "study_of": factors}, design.seed or 0)


def _bare(factor: Factor) -> list[tuple[str, str, float, float]]:
    return [(edit.kind, edit.path, edit.times, edit.plus) for edit in factor.edits]


def explored(
    design: Design,
    answer: Answer,
    *,
    folder: Path | None = None,
    workers: int | None = None,
    fresh: bool = False,
    progress: Watch | None = None,
    about: Mapping[str, Any] | None = None,
    stated: Mapping[str, Any] | None = None,
) -> Sensitivity:
    """Return the study of a design whose points are answered by any function of (point, replications)."""
    if fresh and folder is not None:
        erase_all(folder, [*(f"{name}.parquet" for name in TABLES), SENSITIVITIES, POINTS])
    settings: dict[str, Any] = {"folder": folder, "workers": workers, "progress": progress}
    names, seed = [factor.name for factor in design.factors], design.seed or 0
    stages: dict[str, tuple[Sequence[Point], Rows]] = {}

    def run(stage: str, points: list[Point], replications: int) -> Rows:
        rows = answers(answer, points, replications, stage=stage, **settings)
        stages[stage] = (points, rows)
        return rows

    alone = alone_table(names, run(ALONE, alone_points(names), design.alone))
    points = morris_points(names, design.trajectories, design.levels, seed)
    morris = morris_table(points, run(MORRIS, points, design.replications), names, seed)
    tables = {"factors": factors_table(design.factors, stated or {}), ALONE: alone, MORRIS: morris}
    if design.samples:
        leaders = list(importance(morris).index[: design.leading])
        tables[SOBOL] = sobol_table(leaders, run(SOBOL, sobol_points(leaders, design.samples, seed), design.replications), seed)
    tables["bottlenecks"] = tightest_table({stage: rows for stage, (_, rows) in stages.items()})
    tables[LEADING] = leading_table({factor.name: factor for factor in design.factors}, alone, morris)
    tables["points"] = points_table(stages, names)
    return _kept(Sensitivity(design.name, _manifest(design, stages, about or {}), tables, folder))


def _manifest(design: Design, stages: Mapping[str, tuple[Sequence[Point], Rows]], about: Mapping[str, Any]) -> dict[str, Any]:
    missing: dict[str, int] = {}
    for _, rows in stages.values():
        for measure, count in not_reached(rows).items():
            missing[measure] = missing.get(measure, 0) + count
    return {
        "format": SENSITIVITY_FORMAT, "name": design.name, "title": design.title, "scenario": design.scenario, "start": "", "end": "",
        **about, "seed": design.seed, "trajectories": design.trajectories, "levels": design.levels, "samples": design.samples,
        "replications": design.replications, "replications_alone": design.alone,
        "points": {stage: len(points) for stage, (points, _) in stages.items()}, "not_reached": missing,
        "versions": versions(), "source": source_digest(),
    }  # fmt: skip


def factors_table(factors: Sequence[Factor], stated: Mapping[str, Any]) -> pd.DataFrame:
    """Return a row a factor: title, range, unit, source, the paths that it moves and what the scenario states there."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "factor": one.name, "title": one.title, "from": one.words(0.0), "to": one.words(1.0), "unit": one.unit,
                "source": one.source, "how": ", ".join(dict.fromkeys(edit.kind for edit in one.edits)), "note": one.note,
                "paths": " ".join(edit.path for edit in one.edits), "stated": _stated(one, stated),
            }
            for one in factors
        ]
    )  # fmt: skip


def _stated(factor: Factor, stated: Mapping[str, Any]) -> str:
    """Return the different values that the scenario states at a factor's paths."""
    values = [stated[edit.path] for edit in factor.edits if edit.path in stated]
    words = dict.fromkeys(str(value) if value is not None else "not stated" for value in values)
    return ", ".join(words) if len(words) <= 6 else f"{len(words)} different values"


def _kept(found: Sensitivity) -> Sensitivity:
    """Write tables, then the manifest."""
    if found.folder is None:
        return found
    (found.folder / MANIFEST).unlink(missing_ok=True)
    if SOBOL not in found.tables:
        (found.folder / f"{SOBOL}.parquet").unlink(missing_ok=True)
    for name, table in found.tables.items():
        write_beside(found.folder, name, table)
    write_text(found.folder / SENSITIVITIES, by_path(found))
    files = {f"{name}.parquet": file_digest(found.folder / f"{name}.parquet") for name in found.tables}
    write_json(found.folder / MANIFEST, {**found.manifest, "files": files})
    return found


def by_path(found: Sensitivity) -> str:
    """Return a table (CSV) of what each path's factor does alone to transit P90; laid into the folder of a run, its report tells it."""
    import pandas as pd

    table = found.tables[LEADING].query("measure == 'transit_p90'").set_index("factor")
    rows = [
        {"path": path, "effect": number(one.effect, one.high - one.effect), "unit": one.unit, "measure": _moved_together(one.title, row)}
        for row in found.tables["factors"].to_dict("records")
        for one in [table.loc[row["factor"]]]
        for path in str(row["paths"]).split()
    ]
    return pd.DataFrame(rows, columns=["path", "effect", "unit", "measure"]).to_csv(index=False, lineterminator="\n")


def _moved_together(title: str, row: Mapping[Any, Any]) -> str:
    return f"transit P90 ({title}, {row['from']} to {row['to']})"


def stored_sensitivity(folder: str | Path) -> Sensitivity:
    """Return a finished study from its folder; a CorridorError if there is none, or if a table isn't what the manifest says."""
    place = Path(folder)
    if not (place / MANIFEST).is_file():
        raise fault(place, f"no study: there is no {MANIFEST} (one that was cut short has none; run it again)")
    manifest = read_json(place, MANIFEST)
    files = manifest.get("files")
    known = {f"{name}.parquet" for name in TABLES}
    if manifest.get("format") != SENSITIVITY_FORMAT or not isinstance(files, dict) or not set(files) <= known:
        raise fault(place, f"{MANIFEST} isn't that of a study of sensitivity")
    if any((place / name).is_symlink() for name in files):
        raise fault(place, "refused: a file in it is a link")
    try:
        changed = [name for name, hashed in files.items() if file_digest(place / name) != hashed]
        if changed:
            raise CorridorError(Fault(f"{changed[0]} was altered: compute it again (--fresh)", file=str(place), code="results"))
        tables = {name.removesuffix(".parquet"): frame(read_table(place / name)) for name in files}
    except (OSError, ValueError, json.JSONDecodeError) as trouble:
        raise fault(place, f"a table can't be read: {trouble}") from None
    return Sensitivity(str(manifest.get("name", "")), manifest, tables, place)


def leading(study_dir: str | Path, factors: int = 5) -> pd.DataFrame:
    """Return what leads in a stored study: factor, measure, effect (low, high), unit, title and statement, most important first.

    factors: how many of them. Raises CorridorError if the folder holds no finished study of sensitivity.
    """
    table = stored_sensitivity(study_dir).tables[LEADING]
    return table[table["rank"] <= factors].reset_index(drop=True)
