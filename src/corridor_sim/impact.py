"""Impact: what a disruption cost, from the daily tables of a disturbed study and an undisturbed one on the same draws.

Backlog is what waits in pens, at origins and in vehicles that an element hasn't let in, in net tonnes; every figure is a paired
difference (disturbed less undisturbed) of one replication, then a mean with its interval over replications.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corridor_sim.facts import Facts
from corridor_sim.statistics import Interval, interval, number, paired_intervals, pick
from corridor_sim.study import Study

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]  # [replications, days] unless said otherwise
SHARE = 0.01  # of the undisturbed backlog: a difference below it counts as none
COLUMNS = ("measure", "subject", "unit", "n", "mean", "half_width", "low", "high", "cleared")
MOST_PLACES = 6
KT = 1e-3


@dataclass(frozen=True, eq=False)
class Backlog:
    """What waits each midnight in one study: net tonnes [places, replications, days], and what was delivered so far [t]."""

    waiting: Floats
    delivered: Floats


@dataclass(frozen=True, eq=False)
class Impact:
    """What a disruption cost.

    more: backlog beyond that of the undisturbed case [places, replications, days] in t; lost: throughput lost so far in t;
    begins, ends: when the first spell begins and the last one ends [days since the start]; clear: days from then until no
    difference is left, NaN where that lies beyond the window; table: the figures with their intervals.
    """

    words: tuple[str, ...]
    start: str
    places: tuple[str, ...]
    more: Floats
    lost: Floats
    begins: float
    ends: float
    clear: Floats
    table: pd.DataFrame

    @property
    def total(self) -> Floats:
        """Return the backlog of all places beyond the undisturbed one, [replications, days] in t."""
        return np.asarray(self.more.sum(axis=0))

    def day(self, number: float) -> str:
        """Return the date of a day of the window."""
        return (date.fromisoformat(self.start) + timedelta(days=math.floor(number))).isoformat()


def has_days(study: Study) -> bool:
    """Return whether a study kept its daily tables."""
    return "flow_days" in study.tables


def impact_of(base: Study, disturbed: Study, words: Sequence[str], begins: float, ends: float) -> Impact:
    """Return what a disruption cost; words say what it was, begins and ends when [days since the start]."""
    quiet, hit = _backlog(base), _backlog(disturbed)
    shared = min(quiet.waiting.shape[1], hit.waiting.shape[1])
    more = hit.waiting[:, :shared] - quiet.waiting[:, :shared]
    lost = quiet.delivered[:shared] - hit.delivered[:shared]
    worst = int(more.mean(axis=1).max(axis=1).argmax()) if more.size else 0
    small = np.maximum(SHARE * quiet.waiting[:, :shared].sum(axis=0), _vehicle_t(disturbed, base.facts.places[worst].name))
    clear = _clear_days(more.sum(axis=0), small, ends)
    places = tuple(place.name for place in base.facts.places)
    table = _table([*_losses(lost), *_peaks(places, more), *_cleared(clear), *_branches(base, disturbed)])
    return Impact(tuple(words), base.facts.start, places, more, lost, begins, ends, clear, table)


def _backlog(study: Study) -> Backlog:
    """Return the daily backlog by place and the deliveries of a study."""
    facts = study.facts
    flows = study.tables["flow_days"]
    numbers = {name: k for k, name in enumerate(sorted(flows["replication"].unique()))}
    days = int(flows["day"].max()) + 1 if len(flows) else 0
    waiting = np.zeros((len(facts.places), len(numbers), days))
    for name, places, tonnes in _what_waits(facts):
        frame = study.tables[name]
        keys = frame["pen" if name == "pen_days" else "element" if name == "element_days" else "flow"].astype(str)
        place, weight = keys.map(places), keys.map(tonnes).to_numpy(float)
        amount = frame["units" if name == "pen_days" else "net_t" if name == "element_days" else "held"].to_numpy(float)
        at = (place.to_numpy(int), frame["replication"].map(numbers).to_numpy(int), frame["day"].to_numpy(int))
        np.add.at(waiting, at, amount * weight)
    delivered = np.zeros((len(numbers), days))
    net_t = {flow.name: flow.net_t for flow in facts.flows}
    tonnes_of = flows["delivered"].to_numpy(float) * flows["flow"].astype(str).map(net_t).to_numpy(float)
    np.add.at(delivered, (flows["replication"].map(numbers).to_numpy(int), flows["day"].to_numpy(int)), tonnes_of)
    return Backlog(waiting, delivered)


def _what_waits(facts: Facts) -> Iterator[tuple[str, dict[str, int], dict[str, float]]]:
    """Yield each daily table of what waits, with the place and the net tonnes of one unit of its keys."""
    place = {one.name: k for k, one in enumerate(facts.places)}
    yield "pen_days", {pen.name: place[pen.place] for pen in facts.pens}, {pen.name: pen.net_t for pen in facts.pens}
    yield "element_days", {e.label: place[e.tail] for e in facts.elements}, {e.label: 1.0 for e in facts.elements}
    yield "flow_days", {flow.name: place[flow.origin] for flow in facts.flows}, {flow.name: flow.net_t for flow in facts.flows}


def _vehicle_t(study: Study, place: str) -> float:
    """Return the mean load of the largest vehicles that load at a place, or that wait there where none does [t]."""
    here = {service.name for service in study.facts.services if place in service.ends}
    table = study.tables["service_months"]
    table = table[table["service"].isin(here)].groupby("service", observed=True)[["net_t", "departures", "empty_departures"]].sum()
    loaded = table["departures"] - table["empty_departures"]
    load = (table["net_t"] / loaded.where(loaded > 0)).max() if len(table) else math.nan
    if load > 0:
        return float(load)
    waiting = study.tables["element_days"]
    waiting = waiting[waiting["element"].isin({one.label for one in study.facts.elements if one.tail == place})]
    return float(waiting["net_t"].sum() / waiting["vehicles"].sum()) if len(waiting) else 0.0


def _clear_days(more: Floats, small: Floats, ends_day: float) -> Floats:
    """Return the days from the end until the backlog is back, by replication; NaN where it isn't within the window."""
    first = max(0, math.ceil(ends_day) - 1)  # day k is looked at when it ends
    found = np.full(len(more), np.nan)
    for k, (difference, limit) in enumerate(zip(more[:, first:], small[:, first:], strict=True)):
        back = np.flatnonzero(difference <= limit)
        if len(back):
            found[k] = max(0.0, first + back[0] + 1 - ends_day)
    return found


Row = tuple[str, str, str, Interval, float]  # measure, subject, unit, interval, share of replications that it holds for


def _losses(lost: Floats) -> Iterator[Row]:
    yield "lost_end", "corridor", "t", interval(lost[:, -1]), 1.0
    yield from _peak("lost_peak", "corridor", lost)


def _peak(measure: str, subject: str, values: Floats) -> Iterator[Row]:
    """Yield the values of the day on which their mean is largest, and that day: the largest of each run would be noise, too."""
    day = int(values.mean(axis=0).argmax())
    yield measure, subject, "t", interval(values[:, day]), 1.0
    yield f"{measure}_day", subject, "day", Interval(day + 1.0, math.nan, len(values)), 1.0


def _peaks(places: Sequence[str], more: Floats) -> Iterator[Row]:
    total = more.sum(axis=0)
    yield "backlog_end", "corridor", "t", interval(total[:, -1]), 1.0
    yield from _peak("backlog_peak", "corridor", total)
    means = more.mean(axis=1).max(axis=1)
    for k in np.argsort(-means, kind="stable"):
        peak = list(_peak("backlog_peak", places[k], more[k]))
        if means[k] > 0 and not peak[0][3].low <= 0:
            yield from peak


def _cleared(clear: Floats) -> Iterator[Row]:
    known = clear[~np.isnan(clear)]
    yield "clear", "corridor", "days", interval(known), len(known) / len(clear)


def _branches(base: Study, disturbed: Study) -> Iterator[Row]:
    """Yield what each branch carried more or less [t]."""
    metrics = [pick(study.metrics, kind="branch", measure="carried_net") for study in (base, disturbed)]
    row: Any
    for row in paired_intervals(metrics[0], metrics[1]).itertuples():
        yield "carried", str(row.subject), "t", Interval(float(row.difference), float(row.half_width), int(row.n)), 1.0


def _table(rows: Sequence[Row]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        [(name, subject, unit, i.n, i.mean, i.half_width, i.low, i.high, share) for name, subject, unit, i, share in rows],
        columns=list(COLUMNS),
    )


# Words


def impact_lines(impact: Impact) -> list[str]:
    """Return the impact as text."""
    return [
        *(f"disturbed: {words}" for words in impact.words),
        f"throughput lost: {_said(impact, 'lost_peak', 'kt')} at the worst ({_on(impact, 'lost_peak_day')}), "
        f"{_said(impact, 'lost_end', 'kt')} by the end",
        f"backlog beyond the undisturbed: peak {_said(impact, 'backlog_peak', 'kt')} ({_on(impact, 'backlog_peak_day')}), "
        f"{_said(impact, 'backlog_end', 'kt')} at the end",
        *_at_places(impact),
        clear_words(impact),
        *_flow_words(impact),
    ]


def found(impact: Impact, measure: str, subject: str = "corridor") -> Interval:
    """Return one figure of an impact with its interval, in its unit."""
    rows = impact.table[(impact.table["measure"] == measure) & (impact.table["subject"] == subject)]
    if not len(rows):
        return Interval(math.nan, math.nan, 0)
    row: Any = rows.iloc[0]
    return Interval(float(row["mean"]), float(row["half_width"]), int(row["n"]))


def _said(impact: Impact, measure: str, unit: str, subject: str = "corridor") -> str:
    figure = found(impact, measure, subject)
    return number(figure.mean * KT, figure.half_width * KT, unit)


def _on(impact: Impact, measure: str) -> str:
    mean = found(impact, measure).mean
    return "no day" if math.isnan(mean) else f"about {impact.day(mean - 1)}"


def _at_places(impact: Impact) -> Iterator[str]:
    peaks = impact.table[(impact.table["measure"] == "backlog_peak") & (impact.table["subject"] != "corridor")]
    row: Any
    for row in peaks.head(MOST_PLACES).itertuples():
        yield f"  {row.subject}: {number(float(row.mean) * KT, float(row.half_width) * KT, 'kt')} at its peak"


def clear_words(impact: Impact) -> str:
    """Return in words how long the backlog took to clear."""
    figure, share = found(impact, "clear"), float(np.mean(~np.isnan(impact.clear)))
    runs = len(impact.clear)
    if not share:
        return f"not cleared within the window in any of {runs} replication{'s' * (runs > 1)}"
    words = f"cleared {number(figure.mean, figure.half_width, 'days')} after its end ({impact.day(impact.ends)})"
    if figure.n > 1:
        words += f", {np.nanmin(impact.clear):.0f} to {np.nanmax(impact.clear):.0f} days"
    if share < 1:
        words += f" in {figure.n} of {runs} replications; in the others not within the window, so the mean is a lower bound"
    return words


def _flow_words(impact: Impact) -> Iterator[str]:
    rows = impact.table[impact.table["measure"] == "carried"]
    carried: list[Any] = list(rows.itertuples())
    parts = [f"{row.subject} {_signed(float(row.mean) * KT, float(row.half_width) * KT)}" for row in carried]
    if parts:
        yield f"carried in the window, by branch: {', '.join(parts)}"
    takers = [str(row.subject) for row in carried if _took(float(row.mean), float(row.half_width))]
    yield f"flow taken over by {' and '.join(takers)}" if takers else "no branch took the flow: it waited (routes are given, not chosen)"


def _took(mean: float, half_width: float) -> bool:
    return mean > 0 and (math.isnan(half_width) or mean > half_width)


def _signed(mean: float, half_width: float) -> str:
    return f"{'+' * (mean > 0)}{number(mean, half_width, 'kt')}"

