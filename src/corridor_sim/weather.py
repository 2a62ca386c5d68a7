"""Wind: closed spells of ports, drawn before a run; one regional process that its ports follow.

A region alternates between open and closed. Episodes begin at a rate that is constant within a month and so chosen
that the closed share of the month is the stated one, whatever the episode law; a port follows an episode with a probability that
gives the stated correlation, and has episodes of its own that bring its share to the stated one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import ceil, sqrt

import numpy as np

from corridor_sim import streams
from corridor_sim.plan import Law, WeatherPlan
from corridor_sim.streams import Floats
from corridor_sim.units import date_at, month_edges, on_grid

Spell = tuple[float, float]
Spells = tuple[Spell, ...]
Months = tuple[tuple[float, int], ...]  # (from_h, month of year 0..11)

BURN_IN_EPISODES = 20
CELLS_PER_EPISODE = 8
MOST_CELLS = 500_000
LARGEST_SHARE = 0.999  # a port that never opens is stated by its opening hours, not by wind


@dataclass(frozen=True, slots=True)
class Episode:
    """One closed episode; severity in [0, 1) says which limits it stops: the smallest numbers stop all."""

    from_h: float
    to_h: float
    severity: float


def spells(
    weathers: Sequence[WeatherPlan], seed: int, replication: int, start: date, from_h: float, to_h: float
) -> list[tuple[Spells, Spells, Spells]]:
    """Return, for each port, the closed spells [h] that stop departure, berthing and handling.

    Spells are sorted, disjoint, on the grid and inside [from_h, to_h). Warm-up (before 0) has the month of the start. Draws
    are keyed by the names of region and port: another port leaves the others' spells alone.
    """
    months = _months(start, to_h)
    return [_port_spells(weather, (seed, replication), months, from_h, to_h) for weather in weathers]


def _months(start: date, to_h: float) -> Months:
    end = date_at(start, max(to_h, 24.0)).date()
    edges = month_edges(start, end)
    return tuple((hours, day.month - 1) for day, hours in edges[:-1])


def _port_spells(
    weather: WeatherPlan, key: tuple[int, int], months: Months, from_h: float, to_h: float
) -> tuple[Spells, Spells, Spells]:
    regional = _episodes(weather.region_share, weather.episode_h, (*key, "wind", weather.region), months, from_h, to_h)
    follow, own_share = _following(weather)
    own = _episodes(own_share, weather.episode_h, (*key, "wind", weather.region, weather.name), months, from_h, to_h)
    chances = streams.generator(*key, "wind", weather.region, weather.name, "follows").random(len(regional))
    closed = [*_followed(regional, chances, follow, months), *_outside(own, regional)]
    departure, berthing, handling = (_stopped(closed, limit, from_h, to_h) for limit in weather.limits)
    return departure, berthing, handling


def _following(weather: WeatherPlan) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return, by month, P(port closed | region closed) and P(port closed | region open)."""
    pairs = [
        _follow(p, r, weather.correlation)
        for p, r in zip(weather.closed_share, weather.region_share, strict=True)
    ]
    return tuple(follow for follow, _ in pairs), tuple(own for _, own in pairs)


def _follow(port: float, region: float, correlation: float) -> tuple[float, float]:
    if region <= 0:
        return 0.0, port
    wanted = port + correlation * sqrt(port * (1 - port) * (1 - region) / region)
    follow = min(wanted, 1.0, port / region)
    return follow, (port - region * follow) / (1 - region) if region < 1 else 0.0


# Episodes of one alternating process


def _episodes(
    shares: tuple[float, ...], law: Law, key: tuple[int | str, ...], months: Months, from_h: float, to_h: float
) -> list[Episode]:
    """Return the episodes that touch [from_h, to_h); the process began long before."""
    if max(shares) <= 0:
        return []
    mean_h = streams.mean(law)
    edges, heights = _hazard(shares, law, months, from_h - BURN_IN_EPISODES * mean_h, to_h)
    drawn = _draw(law, key, edges, heights)
    return [episode for episode in drawn if episode.to_h > from_h]


def _draw(law: Law, key: tuple[int | str, ...], edges: Floats, heights: Floats) -> Iterator[Episode]:
    """Yield episodes: each begins when the hazard since the last end has grown by a unit exponential."""
    seed, replication, *names = key
    gap, length, force = (
        streams.generator(int(seed), int(replication), *names, purpose)
        for purpose in ("open", "episode", "severity")
    )
    at = float(edges[0])
    while True:
        height = float(np.interp(at, edges, heights)) + float(gap.standard_exponential())
        if height >= heights[-1]:
            return
        begin = _height_at(height, edges, heights)
        at = begin + float(streams.quantiles(law, length.random(1))[0])
        yield Episode(begin, at, float(force.random()))


def _height_at(height: float, edges: Floats, heights: Floats) -> float:
    k = int(np.searchsorted(heights, height, side="right"))
    share = (height - heights[k - 1]) / (heights[k] - heights[k - 1])
    return float(edges[k - 1] + share * (edges[k] - edges[k - 1]))


@lru_cache(maxsize=16)
def _hazard(
    shares: tuple[float, ...], law: Law, months: Months, from_h: float, to_h: float
) -> tuple[Floats, Floats]:
    """Return edges [h] of cells and the hazard of an episode while open, summed up to each edge.

    Forward in time: each month's rate of episodes makes up what those of earlier months leave of its closed share;
    P(closed) follows by convolution with the survival of the law, and the hazard is rate / P(open).
    """
    mean_h = streams.mean(law)
    step = max(min(6.0, mean_h / CELLS_PER_EPISODE), (to_h - from_h) / MOST_CELLS)
    edges = np.asarray(from_h + step * np.arange(ceil((to_h - from_h) / step) + 1), dtype=np.float64)
    survival = _survival(law, step)
    starts, closed = _starts(shares, months, edges, survival, step)
    hazard = starts / (1 - np.minimum(closed, LARGEST_SHARE))
    return edges, np.concatenate([[0.0], np.cumsum(hazard) * step])


def _survival(law: Law, step: float) -> Floats:
    """Return P(an episode that began in cell 0 lasts in cell k), both instants anywhere in their cells."""
    lengths = streams.quantiles(law, (np.arange(4096) + 0.5) / 4096)
    ends = step * np.arange(ceil(lengths.max() / step) + 2)
    over_cell = np.diff([np.minimum(lengths, end).mean() for end in ends]) / step
    return np.asarray((np.append(0.0, over_cell) + np.append(over_cell, 0.0)) / 2)


def _starts(
    shares: tuple[float, ...], months: Months, edges: Floats, survival: Floats, step: float
) -> tuple[Floats, Floats]:
    count = len(edges) - 1
    per_share = 1 / (survival.sum() * step)  # episodes an hour that hold a share of 1
    before = min(shares[months[0][1]], LARGEST_SHARE)
    closed = np.full(count + len(survival), 0.0)
    closed[:count] = before * _remaining(survival, count)
    starts = np.zeros(count)
    for first, last, share in _month_cells(shares, months, edges):
        alone = np.convolve(np.full(last - first, step), survival)
        own = alone[: last - first].mean()
        rate = max(0.0, (min(share, LARGEST_SHARE) - closed[first:last].mean()) / own)
        starts[first:last] = min(rate, per_share / (1 - LARGEST_SHARE))
        span = min(len(alone), len(closed) - first)
        closed[first : first + span] += starts[first] * alone[:span]
    return starts, closed[:count]


def _remaining(survival: Floats, count: int) -> Floats:
    """Return the share of the episodes of a stationary past that still last in each cell."""
    tail = np.cumsum(survival[::-1])[::-1] / survival.sum()
    after = np.append(tail[1:], 0.0)
    return np.asarray(np.append(after, np.zeros(max(0, count - len(after))))[:count])


def _month_cells(
    shares: tuple[float, ...], months: Months, edges: Floats
) -> Iterator[tuple[int, int, float]]:
    """Yield (first cell, last cell, closed share) of each month; what lies before the start belongs to its month."""
    begins = [0, *(int(np.searchsorted(edges, at)) for at, _ in months[1:]), len(edges) - 1]
    for (first, last), (_, month) in zip(pairwise(begins), months, strict=True):
        if last > first:
            yield first, last, shares[month]


# From episodes to the spells of a port


def _followed(
    regional: Sequence[Episode], chances: Floats, follow: tuple[float, ...], months: Months
) -> Iterator[Episode]:
    """Yield the parts of regional episodes that the port follows, month by month."""
    for episode, chance in zip(regional, chances, strict=True):
        for begin, end, month in _by_month(episode, months):
            if chance < follow[month]:
                yield Episode(begin, end, episode.severity)


def _by_month(episode: Episode, months: Months) -> Iterator[tuple[float, float, int]]:
    begins = [at for at, _ in months]
    k = max(0, bisect_right(begins, episode.from_h) - 1)
    begin = episode.from_h
    while begin < episode.to_h:
        edge = begins[k + 1] if k + 1 < len(begins) else episode.to_h
        end = min(edge, episode.to_h)
        yield begin, end, months[k][1]
        begin, k = end, k + 1


def _outside(own: Sequence[Episode], regional: Sequence[Episode]) -> Iterator[Episode]:
    """Yield the parts of a port's own episodes that lie outside the regional ones."""
    ends = [other.to_h for other in regional]
    for episode in own:
        begin, k = episode.from_h, bisect_right(ends, episode.from_h)
        while k < len(regional) and regional[k].from_h < episode.to_h:
            if regional[k].from_h > begin:
                yield Episode(begin, regional[k].from_h, episode.severity)
            begin, k = regional[k].to_h, k + 1
        if begin < episode.to_h:
            yield Episode(begin, episode.to_h, episode.severity)


def _stopped(closed: Iterable[Episode], limit: float, from_h: float, to_h: float) -> Spells:
    """Return the merged spells of the episodes that are severe enough for a limit."""
    pieces = sorted(
        (on_grid(max(episode.from_h, from_h)), on_grid(min(episode.to_h, to_h)))
        for episode in closed
        if episode.severity < limit and episode.to_h > from_h and episode.from_h < to_h
    )
    joined: list[Spell] = []
    for begin, end in pieces:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > begin:
            joined.append((begin, end))
    return tuple(joined)
