"""Charts of stored or fresh results: one page for a study, one for a comparison; each panel is a function on Axes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corridor_sim.cases import Comparison
    from corridor_sim.disturbed import Disturbance
    from corridor_sim.sensitivity import Sensitivity
    from corridor_sim.study import Study


def dashboard_png(study: Study, path: str | Path) -> Path:
    """Return the path of the picture of a study: headline, throughput, delay, tightest elements and map on one page."""
    from corridor_sim.figures.page import draw_page
    from corridor_sim.figures.reading import picture_of

    return draw_page(picture_of(study), Path(path))


def comparison_png(comparison: Comparison, path: str | Path) -> Path:
    """Return the path of the picture of paired differences with their 95 % intervals."""
    from corridor_sim.figures.comparing import forest_of
    from corridor_sim.figures.forest import draw_forest

    return draw_forest(forest_of(comparison), Path(path))


def disturbance_png(disturbance: Disturbance, path: str | Path) -> Path:
    """Return the path of the picture of what a disruption cost: backlog by place and throughput lost, day by day."""
    from corridor_sim.figures.disturbing import draw_disturbance

    return draw_disturbance(disturbance, Path(path))


def sensitivity_png(found: Sensitivity, path: str | Path) -> Path:
    """Return the path of the picture of a study of sensitivity: tornado and elementary effects of each measure."""
    from corridor_sim.figures.tornado import draw_sensitivity

    return draw_sensitivity(found, Path(path))
