"""Results on disk: complete or not there, never computed twice, and safe to open whoever wrote them."""

from __future__ import annotations

import errno
from datetime import date
from pathlib import Path
from typing import Any

import fakes
import pandas as pd
import pytest
from fakes import SCENARIO, Counting, study

from corridor_sim.errors import CorridorError
from corridor_sim.store import folder as writing
from corridor_sim.store import key as keys
from corridor_sim.store import list_results, read_results, study_key
from corridor_sim.study import Study


def same(a: Study, b: Study) -> bool:
    """Whether two studies hold the same tables."""
    return a.metrics.equals(b.metrics) and all(a.tables[name].equals(b.tables[name]) for name in a.tables)


# writing and reading ------------------------------------------------------------------------------------------------------


def test_what_is_read_back_is_what_was_computed(tmp_path: Path) -> None:
    stored = study(tmp_path)
    assert same(stored, study(None))
    assert stored.folder is not None
    assert same(read_results(stored.folder), stored)
    assert stored.scenario == SCENARIO
    assert stored.facts.case == "base"
    assert list(stored.tables) == [
        "audit",
        "trips",
        "element_months",
        "room_months",
        "pen_months",
        "service_months",
        "flow_months",
    ]


def test_tables_have_words_for_codes() -> None:
    tables = study(None).tables
    assert set(tables["trips"]["route"]) == {"sea", "land", "rail", "back"}
    assert set(tables["element_months"]["element"].cat.categories) >= {"main.to_aktau", "alat.port.rail_ferry"}
    assert set(tables["pen_months"]["month"]) == {"2024-01", "2024-02", "2024-03"}
    assert list(tables["trips"].columns[:2]) == ["replication", "consignment"]


def test_a_finished_folder_holds_nothing_temporary(tmp_path: Path) -> None:
    folder = study(tmp_path).folder
    assert folder is not None
    names = {path.name for path in folder.iterdir()}
    assert {"manifest.json", "scenario.json", "facts.json", "metrics.parquet", "trips.parquet"} < names
    assert not [name for name in names if name.startswith(".") or name == "parts"]


def test_the_same_study_has_the_same_bytes_whoever_works(tmp_path: Path) -> None:
    one, two = study(tmp_path / "a"), study(tmp_path / "b", workers=2)
    assert one.manifest["files"] == two.manifest["files"]


def test_full_records_are_kept_on_request(tmp_path: Path) -> None:
    assert "visits" not in study(tmp_path).tables
    assert len(study(tmp_path, records=True).tables["visits"]) == 2
    assert "visits" in study(tmp_path, replications=3).tables  # what is stored isn't thrown away


# never twice --------------------------------------------------------------------------------------------------------------


def test_what_is_stored_is_not_computed_again(tmp_path: Path) -> None:
    study(tmp_path)
    engine = Counting()
    assert same(study(tmp_path, engine=engine), study(None))
    assert engine.asked == []


def test_more_replications_extend_what_is_there(tmp_path: Path) -> None:
    study(tmp_path)
    engine = Counting()
    longer = study(tmp_path, replications=4, engine=engine)
    assert engine.asked == [2, 3]
    assert same(longer, study(None, replications=4))
    assert longer.replications == 4
    assert longer.manifest["files"] == study(tmp_path / "at_once", replications=4).manifest["files"]


def test_fewer_replications_are_the_first_of_those_stored(tmp_path: Path) -> None:
    study(tmp_path, replications=4)
    engine = Counting()
    shorter = study(tmp_path, replications=2, engine=engine)
    assert (engine.asked, shorter.replications) == ([], 2)
    assert same(shorter, study(None, replications=2))


def test_fresh_computes_again(tmp_path: Path) -> None:
    study(tmp_path)
    engine = Counting()
    study(tmp_path, engine=engine, fresh=True)
    assert engine.asked == [0, 1]


def test_an_interrupted_study_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        study(tmp_path, replications=4, engine=Counting(breaks_at=2))
    assert list_results(tmp_path) == []
    engine = Counting()
    whole = study(tmp_path, replications=4, engine=engine)
    assert engine.asked == [2, 3]
    assert same(whole, study(None, replications=4))


@pytest.mark.parametrize("stops_at", [1, 2, 5, 9, 10, 11, 12])  # scenario, tables, facts, scenario, manifest
def test_a_run_that_dies_while_it_merges_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops_at: int) -> None:
    study(tmp_path)
    real, calls = Path.replace, 0

    def dying(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == stops_at:
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with pytest.raises(KeyboardInterrupt):
            study(tmp_path, replications=4)
    engine = Counting()
    whole = study(tmp_path, replications=4, engine=engine)
    assert engine.asked in ([], [2, 3])
    assert same(whole, study(None, replications=4))


def test_an_altered_folder_is_computed_again(tmp_path: Path) -> None:
    folder = study(tmp_path).folder
    assert folder is not None
    (folder / "trips.parquet").write_bytes(b"rubbish")
    engine = Counting()
    assert same(study(tmp_path, engine=engine), study(None))
    assert engine.asked == [0, 1]


def test_other_words_do_not_endanger_what_is_stored(tmp_path: Path) -> None:
    study(tmp_path)
    reworded = {**SCENARIO, "title": "The same in other words"}
    with pytest.raises(KeyboardInterrupt):
        study(tmp_path, replications=3, scenario=reworded, engine=Counting(breaks_at=2))
    engine = Counting()
    again = study(tmp_path, scenario=reworded, engine=engine)
    assert (engine.asked, again.scenario["title"]) == ([], "The same in other words")


def test_a_table_that_was_altered_while_a_run_is_unfinished_is_said(tmp_path: Path) -> None:
    folder = study(tmp_path).folder
    assert folder is not None
    with pytest.raises(KeyboardInterrupt):
        study(tmp_path, replications=4, engine=Counting(breaks_at=3))
    (folder / "trips.parquet").write_bytes(b"rubbish")
    with pytest.raises(CorridorError, match=r"trips.parquet was altered: compute it again \(--fresh\)"):
        study(tmp_path, replications=4)


def test_pictures_beside_the_tables_stay(tmp_path: Path) -> None:
    folder = study(tmp_path).folder
    assert folder is not None
    (folder / "dashboard.png").write_bytes(b"picture")
    study(tmp_path, fresh=True)
    assert (folder / "dashboard.png").read_bytes() == b"picture"


# what can't be written ----------------------------------------------------------------------------------------------------


def test_a_full_disk_is_said_and_nothing_half_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(table: Any, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(writing, "write_table", full)
        with pytest.raises(CorridorError, match=r"the disk is full; what is finished is kept"):
            study(tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["scenario.json"]  # what the run was about


def test_an_output_that_is_a_file_is_said_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("not a folder")
    engine = Counting()
    with pytest.raises(CorridorError, match="can't be written to"):
        study(tmp_path / "out", engine=engine)
    assert engine.asked == []


def test_an_address_of_another_file_system_is_refused() -> None:
    with pytest.raises(CorridorError, match="expected a local folder, got 's3://bucket'"):
        study("s3://bucket")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "with space", "x" * 200, "nul\0"])
def test_a_name_that_is_no_safe_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorridorError, match="can't be the name of a folder"):
        study(tmp_path, name=name)


def test_no_replication_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(CorridorError, match="expected at least 1 replication, got 0"):
        study(tmp_path, replications=0)


# the key ------------------------------------------------------------------------------------------------------------------


def test_words_do_not_change_the_key_and_numbers_do() -> None:
    key = study_key(SCENARIO, 1)
    port = {"berths": {"dry": 2}}
    words = {"name": "other", "title": "A title", "notes": "n", "replications": 50, "sources": "s.csv", "seed": 9}
    renamed = {
        **words,
        "places": {
            "alat": {
                "name": "Hövsan",
                "source": "W1",
                "grade": "plan",
                "note": "x",
                "port": {**port, "source": {"berths": "W2"}},
            }
        },
    }
    assert study_key(renamed, 1) == key
    assert study_key({"places": {"alat": {"port": {"berths": {"dry": 3}}}}}, 1) != key
    assert study_key(SCENARIO, 2) != key


def test_an_id_that_looks_like_a_word_is_kept() -> None:
    ids = {"places": {"source": {"port": {"berths": {"note": 2}}}}, "changes": {"c": {"set": {"flows": {"name": {"per_year": 1}}}}}}
    assert keys.canonical(ids) == ids


def test_the_order_of_keys_and_the_kind_of_number_do_not_matter() -> None:
    assert keys.digest(keys.canonical({"a": {"x": 1.0}, "b": {"y": 2}})) == keys.digest(
        keys.canonical({"b": {"y": 2.0}, "a": {"x": 1}})
    )


def test_years_and_dates_may_be_keys() -> None:
    growth = {"flows": {"boxes": {"growth": {2025: 0.36, "after": 0.05, date(2026, 1, 1): date(2027, 1, 1)}}}}
    assert len(study_key(growth, 1)) == 16


def test_another_source_or_numpy_is_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    key = study_key(SCENARIO, 1)
    monkeypatch.setattr("numpy.__version__", "0.0.0")
    assert study_key(SCENARIO, 1) != key
    monkeypatch.undo()
    monkeypatch.setattr(keys, "source_digest", lambda: "other")
    assert study_key(SCENARIO, 1) != key


def test_the_manifest_says_what_results_depend_on(tmp_path: Path) -> None:
    manifest = study(tmp_path).manifest
    assert set(manifest["versions"]) == {"corridor_sim", "python", "numpy", "simpy"}
    assert manifest["key"] == study_key(SCENARIO, 1)
    assert manifest["replications"] == [0, 1]
    assert all(digest.startswith("sha256:") for digest in manifest["files"].values())


def test_a_frame_is_made_once(tmp_path: Path) -> None:
    stored = study(tmp_path)
    assert stored.tables["trips"] is stored.tables["trips"]
    assert isinstance(stored.tables["trips"], pd.DataFrame)


def test_a_plan_with_another_seed_is_another_study(tmp_path: Path) -> None:
    first = study(tmp_path)
    other = study(tmp_path, plan=fakes.plan(seed=2))
    assert other.folder != first.folder
    assert not other.metrics.equals(first.metrics)
