"""The shipped scenarios: they load, are whole, say where their numbers come from, and their totals are the published ones."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from corridor_sim.loading import Loaded, load_case, load_scenario
from corridor_sim.network import lines, passages, stage_from
from corridor_sim.scenario import Flow

FOLDER = Path(__file__).parent.parent / "scenarios"
FILES = sorted(path.stem for path in FOLDER.glob("*.yaml") if not path.stem.startswith("sensitivity_"))  # those are studies
CORRIDOR = ("corridor", "baseline_2024", "growth_2040", "cku_opening")
FORECASTS = ("growth_low", "growth_mid", "growth_high")
SOURCE_ID = re.compile(r"\b(?:[A-Z]{3}\d{2}|W\d{3})\b")
MT = 1e6


@cache
def loaded(name: str) -> Loaded:
    """Return a shipped scenario, read once."""
    return load_scenario(FOLDER / f"{name}.yaml")


@cache
def cased(name: str, case: str) -> Loaded:
    """Return a shipped scenario with a case's patches, put together once."""
    return load_case(loaded(name), case)


def volume(flow: Flow, year: int = 2024) -> float:
    """Return the units of a flow that become ready in a year, its dates respected."""
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    begin, end = max(flow.from_date or first, first), min(flow.until_date or last, last)
    return flow.volume(year, 2024) * max((end - begin) / timedelta(days=1), 0) / (last - first).days


def tonnes(name: str, scope: str | None = None, year: int = 2024) -> float:
    """Return the net tonnes of a year in a statistical scope, or of all flows."""
    scenario = loaded(name).scenario
    flows = [flow for flow in scenario.flows.values() if scope is None or scope in flow.counts_in]
    goods = scenario.commodities
    return sum(volume(flow, year) * goods[flow.commodity].t_per_unit for flow in flows if not goods[flow.commodity].empty)


def units(scope: str, unit: str, direction: str | None = None) -> float:
    """Return the units of one kind that the flows of 2024 count in a scope, empties too; direction by longitude of the ends."""
    scenario = loaded("baseline_2024").scenario
    total = 0.0
    for flow in scenario.flows.values():
        tail, head = scenario.places[flow.from_].at, scenario.places[flow.to].at
        assert tail
        assert head
        west = "west" if head[1] < tail[1] else "east"
        if scope in flow.counts_in and scenario.commodities[flow.commodity].unit == unit and direction in (None, west):
            total += volume(flow)
    return total


LONG_TO_LOAD = {"growth_low", "growth_high"}  # growth_mid with other volumes


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG_TO_LOAD)) for name in FILES])
def test_loads_with_few_warnings(name: str) -> None:
    """Every shipped file is valid; what it warns of is at most a line or two."""
    assert len(loaded(name).warnings) <= 2


@pytest.mark.parametrize("name", ["growth_2040", "cku_opening", pytest.param("growth_mid", marks=pytest.mark.slow)])
def test_cases_load(name: str) -> None:
    """Every case of a file is valid too."""
    assert loaded(name).cases
    assert all(cased(name, case).case == case for case in loaded(name).cases)


def test_network_is_whole() -> None:
    """The corridor has all its places, legs and services, and no flows of its own."""
    scenario = loaded("corridor").scenario
    assert (len(scenario.places), len(scenario.legs), len(scenario.services)) == (90, 121, 67)
    assert not scenario.flows


def test_published_figures_stand_beside_the_model() -> None:
    """Figures that aren't simulated are kept where they belong, with unit and source."""
    places = loaded("corridor").scenario.places
    published = [figure for place in places.values() for figure in place.published.values()]
    assert len(published) >= 50
    assert all(getattr(figure, "source", None) for figure in published)


@pytest.mark.parametrize("name", CORRIDOR)
def test_every_element_says_where_it_comes_from(name: str) -> None:
    """Places, facilities with numbers, legs, services, flows, goods and winds carry a source or own up to an assumption."""
    scenario = loaded(name).scenario
    groups = ("places", "legs", "services", "flows", "commodities", "winds", "classes", "changes", "patches")
    silent = [f"{group}.{key}" for group in groups for key, item in getattr(scenario, group).items() if not item.source]
    for key, place in scenario.places.items():
        facilities = [(facility, getattr(place, facility)) for facility in place.facilities]
        silent += [
            f"{key}.{facility}"
            for facility, it in facilities
            if it.model_fields_set - {"other", "source", "note"} and not it.source
        ]
    assert not silent


def test_table_of_sources_is_whole() -> None:
    """Every id that a scenario names stands once in the table, with a title, and every row is used."""
    rows = list(csv.DictReader((FOLDER / "sources.csv").read_text(encoding="utf-8").splitlines()))
    counts = Counter(row["id"] for row in rows)
    files = [*(FOLDER / f"{file}.yaml" for file in (*CORRIDOR, *FORECASTS)), *(FOLDER / "history").glob("*.yaml")]
    used = {name for file in files for name in SOURCE_ID.findall(file.read_text(encoding="utf-8"))}
    assert list(rows[0]) == ["id", "title", "url", "date", "note", "year", "grade", "quote"]
    assert max(counts.values()) == 1
    assert all(row["title"] and row["note"] for row in rows)
    assert used == set(counts)


def test_baseline_has_all_flows() -> None:
    """33 flows: 32 of the table that load the corridor, and N03 as it ran while the line to Kars was closed."""
    flows = loaded("baseline_2024").scenario.flows
    assert len(flows) == 33
    assert all(flow.counts_in and flow.base_year == 2024 and flow.routes for flow in flows.values())
    assert flows["s13_kashgar_turkmenbashi"].per_year == 0


def test_tonnes_of_2024_are_the_published_ones() -> None:
    """3.30 Mt through the Kazakh and Azerbaijani seaports (W085), about 1.5 Mt dry by Turkmenbashi."""
    assert tonnes("baseline_2024", "seaports") == pytest.approx(3.30 * MT, rel=0.01)
    assert tonnes("baseline_2024", "turkmenbashi") == pytest.approx(1.47 * MT, rel=0.01)


def test_boxes_of_2024_are_the_published_ones() -> None:
    """56,500 TEU in the ministry's count (W083)."""
    assert units("titr", "teu") == pytest.approx(56_500, rel=0.01)


@pytest.mark.parametrize(("port", "each_way"), [("kuryk", 8_250), ("turkmenbashi", 10_500)])
def test_wagons_on_the_ferries_balance(port: str, each_way: float) -> None:
    """As many wagons go west as east; both ports together are Alat's 37,515 (NEW01)."""
    assert units(port, "wagon", "west") == pytest.approx(each_way)
    assert units(port, "wagon", "east") == pytest.approx(each_way)
    assert units("alat", "wagon") == pytest.approx(37_515, rel=0.001)


def test_trucks_of_2024_are_the_published_ones() -> None:
    """58,169 trucks at Alat (NEW01), 27,000 of them by Kuryk (W103)."""
    assert units("alat", "truck") == pytest.approx(58_169, abs=1)
    assert units("kuryk", "truck") == pytest.approx(27_000, abs=1)


def test_fleets_keep_their_size() -> None:
    """7 ferries of 28 wagons, 6 of 53 and 2 Ro-Pax serve both routes from Alat, 2 ro-ro ships the northern one."""
    scenario = loaded("baseline_2024").scenario
    assert {name: fleet.vessels for name, fleet in scenario.fleets.items()} == {"asco_28": 7, "asco_53": 6, "asco_ropax": 2}
    assert all(fleet.home == "alat" and len(fleet.services) == 2 for fleet in scenario.fleets.values())
    assert scenario.services["roro_asco_north"].vessels == 2


def test_itineraries_cross_each_border_once() -> None:
    """On its way a consignment stops once at each border post, however often it changes vehicle there."""
    scenario = loaded("baseline_2024").scenario
    found = lines(scenario)
    for name, flow in scenario.flows.items():
        for route in flow.routes or ():
            place, stops = flow.from_, Counter[str]()
            for services in route.services:
                stage, head = stage_from(scenario, found, place, services)
                met = [passage for at in passages(scenario, found[stage[0].service], stage[0].end) for passage in at]
                stops.update(passage.name for passage in met if passage.facility == "border")
                place = head
            assert place == flow.to, name
            assert max(stops.values(), default=1) == 1, (name, stops)


def test_kars_opens_in_may_2024() -> None:
    """The line from Marabda to Akhalkalaki has no paths before 20 May 2024 and eight a day from then on."""
    steps = loaded("baseline_2024").timeline(lambda scenario: scenario.legs["marabda_akhalkalaki"].pairs_per_day.out)
    assert [value for _, value in steps] == [0, 8]
    assert steps[1][0] == (date(2024, 5, 20) - date(2024, 1, 1)).days * 24


@pytest.mark.parametrize(("year", "low", "high"), [(2024, 4.7, 5.0), (2030, 10.5, 11.5), (2040, 14, 17)])
def test_medium_growth(year: int, low: float, high: float) -> None:
    """4.8 Mt in 2024 become the World Bank's 11 Mt in 2030, and three times as much by 2040."""
    crossing = tonnes("growth_2040", "seaports", year) + tonnes("growth_2040", "turkmenbashi", year)
    assert low < crossing / MT < high


@pytest.mark.parametrize(("case", "total", "kamchik", "caspian"), [
    ("without", 0, 0, 0), ("railway", 3.5, 0.7, 0.15), ("kamchik_50", 3.5, 0.5, 0.15), ("kamchik_90", 3.5, 0.9, 0.15),
    ("caspian_05", 3.5, 0.7, 0.05), ("caspian_30", 3.5, 0.7, 0.3), ("mature", 12, 0.7, 0.05),
])  # fmt: skip
def test_railway_carries_what_its_cases_say(case: str, total: float, kamchik: float, caspian: float) -> None:
    """The volumes of a case sum to its tonnage and its shares through Kamchik and on to the Caspian."""
    scenario = cased("cku_opening", case).snapshots[-1][1]
    volumes = {name: 12 * (flow.per_year or 0) / MT for name, flow in scenario.flows.items() if "cku" in flow.counts_in}
    beyond = {name: volume for name, volume in volumes.items() if "kamchik" in scenario.flows[name].counts_in}
    sea = {name: volume for name, volume in volumes.items() if "alat" in scenario.flows[name].counts_in}
    assert sum(volumes.values()) == pytest.approx(total, rel=1e-3)
    assert sum(beyond.values()) == pytest.approx(kamchik * total, rel=1e-3)
    assert sum(sea.values()) == pytest.approx(caspian * total, rel=1e-3)
