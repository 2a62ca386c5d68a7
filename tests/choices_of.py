"""Two ways from east to west, one through a post with one lane, and markets that choose between them; for tests of choice."""

from __future__ import annotations

from typing import Any

from lines_of import put

Data = dict[str, Any]
SERVICE_H = 2.0
PER_DAY = 20.0
SHORT_H, LONG_H = 10.0, 18.0  # running times by the post and round it


def market(**more: Any) -> Data:
    """Return a market of the one flow: a day is worth 400 USD, and 100 USD change the odds by e."""
    kept: Data = {"flows": ["out"], "value_of_time_usd_per_day": 400, "scale_per_usd": 0.01, "options": {"post": {}, "round": {}}}
    return kept | more


def two_ways(days: int = 365, chosen: Data | None = None, per_day: float = PER_DAY, **more: Any) -> Data:
    """Return a scenario whose one flow chooses between a short way through a post and a long free one; `more` is laid on it."""
    legs = {
        "east_post": ("east", "post", SHORT_H / 2), "post_west": ("post", "west", SHORT_H / 2),
        "east_away": ("east", "away", LONG_H / 2), "away_west": ("away", "west", LONG_H / 2),
    }  # fmt: skip
    data: Data = {
        "name": "two_ways", "start": "2025-01-01", "end": f"{2025 + days // 365}-01-01", "warm_up_days": 20, "drain_days": 60, "seed": 11,
        "replications": 2,
        "commodities": {"train": {"unit": "wagon", "t_per_unit": 1000}},
        "places": {
            "east": {"at": [40, 49]}, "west": {"at": [40, 41]}, "away": {"at": [45, 45]},
            "post": {"at": [40, 45], "border": {"lanes": 1, "inspection_h": SERVICE_H, "other": {}}},
        },
        "legs": {
            name: {"mode": "rail", "between": [a, b], "length_km": 100 * hours, "speed_kmh": 100} for name, (a, b, hours) in legs.items()
        },
        "services": {
            "by_post": {"route": ["east", "post", "west"], "carries": {"wagons": 1}},
            "by_away": {"route": ["east", "away", "west"], "carries": {"wagons": 1}},
        },
        "flows": {
            "out": {
                "from": "east", "to": "west", "commodity": "train", "per_year": 365 * per_day, "consignment": 1, "base_year": 2025,
                "routes": [
                    {"services": ["by_post"], "branch": "post", "share": 0.6}, {"services": ["by_away"], "branch": "round", "share": 0.4},
                ],
            }
        },
        "choice": {
            "on": True, "markets": {"all": market()}, "settle": {"iterations": 20, "tolerance": 0.005, "replications": 3},
            **(chosen or {}),
        },
    }  # fmt: skip
    for path, value in more.items():
        put(data, path.split("__"), value)
    return data
