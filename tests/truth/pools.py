"""Small scenarios with pools of wagons whose answers are known."""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]
DAY = 24


def closed_loop(wagons: int, run_h: float, lane_h: float) -> Data:
    """Trains of one broad wagon between b and c past a border of one lane, fed over a gauge change at b by trains of narrow ones."""
    lane = {"country": "KZ", "border": {"lanes": 1, "inspection_h": {"exponential": {"mean": lane_h}}, "other": {}}}
    half = {"mode": "rail", "length_km": 1, "run_h": run_h}
    return {
        "name": "loop", "start": "2025-01-01", "end": "2031-01-01", "warm_up_days": 100, "drain_days": 0, "seed": 11,
        "commodities": {"load": {"unit": "wagon", "t_per_unit": 60}},
        "places": {"a": {"country": "CN"}, "b": {"country": "CN"}, "m": lane, "c": {"country": "KZ"}},
        "legs": {
            "ab": {"mode": "rail", "between": ["a", "b"], "length_km": 1, "run_h": 1, "gauge_mm": 1435},
            "bm": half | {"between": ["b", "m"]}, "mc": half | {"between": ["m", "c"]},
        },
        "services": {
            "narrow_train": {"route": ["a", "b"], "carries": {"wagons": 1}},
            "broad_train": {"route": ["b", "m", "c"], "carries": {"wagons": 1}},
        },
        "pools": {
            "narrow": {"gauge_mm": 1435, "services": ["narrow_train"], "stock": {"a": 100},
                       "returns": {"b": {"services": ["narrow_train"], "after_h": 0}}},
            "broad": {"gauge_mm": 1520, "services": ["broad_train"], "stock": {"b": wagons},
                      "returns": {"c": {"services": ["broad_train"], "after_h": 0}}},
        },
        "flows": {"f": {"from": "a", "to": "c", "commodity": "load", "per_year": 1000, "consignment": 1, "supply": "scheduled",
                        "routes": [{"services": ["narrow_train", "broad_train"]}]}},
    }  # fmt: skip


def unbalanced(stock: int, west_per_day: float, east_per_day: float) -> Data:
    """C05: more loads west than east; two days of dwell at each end are part of the runs, empties take nine days instead of ten."""

    def leg(days: int) -> Data:
        return {"mode": "rail", "between": ["e", "w"], "length_km": 1, "run_h": days * DAY}

    def flow(origin: str, to: str, per_day: float, service: str) -> Data:
        stated = {"from": origin, "to": to, "commodity": "load", "per_year": per_day * 365, "consignment": 1, "supply": "scheduled"}
        return stated | {"routes": [{"services": [service]}]}

    def service(leg: str, *route: str) -> Data:
        return {"route": list(route), "legs": [leg], "carries": {"wagons": 1}, "two_way": False}

    return {
        "name": "unbalanced", "start": "2025-01-01", "end": "2026-01-01", "warm_up_days": 120, "drain_days": 0, "seed": 1,
        "commodities": {"load": {"unit": "wagon", "t_per_unit": 60}},
        "places": {"e": {}, "w": {}},
        "legs": {"out": leg(14), "back": leg(12), "light": leg(11)},
        "services": {"west": service("out", "e", "w"), "east": service("back", "w", "e"), "empties": service("light", "w", "e")},
        "pools": {"wagons": {"services": ["west", "east", "empties"], "stock": {"e": stock},
                             "returns": {"w": {"services": ["empties"], "after_h": 0}}}},
        "flows": {"goods": flow("e", "w", west_per_day, "west"), "back_goods": flow("w", "e", east_per_day, "east")},
    }  # fmt: skip
