"""What lacks vessels or is closed for good is no knot: the run goes on to its end and says what stood still."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from laws.checks import LAWS
from laws.runs import busy_corridor, planned

from corridor_sim.engine import simulate
from corridor_sim.experiment import run_case
from corridor_sim.figures.reading import picture_of
from corridor_sim.loading import load_mapping
from corridor_sim.study import Study
from corridor_sim.summary import standing_lines, summary_lines


def corridor(**change: Any) -> dict[str, Any]:
    """The busy corridor over half a year with a change in February."""
    data = deepcopy(busy_corridor()) | {"end": "2025-07-01", "drain_days": 0.0}
    return data | ({"changes": {"x": {"on": "2025-02-10", "set": change}}} if change else {})


def studied(data: dict[str, Any]) -> Study:
    return run_case(load_mapping(data), replications=2, out=None, workers=1)


def test_a_fleet_without_vessels_beside_full_rooms_runs_to_the_end() -> None:
    plan = planned(corridor(**{"services.ferry.vessels": 0}))
    run = simulate(plan, 0, full_records=True)
    assert run.stopped_h == plan.end_h
    rooms = run.tables["room_months"]
    assert rooms["full_h"][rooms["month"] == 5].sum() > 0
    for law in LAWS:
        law(plan, run)


def test_what_waits_for_vessels_that_never_come_is_said() -> None:
    study = studied(corridor(**{"services.ferry.vessels": 0}))
    lines = standing_lines(study)
    assert len(lines) == 2
    assert all(line.startswith("STOOD STILL: ") and line.endswith(" wait for ferry, which has no vessels") for line in lines)
    assert {" of box in c ", " of box in d "} == {place for place in (" of box in c ", " of box in d ") if any(place in line for line in lines)}
    assert summary_lines(study)[1:3] == lines  # after the backlog that grows
    assert {f"{line}." for line in lines} <= set(picture_of(study).warnings)


def test_vessels_of_a_shared_fleet_that_are_all_gone_are_said() -> None:
    data = corridor(**{"fleets.ships.vessels": 0})
    for key in ("vessels", "home"):
        data["services"]["ferry"].pop(key, None)
    data["fleets"] = {"ships": {"vessels": 2, "home": "c", "services": ["ferry"]}}
    lines = standing_lines(studied(data))
    assert len(lines) == 2
    assert all(line.endswith(" wait for ferry, which has no vessels") for line in lines)


def test_a_service_that_stopped_is_said() -> None:
    data = corridor()
    data["services"]["ferry"]["runs_until"] = "2025-02-10"
    lines = standing_lines(studied(data))
    assert lines
    assert all(line.endswith(" wait for ferry, which sent nothing in the last month") for line in lines)


@pytest.mark.parametrize(  # the flow that begins in e doesn't pass its border
    ("change", "closed", "behind"), [("places.b.border.open", "b.border", 2), ("places.e.border.open", "e.border", 1)]
)
def test_a_border_that_never_opens_again_is_said(change: str, closed: str, behind: int) -> None:
    lines = standing_lines(studied(corridor(**{change: "never"})))
    flows = [line for line in lines if f", with {closed}" in line]
    assert len(flows) == behind
    assert all(line.endswith(" closed to the end") for line in flows)


def test_a_corridor_that_moves_stands_still_nowhere() -> None:
    assert standing_lines(studied(corridor())) == []


def test_overload_is_no_standstill() -> None:
    data = corridor()
    for flow in data["flows"].values():
        flow["per_year"] *= 10
    assert standing_lines(studied(data)) == []


def test_a_load_that_never_fills_a_vehicle_is_said() -> None:
    data = corridor()
    data["services"]["ferry"]["departs"] = {"at_least": 1.0}
    data["flows"] = {"out": dict(data["flows"]["out"], supply="scheduled", times=[10.0]) | {"consignment": 30}}
    data["flows"]["out"].pop("per_year")
    (line,) = standing_lines(studied(data))
    assert line == "STOOD STILL: 30 teu of box in c wait for ferry, which sent nothing in the last month"
