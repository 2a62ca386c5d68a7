"""The command line as a whole: its table of commands, and what becomes of an error."""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from corridor_sim import __version__
from corridor_sim.cli import talk
from corridor_sim.cli.checking import diff, init, schema, validate
from corridor_sim.cli.crediting import calibrate, credibility
from corridor_sim.cli.explaining import explain
from corridor_sim.cli.running import compare, run
from corridor_sim.cli.screening import sensitivity
from corridor_sim.cli.settling import settle
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
    app: (run, compare, settle, sensitivity, validate, diff, explain, init, schema, report, plot, credibility, calibrate),
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
    except KeyboardInterrupt:
        leave(130, "interrupted")
    except Exception as error:  # the one place where errors become exit codes
        if words := mistake(error):
            leave(2, words)
        traceback.print_exc()
        leave(1, "This is a bug of corridor_sim, not a mistake of yours. Please report it with the lines above and the scenario.")
    sys.exit(0)


def mistake(error: Exception) -> str:
    """Return what to tell the user of an error that isn't our bug; nothing if it is."""
    if isinstance(error, CorridorError):
        return str(error)
    if isinstance(error, OSError) and error.errno in REFUSED:
        name = f": {error.filename}" if error.filename else ""
        return f"{error.strerror or error}{name}; what is finished is kept, the same command goes on from there"
    return ""


def leave(code: int, words: str) -> NoReturn:
    """Say words and exit with code."""
    talk.say(words)
    sys.exit(code)
