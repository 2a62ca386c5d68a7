"""Random small corridors in the scenario language: 3 to 7 places in a line or a Y, one sea crossing, traffic both ways."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from laws.parts import Data, hours, laws, maybe, number, rail_legs, road_legs, rules, stops, timings

COMMODITIES: Data = {
    "box": {"unit": "teu", "t_per_unit": 12.0, "gross_t_per_unit": 14.3},
    "empty_box": {"unit": "teu", "t_per_unit": 2.2, "empty": True},
    "wagon": {"unit": "wagon", "t_per_unit": 55.0, "gross_t_per_unit": 79.0},
    "grain": {"unit": "t", "t_per_unit": 1.0, "units_per_wagon": 63.0},
    "truck": {"unit": "truck", "t_per_unit": 20.0, "gross_t_per_unit": 36.0},
}
UNITS_A_WAGON = {"box": 2.0, "empty_box": 2.0, "wagon": 1.0, "grain": 63.0, "truck": 1.0}
CLASSES: Data = {"fast": {"priority": 2}, "slow": {"priority": 8}}
LOADS = {"light": (0.05, 0.5), "middle": (0.5, 2.0), "heavy": (4.0, 9.0)}  # consignments a day of about a vehicle each


@dataclass
class Side:
    """The land on one side of the sea: places from the far end to the port, mode, and where the gauge changes."""

    places: list[str]
    mode: str
    change: int | None  # index of the place where the gauge changes
    branch: str | None = None
    junction: int = 0
    finite: bool | None = None  # whether its vehicles are counted; None: drawn by service

    @property
    def port(self) -> str:
        return self.places[-1]

    def chains(self) -> list[list[str]]:
        """The routes that services run, from the far end to the port."""
        if len(self.places) == 1:
            chains = []
        elif self.change is None:
            chains = [self.places]
        else:
            chains = [self.places[: self.change + 1], self.places[self.change :]]
        return chains + ([[self.branch, *self.places[self.junction :]]] if self.branch else [])

    @property
    def origins(self) -> list[str]:
        return [self.places[0]] + ([self.branch] if self.branch else [])


@dataclass
class Corridor:
    """A scenario in the making."""

    draw: st.DrawFn
    load: str
    steady: bool  # nothing closes for good, no class starves another, nothing but our own load fills what is shared
    data: Data = field(default_factory=dict)

    def pick(self, *values: Any) -> Any:
        return self.draw(st.sampled_from(values))

    def one_in(self, n: int) -> bool:
        return self.draw(st.integers(1, n)) == 1


@st.composite
def small_scenarios(draw: st.DrawFn, load: str | None = None, steady: bool = False) -> Data:
    """Return a scenario; load: light, middle or heavy (both ways), drawn by flow if None."""
    c = Corridor(draw, load or "", steady)
    c.data = {"name": "small", **_frame(c), "classes": CLASSES, "commodities": COMMODITIES, "places": {}, "legs": {}, "services": {}}
    east, west = _side(c, "e", draw(st.integers(1, 3))), _side(c, "w", draw(st.integers(1, 3)))
    if len(east.places) + len(west.places) == 2 and not (east.branch or west.branch):
        east.places = ["e9", *east.places]
    for side in (east, west):
        _land(c, side)
    _sea(c, east, west)
    _facilities(c, east, west)
    c.data["flows"] = _flows(c, east, west)
    _rooms(c)
    _changes(c)
    return c.data


def _frame(c: Corridor) -> Data:
    start, end = c.pick(("2025-01-01", "2025-03-20"), ("2025-01-15", "2025-03-01"))
    if c.steady:
        start, end = "2025-01-01", "2025-04-01"
    return {"start": start, "end": end, "warm_up_days": c.pick(0.0, 7.3, 30.0), "drain_days": c.pick(0.0, 20.0, 60.0),
            "seed": c.draw(st.integers(0, 9))}  # fmt: skip


# Land


def _side(c: Corridor, prefix: str, size: int) -> Side:
    places = [f"{prefix}{k}" for k in range(size)]
    mode = c.pick("rail", "rail", "road")
    change = 1 if size == 3 and mode == "rail" and c.draw(st.booleans()) else None
    finite = c.draw(st.booleans()) if c.steady else None  # a counted train behind endless ones would never come back
    side = Side(places, mode, change, finite=finite)
    if c.one_in(3):
        side.branch, side.junction = f"{prefix}x", c.draw(st.integers(change or 0, size - 1))
    return side


def _land(c: Corridor, side: Side) -> None:
    for place in [*([side.branch] if side.branch else []), *side.places]:
        c.data["places"][place] = {}
    joins = list(zip(side.places, side.places[1:], strict=False))
    for k, ends in enumerate(joins):
        gauge = 1435 if side.change is not None and k < side.change else 1520
        c.data["legs"]["_".join(ends)] = _leg(c, side, ends, gauge)
    if side.branch:
        ends = side.branch, side.places[side.junction]
        c.data["legs"]["_".join(ends)] = _leg(c, side, ends, 1520)
    for k, chain in enumerate(side.chains()):
        for twin in range(1 + c.one_in(4)):
            c.data["services"][f"{side.mode}_{chain[0]}_{k}{twin}"] = _land_service(c, side, chain)


def _leg(c: Corridor, side: Side, ends: tuple[str, str], gauge_mm: int) -> Data:
    return c.draw(road_legs(ends) if side.mode == "road" else rail_legs(ends, gauge_mm, c.steady))


def _land_service(c: Corridor, side: Side, chain: list[str]) -> Data:
    mode = side.mode
    route = chain if c.draw(st.booleans()) else chain[::-1]
    size = c.draw(st.integers(5, 40)) if mode == "rail" else c.draw(st.integers(1, 15))
    if c.steady:
        size = max(size, 8)
    carries: Data = {"wagons" if mode == "rail" else "trucks": float(size)}
    if mode == "rail":
        carries |= c.pick({}, {}, {"teu": 1.5 * size}, {"t": 60.0 * size})
    finite = c.one_in(3) if side.finite is None else side.finite
    service: Data = {"route": route, "carries": carries, "departs": c.draw(rules(size, c.steady, finite))}
    if finite:
        service |= {"vessels": c.draw(st.integers(1, 4)), "home": c.pick(route[0], route[-1])}
    service |= {"class": c.pick("fast", "slow")} if c.one_in(3) and not c.steady else {}
    service |= {"speed_kmh": 23.7} if c.one_in(5) else {}
    service |= {"handling_h": c.pick(1.7, {"load": 2.1, "unload": {"exponential": {"mean": 3.0}}})} if c.one_in(5) else {}
    return service


# Sea


def _sea(c: Corridor, east: Side, west: Side) -> None:
    c.data["winds"] = {"gale": {"closed_share": {"jan": 0.3, "other": 0.1}, "episode_h": c.draw(laws(10.0, 40.0))}}
    c.data["legs"]["crossing"] = {"mode": "sea", "between": [east.port, west.port], "length_km": c.draw(number(100.0, 400.0))}
    for port in (east.port, west.port):
        c.data["places"][port]["port"] = {"berths": {}}
    for k in range(c.draw(st.integers(1, 3))):
        _ferry(c, k, east.port, west.port)
    for port in (east.port, west.port):
        _port(c, c.data["places"][port]["port"])


def _ferry(c: Corridor, k: int, one: str, other: str) -> None:
    mixed = k == 0 or c.draw(st.booleans())
    size = float(c.draw(st.integers(10, 52)))
    carries = {"wagons": size, "trucks": c.pick(size, round(0.8 * size))} if mixed else {"teu": 2 * size}
    carries |= {"t": 70.0 * size} if c.one_in(3) else {}
    kind = c.pick("ferry", "quay") if mixed else c.pick("quay", "box")
    service: Data = {
        "route": c.pick([one, other], [other, one]), "vessels": c.draw(st.integers(1, 4)), "berth": kind, "carries": carries,
        "departs": c.draw(rules(size, c.steady, True)),
    }  # fmt: skip
    service |= c.pick({"speed_kmh": 17.3}, {"speed_kmh": 20.0, "cv": 0.2}, {"run_h": {"out": 13.1, "back": {"uniform": {"low": 10, "high": 20}}}})
    service |= {"home": c.pick(one, other)} if c.draw(st.booleans()) else {}
    service |= {"handling_h": c.draw(laws(1.0, 12.0))} if c.one_in(3) else {}
    service |= {"departs_at": {other: c.draw(rules(size, c.steady, True))}} if c.one_in(4) else {}
    if c.one_in(4):  # berths of its own: who waits alongside keeps others out
        kind, service["waits_at"] = f"own{k}", "berth"
        service["berth"] = kind
    c.data["services"][f"ferry{k}"] = service
    for port in (one, other):
        berth: Data = {"count": c.draw(st.integers(1, 2)), "call_h": c.draw(laws(0.0, 4.0))}
        berth |= {f"handling_{m}_per_h": c.draw(number(4.0, 30.0)) for m in ("wagons", "trucks", "teu") if c.draw(st.booleans())}
        c.data["places"][port]["port"]["berths"].setdefault(kind, berth)


def _port(c: Corridor, port: Data) -> None:
    kinds = list(port["berths"])
    if c.one_in(3):
        port["ramps"] = {"ramp": {"count": c.pick(1, 2), "serves": kinds[:1], "wagons_per_h": 12.3, "trucks_per_h": 9.7}}
    if c.one_in(3):
        port["cranes"] = {"crane": {"count": 2, "per_vessel": c.pick(1, 2), "serves": kinds[-2:], "moves_per_h": 8.5}}
    if c.draw(st.booleans()):
        port["wind"] = {"follows": "gale", "correlation": 0.7, "departure": 1.0, "berthing": c.pick(0.0, 0.6, 1.0), "handling": c.pick(0.0, 0.4)}
    if c.one_in(4):
        port["other"] = {"calls": {"per_day": 0.2, "berth": kinds[0], "handling_h": c.draw(laws(1.0, 8.0))}}
    port |= {"payload_factor": 0.83} if c.one_in(4) else {}


# Facilities, in random order


def _facilities(c: Corridor, east: Side, west: Side) -> None:
    for k, side in enumerate((east, west)):
        lon = [52.0 + 3 * n if k == 0 else 50.0 - 3 * n for n in range(len(side.places) + 1)]
        for n, name in enumerate([*side.places[::-1], *([side.branch] if side.branch else [])]):
            place = {"at": [40.0, lon[n]], "country": c.pick("KZ", "AZ", "GE"), **({"utc_offset_h": c.pick(5.0, 5.5, 4.3)} if c.one_in(2) else {})}
            met = _inland(c, side, name) | c.data["places"][name]  # its port, where it is one
            names = c.draw(st.permutations(list(met)))
            c.data["places"][name] = place | {facility: met[facility] for facility in names}


def _inland(c: Corridor, side: Side, name: str) -> Data:
    found: Data = {}
    if c.one_in(2):
        found["border"] = _border(c)
    if c.one_in(3):
        found["yard"] = {"passage_h": c.draw(timings(0.0, 3.0))}
    if side.change is not None and name == side.places[side.change]:
        found["gauge_change"] = {
            "tracks": c.draw(st.integers(1, 3)), "station_h": c.draw(timings(0.0, 1.0 if c.steady else 4.0)), "fronts": c.pick(1, 2, "unlimited"),
            "handling_wagons_per_h": c.draw(maybe(number(20.0 if c.steady else 2.0, 40.0))), **c.draw(hours(c.steady)),
        }  # fmt: skip
    if c.one_in(3):
        found["terminal"] = {
            "tracks": c.pick(1, 2, "unlimited"), "handling_h": c.draw(timings(0.0, 2.0)), "handling_teu_per_h": c.draw(maybe(number(5.0, 30.0))),
            "handling_wagons_per_h": c.draw(maybe(number(5.0, 30.0))), **c.draw(hours(c.steady)),
        }  # fmt: skip
    return found


def _border(c: Corridor) -> Data:
    border = c.draw(stops(c.steady))
    for part in ("exit", "entry", "road"):
        if c.one_in(4):
            border[part] = c.draw(stops(c.steady))
    return border


# Demand


def _flows(c: Corridor, east: Side, west: Side) -> Data:
    flows: Data = {}
    pairs = [(east.places[0], west.places[0]), (west.places[0], east.places[0])]
    for _ in range(c.draw(st.integers(0, 3))):
        pair = c.pick(*east.origins), c.pick(*west.origins)
        pairs.append(pair if c.draw(st.booleans()) else pair[::-1])
    for k, (origin, destination) in enumerate(pairs):
        flows[f"f{k}"] = _flow(c, (east, west), origin, destination)
    return flows


def _flow(c: Corridor, sides: tuple[Side, Side], origin: str, destination: str) -> Data:
    modes = {side.mode for side in sides for place in (origin, destination) if place in side.origins and place != side.port}
    commodity = c.pick(*{"rail": ("box", "empty_box", "wagon", "grain"), "road": ("box", "truck")}[modes.pop()]) if len(modes) == 1 else (
        "box" if modes else c.pick("box", "wagon", "truck"))  # fmt: skip
    consignment = max(1, round(c.draw(st.integers(3, 30)) * UNITS_A_WAGON[commodity]))
    per_day = c.draw(number(*LOADS[c.load or c.pick(*LOADS)]))
    flow: Data = {"from": origin, "to": destination, "commodity": commodity, "consignment": consignment, "per_year": 365 * per_day * consignment}
    flow |= {"class": c.pick("fast", "slow")} if c.one_in(4) and not c.steady else {}
    flow |= {"keep_together": True} if c.one_in(3) else {}
    flow |= {"season": {"jan": 1.5, "other": 0.9}} if c.one_in(4) else {}
    supply = c.pick("poisson", "poisson", "scheduled", "unlimited")
    if supply == "unlimited":
        return {key: value for key, value in flow.items() if key != "per_year"} | {"supply": supply} if _bounded(c, origin) else flow
    return flow | {"supply": supply} | ({"offset_h": 3.3} if supply == "scheduled" else {})


def _bounded(c: Corridor, origin: str) -> bool:
    """Whether every service that leaves a place is limited by its fleet, or by the paths of its first leg and nothing before it."""
    if "border" in c.data["places"][origin]:
        return False
    leaving = [s for s in c.data["services"].values() if origin in (s["route"][0], s["route"][-1])]
    return all("vessels" in s or _first_leg(c, s["route"], origin).get("pairs_per_day") for s in leaving)


def _first_leg(c: Corridor, route: list[str], origin: str) -> Data:
    pair = set(route[:2] if route[0] == origin else route[-2:])
    return next(leg for leg in c.data["legs"].values() if set(leg["between"]) == pair)


# Rooms as tight as the loader allows, embargoes, dated changes


def _rooms(c: Corridor) -> None:
    for name, place in c.data["places"].items():
        for facility in ("yard", "port") if not _circulates(c, name) else ():
            if facility in place and c.draw(st.booleans()):
                for measure in ("wagons", "trucks", "teu"):
                    largest = _largest(c, name, measure)
                    if largest and c.draw(st.booleans()):
                        place[facility][f"room_{measure}"] = c.draw(_room(largest))
    if not c.steady and c.one_in(5):
        name = c.pick(*c.data["places"])
        c.data["places"][name]["embargo"] = {"stop_above": c.draw(number(10.0, 200.0)), "resume_below": 9.5, "measure": "wagons"}


def _circulates(c: Corridor, place: str) -> bool:
    """Whether a finite fleet on land ends here: with finite rooms it and the ferries could wait for each other for ever."""
    services = [s for s in c.data["services"].values() if place in (s["route"][0], s["route"][-1])]
    return any("vessels" in s and "berth" not in s for s in services)


def _room(largest: float) -> st.SearchStrategy[Any]:
    tight = st.sampled_from((1.0, 1.0, 1.3, 2.2)).map(lambda factor: math.ceil(factor * largest))
    return st.one_of(tight, st.fixed_dictionaries({"west": tight, "east": tight}))


def _largest(c: Corridor, place: str, measure: str) -> float:
    """The largest vehicle that comes to a place; boxes on wagons or trucks count as TEU too."""
    carries = [s["carries"] for s in c.data["services"].values() if place in s["route"]]
    if measure == "teu":
        return max((max(k.get("teu", 0.0), 2 * k.get("wagons", 0.0), 2 * k.get("trucks", 0.0)) for k in carries), default=0.0)
    if measure == "wagons":
        return max((max(k.get("wagons", 0.0), k.get("trucks", 0.0), k.get("teu", 0.0) / 2) for k in carries), default=0.0)
    return max((k.get(measure, 0.0) for k in carries), default=0.0)


def _changes(c: Corridor) -> None:
    edits = _edits(c)
    changes: Data = {}
    for k in range(c.draw(st.integers(0, 3))):
        path, values = c.pick(*edits)
        if all(path not in change["set"] for change in changes.values()):
            changes[f"change{k}"] = {"on": c.pick("2025-01-20", "2025-02-01", "2025-02-11"), "set": {path: c.draw(values)}}
    if changes:
        c.data["changes"] = changes


def _edits(c: Corridor) -> list[tuple[str, st.SearchStrategy[Any]]]:
    """What may change by date: (path, values)."""
    late = any("opens" in leg for leg in c.data["legs"].values())  # with no vessel left when it opens, there never was a way
    least = 1 if c.steady or late else 0
    edits: list[tuple[str, st.SearchStrategy[Any]]] = []
    for name, service in c.data["services"].items():
        if "vessels" in service:
            edits.append((f"services.{name}.vessels", st.integers(least, 5)))
        edits.append((f"services.{name}.departs", rules(10.0, c.steady, "vessels" in service)))
    for name, leg in c.data["legs"].items():
        edits += [(f"legs.{name}.speed_kmh", number(15.0, 60.0))] if "speed_kmh" in leg else []
        edits += [(f"legs.{name}.pairs_per_day", number(1.0 if least else 0.0, 8.0))] if "pairs_per_day" in leg else []
    for name, place in c.data["places"].items():
        edits += _place_edits(c, name, place, least)
    return edits


def _place_edits(c: Corridor, name: str, place: Data, least: int) -> list[tuple[str, st.SearchStrategy[Any]]]:
    edits: list[tuple[str, st.SearchStrategy[Any]]] = []
    edits += [(f"places.{name}.border.lanes", st.integers(1, 4))] if "border" in place else []
    edits += [(f"places.{name}.terminal.tracks", st.integers(1, 4))] if "terminal" in place else []
    edits += [(f"places.{name}.gauge_change.tracks", st.integers(1, 4))] if "gauge_change" in place else []
    for facility in ("yard", "port"):
        for key in (key for key in place.get(facility, {}) if key.startswith("room_")):
            edits.append((f"places.{name}.{facility}.{key}", _room(_largest(c, name, key[5:]))))
    if "port" in place:
        edits.append((f"places.{name}.port.payload_factor", number(0.5, 1.0)))
        edits += [(f"places.{name}.port.berths.{kind}.count", st.integers(least, 3)) for kind in place["port"]["berths"]]
    return edits
