"""A study of one case: its facts, metrics and tables, the same whether they were just computed or read from a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.facts import Facts

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Study:
    """Results of one case over its replications.

    metrics: the long table (see `metrics`). tables: name in `records.TABLES` -> frame with a `replication` column, read on first
    use. folder: where they are stored, None if only in memory. scenario: the resolved case as plain data.
    """

    name: str
    case: str
    facts: Facts
    manifest: dict[str, Any]
    scenario: dict[str, Any]
    metrics: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    folder: Path | None = None

    @property
    def replications(self) -> int:
        """The number of replications that are finished."""
        return len(self.manifest["replications"])

    @property
    def seed(self) -> int:
        """The seed of the random streams."""
        return int(self.manifest["seed"])

    @property
    def periods(self) -> list[str]:
        """The periods of the metrics: `all`, then years, then months."""
        years = dict.fromkeys(month[:4] for month in self.facts.months)
        return ["all", *years, *self.facts.months]
