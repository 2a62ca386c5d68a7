"""Pages of stored or fresh results: one file each, self-contained, readable without a network and without a script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corridor_sim.cases import Comparison
    from corridor_sim.credibility.findings import Findings
    from corridor_sim.disturbed import Disturbance
    from corridor_sim.sensitivity import Sensitivity
    from corridor_sim.study import Study


def dashboard_html(study: Study, path: str | Path) -> Path:
    """Return the path of the page of a study: the picture's content with hover, and its tables."""
    from corridor_sim.dashboard.pages import study_page

    return _write(study_page(study), Path(path))


def comparison_html(comparison: Comparison, path: str | Path) -> Path:
    """Return the path of the page of a comparison: paired differences, and what differs between the cases' scenarios."""
    from corridor_sim.dashboard.pages import comparison_page

    return _write(comparison_page(comparison), Path(path))


def disturbance_html(disturbance: Disturbance, path: str | Path) -> Path:
    """Return the path of the page of a disturbed run: what it cost, then the paired differences."""
    from corridor_sim.dashboard.pages import disturbance_page

    return _write(disturbance_page(disturbance), Path(path))


def credibility_html(findings: Findings, path: str | Path) -> Path:
    """Return the path of the page that puts the known years beside the model."""
    from corridor_sim.dashboard.pages import credibility_page

    return _write(credibility_page(findings), Path(path))


def sensitivity_html(found: Sensitivity, picture: Path, path: str | Path) -> Path:
    """Return the path of the page of a study of sensitivity, its picture inside."""
    from corridor_sim.dashboard.pages import sensitivity_page

    return _write(sensitivity_page(found, picture), Path(path))


def _write(page: str, path: Path) -> Path:
    path.write_text(page, encoding="utf-8", newline="\n")
    return path
