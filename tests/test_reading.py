"""Folders of results may come from anybody: only what is ours is read, listed and removed."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from fakes import study

from corridor_sim.errors import CorridorError
from corridor_sim.store import folder as writing
from corridor_sim.store import list_results, read_results, remove_results


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = study(tmp_path / "results").folder
    assert found is not None
    return found


def change(folder: Path, **words: Any) -> None:
    """Alter the manifest."""
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | words))


def files(folder: Path, **more: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "manifest.json").read_text())["files"]
    return found | more


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"format": "other"}, "expected format"),
        ({"replications": []}, "replications isn't"),
        ({"replications": ["0"]}, "replications isn't"),
        ({"replications": [-1]}, "replications isn't"),
        ({"seed": "1"}, "name, case, key or seed"),
        ({"name": None}, "name, case, key or seed"),
        ({"files": []}, "files isn't"),
        ({"files": {}}, "scenario.json isn't listed"),
    ],
)
def test_a_manifest_that_is_not_ours_is_refused(folder: Path, words: dict[str, Any], message: str) -> None:
    change(folder, **words)
    with pytest.raises(CorridorError, match=message):
        read_results(folder)


@pytest.mark.parametrize("name", ["../../secret.parquet", "/etc/passwd", "sub/metrics.parquet", "other.parquet", "metrics.pkl"])
def test_a_file_name_that_we_never_write_is_refused(folder: Path, name: str) -> None:
    change(folder, files=files(folder, **{name: "sha256:0"}))
    with pytest.raises(CorridorError, match="unknown file"):
        read_results(folder)


def test_links_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.parquet").write_bytes((folder / "trips.parquet").read_bytes())
    (folder / "trips.parquet").unlink()
    (folder / "trips.parquet").symlink_to(tmp_path / "elsewhere.parquet")
    with pytest.raises(CorridorError, match="is a link"):
        read_results(folder)


def test_an_altered_table_is_refused(folder: Path) -> None:
    with (folder / "metrics.parquet").open("ab") as file:
        file.write(b"more")
    with pytest.raises(CorridorError, match=r"metrics\.parquet isn't what the manifest says"):
        read_results(folder)


def test_a_missing_table_is_refused(folder: Path) -> None:
    (folder / "trips.parquet").unlink()
    with pytest.raises(CorridorError, match=r"trips\.parquet is missing"):
        read_results(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "can't be read"),
        (b"[]", "isn't a map"),
        (b"{" * 100_000, "can't be read"),
        (pickle.dumps({"a": 1}), "can't be read"),
    ],
)
def test_a_broken_manifest_is_refused(folder: Path, content: bytes, message: str) -> None:
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(CorridorError, match=message):
        read_results(folder)


def test_a_huge_manifest_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridor_sim.store.reading.LARGEST_JSON", 100)
    with pytest.raises(CorridorError, match=r"manifest\.json is larger"):
        read_results(folder)


@pytest.mark.parametrize("content", ['{"case": 1}', '{"places": [{"at": 1}]}', "{}"])
def test_facts_that_are_not_ours_are_refused(folder: Path, content: str) -> None:
    (folder / "facts.json").write_text(content)
    change(folder, files=files(folder, **{"facts.json": writing.file_digest(folder / "facts.json")}))
    with pytest.raises(CorridorError, match=r"facts\.json isn't ours"):
        read_results(folder)


def test_a_folder_without_manifest_holds_no_results(tmp_path: Path) -> None:
    with pytest.raises(CorridorError, match=r"no results: there is no manifest.json"):
        read_results(tmp_path)


# list and remove ----------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_finished_and_leaves_out_the_rest(folder: Path) -> None:
    out = folder.parent.parent
    (out / "small" / "foreign").mkdir()
    (out / "small" / "foreign" / "manifest.json").write_text("{}")
    (entry,) = list_results(out)
    assert (entry.name, entry.case, entry.key, entry.replications, entry.seed) == ("small", "base", folder.name, 2, 1)
    assert entry.megabytes > 0


def test_nothing_is_listed_where_nothing_is(tmp_path: Path) -> None:
    assert list_results(tmp_path / "nowhere") == []


def test_removing_takes_the_folder_and_an_empty_one_above(folder: Path) -> None:
    remove_results(folder, folder.parent.parent)
    assert list(folder.parent.parent.iterdir()) == []


def test_only_our_folders_below_the_output_are_removed(folder: Path, tmp_path: Path) -> None:
    out = folder.parent.parent
    foreign = out / "small" / "foreign"
    foreign.mkdir()
    (foreign / "precious.txt").write_text("mine")
    link = out / "small" / "link"
    link.symlink_to(folder)
    for place, message in ((foreign, "can't be read"), (out, "isn't a folder below"), (link, "isn't a folder below")):
        with pytest.raises(CorridorError, match=message):
            remove_results(place, out)
    with pytest.raises(CorridorError, match="isn't a folder below"):
        remove_results(folder, tmp_path / "other")
    (foreign / "manifest.json").write_text("{}")
    with pytest.raises(CorridorError, match="isn't ours"):
        remove_results(foreign, out)
    assert (foreign / "precious.txt").exists()
