"""Arguments and options that commands share, and the checks that come before any work."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from corridor_sim.errors import CorridorError, Fault

File = Annotated[Path, typer.Argument(metavar="FILE", help="Scenario file (YAML).", show_default=False)]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of a stored result.", show_default=False)]
Out = Annotated[str, typer.Option("--out", metavar="DIR", help="Where results go.")]
Case = Annotated[str | None, typer.Option("--case", metavar="ID", help="Case of the file to run; without: the base scenario.")]
Cases = Annotated[list[str] | None, typer.Option("--case", metavar="ID", help="Only these cases (may be repeated).")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Other random numbers than the file's.")]
Replications = Annotated[
    int | None,
    typer.Option("--replications", "-n", min=1, max=100_000, help="How many runs, instead of the file's number."),
]
Workers = Annotated[int | None, typer.Option("--workers", min=1, max=1024, help="Processes; without: one a core.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Compute again what is stored already.")]
Records = Annotated[bool, typer.Option("--records", help="Keep each visit and departure, not only months.")]
Disrupt = Annotated[
    list[str] | None,
    typer.Option(
        "--disrupt", metavar="TEXT", show_default=False,
        help="Close an element and tell what it costs: 'alat.port 2027-01-10 14d' (may be repeated).",
    ),
]  # fmt: skip
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no warnings.")]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


def writable(out: str) -> str:
    """Return out, made if need be; a CorridorError if nothing can be written there."""
    if "://" in out:
        raise CorridorError(Fault(f"expected a folder of this machine, got the address {out!r}", "--out", code="output"))
    try:
        Path(out).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out) as probe:
            probe.write(b"corridor_sim")
    except OSError as trouble:
        reason = trouble.strerror or str(trouble)
        raise CorridorError(Fault(f"results can't be written to {out!r}: {reason}", "--out", code="output")) from None
    return out
