"""Ten lines answer the planner's questions, and a backlog that grows comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import fakes
import pytest

from corridor_sim.experiment import run_plan
from corridor_sim.study import Study
from corridor_sim.summary import backlog_grows, summary_lines


def study(engine: Any = fakes.simulate, replications: int = 3) -> Study:
    return run_plan(fakes.plan(), name="small", scenario={}, replications=replications, workers=1, out=None, engine=engine)


def overloaded(plan: Any, replication: int, full_records: bool = False) -> Any:
    run = fakes.simulate(plan, replication, full_records)
    rows = [
        {"flow": flow, "month": month, "ready": 1000, "delivered": 800, "present": 200 * (month + 1)}
        for flow in range(3)
        for month in range(3)
    ]  # fmt: skip
    return replace(run, tables={**run.tables, "flow_months": fakes.table("flow_months", *rows)})


def one_still_under_way(plan: Any, replication: int, full_records: bool = False) -> Any:
    run = fakes.simulate(plan, replication, full_records)
    run.tables["trips"]["delivered"][1] = 0
    return run


def test_the_answers_stand_in_about_ten_lines_with_their_intervals() -> None:
    lines = summary_lines(study())
    assert 8 <= len(lines) <= 11
    assert lines[0].startswith("offered ")
    assert [line.split(":")[0] for line in lines if line.startswith("transit")] == ["transit middle", "transit north"]
    assert sum(line.startswith("tightest") for line in lines) == 3
    assert all("±" in line for line in lines)


def test_a_backlog_that_grows_is_the_first_line() -> None:
    found = study(overloaded)
    assert backlog_grows(found.metrics)
    lines = summary_lines(found)
    assert lines[0].startswith("BACKLOG GROWS by 2.64")
    assert any(line.startswith("sustainable no more than what is carried, 0.8") for line in lines)


def test_a_steady_corridor_has_no_growing_backlog() -> None:
    assert not backlog_grows(study().metrics)


def test_a_censored_mean_is_called_a_lower_bound() -> None:
    (line,) = [line for line in summary_lines(study(one_still_under_way)) if line.startswith("transit north")]
    assert "mean at least " in line
    assert line.endswith("% still under way when the run stopped (P90 by Kaplan-Meier)")


def test_one_replication_has_no_intervals() -> None:
    lines = summary_lines(study(replications=1))
    assert lines[-1].startswith("1 replication, seed 1")
    assert "±" not in "".join(lines[:-1])


def test_what_only_repeats_the_demand_is_said() -> None:
    def calm(plan: Any, replication: int, full_records: bool = False) -> Any:
        run = fakes.simulate(plan, replication, full_records)
        run.tables["flow_months"]["delivered"] = run.tables["flow_months"]["ready"]
        return run

    assert "this repeats the demand put in" in summary_lines(study(calm))[0]


@pytest.mark.parametrize("words", ["bound by", "times what is offered"])
def test_what_is_sustainable_names_what_binds_it(words: str) -> None:
    (line,) = [line for line in summary_lines(study()) if line.startswith("sustainable")]
    assert words in line
