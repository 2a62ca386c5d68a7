"""Fleets over several services: who goes where, who is at hand, and nothing is lost on the way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fleets_of import SAIL_H, flow, months, ports, run, sailings, service, vessels

from corridor_sim.build import build_plan
from corridor_sim.engine.fleets import Fleet
from corridor_sim.engine.run import simulate
from corridor_sim.engine.sharing import FleetService
from corridor_sim.errors import AuditError
from corridor_sim.loading import load_mapping

LOADS = {"a": flow("kuryk", "alat", 5), "b": flow("tkb", "alat", 5, 6, 7)}


# Where a vessel goes


def test_a_vessel_that_empties_goes_where_most_load_waits() -> None:
    """It fetches ten wagons at kuryk; back at 25 h it finds none there and thirty at tkb: three voyages."""
    assert sailings(run(ports(LOADS))) == [
        ("north", "alat", 5), ("north", "kuryk", 15), ("south", "alat", 25), ("south", "tkb", 35), ("south", "alat", 45),
        ("south", "tkb", 55), ("south", "alat", 65), ("south", "tkb", 75),
    ]  # fmt: skip


def test_it_stays_for_the_shortest_stay() -> None:
    """On the north since 0 h, so it changes at 48 h, for the load that has waited for it meanwhile."""
    found = sailings(run(ports(LOADS, {"minimum_stay_days": 2})))
    assert found[:4] == [("north", "alat", 5), ("north", "kuryk", 15), ("south", "alat", 48), ("south", "tkb", 58)]


def test_a_stay_that_is_over_lets_it_change_for_a_load_where_it_idles() -> None:
    flows = {"a": flow("kuryk", "alat", 5), "b": flow("alat", "tkb", 30)}
    for days, leaves in ((0, 30), (3, 72)):
        assert sailings(run(ports(flows, {"minimum_stay_days": days})))[-1] == ("south", "alat", leaves)


def wanted(*services: tuple[str, float, int], own: str = "") -> str:
    """The service that a vessel goes to, of (name, waiting load in vessels, vessels assigned)."""
    stands = {
        name: SimpleNamespace(name=name, service=SimpleNamespace(fleet=fleet), runs=SimpleNamespace(waiting_load=lambda load=load: load))
        for name, load, fleet in services
    }
    return str(Fleet._most_wanted(list(stands.values()), stands.get(own)).name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("services", "own", "goes"),
    [
        ([("north", 3.0, 2), ("south", 2.0, 0)], "north", "south"),  # 3/2 a vessel against 2/1
        ([("north", 3.0, 2), ("south", 1.4, 0)], "north", "north"),  # 3/2 against 1.4/1
        ([("north", 3.0, 2), ("south", 1.4, 0)], "", "south"),  # one that comes: 3/3 against 1.4/1
        ([("north", 0.0, 1), ("south", 0.0, 1)], "south", "south"),  # nothing waits: it stays
        ([("north", 0.0, 2), ("south", 0.0, 1)], "", "south"),  # nothing waits: where there are fewest
        ([("north", 2.0, 1), ("south", 2.0, 1)], "", "north"),  # a tie: in the order of the file
        ([("north", 1.0, 1), ("south", 1.0, 0)], "north", "north"),  # a tie: it stays
        ([("north", 1.0, 1), ("east", 4.0, 3), ("south", 2.0, 1)], "north", "north"),  # 1/1, 4/4, 2/2: all equal
    ],
)
def test_load_a_vessel_decides_itself_counted(services: Any, own: str, goes: str) -> None:
    assert wanted(*services, own=own) == goes


def test_waiting_load_counts_at_both_ends() -> None:
    """Ten wagons at tkb and ten for it at alat outweigh fifteen at kuryk."""
    flows = {
        "first": flow("kuryk", "alat", 5),
        "a": flow("kuryk", "alat", 16, consignment=15),
        "b": flow("tkb", "alat", 17, consignment=9),
        "c": flow("alat", "tkb", 18, consignment=9),
    }
    assert sailings(run(ports(flows)))[2:] == []  # nine never fill a vessel: it waits on the south
    more = {"services": {"north": service("kuryk"), "south": service("tkb", departs={"at_least": 0.9, "idle_h": 0})}}
    assert sailings(run(ports(flows, **more)))[2:4] == [("south", "alat", 25), ("south", "tkb", 35)]


def test_services_keep_their_minimum() -> None:
    """All load is in the north: two of three vessels serve it, the third is kept in the south."""
    north = {"a": flow("kuryk", "alat", *range(10, 1200, 4)), "b": flow("tkb", "alat", 1400)}
    kept, free = (run(ports(north, {"vessels": 3, "minimum": least})) for least in ({"south": 1}, {}))
    assert vessels(kept, "south") == pytest.approx(1.0)
    assert all(name == "north" for name, _, at in sailings(kept) if at < 1400)
    assert vessels(free, "south") < 0.05
    assert len(sailings(free)) > len(sailings(kept))


def test_a_service_below_its_minimum_comes_first() -> None:
    """The minimum of the south comes at day 20: the next vessels that empty go there, though all load is in the north."""
    north = {"a": flow("kuryk", "alat", *range(10, 1200, 4)), "b": flow("tkb", "alat", 1400)}
    later = {"m": {"on": "2025-01-21", "set": {"fleets.ships.minimum": {"south": 2}}}}
    found = run(ports(north, {"vessels": 3}, changes=later))
    assert vessels(found, "south") == pytest.approx(2 * 39 / 59, abs=0.1)


def test_vessels_of_a_service_that_stops_go_to_the_others() -> None:
    """The south stops on 21 January; what lay in tkb comes back and works in the north."""
    services = {"north": service("kuryk"), "south": service("tkb", runs_until="2025-01-21")}
    flows = {"a": flow("kuryk", "alat", *range(600, 1400, 5)), "b": flow("alat", "tkb", 5)}
    found = sailings(run(ports(flows, services=services)))
    assert found[:2] == [("south", "alat", 5), ("south", "tkb", 480)]
    assert {name for name, _, at in found if at > 480} == {"north"}


def test_a_service_that_is_halted_lends_its_vessels() -> None:
    """The south is halted for ten days: its vessel carries what waits in the north meanwhile."""
    flows = {"a": flow("kuryk", "alat", *range(10, 240, 10)), "b": flow("tkb", "alat", *range(10, 240, 20))}
    halt = {"halt": {"at": "services.south", "spells": [{"from": "2025-01-02", "to": "2025-01-12"}]}}
    kept = {"vessels": 2, "minimum": {"south": 1, "north": 1}}
    halted, whole = run(ports(flows, kept, disruptions=halt)), run(ports(flows, kept))
    assert sum(name == "south" for name, _, at in sailings(halted) if 24 < at < 264) == 0
    assert sum(name == "north" for name, _, at in sailings(halted) if 24 < at < 240) > 1.5 * sum(
        name == "north" for name, _, at in sailings(whole) if 24 < at < 240
    )


def test_fleets_run_on_land_too() -> None:
    """Trucks of one haulier on two roads out of osh: they go where load waits, and the books balance."""
    road = {"mode": "road", "length_km": 300, "speed_kmh": 30}
    trucks = {"carries": {"trucks": 1}, "departs": {"idle_h": 0}}
    data = {
        "name": "haulier", "start": "2025-01-01", "end": "2025-02-01", "warm_up_days": 0, "drain_days": 10, "seed": 1,
        "commodities": {"truck": {"unit": "truck", "t_per_unit": 20}},
        "places": {"kashgar": {}, "osh": {}, "andijan": {"border": {"lanes": 1, "inspection_h": 2, "other": {}}, "country": "UZ"}},
        "legs": {"pass": road | {"between": ["kashgar", "osh"]}, "valley": road | {"between": ["osh", "andijan"], "length_km": 50}},
        "services": {"east": trucks | {"route": ["kashgar", "osh"]}, "west": trucks | {"route": ["osh", "andijan"]}},
        "fleets": {"haulier": {"vessels": 4, "home": "osh", "services": ["east", "west"]}},
        "flows": {
            "a": {"from": "kashgar", "to": "andijan", "commodity": "truck", "consignment": 1, "supply": "scheduled", "times": [*range(0, 300, 7)],
                  "routes": [{"services": ["east", "west"]}]},
        },
    }  # fmt: skip
    found = run(data)
    assert found.tables["trips"]["delivered"].sum() == 43
    assert months(found, "moves")[0] > 20


def test_vessels_begin_where_they_are_said_to() -> None:
    flows = {"a": flow("kuryk", "alat", 0, 0), "b": flow("tkb", "alat", 0)}
    found = run(ports(flows, {"vessels": 3, "start_at": ["kuryk", "tkb"]}))
    assert sorted(sailings(found)) == [("north", "kuryk", 0), ("north", "kuryk", 0), ("south", "tkb", 0)]
    own = {"services": {"north": service("kuryk", vessels=2, start_at=["kuryk", "alat"]), "south": service("tkb", vessels=0)}}
    alone = ports({"a": flow("kuryk", "alat", 0, 0)}, **own)
    del alone["fleets"]
    assert sailings(run(alone)) == [("north", "kuryk", 0), ("north", "alat", 0), ("north", "kuryk", SAIL_H)]


# Who is at hand


def test_vessels_are_chartered_away_by_month_and_come_back_at_home() -> None:
    found = run(ports(LOADS, {"vessels": 5, "share_by_month": {"jan": 1, "feb": 0.5, "other": 1}}, end="2025-04-01"))
    assert months(found, "vessel_h") == [5 * 31 * 24, 3 * 28 * 24, 5 * 31 * 24]  # halves up


def test_a_vessel_at_sea_is_chartered_when_it_is_next_empty() -> None:
    """Sent at 735 h of 744 in January, it lands at 745 h, one hour into February."""
    found = run(ports({"b": flow("alat", "tkb", 735)}, {"share_by_month": {"feb": 0, "other": 1}}))
    assert months(found, "vessel_h") == [744, 1]


def test_each_vessel_docks_once_a_period() -> None:
    """Four idle vessels, ten days of each hundred in a thousand: exactly a tenth of the time."""
    found = run(ports(LOADS, {"vessels": 4, "dry_dock": {"every_days": 100, "days": 10}}, end="2027-09-28"))
    assert sum(months(found, "docked_h")) == 4 * 10 * 240
    assert sum(months(found, "vessel_h")) == 4 * 9 * 2400


def test_dockings_of_a_busy_fleet_take_their_share() -> None:
    busy = {"a": flow("kuryk", "alat", supply="unlimited"), "b": flow("tkb", "alat", supply="unlimited")}
    found = run(ports(busy, {"vessels": 6, "dry_dock": {"every_days": 50, "days": 5}}, end="2026-01-01"))
    docked, work = sum(months(found, "docked_h")), sum(months(found, "vessel_h"))
    assert docked + work == pytest.approx(6 * 8760)
    assert docked / (docked + work) == pytest.approx(0.1, abs=0.01)


def test_a_vessel_that_is_due_takes_load_home_first() -> None:
    """Due at 9 h, at alat at 10 h: it brings what waits there, and docks when that is unloaded."""
    loads = {"a": flow("tkb", "alat", 0), "b": flow("alat", "tkb", 0)}
    ships = {"vessels": 1, "home": "tkb", "dry_dock": {"every_days": 0.75, "days": 0.5}}
    assert sailings(run(ports(loads, ships)))[:2] == [("south", "tkb", 0), ("south", "alat", 10)]
    without = sailings(run(ports({"a": loads["a"]}, ships)))  # nothing to take along: it docks there
    assert without == [("south", "tkb", 0)]


def test_a_fleet_changes_by_date() -> None:
    """The value is the latest set plus every add up to then: 3, 3 + 2, 1 + 2."""
    more = {"on": "2025-02-01", "add": {"fleets.ships.vessels": 2}}
    less = {"on": "2025-03-01", "set": {"fleets.ships.vessels": 1}}
    found = run(ports(LOADS, {"vessels": 3}, end="2025-04-01", changes={"more": more, "less": less}))
    assert months(found, "vessel_h") == [3 * 744, 5 * 672, 3 * 744]


def test_the_season_multiplies_what_the_date_gives() -> None:
    changes = {"more": {"on": "2025-02-15", "set": {"fleets.ships.vessels": 8}}}
    found = run(ports(LOADS, {"vessels": 4, "share_by_month": {"feb": 0.5, "other": 1}}, end="2025-04-01", changes=changes))
    assert months(found, "vessel_h") == [4 * 744, 2 * 14 * 24 + 4 * 14 * 24, 8 * 744]


# Nothing is lost


EVERYTHING = {
    "vessels": 5, "minimum": {"south": 1}, "minimum_stay_days": 3, "share_by_month": {"feb": 0.6, "may": 0.4, "other": 1},
    "dry_dock": {"every_days": 60, "days": 7},
}  # fmt: skip


def busy(**more: Any) -> dict[str, Any]:
    """A year of random load on every way of the two services, with berths, ramps and wind."""
    berths = {"ferry": {"count": 2, "handling_wagons_per_h": 4}}
    ramps = {"link": {"count": 1, "serves": ["ferry"], "wagons_per_h": 5}}
    port = {"berths": berths, "ramps": ramps, "other": {}, "wind": {"follows": "gale", "handling": 0.5}}
    sea = {"berth": "ferry", "departs": {"at_least": 0.8, "after_first_lot_h": 40, "idle_h": 12}}
    yearly = {"consignment": 3, "per_year": 3000}
    flows = {f"{a}_{b}": flow(a, b, **yearly) for a, b in (("kuryk", "alat"), ("alat", "kuryk"), ("tkb", "alat"), ("alat", "tkb"))}
    flows["kuryk_alat"]["season"] = {"jan-jun": 1.8, "other": 0.2}
    return ports(
        flows, EVERYTHING, end="2026-01-01", drain_days=60,
        services={"north": service("kuryk", **sea), "south": service("tkb", run_h={"lognormal": {"mean": 14, "cv": 0.4}}, **sea)},
        winds={"gale": {"closed_share": {"jan": 0.3, "other": 0.1}, "episode_h": {"exponential": {"mean": 30}}}},
        places={name: {"port": port} for name in ("alat", "kuryk", "tkb")},
    ) | more  # fmt: skip


@pytest.mark.parametrize("replication", range(3))
def test_vessels_lots_and_hours_balance_with_everything_on(replication: int) -> None:
    found = run(busy(), replication)
    assert found.audit["units_lost"] == found.audit["vehicles_lost"] == found.audit["ledger_error_h"] == 0
    assert sum(months(found, "docked_h")) > 0
    assert sum(months(found, "moves")) > 5


def test_the_same_seed_gives_the_same_sailings() -> None:
    one, other = (run(busy()).tables["departures"] for _ in range(2))
    assert all(np.array_equal(one[column], other[column], equal_nan=True) for column in one)


def test_vessels_on_services_sum_to_those_of_the_fleet() -> None:
    found = run(busy())
    table = found.tables["service_months"]
    of_services = [table["vessel_h"][(table["month"] == month) & (table["end"] == 0)].sum() for month in range(12)]
    assert of_services == pytest.approx(months(found, "vessel_h"))


def test_no_vessel_is_ever_beyond_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen at every change: no service below its minimum while a vessel that just emptied is above one elsewhere, no early change."""
    early = []
    change = Fleet._change

    def watched(fleet: Fleet, v: Any, target: Any) -> None:
        short = target.service.fleet < fleet.minimum[target.service.number]
        if fleet.clock.now < v.since + fleet.stay_h and not short:
            early.append(v.number)
        if v.service.fleet <= fleet.minimum[v.service.number]:
            early.append(-v.number)
        change(fleet, v, target)

    monkeypatch.setattr(Fleet, "_change", watched)
    run(busy())
    assert early == []


def test_a_lost_vessel_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit names a vessel that is taken from its place and sent nowhere."""
    settle, lost = FleetService.settle, []

    def dropped(service: FleetService, stand: Any, v: Any) -> None:
        settle(service, stand, v)
        if service.clock.now > 2000 and not lost and v in stand.idle and not stand.pending:
            stand.idle.remove(v)
            lost.append(v.number)

    monkeypatch.setattr(FleetService, "settle", dropped)
    with pytest.raises(AuditError, match=r"lost: \[\d+\]"):
        run(busy())


def test_a_vessel_counted_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assign = Fleet._assign

    def twice(fleet: Fleet, v: Any, stand: Any) -> None:
        assign(fleet, v, stand)
        if fleet.clock.now > 2000:
            stand.service.count_fleet(1)

    monkeypatch.setattr(Fleet, "_assign", twice)
    with pytest.raises(AuditError, match="which counts"):
        run(busy())


def test_a_fleet_of_one_service_is_that_service_with_its_vessels() -> None:
    """Split fleets and plain services give the same trips, hour by hour."""
    split = busy()
    split["fleets"] = {name: {"vessels": 3, "home": "alat", "services": [name]} for name in ("north", "south")}
    plain = busy()
    del plain["fleets"]
    for name in ("north", "south"):
        plain["services"][name] |= {"vessels": 3, "home": "alat"}
    one, other = (run(data).tables for data in (split, plain))
    for table in ("trips", "service_months", "departures"):
        columns = one[table].keys() - {"vehicle"}
        assert all(np.array_equal(one[table][c], other[table][c], equal_nan=True) for c in columns), table


# More from the same ships


def test_a_shared_fleet_carries_more_under_unbalanced_demand() -> None:
    """Half a year of load in the north, half a year in the south: four ships shared against two and two."""

    def seasonal(months: str) -> dict[str, Any]:
        return {"per_year": 9000, "consignment": 5, "season": {months: 1.9, "other": 0.1}}

    flows = {"a": flow("kuryk", "alat", **seasonal("jan-jun")), "b": flow("tkb", "alat", **seasonal("jul-dec"))}
    more = {"end": "2026-01-01", "services": {"north": service("kuryk", run_h=30), "south": service("tkb", run_h=30)}}
    shared, split = (ports(flows, {"vessels": 4}, **more), ports(flows, {"vessels": 4}, **more))
    split["fleets"] = {name: {"vessels": 2, "home": "alat", "services": [name]} for name in ("north", "south")}
    carried = [[run(data, r).tables["flow_months"]["delivered"].sum() for r in range(3)] for data in (shared, split)]
    assert all(one > 1.2 * other for one, other in zip(*carried, strict=True)), carried


def test_plans_travel_to_workers() -> None:
    import pickle

    plan = build_plan(load_mapping(busy()))
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert simulate(plan, 0).audit["vehicles_lost"] == 0
