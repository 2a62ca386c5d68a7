"""A study in words: what each leading factor does alone, who is tightest, and what explains the variance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from corridor_sim.sensitivity.design import Factor
from corridor_sim.sensitivity.effects import BOTTLENECK, IN_WORDS, NUMBERS, importance
from corridor_sim.statistics import number

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.sensitivity.study import Sensitivity

SHOWN = 3  # factors a measure in the summary
LEADING = "leading"


def leading_table(factors: Mapping[str, Factor], alone: pd.DataFrame, morris: pd.DataFrame) -> pd.DataFrame:
    """Return a row a factor and measure, the factor with the largest elementary effects first.

    effect, low, high: what the measure gains from the low to the high end of the factor alone, with its 95 % interval; of the bottleneck
    the share of runs whose tightest element changed. mu_star: mean size of the effect wherever the others stand.
    """
    rank = {name: k + 1 for k, name in enumerate(importance(morris).index)}
    table = alone.merge(morris[["factor", "measure", "mu_star", "mu_star_low", "mu_star_high"]], on=["factor", "measure"])
    table["rank"] = table["factor"].map(rank)
    table["title"] = [factors[name].title for name in table["factor"]]
    table["low"], table["high"] = table["effect"] - table["half_width"], table["effect"] + table["half_width"]
    table["statement"] = [statement(factors[row["factor"]], row) for row in table.to_dict("records")]
    kept = ["rank", "factor", "title", "measure", "unit", "effect", "low", "high", "mu_star", "mu_star_low", "mu_star_high", "statement"]
    return table.sort_values("rank", kind="stable")[kept].reset_index(drop=True)


def statement(factor: Factor, row: Mapping[Any, Any]) -> str:
    """Return one line: what a factor alone does to a measure, from one end of its range to the other."""
    what, between = IN_WORDS[row["measure"]], factor.between()
    if row["measure"] == BOTTLENECK:
        return _bottleneck(factor, row, between)
    effect, half = row["effect"], row["half_width"]
    if math.isfinite(half) and abs(effect) <= half:
        return f"{factor.title} alone ({between}): no effect on {what} that these runs can tell ({number(effect, half, row['unit'])})"
    if effect == 0:
        return f"{factor.title} alone ({between}) leaves {what} as it is"
    return f"{factor.title} alone ({between}) moves {what} by {number(effect, half, row['unit'])}"


def _bottleneck(factor: Factor, row: Mapping[Any, Any], between: str) -> str:
    if not row["effect"]:
        return f"{factor.title} alone ({between}) leaves the tightest element as it is, {named(row['tightest_stated'])}"
    ends = {row["tightest_low"]: "low", row["tightest_high"]: "high"}
    others = " and ".join(f"{named(name)} at its {end} end" for name, end in ends.items() if name != row["tightest_stated"])
    stated = named(row["tightest_stated"])
    changed = f"{factor.title} alone ({between}) changes the tightest element in {row['effect']:.0%} of runs, from {stated}"
    return f"{changed} to {others}" if others else changed


def named(element: str) -> str:
    """Return an element's name; of many services that share ships, the first and how many more."""
    first, *others = element.split("+")
    return f"{first} and {len(others)} that share its ships" if len(others) > 1 else element


def sensitivity_lines(found: Sensitivity) -> list[str]:
    """Return the summary of a study: its size, who is tightest, the leading factors of each measure, and their shares of the variance."""
    facts, table = found.manifest, found.tables[LEADING]
    points = found.tables["points"]
    lines = [
        f"{found.name}: {len(found.tables['factors'])} factors, {len(points)} runs of {facts['scenario']}, "
        f"{facts['start']} to {facts['end']}",
        _tightest(found.tables["bottlenecks"]),
    ]
    lines += [
        f"{measure}: {count} of {len(points)} runs gave no number (not reached, or nothing bounds it); the largest one stands for it"
        for measure, count in facts["not_reached"].items()
    ]
    for measure in (*NUMBERS, BOTTLENECK):
        rows = table[table["measure"] == measure].sort_values("mu_star", ascending=False, kind="stable").head(SHOWN)
        lines += [f"  {row['statement']}{_wherever(row)}" for row in rows.to_dict("records") if row["mu_star"] > 0]
    return [*lines, *_variance(found)]


def _wherever(row: Mapping[Any, Any]) -> str:
    if row["measure"] == BOTTLENECK:
        return f"; wherever the others stand: {row['mu_star']:.0%} of steps"
    ends = f"{row['mu_star_low']:.2g} to {row['mu_star_high']:.2g}"
    return f"; wherever the others stand: {number(row['mu_star'], math.nan, row['unit'])} ({ends})"


def _tightest(table: pd.DataFrame) -> str:
    """Return who is tightest over the screening, where all factors move."""
    rows = table[table["stage"] == "morris"].to_dict("records")
    shares = ", ".join(f"{named(row['element']) or 'none'} in {row['share']:.0%}" for row in rows[:4])
    more = f" and {len(rows) - 4} others" if len(rows) > 4 else ""
    return f"tightest over the screening: {shares} of runs{more} (entropy {rows[0]['entropy_bits']:.2f} bits)"


def _variance(found: Sensitivity) -> list[str]:
    sobol = found.tables.get("sobol")
    if sobol is None:
        return []
    titles = found.tables["factors"].set_index("factor")["title"]
    lines = []
    for measure in (*NUMBERS, BOTTLENECK):
        rows = sobol[sobol["measure"] == measure].sort_values("total", ascending=False, kind="stable").head(2)
        parts = [
            f"{titles[row['factor']]} {row['first']:.2f} ({row['first_low']:.2f} to {row['first_high']:.2f}) alone, {row['total']:.2f} "
            f"({row['total_low']:.2f} to {row['total_high']:.2f}) with interactions"
            for row in rows.to_dict("records")
        ]
        lines.append(f"  share of the variance of {IN_WORDS[measure]}, leading factors only: {'; '.join(parts)}")
    return lines
