"""Pools of wagons: stock in use, wagon turn, standing wagons by place, how often a load finds one, and how many would do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from corridor_sim.metrics.blocks import Block, Floats, Monthly, Periods, share
from corridor_sim.records import Names

SUPPLY = 0.95


def wagon_blocks(tables: dict[str, Any], names: Names, periods: Periods) -> Iterator[Block]:
    """Yield the measures of pools (kind `wagons`) and of their places (kind `wagons_place`, `pool.place`)."""
    yield from _whole(tables, names, periods)
    yield from _places(tables["pool_place_months"], names, periods)


def _whole(tables: dict[str, Any], names: Names, periods: Periods) -> Iterator[Block]:
    monthly = Monthly(tables["pool_months"], "pool", len(names.pools), periods)
    sums = {column: monthly.sums(column) for column in ("stock_h", "loaded_h", "returning_h", "taken", "at_once")}
    in_use = sums["loaded_h"] + sums["returning_h"]
    starved = Monthly(tables["pool_place_months"], "pool", len(names.pools), periods).largest("starved_h")
    for measure, column in (("stock", "stock_h"), ("loaded", "loaded_h"), ("returning", "returning_h")):
        yield Block("wagons", names.pools, measure, "wagons", sums[column] / periods.hours)
    yield Block("wagons", names.pools, "in_use_share", "1", share(in_use, sums["stock_h"]))
    yield Block("wagons", names.pools, "turn", "d", share(sums["stock_h"], sums["taken"]) / 24)
    yield Block("wagons", names.pools, "taken", "wagons", sums["taken"])
    yield Block("wagons", names.pools, "at_once_share", "1", share(sums["at_once"], sums["taken"]))
    yield Block("wagons", names.pools, "starved", "h", periods.sums(starved))
    yield Block("wagons", names.pools, "needed_95", "wagons", needed(tables["pool_need"], len(names.pools)))


def needed(table: dict[str, Any], pools: int) -> Floats:
    """Return the wagons under load, returning or wanted that are exceeded in 5 % of the hours [pools, 1]."""
    found = np.full((pools, 1), np.nan)
    for k in range(pools):
        mine = np.asarray(table["pool"], int) == k
        wagons, hours = np.asarray(table["wagons"])[mine], np.asarray(table["hours"])[mine]
        if hours.sum() > 0:
            order = np.argsort(wagons)
            passed = np.cumsum(hours[order]) >= SUPPLY * hours.sum() * (1 - 1e-12)
            found[k, 0] = wagons[order][np.argmax(passed)]
    return found


def _places(table: dict[str, Any], names: Names, periods: Periods) -> Iterator[Block]:
    pool, place = np.asarray(table["pool"], int), np.asarray(table["place"], int)
    pairs = sorted(set(zip(pool.tolist(), place.tolist(), strict=True)))
    number = {pair: k for k, pair in enumerate(pairs)}
    rows = {**table, "yard": np.array([number[pair] for pair in zip(pool.tolist(), place.tolist(), strict=True)], dtype=float)}
    monthly = Monthly(rows, "yard", len(pairs), periods)
    subjects = [f"{names.pools[k]}.{names.places[at]}" for k, at in pairs]
    for measure, column in (("standing", "standing_h"), ("wanted", "wanted_h")):
        yield Block("wagons_place", subjects, measure, "wagons", monthly.sums(column) / periods.hours)
    yield Block("wagons_place", subjects, "short_share", "1", monthly.sums("short_h") / periods.hours)
    yield Block("wagons_place", subjects, "tracks_held", "h", monthly.sums("track_h"))
    for measure in ("taken", "left", "sent"):
        yield Block("wagons_place", subjects, measure, "wagons", monthly.sums(measure))
