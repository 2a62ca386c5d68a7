"""The tables of the page on credibility: targets, families, numbers that were fitted, causes, sweeps, provenance, sources."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isnan
from typing import TYPE_CHECKING, Any

from corridor_sim.credibility.provenance import STANDINGS
from corridor_sim.credibility.targets import read_sources
from corridor_sim.figures.panels import Cell, Column, Sheet, texts
from corridor_sim.figures.words import text_cell

if TYPE_CHECKING:
    from corridor_sim.credibility.findings import Findings
    from corridor_sim.credibility.scoring import Scored
    from corridor_sim.credibility.sweeps import Swept

SWEPT = {"carried": "Mt/a", "transit_p90": "days", "sustainable": "Mt/a"}


def sheets_of_findings(findings: Findings) -> tuple[Sheet, ...]:
    """Return the tables of the page in its order, those that have rows."""
    sheets = (
        _targets(findings), _families(findings), _parameters(findings.fit), _sweep(findings), _provenance(findings),
        _sources(findings),
    )  # fmt: skip
    return tuple(sheet for sheet in sheets if sheet.rows)


def _targets(findings: Findings) -> Sheet:
    columns = (
        *texts("figure", "of", "year"), Column("published"), Column("modelled"), *texts("95 % interval", "unit", "verdict"),
        Column("off by", "%"),
        *texts("what it is", "year was", "family", "likely reason, or why it isn't scored", "sources"),
    )  # fmt: skip
    note = (
        "Pass: the published figure lies in the model's 95 % interval for one more year (of a survey: with its sampling error; of single "
        "trips: for one trip). Near: outside, but within 20 % of the mean. Emergent figures are scored; what echoes an input or "
        "repeats another figure stands here without a score. No figure is left out for missing."
    )
    return Sheet("Published figures beside the model", note, columns, tuple(_target(row) for row in findings.rows))


def _target(row: Scored) -> tuple[Cell, ...]:
    target = row.target
    what = f"repeats {target.same_as}" if target.same_as else target.kind
    year = "fitted" if target.fitted else "predicted"
    return (
        text_cell(target.measure),
        text_cell(target.subject),
        text_cell(str(target.year or "")),
        _number(target.value),
        _number(row.modelled),
        text_cell(f"{_short(row.low)} to {_short(row.high)}" if row.measured else ""),
        text_cell(target.unit),
        text_cell(row.verdict),
        _number(100 * (row.modelled / target.value - 1), 0),
        text_cell(what),
        text_cell(year if row.measured else ""),
        text_cell(target.family.replace("_", " ")),
        text_cell(row.why_not or (target.likely if row.verdict in ("miss", "near") else "")),
        text_cell(" ".join(target.sources)),
    )


def _families(findings: Findings) -> Sheet:
    table = findings.tables()["families"].to_dict("records")
    fit = {(one["years"], one["family"]): one for one in findings.fit.get("families", [])}
    columns = (
        *texts("family"), Column("score"), Column("figures"), Column("inside"), Column("within 20 %"),
        Column("fitted years before"), Column("fitted years after"), Column("predicted years before"), Column("predicted years after"),
    )  # fmt: skip
    rows = tuple(
        (
            text_cell(one["family"].replace("_", " ")), _number(one["score"]),
            *(_count(one[k]) for k in ("targets", "inside", "within_20_percent")),
            *(_fit_cell(fit, years, one["family"], when) for years in ("fitted", "predicted") for when in ("before", "after")),
        )
        for one in table
    )  # fmt: skip
    note = (
        "Interval score over the figure: the width of the interval plus 40 times what lies outside, 0 at best; each family weighs the "
        "same. Before and after: at the start values and with the fitted numbers, with the spread of a pilot."
    )
    return Sheet("Fit by family", note, columns, rows)


def _fit_cell(fit: Mapping[tuple[str, str], Mapping[str, Any]], years: str, family: str, when: str) -> Cell:
    found = fit.get((years, family))
    return _number(found[when]) if found else Cell("", -inf)


def _parameters(fit: Mapping[str, Any]) -> Sheet:
    rows = tuple(
        (
            text_cell(one["title"]), *(_number(one[k]) for k in ("low", "high", "start", "fitted")), text_cell(one["unit"]),
            text_cell(_edge(one)), text_cell(one["bounds_from"]),
        )
        for one in fit.get("parameters", [])
    )  # fmt: skip
    note = (
        f"Fitted once on 2022 and 2023 in {fit.get('evaluations', 0)} evaluations on the same random draws; nothing belongs to a year. A "
        "number at its bound wants more than the sources allow: something is missing in the model."
    )
    columns = (*texts("number"), *map(Column, ("low", "high", "start", "fitted")), *texts("unit", "at a bound", "bounds from"))
    return Sheet("Numbers that were fitted", note, columns, rows)


def _edge(one: Mapping[str, Any]) -> str:
    reach = 0.03 * (one["high"] - one["low"])
    return "low" if one["fitted"] <= one["low"] + reach else "high" if one["fitted"] >= one["high"] - reach else ""


def _sweep(findings: Findings) -> Sheet:
    columns = (
        *texts("assumption"), *(Column(name.replace("_", " "), unit) for name, unit in SWEPT.items()),
        *texts("differs by (95 %)", "what binds", "tightest"),
    )  # fmt: skip
    rows = tuple(
        (
            text_cell(one.name), *(_number(one.values[name].mean) for name in SWEPT),
            text_cell(_differences(one) if one is not findings.sweeps[0] else ""), text_cell(one.binds), text_cell(", ".join(one.tight)),
        )
        for one in findings.sweeps
    )  # fmt: skip
    note = "2024 with other assumptions on the same random draws. Where ships wait and how many are at hand is swept, never fitted."
    return Sheet("Swept, not fitted", note, columns, rows)


def _differences(one: Swept) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {found}" for name, found in one.differences.items())


def _provenance(findings: Findings) -> Sheet:
    rows = tuple(
        (text_cell(str(one["year"])), text_cell(one["section"]), *(_count(one[standing]) for standing in STANDINGS))
        for one in findings.provenance
    )
    note = "Numbers of each year's scenario by what they rest on. Assumed: nothing was found, or what was found isn't this number."
    return Sheet("Where the numbers come from", note, (*texts("year", "section"), *map(Column, STANDINGS)), rows)


def _sources(findings: Findings) -> Sheet:
    used = dict.fromkeys(name for row in findings.rows for name in row.target.sources)
    known = read_sources()
    rows = tuple(
        tuple(text_cell(known[name][column]) for column in ("id", "title", "date", "note", "url")) for name in sorted(used) if name in known
    )
    return Sheet("Sources of the published figures", "", texts("id", "title", "date", "what it says", "address"), rows)


def _number(value: float | None, decimals: int | None = None) -> Cell:
    if value is None or isnan(value):
        return Cell("", -inf)
    return Cell(f"{value:+,.{decimals}f}" if decimals is not None else _short(value), float(value))


def _count(number: int) -> Cell:
    return Cell(f"{number:,}", float(number))


def _short(value: float) -> str:
    """Return a number to three figures; whole numbers as they are."""
    if isnan(value):
        return ""
    if float(value).is_integer() and abs(value) >= 1:
        return f"{value:,.0f}"
    decimals = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2 if abs(value) >= 0.095 else 3
    return f"{value:,.{decimals}f}"
