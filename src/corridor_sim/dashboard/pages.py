"""Renders pages: templates with autoescape on, style and script inlined, nothing fetched and nothing else allowed to run."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from corridor_sim.dashboard.bars import bars_of
from corridor_sim.dashboard.dots import dots_of
from corridor_sim.dashboard.drawing import drawing_of
from corridor_sim.dashboard.ranks import rank_rows
from corridor_sim.dashboard.ratios import TICKS, families_of
from corridor_sim.dashboard.scenarios import case_sheet, difference_sheet, scenario_sheet
from corridor_sim.figures.choosing import choices_sheet
from corridor_sim.figures.colours import load_names
from corridor_sim.figures.comparing import forest_of
from corridor_sim.figures.crediting import sheets_of_findings
from corridor_sim.figures.disturbing import impact_sheet, stacks_of
from corridor_sim.figures.provenance import assumption_sheet, provenance_sheet
from corridor_sim.figures.reading import picture_of
from corridor_sim.figures.screening import sheets_of_sensitivity
from corridor_sim.impact import impact_lines

if TYPE_CHECKING:
    from pathlib import Path

    from corridor_sim.cases import Comparison
    from corridor_sim.credibility.findings import Findings
    from corridor_sim.disturbed import Disturbance
    from corridor_sim.figures.panels import Sheet
    from corridor_sim.sensitivity import Sensitivity
    from corridor_sim.study import Study

TEMPLATES = "templates"


def study_page(study: Study) -> str:
    """Return the page of one study as text."""
    picture = picture_of(study)
    return _render(
        "study.html",
        picture=picture,
        charts=[bars_of(picture.throughput), bars_of(picture.delay), bars_of(picture.transit)],
        ranks=rank_rows(picture.ranking),
        map=drawing_of(picture.map),
        loads=load_names(),
    )


def comparison_page(comparison: Comparison) -> str:
    """Return the page of a comparison as text."""
    return _render("comparison.html", **_compared(comparison), charts=[], impact=[])


def disturbance_page(disturbance: Disturbance) -> str:
    """Return the page of a disturbed run as text: a comparison that begins with what the disruption cost."""
    content = _compared(disturbance.comparison)
    content["sheets"].insert(0, impact_sheet(disturbance.impact))
    charts = [bars_of(stack) for stack in stacks_of(disturbance.impact)]
    return _render("comparison.html", **content, charts=charts, impact=impact_lines(disturbance.impact))


def credibility_page(findings: Findings) -> str:
    """Return the page that puts the known years beside the model, as text."""
    return _render(
        "credibility.html",
        years=", ".join(map(str, findings.years)),
        replications=findings.replications,
        lines=findings.lines(),
        claims=findings.claims,
        families=families_of(findings.counted),
        ticks=TICKS,
        sheets=sheets_of_findings(findings),
    )


def sensitivity_page(found: Sensitivity, picture: Path) -> str:
    """Return the page of a study of sensitivity as text, its picture inside."""
    from corridor_sim.sensitivity import sensitivity_lines

    return _render(
        "sensitivity.html",
        title=found.manifest["title"] or found.name,
        lines=sensitivity_lines(found),
        picture=b64encode(picture.read_bytes()).decode(),
        sheets=sheets_of_sensitivity(found),
    )


def _compared(comparison: Comparison) -> dict[str, Any]:
    forest = forest_of(comparison)
    choices = choices_sheet(comparison)
    first = [case_sheet(comparison), *([choices] if choices.rows else [])]
    sheets = [*first, difference_sheet(comparison), scenario_sheet(comparison), *_rests_on(comparison)]
    return {"forest": forest, "groups": [dots_of(group) for group in forest.groups], "sheets": sheets}


def _rests_on(comparison: Comparison) -> list[Sheet]:
    """Return what the numbers of the base case rest on, and what is assumed under its headline."""
    base = comparison.studies[comparison.base]
    return [sheet for sheet in (provenance_sheet(base.scenario), assumption_sheet(base)) if sheet.rows]


def _render(template: str, **content: Any) -> str:
    # Not escaped: these two files are ours, nothing of a scenario is in them.
    style, script = (Markup(_asset(name)) for name in ("page.css", "page.js"))
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_digest(script)}'; img-src data:"
    return _environment().get_template(template).render(style=style, script=script, policy=policy, **content)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("corridor_sim.dashboard", TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _asset(name: str) -> str:
    return files("corridor_sim.dashboard").joinpath(TEMPLATES, name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    """Return what a browser compares a script with before it runs it."""
    return b64encode(sha256(script.encode()).digest()).decode()
