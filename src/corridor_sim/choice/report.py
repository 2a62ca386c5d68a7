"""What is told of a choice: a few lines, and shares and times by market, year and option as rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corridor_sim.scenario import Choice

MOST_MARKETS = 8


@dataclass(frozen=True, slots=True)
class Told:
    """One option of one market in one year: its share, and what pilots met [days], None where nobody went that way."""

    market: str
    year: int
    option: str
    share: float
    time_days: float | None
    spread_days: float | None


def choice_lines(report: dict[str, Any]) -> list[str]:
    """Return the choice of a study in words: whether it is settled, its gap, and the shares of the first and last year."""
    if not report:
        return []
    if not report["on"]:
        return ["choice off: the shares of the routes hold, nothing reacts to service"]
    return [_state(report), *_markets(report)]


def _state(report: dict[str, Any]) -> str:
    if report.get("given"):
        return "choice: shares given as settled before"
    rounds = len(report["gaps"])
    gap = f"{_percent(report['gap'])} of the freight inside would choose otherwise (tolerance {_percent(report['tolerance'])})"
    if report["settled"]:
        return f"choice settled in {rounds} round{'s' * (rounds > 1)}: {gap}"
    return f"CHOICE NOT SETTLED after {rounds} round{'s' * (rounds > 1)}: {gap}"


def _markets(report: dict[str, Any]) -> Iterator[str]:
    markets = list(report["shares"].items())
    for name, years in markets[:MOST_MARKETS]:
        first, last = min(years, key=int), max(years, key=int)
        parts = [f"{option} {_change(share, years[last].get(option, 0.0))}" for option, share in years[first].items()]
        yield f"choice {name}: {', '.join(parts)}" + (f" ({first} -> {last})" if first != last else "")
    if len(markets) > MOST_MARKETS:
        yield f"choice: {len(markets) - MOST_MARKETS} more markets stand on the page"


def _change(first: float, last: float) -> str:
    return _percent(first) if _percent(first) == _percent(last) else f"{_percent(first)} -> {_percent(last)}"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.995 else "100 %"


def told(report: dict[str, Any]) -> Iterator[Told]:
    """Yield the rows of a choice that is on."""
    for market, years in report.get("shares", {}).items():
        for year, shares in years.items():
            met = report.get("times", {}).get(market, {}).get(year, {})
            for option, share in shares.items():
                time, spread = met.get(option, (None, None))
                yield Told(market, int(year), option, share, time, spread)


def as_settled(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return settled shares as `choice.settled` of a scenario says them."""
    return [
        {"market": market, "year": int(year), "shares": dict(shares)}
        for market, years in report["shares"].items()
        for year, shares in years.items()
    ]


def is_on(choice: Choice | None) -> bool:
    """Return whether a scenario's flows choose."""
    return choice is not None and choice.on
