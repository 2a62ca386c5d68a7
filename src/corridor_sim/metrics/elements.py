"""Elements: load, utilisation, waiting and queue of each leg, station and kind of berth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor_sim.facts import Facts
from corridor_sim.metrics.blocks import Block, Floats, Monthly, Periods, share
from corridor_sim.plan import DIRECTIONS

STATIONS = ("border", "gauge_change", "terminal", "yard")
AMOUNTS = {"vehicles": "1", "net_t": "t", "wagons": "wagons", "trucks": "trucks", "teu": "teu"}
WAITS = ("wait", "closed", "weather", "blocked")


@dataclass(frozen=True, eq=False)
class Elements:
    """What the elements did, [elements, periods]; both headings of a station together."""

    labels: tuple[str, ...]
    stations: NDArray[np.bool_]
    berths: NDArray[np.bool_]
    hours: Floats
    amounts: dict[str, Floats]
    waits_h: dict[str, Floats]
    own_h: Floats
    others_h: Floats
    stay_h: Floats
    longest_h: Floats
    open_h: Floats
    capacity_h: Floats
    other_vehicles: Floats

    @property
    def used(self) -> NDArray[np.bool_]:
        """Which elements anybody used at all."""
        return np.asarray((self.amounts["vehicles"][:, 0] + self.other_vehicles[:, 0] + self.own_h[:, 0] + self.others_h[:, 0]) > 0)

    @property
    def delay_h(self) -> Floats:
        """Hours from arrival to start for which the element itself is the cause: not those blocked by room ahead."""
        return self.waits_h["wait"] + self.waits_h["closed"] + self.waits_h["weather"]

    @property
    def delay_net(self) -> Floats:
        """The same in tonne-hours, at the mean load of its vehicles [t_h]."""
        load = share(self.amounts["net_t"], self.amounts["vehicles"])
        return np.where(np.isnan(load), 0.0, self.delay_h * np.nan_to_num(load))


def elements_of(table: dict[str, Any], facts: Facts, periods: Periods) -> Elements:
    """Return what the elements did in each period."""
    count = len(facts.elements)
    monthly = Monthly(table, "element", count, periods)
    capacity_h = monthly.largest("capacity_h")  # 0 or infinite: no limit
    return Elements(
        labels=tuple(e.label for e in facts.elements),
        stations=np.array([e.kind in STATIONS for e in facts.elements], bool),
        berths=np.array([e.kind == "berth" for e in facts.elements], bool),
        hours=periods.hours,
        amounts={name: monthly.sums(name) for name in AMOUNTS},
        waits_h={name: monthly.sums(f"{name}_h") for name in WAITS},
        own_h=monthly.sums("busy_h"),
        others_h=monthly.sums("other_busy_h"),
        stay_h=monthly.sums("stay_h"),
        longest_h=periods.largest(monthly.largest("wait_max_h")),
        # the two headings of a station share its servers: each row states the whole
        open_h=periods.sums(monthly.largest("open_h")),
        capacity_h=periods.sums(np.where(np.isfinite(capacity_h), capacity_h, 0.0)),
        other_vehicles=monthly.sums("other_vehicles"),
    )


def element_blocks(elements: Elements, periods: Periods, echoed: NDArray[np.bool_]) -> Iterator[Block]:
    """Yield the measures of elements; those that only matter for a year have no months."""
    vehicles = elements.amounts["vehicles"]
    monthly = {
        "vehicles": ("1", vehicles),
        "net_t": ("t", elements.amounts["net_t"]),
        "utilisation": ("1", share(elements.own_h + elements.others_h, elements.capacity_h)),
        "wait": ("h", share(elements.delay_h + elements.waits_h["blocked"], vehicles)),
        "queue": ("1", queue(elements)),
        "delay_net": ("t_h", elements.delay_net),
        "wait_max": ("h", np.where(vehicles > 0, elements.longest_h, np.nan)),
    }
    for measure, (unit, values) in monthly.items():
        yield _block(elements, measure, unit, values, echoed if measure in AMOUNTS else False)
    coarse = slice(0, periods.coarse)
    for measure, (unit, values) in _yearly(elements).items():
        yield _block(elements, measure, unit, values[:, coarse], echoed[coarse] if measure in AMOUNTS else False)


def _yearly(elements: Elements) -> dict[str, tuple[str, Floats]]:
    busy = elements.own_h + elements.others_h
    # a ship keeps its berth in closed weather too: what a berth could do is all the calendar
    open_h = np.where(elements.berths[:, None], elements.hours, elements.open_h)
    calendar_h = share(elements.capacity_h, open_h) * elements.hours
    vehicles = elements.amounts["vehicles"]
    delay = elements.delay_net
    return {
        "other_vehicles": ("1", elements.other_vehicles),
        **{name: (AMOUNTS[name], elements.amounts[name]) for name in ("wagons", "trucks", "teu")},
        "utilisation_calendar": ("1", share(busy, calendar_h)),
        "open_share": ("1", share(elements.open_h, np.broadcast_to(elements.hours, busy.shape))),
        "active_share": ("1", share(busy + calendar_h - elements.capacity_h, calendar_h)),
        "own_share": ("1", share(elements.own_h, busy)),
        "wait_own": ("h", share(elements.delay_h, vehicles)),
        **{f"wait_{'queue' if name == 'wait' else name}": ("h", share(elements.waits_h[name], vehicles)) for name in WAITS},
        "delay_share": ("1", share(delay, np.broadcast_to(delay.sum(axis=0), delay.shape))),
    }


def queue(elements: Elements) -> Floats:
    """Return the mean number of own vehicles that wait [1]: at a station present and not served, elsewhere not yet let in."""
    present = np.maximum(elements.stay_h - elements.own_h, 0.0)
    waiting = elements.delay_h + elements.waits_h["blocked"]
    return np.where(elements.stations[:, None], present, waiting) / elements.hours


def _block(elements: Elements, measure: str, unit: str, values: Floats, echoed: bool | NDArray[np.bool_]) -> Block:
    """Return a block without the elements that nobody used."""
    return Block("element", elements.labels, measure, unit, np.where(elements.used[:, None], values, np.nan), echoed)


def heading_blocks(table: dict[str, Any], facts: Facts, periods: Periods, echoed: NDArray[np.bool_]) -> Iterator[Block]:
    """Yield throughput by heading for the elements that are passed in both."""
    heading = np.asarray(table["heading"], int)
    sides = [Monthly(table, "element", len(facts.elements), periods, heading == k) for k in range(len(DIRECTIONS))]
    both = np.flatnonzero(np.all([side.of("vehicles").sum(axis=1) > 0 for side in sides], axis=0))
    for measure, unit in AMOUNTS.items():
        for side, direction in zip(sides, DIRECTIONS, strict=True):
            yield Block("element_heading", _names(facts, both, direction), measure, unit, side.sums(measure)[both], echoed)


def _names(facts: Facts, chosen: Sequence[int] | NDArray[np.intp], direction: str) -> list[str]:
    return [f"{facts.elements[k].label}.{direction}" for k in chosen]
