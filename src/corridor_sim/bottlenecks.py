"""Bottlenecks: which elements hold freight up, with the evidence. A ranking, not a verdict.

Every candidate is scored by the share of all waiting that stands against it, in tonne-hours:
- path, station, berth: hours from arrival to start because of its queue, its closed hours or its weather, at the mean load of its
  vehicles (what is blocked by room ahead isn't its fault);
- fleet: hours that cargo waits in the pens of its services because no vessel is there;
- room: all hours blocked, split over the rooms by the time during which they refused somebody. This is an attribution, not a
  measurement: the monthly tables don't say who was refused by which room.
Utilisation of open time breaks ties, and filters: an element that is used less than a fifth even in its worst month isn't called
tight however long its few vehicles wait. Average utilisation alone never ranks: a station can be the bottleneck for half a year.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corridor_sim.statistics import Interval, interval, number, pick

if TYPE_CHECKING:
    import pandas as pd

LEAST_USE = 0.2
KIND_OF = {
    "rail": "path", "road": "path", "sea": "path", "border": "station", "gauge_change": "station", "terminal": "station",
    "yard": "station", "berth": "berth",
}  # fmt: skip
SOURCES = {  # kind of subject -> measures: waiting [t_h], utilisation, wait, queue
    "element": ("delay_net", "utilisation", "wait_own", "queue"),
    "pool": ("waiting_vehicle", "fleet_utilisation", "wait", "queue"),
    "room": ("full_share", "utilisation", "wait", "standing"),
}
LIMITS = (("element", "capacity_multiple"), ("pool", "capacity_multiple"))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an element as a bottleneck, over the whole window unless it says month.

    kind: element, fleet or room. utilisation: of open time (fleet: vessel hours not waiting for cargo). wait_h: per vehicle,
    without what is blocked ahead (fleet: per tonne). queue: vehicles waiting (fleet: tonnes; room: what stands there).
    delay_share: of all waiting [1].
    """

    element: str
    kind: str
    utilisation: Interval
    worst_month: str
    worst_utilisation: Interval
    wait_h: Interval
    queue: Interval
    delay_share: Interval
    why: str


def tightest(metrics: pd.DataFrame, n: int = 3) -> list[Evidence]:
    """Return the n elements that hold freight up most, the worst first; metrics of one case, all its replications."""
    table, shares = ranking(metrics).head(n), delay_shares(metrics)
    return [_evidence(metrics, shares, str(row.kind), str(row.element), str(row.worst_month)) for row in table.itertuples()]


def ranking(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return a row a candidate, the tightest first.

    Columns: kind, element, delay_share, utilisation, worst_month, worst_utilisation, wait_h, queue; means over the replications,
    shares and utilisation [1].
    """
    import pandas as pd

    columns = ["kind", "element", "delay_share", "utilisation", "worst_month", "worst_utilisation", "wait_h", "queue"]
    shares = delay_shares(metrics)
    parts = [_candidates(metrics, shares, kind) for kind in SOURCES if (shares["kind"] == kind).any()]
    if not parts:
        return pd.DataFrame({column: [] for column in columns})
    table = pd.concat(parts, ignore_index=True)
    # what has no limit has no utilisation, but may still be closed when something comes
    tight = table[(table["worst_utilisation"] >= LEAST_USE) | (table["worst_utilisation"].isna() & (table["delay_share"] > 0))]
    ordered = tight.assign(rank=tight["delay_share"].round(4))
    ordered = ordered.sort_values(["rank", "worst_utilisation", "utilisation", "element"], ascending=[False, False, False, True])
    return ordered[columns].reset_index(drop=True)


def delay_shares(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return kind, element, replication, delay_share: each candidate's part of all waiting of its replication [1]."""
    import pandas as pd

    parts = [_waiting(metrics, kind) for kind in SOURCES]
    table = pd.concat(parts, ignore_index=True)
    total = table.groupby("replication")["waiting"].transform("sum")
    table["delay_share"] = (table["waiting"] / total.where(total > 0)).fillna(0.0)
    return table.drop(columns="waiting")


def _waiting(metrics: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return kind, element, replication, waiting [t_h] of the candidates of a kind."""
    rows = pick(metrics, kind=kind, measure=SOURCES[kind][0])
    frame = rows[["subject", "replication", "value"]].astype({"subject": "str"})
    frame = frame.rename(columns={"subject": "element", "value": "waiting"}).assign(kind=kind)
    if kind == "room":
        blocked = pick(metrics, kind="total", measure="waiting_blocked").set_index("replication")["value"]
        refused = frame.groupby("replication")["waiting"].transform("sum")
        part = (frame["waiting"] / refused.where(refused > 0)).fillna(0.0)
        frame["waiting"] = part * frame["replication"].map(blocked).fillna(0.0)
    return frame


def _candidates(metrics: pd.DataFrame, shares: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return a row a candidate of a kind with its mean figures."""
    use = SOURCES[kind][1]
    table = shares[shares["kind"] == kind].groupby("element")["delay_share"].mean().reset_index().assign(kind=kind)
    rows = pick(metrics, kind=kind, measure=use, period=None)
    months = [period for period in rows["period"].unique() if len(period) == len("2024-03")]
    monthly = rows[rows["period"].isin(months)].groupby(["subject", "period"], observed=True)["value"].mean().reset_index()
    means = monthly.astype({"subject": "str", "period": "str"})
    worst = means.sort_values("value", ascending=False, kind="stable").drop_duplicates("subject").set_index("subject")
    when = dict(zip(worst.index, worst["period"], strict=True))
    table["worst_month"] = [str(when.get(element, "")) for element in table["element"]]
    table["worst_utilisation"] = table["element"].map(worst["value"])
    for column, measure in zip(("utilisation", "wait_h", "queue"), SOURCES[kind][1:], strict=True):
        rows = pick(metrics, kind=kind, measure=measure).astype({"subject": "str"})
        table[column] = table["element"].map(rows.groupby("subject")["value"].mean())
    return table


def _evidence(metrics: pd.DataFrame, shares: pd.DataFrame, kind: str, element: str, worst_month: str) -> Evidence:
    """Return the evidence on one candidate, each number with its interval."""
    use, wait, queue = SOURCES[kind][1:]
    mine = shares[(shares["kind"] == kind) & (shares["element"] == element)]

    def of(measure: str, period: str = "all") -> Interval:
        return interval(pick(metrics, kind=kind, subject=element, measure=measure, period=period)["value"])

    share = interval(mine["delay_share"])
    word = "fleet" if kind == "pool" else kind
    found = Evidence(element, word, of(use), worst_month, of(use, worst_month), of(wait), of(queue), share, "")
    return replace(found, why=_why(found))


def _why(evidence: Evidence) -> str:
    """Return the evidence as a phrase: use in the year and in the worst month, wait, queue, share of all waiting."""
    used = {"fleet": "vessels at work", "room": "filled"}.get(evidence.kind, "busy")
    worst = f"{_percent(evidence.worst_utilisation)} in {evidence.worst_month}"
    limited = not math.isnan(evidence.utilisation.mean)
    words = [f"{used} {_percent(evidence.utilisation)} of the time ({worst})" if limited else "without limit while it is open"]
    if not math.isnan(evidence.wait_h.mean):
        per = "tonne" if evidence.kind == "fleet" else "vehicle"
        words.append(f"waits {number(evidence.wait_h.mean, evidence.wait_h.half_width, 'h')} a {per}")
    words.append(f"{_percent(evidence.delay_share)} of all waiting")
    return ", ".join(words)


def _percent(share: Interval) -> str:
    return number(100 * share.mean, 100 * share.half_width, "%")


def binding(metrics: pd.DataFrame) -> str:
    """Return the element or fleet that bounds what is sustainable (see `metrics.capacity`), "" if nothing does."""
    least, name = math.inf, ""
    for kind, measure in LIMITS:
        rows = pick(metrics, kind=kind, measure=measure)
        means = rows.astype({"subject": "str"}).groupby("subject")["value"].mean()
        if len(means) and means.min() < least:
            least, name = float(means.min()), str(means.idxmin())
    return name
