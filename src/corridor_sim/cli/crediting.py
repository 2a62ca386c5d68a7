"""`credibility` and `calibrate`: the years that are known beside the model, and the few numbers that are fitted to them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridor_sim.cli import options as given
from corridor_sim.cli.progress import watching
from corridor_sim.cli.running import kept_when_interrupted
from corridor_sim.cli.talk import say, show, show_json

History = Annotated[Path, typer.Option("--scenarios", metavar="DIR", help="Folder with a scenario of each year.")]
Short = Annotated[bool, typer.Option("--short", help="Two years, two months, one replication: a look, not a result.")]
Evaluations = Annotated[int, typer.Option("--evaluations", min=2, max=1000, help="How often to run the fitted years at most.")]
Draws = Annotated[int, typer.Option("--replications", "-n", min=1, max=1000, help="How many runs an evaluation takes.")]

HISTORY = Path("scenarios/history")


def credibility(
    scenarios: History = HISTORY,
    out: given.Out = "results",
    replications: given.Replications = None,
    workers: given.Workers = None,
    short: Short = False,
    fresh: given.Fresh = False,
    quiet: given.Quiet = False,
    json: given.Json = False,
) -> None:
    """Run the known years again and put them beside what was published.

    Leaves a page and tables under DIR/credibility. What is stored
    isn't computed again; an interrupted run goes on. All years with 20
    replications take some ten minutes on two cores.
    """
    from corridor_sim.credibility import findings_of, run_years, swept, write_findings
    from corridor_sim.dashboard import credibility_html

    given.writable(out)
    with kept_when_interrupted():
        with watching(quiet) as progress:
            count = replications or (1 if short else None)
            runs = run_years(
                scenarios, replications=count, workers=workers, out=out, fresh=fresh, short=short, progress=progress
            )
            sweeps = [] if short else swept(scenarios, replications=count, workers=workers, out=out, progress=progress)
        findings = findings_of(runs, sweeps, scenarios)
        folder = write_findings(findings, out)
        page = credibility_html(findings, folder / "credibility.html")
    if json:
        show_json(findings.as_data())
        return
    for line in findings.lines():
        show(line)
    show(f"page and tables: {page}")


def calibrate(
    scenarios: History = HISTORY,
    replications: Draws = 1,
    evaluations: Evaluations = 40,
    workers: given.Workers = None,
    quiet: given.Quiet = False,
) -> None:
    """Fit the unknown behavioural numbers on 2022 and 2023 and write them down.

    Writes fitted.yaml, a layer of all years, and calibration.json, the
    record of the search, into the folder of scenarios. Takes half an
    hour on one core.
    """
    from corridor_sim.calibrate import calibrate as fit_to
    from corridor_sim.calibrate import write_fit

    given.writable(str(scenarios))
    fit = fit_to(scenarios, replications=replications, most=evaluations, workers=workers, watch=(lambda _: None) if quiet else say)
    for path in write_fit(fit, scenarios):
        show(str(path))
