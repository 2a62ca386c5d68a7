"""Groups: whom a number is about (corridor, direction, branch, scope, flow), as sets of portions.

A portion is what one flow sends by one branch; a flow with routes on two branches has two portions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridor_sim.facts import UNNAMED, Facts, FlowFacts

CORRIDOR = "corridor"
AMOUNTS = ("net_t", "teu", "wagons", "trucks")
Key = Callable[[FlowFacts, str], Iterable[str]]


@dataclass(frozen=True, eq=False)
class Group:
    """A subject and the portions that belong to it. own_unit: all in one unit, so that it counts units, not tonnes."""

    kind: str
    subject: str
    portions: NDArray[np.intp]
    own_unit: str = ""


@dataclass(frozen=True, eq=False)
class Portions:
    """Every portion by number: its flow, branch, what a unit of it is; and the groups that they form."""

    flow: NDArray[np.intp]
    branch: tuple[str, ...]
    net_t: NDArray[np.float64]
    teu: NDArray[np.float64]
    wagons: NDArray[np.float64]
    trucks: NDArray[np.float64]
    route_portion: tuple[NDArray[np.intp], ...]  # per flow: route -> portion; the last entry stands for "no route yet"
    groups: tuple[Group, ...]

    def of(self, flow: ArrayLike, route: ArrayLike) -> NDArray[np.intp]:
        """Return the portion of each pair of flow and route (-1: no route yet)."""
        found = np.zeros(np.shape(flow), np.intp)
        flows, routes = np.asarray(flow, np.intp), np.asarray(route, np.intp)
        for k, portions in enumerate(self.route_portion):
            mine = flows == k
            found[mine] = portions[routes[mine]]
        return found


def portions_of(facts: Facts) -> Portions:
    """Return the portions and groups of a case."""
    pairs = [(k, branch) for k, flow in enumerate(facts.flows) for branch in _branches(flow)]
    number = {pair: k for k, pair in enumerate(pairs)}
    flow = np.array([k for k, _ in pairs], dtype=np.intp)
    amounts = {name: np.array([getattr(facts.flows[k], name) for k in flow], float) for name in AMOUNTS}
    routes = tuple(_route_portions(k, flow, number) for k, flow in enumerate(facts.flows))
    branch = tuple(branch for _, branch in pairs)
    return Portions(flow, branch, **amounts, route_portion=routes, groups=_groups(facts, pairs))


def _branches(flow: FlowFacts) -> list[str]:
    return list(dict.fromkeys(route.branch for route in flow.routes)) or [UNNAMED]


def _route_portions(k: int, flow: FlowFacts, number: dict[tuple[int, str], int]) -> NDArray[np.intp]:
    first = number[k, _branches(flow)[0]]
    return np.array([*(number[k, route.branch] for route in flow.routes), first], dtype=np.intp)


def _groups(facts: Facts, pairs: list[tuple[int, str]]) -> tuple[Group, ...]:
    kinds: dict[str, Key] = {
        "total": lambda _, __: [CORRIDOR],
        "direction": lambda flow, _: [flow.direction],
        "branch": lambda _, branch: [branch],
        "branch_direction": lambda flow, branch: [f"{branch}.{flow.direction}"],
        "scope": lambda flow, _: flow.counts_in,
        "flow": lambda flow, _: [flow.name],
    }
    return tuple(group for kind, key in kinds.items() for group in _of_kind(kind, key, facts, pairs))


def _of_kind(kind: str, key: Key, facts: Facts, pairs: list[tuple[int, str]]) -> Iterable[Group]:
    members: dict[str, list[int]] = {}
    for number, (k, branch) in enumerate(pairs):
        for subject in key(facts.flows[k], branch):
            members.setdefault(subject, []).append(number)
    units = {flow.name: flow.unit for flow in facts.flows} if kind == "flow" else {}
    return [Group(kind, s, np.array(numbers, dtype=np.intp), units.get(s, "")) for s, numbers in members.items()]


def by_kind(groups: Iterable[Group], values: list[Any]) -> dict[str, tuple[list[Group], NDArray[np.float64]]]:
    """Return kind -> (its groups, their values stacked), from one value row a group."""
    found: dict[str, tuple[list[Group], list[Any]]] = {}
    for group, value in zip(groups, values, strict=True):
        members, rows = found.setdefault(group.kind, ([], []))
        members.append(group)
        rows.append(value)
    return {kind: (members, np.array(rows, float)) for kind, (members, rows) in found.items()}
