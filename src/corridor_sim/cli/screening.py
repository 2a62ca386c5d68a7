"""`sensitivity`: which uncertain numbers move the answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridor_sim.cli import options as given
from corridor_sim.cli.drawing import ShownSensitivity
from corridor_sim.cli.progress import watching
from corridor_sim.cli.running import kept_when_interrupted
from corridor_sim.cli.talk import show_json

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="Study file (YAML): a scenario and its factors.", show_default=False)]


def sensitivity(
    study: StudyFile,
    out: given.Out = "results",
    workers: given.Workers = None,
    fresh: given.Fresh = False,
    quiet: given.Quiet = False,
    json: given.Json = False,
) -> None:
    """Find which uncertain numbers move the answers: Morris, then Sobol.

    STUDY names a scenario and its factors, each with bounds and paths.
    Leaves tables, a picture and a page under DIR/<name>. Points that are
    finished are kept; an interrupted study goes on.
    """
    from corridor_sim.sensitivity import sensitivity as explore

    given.writable(out)
    with kept_when_interrupted():
        with watching(quiet) as progress:
            found = explore(study, out=out, workers=workers, fresh=fresh, progress=progress)
        shown = ShownSensitivity(found)
        shown.draw()
    show_json(shown.as_data()) if json else shown.show()
