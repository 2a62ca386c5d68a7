"""Make `results/example` again, whose picture stands in the README: `python -m benchmarks.example`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from benchmarks.cases import CORRIDOR
from corridor_sim import load_scenario, simulate
from corridor_sim.cli.drawing import ShownStudy

EXAMPLE = Path(__file__).parents[1] / "results" / "example"


def main() -> None:
    """Simulate the corridor of 2024 and keep the result beside the code."""
    with tempfile.TemporaryDirectory() as room:
        study = simulate(load_scenario(CORRIDOR), out=room)
        ShownStudy(study).draw()
        assert study.folder is not None
        shutil.rmtree(EXAMPLE, ignore_errors=True)
        shutil.copytree(study.folder, EXAMPLE)
    for file in sorted(EXAMPLE.iterdir()):
        print(f"{file.stat().st_size / 1000:8.0f} kB  {file.name}")


if __name__ == "__main__":
    main()
