"""`report`, `plot` and `results`: what is stored, read and drawn again without a run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from corridor_sim.cli import options as given
from corridor_sim.cli.drawing import draw, show_summary, summary
from corridor_sim.cli.talk import say, show_json, show_table
from corridor_sim.cli.talk import show as show_line
from corridor_sim.errors import CorridorError

Folders = Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Folders of stored results.", show_default=False)]
Target = Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Picture to write; without: dashboard.png there.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]


def report(folder: given.Folder, json: given.Json = False) -> None:
    """Print the summary of a stored result and draw its picture and page again."""
    from corridor_sim.store import read_results

    study = read_results(folder)
    draw(study)
    show_json(summary(study)) if json else show_summary(study)


def plot(folder: given.Folder, to: Target = None) -> None:
    """Draw the picture of a stored result again and print where it is."""
    from corridor_sim.figures import dashboard_png
    from corridor_sim.store import read_results

    study = read_results(folder)
    target = to or folder / "dashboard.png"
    given.writable(str(target.parent))
    show_line(str(dashboard_png(study, target)))


def ls(out: given.Out = "results", json: given.Json = False) -> None:
    """List stored results: name, case, replications, size and folder."""
    from corridor_sim.store import list_results

    entries = list_results(out)
    columns = ("name", "case", "replications", "seed", "finished", "megabytes", "folder")
    rows = [{column: getattr(entry, column) for column in columns} for entry in entries]
    if json:
        show_json(rows)
    elif rows:
        show_table(columns, ([f"{v:.1f}" if isinstance(v, float) else str(v) for v in row.values()] for row in rows))
    else:
        say(f"no results below {out}")


def show(folder: given.Folder, json: given.Json = False) -> None:
    """Print the summary of a stored result."""
    from corridor_sim.store import read_results

    study = read_results(folder)
    show_json(summary(study)) if json else show_summary(study)


def rm(folders: Folders, out: given.Out = "results", yes: Yes = False) -> None:
    """Remove stored results; nothing outside DIR, nothing that isn't a result."""
    from corridor_sim.store import remove_results

    if not yes:
        if not sys.stdin.isatty():
            raise CorridorError("results rm asks before it removes: say --yes where nobody can answer")
        if not typer.confirm(f"Remove {', '.join(map(str, folders))}?", err=True):
            say("nothing removed")
            return
    for each in folders:
        remove_results(each, out)
        say(f"removed {each}")
