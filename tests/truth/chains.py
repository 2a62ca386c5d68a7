"""Exact answers by Markov chains, for what has no formula: solved here, so that a test can prove what it compares with."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np
from scipy.sparse import csc_matrix, identity
from scipy.sparse.linalg import spsolve
from scipy.stats import poisson

State = Hashable
Moves = Callable[[Any], Iterable[tuple[float, Any]]]  # state -> (rate per hour, next state)


def stationary(first: Any, moves: Moves) -> dict[Any, float]:
    """Return the probability of every state that can be reached from the first one."""
    index: dict[Any, int] = {first: 0}
    rates: list[tuple[int, int, float]] = []
    for state in (reached := [first]):
        for rate, after in moves(state):
            if after not in index:
                index[after] = len(index)
                reached.append(after)
            rates += [(index[after], index[state], rate), (index[state], index[state], -rate)]
    n = len(index)
    to, of, speeds = (np.array(column) for column in zip(*rates, strict=True))
    flows = csc_matrix((speeds, (to, of)), shape=(n, n)).tolil()
    flows[0, :] = 1.0  # one balance says nothing new: the probabilities sum to 1 instead
    shares = spsolve(flows.tocsc(), identity(n, format="csc")[:, 0].toarray().ravel())
    return dict(zip(index, shares, strict=True))


# Bulk service: B03


def bulk_service(rate: float, round_h: float, vessels: int, least: int, most: int) -> tuple[float, float]:
    """Return (mean wait [h], mean vessels busy) where vessels take `least` to `most` wagons on exponential rounds."""

    def moves(state: tuple[int, int]) -> Iterable[tuple[float, tuple[int, int]]]:
        busy, waiting = state
        if busy < vessels and waiting + 1 == least:
            yield rate, (busy + 1, 0)
        elif waiting < 60 * most:  # so long a queue has no weight
            yield rate, (busy, waiting + 1)
        if busy:
            back, sent = busy / round_h, min(waiting, most) if waiting >= least else 0
            yield back, (busy, waiting - sent) if sent else (busy - 1, waiting)

    shares = stationary((0, 0), moves)
    queue = sum(share * waiting for (_, waiting), share in shares.items())
    return queue / rate, sum(share * busy for (busy, _), share in shares.items())


# Closed loops: C01, C03, C06


def mean_value(demands_h: list[float], delay_h: float, movers: int) -> float:
    """Return the rounds an hour of so many movers through single servers and a delay, by mean value analysis (Reiser, Lavenberg)."""
    queues, rounds = [0.0] * len(demands_h), 0.0
    for number in range(1, movers + 1):
        stays_h = [hours * (1 + queue) for hours, queue in zip(demands_h, queues, strict=True)]
        rounds = number / (sum(stays_h) + delay_h)
        queues = [rounds * hours for hours in stays_h]
    return rounds


# M/D/c


def constant_service(rate: float, service_h: float, servers: int) -> float:
    """Return the mean wait [h] of M/D/c: looked at every service time, those in service have left and new ones have come."""
    most = 400
    come = poisson.pmf(np.arange(most), rate * service_h)
    chain = np.zeros((most, most))
    for present in range(most):
        left = max(present - servers, 0)
        chain[present, left:] = come[: most - left]
        chain[present, -1] += 1 - chain[present].sum()
    balance = chain.T - np.eye(most)
    balance[0] = 1.0
    shares = np.linalg.solve(balance, np.eye(most)[0])
    return float(shares @ np.maximum(np.arange(most) - servers, 0) / rate)


# Stations in a row: K05. The first station never lacks parts.

IDLE, WORKING, BLOCKED = range(3)


def blocked_after(rates: list[float], places: int) -> list[tuple[float, float, float]]:
    """Return (working, blocked, starved) shares of each station: a finished part that finds the places full blocks its server.

    State: (what each server does, parts between each two).
    """
    last = len(rates) - 1

    def settle(servers: list[int], waiting: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        for i in range(last, -1, -1):  # what comes free downstream is filled from upstream
            if i < last and servers[i] == BLOCKED and waiting[i] < places:
                servers[i], waiting[i] = IDLE, waiting[i] + 1
            if servers[i] == IDLE and (i == 0 or waiting[i - 1]):
                servers[i] = WORKING
                if i:
                    waiting[i - 1] -= 1
        return tuple(servers), tuple(waiting)

    def moves(state: Any) -> Iterable[tuple[float, Any]]:
        servers, waiting = state
        for i, rate in enumerate(rates):
            if servers[i] != WORKING:
                continue
            doing, parts = list(servers), list(waiting)
            doing[i] = BLOCKED if i < last else IDLE
            now = settle(doing, parts)
            while (further := settle(list(now[0]), list(now[1]))) != now:
                now = further
            yield rate, now

    shares = stationary(settle([IDLE] * len(rates), [0] * last), moves)

    def of(i: int, doing: int) -> float:
        return float(sum(share for (servers, _), share in shares.items() if servers[i] == doing))

    return [(of(i, WORKING), of(i, BLOCKED), of(i, IDLE)) for i in range(len(rates))]


def claimed_before(rates: list[float], room: int) -> list[tuple[float, float, float]]:
    """Return (working, blocked, starved) shares where a part claims its place ahead before it is served.

    room: those who wait between two stations and the one being served upstream. State: (which servers work, parts between each two).
    """
    last = len(rates) - 1

    def start(working: list[bool], waiting: list[int]) -> tuple[tuple[bool, ...], tuple[int, ...]]:
        changed = True
        while changed:
            changed = False
            for i in range(len(rates)):
                has_part = i == 0 or waiting[i - 1] > 0
                if not working[i] and has_part and (i == last or waiting[i] < room):
                    working[i] = changed = True
                    if i:
                        waiting[i - 1] -= 1
        return tuple(working), tuple(waiting)

    def moves(state: Any) -> Iterable[tuple[float, Any]]:
        working, waiting = state
        for i, rate in enumerate(rates):
            if working[i]:
                doing, parts = list(working), list(waiting)
                doing[i] = False
                if i < last:
                    parts[i] += 1
                yield rate, start(doing, parts)

    shares = stationary(start([False] * len(rates), [0] * last), moves)

    def of(i: int) -> tuple[float, float, float]:
        works = sum(share for (working, _), share in shares.items() if working[i])
        full = sum(share for (_, waiting), share in shares.items() if i < last and waiting[i] == room)
        return works, full, 1 - works - full

    return [of(i) for i in range(len(rates))]
