"""The tightest elements as bars in per cent of the width that the page gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from corridor_sim.dashboard.scales import scale_to
from corridor_sim.figures.panels import Rank
from corridor_sim.figures.words import brief, evidence, percent, share_words, words


@dataclass(frozen=True, slots=True)
class RankRow:
    """One bar: widths of own and other traffic, place of the worst month and of the interval (None: not known) [%]."""

    element: str
    own: float
    other: float
    worst: float | None
    spread: tuple[float, float] | None  # left, width
    used: str
    evidence: str
    tip: str


def rank_rows(ranks: Sequence[Rank]) -> list[RankRow]:
    """Return the bars of the ranking, all on one scale that ends at 100 % of open time or a little above the largest."""
    most = max([1.0, *(value for rank in ranks for value in (rank.worst, rank.own + rank.other) if isfinite(value))])
    scale = scale_to(most / 1.06 * 1.01)
    rows = []
    for rank in ranks:
        used = rank.utilisation
        spread = (scale.at(used.low), round(scale.at(used.high) - scale.at(used.low), 3)) if isfinite(used.half_width) else None
        own = scale.at(rank.own)
        rows.append(
            RankRow(
                element=brief(rank.element),
                own=own,
                other=round(scale.at(rank.own + rank.other) - own, 3),
                worst=scale.at(rank.worst) if isfinite(rank.worst) else None,
                spread=spread,
                used=share_words(used.mean),
                evidence=evidence(rank),
                tip=_tip(rank),
            )
        )
    return rows


def _tip(rank: Rank) -> str:
    lines = [
        f"{rank.element} ({rank.kind})",
        f"{words(percent(rank.utilisation))} of open time: corridor {share_words(rank.own)}, other {share_words(rank.other)}",
        f"worst month {rank.worst_month}: {share_words(rank.worst)}" if isfinite(rank.worst) else "",
        f"queue {words(rank.queue)}" if rank.queue.known else "",
        f"wait {words(rank.wait_h)}" if rank.wait_h.known else "",
        f"{words(percent(rank.delay_share))} of all waiting",
    ]
    return "\n".join(line for line in lines if line)
