"""Credibility: targets and their measures, scores, the search for numbers, and what the command leaves."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from corridor_sim.calibrate.parameters import PARAMETERS, START
from corridor_sim.calibrate.search import Search
from corridor_sim.credibility.measures import MEASURES
from corridor_sim.credibility.scoring import Scored, by_family, interval_score, overall, predictive
from corridor_sim.credibility.seas import calls, load_per_call, round_trip_days
from corridor_sim.credibility.targets import Target, read_sources, read_targets
from corridor_sim.credibility.volumes import port_share
from corridor_sim.credibility.years import NotThereError, Sample, Year
from corridor_sim.facts import ServiceFacts

HISTORY = Path(__file__).parent.parent / "scenarios" / "history"
KEYS = [
    "measure", "subject", "year", "unit", "observed", "modelled", "low", "high", "kind", "family", "fitted", "inside_interval", "source",
]  # fmt: skip


# What is published

def test_all_published_figures_are_there_and_enough_are_scored() -> None:
    """130 figures; at least 45 that the model must produce, in at least 12 families, duplicates counted once."""
    targets = read_targets()
    counted = [target for target in targets if target.counts]
    assert len(targets) == len({target.key for target in targets}) == 130
    assert len(counted) >= 45
    assert len({target.family for target in counted}) >= 12


def test_every_figure_has_a_measure_or_a_reason_and_a_source() -> None:
    sources = read_sources()
    for target in read_targets():
        assert bool(target.measure_by) != bool(target.why_not), target.key
        assert not target.measure_by or target.measure_by in MEASURES
        assert target.sources
        assert all(sources[name]["note"] for name in target.sources)


def test_only_what_repeats_an_input_is_taken_down_from_emergent() -> None:
    """What the list calls emergent and isn't here: shares of ports and times that the scenarios put in; never the other way but one."""
    moved = [target for target in read_targets() if target.kind != target.listed_kind]
    assert {target.family for target in moved if target.kind == "echoed"} == {"port_shares", "gates_outbound", "tails"}
    assert [target.measure for target in moved if target.kind == "emergent"] == ["service at berth"]  # built from cranes


def test_duplicates_name_what_they_repeat() -> None:
    names = {f"{t.measure}, {t.subject}" for t in read_targets()}
    twice = [target for target in read_targets() if target.same_as]
    assert len(twice) == 3
    assert all(re.sub(r", \d{4}$", "", target.same_as) in names for target in twice)


# Scores

def test_interval_score_counts_width_and_forty_times_what_lies_outside() -> None:
    assert interval_score(10, 8, 12) == pytest.approx(4)
    assert interval_score(13, 8, 12) == pytest.approx(4 + 40)
    assert interval_score(10, 0, 100) > interval_score(10, 8, 12)  # a wide band earns nothing


def test_predictive_interval_holds_95_of_100_further_values() -> None:
    draw = np.random.default_rng(7)
    held = 0
    for _ in range(2000):
        _, low, high = predictive(Sample(draw.normal(100, 10, size=8)))
        held += low <= draw.normal(100, 10) <= high
    assert held / 2000 == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 2000))


def test_predictive_interval_of_a_survey_has_its_sampling_error() -> None:
    values = Sample(np.array([50.0, 51.0, 49.0, 50.0]))
    _, low, high = predictive(values)
    _, wide_low, wide_high = predictive(values, samples=30)
    assert wide_low < low < high < wide_high
    assert (wide_high - wide_low) / 2 == pytest.approx(np.hypot((high - low) / 2, 1.96 * 50 / np.sqrt(30)))


def test_draws_are_judged_by_their_own_quantiles() -> None:
    mean, low, high = predictive(Sample(np.arange(1001.0), draws=True))
    assert (mean, low, high) == pytest.approx((500, 25, 975))


def target(family: str, value: float = 10.0, kind: str = "emergent", same_as: str = "") -> Target:
    return Target("m", f"s{value}", 2023, value, "h", kind, ("W001",), "", kind, family, 2023, "calls", same_as=same_as)


def test_each_family_weighs_the_same() -> None:
    many = [Scored(target("many", 10.0), 10, 9, 11) for _ in range(9)]
    rows = [*many, Scored(target("one", 10.0), 20, 15, 25)]
    assert by_family(rows) == pytest.approx({"many": 0.2, "one": (10 + 40 * 5) / 10})
    assert overall(rows) == pytest.approx((0.2 + 21) / 2)


def test_echoes_and_repeats_count_in_no_score() -> None:
    rows = [Scored(target("a", kind="echoed"), 1, 1, 1), Scored(target("a", same_as="m, s"), 1, 1, 1)]
    assert by_family(rows) == {}


# Measures on tables that were made by hand

SHIPS = (
    ServiceFacts("ferry_28_north", "sea", ("kuryk", "alat"), "west", 451, True, "asco"),
    ServiceFacts("ferry_28_south", "sea", ("turkmenbashi", "alat"), "west", 306, True, "asco"),
)
SAILED = pd.DataFrame(
    [  # replication, service, end, month, departures, wagons, trucks, vessel_h
        (0, "ferry_28_north", 0, "2023-01", 10, 100.0, 50.0, 1440.0),
        (0, "ferry_28_north", 1, "2023-01", 10, 180.0, 150.0, 1440.0),
        (0, "ferry_28_south", 0, "2023-01", 20, 300.0, 0.0, 720.0),
        (0, "ferry_28_south", 1, "2023-01", 20, 420.0, 40.0, 720.0),
        (3, "ferry_28_north", 0, "2023-01", 5, 50.0, 20.0, 1440.0),
        (3, "ferry_28_north", 1, "2023-01", 5, 50.0, 20.0, 1440.0),
    ],
    columns=["replication", "service", "end", "month", "departures", "wagons", "trucks", "vessel_h"],
)


def january() -> Year:
    """Return a January of two replications, numbered 0 and 3."""
    facts = SimpleNamespace(months=("2023-01",), month_hours=(744.0,), services=SHIPS)
    manifest = {"replications": [0, 3]}
    return Year(SimpleNamespace(facts=facts, tables={"service_months": SAILED}, manifest=manifest, replications=2), 2023)


def test_calls_are_departures_from_the_east_shore() -> None:
    found = calls(january(), ["ferry_28"], ["kuryk", "turkmenbashi"], first=1, last=1)
    assert found.values.tolist() == [30, 5]
    assert calls(january(), ["ferry_28"], ["kuryk"], first=1, last=1, per_day=True).values.tolist() == pytest.approx([10 / 31, 5 / 31])


def test_load_of_a_call_counts_both_ways() -> None:
    assert load_per_call(january(), "wagons", ["ferry_28"], "kuryk", 1, 1).values.tolist() == pytest.approx([28, 20])


def test_round_trip_is_vessel_days_over_round_trips() -> None:
    assert round_trip_days(january(), ["ferry_28"], 1, 1).values.tolist() == pytest.approx([(2160 / 24) / 30, (1440 / 24) / 5])


def test_share_of_a_port() -> None:
    assert port_share(january(), "wagons", "turkmenbashi").values.tolist() == pytest.approx([0.72, 0.0])


def test_months_that_were_not_run_are_not_made_up() -> None:
    with pytest.raises(NotThereError, match="doesn't reach"):
        january().months(1, 5)


# The search

def bowl(monkeypatch: pytest.MonkeyPatch, best: dict[str, float]) -> Search:
    """Return a search whose score is how far numbers lie from the best, in units of their bounds."""
    reach = {p.name: p.high - p.low for p in PARAMETERS}
    search = Search.__new__(Search)
    search.tried, search.best, search.score, search.most, search.watch = [], dict(START), np.inf, 400, lambda _: None

    def try_out(values: dict[str, float]) -> float:
        score = sum(abs(values[name] - best[name]) / reach[name] for name in best)
        search.tried.append({**values, "score": score})
        if score < search.score:
            search.best, search.score = dict(values), score
        return score

    monkeypatch.setattr(search, "try_out", try_out, raising=False)
    return search


def test_search_along_a_number_nears_the_best_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    best = {**START, "ferry_fill": 0.6, "platform_wait": 70.0}
    search = bowl(monkeypatch, best)
    before = search.try_out(START)
    for parameter in PARAMETERS:
        search.along(parameter, 1.0, 6)
    assert search.score < 0.5 * before
    for parameter in PARAMETERS:
        assert all(parameter.low <= one[parameter.name] <= parameter.high for one in search.tried)


def test_search_stops_at_its_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    search = bowl(monkeypatch, START)
    search.most = 7
    for parameter in PARAMETERS:
        search.along(parameter, 1.0, 3)
    assert len(search.tried) <= 7


def test_numbers_that_move_the_score_most_are_searched_again_first(monkeypatch: pytest.MonkeyPatch) -> None:
    search = bowl(monkeypatch, {"box_dwell": 240.0})
    search.try_out(START)
    for parameter in PARAMETERS[:4]:
        search.along(parameter, 1.0, 3)
    assert max(PARAMETERS, key=search.moved).name == "box_dwell"


# The command, in its short form

@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """Return the folder and the data of one short run of the command."""
    import contextlib
    import io

    from corridor_sim.cli import main

    out, said = tmp_path_factory.mktemp("credibility"), io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit) as left:
        main(["credibility", "--short", "--json", "-q", "--workers", "1", "--out", str(out), "--scenarios", str(HISTORY)])
    assert left.value.code == 0
    return out / "credibility", json.loads(said.getvalue())


def test_json_has_exactly_the_promised_keys_for_all_figures(done) -> None:
    _, data = done
    assert list(data) == ["targets"]
    assert [list(row) for row in data["targets"]] == [KEYS] * 130
    assert {row["kind"] for row in data["targets"]} == {"emergent", "echoed", "context"}


def test_short_form_measures_what_it_can_and_says_why_not_the_rest(done) -> None:
    folder, data = done
    measured = [row for row in data["targets"] if row["modelled"] is not None]
    assert len(measured) >= 20
    assert all(row["low"] <= row["modelled"] <= row["high"] for row in measured)
    with (folder / "targets.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(row["why_not"] for row in rows if row["modelled"] == "")


def test_volumes_that_were_put_in_come_out(done) -> None:
    """What merely echoes the demand lies near it even in two months."""
    _, data = done
    found = {(row["measure"], row["subject"], row["year"]): row for row in data["targets"]}
    for year, wagons in ((2022, 38_650), (2023, 37_300)):
        assert found["wagons", "alat", year]["modelled"] == pytest.approx(wagons, rel=0.25)


def test_page_is_one_file_that_needs_no_network(done) -> None:
    folder, data = done
    page = (folder / "credibility.html").read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href)=["']https?:""", page)
    assert "<script src" not in page
    assert all(word in page for word in ("Fit by family", "Numbers that were fitted", "Where the numbers come from", "not scored"))
    assert {row["measure"].split(",")[0] for row in data["targets"]} <= {name for name in {r["measure"].split(",")[0] for r in data["targets"]} if name in page}


def test_tables_stand_beside_the_page_twice(done) -> None:
    folder, _ = done
    for name in ("targets", "families", "provenance", "parameters"):
        assert len(pd.read_parquet(folder / f"{name}.parquet")) == len(pd.read_csv(folder / f"{name}.csv")) > 0
