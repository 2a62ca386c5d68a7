"""`run` and `compare`: what needs the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from corridor_sim.cli import options as given
from corridor_sim.cli.drawing import Result, ShownComparison, ShownDisturbance, ShownStudy
from corridor_sim.cli.progress import watching
from corridor_sim.cli.talk import say, show_json

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded


def run(
    file: given.File,
    out: given.Out = "results",
    case: given.Case = None,
    seed: given.Seed = None,
    replications: given.Replications = None,
    workers: given.Workers = None,
    fresh: given.Fresh = False,
    records: given.Records = False,
    disrupt: given.Disrupt = None,
    quiet: given.Quiet = False,
    json: given.Json = False,
) -> None:
    """Simulate a scenario: what is carried, how long it takes and what binds it.

    Leaves tables, a picture and a page under DIR/<name>/<key>.
    What is stored isn't computed again; an interrupted run goes on.
    With --disrupt it runs beside the undisturbed case on the same
    random numbers.
    """
    from corridor_sim.disturbed import closings_of, disturb
    from corridor_sim.experiment import simulate
    from corridor_sim.loading import load_scenario

    loaded = load_scenario(file, case=case)
    closings_of(disrupt or (), loaded.scenario)
    given.writable(out)
    _mention(loaded, quiet)
    with kept_when_interrupted():
        with watching(quiet) as progress:
            settings: dict[str, Any] = {
                "replications": replications, "seed": seed, "workers": workers, "out": out, "fresh": fresh, "records": records,
                "progress": progress,
            }  # fmt: skip
            if disrupt:
                result: Result = ShownDisturbance(disturb(loaded, disrupt, **settings))
            else:
                result = ShownStudy(simulate(loaded, **settings))
        _finish(result, json)


def compare(
    file: given.File,
    out: given.Out = "results",
    case: given.Cases = None,
    seed: given.Seed = None,
    replications: given.Replications = None,
    workers: given.Workers = None,
    fresh: given.Fresh = False,
    records: given.Records = False,
    quiet: given.Quiet = False,
    json: given.Json = False,
) -> None:
    """Run the cases of a scenario on the same random numbers and report what differs.

    The first case is the base. Differences are paired by replication
    and stand with their 95 % interval.
    """
    from corridor_sim.cases import compare as compare_cases
    from corridor_sim.loading import load_scenario

    loaded = load_scenario(file)
    given.writable(out)
    _mention(loaded, quiet)
    with kept_when_interrupted():
        with watching(quiet) as progress:
            comparison = compare_cases(
                loaded, cases=case or None, replications=replications, seed=seed, workers=workers, out=out, fresh=fresh,
                records=records, progress=progress,
            )  # fmt: skip
        _finish(ShownComparison(comparison), json)


def _finish(result: Result, json: bool) -> None:
    """Draw a result and print its summary."""
    result.draw()
    show_json(result.as_data()) if json else result.show()


def _mention(loaded: Loaded, quiet: bool) -> None:
    """Say how many things in a scenario look unlikely, and where to read them."""
    if loaded.warnings and not quiet:
        number = len(loaded.warnings)
        say(f"{number} warning{'s' if number > 1 else ''}: `corridor-sim validate {loaded.path}` tells")


@contextmanager
def kept_when_interrupted() -> Iterator[None]:
    """Turn Ctrl-C into exit code 130 and say that nothing finished is lost."""
    try:
        yield
    except KeyboardInterrupt:
        say("interrupted: the replications that are finished are kept, the same command goes on from there")
        raise typer.Exit(130) from None
