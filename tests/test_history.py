"""The scenarios of the back-cast: they load, add up to what was published, say where their numbers come from, and tune no year."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from corridor_sim.calibrate import PARAMETERS
from corridor_sim.calibrate.writing import layer_text
from corridor_sim.credibility import YEARS, short_form
from corridor_sim.loading import Loaded, load_scenario
from corridor_sim.scenario import Flow

FOLDER = Path(__file__).parent.parent / "scenarios" / "history"
SEA = ("ferry_", "ropax_", "roro_")


@cache
def loaded(year: int) -> Loaded:
    """Return the scenario of a year, read once."""
    return load_scenario(FOLDER / f"{year}.yaml")


def volume(flow: Flow, year: int) -> float:
    """Return the units of a flow that become ready in a year, its dates respected."""
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    begin, end = max(flow.from_date or first, first), min(flow.until_date or last, last)
    return flow.volume(year, year) * max((end - begin) / timedelta(days=1), 0) / (last - first).days


def units(year: int, scope: str, unit: str) -> float:
    """Return the units of one kind that a year's flows count in a scope."""
    scenario = loaded(year).scenario
    goods = scenario.commodities
    return sum(volume(f, year) for f in scenario.flows.values() if scope in f.counts_in and goods[f.commodity].unit == unit)


@pytest.mark.parametrize("year", YEARS)
def test_a_year_loads_without_warnings(year: int) -> None:
    scenario = loaded(year).scenario
    assert (scenario.start, scenario.end, scenario.replications) == (date(year, 1, 1), date(year + 1, 1, 1), 20)
    assert loaded(year).warnings == ()


@pytest.mark.parametrize("year", YEARS)
def test_every_element_and_change_says_where_it_comes_from(year: int) -> None:
    scenario = loaded(year).scenario
    groups = ("places", "legs", "services", "flows", "commodities", "winds", "changes", "fleets")
    silent = [f"{group}.{key}" for group in groups for key, item in getattr(scenario, group).items() if not item.source]
    assert silent == []


@pytest.mark.parametrize(("year", "kuryk", "turkmenbashi", "alat"), [
    (2019, 20_331, 23_802, 44_175), (2020, 17_686, 19_761, 37_447), (2021, 9_559, 20_867, 30_426), (2023, 18_700, 18_600, 37_300),
    (2022, None, None, 38_650), (2024, 16_500, 21_000, 37_515),
])  # fmt: skip
def test_wagons_are_the_published_ones(year: int, kuryk: float | None, turkmenbashi: float | None, alat: float) -> None:
    assert units(year, "alat", "wagon") == pytest.approx(alat, rel=0.002)
    for port, published in (("kuryk", kuryk), ("turkmenbashi", turkmenbashi)):
        assert published is None or units(year, port, "wagon") == pytest.approx(published, rel=0.002)


@pytest.mark.parametrize(("year", "trucks"), [(2019, 33_671), (2020, 43_218), (2021, 39_431), (2023, 54_200), (2024, 58_169)])
def test_trucks_are_the_published_ones(year: int, trucks: float) -> None:
    assert units(year, "alat", "truck") == pytest.approx(trucks, rel=0.002)


@pytest.mark.parametrize(("year", "teu"), [(2021, 25_200), (2022, 33_000), (2023, 20_500), (2024, 56_500)])
def test_boxes_are_the_published_ones(year: int, teu: float) -> None:
    assert units(year, "titr", "teu") == pytest.approx(teu, rel=0.01)


def test_dated_events_of_the_years_are_inputs() -> None:
    """COVID rules, stops at Dostyk, the line to Kars and new ships stand as dated changes."""
    dostyk = loaded(2023).timeline(lambda s: s.places["dostyk"].border.exit.accepts.per_day.east)
    assert [value for _, value in dostyk] == [14, 0, 14]
    assert [hours for hours, _ in dostyk[1:]] == [24 * (date(2023, 9, day) - date(2023, 1, 1)).days for day in (4, 9)]
    assert [v for _, v in loaded(2023).timeline(lambda s: s.legs["marabda_akhalkalaki"].pairs_per_day.out)] == [8, 0]
    assert [v for _, v in loaded(2024).timeline(lambda s: s.legs["marabda_akhalkalaki"].pairs_per_day.out)] == [0, 8]
    assert [v for _, v in loaded(2022).timeline(lambda s: s.services["feeder_north"].vessels)] == [3, 6, 7]
    assert [v for _, v in loaded(2021).timeline(lambda s: s.fleets["asco_ropax"].vessels)] == [0, 1]
    exits = {year: loaded(year).scenario.places["horgos"].border.exit.inspection_h.mean() for year in YEARS}
    assert [exits[year] for year in YEARS] == [14.0, 18.3, 58.7, 34.8, 14.0, 14.0]


def fitted(year: int) -> dict[str, object]:
    """Return what the fitted changes set in a year: path -> value."""
    return {a.path: a.new for a in loaded(year).changes if a.change.startswith("fitted_")}


def test_nothing_is_tuned_by_year() -> None:
    """All years take the same fitted numbers, and what a year's file says of itself touches none of them."""
    assert len(fitted(2024)) > 0
    assert all(fitted(year) == fitted(2024) for year in YEARS)
    for year in YEARS:
        later = [a for a in loaded(year).changes if not a.change.startswith("fitted_")]
        assert {a.path for a in later}.isdisjoint(fitted(year))


def test_fitted_layer_is_what_the_record_of_the_search_says() -> None:
    record = json.loads((FOLDER / "calibration.json").read_text(encoding="utf-8"))
    values = {one["name"]: one["fitted"] for one in record["parameters"]}
    assert (FOLDER / "fitted.yaml").read_text(encoding="utf-8") == layer_text(values)
    assert record["fitted_on"] == [2022, 2023]


def test_fitted_numbers_lie_within_their_bounds() -> None:
    record = json.loads((FOLDER / "calibration.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in record["parameters"]] == [p.name for p in PARAMETERS]
    assert all(one["low"] <= one["fitted"] <= one["high"] for one in record["parameters"])


def test_where_ships_wait_and_how_many_there_are_is_never_fitted() -> None:
    paths = [path for parameter in PARAMETERS for path in parameter.paths]
    assert not [path for path in paths if "waits_at" in path or "vessels" in path]


def test_short_form_ends_early_and_drops_what_comes_later() -> None:
    short = short_form(loaded(2023))
    assert short.scenario.end == date(2023, 3, 1)
    assert "kars_closes" not in short.scenario.changes
    assert "fitted_ferry_fill" in short.scenario.changes
