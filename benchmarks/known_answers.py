"""Writes docs/known-answers.md: every case with a known answer, its scenario file, its test, what is expected and what was measured.

    CORRIDOR_SIM_MEASURED=measured.jsonl pytest -n 0 -m "slow or not slow" tests/truth
    python -m benchmarks.known_answers measured.jsonl
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "known-answers.md"
TRUTH = ROOT / "tests" / "truth"
# case, scenario files, beginnings of the names of its tests
CASES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Q01", ("q01_border",), ("test_q01",)),
    ("Q04", ("q04_crane",), ("test_q04",)),
    ("Q06", ("q06_loops",), ("test_q06",)),
    ("Q07", ("q07_tandem",), ("test_q07",)),
    ("Q08", ("q08_slots",), ("test_q08",)),
    ("Q09", ("q09_opening_day",), ("test_q09",)),
    ("Q11", ("q11_priority",), ("test_q11",)),
    ("Q13", ("q13_fluid", "q13_customs"), ("test_q13",)),
    ("Q13_SHIFTS", ("q13_shifts",), ("test_lanes_by_shift_at_random", "test_a_steady_stream_by_shift")),
    ("Q14", ("q14_breakdowns", "q14_disruption"), ("test_q14",)),
    ("Q14_USE", ("q14_use",), ("test_a_post_that_breaks_down_in_use",)),
    ("Q15", ("q15_season",), ("test_q15",)),
    ("B01", ("b01_full_ferry",), ("test_b01",)),
    ("B03", ("b03_pool", "b03_one_vessel"), ("test_b03",)),
    ("B05", ("b05_full_or_late",), ("test_b05",)),
    ("C01", ("c01_ferry_loop",), ("test_c01",)),
    ("C03", ("c03_depot", "c03_single"), ("test_c03",)),
    ("C04", ("c04_repair",), ("test_c04",)),
    ("C05", ("c05_empties",), ("test_c05",)),
    ("C06", ("c06_shuttle",), ("test_c06",)),
    ("R02", ("r02_saturated",), ("test_r02",)),
    ("R03", ("r03_section",), ("test_r03",)),
    ("R04", ("r03_section",), ("test_r04",)),
    ("R05", ("r03_section",), ("test_r05",)),
    ("R06", ("r06_meets", "r06_line"), ("test_r06",)),
    ("R08", (), ("test_r08",)),
    ("R09", ("r09_divisions",), ("test_r09",)),
    ("N01", ("n01_skeleton",), ("test_n01",)),
    ("N03", ("n03_books",), ("test_n03",)),
    ("N04", ("n04_return_first",), ("test_n04",)),
    ("K03", ("k03_moving",), ("test_k03",)),
    ("K05", ("k05_chain",), ("test_k05",)),
    ("K06", ("c01_ferry_loop",), ("test_k06",)),
)
HEAD = """# Known answers

Cases whose answer is known in closed form, from an exact Markov chain, or from a publication, each built as a scenario file in
`tests/truth` and run through the whole chain from YAML to tables. Numbers and sources stand in `tests/truth/expected.json`. Everyday
tests run short forms; `pytest -m slow tests/truth` runs the lengths that the cases ask for. A stochastic case passes if the mean of at
least 20 independent replications differs from the truth by no more than t(n-1, 0.9995) standard errors, shown as ±, and if that reach can
tell the truth from what simulators with a wrong rule give; a deterministic case must agree to 1e-6.

This page is written by `python -m benchmarks.known_answers`, whose first lines say how. Measured: {when}.

| case | what | scenario | test | expected: measured |
| --- | --- | --- | --- | --- |
"""


def measured(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Return what was measured, by the name of the test."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found[row["test"].partition("::")[2]].append(row)
    return found


def keys_of(expected: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield (name, number) of every expected number."""
    for key, value in expected.items():
        values = value if isinstance(value, list) else [value]
        for k, number in enumerate(values):
            if isinstance(number, int | float):
                yield (f"{key}[{k}]" if len(values) > 1 else key), float(number)


def results(case: str, begins: tuple[str, ...], expected: dict[str, Any], found: dict[str, list[dict[str, Any]]]) -> str:
    """Return expected numbers with what the longest run of each gave."""
    best: dict[str, dict[str, Any]] = {}
    for test, rows in found.items():
        for row in rows if test.startswith(begins) else ():
            key = next((name for name, number in keys_of(expected) if abs(number - row["true"]) <= 1e-9 * max(1.0, abs(number))), None)
            if key is not None and (key not in best or row["reach"] < best[key]["reach"]):
                best[key] = row
    words = [f"{key} {row['true']:.5g}: {_said(row)}" for key, row in best.items()]
    return "; ".join(words) or "by assertions of its own, see the test"


def _said(row: dict[str, Any]) -> str:
    return f"{row['value']:.5g} ± {row['reach']:.2g}" if row["reach"] else f"{row['value']:.6g}"


def table(found: dict[str, list[dict[str, Any]]]) -> str:
    """Return a row a case."""
    expected = json.loads((TRUTH / "expected.json").read_text(encoding="utf-8"))
    rows = []
    for case, files, tests in CASES:
        scenarios = ", ".join(f"`{file}.yaml`" for file in files) or "by the formulas of `corridor_sim.single_track`"
        named = ", ".join(f"`{test}*`" for test in tests)
        numbers = results(case, tests, expected[case]["expected"], found)
        rows.append(f"| {case} | {expected[case]['situation']} | {scenarios} | {named} | {numbers} |")
    return "\n".join(rows) + "\n"


def main(file: str, when: str) -> None:
    """Write the page: head, table, and what follows the table on the page that is there."""
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    rest = old[old.index("\n## ") :] if "\n## " in old else ""
    PAGE.write_text(HEAD.format(when=when) + table(measured(Path(file))) + rest, encoding="utf-8")


if __name__ == "__main__":
    import datetime

    main(sys.argv[1], f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}")
