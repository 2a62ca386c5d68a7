"""Classes that exclude each other on one vehicle: never aboard together, and nothing waits for ever because of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridor_sim.build import build_plan
from corridor_sim.engine.run import simulate
from corridor_sim.engine.stands import Stand
from corridor_sim.loading import load_mapping

Data = dict[str, Any]
APART = [["dangerous", "driver"], ["dangerous", "reefer"]]
COMMODITIES = {"wagon": {"unit": "wagon", "t_per_unit": 60}, "truck": {"unit": "truck", "t_per_unit": 20}}


def crossing(flows: Data, departs: Data, shared: bool = False, **ferry: Any) -> Data:
    """Two ports and a ferry whose deck wagons and trucks share; shared: it is one of a fleet with another service."""
    service = {"route": ["one", "two"], "carries": {"wagons": 10, "trucks": 10}, "run_h": 10, "departs": departs, "not_with": APART} | ferry
    services = {"ferry": service if shared else {"vessels": 2} | service}
    if shared:
        services["other"] = service | {"route": ["three", "one"]}
    data = {
        "name": "crossing", "start": "2025-01-01", "end": "2025-02-01", "warm_up_days": 0, "drain_days": 60, "seed": 2,
        "classes": {"dangerous": {}, "driver": {}, "reefer": {}, "mail": {"priority": 1}},
        "commodities": COMMODITIES,
        "places": {name: {"port": {"berths": {"ferry": 1}, "other": {}}} for name in ("one", "two", "three")},
        "legs": {
            "a": {"mode": "sea", "between": ["one", "two"], "length_km": 0},
            "b": {"mode": "sea", "between": ["three", "one"], "length_km": 0},
        },
        "services": services,
        "flows": flows,
    }  # fmt: skip
    return data | ({"fleets": {"ships": {"vessels": 3, "home": "one", "services": ["ferry", "other"]}}} if shared else {})


def lots(name: str | None, *times: float, commodity: str = "truck", **more: Any) -> Data:
    flow = {"from": "one", "to": "two", "commodity": commodity, "consignment": 4, "supply": "scheduled", "times": list(times)}
    return flow | ({"class": name} if name else {}) | more


def loads(data: Data, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[tuple[float, list[tuple[str, int]]]]]:
    """Return (run, (hour, [(class, units) aboard]) of each boarding)."""
    found: list[tuple[float, list[tuple[str, int]]]] = []
    board = Stand.board

    def watched(stand: Stand, v: Any, now: float) -> None:
        board(stand, v, now)
        classes = {f"{name}": flow.get("class", "") for name, flow in data["flows"].items()}
        found.append((now, [(classes[lot.flow.plan.name], lot.units) for lot in v.lots]))

    with monkeypatch.context() as patch:
        patch.setattr(Stand, "board", watched)
        run = simulate(build_plan(load_mapping(data)), 0, full_records=True)
    return run, found


def test_the_head_of_the_queue_goes_and_takes_what_can_go_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dangerous wagons come first: plain trucks join them, drivers wait for the next ferry although they came before those."""
    flows = {"a": lots("dangerous", 1, commodity="wagon"), "b": lots("driver", 2), "c": lots(None, 3)}
    _, found = loads(crossing(flows, {"after_first_lot_h": 20}), monkeypatch)
    assert found == [(21, [("dangerous", 4), ("", 4)]), (22, [("driver", 4)])]


def test_only_what_can_go_together_makes_a_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four dangerous and eight with drivers are no full deck of ten; with six more dangerous the first ferry leaves."""
    flows = {"a": lots("dangerous", 1, 30, commodity="wagon", consignment=5), "b": lots("driver", 2, 3)}
    _, found = loads(crossing(flows, {"at_least": 1.0, "after_first_lot_h": 100}), monkeypatch)
    assert found == [(30, [("dangerous", 5), ("dangerous", 5)]), (102, [("driver", 4), ("driver", 4)])]


def test_a_called_ferry_leaves_the_others_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first ferry waits for the one berth, what it can't take calls the second."""
    flows = {"a": lots("dangerous", 1, commodity="wagon"), "b": lots("driver", 2)}
    data = crossing(flows, {}, handling_h=5, berth="ferry")
    found, boarded = loads(data, monkeypatch)
    assert boarded == [(1, [("dangerous", 4)]), (6, [("driver", 4)])]
    assert found.tables["departures"]["depart_h"].tolist() == [6, 11]


def test_priority_comes_before_the_time_of_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest lot calls a ferry at 20.5 h; mail goes first, and what called comes with the next."""
    flows = {"a": lots("driver", 1), "b": lots("mail", 2, commodity="wagon"), "c": lots("dangerous", 0.5, commodity="wagon")}
    kept = [["mail", "driver"], ["mail", "dangerous"], ["driver", "dangerous"]]
    _, found = loads(crossing(flows, {"after_first_lot_h": 20}, not_with=kept, vessels=3), monkeypatch)
    assert found == [(20.5, [("mail", 4)]), (20.5, [("dangerous", 4)]), (21, [("driver", 4)])]


def test_units_count_only_what_can_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    flows = {"a": lots("dangerous", 1, 40, commodity="wagon"), "b": lots("driver", 2)}
    _, found = loads(crossing(flows, {"at_least": 8}), monkeypatch)
    assert found == [(40, [("dangerous", 4), ("dangerous", 4)])]


def test_without_classes_apart_pens_are_shared() -> None:
    flows = {"a": lots("driver", 1), "b": lots(None, 2)}
    apart = build_plan(load_mapping(crossing(flows, {})))
    together = build_plan(load_mapping(crossing(flows, {}, not_with=[["dangerous", "reefer"]])))
    assert [pen.class_name for pen in apart.pens] == ["driver", ""]
    assert [pen.class_name for pen in together.pens] == [""]


@st.composite
def crossings(draw: st.DrawFn) -> Data:
    """Random load of every class on a ferry that keeps some apart, alone or of a fleet."""
    names = [None, "dangerous", "driver", "reefer", "mail"]
    flows = {}
    for k, name in enumerate(draw(st.lists(st.sampled_from(names), min_size=2, max_size=6))):
        times = draw(st.lists(st.integers(0, 400), min_size=1, max_size=8))
        ends = {} if draw(st.booleans()) else {"from": "two", "to": "one"}
        commodity = draw(st.sampled_from(("wagon", "truck")))
        more = {"keep_together": draw(st.booleans()), "consignment": draw(st.integers(1, 12))}
        flows[f"f{k}"] = lots(name, *sorted(map(float, times)), commodity=commodity, **more, **ends)
    enough = draw(st.sampled_from(({}, {"at_least": 0.5}, {"at_least": 1.0, "after_first_lot_h": 30}, {"after_first_lot_h": 10}, {"at_least": 6})))
    handling = {"handling_h": draw(st.sampled_from((0, 3)))}
    berth = {"berth": "ferry"} if draw(st.booleans()) else {}
    patience = {} if "after_first_lot_h" in enough or not enough else {"after_first_lot_h": 60}
    return crossing(flows, enough | patience | {"idle_h": 0}, draw(st.booleans()), **handling, **berth)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(data=crossings())
def test_no_sailing_breaks_the_rule_and_all_arrive(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    run, found = loads(data, monkeypatch)
    for _, aboard in found:
        classes = {name for name, _ in aboard}
        assert not any(set(pair) <= classes for pair in APART), aboard
    table = run.tables["flow_months"]
    assert sum(units for _, aboard in found for _, units in aboard) == table["ready"].sum()
    assert (run.tables["trips"]["delivered"] == run.tables["trips"]["units"]).all()
