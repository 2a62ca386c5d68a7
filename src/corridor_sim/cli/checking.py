"""`validate`, `diff`, `init` and `schema`: scenarios without a run."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corridor_sim.cli import options as given
from corridor_sim.cli.talk import say, show, show_json
from corridor_sim.errors import CorridorError

if TYPE_CHECKING:
    from corridor_sim.errors import Fault, Warned

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files (YAML).", show_default=False)]
Target = Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the copy.", show_default=False)]
Page = Annotated[bool, typer.Option("--page", help="Print the reference page (Markdown) instead.")]


def validate(files: Files, quiet: given.Quiet = False, json: given.Json = False) -> None:
    """Check scenarios with all their cases: every fault at once, then what looks unlikely.

    Exit code 2 if anything is wrong; warnings alone leave it at 0.
    """
    found = [(file, *_examined(file)) for file in files]
    if json:
        show_json([
            {"file": str(file), "faults": [asdict(f) for f in faults], "warnings": [asdict(w) for w in warnings]}
            for file, faults, warnings in found
        ])  # fmt: skip
    for file, faults, warnings in found:
        for fault in faults:
            say(str(fault))
        if not quiet:
            for warning in warnings:
                say(f"warning: {warning}" + (f" ({warning.hint})" if warning.hint else ""))
            say(f"{file}: {_count(len(faults), 'fault')}, {_count(len(warnings), 'warning')}")
    if any(faults for _, faults, _ in found):
        raise typer.Exit(2)


def _examined(file: Path) -> tuple[list[Fault], list[Warned]]:
    """Return the faults and warnings of a file in all its cases, each said once."""
    from corridor_sim.loading import load_case, load_scenario

    faults: dict[str, Fault] = {}
    warnings: dict[str, Warned] = {}
    try:
        loaded = load_scenario(file)
    except CorridorError as error:
        return error.faults, []
    warnings.update({str(warned): warned for warned in loaded.warnings})
    for case in loaded.cases:
        try:
            warnings.update({str(warned): warned for warned in load_case(loaded, case).warnings})
        except CorridorError as error:
            faults.update({str(fault): fault for fault in error.faults})
    return list(faults.values()), list(warnings.values())


def _count(number: int, thing: str) -> str:
    """Return number and thing in words: `no faults`, `1 fault`, `2 faults`."""
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"


def diff(old: given.File, new: given.File, json: given.Json = False) -> None:
    """Show what differs between two scenarios after inheritance."""
    from corridor_sim.loading import diff as differences
    from corridor_sim.loading import load_scenario

    found = differences(load_scenario(old), load_scenario(new))
    if json:
        show_json([{"path": each.path, "old": each.old, "new": each.new, "unit": each.unit} for each in found])
        return
    for each in found:
        show(f"{each.path}: {_words(each.old)} -> {_words(each.new)} {each.unit or ''}".rstrip())
    if not found:
        say("no difference")


def _words(value: Any) -> str:
    """Return a value as one short text."""
    return "nothing" if value is None else str(value)


def init(directory: Target) -> None:
    """Copy a commented starter scenario into a folder, to play with."""
    from corridor_sim.loading import init_directory

    given.writable(str(directory))
    for path in init_directory(directory):
        show(str(path))
    say(f"next: corridor-sim run {directory}/starter.yaml")


def schema(page: Page = False) -> None:
    """Print the JSON Schema of the scenario language, for editors that check while one types."""
    from corridor_sim.loading import reference_page, schema_text

    show((reference_page() if page else schema_text()).rstrip("\n"))
