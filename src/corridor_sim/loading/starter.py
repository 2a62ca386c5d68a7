"""A directory to start from: a commented scenario, its table of sources and the schema."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.loading.schema import NAME, schema_text

FILES = ("starter.yaml", "sources.csv")


def starter_text(name: str) -> str:
    """Return a file of the starter: starter.yaml or sources.csv."""
    return (files("corridor_sim") / "data" / "starter" / name).read_text(encoding="utf-8")


def init_directory(directory: str | Path) -> list[Path]:
    """Return the files written to a directory: scenario, sources and schema; raises CorridorError where one exists."""
    folder = Path(directory)
    texts = {name: starter_text(name) for name in FILES} | {NAME: schema_text()}
    existing = [name for name in texts if (folder / name).exists()]
    if existing:
        raise CorridorError(
            *(Fault("exists already, nothing was written", file=str(folder / name), code="file") for name in existing)
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CorridorError(Fault(f"can't be written: {error.strerror}", file=str(folder), code="file")) from None
    return [folder / name for name in texts]
