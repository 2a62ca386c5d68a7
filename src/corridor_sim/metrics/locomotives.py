"""Locomotives by district: in use, running light, idle, and how long trains wait for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corridor_sim.metrics.blocks import Block, Monthly, Periods, share
from corridor_sim.records import Names

MEANS = (
    ("stock", "stock_h", "locomotives"), ("hauling", "hauling_h", "locomotives"), ("light", "light_h", "locomotives"),
    ("idle", "idle_h", "locomotives"), ("waiting", "waiting_h", "trains"),
    ("abandoned", "abandoned_h", "trains"),
)  # fmt: skip


def locomotive_blocks(table: dict[str, Any], names: Names, periods: Periods) -> Iterator[Block]:
    """Yield the measures of districts (kind `locomotives`)."""
    monthly = Monthly(table, "district", len(names.districts), periods)
    sums = {column: monthly.sums(column) for column in table if column not in ("district", "month")}
    for measure, column, unit in MEANS:
        yield Block("locomotives", names.districts, measure, unit, sums[column] / periods.hours)
    yield Block("locomotives", names.districts, "in_use_share", "1", share(sums["hauling_h"] + sums["light_h"], sums["stock_h"]))
    yield Block("locomotives", names.districts, "taken", "trains", sums["taken"])
    yield Block("locomotives", names.districts, "at_once_share", "1", share(sums["at_once"], sums["taken"]))
    yield Block("locomotives", names.districts, "light_runs", "1", sums["light_runs"])
    yield Block("locomotives", names.districts, "given_up", "1", sums["given_up"])
    yield Block("locomotives", names.districts, "waited", "h", sums["waiting_h"])
    yield Block("locomotives", names.districts, "wait", "h", share(sums["waiting_h"], sums["taken"]))
    yield Block("locomotives", names.districts, "starved", "h", sums["starved_h"])
