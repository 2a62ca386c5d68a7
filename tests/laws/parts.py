"""Random parts of a corridor: laws, calendars, stations, legs and departure rules, as a scenario file states them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Data = dict[str, Any]
CALENDARS = (
    "always", "Mon-Fri 08:00-20:00", "daily 09:10-17:00", "22:00-06:00", "Mon-Sat 08:00-12:00, 13:00-20:20; Sun 09:00-13:00",
)  # fmt: skip


def number(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers with two decimals: most are off the grid of time."""
    return st.floats(low, high, allow_nan=False).map(lambda x: round(x, 2))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value or None."""
    return st.one_of(st.none(), strategy)


@st.composite
def laws(draw: st.DrawFn, low: float, high: float) -> Any:
    """A law of hours whose mean lies between two numbers."""
    mean = draw(number(low, high))
    if mean < 0.05:  # the language has no exponential of mean 0
        return mean
    kind = draw(st.sampled_from(("number", "number", "exponential", "gamma", "lognormal", "triangular", "uniform", "empirical", "mixture")))
    return {
        "number": mean,
        "exponential": {"exponential": {"mean": mean}},
        "gamma": {"gamma": {"mean": mean, "cv": 0.6}},
        "lognormal": {"lognormal": {"mean": mean, "cv": 0.9}},
        "triangular": {"triangular": {"low": 0.5 * mean, "mode": mean, "high": 1.5 * mean}},
        "uniform": {"uniform": {"low": 0.2 * mean, "high": 1.8 * mean}},
        "empirical": {"empirical": {"values": [0.0, mean, 1.3 * mean]}},
        "mixture": {"mixture": [{"share": 0.9, "law": 0.7 * mean}, {"share": 0.1, "law": {"exponential": {"mean": 3.7 * mean}}}]},
    }[kind]


@st.composite
def timings(draw: st.DrawFn, low: float, high: float) -> Any:
    """A law, or one by class of vehicle."""
    if draw(st.integers(0, 3)):
        return draw(laws(low, high))
    return {"by_class": {name: draw(laws(low, high)) for name in draw(st.sampled_from((("road",), ("rail", "fast"), ("slow",))))} | {
        "other": draw(laws(low, high))}}  # fmt: skip


@st.composite
def stops(draw: st.DrawFn, steady: bool) -> Data:
    """Lanes that check vehicles, with hours and background traffic."""
    stop: Data = {"lanes": draw(st.sampled_from((1, 1, 2, 3, "unlimited"))), "inspection_h": draw(timings(0.0, 3.0))}
    return stop | draw(hours(steady))


@st.composite
def hours(draw: st.DrawFn, steady: bool) -> Data:
    """Opening hours, what happens at closing, and background traffic of a station."""
    found: Data = {}
    if draw(st.booleans()):
        found |= {"open": draw(st.sampled_from(CALENDARS)), "at_close": draw(st.sampled_from(("finish", "pause", "wait")))}
    if draw(st.integers(0, 4)) == 0:
        found["closed_days"] = ["2025-02-03..2025-02-05", "03-08"]
    if draw(st.integers(0, 2)) == 0:
        per_day = draw(number(0.1, 0.4 if steady else 8.0))
        service = {"service_h": draw(laws(0.1, 0.6 if steady else 4.0))} if steady or draw(st.booleans()) else {}
        found["other"] = {"local": {"per_day": draw(st.sampled_from((per_day, {"west": per_day, "east": 0.0}))), **service}}
    return found


@st.composite
def single_track(draw: st.DrawFn) -> Data:
    """Sections and loops of a railway, and who goes first."""
    track: Data = {"sections": draw(st.integers(1, 5)), "loops": draw(st.integers(2, 3))}
    track["dispatch"] = draw(st.sampled_from(("fcfs", "alternate", {"platoon": 3})))
    track |= draw(st.sampled_from(({}, {"headway_min": 10.0}, {"station_interval_min": 3.0})))
    return track | draw(st.sampled_from(({}, {}, {"other_pairs_per_day": 0.3})))


@st.composite
def rail_legs(draw: st.DrawFn, ends: tuple[str, str], gauge_mm: int, steady: bool) -> Data:
    """A railway by sections, with stated paths or without."""
    leg: Data = {"mode": "rail", "between": list(ends), "length_km": draw(number(10.0, 500.0)), "gauge_mm": gauge_mm}
    leg |= draw(st.sampled_from(({"speed_kmh": 30.0}, {"speed_kmh": 41.3, "cv": 0.2}, {"run_h": {"out": 7.3, "back": 11.1}})))
    by_sections = draw(st.integers(0, 2)) == 0
    leg |= draw(single_track()) if by_sections else {}
    pairs = None if by_sections else draw(maybe(number(1.0, 6.0)))
    if pairs is not None:
        leg["pairs_per_day"] = draw(st.sampled_from((pairs, {"out": pairs, "back": round(pairs / 2, 2) + 0.5})))
        leg |= {"other_pairs_per_day": 0.3, "other_weight": 1.2} if draw(st.booleans()) else {}
        leg |= {"paths": "clockface"} if draw(st.integers(0, 3)) == 0 else {}
    leg |= draw(st.sampled_from(({}, {}, {"window_h": 2.0}, {"window": {"hours": 5.3, "at": "21:20"}})))
    leg |= draw(st.sampled_from(({}, {}, {}, {"max_gross_t": {"out": 3000.0, "back": 900.0}}, {"max_wagons": 25.0})))
    if not steady and draw(st.integers(0, 9)) == 0:
        leg |= draw(st.sampled_from(({"closes": "2025-02-10"}, {"opens": "2025-02-01"})))
    return leg


@st.composite
def road_legs(draw: st.DrawFn, ends: tuple[str, str]) -> Data:
    """A road."""
    return {"mode": "road", "between": list(ends), "length_km": draw(number(20.0, 400.0)), "speed_kmh": draw(number(20.0, 70.0))}


@st.composite
def rules(draw: st.DrawFn, size: float, steady: bool, finite: bool) -> Data:
    """Departure rules of every kind; those of a finite fleet bring empties back unless load comes both ways."""
    rule: Data = {}
    if steady and not finite:  # a flood of small trains would fill what both directions share
        rule["at_least"] = draw(st.sampled_from((0.6, 0.9, 1.0)))
        rule |= {"after_first_lot_h": draw(number(30.0, 90.0))} if draw(st.booleans()) else {}
    elif draw(st.booleans()):
        rule["at_least"] = draw(st.sampled_from((0.3, 0.9, 1.0, {"share": 0.55}, {"units": max(1.0, round(size / 2))})))
        if not steady or draw(st.booleans()):
            rule["after_first_lot_h"] = draw(number(0.0, 90.0))
    elif draw(st.booleans()):
        rule["after_first_lot_h"] = draw(number(0.0, 60.0))
    if draw(st.integers(0, 3)) == 0:
        rule["after_departure_h"] = draw(number(20.0, 120.0))
    if finite and (steady or draw(st.booleans())):
        rule["idle_h"] = draw(number(0.0, 40.0))
    if draw(st.integers(0, 3)) == 0:
        rule["timetable"] = draw(st.sampled_from((
            {"every_h": 7.3}, {"every_h": 24.0, "offset_h": 5.1}, {"days": ["Mon", "Wed", "Sat"], "at": "03:20"},
        )))  # fmt: skip
    return rule
