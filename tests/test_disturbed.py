"""A disturbed run beside the undisturbed one: what is lost, what piles up where, and how long it takes to clear."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lines_of import flow, line

from corridor_sim.disturbed import DISTURBED, UNDISTURBED, Disturbance, closings_of, disturb, stored_disturbance
from corridor_sim.errors import CorridorError
from corridor_sim.impact import found, impact_lines
from corridor_sim.loading import load_mapping


def disturbed(*texts: str, out: Path | None = None, data: dict[str, Any] | None = None, replications: int = 3) -> Disturbance:
    loaded = load_mapping(data or line(flows__out=flow("east", "west", 12, supply="poisson"), replications=3))
    return disturb(loaded, texts, out=out, replications=replications, workers=1)


def test_what_a_closed_border_costs() -> None:
    impact = disturbed("post.border 2025-01-11 10d").impact
    arrivals = 12 * 10  # trains of 1 kt that come in ten days, and a train an hour passes then
    assert found(impact, "lost_peak").mean == pytest.approx(1000 * arrivals, rel=0.2)
    assert found(impact, "backlog_peak", "post").mean == pytest.approx(1000 * arrivals, rel=0.2)
    assert found(impact, "backlog_peak").mean == found(impact, "backlog_peak", "post").mean
    assert found(impact, "lost_end").mean == 0.0
    assert found(impact, "clear").mean == pytest.approx(10, abs=3)  # 12 a day come while 24 pass: as long as it lasted
    assert impact.day(impact.ends) == "2025-01-21"


def test_before_it_and_when_it_is_cleared_nothing_differs() -> None:
    impact = disturbed("post.border 2025-01-11 3d").impact
    assert (impact.total[:, :10] == 0).all()
    assert (impact.lost[:, :10] == 0).all()
    assert (impact.total[:, 11] > 0).all()
    assert (impact.lost[:, -1] == 0).all()


def test_a_closure_that_outlasts_the_window_is_not_cleared() -> None:
    impact = disturbed("post.border 2025-02-20 40d").impact
    assert np.isnan(impact.clear).all()
    assert "not cleared within the window in any of 3 replications" in impact_lines(impact)
    assert found(impact, "lost_end").mean > 0


def test_a_slow_down_costs_less_than_a_closure() -> None:
    closed, slow = (disturbed(f"post.border 2025-01-11 10d{factor}").impact for factor in ("", " 0.25"))
    assert 0 < found(slow, "backlog_peak").mean < found(closed, "backlog_peak").mean
    assert "at 25 %" in slow.words[0]


def test_vessels_without_stock_of_load_show_which_branch_took_the_flow() -> None:
    data = line(flows__out=flow("east", "west", 12, supply="poisson"))
    data["legs"]["bypass"] = {"mode": "rail", "between": ["east", "west"], "length_km": 300, "speed_kmh": 40}
    data["services"]["round"] = {"route": ["east", "west"], "carries": {"wagons": 1}, "departs": {"at_least": 1, "after_departure_h": 999}}
    data["services"]["trains"]["legs"] = ["east_post", "post_west"]
    data["flows"]["out"]["routes"] = [{"services": ["trains"], "share": 3, "branch": "north"}, {"services": ["round"], "share": 1, "branch": "south"}]
    impact = disturbed("post.border 2025-01-11 90d", data=data).impact
    carried = impact.table[impact.table["measure"] == "carried"].set_index("subject")["mean"]
    assert carried["north"] < 0
    assert carried["south"] == 0
    assert any("no branch took the flow" in line_ for line_ in impact_lines(impact))


def test_it_is_stored_and_read_again(tmp_path: Path) -> None:
    made = disturbed("post.border 2025-01-11 10d", "post_west 2025-01-30 06:00 36h", out=tmp_path)
    assert made.comparison.folder is not None
    again = stored_disturbance(made.comparison.folder)
    assert again is not None
    assert again.impact.table.equals(made.impact.table)
    assert again.impact.words == made.impact.words
    assert set(again.comparison.cases) == {UNDISTURBED, DISTURBED}
    assert (made.comparison.folder / "impact.parquet").is_file()


def test_what_was_run_without_daily_tables_is_run_again_with_them(tmp_path: Path) -> None:
    from corridor_sim.experiment import run_case

    loaded = load_mapping(line(replications=2))
    plain = run_case(loaded, out=tmp_path, workers=1)
    assert "pen_days" not in plain.tables
    daily = run_case(loaded, out=tmp_path, workers=1, days=True)
    assert daily.folder == plain.folder
    assert {"pen_days", "element_days", "flow_days"} <= set(daily.tables)
    assert "pen_days" in run_case(loaded, out=tmp_path, workers=1, replications=4).tables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("post.bordr 2025-01-11 10d", "--disrupt 'post.bordr 2025-01-11 10d': there is no leg, .* did you mean 'post.border'"),
        ("post 2025-01-11 10d", "expected a facility of post"),
        ("post.border 2025-01-11", "expected an element, a date and a duration"),
        ("post.border 2025-13-11 10d", "expected a date or instant"),
        ("post.border 2026-01-11 10d", "expected a date inside the run"),
        ("post.border 2025-01-11 0d", "expected a duration above 0"),
        ("post.border 2025-01-11 99999d", "at most 3660 days"),
        ("post.border 2025-01-11 10w", "expected an element, a date and a duration"),
        ("post.border 2025-01-11 1.2.3d", "expected an element, a date and a duration"),
        ("post.border 2025-01-11 10d 1.5", "expected a factor"),
        ("", "expected an element, a date and a duration"),
    ],
)
def test_a_text_that_asks_for_nothing_is_refused(text: str, expected: str) -> None:
    with pytest.raises(CorridorError, match=expected):
        closings_of([text], load_mapping(line()).scenario)


def test_it_is_part_of_the_public_interface() -> None:
    import corridor_sim

    assert corridor_sim.disturb is disturb


def test_texts_are_read_to_the_minute() -> None:
    (one,) = closings_of(["legs.post_west 2025-01-30 06:15 1.5h 0.5"], load_mapping(line()).scenario)
    assert (one.from_, one.to, one.factor) == (datetime(2025, 1, 30, 6, 15), datetime(2025, 1, 30, 7, 45), 0.5)


def test_days_say_what_waits_each_midnight() -> None:
    from corridor_sim.build import build_plan
    from corridor_sim.engine import simulate

    data = line(disruptions__d={"at": "post.border", "spells": [{"from": "2025-01-11", "to": "2025-01-14"}]})
    data["services"]["trains"]["departs"] = {"at_least": 1}
    run = simulate(build_plan(load_mapping(data)), 0, daily=True)
    days = run.tables["element_days"]
    post = days["element"] == run.names.elements.index("post.border")
    number = dict(zip(days["day"][post], days["vehicles"][post], strict=True))
    assert [number.get(day, 0.0) for day in (9, 10, 11, 12)] == [0.0, 12.0, 24.0, 35.0]  # the last midnight opens it, one starts then
    tonnes = dict(zip(days["day"][post], days["net_t"][post], strict=True))
    assert tonnes[12] == 35_000.0
    flows = run.tables["flow_days"]
    assert flows["delivered"][flows["day"] == 58] == pytest.approx(59 * 12, abs=4)


def test_the_example_of_the_docs_loads_clean_and_runs() -> None:
    from corridor_sim.build import build_plan
    from corridor_sim.engine import simulate
    from corridor_sim.loading import load_scenario

    loaded = load_scenario(Path(__file__).parents[1] / "docs/closures.yaml", overrides={"end": "2025-04-01"})
    assert [str(warning) for warning in loaded.warnings if warning.code != "outside"] == []
    run = simulate(build_plan(loaded), 0, full_records=True)
    assert {0.0, 1.0, 2.0} <= set(run.tables["outages"]["what"])
