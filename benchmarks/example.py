"""Make `results/example` again, whose picture stands in the README: `python -m benchmarks.example`.

The example is small enough to live beside the code: picture, page, summary and headline measures, but no tables.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cases import CORRIDOR

if TYPE_CHECKING:
    from corridor_sim.store import Study

EXAMPLE = Path(__file__).parents[1] / "results" / "example"
KINDS = ("total", "direction", "branch", "scope", "flow")


def keep(study: Study) -> None:
    """Write the parts of a study that are committed into `results/example`."""
    from corridor_sim.dashboard import dashboard_html
    from corridor_sim.figures import dashboard_png
    from corridor_sim.statistics import intervals, pick
    from corridor_sim.summary import summary_lines

    measures = pick(intervals(study.metrics), period="all")
    measures = measures[measures["kind"].isin(KINDS)].drop(columns=["case", "period", "low", "high"])
    measures.to_csv(EXAMPLE / "measures.csv", index=False, float_format="%.6g", lineterminator="\n")
    (EXAMPLE / "summary.txt").write_text("\n".join(summary_lines(study)) + "\n", encoding="utf-8")
    dashboard_png(study, EXAMPLE / "dashboard.png")
    dashboard_html(study, EXAMPLE / "dashboard.html")


def main() -> None:
    """Simulate the corridor of 2024 and keep what is small."""
    from corridor_sim import load_scenario, simulate

    shutil.rmtree(EXAMPLE, ignore_errors=True)
    EXAMPLE.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as room:
        keep(simulate(load_scenario(CORRIDOR), out=room))
    for file in sorted(EXAMPLE.iterdir()):
        print(f"{file.stat().st_size / 1000:8.0f} kB  {file.name}")


if __name__ == "__main__":
    main()
