"""`explain`: one element's inputs with their sources, beside what a run made of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor_sim.cli import options as given
from corridor_sim.cli.talk import say, show, show_json

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded
    from corridor_sim.study import Study

USUAL = Path("scenarios/baseline_2024.yaml")
Name = Annotated[str, typer.Argument(metavar="NAME", help="A place, leg, service, fleet, flow, commodity or wind.", show_default=False)]
Scenario = Annotated[Path, typer.Option("--scenario", metavar="FILE", help="Scenario file (YAML).")]
Run = Annotated[Path | None, typer.Option("--run", metavar="FOLDER", help="Stored result to show beside; without: the newest one.")]


def explain(
    name: Name, scenario: Scenario = USUAL, case: given.Case = None, run: Run = None, out: given.Out = "results", json: given.Json = False
) -> None:
    """Show what the numbers of an element rest on, its dated changes, and what came of them.

    Inputs with unit, grade and sources (publisher, year, quotation);
    results of the newest run of this scenario and case below DIR, or
    of the one given. An unknown name ends with the nearest ones, exit
    code 2.
    """
    from corridor_sim.explain import explained, explanation_lines
    from corridor_sim.loading import load_scenario

    loaded = load_scenario(scenario, case=case)
    study = _study(loaded, run, out)
    found = explained(loaded, name, study)
    if json:
        folder = study.folder if study else None
        show_json({"scenario": loaded.path, "case": loaded.case, "run": folder, "elements": [asdict(one) for one in found]})
        return
    for one in found:
        for line in explanation_lines(one):
            show(line)
    say(f"results of {study.folder}" if study else f"no stored run of {loaded.scenario.name} below {out}: results are missing")


def _study(loaded: Loaded, run: Path | None, out: str) -> Study | None:
    """Return the stored study that was asked for, else the newest one of the case below a folder."""
    from corridor_sim.experiment import BASE
    from corridor_sim.store import list_results, read_results

    if run is not None:
        return read_results(run)
    name = str(loaded.scenario.name)
    entries = [one for one in list_results(out) if (one.name, one.case) == (name, loaded.case or BASE)]
    newest = max(entries, key=lambda one: one.finished, default=None)
    return read_results(newest.folder) if newest else None
