"""`settle`: how flows choose, without the run that follows."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from corridor_sim.cli import options as given
from corridor_sim.cli.progress import watching
from corridor_sim.cli.running import kept_when_interrupted
from corridor_sim.cli.talk import show, show_json, show_table
from corridor_sim.errors import CorridorError, Fault

Yaml = Annotated[bool, typer.Option("--yaml", help="Print the shares as `choice.settled` for a scenario file.")]
COLUMNS = ("market", "year", "option", "share", "days", "P90 - P50")


def settle(
    file: given.File,
    out: given.Out = "results",
    case: given.Case = None,
    seed: given.Seed = None,
    workers: given.Workers = None,
    fresh: given.Fresh = False,
    quiet: given.Quiet = False,
    json: given.Json = False,
    yaml: Yaml = False,
) -> None:
    """Settle how flows choose among itineraries and outside options, by pilot runs.

    `run` and `compare` do the same first; what is settled here isn't
    computed again there. Prints shares and the times they rest on.
    """
    from corridor_sim.choice import as_settled
    from corridor_sim.experiment import settle_case
    from corridor_sim.loading import as_yaml, load_scenario

    loaded = load_scenario(file, case=case)
    if loaded.scenario.choice is None:
        raise CorridorError(Fault("expected a choice block: there is nothing to settle", "choice", str(file), code="choice"))
    given.writable(out)
    with kept_when_interrupted(), watching(quiet) as progress:
        report = settle_case(loaded, seed=seed, workers=workers, out=out, fresh=fresh, progress=progress)
    if json:
        show_json(report)
    elif yaml and report["on"]:
        show(as_yaml({"choice": {"settled": as_settled(report)}}).rstrip())
    else:
        _show(report)


def _show(report: dict[str, Any]) -> None:
    from corridor_sim.choice import choice_lines, told

    for line in choice_lines(report)[:1]:
        show(line)
    rows = [
        (one.market, str(one.year), one.option, f"{one.share:.3f}", _days(one.time_days), _days(one.spread_days)) for one in told(report)
    ]
    if rows:
        show_table(COLUMNS, rows)


def _days(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
