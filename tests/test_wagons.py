"""Pools of wagons: who waits for what, the way of the empties, conservation, and what is said of a pool that is empty for good."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.engine.wagons import WagonPool
from corridor_sim.errors import AuditError, CorridorError
from corridor_sim.facts import facts_of
from corridor_sim.loading import load_mapping, load_scenario
from corridor_sim.metrics import metric_table
from corridor_sim.records import Run

Data = dict[str, Any]
EXAMPLE = Path(__file__).parent.parent / "docs" / "rolling-stock.yaml"


def trains(**more: Any) -> Data:
    """Boxes from a over a gauge change at b to c; wagons take two of them, trains twenty."""
    return {
        "name": "pools", "start": "2025-01-01", "end": "2025-07-01", "warm_up_days": 0, "drain_days": 60, "seed": 5,
        "commodities": {"box": {"unit": "teu", "t_per_unit": 12}},
        "places": {"a": {}, "b": {}, "c": {}},
        "legs": {
            "ab": {"mode": "rail", "between": ["a", "b"], "length_km": 100, "run_h": 10, "gauge_mm": 1435},
            "bc": {"mode": "rail", "between": ["b", "c"], "length_km": 100, "run_h": 20},
        },
        "services": {
            "west": {"route": ["a", "b"], "carries": {"wagons": 10}},
            "east": {"route": ["b", "c"], "carries": {"wagons": 10}},
        },
        "pools": {
            "narrow": {"gauge_mm": 1435, "services": ["west"], "stock": {"a": 30},
                       "returns": {"b": {"services": ["west"], "after_h": 5}}},
            "broad": {"gauge_mm": 1520, "services": ["east"], "stock": {"b": 30},
                      "returns": {"c": {"services": ["east"], "after_h": 5}}},
        },
        "flows": {"f": flow("a", "c", "west", "east", times=[0, 30, 60])},
    } | more  # fmt: skip


def flow(origin: str, to: str, *services: str, **more: Any) -> Data:
    """Twenty boxes (ten wagons) a consignment."""
    stated: Data = {"from": origin, "to": to, "commodity": "box", "consignment": 20, "routes": [{"services": list(services)}]}
    return stated | ({"supply": "scheduled"} if "times" in more else {}) | more


def run(data: Data, replication: int = 0) -> Run:
    """One replication with full records; the audit has passed when it returns."""
    return simulate(build_plan(load_mapping(data)), replication, full_records=True)


def arrivals(found: Run, name: str = "f") -> list[float]:
    """When the consignments of a flow arrive."""
    table = found.tables["trips"]
    return [float(at) for at in table["last_h"][table["flow"] == found.names.flows.index(name)]]


def test_with_wagons_enough_nobody_waits() -> None:
    assert arrivals(run(trains())) == [30, 60, 90]


def test_a_load_waits_at_the_gauge_change_for_a_wagon_that_comes_back() -> None:
    data = trains()
    data["pools"]["broad"]["stock"] = {"b": 10}
    found = run(data)
    # out at 10, empty at c at 30, stands 5 h, back at b at 55: the load of 30 h, there at 40, goes then; the third at 100
    assert arrivals(found) == [30, 75, 120]
    assert [float(h) for h in found.tables["trips"]["vehicle_h"]][:3] == [0, 15, 30]


def test_a_load_is_split_over_the_wagons_at_hand() -> None:
    data = trains()
    data["pools"]["broad"]["stock"] = {"b": 4}
    found = run(data | {"flows": {"f": flow("a", "c", "west", "east", times=[0])}})
    assert (float(found.tables["trips"]["first_h"][0]), arrivals(found)) == (30, [120])  # 4, 4 and 2 wagons, every 45 h


def test_a_load_that_keeps_together_waits_for_all_its_wagons() -> None:
    data = trains(flows={"f": flow("a", "c", "west", "east", times=[0, 10], keep_together=True)})
    data["pools"]["broad"]["stock"] = {"b": 15}
    assert arrivals(run(data)) == [30, 75]


def test_empties_wait_for_a_return_load_first() -> None:
    data = trains(flows={"f": flow("a", "c", "west", "east", times=[0]), "g": flow("c", "b", "east", times=[34])})
    found = run(data)
    place = found.tables["pool_place_months"]
    at_c = (place["pool"] == 1) & (place["place"] == 2)
    assert (arrivals(found, "g"), place["taken"][at_c].sum(), place["sent"][at_c].sum()) == ([54], 10, 0)


def test_empties_take_room_on_trains() -> None:
    found = run(trains(flows={"f": flow("a", "c", "west", "east", times=[0])}))
    table = found.tables["departures"]
    east = found.names.services.index("east")
    back = (table["service"] == east) & (table["end"] == 1)
    assert (list(table["depart_h"][back]), list(table["wagons"][back])) == ([35], [10])


def test_as_many_return_as_are_wanted_and_some_are_kept() -> None:
    data = trains(flows={"f": flow("a", "c", "west", "east", times=[0, 100])})
    data["pools"]["broad"]["returns"]["c"] |= {"keep": 3, "wanted": 18}
    found = run(data)
    place = found.tables["pool_place_months"]
    at_c = (place["pool"] == 1) & (place["place"] == 2)
    # the first ten stay while twenty stand at b; when ten of them leave (110 h) eight go back, then those of the second train
    assert place["sent"][at_c].sum() == 8


def test_wagons_ride_the_ferry_under_their_load() -> None:
    data = trains()
    data["places"] |= {name: {"port": {"berths": {}, "other": {}}} for name in ("b", "c")}
    data["legs"]["bc"] = {"mode": "sea", "between": ["b", "c"], "length_km": 0}
    data["services"]["east"] = {"route": ["b", "c"], "carries": {"wagons": 10}, "vessels": 2, "run_h": 20, "departs": {"idle_h": 0}}
    data["legs"]["ab"]["gauge_mm"] = 1520
    data["pools"] = {"all": {"services": ["west", "east"], "stock": {"a": 10},
                             "returns": {"c": {"services": ["east", "west"], "after_h": 0}}}}  # fmt: skip
    assert arrivals(run(data)) == [30, 90, 150]  # one set of wagons: there at 30, back over sea and land at 60


@pytest.mark.parametrize("replication", range(2))
def test_the_same_seed_gives_the_same_bytes(replication: int) -> None:
    data = trains(flows={"f": flow("a", "c", "west", "east", per_year=8000)})
    first, second = (run(data, replication).tables for _ in range(2))
    for name in ("pool_months", "pool_place_months", "pool_need"):
        assert all(first[name][column].tobytes() == second[name][column].tobytes() for column in first[name])


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(0, 20000), st.integers(0, 20000), st.integers(0, 48), st.integers(0, 5),
    st.one_of(st.none(), st.integers(1, 30)), st.integers(1, 3), st.integers(1, 45), st.booleans(), st.integers(0, 5),
)  # fmt: skip
def test_no_wagon_is_lost(
    narrow: int, broad: int, out: int, back: int, after: int, keep: int, wanted: int | None, boxes: int, size: int, whole: bool, seed: int
) -> None:
    data = trains(end="2025-03-01", seed=seed)
    data["commodities"]["box"]["units_per_wagon"] = boxes
    for pool, stock, place in (("narrow", narrow, "b"), ("broad", broad, "c")):
        data["pools"][pool]["returns"][place] |= {"after_h": after, "keep": keep, "wanted": wanted}
        data["pools"][pool]["stock"] = {"a" if pool == "narrow" else "b": stock, place: 3}
    more = {"consignment": size, "keep_together": whole}
    data["flows"] = {
        "f": flow("a", "c", "west", "east", per_year=out) | more,
        "g": flow("c", "a", "east", "west", per_year=back) | more,
        "h": flow("b", "c", "east", per_year=back) | more,
    }
    found = run(data)  # the audit counts every wagon
    need = found.tables["pool_need"]
    assert found.audit["wagons_wrong"] == 0
    assert need["hours"].sum() == pytest.approx(2 * 59 * 24)


def test_a_lost_wagon_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = WagonPool._put

    def leak(yard: Any, wagons: float, now: float) -> None:
        sound(yard, wagons - (now == 30), now)

    monkeypatch.setattr(WagonPool, "_put", staticmethod(leak))
    with pytest.raises(AuditError, match="broad: 30 wagons, 29 found"):
        run(trains(flows={"f": flow("a", "c", "west", "east", times=[0])}))


def starving() -> Data:
    """Empties don't come back from c, so that the loads of later days wait for ever."""
    data = trains(flows={"f": flow("a", "c", "west", "east", times=[0, 50, 100, 150])})
    data["pools"]["broad"] |= {"returns": {}, "stock": {"b": 10}}
    return data


def test_a_pool_that_is_empty_for_good_is_named_and_no_error() -> None:
    plan = build_plan(load_mapping(starving()))
    found = simulate(plan, 0)
    table = metric_table(found, facts_of(plan, found.names))
    wanted = table[(table.period == "all") & (table.subject == "broad") & (table.measure == "starved")]
    assert wanted["value"].iloc[0] == 181 * 24 - 60 - 720  # the second load waits from 60 h; a month later the yard counts as starved


def test_the_summary_says_so(tmp_path: Any) -> None:
    from corridor_sim.experiment import simulate as study_of
    from corridor_sim.summary import summary_lines

    study = study_of(load_mapping(starving()), out=tmp_path, replications=1, workers=1)
    text = "\n".join(summary_lines(study))
    assert "wagons of broad: 10" in text
    assert "POOL broad EMPTY" in text


def test_a_pool_without_wagons_where_loads_take_them_is_warned_of() -> None:
    data = trains()
    data["pools"]["broad"] |= {"stock": {"c": 30}, "returns": {}}
    assert [w.message for w in load_mapping(data).warnings if "pools" in str(w)] == [
        "f takes wagons at b, where none stand at the start and none come: it waits for ever"
    ]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"narrow": {"services": ["west", "east"]}}, "ride wagons of pool narrow already"),
        ({"narrow": {"gauge_mm": 1520}}, "wagons of 1520 mm can't ride west: ab has 1435 mm"),
        ({"broad": {"stock": {"b": 0}}}, "expected at least one wagon"),
        ({"broad": {"stock": {"nowhere": 5}}}, "nowhere"),
        ({"broad": {"returns": {"c": {"services": ["west"]}}}}, "expected services of this pool"),
        ({"broad": {"stock": {"b": -1}}}, "stock"),
    ],
)
def test_a_pool_that_cannot_be_is_refused(edit: Data, said: str) -> None:
    data = deepcopy(trains())
    for pool, stated in edit.items():
        data["pools"][pool] |= stated
    with pytest.raises(CorridorError, match=said):
        build_plan(load_mapping(data))


def test_a_pool_stays_as_it_is_within_a_run() -> None:
    change = {"later": {"on": "2025-03-01", "set": {"pools.broad.stock.b": 40}}}
    with pytest.raises(CorridorError, match="can't change after the start"):
        load_mapping(trains(changes=change))


def test_fewer_wagons_carry_less_and_more_wait_less() -> None:
    fewer, base, more = (load_scenario(EXAMPLE, case) for case in ("fewer_wagons", "base", "more_wagons"))
    wanted = []
    for loaded in (fewer, base, more):
        found = simulate(build_plan(loaded), 0)
        table = found.tables["pool_place_months"]
        wanted.append(table["wanted_h"][table["pool"] == found.names.pools.index("broad")].sum())
    assert wanted[0] > 2 * wanted[1] > 4 * wanted[2]
    assert not base.warnings
