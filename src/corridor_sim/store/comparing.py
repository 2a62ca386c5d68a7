"""Comparisons on disk: the table of differences, and where the studies lie that it was made of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.store.folder import COMPARISON_FORMAT, MANIFEST, as_json, beside, write_whole, writing
from corridor_sim.store.key import KEY_LENGTH, digest, folder_name
from corridor_sim.store.reading import fault, read_json, read_results
from corridor_sim.store.resume import relabelled
from corridor_sim.store.tables import arrow, frame, read_table, write_table
from corridor_sim.study import Study

if TYPE_CHECKING:
    import pandas as pd

COMPARISON = "comparison.parquet"


def write_comparison(out: Path, name: str, folders: dict[str, Path | None], table: pd.DataFrame) -> Path:
    """Write a comparison to `<out>/<name>/compare-<key>/` and return that folder."""
    keys = {case: folder.name for case, folder in folders.items() if folder is not None}
    folder = out / folder_name(name) / f"compare-{digest(list(keys.items()))[:KEY_LENGTH]}"
    manifest = {"format": COMPARISON_FORMAT, "name": name, "cases": keys}
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with beside(folder / COMPARISON) as temporary:
            write_table([arrow(table)], temporary)
        write_whole(folder / MANIFEST, as_json(manifest))
    return folder


def write_beside(folder: Path, name: str, table: pd.DataFrame) -> None:
    """Write a further table of a comparison into its folder."""
    with writing(folder), beside(folder / f"{name}.parquet") as temporary:
        write_table([arrow(table)], temporary)


def read_comparison(folder: Path) -> tuple[str, dict[str, Study], pd.DataFrame]:
    """Return (name, case -> study, table of differences) of a stored comparison; a CorridorError if it is none of ours."""
    manifest = read_json(folder, MANIFEST)
    cases = manifest.get("cases", {})
    if manifest.get("format") != COMPARISON_FORMAT or not isinstance(manifest.get("name"), str) or not _plain(cases):
        raise fault(folder, f"{MANIFEST} isn't that of a comparison")
    if (folder / COMPARISON).is_symlink():
        raise fault(folder, "refused: a file in it is a link")
    try:
        table = frame(read_table(folder / COMPARISON))
    except (OSError, ValueError) as trouble:
        raise fault(folder, f"{COMPARISON} can't be read: {trouble}") from None
    studies = {case: relabelled(read_results(folder.parent / key), case) for case, key in cases.items()}
    return manifest["name"], studies, table


def _plain(cases: Any) -> bool:
    """Return whether cases name keys of studies and nothing else, so that no path can leave the folder."""
    key = re.compile(f"[0-9a-f]{{{KEY_LENGTH}}}")
    return isinstance(cases, dict) and len(cases) > 1 and all(isinstance(k, str) and key.fullmatch(k) for k in cases.values())

