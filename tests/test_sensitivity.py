"""Sensitivity: known functions through our plumbing, a small queue whose ranking is known, interrupted studies, and mistakes in the file."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from SALib.analyze import morris as salib_morris

from corridor_sim.errors import CorridorError
from corridor_sim.sensitivity import (
    Design,
    Factor,
    Sensitivity,
    explored,
    leading,
    read_design,
    sensitivity,
    sensitivity_lines,
    stored_sensitivity,
)
from corridor_sim.sensitivity.design import Point
from corridor_sim.sensitivity.effects import finite
from corridor_sim.sensitivity.sampling import morris_effects, morris_indices, morris_points, need_salib, sobol_points
from corridor_sim.sensitivity.varying import varied

ROOT = Path(__file__).resolve().parents[1]
# A border of one lane, 6 h a train, 2.4 trains a day; and a road that nobody takes. By the queue M/D/1 the wait is 6 load / (2 (1 - load)).
QUEUE = """\
name: queue
start: 2024-01-01
end: 2025-01-01
warm_up_days: 0
drain_days: 60
replications: 1
commodities: {ore: {unit: t, t_per_unit: 1}}
places:
  mine: {at: [40.0, 50.0], country: AZ, terminal: {}}
  gate: {at: [40.0, 49.0], country: GE, border: {lanes: 1, inspection_h: 6}}
  port: {at: [40.0, 48.0], country: GE, terminal: {}}
legs:
  up: {mode: rail, between: [mine, gate], length_km: 0, speed_kmh: 40}
  down: {mode: rail, between: [gate, port], length_km: 0, speed_kmh: 40}
  byway: {mode: rail, between: [mine, port], length_km: 900, speed_kmh: 40, pairs_per_day: 9}
services:
  train: {route: [mine, gate, port], carries: {t: 1000}}
flows:
  ore: {from: mine, to: port, commodity: ore, per_year: 878400, base_year: 2024, consignment: 1000, routes: [{services: [train]}]}
"""
STUDY = """\
scenario: queue.yaml
name: loads
alone: {replications: 2}
morris: {trajectories: 4}
factors:
  load: {title: Load, low: 0.25, high: 0.9, unit: of capacity, source: assumed, set: {flows.ore.per_year: 1464000}}
  byway: {title: Paths of the byway, low: 1, high: 20, unit: pairs a day, source: assumed, set: legs.byway.pairs_per_day}
"""


def factor(name: str, low: float, high: float) -> Factor:
    return Factor(name, name.title(), low, high, "", "assumed", ())


def design(*factors: Factor, **settings: Any) -> Design:
    return Design("known", "known.yaml", "known", factors, seed=7, **{"alone": 1, **settings})


def answered_by(function: Callable[..., float], made: Design) -> Callable[[Point, int], list[dict[str, Any]]]:
    """An answer that needs no simulator: each factor in its middle where the point doesn't name it."""

    def answer(point: Point, replications: int) -> list[dict[str, Any]]:
        values = [float(one.value(point.get(one.name, 0.5))) for one in made.factors]
        number = function(*values)
        row = {"cargo_wait": number, "transit_p90": number, "sustainable": number, "tightest": "gate" if number > 0 else "port"}
        return [dict(row) for _ in range(replications)]

    return answer


def known(made: Design, function: Callable[..., float], folder: Path | None = None) -> Sensitivity:
    """The study of a function that is known, in this process."""
    return explored(made, answered_by(function, made), folder=folder, workers=1)


def ishigami(x: float, y: float, z: float) -> float:
    return math.sin(x) + 7 * math.sin(y) ** 2 + 0.1 * z**4 * math.sin(x)


def test_sobol_indices_are_those_of_ishigami() -> None:
    made = design(*(factor(name, -math.pi, math.pi) for name in "xyz"), samples=512, leading=3, trajectories=2)
    table = known(made, ishigami).tables["sobol"]
    found = table[table["measure"] == "transit_p90"].set_index("factor")
    first, total = {"x": 0.3139, "y": 0.4424, "z": 0.0}, {"x": 0.5576, "y": 0.4424, "z": 0.2437}  # Ishigami and Homma 1990; a 7, b 0.1
    for name in "xyz":
        row = found.loc[name]
        assert row["first"] == pytest.approx(first[name], abs=0.05)
        assert row["total"] == pytest.approx(total[name], abs=0.05)
        assert row["first_low"] <= first[name] <= row["first_high"]
        assert row["total_low"] <= total[name] <= row["total_high"]


def test_sobol_indices_are_those_of_the_g_function() -> None:
    a = (0.0, 1.0, 4.5, 99.0)
    made = design(*(factor(f"g{k}", 0, 1) for k in range(4)), samples=512, leading=4, trajectories=2)
    table = known(made, lambda *x: math.prod((abs(4 * v - 2) + c) / (1 + c) for v, c in zip(x, a, strict=True)))
    found = table.tables["sobol"].query("measure == 'cargo_wait'").set_index("factor")
    part = [1 / 3 / (1 + c) ** 2 for c in a]
    whole = math.prod(1 + p for p in part) - 1
    for k, p in enumerate(part):
        assert found.loc[f"g{k}", "first"] == pytest.approx(p / whole, abs=0.06)
        assert found.loc[f"g{k}", "total"] == pytest.approx(p * (1 + whole) / (1 + p) / whole, abs=0.06)


def test_morris_finds_slopes_exactly_and_what_bends_by_its_spread() -> None:
    made = design(factor("slope", 0, 10), factor("bends", -1, 1), factor("idle", 0, 1), trajectories=40)
    found = known(made, lambda s, b, i: 3 * s + 20 * b * b).tables["morris"]
    row = found[found["measure"] == "transit_p90"].set_index("factor")
    assert row.loc["slope", "mu_star"] == pytest.approx(30)
    assert row.loc["slope", "sigma"] == pytest.approx(0, abs=1e-9)
    assert row.loc["idle", "mu_star"] == 0
    assert row.loc["bends", "sigma"] > 2 * abs(row.loc["bends", "mu"])
    assert (row["mu_star_low"] <= row["mu_star"] + 1e-9).all()
    assert (row["mu_star"] <= row["mu_star_high"] + 1e-9).all()


def test_our_elementary_effects_are_those_of_salib() -> None:
    names = ["x", "y", "z"]
    points = morris_points(names, 12, 4, 3)
    answers = [ishigami(*(2 * math.pi * point[name] - math.pi for name in names)) for point in points]
    ours = morris_indices(morris_effects(points, answers, names), 1)
    problem = {"num_vars": 3, "names": names, "bounds": [[0.0, 1.0]] * 3}
    theirs = salib_morris.analyze(problem, np.array([[p[n] for n in names] for p in points]), np.array(answers), num_levels=4, seed=1)
    for name in ("mu", "mu_star", "sigma"):
        assert [index.value for index in ours[name]] == pytest.approx(list(theirs[name]))


def test_the_identity_of_the_bottleneck_is_measured_by_its_changes() -> None:
    made = design(factor("turns", -1, 1), factor("idle", 0, 1), trajectories=6, samples=64, leading=2)
    found = known(made, lambda t, i: t)
    morris = found.tables["morris"].query("measure == 'bottleneck'").set_index("factor")
    assert morris.loc["turns", "mu_star"] == 1  # a step of two thirds of its range always crosses the middle
    assert morris.loc["idle", "mu_star"] == 0
    sobol = found.tables["sobol"].query("measure == 'bottleneck'").set_index("factor")
    assert sobol.loc["turns", "total"] == pytest.approx(1, abs=0.1)
    shares = found.tables["bottlenecks"].query("stage == 'sobol'").set_index("element")
    assert shares.loc["gate", "share"] == pytest.approx(0.5, abs=0.1)
    assert shares["entropy_bits"].iloc[0] == pytest.approx(1, abs=0.05)


def test_a_larger_study_takes_over_the_points_of_a_smaller_one() -> None:
    names = ["a", "b", "c"]
    assert morris_points(names, 5, 4, 1)[:12] == morris_points(names, 3, 4, 1)
    assert sobol_points(names, 16, 1)[:40] == sobol_points(names, 8, 1)


def test_what_was_not_reached_counts_as_the_longest() -> None:
    assert finite([1.0, math.inf, 4.0, math.nan]) == [1.0, 4.0, 4.0, 4.0]
    made = design(factor("a", 0, 1), factor("b", 0, 1), trajectories=2)
    found = known(made, lambda a, b: math.inf if a > 0.9 else a)
    assert found.manifest["not_reached"]["transit_p90"] > 0
    assert any("gave no number" in line for line in sensitivity_lines(found))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "queue.yaml").write_text(QUEUE, encoding="utf-8")
    file = tmp_path / "loads.yaml"
    file.write_text(STUDY, encoding="utf-8")
    return file


def test_load_matters_and_an_unused_line_does_not(study: Path, tmp_path: Path) -> None:
    found = sensitivity(study, out=tmp_path / "out", workers=1)
    rows = found.tables["alone"].query("measure == 'cargo_wait'").set_index("factor")
    # M/D/1: mean wait in hours at loads 0.25 and 0.9
    assert rows.loc["load", "at_low"] * 24 == pytest.approx(6 * 0.25 / 2 / 0.75, rel=0.25)
    assert rows.loc["load", "at_high"] * 24 == pytest.approx(6 * 0.9 / 2 / 0.1, rel=0.5)
    assert rows.loc["byway", "effect"] == 0  # the same draws: exactly nothing
    assert rows.loc["byway", "half_width"] == 0
    table = leading(found.folder or "", factors=1)
    assert set(table["factor"]) == {"load"}
    assert {"factor", "measure", "effect"} <= set(table)
    (said,) = table.query("measure == 'transit_p90'")["statement"]
    assert said.startswith("Load alone (0.25 to 0.9 of capacity)")
    lines = next((tmp_path / "out" / "loads").glob("*/sensitivities.csv")).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "path,effect,unit,measure"
    assert lines[1].startswith("flows.ore.per_year,")
    assert found.tables["bottlenecks"]["element"].tolist() == ["gate.border"] * 2


def test_an_interrupted_study_goes_on_and_gives_the_same(study: Path, tmp_path: Path) -> None:
    def stop(progress: Any) -> None:
        if progress.case == "morris" and progress.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sensitivity(study, out=tmp_path / "out", workers=1, progress=stop)
    (folder,) = (tmp_path / "out" / "loads").iterdir()
    with pytest.raises(CorridorError, match="cut short"):
        stored_sensitivity(folder)
    seen: list[tuple[str, int]] = []
    again = sensitivity(study, out=tmp_path / "out", workers=1, progress=lambda p: seen.append((p.case, p.reused)))
    assert seen[0] == ("alone", 5)
    assert ("morris", 3) in seen
    straight = sensitivity(study, out=None, workers=1)
    assert again.tables["leading"].equals(straight.tables["leading"])
    stored = stored_sensitivity(folder)
    assert stored.tables["points"].astype(str).equals(again.tables["points"].astype(str))


def test_a_changed_table_is_not_believed(study: Path, tmp_path: Path) -> None:
    made = design(factor("a", 0, 1), factor("b", 0, 1), trajectories=2)
    found = known(made, lambda a, b: a, folder=tmp_path / "known")
    (tmp_path / "known" / "morris.parquet").write_bytes(b"something else")
    with pytest.raises(CorridorError, match=r"morris\.parquet was altered"):
        stored_sensitivity(found.folder or "")


def test_without_salib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridor_sim.sensitivity.sampling.find_spec", lambda _: None)
    with pytest.raises(CorridorError, match=r"pip install 'corridor-sim\[sensitivity\]'"):
        need_salib()


MISTAKES = [
    ("scenario: queue.yaml", "scenario: quene.yaml", r"loads\.yaml:1:1: scenario: no such file, did you mean 'queue\.yaml'\?"),
    ("morris: {trajectories: 4}", "moris: {trajectories: 4}", r":4:1: moris: unknown field, did you mean 'morris'\?"),
    ("trajectories: 4", "trajectories: 1", r":4:10: morris\.trajectories: expected 2 to 100,000, got 1"),
    ("alone: {replications: 2}", "sobol: {samples: 12}", r":3:9: sobol\.samples: expected a power of two"),
    ("low: 0.25, high: 0.9", "low: 0.9, high: 0.25", r":6:33: factors\.load\.high: expected more than low \(0\.9\), got 0\.25"),
    ("low: 1, high: 20", "low: one, high: 20", r":7:38: factors\.byway\.low: expected a finite number, got 'one'"),
    ("unit: of capacity, source: assumed", "unit: of capacity", r":6:3: factors\.load: expected source"),
    ("set: {flows.ore.per_year: 1464000}", "sett: {flows.ore.per_year: 1}", r":6:\d+: factors\.load\.sett: unknown field, did you mean 'set'\?"),
    ("flows.ore", "flows.oar", r":6:\d+: factors\.load\.set: there is no 'oar' in flows, did you mean 'ore'\?"),
    ("legs.byway", "leg.byway", r":7:\d+: factors\.byway\.set: expected a path that begins with one of .*did you mean 'legs'\?"),
    ("set: legs.byway.pairs_per_day", "set: flows.ore.per_year", r":7:\d+: factors\.byway\.set: flows\.ore\.per_year is moved by 'load' too"),
    ("low: 1,", "low: -1,", r":7:3: factors\.byway: at -1 pairs a day: .*pairs_per_day: expected at least 0"),
    ("set: legs.byway", "add: legs.byway", r":7:3: factors\.byway: expected base"),
    ("pairs_per_day}", "pears_per_day}", r":7:3: factors\.byway: at 1 pairs a day: .*unknown field, did you mean 'pairs_per_day'\?"),
    ("set: legs.byway.pairs_per_day", "multiply: legs.byway.cv", r":7:\d+: factors\.byway\.multiply: there is no number at legs\.byway\.cv"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=[new for _, new, _ in MISTAKES])
def test_a_mistake_has_its_line_and_the_nearest_name(study: Path, tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in STUDY
    study.write_text(STUDY.replace(old, new), encoding="utf-8")
    with pytest.raises(CorridorError, match=message):
        sensitivity(study, out=tmp_path / "out", workers=1)
    assert not (tmp_path / "out").exists()


def test_all_faults_come_at_once(study: Path) -> None:
    study.write_text(STUDY.replace("low: 0.25", "low: much").replace("unit: pairs", "units: pairs"), encoding="utf-8")
    with pytest.raises(CorridorError) as caught:
        read_design(study)
    assert len(caught.value.faults) == 2


def test_a_scenario_outside_the_tree_is_refused(study: Path) -> None:
    study.write_text(STUDY.replace("queue.yaml", "../queue.yaml"), encoding="utf-8")
    with pytest.raises(CorridorError, match="outside it"):
        read_design(study)


def test_a_change_inside_the_run_that_undoes_a_factor_is_refused(study: Path, tmp_path: Path) -> None:
    text = QUEUE + "changes: {later: {on: 2024-06-01, set: {legs.byway.pairs_per_day: 4}}}\n"
    (tmp_path / "queue.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CorridorError, match="is set again by the change 'later'"):
        varied(read_design(study))


def test_whole_numbers_stay_whole_and_at_least_one(study: Path, tmp_path: Path) -> None:
    text = STUDY + "  lanes: {low: 0.2, high: 2.4, source: assumed, whole: true, multiply: places.*.border.lanes}\n"
    study.write_text(text, encoding="utf-8")
    made = varied(read_design(study))
    lanes = [made.at({"lanes": x}).scenario.places["gate"].border for x in (0.0, 1.0)]
    assert [one.lanes for one in lanes if one] == [1, 2]


def test_add_is_measured_from_the_base_and_comes_on_top(study: Path) -> None:
    text = STUDY.replace("set: {flows.ore.per_year: 1464000}", "base: 0.5, add: {flows.ore.per_year: 1000}")
    study.write_text(text, encoding="utf-8")
    made = varied(read_design(study))
    assert made.at({"load": 1.0}).scenario.flows["ore"].per_year == pytest.approx(878400 + 400)


@pytest.mark.parametrize("name", ["sensitivity_2024", "sensitivity_cku"])
def test_shipped_studies_name_real_paths_and_sources(name: str) -> None:
    made = read_design(ROOT / "scenarios" / f"{name}.yaml")
    study = varied(made)
    assert all(one.edits for one in study.factors)
    rows = (ROOT / "scenarios" / "sources.csv").read_text(encoding="utf-8").splitlines()
    known = {row.partition(",")[0] for row in rows} | {"assumed"}
    assert {word for one in made.factors for word in one.source.split()} <= known
    ends = [study.at({one.name: x for one in study.factors}).scenario for x in (0.0, 1.0)]
    assert [one.winds["caspian"].closed_share[10] for one in ends] == pytest.approx([0.25, 0.75])
    assert [one.legs["pap_angren"].other_pairs_per_day.out for one in ends] == pytest.approx([6.304, 9.608])
    if name == "sensitivity_2024":
        ferries = [one.services["ferry_53_north"] for one in ends]
        assert [ferry.waits_at for ferry in ferries] == ["anchor", "berth"]
        assert [ferry.rule_at("kuryk").after_first_lot_h for ferry in ferries] == [24, 96]
        assert [ferry.rule_at("alat").at_least.share for ferry in ferries] == [0.5, 0.95]
        assert [one.fleets["asco_53"].vessels for one in ends] == [4, 6]


def test_the_page_and_the_picture_stand_alone(tmp_path: Path) -> None:
    from corridor_sim.dashboard import sensitivity_html
    from corridor_sim.figures import sensitivity_png

    made = design(factor("a", 0, 1), factor("b<b", 0, 1), trajectories=2, samples=2, leading=2)
    found = known(replace(made, title="What <moves> it"), lambda a, b: a - 0.5 + b / 9)
    picture = sensitivity_png(found, tmp_path / "sensitivity.png")
    page = sensitivity_html(found, picture, tmp_path / "sensitivity.html").read_text(encoding="utf-8")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "What &lt;moves&gt; it" in page
    assert "<moves>" not in page
    assert "data:image/png;base64," in page
    assert 'src="http' not in page
    assert "<link" not in page


def test_the_points_are_stored_one_by_one(tmp_path: Path) -> None:
    made = design(factor("a", 0, 1), factor("b", 0, 1), trajectories=2)
    known(made, lambda a, b: a, folder=tmp_path / "known")
    stored = [json.loads(file.read_text(encoding="utf-8")) for file in (tmp_path / "known" / "points").iterdir()]
    assert {"point": {"a": 1.0}, "answers": [{"cargo_wait": 1.0, "transit_p90": 1.0, "sustainable": 1.0, "tightest": "gate"}]} in stored
