"""A folder of results while it is written: parts a replication, joined tables, and the manifest last.

Whatever dies in between leaves a folder from which the next run goes on: a part appears whole by one rename; joined tables replace
older ones that hold a subset of the same rows; parts are deleted only after the manifest counts their replications.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.facts import Facts, facts_from_dict, facts_to_dict
from corridor_sim.store.key import plain
from corridor_sim.store.tables import TABLE_NAMES, read_table, row_groups, write_table

FORMAT = "corridor_sim results 1"
COMPARISON_FORMAT = "corridor_sim comparison 1"
SENSITIVITY_FORMAT = "corridor_sim sensitivity 1"
MANIFEST, SCENARIO, FACTS, PARTS = "manifest.json", "scenario.json", "facts.json", "parts"
FULL = "visits.parquet"  # is there where full records were asked for
DAILY = "flow_days.parquet"  # is there where daily tables were asked for
TEMPORARY = ".tmp-"
STALE_S = 3600.0
FILE_NAMES = (SCENARIO, FACTS, *(f"{name}.parquet" for name in TABLE_NAMES))


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn a full, forbidden or missing disk into a fault that says so; nothing half-written stays."""
    try:
        yield
    except OSError as trouble:
        reason = "the disk is full" if trouble.errno in (errno.ENOSPC, errno.EDQUOT) else trouble.strerror or str(trouble)
        message = f"results can't be written to {str(folder)!r}: {reason}; what is finished is kept, nothing half-written is left"
        raise CorridorError(Fault(message, "--out", code="output")) from trouble


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    with beside(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside path that becomes path in the end, or is deleted."""
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex}")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def as_json(data: Any) -> bytes:
    """Return data as JSON for people: in the order given, dates as text."""
    return (json.dumps(plain(data), indent=1, ensure_ascii=False) + "\n").encode()


def write_text(path: Path, text: str) -> None:
    """Write text into a folder that is there: the file is there whole or not at all."""
    with writing(path.parent):
        write_whole(path, text.encode())


def write_json(path: Path, data: Any) -> None:
    """Write data as JSON into a folder that is made if need be: the file is there whole or not at all."""
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, as_json(data))


def prepare(folder: Path, scenario: dict[str, Any]) -> None:
    """Make the folder, see that it can be written, and put the resolved scenario in it (an older one stays for now)."""
    with writing(folder):
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
        clean(folder)
        write_whole(folder / PARTS / SCENARIO, as_json(scenario))


def clean(folder: Path) -> None:
    """Delete what a killed run left half-written an hour ago or more; what is younger may be another run's."""
    for place in (folder, folder / PARTS):
        for left in place.glob(f"{TEMPORARY}*"):
            if time.time() - left.stat().st_mtime > STALE_S:
                _remove(left)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def erase(folder: Path) -> None:
    """Delete what an earlier run left here: manifest first, then tables and parts; pictures and pages stay."""
    for name in (MANIFEST, *FILE_NAMES):
        _remove(folder / name)
    _remove(folder / PARTS)


def erase_all(folder: Path, names: Iterable[str]) -> None:
    """Delete a manifest, then files and folders by name."""
    for name in (MANIFEST, *names):
        _remove(folder / name)


def write_part(folder: Path, replication: int, tables: dict[str, Any], facts: Facts) -> None:
    """Write the tables of one finished replication: they appear all at once."""
    part = folder / PARTS / f"r{replication:06d}"
    temporary = folder / PARTS / f"{TEMPORARY}{uuid.uuid4().hex}"
    with writing(folder):
        try:
            temporary.mkdir(parents=True)
            for name, table in tables.items():
                write_table([table], temporary / f"{name}.parquet")
            (temporary / FACTS).write_bytes(as_json(facts_to_dict(facts)))
            _appear(temporary, part)
        except BaseException:
            _remove(temporary)
            raise


def _appear(temporary: Path, part: Path) -> None:
    try:
        temporary.rename(part)
    except OSError:
        if not part.is_dir():
            raise
        _remove(temporary)  # another process was faster with the same replication: the tables are the same


def parts_done(folder: Path, records: bool = False, days: bool = False) -> list[int]:
    """Return the replications that lie here as parts; with records (days) those only that have full records (daily tables)."""
    needed = [*([FULL] if records else []), *([DAILY] if days else [])]
    parts = [path for path in (folder / PARTS).glob("r*") if path.name[1:].isdigit()]
    return sorted(int(path.name[1:]) for path in parts if all((path / name).is_file() for name in [FACTS, *needed]))


def part_path(folder: Path, replication: int, name: str) -> Path:
    """Return where one table of a part lies."""
    return folder / PARTS / f"r{replication:06d}" / f"{name}.parquet"


def part_facts(folder: Path, replication: int) -> Facts:
    """Return the facts of a part."""
    return facts_from_dict(json.loads((folder / PARTS / f"r{replication:06d}" / FACTS).read_bytes()))


def merge(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Join parts with what was merged before, write the manifest last, delete the parts; return the manifest."""
    fresh, merged = parts_done(folder), merged_before(folder)
    with writing(folder):
        for name in TABLE_NAMES:
            _merge_table(folder, name, merged, fresh)
        if fresh:
            write_whole(folder / FACTS, as_json(facts_to_dict(part_facts(folder, fresh[0]))))
        if (folder / PARTS / SCENARIO).exists():
            write_whole(folder / SCENARIO, (folder / PARTS / SCENARIO).read_bytes())
        files = {name: file_digest(folder / name) for name in FILE_NAMES if (folder / name).exists()}
        complete = {"format": FORMAT, **manifest, "replications": sorted({*merged, *fresh}), "files": files}
        write_whole(folder / MANIFEST, as_json(complete))
    _remove(folder / PARTS)
    return complete


def merged_before(folder: Path) -> list[int]:
    """Return the replications that the manifest counts, none if there is no manifest."""
    try:
        return [int(number) for number in json.loads((folder / MANIFEST).read_bytes())["replications"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _merge_table(folder: Path, name: str, merged: list[int], fresh: list[int]) -> None:
    """Join a table's parts with what was merged before, by replication; one replication at a time in memory."""
    path = folder / f"{name}.parquet"
    parts: list[tuple[int, Callable[[], Any]]] = [
        (number, partial(read_table, part)) for number in fresh if (part := part_path(folder, number, name)).exists()
    ]
    if not parts:
        return
    try:
        if merged and path.exists():
            parts += row_groups(path, set(fresh))  # fresh ones are in already if an earlier merge was cut short
        with beside(path) as temporary:
            write_table((read() for _, read in sorted(parts, key=itemgetter(0))), temporary)
    except ValueError as trouble:  # what Arrow says of a file that isn't Parquet
        raise CorridorError(Fault(f"{path} was altered: compute it again (--fresh): {trouble}", code="results")) from trouble


def file_digest(path: Path) -> str:
    """Return `sha256:` and the hash of a file."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def has_records(manifest: dict[str, Any]) -> bool:
    """Return whether full records lie here."""
    return FULL in manifest["files"]


def has_days(manifest: dict[str, Any]) -> bool:
    """Return whether daily tables lie here."""
    return DAILY in manifest["files"]


def intact(folder: Path, manifest: dict[str, Any]) -> bool:
    """Return whether every file is what the manifest says."""
    return all((folder / name).is_file() and file_digest(folder / name) == found for name, found in manifest["files"].items())


def free_of_links(folder: Path) -> bool:
    """Return whether no file that we would read is a link to somewhere else."""
    return not any((folder / name).is_symlink() for name in (MANIFEST, *FILE_NAMES)) and os.path.isdir(folder)
