"""The measures by name, as `data/target_measures.json` calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corridor_sim.credibility import land, seas, volumes
from corridor_sim.credibility.targets import Target
from corridor_sim.credibility.years import NotThereError, Sample, Year

MEASURES: dict[str, Callable[..., Sample]] = {
    measure.__name__: measure
    for measure in (
        seas.round_trip_days, seas.calls, seas.voyages_a_ship, seas.load_per_call, seas.load_per_voyage, seas.load_a_ship,
        seas.sailings_a_week, seas.load_a_month, seas.gap_days, seas.ship_wait_days, seas.berth_wait_h, seas.berth_service_h,
        seas.ships_waiting, seas.waiting_on_a_day, seas.closed_share,
        land.path_days, land.path_hours, land.speed_with_delay, land.time_lost, land.crossing_h, land.gates_h, land.truck_stay_h,
        land.trips_days, land.best_days, land.worst_wait_days, land.longest_moving_h,
        volumes.carried, volumes.carried_share, volumes.shipped, volumes.shipped_share, volumes.port_share, volumes.eastbound_share,
        volumes.trains, volumes.trains_a_day,
    )
}  # fmt: skip


def measured(target: Target, years: Mapping[int, Year]) -> tuple[Sample | None, str]:
    """Return what the run of a target's year says of it, and why nothing where it says nothing."""
    if not target.measure_by:
        return None, target.why_not
    if target.run is None or target.run not in years:
        return None, f"the year {target.run} wasn't run"
    try:
        sample = MEASURES[target.measure_by](years[target.run], **target.arguments)
    except NotThereError as reason:
        return None, str(reason)
    finite = sample.values[sample.values == sample.values]
    return (Sample(finite, sample.draws), "") if len(finite) else (None, "nothing of it happened in the run")
