"""Summaries: a study, or a comparison of cases, in about ten lines of plain text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from corridor_sim.assumptions import closing_lines
from corridor_sim.bottlenecks import binding, tightest
from corridor_sim.choice import choice_lines
from corridor_sim.statistics import Interval, number, over_replications, pick
from corridor_sim.study import Study

if TYPE_CHECKING:
    import pandas as pd

TOTAL = ("total", "corridor")


def summary_lines(study: Study) -> list[str]:
    """Return the answers, and in the end what the numbers rest on."""
    return [*answer_lines(study), *closing_lines(study)]


def answer_lines(study: Study) -> list[str]:
    """Return the answers: carried and waiting, transit by branch, the tightest elements; means with their 95 % interval."""
    metrics = study.metrics
    return [
        *_backlog(metrics),
        *standing_lines(study),
        *_volumes(metrics),
        *_choice(study),
        *_turned(study),
        *_transit(metrics),
        *_tight(metrics),
        *_wagons(metrics),
        *_locomotives(metrics),
        *start_lines(study),
        f"{study.replications} replication{'s' * (study.replications > 1)}, seed {study.seed}; ± is half a 95 % interval",
    ]


def _choice(study: Study) -> list[str]:
    """Return how flows choose; shares that pilots settled don't hold where the run piles up all the same, and a line says so."""
    report = study.manifest.get("choice", {})
    lines = choice_lines(report)
    if report.get("on") and backlog_grows(study.metrics):
        lines.insert(1, "THE CHOICE DOESN'T HOLD IN THIS RUN: freight piles up at these shares, beyond the times that their pilots met")
    return lines


def _wagons(metrics: pd.DataFrame) -> list[str]:
    """Return a line a pool of wagons: its stock, what is in use, its turn, what 95 % supply needs; and one where it starved."""
    lines = []
    for pool in dict.fromkeys(map(str, pick(metrics, kind="wagons", measure="stock")["subject"])):
        measures = ("stock", "turn", "needed_95", "starved")
        stock, turn, need, starved = (over_replications(metrics, "wagons", pool, name) for name in measures)
        used = _scaled(over_replications(metrics, "wagons", pool, "in_use_share"), 100.0)
        words = f"{_said(used, '%')} in use, turn {_said(turn, 'd')}, 95 % supply needs {_said(need, '')}".rstrip()
        lines.append(f"wagons of {pool}: {number(stock.mean)}, {words}")
        if starved.mean > 0:
            lines.append(f"POOL {pool} EMPTY: for {_said(starved, 'h')} loads waited where no wagon had come for a month")
    return lines


def _locomotives(metrics: pd.DataFrame) -> list[str]:
    """Return a line a district: its locomotives, what is in use or idle, light runs, waits of trains; and one where it starved."""
    lines = []
    for district in dict.fromkeys(map(str, pick(metrics, kind="locomotives", measure="stock")["subject"])):
        measures = ("stock", "idle", "light_runs", "wait", "starved", "given_up")
        stock, idle, runs, wait, starved, lost = (over_replications(metrics, "locomotives", district, name) for name in measures)
        used = _scaled(over_replications(metrics, "locomotives", district, "in_use_share"), 100.0)
        words = f"{_said(used, '%')} in use, idle {_said(idle, '')}".rstrip() + f", light runs {_said(runs, '')}".rstrip()
        given_up = f", given up on the way {_said(lost, '')}".rstrip() if lost.mean > 0 else ""
        lines.append(f"locomotives of {district}: {stock.mean:g}, {words}, a train waits {_said(wait, 'h')}{given_up}")
        if starved.mean > 0:
            lines.append(f"DISTRICT {district} EMPTY: for {_said(starved, 'h')} trains waited where no locomotive had come for a month")
    return lines


def backlog_grows(metrics: pd.DataFrame) -> bool:
    """Return whether the backlog still grows at the end: in most replications, and on average by more than its noise."""
    flags = pick(metrics, kind="total", measure="backlog_grows")["value"]
    slope = over_replications(metrics, *TOTAL, "backlog_slope")
    return bool(len(flags) and flags.mean() > 0.5) and not slope.low <= 0


def _backlog(metrics: pd.DataFrame) -> list[str]:
    if not backlog_grows(metrics):
        return []
    slope = _scaled(over_replications(metrics, *TOTAL, "backlog_slope"), 1e-3)
    words = "demand exceeds what the corridor carries, and times depend on how long it is watched"
    return [f"BACKLOG GROWS by {_said(slope, 'kt a month')}: {words}"]


def _volumes(metrics: pd.DataFrame) -> list[str]:
    offered, carried, sustainable = (over_replications(metrics, *TOTAL, name) for name in ("offered", "carried", "sustainable"))
    waiting, present = (_scaled(over_replications(metrics, *TOTAL, name), 1e-3) for name in ("waiting_end", "present_end"))
    echo = " (all that was offered: this repeats the demand put in)" if _echoed(metrics) else ""
    return [
        f"offered {_said(offered, 'Mt/a')}, carried {_said(carried, 'Mt/a')}{echo}",
        f"waiting at the end {_said(waiting, 'kt')}, waiting or under way {_said(present, 'kt')}",
        _sustainable(metrics, sustainable),
    ]


def _echoed(metrics: pd.DataFrame) -> bool:
    rows = pick(metrics, kind="total", measure="carried")
    return bool(len(rows)) and bool(rows["echoed"].all())


def _sustainable(metrics: pd.DataFrame, sustainable: Interval) -> str:
    if math.isnan(sustainable.mean):
        return "sustainable: nothing bounds it (no element of this scenario has a limit)"
    multiple = over_replications(metrics, *TOTAL, "sustainable_multiple")
    if backlog_grows(metrics):
        return f"sustainable no more than what is carried, {_said(multiple)} times what is offered"
    words = f"sustainable about {_said(sustainable, 'Mt/a')}, {_said(multiple)} times what is offered"
    return f"{words} (estimated from capacity left; bound by {binding(metrics)})"


def _turned(study: Study) -> list[str]:
    rows = pick(study.metrics, kind="flow", measure="turned_away")
    lines = []
    for name in dict.fromkeys(rows["subject"].astype("str")):
        offered = over_replications(study.metrics, "flow", name, "offered_units").mean
        share = rows.loc[rows["subject"] == name, "value"].sum() / study.replications / offered if offered else math.nan
        lines.append(f"turned away {name}: {100 * share:.3g} % of what was offered found a yard full")
    return lines


def _transit(metrics: pd.DataFrame) -> list[str]:
    rows = pick(metrics, kind="branch", measure="transit_mean")
    return [_of_branch(metrics, branch) for branch in dict.fromkeys(rows["subject"].astype("str"))]


def _of_branch(metrics: pd.DataFrame, branch: str) -> str:
    mean, p90 = (_scaled(over_replications(metrics, "branch", branch, m), 1 / 24) for m in ("transit_mean", "transit_p90"))
    carried = over_replications(metrics, "branch", branch, "carried")
    under_way = over_replications(metrics, "branch", branch, "transit_censored").mean
    least = "at least " if under_way > 0 else ""
    line = f"transit {branch}: mean {least}{_said(mean, 'days')}, P90 {_said(p90, 'days')}"
    tail = f", {100 * under_way:.2g} % still under way when the run stopped (P90 by Kaplan-Meier)" if under_way > 0 else ""
    return f"{line}, at {_said(carried, 'Mt/a')}{tail}"


def _tight(metrics: pd.DataFrame) -> list[str]:
    lines = [f"tightest {place}. {e.element} ({e.kind}): {e.why}" for place, e in enumerate(tightest(metrics), 1)]
    return lines or ["tightest: nothing is used much"]


def standing_lines(study: Study) -> list[str]:
    """Return what stood still to the end in most replications, and why: no vessels, nothing sent, closed for good."""
    pens, flows = {pen.name: pen for pen in study.facts.pens}, {flow.name: flow for flow in study.facts.flows}
    shut = set(pick(study.metrics, kind="element", measure="closed_h")["subject"].astype("str"))
    lines = []
    for name, units in _stood_still(study, "pen"):
        pen = pens[name]
        gone = over_replications(study.metrics, "pen", name, "no_vessels").mean == 1
        why = "has no vessels" if gone else "sent nothing in the last month"
        load = f"{units:,.0f} {pen.unit} of {pen.commodity} in {pen.place}"
        lines.append(f"STOOD STILL: {load} wait for {' or '.join(pen.services)}, which {why}")
    for name, units in _stood_still(study, "flow"):
        closed = dict.fromkeys(label for route in flows[name].routes for label in route.elements if label in shut)
        lines.append(f"STOOD STILL: {units:,.0f} {flows[name].unit} of {name} under way, with {', '.join(closed)} closed to the end")
    return lines


def _stood_still(study: Study, kind: str) -> list[tuple[str, float]]:
    """Return (subject, mean units) of what stood still in most replications."""
    rows = pick(study.metrics, kind=kind, measure="stood_still")
    values: dict[str, list[float]] = {}
    for subject, value in zip(rows["subject"].astype("str"), rows["value"], strict=True):
        values.setdefault(subject, []).append(float(value))
    return [(subject, sum(found) / len(found)) for subject, found in values.items() if 2 * len(found) > study.replications]


def start_lines(study: Study) -> list[str]:
    """Return how the run begins, where that isn't a stated warm-up alone: an automatic one with its cut, stated stocks."""
    found, stocks = study.manifest.get("warm_up"), _stocks(study)
    if found is None:
        return [f"begins with {stocks}"] if stocks else []
    pilot = f"a stationary pilot of {found['pilot_days']} days"
    if found["settled"]:
        unused = "; the stated stocks aren't used" if stocks else ""
        return [f"begins after a warm-up of {found['days']} days: the cut of MSER-5 on {pilot}{unused}"]
    begins = stocks if stocks else "nothing under way, as no start_stocks are stated"
    return [f"the start isn't stable (what is under way doesn't settle in {pilot}): begins without warm-up, with {begins}"]


def _stocks(study: Study) -> str:
    """Return the stated stocks in words, or nothing."""
    stated = study.scenario.get("start_stocks") or {}
    net_t = {flow.name: flow.net_t for flow in study.facts.flows}
    tonnes = sum(stock["units"] * net_t[stock["flow"]] for stock in stated.values())
    return f"stated stocks of {number(tonnes / 1e3, unit='kt')} in {len(stated)} place{'s' * (len(stated) != 1)}" if stated else ""


def _said(found: Interval, unit: str = "") -> str:
    return number(found.mean, found.half_width, unit)


def _scaled(found: Interval, factor: float) -> Interval:
    return Interval(found.mean * factor, found.half_width * factor, found.n)


