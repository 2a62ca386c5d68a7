"""Metrics: the tables of one run as one long table of measures with their units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from corridor_sim.facts import Facts
from corridor_sim.metrics.blocks import COLUMNS, Block, Periods, long_table, periods_of
from corridor_sim.metrics.capacity import capacity_blocks
from corridor_sim.metrics.elements import element_blocks, elements_of, heading_blocks
from corridor_sim.metrics.fleets import fleet_blocks
from corridor_sim.metrics.groups import Portions, portions_of
from corridor_sim.metrics.locomotives import locomotive_blocks
from corridor_sim.metrics.services import end_blocks, fleets_of, pool_blocks, service_blocks
from corridor_sim.metrics.standing import missing_vessels, pen_blocks, place_blocks, room_blocks
from corridor_sim.metrics.standstill import standstill_blocks
from corridor_sim.metrics.transit import Parts, parts_of, transit_blocks, waiting_blocks
from corridor_sim.metrics.volumes import Volumes, backlog_blocks, held_block, turned_block, volume_blocks, volumes_of, waiting_block
from corridor_sim.metrics.wagons import wagon_blocks
from corridor_sim.records import Run

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "metric_table"]

# What nobody reads month by month over many years: these have months only in windows of up to three years.
DETAILS = {"branch_direction", "element_heading", "service_end", "pen", "room", "place"}
MOST_MONTHS = 36


def metric_table(run: Run, facts: Facts) -> pd.DataFrame:
    """Return the long table of a run's measures: case, replication, period, kind, subject, measure, value, unit, echoed."""
    periods, portions = periods_of(facts), portions_of(facts)
    parts = parts_of(run.tables["trips"], portions, periods, run.stopped_h)
    volumes = volumes_of(run.tables["flow_months"], parts, portions, periods, len(facts.flows))
    blocks = [
        *_freight(run, facts, periods, portions, parts, volumes),
        *_movement(run, facts, periods, portions, volumes),
        *_standing(run, facts, periods),
    ]
    return long_table(map(partial(_trimmed, periods), blocks), periods, run.case, run.replication)


def _trimmed(periods: Periods, block: Block) -> Block:
    """Return a block without its months, if it is a detail of a long window."""
    if periods.months <= MOST_MONTHS or block.kind not in DETAILS:
        return block
    echoed = np.broadcast_to(block.echoed, block.values.shape)
    return replace(block, values=block.values[:, : periods.coarse], echoed=echoed[:, : periods.coarse])


def _freight(
    run: Run, facts: Facts, periods: Periods, portions: Portions, parts: Parts, volumes: Volumes
) -> Iterator[Block]:
    """Yield what concerns freight: volumes, transit and delay."""
    yield from volume_blocks(volumes, portions, periods)
    yield waiting_block(run.tables["pen_months"], facts, periods)
    yield held_block(run.tables["flow_months"], facts, periods)
    yield turned_block(run.tables["flow_months"], facts, periods)
    yield from backlog_blocks(volumes, portions, periods)
    yield from transit_blocks(parts, run.tables["trips"], portions, periods)
    yield from waiting_blocks(parts, run.tables["trips"], portions, periods)


def _movement(run: Run, facts: Facts, periods: Periods, portions: Portions, volumes: Volumes) -> Iterator[Block]:
    """Yield what concerns vehicles: elements, services, fleets, capacity left."""
    echoed = volumes.echoed(portions)
    elements = elements_of(run.tables["element_months"], facts, periods)
    fleets = fleets_of(run.tables["service_months"], facts, periods)
    yield from element_blocks(elements, periods, echoed)
    yield from heading_blocks(run.tables["element_months"], facts, periods, echoed)
    yield from service_blocks(fleets, facts, periods, echoed)
    yield from end_blocks(fleets, facts, echoed)
    if "fleet_months" in run.tables:
        yield from fleet_blocks(run.tables["fleet_months"], run.names.fleets, periods)
    if "locomotive_months" in run.tables:
        yield from locomotive_blocks(run.tables["locomotive_months"], run.names, periods)
    if "pool_months" in run.tables:
        yield from wagon_blocks(run.tables, run.names, periods)
    yield from pool_blocks(fleets, *missing_vessels(run.tables["pen_months"], facts, periods), facts, periods)
    yield from capacity_blocks(elements, fleets, volumes, facts, portions, periods)


def _standing(run: Run, facts: Facts, periods: Periods) -> Iterator[Block]:
    """Yield what stands and waits: rooms, pens, places."""
    yield from room_blocks(run.tables["room_months"], facts, periods)
    yield from pen_blocks(run.tables["pen_months"], facts, periods)
    yield from place_blocks(run.tables["pen_months"], facts, periods)
    yield from standstill_blocks(run.tables, facts, periods)
