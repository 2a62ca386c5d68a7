"""`sensitivity` as a user sees it."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

STUDY = """\
scenario: tiny.yaml
alone: {replications: 2}
morris: {trajectories: 2}
sobol: {samples: 2, factors: 2}
factors:
  patience: {title: Feeder patience, low: 24, high: 96, unit: h, source: assumed, set: services.feeder.departs.after_first_lot_h}
  fill: {title: Feeder fill, low: 0.3, high: 0.9, unit: of its boxes, source: assumed, set: services.feeder.departs.at_least}
"""


@pytest.fixture
def study(tiny: Path) -> Path:
    file = tiny.with_name("waits.yaml")
    file.write_text(STUDY, encoding="utf-8")
    return file


def test_it_says_what_each_factor_moves_and_leaves_a_folder(study, call, tmp_path) -> None:
    answer = call("sensitivity", study, "--out", tmp_path / "out", "--workers", 1)
    assert answer.code == 0
    assert "Feeder patience alone (24 to 96 h)" in answer.out
    assert "share of the variance of transit P90" in answer.out
    assert "alone: 5 of 5 points" in answer.err
    (folder,) = (tmp_path / "out" / "waits").iterdir()
    names = {path.name for path in folder.iterdir()}
    tables = {f"{name}.parquet" for name in ("factors", "alone", "morris", "sobol", "bottlenecks", "leading", "points")}
    assert names == tables | {"manifest.json", "sensitivities.csv", "sensitivity.png", "sensitivity.html", "points"}
    again = call("sensitivity", study, "--out", tmp_path / "out", "-q", "--json")
    assert {row["factor"] for row in json.loads(again.out)["leading"]} == {"patience", "fill"}
    (folder / "sensitivity.html").unlink()
    assert call("report", folder).code == 0
    assert (folder / "sensitivity.html").is_file()


def test_a_mistake_in_the_study_is_exit_code_2(study, call, tmp_path) -> None:
    study.write_text(STUDY.replace("low: 24", "low: -24"), encoding="utf-8")
    answer = call("sensitivity", study, "--out", tmp_path / "out")
    assert answer.code == 2
    assert "waits.yaml:6:3: factors.patience: at -24 h:" in answer.err


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_finished(study, start, call, tmp_path) -> None:
    study.write_text(STUDY.replace("trajectories: 2", "trajectories: 200"), encoding="utf-8")
    running = start("sensitivity", study, "--out", tmp_path / "out", "--workers", 2)
    points = tmp_path / "out" / "waits"
    for _ in range(600):
        if len(list(points.glob("*/points/*.json"))) > 6:
            break
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "are kept" in said
    study.write_text(STUDY, encoding="utf-8")
    answer = call("sensitivity", study, "--out", tmp_path / "out", "--workers", 1)
    assert "alone: 5 of 5 points (5 of them stored before)" in answer.err
