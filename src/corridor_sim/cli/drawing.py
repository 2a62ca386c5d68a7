"""What a study becomes: ten lines, a picture, a page, or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.cli.talk import say, show

if TYPE_CHECKING:
    from corridor_sim.cases import Comparison
    from corridor_sim.store import Study

IN_SUMMARY = ("total", "direction", "branch")


def draw(study: Study) -> None:
    """Write the picture and the page of a stored study into its folder."""
    if study.folder is not None:
        from corridor_sim.dashboard import dashboard_html
        from corridor_sim.figures import dashboard_png

        dashboard_png(study, study.folder / "dashboard.png")
        dashboard_html(study, study.folder / "dashboard.html")


def draw_comparison(comparison: Comparison) -> None:
    """Write the figure and the page of a stored comparison into its folder."""
    if comparison.folder is not None:
        from corridor_sim.dashboard import comparison_html
        from corridor_sim.figures import comparison_png

        comparison_png(comparison, comparison.folder / "comparison.png")
        comparison_html(comparison, comparison.folder / "comparison.html")


def show_summary(study: Study) -> None:
    """Print the summary of a study and where it is stored."""
    from corridor_sim.summary import summary_lines

    _show_lines(summary_lines(study), study.folder, "dashboard")


def show_comparison(comparison: Comparison) -> None:
    """Print the differences between cases and where they are stored."""
    from corridor_sim.comparison import comparison_lines

    _show_lines(comparison_lines(comparison), comparison.folder, "comparison")


def _show_lines(lines: list[str], folder: Path | None, page: str) -> None:
    """Print lines, then say where the tables, the picture and the page are."""
    for line in lines:
        show(line)
    if folder is not None:
        say(f"stored in {folder}: tables, {page}.png, {page}.html")


def summary(study: Study) -> dict[str, Any]:
    """Return what `--json` prints of a study: headline measures with intervals and the tightest elements."""
    from dataclasses import asdict

    from corridor_sim.bottlenecks import tightest
    from corridor_sim.statistics import intervals, pick

    whole = pick(intervals(study.metrics), period="all")
    whole = whole[whole["kind"].isin(IN_SUMMARY)]
    columns = ["kind", "subject", "measure", "mean", "half_width", "unit", "echoed"]
    return {
        "name": study.name, "case": study.case, "folder": study.folder, "seed": study.seed, "replications": study.replications,
        "measures": whole[columns].to_dict("records"),
        "tightest": [asdict(evidence) for evidence in tightest(study.metrics)],
    }  # fmt: skip


def comparison_summary(comparison: Comparison) -> dict[str, Any]:
    """Return what `--json` prints of a comparison: its table."""
    return {
        "name": comparison.name, "base": comparison.base, "cases": comparison.cases, "folder": comparison.folder,
        "differences": comparison.table.to_dict("records"),
    }  # fmt: skip
