"""The ranking of bottlenecks: waiting decides, utilisation breaks ties, and the evidence stands beside it."""

from __future__ import annotations

from typing import Any

import fakes
import pandas as pd
import pytest

from corridor_sim.bottlenecks import binding, ranking, tightest
from corridor_sim.facts import facts_of
from corridor_sim.metrics import metric_table
from corridor_sim.plan import Plan

MAIN_WEST, WEST, YARD, BERTH = 0, 4, 6, 8
HOURS = (744.0, 696.0, 744.0)


def metrics(replications: int = 1, plan: Plan | None = None, **rows: list[dict[str, float]]) -> pd.DataFrame:
    plan = plan or fakes.plan()
    runs = [fakes.run(plan, r, **rows) for r in range(replications)]
    return pd.concat([metric_table(run, facts_of(plan, run.names)) for run in runs], ignore_index=True)


def month(element: int, month: int, busy: float, **values: float) -> dict[str, Any]:
    hours = HOURS[month]
    return {
        "element": element, "month": month, "vehicles": 10, "net_t": 1000, "busy_h": busy * hours, "open_h": hours,
        "capacity_h": hours,
    } | values  # fmt: skip


def test_the_element_with_the_most_waiting_comes_first_though_another_is_busier() -> None:
    rows = [month(WEST, 0, 0.95, wait_h=10), month(YARD, 0, 0.60, wait_h=100)]
    table = ranking(metrics(element_months=rows))
    assert list(table["element"]) == ["aktau.yard", "west"]
    assert list(table["delay_share"]) == pytest.approx([100 / 110, 10 / 110])


def test_without_any_waiting_utilisation_ranks() -> None:
    rows = [month(WEST, 0, 0.5), month(YARD, 0, 0.6)]
    assert list(ranking(metrics(element_months=rows))["element"]) == ["aktau.yard", "west"]


def test_an_element_that_is_hardly_used_is_not_called_tight() -> None:
    rows = [month(WEST, 0, 0.5, wait_h=1), month(YARD, 0, 0.1, wait_h=100)]
    assert list(ranking(metrics(element_months=rows))["element"]) == ["west"]


def test_a_bottleneck_of_one_season_shows_by_its_worst_month() -> None:
    rows = [month(WEST, 0, 0.2), month(WEST, 1, 0.99, wait_h=50), month(WEST, 2, 0.2)]
    (evidence,) = tightest(metrics(element_months=rows))
    assert (evidence.element, evidence.worst_month) == ("west", "2024-02")
    assert evidence.worst_utilisation.mean == pytest.approx(0.99)
    assert evidence.utilisation.mean == pytest.approx((0.2 * 744 + 0.99 * 696 + 0.2 * 744) / 2184)
    assert evidence.wait_h.mean == pytest.approx(50 / 30)


def test_the_bottleneck_that_moves_is_named_at_both_places() -> None:
    # after truth K03: the first is the bottleneck in one half, the third in the other; the middle one is busiest on average
    rows = [
        month(MAIN_WEST, 0, 0.99, wait_h=100),
        month(MAIN_WEST, 2, 0.5),
        month(WEST, 0, 0.5),
        month(WEST, 2, 0.99, wait_h=100),
    ]
    rows += [month(YARD, m, 0.8) for m in (0, 2)]
    assert list(ranking(metrics(element_months=rows))["element"][:2]) == ["main.to_aktau", "west"]


def test_a_fleet_is_short_where_cargo_waits_for_a_vessel() -> None:
    pens = [{"pen": 1, "month": 0, "boarded": 100, "vehicle_unit_h": 500}]
    ships = [{"service": 1, "end": e, "month": 0, "departures": 5, "vessel_h": 1488, "cargo_wait_h": 74.4} for e in (0, 1)]
    rows = [month(WEST, 0, 0.5, wait_h=10)]
    first, second = tightest(metrics(pen_months=pens, service_months=ships, element_months=rows))
    assert (first.element, first.kind, second.element) == ("ferry", "fleet", "west")
    assert first.delay_share.mean == pytest.approx(6000 / 7000)
    assert first.utilisation.mean == pytest.approx(0.9)
    assert first.wait_h.mean == 5


def test_what_is_blocked_stands_against_the_room_that_refused() -> None:
    room = [{"room": 0, "month": 0, "held_h": 500 * 744, "capacity_h": 600 * 744, "full_h": 200, "peak": 600}]
    trips = [
        {"flow": 1, "units": 10, "delivered": 10, "ready_h": 0, "first_h": 100, "last_h": 100, "mean_h": 100, "blocked_h": 50}
    ]
    rows = [month(WEST, 0, 0.9, wait_h=1, blocked_h=900)]
    first, second = tightest(metrics(room_months=room, trips=trips, element_months=rows))
    assert (first.element, first.kind) == ("alat.port.room_wagons.west", "room")
    assert first.delay_share.mean == pytest.approx(500 / 600)
    assert second.wait_h.mean == pytest.approx(0.1)  # what is blocked isn't the leg's own


def test_what_is_closed_when_trains_come_holds_them_up_though_it_has_no_limit() -> None:
    rows = [month(WEST, 0, 0.5, wait_h=1), month(YARD, 0, 0.1, closed_h=9, capacity_h=0)]
    first, _ = tightest(metrics(element_months=rows))
    assert first.element == "aktau.yard"
    assert first.why == "without limit while it is open, waits 0.900 h a vehicle, 90.0 % of all waiting"


def test_evidence_reads_as_a_sentence() -> None:
    (evidence,) = tightest(metrics(element_months=[month(WEST, 1, 0.9, wait_h=50)]))
    assert evidence.why == "busy 90.0 % of the time (90.0 % in 2024-02), waits 5.00 h a vehicle, 100 % of all waiting"


def test_evidence_has_intervals_over_replications() -> None:
    table = pd.concat(
        [metrics(element_months=[month(WEST, 0, busy, wait_h=9)]).assign(replication=r) for r, busy in enumerate((0.4, 0.6))]
    )
    (evidence,) = tightest(table)
    assert (evidence.utilisation.n, evidence.utilisation.mean) == (2, pytest.approx(0.5))
    assert evidence.utilisation.half_width > 0


def test_nothing_is_tight_in_an_empty_corridor() -> None:
    assert tightest(metrics()) == []
    assert binding(metrics()) == ""


def test_no_more_than_asked_for() -> None:
    rows = [month(k, 0, 0.5, wait_h=k + 1) for k in range(7)]
    assert len(tightest(metrics(element_months=rows), n=2)) == 2


def test_what_binds_is_the_element_with_the_least_capacity_left() -> None:
    rows = [month(WEST, 0, 0.5), month(YARD, 0, 0.8), month(BERTH, 0, 0.1)]
    assert binding(metrics(element_months=rows)) == "aktau.yard"
