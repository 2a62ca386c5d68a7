"""Cases on the same unit variates: paired differences, their verdicts, and the comparison on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fakes
import pytest

from corridor_sim.cases import Comparison, chosen_cases, compared, comparison_lines, stored_comparison
from corridor_sim.errors import CorridorError
from corridor_sim.experiment import run_plan
from corridor_sim.statistics import MORE, NO_DIFFERENCE, SAME, pick
from corridor_sim.store import remove_results
from corridor_sim.study import Study


def faster(plan: Any, replication: int, full_records: bool = False) -> Any:
    """The same draws, a day less for everybody, more at the berth of Alat, noise at the terminal."""
    run = fakes.simulate(plan, replication, full_records)
    for name in ("first_h", "last_h", "mean_h"):
        run.tables["trips"][name] = run.tables["trips"][name] - 24.0
    elements = run.tables["element_months"]
    elements["busy_h"] = elements["busy_h"] + (elements["element"] == 8) * 50.0
    elements["busy_h"] = elements["busy_h"] + (elements["element"] == 5) * (-1.0) ** replication * 10
    return run


def comparison(out: Path | None = None) -> Comparison:
    def study(case: str, engine: Any) -> Study:
        scenario = {"places": {"alat": {"lanes": len(case)}}}
        return run_plan(
            fakes.plan(), name="small", case=case, scenario=scenario, replications=4, workers=1, out=out, engine=engine
        )  # fmt: skip

    return compared("small", {"today": study("today", fakes.simulate), "fast": study("fast", faster)}, out)


def row(found: Comparison, kind: str, subject: str, measure: str) -> Any:
    (only,) = pick(found.table, kind=kind, subject=subject, measure=measure).itertuples()
    return only


def test_a_day_less_for_everybody_has_no_noise_left() -> None:
    found = row(comparison(), "branch", "north", "transit_mean")
    assert (found.difference, found.half_width, found.verdict) == (pytest.approx(-24), pytest.approx(0, abs=1e-9), "less")
    assert (found.case, found.base, found.n) == ("fast", "today", 4)


def test_what_changed_beyond_noise_is_more_or_less() -> None:
    assert row(comparison(), "element", "alat.port.rail_ferry", "utilisation").verdict == MORE


def test_what_goes_up_and_down_is_no_detectable_difference() -> None:
    assert row(comparison(), "element", "alat.terminal", "utilisation").verdict == NO_DIFFERENCE


def test_what_did_not_change_is_the_same() -> None:
    assert row(comparison(), "total", "corridor", "offered").verdict == SAME


def test_the_comparison_reads_as_text() -> None:
    lines = comparison_lines(comparison())
    assert lines[0] == "today (base)"
    assert any(
        line.strip().startswith("north transit mean: ") and line.endswith(" days, -1.00 ± 0 days: less") for line in lines
    )
    assert any(line.startswith("fast against today (4 pairs") for line in lines)
    assert any(line.strip().startswith("alat.port.rail_ferry utilisation") and line.endswith("more") for line in lines)


def test_a_stored_comparison_is_read_back(tmp_path: Path) -> None:
    found = comparison(tmp_path)
    assert found.folder is not None
    stored = stored_comparison(found.folder)
    assert stored.table.equals(found.table)
    assert (stored.name, stored.base, stored.cases) == ("small", "today", ("today", "fast"))
    assert stored.studies["fast"].metrics.equals(found.studies["fast"].metrics)
    remove_results(found.folder, tmp_path)
    assert not found.folder.exists()


@pytest.mark.parametrize("cases", [{"a": "../../etc", "b": "0" * 16}, {"a": 1, "b": 2}, {}, [], {"a": "0" * 16}])
def test_a_comparison_that_points_elsewhere_is_refused(tmp_path: Path, cases: Any) -> None:
    found = comparison(tmp_path)
    assert found.folder is not None
    path = found.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"cases": cases}))
    with pytest.raises(CorridorError, match="isn't that of a comparison"):
        stored_comparison(found.folder)


def test_cases_are_taken_in_the_order_asked_for() -> None:
    assert chosen_cases(("a", "b", "c"), None) == ("a", "b", "c")
    assert chosen_cases(("a", "b", "c"), ["c", "a", "c"]) == ("c", "a")


@pytest.mark.parametrize(
    ("known", "wanted", "message"),
    [
        (("a", "b"), ["a", "x"], r"expected one of the file's cases \(a, b\), got 'x'"),
        (("a", "b"), ["a"], "expected at least two cases to compare, got 1"),
        ((), None, "expected at least two cases to compare, got 0"),
    ],
)
def test_a_choice_of_cases_that_can_not_be_compared_is_a_mistake(known: Any, wanted: Any, message: str) -> None:
    with pytest.raises(CorridorError, match=message):
        chosen_cases(known, wanted)
