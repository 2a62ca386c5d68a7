"""Reading results back, listing and removing them. A folder may come from anybody: only known names, checked by hash."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.facts import Facts, facts_from_dict
from corridor_sim.store.folder import (
    COMPARISON_FORMAT,
    FACTS,
    FILE_NAMES,
    FORMAT,
    MANIFEST,
    SCENARIO,
    SENSITIVITY_FORMAT,
    file_digest,
    free_of_links,
)
from corridor_sim.store.tables import METRICS, TABLE_NAMES, Frames, frame, read_table
from corridor_sim.study import Study

if TYPE_CHECKING:
    import pandas as pd

LARGEST_JSON = 32 * 2**20
LARGEST_TABLE = 8 * 2**30
WORDS = ("name", "case", "key", "format")


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored study: where it is and what it holds. finished: when it was written (seconds since 1970)."""

    name: str
    case: str
    key: str
    folder: Path
    replications: int
    seed: int
    finished: float
    megabytes: float


def read_results(folder: str | Path) -> Study:
    """Return the study that is stored in a folder; a CorridorError if it is none of ours, incomplete or altered."""
    place = Path(folder)
    manifest = read_manifest(place)
    for name, expected in manifest["files"].items():
        if file_digest(place / name) != expected:
            raise fault(place, f"{name} isn't what the manifest says: it was altered, or a run was cut short (run it again)")
    names = [name for name in TABLE_NAMES if f"{name}.parquet" in manifest["files"]]
    tables = Frames({name: _reader(place / f"{name}.parquet") for name in names if name != METRICS})
    try:
        metrics = frame(read_table(place / f"{METRICS}.parquet"))
    except (OSError, ValueError) as trouble:
        raise fault(place, f"{METRICS}.parquet can't be read: {trouble}") from None
    return Study(manifest["name"], manifest["case"], _facts(place), manifest, read_json(place, SCENARIO), metrics, tables, place)


def _reader(path: Path) -> Callable[[], pd.DataFrame]:
    return lambda: frame(read_table(path))


def _facts(folder: Path) -> Facts:
    try:
        return facts_from_dict(read_json(folder, FACTS))
    except (TypeError, ValueError, KeyError) as trouble:
        raise fault(folder, f"{FACTS} isn't ours: {trouble}") from None


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder after checking every word in it; a CorridorError otherwise."""
    if not (folder / MANIFEST).is_file():
        raise fault(folder, f"no results: there is no {MANIFEST} (a run that was cut short has none; run it again)")
    if not free_of_links(folder):
        raise fault(folder, "refused: a file in it is a link")
    manifest = read_json(folder, MANIFEST)
    wrong = _wrong(manifest)
    if wrong:
        raise fault(folder, f"{MANIFEST} isn't ours: {wrong}")
    for name in manifest["files"]:
        if not (folder / name).is_file():
            raise fault(folder, f"{name} is missing")
        if (folder / name).stat().st_size > LARGEST_TABLE:
            raise fault(folder, f"{name} is larger than {LARGEST_TABLE // 2**30} GB")
    return manifest


def _wrong(manifest: dict[str, Any]) -> str:
    """Return what is wrong with a manifest, "" if nothing."""
    if manifest.get("format") != FORMAT:
        return f"expected format {FORMAT!r}, got {manifest.get('format')!r}"
    if not all(isinstance(manifest.get(word), str) for word in WORDS) or not isinstance(manifest.get("seed"), int):
        return "name, case, key or seed is missing"
    numbers, files = manifest.get("replications"), manifest.get("files")
    if not isinstance(numbers, list) or not numbers or not all(isinstance(n, int) and n >= 0 for n in numbers):
        return "replications isn't a list of numbers"
    if not isinstance(files, dict) or not all(isinstance(digest, str) for digest in files.values()):
        return "files isn't a map of hashes"
    strange = [name for name in files if name not in FILE_NAMES]
    missing = [name for name in (SCENARIO, FACTS, f"{METRICS}.parquet") if name not in files]
    return f"unknown file {strange[0]!r}" if strange else f"{missing[0]} isn't listed" if missing else ""


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """Return a JSON file of a folder as map; a CorridorError if it is missing, huge or no map."""
    path = folder / name
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise fault(folder, f"{name} is larger than {LARGEST_JSON // 2**20} MB")
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as trouble:
        raise fault(folder, f"{name} can't be read: {trouble}") from None
    if not isinstance(data, dict):
        raise fault(folder, f"{name} isn't a map")
    return data


def fault(folder: Path, message: str) -> CorridorError:
    """Return the error that something is wrong with a folder of results."""
    return CorridorError(Fault(message, file=str(folder), code="results"))


def list_results(out: str | Path = "results") -> list[Entry]:
    """Return the finished studies below out, by name and time; what isn't ours is left out."""
    return sorted(_entries(Path(out)), key=lambda entry: (entry.name, entry.finished, entry.key))


def _entries(out: Path) -> Iterator[Entry]:
    for path in out.glob(f"*/*/{MANIFEST}"):
        try:
            manifest = read_manifest(path.parent)
            size = sum((path.parent / name).stat().st_size for name in manifest["files"])
            finished = path.stat().st_mtime
        except (CorridorError, OSError):
            continue
        count, seed = len(manifest["replications"]), manifest["seed"]
        yield Entry(manifest["name"], manifest["case"], manifest["key"], path.parent, count, seed, finished, size / 1e6)


def remove_results(folder: str | Path, out: str | Path = "results") -> None:
    """Delete a folder of results or a comparison: only below out, and only if it holds our manifest."""
    place, root = Path(folder), Path(out).resolve()
    if place.is_symlink() or root not in place.resolve().parents:
        raise fault(place, f"not removed: it isn't a folder below {str(out)!r}")
    if read_json(place, MANIFEST).get("format") not in (FORMAT, COMPARISON_FORMAT, SENSITIVITY_FORMAT):
        raise fault(place, f"not removed: {MANIFEST} isn't ours")
    try:
        shutil.rmtree(place)
        if place.parent.resolve() != root and not any(place.parent.iterdir()):
            place.parent.rmdir()
    except OSError as trouble:
        raise fault(place, f"can't be removed: {trouble.strerror or trouble}") from trouble
