"""From answers to tables: what each factor does alone, its elementary effects, its share of the variance, and who is tightest."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from corridor_sim.sensitivity.answers import TIGHTEST, Row
from corridor_sim.sensitivity.design import Point
from corridor_sim.sensitivity.sampling import Index, morris_effects, morris_indices, sobol_indices
from corridor_sim.statistics import interval, paired

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = {"cargo_wait": "days", "transit_p90": "days", "sustainable": "Mt/a"}  # measure -> unit
BOTTLENECK = "bottleneck"  # the identity of the tightest element: answers are kinds, effects shares of changes
MEASURES = {**NUMBERS, BOTTLENECK: "1"}
IN_WORDS = {
    "cargo_wait": "the wait of a tonne", "transit_p90": "transit P90", "sustainable": "the sustainable volume",
    BOTTLENECK: "the tightest element",
}  # fmt: skip
Rows = list[list[Row]]  # by point, by replication


def finite(values: Iterable[float]) -> list[float]:
    """Return values with the largest finite one for what isn't a number or wasn't reached (a P90 beyond the run, nothing that bounds)."""
    found = list(values)
    known = [value for value in found if math.isfinite(value)]
    return [value if math.isfinite(value) else max(known, default=0.0) for value in found]


def not_reached(rows: Rows) -> dict[str, int]:
    """Return for each measure how many runs gave no finite number."""
    counts = {measure: sum(not math.isfinite(row[measure]) for point in rows for row in point) for measure in NUMBERS}
    return {measure: count for measure, count in counts.items() if count}


def one_each(rows: Rows, measure: str) -> list[float]:
    """Return a number a point: the mean over its replications; of the bottleneck, the code of its most frequent element."""
    if measure != BOTTLENECK:
        size = len(rows[0])
        flat = finite(row[measure] for point in rows for row in point)
        return [float(np.mean(flat[k : k + size])) for k in range(0, len(flat), size)]
    names = [_most(point) for point in rows]
    order = [name for name, _ in Counter(names).most_common()]
    return [float(order.index(name)) for name in names]


def _most(point: list[Row]) -> str:
    return str(Counter(row[TIGHTEST] for row in point).most_common(1)[0][0])


def alone_table(names: Sequence[str], rows: Rows) -> pd.DataFrame:
    """Return a row a factor and measure: means as stated and at both ends, and the paired difference of the ends with its half-width.

    Of the bottleneck, at_low and at_high are the shares of replications whose tightest element isn't that of the scenario as it stands;
    effect is the share over both.
    """
    import pandas as pd

    made: list[dict[str, Any]] = []
    for k, name in enumerate(names):
        stated, low, high = rows[0], rows[1 + 2 * k], rows[2 + 2 * k]
        tight = {f"tightest_{where}": _most(point) for where, point in (("low", low), ("stated", stated), ("high", high))}
        for measure, unit in NUMBERS.items():
            made.append({"factor": name, "measure": measure, "unit": unit, **_swing(measure, stated, low, high), **tight})
        moved = [[a[TIGHTEST] != b[TIGHTEST] for a, b in zip(stated, end, strict=True)] for end in (low, high)]
        shares = {"stated": 0.0, "at_low": float(np.mean(moved[0])), "at_high": float(np.mean(moved[1]))}
        effect = {"effect": float(np.mean(moved)), "half_width": math.nan}
        made.append({"factor": name, "measure": BOTTLENECK, "unit": "1", **shares, **effect, **tight})
    return pd.DataFrame(made)


def _swing(measure: str, stated: list[Row], low: list[Row], high: list[Row]) -> dict[str, float]:
    size = len(stated)
    flat = finite(row[measure] for point in (stated, low, high) for row in point)
    middle, first, last = flat[:size], flat[size : 2 * size], flat[2 * size :]
    between = paired(first, last)
    means = {"stated": interval(middle).mean, "at_low": interval(first).mean, "at_high": interval(last).mean}
    return means | {"effect": between.mean, "half_width": between.half_width}


def morris_table(points: Sequence[Point], rows: Rows, names: Sequence[str], seed: int) -> pd.DataFrame:
    """Return a row a factor and measure: mu, mu_star and sigma over the factor's whole range, each with its 95 % interval."""
    import pandas as pd

    made = []
    for measure, unit in MEASURES.items():
        effects = morris_effects(points, one_each(rows, measure), names, changed=measure == BOTTLENECK)
        found = morris_indices(effects, seed)
        made += [{"factor": name, "measure": measure, "unit": unit, **_spread(found, k)} for k, name in enumerate(names)]
    return pd.DataFrame(made)


def sobol_table(names: Sequence[str], rows: Rows, seed: int) -> pd.DataFrame:
    """Return a row a factor and measure: indices of first and total order with their 95 % intervals [1].

    Of the bottleneck, the answer is whether the tightest element is the most frequent one.
    """
    import pandas as pd

    made = []
    for measure in MEASURES:
        values = one_each(rows, measure)
        found = sobol_indices(names, [float(v > 0) for v in values] if measure == BOTTLENECK else values, seed)
        made += [{"factor": name, "measure": measure, "unit": "1", **_spread(found, k)} for k, name in enumerate(names)]
    return pd.DataFrame(made)


def _spread(found: dict[str, list[Index]], k: int) -> dict[str, float]:
    """Return value, low and high of each index of a factor as columns."""
    return {
        column: value
        for name, indices in found.items()
        for column, value in ((name, indices[k].value), (f"{name}_low", indices[k].low), (f"{name}_high", indices[k].high))
    }


def importance(morris: pd.DataFrame) -> pd.Series:
    """Return for each factor the mean over the measures of its mu_star against the largest one [1], the largest first."""
    import pandas as pd

    table = morris.pivot(index="factor", columns="measure", values="mu_star").reindex(pd.unique(morris["factor"]))
    largest = table.max()
    return (table / largest.where(largest > 0)).fillna(0.0).mean(axis=1).sort_values(ascending=False, kind="stable")


def tightest_table(stages: dict[str, Rows]) -> pd.DataFrame:
    """Return a row a stage and element: in how many runs, and in which share of them, it is the tightest; entropy of the stage [bits]."""
    import pandas as pd

    made = []
    for stage, rows in stages.items():
        counts = Counter(row[TIGHTEST] for point in rows for row in point)
        shares = {name: count / counts.total() for name, count in counts.most_common()}
        entropy = -sum(share * math.log2(share) for share in shares.values()) + 0.0
        made += [
            {"stage": stage, "element": name, "runs": counts[name], "share": share, "entropy_bits": entropy}
            for name, share in shares.items()
        ]
    return pd.DataFrame(made)


def points_table(stages: dict[str, tuple[Sequence[Point], Rows]], names: Sequence[str]) -> pd.DataFrame:
    """Return a row a run: stage, point, replication, where each factor stood in its range (nothing: as stated), and its answer."""
    import pandas as pd

    return pd.DataFrame(
        [
            {"stage": stage, "point": k, "replication": r, **{f"x_{name}": point.get(name, math.nan) for name in names}, **row}
            for stage, (points, rows) in stages.items()
            for k, (point, found) in enumerate(zip(points, rows, strict=True))
            for r, row in enumerate(found)
        ]
    )
