"""From a scenario to a study with the real engine: laws that hold whoever works and wherever it is stored."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corridor_sim.cases import compare
from corridor_sim.errors import CorridorError
from corridor_sim.executors import Progress
from corridor_sim.experiment import run_case, simulate
from corridor_sim.loading import Loaded, load_case, load_mapping
from corridor_sim.statistics import pick
from corridor_sim.store import read_results

PORT = {"berths": {"ferry": {"count": 1, "handling_teu_per_h": 20}}, "other": {}}
SCENARIO: dict[str, Any] = {
    "name": "strait", "start": date(2024, 1, 1), "end": date(2024, 4, 1), "warm_up_days": 10, "replications": 2, "seed": 3,
    "commodities": {"box": {"unit": "teu", "t_per_unit": 12}},
    "places": {
        "east": {"at": [45, 80], "country": "KZ", "border": {"lanes": 1, "inspection_h": 2, "other": {}}},
        "aktau": {"at": [43, 51], "country": "KZ", "port": PORT},
        "alat": {"at": [40, 49], "country": "AZ", "port": PORT},
    },
    "legs": {
        "land": {"mode": "rail", "between": ["east", "aktau"], "length_km": 2000, "speed_kmh": 40, "pairs_per_day": 4},
        "sea": {"mode": "sea", "between": ["aktau", "alat"], "length_km": 400},
    },
    "services": {
        "train": {"route": ["east", "aktau"], "carries": {"wagons": 50}, "departs": {"at_least": 0.9, "after_first_lot_h": 48}},
        "ferry": {
            "route": ["aktau", "alat"], "berth": "ferry", "vessels": 1, "home": "aktau", "speed_kmh": 20, "carries": {"wagons": 50},
            "departs": {"at_least": 0.9, "after_first_lot_h": 48, "idle_h": 0},
        },
    },
    "flows": {"boxes": {"from": "east", "to": "alat", "commodity": "box", "per_year": 12000, "consignment": 50}},
    "patches": {"second_ship": {"on": date(2024, 1, 1), "add": {"services.ferry.vessels": 1}}},
    "cases": {"one": [], "two": ["second_ship"]},
}  # fmt: skip


@pytest.fixture
def strait() -> Loaded:
    return load_mapping(SCENARIO)


def test_a_scenario_becomes_a_study_of_its_replications(strait: Loaded) -> None:
    study = simulate(strait, out=None, workers=1)
    assert (study.name, study.case, study.replications, study.seed) == ("strait", "base", 2, 3)
    assert study.folder is None
    assert (pick(study.metrics, kind="total", measure="carried")["value"] > 0).all()


def test_units_delivered_are_the_same_in_every_table(strait: Loaded) -> None:
    study = simulate(strait, out=None, workers=1)
    flows = study.tables["flow_months"].groupby("replication")["delivered"].sum()
    carried = pick(study.metrics, kind="flow", subject="boxes", measure="carried_units").set_index("replication")["value"]
    assert carried.tolist() == flows.tolist()


def test_the_ledger_of_every_trip_sums_to_its_time(strait: Loaded) -> None:
    trips = simulate(strait, out=None, workers=1).tables["trips"]
    done = trips[trips["delivered"] == trips["units"]]
    causes = [name for name in done.columns if name.endswith("_h") and name not in ("ready_h", "first_h", "last_h", "mean_h")]
    assert np.allclose(done[causes].sum(axis=1), done["mean_h"] - done["ready_h"], rtol=0, atol=1e-6)


def test_serial_and_parallel_give_the_same_bytes(strait: Loaded, tmp_path: Path) -> None:
    one, two = (run_case(strait, out=tmp_path / str(workers), workers=workers) for workers in (1, 2))
    assert one.manifest["files"] == two.manifest["files"]
    assert one.folder is not None
    assert read_results(one.folder).metrics.equals(two.metrics)


def test_another_seed_is_another_study(strait: Loaded, tmp_path: Path) -> None:
    one, two = (run_case(strait, out=tmp_path, workers=1, seed=seed, replications=1) for seed in (None, 4))
    assert (one.seed, two.seed) == (3, 4)
    assert one.folder != two.folder
    assert not one.metrics.equals(two.metrics)


def test_progress_is_told_at_the_start_and_after_each_replication(strait: Loaded, tmp_path: Path) -> None:
    seen: list[Progress] = []
    run_case(strait, out=tmp_path, workers=1, progress=seen.append)
    assert [(p.case, p.done, p.total, p.reused) for p in seen] == [("base", k, 2, 0) for k in (0, 1, 2)]
    assert seen[-1].mean > 0
    assert seen[-1].seconds_left == 0
    run_case(strait, out=tmp_path, workers=1, replications=3, progress=seen.append)
    assert [(p.done, p.reused) for p in seen[3:]] == [(2, 2), (3, 2)]


def test_cases_of_a_file_are_compared_on_the_same_demand(strait: Loaded, tmp_path: Path) -> None:
    comparison = compare(strait, out=tmp_path, workers=1)
    assert (comparison.base, comparison.cases) == ("one", ("one", "two"))
    table = comparison.table
    assert pick(table, kind="total", measure="offered")["verdict"].tolist() == ["the same in every replication"]
    vessels = pick(table, kind="service", subject="ferry", measure="vessels").iloc[0]
    assert (vessels["base_mean"], vessels["mean"]) == (1, 2)


def test_a_case_that_changes_nothing_shares_what_the_base_has_computed(strait: Loaded, tmp_path: Path) -> None:
    base = run_case(strait, out=tmp_path, workers=1)
    seen: list[Progress] = []
    one = run_case(load_case(strait, "one"), out=tmp_path, workers=1, progress=seen.append)
    assert one.folder == base.folder
    assert [(p.case, p.done, p.reused) for p in seen] == [("one", 2, 2)]
    assert (one.case, one.facts.case, one.metrics["case"].unique().tolist()) == ("one", "one", ["one"])


def test_a_case_that_the_file_does_not_have_is_a_mistake(strait: Loaded) -> None:
    with pytest.raises(CorridorError, match=r"expected one of the file's cases \(one, two\), got 'three'"):
        compare(strait, cases=["one", "three"], out=None)
