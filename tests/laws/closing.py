"""Random ways to close a corridor: disruptions of any element, closures, hours by season, daily quotas."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from laws.parts import Data, laws, number
from laws.strategies import small_scenarios

HOURS = ("daily 08:00-19:30", {"jan-feb": "Mon-Fri 07:10-18:00", "other": "daily 06:00-22:00"}, "Mon-Sat 00:00-24:00")
CLOSURES = [{"from": "2025-01-20 05:20", "to": "2025-01-24"}, {"from": "2025-02-08", "to": "2025-02-08 13:00", "note": "holiday"}]


@st.composite
def closing_scenarios(draw: st.DrawFn) -> Data:
    """Return a small scenario in which a lot is closed, slowed down and rationed."""
    data = draw(small_scenarios())
    data["disruptions"] = {f"d{k}": draw(disruptions(data)) for k in range(draw(st.integers(1, 4)))}
    for change in data.get("changes", {}).values():  # a fleet without vessels leaves full rooms for ever: a standstill that is meant
        change["set"] = {path: max(1, value) if path.endswith(".vessels") else value for path, value in change["set"].items()}
    for place in data["places"].values():
        _close_place(draw, place)
    for leg in data["legs"].values():
        if leg["mode"] != "sea" and draw(st.integers(0, 3)) == 0:
            leg |= draw(st.sampled_from(({"closures": CLOSURES}, {"open": HOURS[0]}, {"open": HOURS[1], "closed_days": ["02-03"]})))
    return data


def _close_place(draw: st.DrawFn, place: Data) -> None:
    if "port" in place:  # a yard's room just before the port where a route ends is a matter of its own
        place["yard"] = {key: value for key, value in place.get("yard", {}).items() if not key.startswith("room_")}
    for name in ("border", "gauge_change", "terminal", "port"):
        facility = place.get(name)
        if facility is not None and draw(st.integers(0, 2)) == 0:
            facility |= draw(st.sampled_from(({"closures": CLOSURES}, {"open": HOURS[1], "at_close": "pause"}, {"open": HOURS[0], "at_close": "wait"},
                                              {"open": HOURS[2], "closures": CLOSURES})))  # fmt: skip
    for pools in ("cranes", "ramps"):
        for pool in place.get("port", {}).get(pools, {}).values():
            pool |= {"open": HOURS[0]} if draw(st.integers(0, 2)) == 0 else {}
    for stop in (place.get("border"), *(place.get("border", {}).get(part) for part in ("exit", "entry", "road"))):
        if stop is not None and draw(st.integers(0, 1)):
            stop["accepts"] = draw(quotas())


@st.composite
def quotas(draw: st.DrawFn) -> Data:
    """A daily number, for all or by class."""
    one: Data = {"per_day": draw(st.one_of(number(0.3, 6.0), st.fixed_dictionaries({"west": number(0.3, 6.0)})))}
    one |= draw(st.sampled_from(({}, {"cv": 0.4}, {"count_others": False}, {"cv": 1.0, "count_others": False})))
    return one if draw(st.booleans()) else {"fast": {"per_day": draw(number(0.2, 3.0))}, "other": one}


@st.composite
def disruptions(draw: st.DrawFn, data: Data) -> Data:
    """Breakdowns or dated spells of one or two elements."""
    known = elements(data)
    at: Any = draw(st.sampled_from(known))
    at = [at, draw(st.sampled_from(known))] if draw(st.integers(0, 3)) == 0 else at
    factor = draw(st.sampled_from((0, 0, 0.5, 0.23)))
    if draw(st.booleans()):
        return {"at": at, "spells": [{"from": "2025-01-22 03:17", "to": "2025-01-26"}, {"from": "2025-02-04", "to": "2025-02-07 20:20", "factor": factor}]}
    found = {"at": at, "up_h": draw(laws(20.0, 200.0)), "down_h": draw(laws(2.0, 40.0)), "together": draw(st.booleans())}
    names = [at] if isinstance(at, str) else at
    if all(counts_use(data, name) for name in names) and draw(st.booleans()):
        return found | {"clock": "use"}
    return found | {"factor": factor}


def elements(data: Data) -> list[str]:
    """What can be struck."""
    names = [*data["legs"], *data["services"]]
    for name, place in data["places"].items():
        names += [f"{name}.{facility}" for facility in ("border", "gauge_change", "terminal", "yard", "port") if facility in place]
        names += [f"{name}.port.{kind}" for kind in place.get("port", {}).get("berths", {})]
        names += [f"{name}.port.{pools}.{key}" for pools in ("cranes", "ramps") for key in place.get("port", {}).get(pools, {})]
    return names


def counts_use(data: Data, name: str) -> bool:
    """Whether an element can break down by use: not a service on land, nor single track by sections."""
    if "sections" in data["legs"].get(name, {}):
        return False
    return name not in data["services"] or "berth" in data["services"][name]
