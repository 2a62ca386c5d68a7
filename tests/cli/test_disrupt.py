"""`run --disrupt` as a user sees it."""

from __future__ import annotations

import json
from pathlib import Path


def test_it_tells_what_a_closure_costs_and_leaves_picture_and_page(tiny, call, tmp_path) -> None:
    answer = call("run", tiny, "--disrupt", "alat.port 2024-01-20 10d", "--out", tmp_path / "out", "-q", "--workers", 1)
    assert answer.code == 0
    for words in ("disturbed: alat.port closed from 2024-01-20", "throughput lost", "backlog beyond the undisturbed", "branch"):
        assert words in answer.out
    folder = next((tmp_path / "out").rglob("comparison.parquet")).parent
    assert {"impact.parquet", "disruption.png", "comparison.html"} <= {file.name for file in folder.iterdir()}
    page = (folder / "comparison.html").read_text(encoding="utf-8")
    assert "What the disruption cost" in page
    assert "Backlog beyond the undisturbed case" in page


def test_it_is_reported_again_from_its_folder(tiny, call, tmp_path) -> None:
    made = call("run", tiny, "--disrupt", "alat.port 2024-01-20 10d", "--out", tmp_path / "out", "-q", "--workers", 1)
    folder: Path = next((tmp_path / "out").rglob("comparison.parquet")).parent
    (folder / "disruption.png").unlink()
    assert call("results", "show", folder).out == made.out
    assert call("plot", folder).code == 0
    assert (folder / "disruption.png").is_file()


def test_json_has_the_figures(tiny, call, tmp_path) -> None:
    answer = call("run", tiny, "--disrupt", "alat.port 2024-01-20 10d", "--out", tmp_path / "out", "-q", "--json", "--workers", 1)
    read = json.loads(answer.out)
    assert read["cases"] == ["undisturbed", "disturbed"]
    assert {"lost_peak", "lost_end", "backlog_peak", "clear", "carried"} <= {row["measure"] for row in read["impact"]}


def test_bad_texts_are_all_told_before_anything_runs(tiny, call, tmp_path) -> None:
    answer = call("run", tiny, "--disrupt", "alat.prt 2024-01-20 10d", "--disrupt", "feeder 2025-01-20 10d", "--out", tmp_path / "out")
    assert answer.code == 2
    assert "did you mean 'alat.port'" in answer.err
    assert "expected a date inside the run" in answer.err
    assert not (tmp_path / "out").exists()
