"""The page says what the tables say, runs nothing but its own script, and needs no network."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import fakes
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor_sim.cases import Comparison, compared
from corridor_sim.dashboard import comparison_html, dashboard_html
from corridor_sim.dashboard.bars import bars_of
from corridor_sim.dashboard.drawing import ZOOMS, drawing_of
from corridor_sim.dashboard.ranks import rank_rows
from corridor_sim.dashboard.scales import Scale, scale_over
from corridor_sim.dashboard.scenarios import changes, leaves
from corridor_sim.experiment import run_plan
from corridor_sim.figures.panels import Estimate, Layer, Stack
from corridor_sim.figures.reading import picture_of
from corridor_sim.study import Study

EVIL = "</script></title></style><script>alert(1)</script><img src=x onerror=alert(2)>\"' onmouseover='alert(3)"
VOID = {"meta", "br", "img", "hr", "input", "link", "rect", "path", "circle"}


class Page(HTMLParser):
    """Reads a page as a browser would: tags with their attributes, text, what each script holds, what isn't closed."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif self.open and self.open[-1] != "style":
            self.text += data

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


def study(seed: int = 1, case: str = "base", replications: int = 3) -> Study:
    scenario: dict[str, Any] = {"title": "A small corridor", "notes": "Made up.\nFor a test.", "speed": {"ferry": seed}}
    return run_plan(
        fakes.plan(case, seed), name="small", case=case, scenario=scenario, replications=replications, workers=1,
        engine=fakes.simulate,
    )  # fmt: skip


def evil(of: Study) -> Study:
    """The same study by somebody who wants his own script to run in the reader's page."""
    subjects = {str(s): f"{s}{EVIL}" for s in of.metrics["subject"].cat.categories if s not in ("corridor", "west", "east")}
    metrics = of.metrics.assign(subject=of.metrics["subject"].cat.rename_categories(subjects))
    places = tuple(replace(place, country=EVIL) for place in of.facts.places)
    elements = tuple(replace(element, label=f"{element.label}{EVIL}") for element in of.facts.elements)
    named = {place.name: {"name": EVIL} for place in places}
    facts = replace(of.facts, places=places, elements=elements)
    scenario = {"title": EVIL, "notes": EVIL, "places": named, EVIL: EVIL}
    return replace(of, name=EVIL, case=EVIL, facts=facts, metrics=metrics, scenario=scenario)


@pytest.fixture(scope="module")
def base() -> Study:
    return study()


@pytest.fixture(scope="module")
def source(base: Study, tmp_path_factory: pytest.TempPathFactory) -> str:
    return dashboard_html(base, tmp_path_factory.mktemp("page") / "dashboard.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def comparison(base: Study) -> Comparison:
    return compared("small", {"base": base, "other": study(2, "other")})


@pytest.fixture(scope="module")
def compared_source(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> str:
    return comparison_html(comparison, tmp_path_factory.mktemp("page") / "comparison.html").read_text(encoding="utf-8")


def test_the_page_holds_headline_tables_and_notes(base: Study, source: str) -> None:
    text, picture = Page(source).text, picture_of(base)
    assert all(tile.value in text for tile in picture.tiles)
    assert [sheet.title for sheet in picture.sheets if sheet.title not in text] == []
    assert all(cell.text in text for sheet in picture.sheets for row in sheet.rows for cell in row)
    assert "For a test." in text
    assert picture.footnote in text


def test_hover_says_what_a_bar_is(base: Study, source: str) -> None:
    tips = [attrs["data-tip"] for _, attrs in Page(source).tags if "data-tip" in attrs]
    throughput = picture_of(base).throughput
    first = throughput.layers[0]
    assert any(tip.startswith(f"2024-01\n{first.name}: {first.values[0]:.2f}") for tip in tips)
    assert any(tip.startswith("alat.terminal (terminal)") for tip in tips)
    assert any(tip.startswith("main (rail)\n") for tip in tips)


@pytest.mark.parametrize("which", ["source", "compared_source"])
def test_a_page_is_well_formed_and_small(which: str, request: pytest.FixtureRequest) -> None:
    source: str = request.getfixturevalue(which)
    page = Page(source)
    assert source.startswith("<!doctype html>")
    assert (page.open, page.wrong) == ([], [])
    assert len(source) < 5_000_000
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("which", ["source", "compared_source"])
def test_a_page_fetches_nothing(which: str, request: pytest.FixtureRequest) -> None:
    source: str = request.getfixturevalue(which)
    page = Page(source)
    assert re.findall(r"(?:https?:)?//[a-z]", source.replace("// ", "")) == []
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest", source)
    links = [attrs.get(name, "") for _, attrs in page.tags for name in ("src", "href", "xlink:href", "action")]
    assert {link for link in links if link} == {"#main"}


@pytest.mark.parametrize("which", ["source", "compared_source"])
def test_a_page_can_be_read_without_eyes_or_mouse(which: str, request: pytest.FixtureRequest) -> None:
    page = Page(request.getfixturevalue(which))
    assert len(page.of("h1")) == 1
    assert page.of("html") == [{"lang": "en"}]
    assert all(attrs.get("aria-label") for _, attrs in page.tags if attrs.get("role") in ("img", "region"))
    assert all(attrs.get("scope") for attrs in page.of("th"))
    assert "width=device-width" in str(page.of("meta"))


@pytest.mark.parametrize("which", ["source", "compared_source"])
def test_a_page_allows_its_own_script_only(which: str, request: pytest.FixtureRequest) -> None:
    page = Page(request.getfixturevalue(which))
    policy = next(attrs["content"] for attrs in page.of("meta") if attrs.get("http-equiv"))
    digest = b64encode(sha256("".join(page.scripts).encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_nothing_in_a_scenario_becomes_markup(base: Study, source: str, tmp_path: Path) -> None:
    page = Page(dashboard_html(evil(base), tmp_path / "evil.html").read_text(encoding="utf-8"))
    assert EVIL in page.text  # as text it is there
    assert page.scripts == Page(source).scripts
    assert page.of("img") == []
    assert (page.open, page.wrong) == ([], [])
    assert not [attrs for _, attrs in page.tags for name in attrs if name.startswith("on")]


def test_nothing_in_a_comparison_becomes_markup(comparison: Comparison, compared_source: str, tmp_path: Path) -> None:
    bad = {EVIL: evil(comparison.studies["base"]), f"other{EVIL}": evil(comparison.studies["other"])}
    page = Page(comparison_html(compared(EVIL, bad), tmp_path / "evil.html").read_text(encoding="utf-8"))
    assert EVIL in page.text
    assert page.scripts == Page(compared_source).scripts
    assert page.of("img") == []
    assert not [attrs for _, attrs in page.tags for name in attrs if name.startswith("on")]


def test_a_comparison_shows_verdicts_and_what_differs(comparison: Comparison, compared_source: str) -> None:
    text = Page(compared_source).text
    table = comparison.table
    row = table[(table["kind"] == "total") & (table["measure"] == "transit_mean") & (table["period"] == "all")].iloc[0]
    assert row["verdict"] in text
    assert "speed.ferry" in text
    assert "What differs in the scenarios" in text


def test_scenarios_differ_leaf_by_leaf() -> None:
    base = dict(leaves({"legs": {"a": {"tracks": 1, "km": 5}}, "seed": 1, "none": {}}))
    other = dict(leaves({"legs": {"a": {"tracks": 2, "km": 5}}, "seed": 1, "new": [1, 2]}))
    assert list(changes(base, other)) == [("legs.a.tracks", "1", "2"), ("none", "{}", ""), ("new", "", "[1, 2]")]


def test_pages_are_the_same_bytes_each_time(base: Study, source: str, tmp_path: Path) -> None:
    assert dashboard_html(base, tmp_path / "again.html").read_text(encoding="utf-8") == source


def test_a_page_of_one_replication_or_of_nothing_is_written(base: Study, tmp_path: Path) -> None:
    nothing = replace(base, facts=replace(base.facts, places=()), metrics=base.metrics.iloc[:0])
    assert "nothing to show" in dashboard_html(nothing, tmp_path / "none.html").read_text(encoding="utf-8")
    assert "no intervals" in dashboard_html(study(replications=1), tmp_path / "one.html").read_text(encoding="utf-8")


# --- geometry

values = st.lists(st.floats(0, 1e6), min_size=3, max_size=3)


@given(values, values)
def test_pieces_of_a_bar_stand_on_each_other(one: list[float], two: list[float]) -> None:
    layers = (Layer("one", "#000000", tuple(one)), Layer("two", "#ffffff", tuple(two)))
    chart = bars_of(Stack("T", ("a", "b", "c"), layers, (Estimate(1.0, 0.5),) * 3, "kt", "month"))
    for bar in chart.bars:
        tops = [piece.bottom + piece.height for piece in bar.pieces]
        assert all(below == pytest.approx(piece.bottom, abs=0.01) for below, piece in zip(tops, bar.pieces[1:], strict=False))
        assert all(top <= 100.01 for top in tops)


def test_bars_are_as_high_as_their_numbers(base: Study) -> None:
    stack = picture_of(base).throughput
    chart = bars_of(stack)
    unit = chart.bars[0].pieces[0].height / stack.layers[0].values[0]
    heights = [sum(piece.height for piece in bar.pieces) / unit for bar in chart.bars]
    assert heights == pytest.approx(stack.heights, rel=1e-3)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_round_and_on_their_axis(low: float, size: float) -> None:
    ticks = Scale(low, low + size).ticks()
    assert all(0 <= place <= 100 for place, _ in ticks)
    assert 1 <= len(ticks) <= 7


@given(st.lists(st.floats(-1e3, 1e3), max_size=5))
def test_an_axis_of_differences_holds_zero_and_all_of_them(differences: list[float]) -> None:
    scale = scale_over(differences)
    assert scale.low < 0 < scale.high
    assert all(scale.low <= value <= scale.high for value in differences)


def test_a_rank_shows_use_and_worst_month_on_one_scale(base: Study) -> None:
    ranks = picture_of(base).ranking
    for row, rank in zip(rank_rows(ranks), ranks, strict=True):
        assert row.own + row.other == pytest.approx(100 * rank.utilisation.mean / 1.01, abs=0.1)
        assert row.worst is None or row.worst == pytest.approx(100 * rank.worst / 1.01, abs=0.1)


def test_names_of_the_map_come_once_and_the_coarse_zoom_first(base: Study) -> None:
    drawing = drawing_of(picture_of(base).map)
    texts = [name.text for name in drawing.names]
    assert len(texts) == len(set(texts)) > 0
    assert [name.fits for name in drawing.names] == sorted((name.fits for name in drawing.names), reverse=True)
    assert {name.fits for name in drawing.names} <= set(ZOOMS)
    assert all(0 <= dot.x <= drawing.wide and 0 <= dot.y <= drawing.high for dot in drawing.dots)
