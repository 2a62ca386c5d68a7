"""The forecasts: demand as published, reactions as derived, delays and sweeps as announced, and their tables beside others'."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.forecasts import OUTSIDE, crosses, years_of
from corridor_sim.choice import told
from corridor_sim.experiment import run_case, settle_case
from corridor_sim.loading import Loaded, load_case, load_scenario

ROOT = Path(__file__).parents[1]
A_DAY = 0.052  # of the volume, DEM12


@cache
def forecast(demand: str = "mid") -> Loaded:
    """Return a forecast, read once."""
    return load_scenario(ROOT / "scenarios" / f"growth_{demand}.yaml")


def demand_of(loaded: Loaded, year: int) -> tuple[float, float]:
    """Return the demand of a year at the service of 2024, without the railway from Kashgar: (Mt, loaded TEU)."""
    goods, tonnes, boxes = loaded.scenario.commodities, 0.0, 0.0
    for name, flow in loaded.scenario.flows.items():
        if not goods[flow.commodity].empty and not name.startswith("cku"):
            tonnes += flow.volume(year, 2025) * goods[flow.commodity].t_per_unit
            boxes += flow.volume(year, 2025) * goods[flow.commodity].teu
    return tonnes / 1e6, boxes


def test_medium_demand_is_the_world_banks() -> None:
    tonnes, boxes = demand_of(forecast(), 2030)
    assert tonnes == pytest.approx(11, rel=0.04)
    assert boxes * 12 / 1e6 == pytest.approx(4, rel=0.02)


@pytest.mark.slow
def test_low_and_high_demand_are_as_published() -> None:
    assert demand_of(forecast("low"), 2040)[1] == pytest.approx(130e3, rel=0.01)
    assert demand_of(forecast("high"), 2040)[1] == pytest.approx(865e3, rel=0.01)
    assert demand_of(forecast("high"), 2030)[0] == pytest.approx(20, rel=0.04)


def test_scales_follow_from_the_published_elasticity() -> None:
    """scale x value of time x (1 - share inside) is 5.2 % a day in every market, and each market says where its numbers come from."""
    choice = forecast().scenario.choice
    assert choice is not None
    for name, market in choice.markets.items():
        inside = sum(option.share or 0.0 for option in market.options.values())
        assert market.scale_per_usd * market.value_of_time_usd_per_day * (1 - inside) == pytest.approx(A_DAY, rel=0.01), name
        assert isinstance(market.source, dict)
        assert "DEM12" in market.source["scale_per_usd"], name


def test_projects_are_late_by_three_years_at_most() -> None:
    changes, patch = forecast().scenario.changes, forecast().scenario.patches["delayed"]
    late = {name: (day - changes[name].on).days for name, day in patch.delay.items()}
    assert len(late) >= 25
    assert min(late.values()) > 0
    assert max(late.values()) <= 3 * 366


def test_delayed_projects_come_later() -> None:
    delayed = load_case(forecast(), "delayed")
    on = {change.change: change.on for change in delayed.changes}
    assert on["ferries_georgian_6"] == date(2030, 12, 31)
    assert on["alat_phase2"] == date(2033, 12, 31)
    assert on["water_2027"] == date(2027, 7, 1)  # the sea isn't late


def kashgar(patch: str | None = None) -> dict[str, float]:
    """Return the TEU a year of the railway from Kashgar by flow, with what a patch sets."""
    scenario = forecast().scenario
    flows = {name: flow.per_year or 0.0 for name, flow in scenario.flows.items() if name.startswith("cku")}
    stated: dict[str, Any] = scenario.patches[patch].set if patch else {}
    return flows | {key.split(".")[1]: value for key, value in stated.items()}


@pytest.mark.parametrize(
    ("patch", "kamchik", "caspian"),
    [(None, 0.7, 0.15), ("kamchik_50", 0.5, 0.15), ("kamchik_90", 0.9, 0.15), ("caspian_05", 0.7, 0.05), ("caspian_30", 0.7, 0.3)],
)
def test_the_railway_from_kashgar_divides_as_said(patch: str | None, kamchik: float, caspian: float) -> None:
    flows = kashgar(patch)
    total = sum(flows.values())
    assert total * 12 / 1e6 == pytest.approx(3.5, rel=1e-4)
    assert 1 - (flows["cku_kashgar_andijan"] + flows["cku_andijan_kashgar"]) / total == pytest.approx(kamchik, abs=1e-4)
    assert (flows["cku_kashgar_poti"] + flows["cku_poti_kashgar"]) / total == pytest.approx(caspian, abs=1e-4)


@pytest.mark.parametrize(
    ("case", "day"), [pytest.param("cku_2031", date(2031, 7, 1), marks=pytest.mark.slow), ("cku_2033", date(2033, 7, 1))]
)
def test_the_railway_opens_when_said(case: str, day: date) -> None:
    late = load_case(forecast(), case).scenario
    assert late.legs["kashgar_torugart"].opens == day
    assert {flow.from_date for name, flow in late.flows.items() if name.startswith("cku")} == {day}


@pytest.mark.parametrize(
    ("case", "a_year"), [pytest.param("sea_slow", 0.01, marks=pytest.mark.slow), (None, 0.015), ("sea_fast", 0.02)]
)
def test_the_caspian_falls_at_three_rates(case: str | None, a_year: float) -> None:
    loaded = load_case(forecast(), case) if case else forecast()
    factors = [scenario.places["alat"].port.payload_factor for _, scenario in loaded.snapshots]  # type: ignore[union-attr]
    assert factors[0] - factors[-1] == pytest.approx(15 * a_year)  # five steps of three years


@pytest.mark.slow
def test_medium_demand_settles() -> None:
    """The first year of the forecast alone; with the projects of that year and demand 17 % above 2024 shares stay near the observed."""
    loaded = load_scenario(ROOT / "scenarios/growth_mid.yaml", overrides={"choice.settle.years": [2025], "choice.settle.iterations": 4})
    report = settle_case(loaded, out=None, workers=2)
    assert report["settled"]
    shares = {(one.market, one.option): one.share for one in told(report) if one.year == 2025}
    assert shares["china_boxes", "north"] == pytest.approx(0.07, abs=0.02)
    assert shares["uzbek_wagons_west", "south"] > 3 * shares["uzbek_wagons_west", "central"]


def test_the_example_of_the_page_runs_and_is_counted() -> None:
    """Two years of docs/choice.yaml: what comes is near what the shares observed in its first year say, and boxes are counted."""
    loaded = load_scenario(ROOT / "docs/choice.yaml", overrides={"end": "2028-01-01", "patches": None, "cases": None})
    study = run_case(loaded, out=None, workers=1, replications=1)
    assert study.manifest["choice"]["settled"]
    years = years_of(study)
    assert years["2026"].carried_teu == pytest.approx(24000, rel=0.15)
    assert years["2026"].carried_mt == pytest.approx(years["2026"].carried_teu * 12e-6)
    assert 5 < years["2026"].days < 15
    assert all(crosses(study, flow) for flow in study.facts.flows)


def test_published_forecasts_name_their_rows() -> None:
    known = {line.split(",")[0] for line in (ROOT / "scenarios/sources.csv").read_text(encoding="utf-8").splitlines()}
    named = {word.strip("(),") for *_, words in OUTSIDE for word in words.split() if word.strip("(),")[-2:].isdigit() and word[0] in "(DW"}
    assert named
    assert named <= known
