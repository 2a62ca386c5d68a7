"""The command line as a whole: its table of commands, and what becomes of an error."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from corridor_sim import __version__
from corridor_sim.cli import talk
from corridor_sim.cli.checking import diff, init, schema, validate
from corridor_sim.cli.running import compare, run
from corridor_sim.cli.stored import ls, plot, report, rm, show
from corridor_sim.errors import CorridorError

# What the machine refuses isn't our bug: full, read-only or forbidden disks, too many open files.
REFUSED = {
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EFBIG", "EMFILE", "ENAMETOOLONG", "ENOTDIR")
    if hasattr(errno, name)
}

app = typer.Typer(
    help="Simulate freight on the Middle Corridor: throughput, transit times and bottlenecks from a YAML scenario.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
results = typer.Typer(help="List, show and remove stored results.", no_args_is_help=True)
COMMANDS: dict[typer.Typer, tuple[Callable[..., None], ...]] = {
    app: (run, compare, validate, diff, init, schema, report, plot),
    results: (ls, show, rm),
}
for group, commands in COMMANDS.items():
    for command in commands:
        group.command()(command)
app.add_typer(results, name="results")


def _version(wanted: bool) -> None:
    """Print the version and leave, if wanted."""
    if wanted:
        talk.show(f"corridor-sim {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Simulate freight on the Middle Corridor: throughput, transit times and bottlenecks from a YAML scenario."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command that arguments name and exit with 0, 1, 2 or 130."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks "±" shows "?" rather than a traceback
    try:
        app(arguments)
    except CorridorError as mistake:
        leave(2, str(mistake))
    except KeyboardInterrupt:
        leave(130, "interrupted")
    except OSError as trouble:
        if trouble.errno not in REFUSED:
            raise
        name = f": {trouble.filename}" if trouble.filename else ""
        leave(2, f"{trouble.strerror or trouble}{name}; what is finished is kept, the same command goes on from there")
    sys.exit(0)


def leave(code: int, words: str) -> NoReturn:
    """Say words and exit with code."""
    talk.say(words)
    sys.exit(code)
