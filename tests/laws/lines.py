"""Random single track at saturation in both directions, and a log of which train was where, kept apart from the engine's books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st
from laws.parts import Data, number

from corridor_sim.engine.lines import Line, Runner, Section

DAYS = 24


@dataclass(frozen=True)
class Entry:
    """A train that enters a section: from a node to the next one."""

    line: str
    section: int
    way: int
    train: int
    at: float
    out: float

    @property
    def near(self) -> int:
        return self.section + self.way

    @property
    def far(self) -> int:
        return self.section + 1 - self.way


@contextmanager
def logged() -> Iterator[list[Entry]]:
    """A log of all entries into sections while it is open."""
    log: list[Entry] = []
    enter = Line._enter

    def noted(line: Line, section: Section, k: int, runner: Runner, now: float) -> None:
        enter(line, section, k, runner, now)
        log.append(Entry(line.plan.name, k, runner.direction, runner.v.number, now, section.out_h[runner.direction]))

    with patch.object(Line, "_enter", noted):
        yield log


@st.composite
def tracks(draw: st.DrawFn) -> Data:
    """What a leg says of its single track; a pair holds the slowest section for 3 h at most."""
    count = draw(st.integers(1, 8))
    leg: Data = {"mode": "rail", "length_km": 100.0}
    kind = draw(st.sampled_from(("count", "spacing", "list")))
    if kind == "list":
        runs = st.fixed_dictionaries({"run_out_min": number(12.0, 60.0), "run_back_min": number(12.0, 60.0)})
        leg["sections"] = [{"length_km": 100.0 / count, **draw(runs)} for _ in range(count)]
    else:
        leg |= {"sections": count, "speed_kmh": 100.0 / (count * draw(number(0.3, 1.0)))}
        leg["sections"] = {"spacing_km": 100.0 / count} if kind == "spacing" else count
        leg["cv"] = draw(st.sampled_from((0.0, 0.3)))
    alike = draw(st.booleans())
    leg["loops"] = draw(st.integers(2, 4)) if alike else draw(st.lists(st.integers(2, 5), min_size=count - 1, max_size=count - 1))
    leg["dispatch"] = draw(st.sampled_from(("fcfs", "alternate", {"platoon": 2}, {"platoon": 5})))
    leg |= draw(st.sampled_from(({}, {"station_interval_min": 3.5}, {"station_interval_min": 20.0})))
    leg |= draw(st.sampled_from(({}, {"headway_min": 7.1}, {"headway_min": 12.0}, {"headway_min": 80.0})))
    leg |= draw(st.sampled_from(({}, {}, {"window_h": 2.0}, {"window": {"hours": 5.3, "at": "21:20"}}, {"open": "daily 05:30-20:00"})))
    return leg | draw(st.sampled_from(({}, {"other_pairs_per_day": 1.7}, {"other_pairs_per_day": {"out": 3.0, "back": 0.0}})))


@st.composite
def saturated_lines(draw: st.DrawFn) -> Data:
    """One or two lines in a row, always trains at both ends, some of a better class; a yard of finite room between two lines."""
    two = draw(st.booleans())
    places = ["a", "b", "c"] if two else ["a", "b"]
    data: Data = {
        "name": "line", "start": "2025-01-01", "end": "2025-01-13", "warm_up_days": 2.0, "drain_days": 0.0,
        "classes": {"express": {"priority": 1}},
        "commodities": {"train": {"unit": "wagon", "t_per_unit": 1000.0}},
        "places": {place: {} for place in places},
        "legs": {f"{tail}{head}": draw(tracks()) | {"between": [tail, head]} for tail, head in pairwise(places)},
        "services": {"bulk": {"route": places, "carries": {"wagons": 1.0}}},
        "flows": {f"{way}_bulk": {**ends, "supply": "unlimited"} for way, ends in _ways(places).items()},
    }  # fmt: skip
    if two and draw(st.booleans()):
        data["places"]["b"] = {"yard": {"room_wagons": {"west": draw(st.integers(1, 4)), "east": draw(st.integers(1, 4))}}}
    if draw(st.booleans()):
        data["services"]["express"] = {"route": places, "carries": {"wagons": 1.0}, "class": "express", "speed_kmh": draw(number(20.0, 90.0))}
        per_year = 365 * draw(number(0.2, 1.0))
        data["flows"] |= {f"{way}_express": {**ends, "per_year": per_year} for way, ends in _ways(places).items()}
    for name, flow in data["flows"].items():
        flow |= {"commodity": "train", "consignment": 1, "routes": [{"services": [name.split("_")[1]]}]}
    return data


def _ways(places: list[str]) -> dict[str, Any]:
    return {"out": {"from": places[0], "to": places[-1]}, "back": {"from": places[-1], "to": places[0]}}
