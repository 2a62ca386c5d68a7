"""A tiny scenario and a way to call a command as a user does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from corridor_sim.cli import main

TINY = """\
name: tiny
start: 2024-01-01
end: 2024-03-01
warm_up_days: 5
drain_days: 40
replications: 2
commodities: {container: {unit: teu, t_per_unit: 12}}
places:
  aktau: {at: [43.60, 51.22], country: KZ, port: {berths: {container: 1}}}
  alat: {at: [39.94, 49.41], country: AZ, port: {berths: {container: 1}}}
  poti: {at: [42.15, 41.67], country: GE, terminal: {tracks: 2, handling_teu_per_h: 20}}
legs:
  crossing: {mode: sea, between: [aktau, alat], length_km: 464}
  main_line: {mode: rail, between: [alat, poti], length_km: 800, speed_kmh: 30, pairs_per_day: 12}
services:
  feeder:
    {route: [aktau, alat], carries: {teu: 245}, vessels: 1, speed_kmh: 20, berth: container, handling_h: 10,
     departs: {at_least: 0.5, after_first_lot_h: 96}}
  train: {route: [alat, poti], carries: {wagons: 40}, departs: {at_least: 0.8, after_first_lot_h: 48}}
flows:
  west: {from: aktau, to: poti, commodity: container, per_year: 9000, consignment: 50}
  east: {from: poti, to: aktau, commodity: container, per_year: 6000, consignment: 50}
patches: {second_ship: {on: 2024-01-01, add: {services.feeder.vessels: 1}}}
cases: {one: [], two: [second_ship]}
"""


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit code, its data and its talk."""

    code: int | str | None
    out: str
    err: str


Call = Callable[..., Answer]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return the file of a scenario of three places and two months."""
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    return file


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs a command in this process."""

    def run(*words: object) -> Answer:
        with pytest.raises(SystemExit) as leaving:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Answer(leaving.value.code, out, err)

    return run


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[str]]:
    """Return a function that starts a command as a process of its own, which Ctrl-C reaches."""

    def begin(*words: object, **options: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "corridor_sim", *map(str, words)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={**os.environ, "COLUMNS": "200"}, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **options,
        )  # fmt: skip

    return begin
