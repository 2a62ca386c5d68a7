"""What a study or a comparison becomes: lines, JSON, a picture and a page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from corridor_sim.cli.talk import say, show

if TYPE_CHECKING:
    from corridor_sim.cases import Comparison
    from corridor_sim.disturbed import Disturbance
    from corridor_sim.sensitivity import Sensitivity
    from corridor_sim.store import Study

KINDS_OF_SUMMARY = ("total", "direction", "branch")


class Result(Protocol):
    """What a command can do with a result, whether it was just made or is stored."""

    def draw(self) -> None:
        """Write the picture and the page into the result's folder."""

    def draw_picture(self, to: Path | None) -> Path:
        """Return the path of the picture, written to it."""

    def show(self) -> None:
        """Print the lines of the summary."""

    def as_data(self) -> dict[str, Any]:
        """Return what `--json` prints."""


def stored_at(folder: Path) -> Result:
    """Return the study or comparison that is stored in folder."""
    if (folder / "comparison.parquet").is_file():
        from corridor_sim.cases import stored_comparison
        from corridor_sim.disturbed import stored_disturbance

        disturbance = stored_disturbance(folder)
        return ShownDisturbance(disturbance) if disturbance else ShownComparison(stored_comparison(folder))
    if (folder / "morris.parquet").is_file():
        from corridor_sim.sensitivity import stored_sensitivity

        return ShownSensitivity(stored_sensitivity(folder))
    from corridor_sim.store import read_results

    return ShownStudy(read_results(folder))


@dataclass(frozen=True, slots=True)
class ShownStudy:
    """A study as lines, data, picture and page."""

    study: Study

    def draw(self) -> None:
        """Write `dashboard.png` and `dashboard.html` into the study's folder."""
        from corridor_sim.dashboard import dashboard_html

        if self.study.folder is not None:
            self.draw_picture(None)
            dashboard_html(self.study, self.study.folder / "dashboard.html")

    def draw_picture(self, to: Path | None) -> Path:
        """Return the path of the picture, `dashboard.png` in the study's folder unless given."""
        from corridor_sim.figures import dashboard_png

        return dashboard_png(self.study, to or (self.study.folder or Path()) / "dashboard.png")

    def show(self) -> None:
        """Print the summary and where the rest is."""
        from corridor_sim.summary import summary_lines

        _show_lines(summary_lines(self.study), self.study.folder, "dashboard")

    def as_data(self) -> dict[str, Any]:
        """Return the headline measures with their intervals, and the tightest elements."""
        from corridor_sim.bottlenecks import tightest
        from corridor_sim.statistics import intervals, pick

        study = self.study
        whole = pick(intervals(study.metrics), period="all")
        columns = ["kind", "subject", "measure", "mean", "half_width", "unit", "echoed"]
        return {
            "name": study.name, "case": study.case, "folder": study.folder, "seed": study.seed, "replications": study.replications,
            "measures": whole.loc[whole["kind"].isin(KINDS_OF_SUMMARY), columns].to_dict("records"),
            "tightest": [asdict(evidence) for evidence in tightest(study.metrics)],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownComparison:
    """A comparison as lines, data, picture and page."""

    comparison: Comparison

    def draw(self) -> None:
        """Write `comparison.png` and `comparison.html` into the comparison's folder."""
        from corridor_sim.dashboard import comparison_html

        if self.comparison.folder is not None:
            self.draw_picture(None)
            comparison_html(self.comparison, self.comparison.folder / "comparison.html")

    def draw_picture(self, to: Path | None) -> Path:
        """Return the path of the picture, `comparison.png` in the comparison's folder unless given."""
        from corridor_sim.figures import comparison_png

        return comparison_png(self.comparison, to or (self.comparison.folder or Path()) / "comparison.png")

    def show(self) -> None:
        """Print the differences and where the rest is."""
        from corridor_sim.cases import comparison_lines

        _show_lines(comparison_lines(self.comparison), self.comparison.folder, "comparison")

    def as_data(self) -> dict[str, Any]:
        """Return the table of differences."""
        found = self.comparison
        return {
            "name": found.name, "base": found.base, "cases": found.cases, "folder": found.folder,
            "differences": found.table.to_dict("records"),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownDisturbance:
    """A disturbed run beside the undisturbed one as lines, data, picture and page."""

    disturbance: Disturbance

    def draw(self) -> None:
        """Write `disruption.png` and `comparison.html` into the comparison's folder."""
        from corridor_sim.dashboard import disturbance_html

        folder = self.disturbance.comparison.folder
        if folder is not None:
            self.draw_picture(None)
            disturbance_html(self.disturbance, folder / "comparison.html")

    def draw_picture(self, to: Path | None) -> Path:
        """Return the path of the picture, `disruption.png` in the comparison's folder unless given."""
        from corridor_sim.figures import disturbance_png

        return disturbance_png(self.disturbance, to or (self.disturbance.comparison.folder or Path()) / "disruption.png")

    def show(self) -> None:
        """Print what the disruption cost and where the rest is."""
        from corridor_sim.assumptions import closing_lines
        from corridor_sim.impact import impact_lines
        from corridor_sim.summary import answer_lines

        comparison = self.disturbance.comparison
        base = [f"{comparison.base} (base)", *(f"  {line}" for line in answer_lines(comparison.studies[comparison.base]))]
        for line in (*base, *impact_lines(self.disturbance.impact), *closing_lines(comparison.studies[comparison.base])):
            show(line)
        if comparison.folder is not None:
            say(f"stored in {comparison.folder}: tables, disruption.png, comparison.html")

    def as_data(self) -> dict[str, Any]:
        """Return the figures of the impact and the table of differences."""
        found, impact = self.disturbance.comparison, self.disturbance.impact
        return {
            "name": found.name, "base": found.base, "cases": found.cases, "folder": found.folder, "disrupt": impact.words,
            "impact": impact.table.to_dict("records"), "differences": found.table.to_dict("records"),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownSensitivity:
    """A study of sensitivity as lines, data, picture and page."""

    found: Sensitivity

    def draw(self) -> None:
        """Write `sensitivity.png` and `sensitivity.html` into the study's folder."""
        from corridor_sim.dashboard import sensitivity_html

        if self.found.folder is not None:
            sensitivity_html(self.found, self.draw_picture(None), self.found.folder / "sensitivity.html")

    def draw_picture(self, to: Path | None) -> Path:
        """Return the path of the picture, `sensitivity.png` in the study's folder unless given."""
        from corridor_sim.figures import sensitivity_png

        return sensitivity_png(self.found, to or (self.found.folder or Path()) / "sensitivity.png")

    def show(self) -> None:
        """Print what leads and where the rest is."""
        from corridor_sim.sensitivity import sensitivity_lines

        _show_lines(sensitivity_lines(self.found), self.found.folder, "sensitivity")

    def as_data(self) -> dict[str, Any]:
        """Return the tables but that of single runs, and what they are of."""
        found, kept = self.found, ("factors", "alone", "morris", "sobol", "bottlenecks", "leading")
        facts = {key: found.manifest[key] for key in ("scenario", "start", "end", "seed", "points", "not_reached")}
        tables = {name: found.tables[name].to_dict("records") for name in kept if name in found.tables}
        return {"name": found.name, "folder": found.folder, **facts, **tables}


def _show_lines(lines: list[str], folder: Path | None, page: str) -> None:
    """Print lines, then say where the tables, the picture and the page are."""
    for line in lines:
        show(line)
    if folder is not None:
        say(f"stored in {folder}: tables, {page}.png, {page}.html")
