"""Shared fleets: vessels at work and in dry dock, and how often they change service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from corridor_sim.metrics.blocks import Block, Monthly, Periods


def fleet_blocks(table: dict[str, Any], names: Sequence[str], periods: Periods) -> Iterator[Block]:
    """Yield the measures of shared fleets; chartered vessels are neither at work nor docked."""
    monthly = Monthly(table, "fleet", len(names), periods)
    yield Block("fleet", names, "vessels", "1", monthly.sums("vessel_h") / periods.hours)
    yield Block("fleet", names, "docked", "1", monthly.sums("docked_h") / periods.hours)
    yield Block("fleet", names, "moves", "1", monthly.sums("moves"))
