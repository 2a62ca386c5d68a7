"""Daily numbers of borders: no day takes over more, the long-run mean is exact, what is beyond waits as in closed hours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from lines_of import flow, line, run, trips, visits

from corridor_sim.engine.quotas import Quota
from corridor_sim.errors import CorridorError
from corridor_sim.loading import load_mapping
from corridor_sim.outage_plan import QuotaPlan
from corridor_sim.streams import Draws, generator


def quota(per_day: Any, cv: float = 0.0, offset_h: float = 0.0) -> Quota:
    points = per_day if isinstance(per_day, tuple) else ((float("-inf"), per_day),)
    plan = QuotaPlan("other", (), 0, points, ((float("-inf"), cv),), True, offset_h)
    return Quota(plan, Draws(("gamma", 1.0, 0.0), generator(1, 0, "q")), 0.0)


def days(found: Any, heading: int = 0, offset_h: float = 0.0) -> Any:
    """Return how many vehicles were taken over on each local day."""
    starts = visits(found, "post.border", heading)["start_h"]
    return np.bincount(((starts + offset_h) // 24).astype(int))


def border(accepts: Any, **more: Any) -> dict[str, Any]:
    return {"lanes": 10, "inspection_h": 1, "other": {}, "accepts": accepts, **more}


# The number of a day


@pytest.mark.parametrize("per_day", [0.1, 2.5, 3.3, 8.5, 14.0])
def test_fractions_are_carried_so_that_the_long_run_mean_is_exact(per_day: float) -> None:
    one = quota(per_day)
    one.look(24.0 * 1000 - 1, None)
    numbers = [number for _, number in one.days]
    assert len(numbers) == 1000
    assert abs(sum(numbers) - 1000 * per_day) < 1
    assert set(numbers) <= {float(int(per_day)), float(int(per_day) + 1)}


def test_the_spread_from_day_to_day_is_as_stated() -> None:
    one = quota(12.0, cv=0.3)
    one.look(24.0 * 20_000, None)
    numbers = np.array([number for _, number in one.days])
    assert numbers.mean() == pytest.approx(12.0, rel=0.01)
    assert numbers.std() == pytest.approx(3.6, rel=0.05)
    assert set(numbers) <= set(map(float, range(60)))


def test_a_changed_mean_keeps_the_draws() -> None:
    one, other = quota(10.0, cv=0.4), quota(((float("-inf"), 10.0), (240.0, 20.0)), cv=0.4)
    for each in (one, other):
        each.look(24.0 * 300, None)
    before, after = np.array([number for _, number in one.days]), np.array([number for _, number in other.days])
    np.testing.assert_array_equal(before[:10], after[:10])
    assert np.corrcoef(before[10:], after[10:])[0, 1] > 0.98


def test_what_a_day_does_not_use_is_lost() -> None:
    found = run(line(places__post__border=border({"per_day": 4}), flows__out=flow("east", "west", 0, times=[1.0 * k for k in range(8)] + [50.0 + k for k in range(20)], per_year=None)))
    assert list(days(found)[:7]) == [4, 4, 4, 4, 4, 4, 4]  # two days have nothing left over from the first two


# At a border


def test_no_day_takes_over_more_and_overload_takes_over_all_of_it() -> None:
    found = run(line(places__post__border=border({"per_day": {"west": 8}}), flows__out=flow("east", "west", 12), flows__back=flow("west", "east", 12)))
    assert set(days(found)[1:-1]) == {8}
    assert set(days(found, heading=1)[2:58]) == {12}  # the other way is free


def test_the_day_begins_at_local_midnight() -> None:
    data = line(places__post__border=border({"per_day": 5}), flows__out=flow("east", "west", 12))
    data["places"]["post"]["utc_offset_h"] = 5.5
    found = run(data)
    assert set(days(found, offset_h=5.5)[2:58]) == {5}
    starts = visits(found, "post.border")["start_h"]
    assert starts[starts > 240][0] == pytest.approx(258.5)  # 00:00 there


def test_the_wait_for_another_day_is_closed_hours() -> None:
    found = run(line(places__post__border=border({"per_day": 8}), flows__out=flow("east", "west", 12)))
    month, of = found.tables["element_months"], trips(found, "out")
    at_post = month["element"] == found.names.elements.index("post.border")
    assert month["closed_h"][at_post].sum() > 1000
    assert month["wait_h"][at_post].sum() == 0.0
    np.testing.assert_allclose(of["last_h"] - of["ready_h"], of["moving_h"] + of["closed_h"], atol=1e-9)


def test_hours_that_are_closed_anyway_count_once() -> None:
    found = run(line(places__post__border=border({"per_day": 8}, open="daily 08:00-20:00", at_close="pause"), flows__out=flow("east", "west", 12)))
    of = trips(found, "out")
    np.testing.assert_allclose(of["last_h"] - of["ready_h"], of["moving_h"] + of["closed_h"] + of["queue_h"], atol=1e-9)
    assert (of["closed_h"] >= 0).all()
    assert set(days(found)[1:-1]) <= {7, 8, 9}


def test_background_uses_the_number_unless_told_otherwise() -> None:
    other = {"others": {"per_day": {"west": 6, "east": 0}, "service_h": 0.1}}
    counted = run(line(places__post__border=border({"per_day": 8}, other=other), flows__out=flow("east", "west", 12)))
    apart = run(line(places__post__border=border({"per_day": 8, "count_others": False}, other=other), flows__out=flow("east", "west", 12)))
    assert set(days(apart)[1:-1]) == {8}
    assert days(counted)[10:50].mean() < 6


def test_classes_have_numbers_of_their_own() -> None:
    data = line(places__post__border=border({"express": {"per_day": 2}, "other": {"per_day": 5}}), classes={"express": {"priority": 2}})
    data["services"]["fast"] = data["services"]["trains"] | {"class": "express"}
    data["flows"] = {"out": flow("east", "west", 12, routes=[{"services": ["trains"]}]), "mail": flow("east", "west", 6, routes=[{"services": ["fast"]}])}
    found = run(data)
    seen = visits(found, "post.border")
    for service, number in (("trains", 5), ("fast", 2)):
        starts = seen["start_h"][seen["service"] == found.names.services.index(service)]
        assert set(np.bincount((starts // 24).astype(int))[1:58]) == {number}


def test_a_dated_change_of_the_number_holds_from_its_day() -> None:
    data = line(places__post__border=border({"per_day": 4}), flows__out=flow("east", "west", 20))
    data["changes"] = {"more": {"on": "2025-02-01", "set": {"places.post.border.accepts.per_day": 9}}}
    found = days(run(data))
    assert set(found[1:31]) == {4}
    assert set(found[31:80]) == {9}


def test_a_number_from_a_later_date_on_bounds_nothing_before() -> None:
    data = line(flows__out=flow("east", "west", 12))
    data["changes"] = {"bar": {"on": "2025-02-01", "set": {"places.post.border.accepts": {"per_day": 0}}}}
    found = days(run(data))
    assert set(found[2:31]) == {12}
    assert len(found) == 31


def test_exit_and_entry_share_what_the_border_states() -> None:
    data = line(flows__out=flow("east", "west", 12), flows__back=flow("west", "east", 12))
    for place, country in (("east", "CN"), ("post", "KZ"), ("west", "KZ")):
        data["places"][place]["country"] = country
    stop = {"lanes": 4, "inspection_h": 1, "other": {}}
    data["places"]["post"]["border"] = {"other": {}, "accepts": {"per_day": {"west": 5, "east": 3}}, "entry": stop, "exit": stop}
    found = run(data)
    for name, number in (("post.border.entry", 5), ("post.border.exit", 3)):
        assert set(np.bincount((visits(found, name)["start_h"] // 24).astype(int))[1:58]) == {number}


def test_utilisation_is_the_part_of_the_number_that_is_used() -> None:
    found = run(line(places__post__border=border({"per_day": 24}), flows__out=flow("east", "west", 12)))
    month = found.tables["element_months"]
    at_post = (month["element"] == found.names.elements.index("post.border")) & (month["heading"] == 0) & (month["month"] == 1)
    assert month["busy_h"][at_post] / month["capacity_h"][at_post] == pytest.approx(0.5, rel=0.01)


def test_a_border_that_breaks_down_loses_its_numbers_of_those_days() -> None:
    data = line(places__post__border=border({"per_day": 8}), flows__out=flow("east", "west", 12), disruptions__d={"at": "post.border", "spells": [{"from": "2025-01-11", "to": "2025-01-14"}]})
    found = days(run(data))
    assert list(found[9:15]) == [8, 0, 0, 0, 8, 8]


# Mistakes


@pytest.mark.parametrize(
    ("accepts", "expected"),
    [
        ({"per_day": -1}, "at least 0"),
        ({"per_day": 3, "cv": 9}, "at most 3"),
        ({"per_dya": 3}, "accepts"),
        ({"expres": {"per_day": 3}}, "there is no class 'expres', did you mean 'express'"),
        ({"per_day": {"west": 3, "north": 2}}, "unknown field"),
    ],
)
def test_a_mistake_in_a_number_is_told(accepts: Any, expected: str) -> None:
    with pytest.raises(CorridorError, match=expected):
        load_mapping(line(classes={"express": {}}, places__post__border=border(accepts)))


def test_a_number_below_demand_or_below_the_others_is_a_warning() -> None:
    tight = load_mapping(line(places__post__border=border({"per_day": 3}), flows__out=flow("east", "west", 12)))
    assert any(warning.code == "load" and "demand of 2025" in warning.message for warning in tight.warnings)
    taken = load_mapping(line(places__post__border=border({"per_day": 3}, other={"x": {"per_day": 4}})))
    assert any(warning.code == "load" and "take all" in warning.message for warning in taken.warnings)
