"""More of a thing moves the result the right way: cases that share every unit variate and differ in one number."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from laws.runs import busy_corridor

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading.load import load_mapping
from corridor_sim.records import Run

REPLICATIONS = 4


def runs(scenario: dict[str, Any], replications: int = REPLICATIONS) -> list[Run]:
    plan = build_plan(load_mapping(scenario))
    return [simulate(plan, replication) for replication in range(replications)]


def with_(path: str, value: Any, scenario: dict[str, Any] | None = None) -> dict[str, Any]:
    """The busy corridor with one number replaced."""
    changed = deepcopy(scenario or busy_corridor())
    here, *names = changed, *path.split(".")
    for name in names[:-1]:
        here = here[name]
    here[names[-1]] = value
    return changed


def overloaded(factor: float = 10.0) -> dict[str, Any]:
    scenario = busy_corridor()
    for flow in scenario["flows"].values():
        flow["per_year"] *= factor
    return scenario


def delivered(found: list[Run]) -> float:
    return sum(float(run.tables["flow_months"]["delivered"].sum()) for run in found)


def waited(found: list[Run], element: str) -> float:
    """Hours that vehicles waited at an element."""
    total = 0.0
    for run in found:
        months = run.tables["element_months"]
        rows = months["element"] == run.names.elements.index(element)
        total += float(months["wait_h"][rows].sum() + months["closed_h"][rows].sum())
    return total


def mean_transit_h(found: list[Run]) -> float:
    """Mean hours from readiness to delivery, each unit once."""
    trips = [run.tables["trips"] for run in found]
    hours = sum(float(((t["mean_h"] - t["ready_h"]) * t["units"])[t["delivered"] == t["units"]].sum()) for t in trips)
    return hours / sum(float(t["units"][t["delivered"] == t["units"]].sum()) for t in trips)


def test_more_lanes_wait_less() -> None:
    waits = [waited(runs(with_("places.b.border.lanes", lanes)), "b.border") for lanes in (1, 2, 3)]
    assert waits[0] > waits[1] > waits[2]


def test_longer_inspection_waits_more() -> None:
    waits = [waited(runs(with_("places.b.border.inspection_h", {"gamma": {"mean": mean, "cv": 0.6}})), "b.border") for mean in (1.0, 3.0, 6.0)]
    assert waits[0] < waits[1] < waits[2]


def test_one_more_vessel_carries_no_less_under_overload() -> None:
    carried = [delivered(runs(with_("services.ferry.vessels", vessels, overloaded()))) for vessels in (1, 2, 3, 4)]
    assert carried == sorted(carried)
    assert carried[0] < carried[1]


def test_more_paths_carry_no_less_under_overload() -> None:
    carried = [delivered(runs(with_("legs.ab.pairs_per_day", pairs, with_("services.ferry.vessels", 6, overloaded())))) for pairs in (0.5, 1.0, 2.0)]
    assert carried == sorted(carried)
    assert carried[0] < carried[1]


def test_a_closed_leg_stops_deliveries() -> None:
    (run,) = runs(with_("legs.de.closes", "2025-01-20"), 1)
    months = run.tables["flow_months"]
    assert months["delivered"][months["month"] == 0].sum() > 0
    assert months["delivered"][months["month"] == 1].sum() == 0


def test_a_leg_without_pairs_stops_deliveries() -> None:
    change = {"shut": {"on": "2025-01-20", "set": {"legs.de.pairs_per_day": 0.0}}}
    (run,) = runs(busy_corridor() | {"changes": change}, 1)
    months = run.tables["flow_months"]
    assert months["delivered"][months["month"] == 1].sum() == 0


def test_more_demand_carries_more_until_capacity_and_then_no_more() -> None:
    carried = [delivered(runs(overloaded(factor))) for factor in (0.5, 1.0, 2.0, 8.0, 16.0)]
    assert carried[0] < carried[1] < carried[2]
    assert abs(carried[4] - carried[3]) < 0.05 * carried[3]


def test_more_wind_takes_longer() -> None:
    hours = [mean_transit_h(runs(with_("winds.gale.closed_share", {"other": share}))) for share in (0.0, 0.25, 0.5)]
    assert hours[0] < hours[1] < hours[2]


def test_a_faster_ferry_takes_less_time() -> None:
    hours = [mean_transit_h(runs(with_("services.ferry.speed_kmh", speed))) for speed in (9.0, 18.0, 30.0)]
    assert hours[0] > hours[1] > hours[2]


def test_a_longer_wait_to_fill_fills_more() -> None:
    fills = []
    for hours in (1.0, 60.0, 400.0):
        found = runs(with_("services.ferry.departs.after_first_lot_h", hours, overloaded(0.2)))
        months = [run.tables["service_months"] for run in found]
        laden = sum((m["departures"] - m["empty_departures"]).sum() for m in months)
        fills.append(sum(m["fill"].sum() for m in months) / laden)
    assert fills[0] < fills[1] < fills[2]


def test_one_ferry_more_leaves_every_other_draw_alone() -> None:
    few, more = (runs(with_("services.ferry.vessels", vessels), 1)[0] for vessels in (2, 3))
    assert (few.tables["trips"]["ready_h"] == more.tables["trips"]["ready_h"]).all()
    first = [run.names.elements.index("ab") for run in (few, more)]
    assert first[0] == first[1]
