"""`report`, `plot` and `results`: what is stored, read and drawn again without a run."""

from __future__ import annotations

import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor_sim.cli import drawing, talk
from corridor_sim.cli import options as given
from corridor_sim.errors import CorridorError

if TYPE_CHECKING:
    from corridor_sim.store import Entry

Folders = Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Folders of stored results.", show_default=False)]
Target = Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Picture to write; without: the one in FOLDER.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]


def report(folder: given.Folder, json: given.Json = False) -> None:
    """Print the summary of a stored result and draw its picture and page again."""
    drawing.stored_at(folder).draw()
    show(folder, json)


def plot(folder: given.Folder, to: Target = None) -> None:
    """Draw the picture of a stored result again and print where it is."""
    result = drawing.stored_at(folder)
    if to is not None:
        given.writable(str(to.parent))
    talk.show(str(result.draw_picture(to)))


def ls(out: given.Out = "results", json: given.Json = False) -> None:
    """List stored results: name, case, replications, size and folder."""
    from corridor_sim.store import Entry, list_results

    entries = list_results(out)
    columns = [field.name for field in fields(Entry)]
    if json:
        talk.show_json([{column: getattr(entry, column) for column in columns} for entry in entries])
    elif entries:
        talk.show_table(columns, (_cells(entry, columns) for entry in entries))
    else:
        talk.say(f"no results below {out}")


def _cells(entry: Entry, columns: list[str]) -> list[str]:
    """Return a stored result as the cells of its row."""
    words = {column: str(getattr(entry, column)) for column in columns}
    finished = datetime.fromtimestamp(entry.finished).isoformat(" ", "minutes")
    return list({**words, "finished": finished, "megabytes": f"{entry.megabytes:.1f}"}.values())


def show(folder: given.Folder, json: given.Json = False) -> None:
    """Print the summary of a stored result."""
    result = drawing.stored_at(folder)
    talk.show_json(result.as_data()) if json else result.show()


def rm(folders: Folders, out: given.Out = "results", yes: Yes = False) -> None:
    """Remove stored results; nothing outside DIR, nothing that isn't a result."""
    from corridor_sim.store import remove_results

    if not yes:
        if not sys.stdin.isatty():
            raise CorridorError("results rm asks before it removes: say --yes where nobody can answer")
        if not typer.confirm(f"Remove {', '.join(map(str, folders))}?", err=True):
            talk.say("nothing removed")
            return
    for folder in folders:
        remove_results(folder, out)
        talk.say(f"removed {folder}")
