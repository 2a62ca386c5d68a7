"""The findings as tables on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corridor_sim.store import write_beside

if TYPE_CHECKING:
    from corridor_sim.credibility.findings import Findings

FOLDER = "credibility"


def write_findings(findings: Findings, out: str | Path) -> Path:
    """Return the folder below out that has the tables, each as Parquet and as CSV."""
    folder = Path(out) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in findings.tables().items():
        if len(table):
            write_beside(folder, name, table)
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return folder
