"""Lines: single track of a leg by sections and loops."""

from __future__ import annotations

from typing import Any

from corridor_sim.build.dated import Dated
from corridor_sim.network import heading_between
from corridor_sim.plan import LinePlan, OtherPlan
from corridor_sim.scenario import Leg, Platoon, Scenario
from corridor_sim.single_track import holds_min, loop_tracks, section_runs_min
from corridor_sim.units import on_grid

WAYS = ("out", "back")


def line_numbers(scenario: Scenario) -> dict[str, int]:
    """Return the index of the line of each leg that is described by sections."""
    names = [name for name, leg in scenario.legs.items() if leg.sections is not None]
    return {name: number for number, name in enumerate(names)}


def line_plans(dated: Dated) -> tuple[LinePlan, ...]:
    """Return the plan of each line, in the order of `line_numbers`; all times on the grid."""
    return tuple(_line_plan(dated, name) for name in line_numbers(dated.scenario))


def _line_plan(dated: Dated, name: str) -> LinePlan:
    leg = dated.scenario.legs[name]
    holds = [sum(both) for both in holds_min(leg)]
    return LinePlan(
        name=name,
        run_h=tuple((_hours(out), _hours(back)) for out, back in section_runs_min(leg)),
        loops=loop_tracks(leg),
        headway_h=_hours(leg.headway_min or 0.0),
        interval_h=_hours(leg.station_interval_min or 0.0),
        platoon=_platoon(leg),
        worst=holds.index(max(holds)),
        others=_others(dated, name),
    )


def _hours(minutes: float) -> float:
    return on_grid(minutes / 60)


def _platoon(leg: Leg) -> int:
    """Return the trains of one way in a row while others wait: 0 for first come, first served."""
    if isinstance(leg.dispatch, Platoon):
        return leg.dispatch.platoon
    return 1 if leg.dispatch == "alternate" else 0


def _others(dated: Dated, name: str) -> tuple[OtherPlan, ...]:
    """Return the background trains out and back, none if there never are any."""
    scenario = dated.scenario
    ends = scenario.legs[name].ends
    heading = heading_between(scenario, *ends)

    def per_day(way: int) -> Any:
        return dated.timeline(lambda later: later.legs[name].other_pairs_per_day[way])

    found = tuple(OtherPlan(WAYS[way], heading ^ way, per_day(way), ("constant", 0.0)) for way in (0, 1))
    return found if any(rate for other in found for _, rate in other.per_day) else ()
