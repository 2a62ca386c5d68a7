"""What is drawn is what the tables say, and it can be read."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import fakes
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure

from corridor_sim.cases import Comparison, compared
from corridor_sim.experiment import run_plan
from corridor_sim.figures import comparison_png, dashboard_png
from corridor_sim.figures.book import Book, periods_drawn
from corridor_sim.figures.charts import ranking, stacked
from corridor_sim.figures.colours import CAUSES, LOADS, SAME, branch_colours, load_colour, load_names
from corridor_sim.figures.comparing import forest_of
from corridor_sim.figures.corridor_map import draw_map
from corridor_sim.figures.forest import forest_figure, panel
from corridor_sim.figures.labels import free_sides, inside, overlap, place_labels
from corridor_sim.figures.marks import leaving, marks_of
from corridor_sim.figures.outlines import Line, fitted, outlines, stretch
from corridor_sim.figures.page import page_figure
from corridor_sim.figures.panels import Estimate, Layer, Link, MapView, Picture, Rank, Spot, Stack
from corridor_sim.figures.reading import picture_of
from corridor_sim.figures.style import lettering
from corridor_sim.figures.words import brief, evidence, short, words
from corridor_sim.origins import in_words, standings
from corridor_sim.statistics import interval, pick
from corridor_sim.study import Study


def study(seed: int = 1, case: str = "base", replications: int = 4) -> Study:
    scenario = {"title": "A small corridor", "places": {"alat": {"name": "Port of Baku"}}, "speed": {"ferry": seed}}
    return run_plan(
        fakes.plan(case, seed), name="small", case=case, scenario=scenario, replications=replications, workers=1,
        engine=fakes.simulate,
    )  # fmt: skip


@pytest.fixture(scope="module")
def base() -> Study:
    return study()


@pytest.fixture(scope="module")
def picture(base: Study) -> Picture:
    return picture_of(base)


@pytest.fixture(scope="module")
def comparison(base: Study) -> Comparison:
    return compared("small", {"base": base, "other": study(2, "other"), "third": study(3, "third")})


def axes_of(width: float = 8, height: float = 4) -> Axes:
    return Figure(figsize=(width, height), dpi=100).add_axes((0.1, 0.1, 0.8, 0.8))


def bars(axes: Axes) -> list[list[float]]:
    """The heights of each layer of stacked bars."""
    return [[bar.get_height() for bar in c] for c in axes.containers if isinstance(c, BarContainer)]


def mean(of: Study, kind: str, subject: str, measure: str, period: str = "all") -> float:
    return interval(pick(of.metrics, kind=kind, subject=subject, measure=measure, period=period)["value"]).mean


# --- charts


def test_throughput_bars_are_what_each_branch_carried(base: Study, picture: Picture) -> None:
    axes = axes_of()
    stacked(axes, picture.throughput)
    carried = [
        [mean(base, "branch", branch, "carried_net", month) / 1e3 for month in base.facts.months] for branch in ("middle", "north")
    ]
    assert [layer.name for layer in picture.throughput.layers] == ["middle", "north"]
    assert bars(axes) == [pytest.approx(values) for values in carried]


def test_whiskers_are_the_interval_of_the_corridors_total(base: Study, picture: Picture) -> None:
    axes = axes_of()
    stacked(axes, picture.throughput)
    (whiskers,) = [c for c in axes.containers if isinstance(c, ErrorbarContainer)]
    low, high = whiskers.lines[2][0].get_segments()[0][:, 1]
    found = interval(pick(base.metrics, kind="total", measure="carried_net", period="2024-01")["value"])
    assert (low, high) == pytest.approx((found.low / 1e3, found.high / 1e3))


def test_delay_bars_are_days_by_cause_and_month_of_readiness(base: Study, picture: Picture) -> None:
    axes = axes_of()
    stacked(axes, picture.delay)
    queue = [mean(base, "total", "corridor", "delay_queue", month) / 24 for month in base.facts.months]
    assert [layer.name for layer in picture.delay.layers] == ["queue"]  # the only cause that was met
    assert bars(axes) == [pytest.approx(queue)]


def test_transit_by_branch_adds_up_to_its_mean(base: Study, picture: Picture) -> None:
    means = [mean(base, "branch", branch, "transit_mean") / 24 for branch in picture.transit.groups]
    assert picture.transit.heights == pytest.approx(means)


def test_units_stand_on_every_axis(picture: Picture) -> None:
    with lettering():
        figure = page_figure(picture)
    labels = [axes.yaxis.get_label_text() + axes.xaxis.get_label_text() for axes in figure.axes]
    assert len(labels) == 4
    assert all("[" in label for label in labels)


def test_one_replication_has_no_whiskers(base: Study) -> None:
    axes = axes_of()
    stacked(axes, picture_of(study(replications=1)).throughput)
    assert not [c for c in axes.containers if isinstance(c, ErrorbarContainer)]


def test_ranking_bars_are_own_and_other_use_of_open_time(base: Study, picture: Picture) -> None:
    axes = axes_of()
    ranking(axes, picture.ranking)
    own, other = ([bar.get_width() for bar in c] for c in axes.containers if isinstance(c, BarContainer))
    names = [label.get_text() for label in axes.get_yticklabels()]
    place = names.index("alat.terminal")
    used = 100 * mean(base, "element", "alat.terminal", "utilisation")
    assert own[place] + other[place] == pytest.approx(used)
    assert own[place] == pytest.approx(used * mean(base, "element", "alat.terminal", "own_share"))


def test_the_worst_month_is_marked_where_it_is(base: Study, picture: Picture) -> None:
    axes = axes_of()
    ranking(axes, picture.ranking)
    diamonds = next(line for line in axes.lines if line.get_marker() == "D")
    worst = [
        max(100 * mean(base, "element", rank.element, "utilisation", month) for month in base.facts.months)
        for rank in picture.ranking
        if rank.kind not in ("fleet", "room")
    ]
    shown = [
        x for x, rank in zip(diamonds.get_xdata(), picture.ranking, strict=True) if rank.kind not in ("fleet", "room")
    ]
    assert shown == pytest.approx(worst)


def test_the_ranking_is_by_share_of_all_waiting(picture: Picture) -> None:
    shares = [round(rank.delay_share.mean, 4) for rank in picture.ranking]
    assert shares == sorted(shares, reverse=True)
    assert all(rank.delay_share.known for rank in picture.ranking)


def test_an_empty_chart_says_so() -> None:
    axes = axes_of()
    stacked(axes, Stack("Throughput", (), (), (), "kt", "month"))
    ranking(other := axes_of(), ())
    assert [a.texts[0].get_text() for a in (axes, other)] == ["nothing to show", "nothing is used much"]


@given(st.lists(st.integers(2000, 2060), min_size=1, max_size=40, unique=True))
def test_months_become_years_where_there_are_too_many(years: list[int]) -> None:
    months = [f"{year}-{month:02d}" for year in sorted(years) for month in range(1, 13)]
    assert len(periods_drawn(months)) == (len(months) if len(years) <= 3 else len(years))


def test_names_of_many_bars_leave_each_other_room() -> None:
    months = tuple(f"{2024 + i // 12}-{i % 12 + 1:02d}" for i in range(36))
    axes = axes_of(7, 3)
    with lettering():
        stacked(axes, Stack("T", months, (Layer("a", "#000000", (1.0,) * 36),), (), "kt", "month"))
        boxes = [label.get_window_extent() for label in axes.get_xticklabels()]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


# --- the map


def view() -> MapView:
    """Three places: a full railway, a sea leg without a limit, a long leg to a place far off."""
    at = {"a": (51.2, 43.6), "b": (49.4, 39.9), "c": (55.2, 45.3), "far": (108.9, 34.3)}
    links = (
        Link("ac", "rail", "a", "c", (at["a"], at["c"]), 800.0, 0.97, "ac"),
        Link("ab", "sea", "a", "b", (at["a"], at["b"]), 200.0, float("nan"), "ab"),
        Link("cfar", "rail", "c", "far", (at["c"], at["far"]), 200.0, 0.1, "cfar"),
        Link("bc", "road", "b", "c", (at["b"], at["c"]), 0.0, float("nan"), "bc"),
    )
    spots = tuple(Spot(id, id.upper(), at[id], 100.0, float("nan"), id) for id in at)
    return MapView(links, spots, (48.0, 39.0, 57.0, 46.0))


def legs(axes: Axes) -> dict[str, Any]:
    return {line.get_gid()[4:]: line for line in axes.lines if (line.get_gid() or "").startswith("leg:")}


def test_legs_are_as_dark_as_they_are_full_and_as_wide_as_their_load() -> None:
    axes = axes_of()
    draw_map(axes, view())
    drawn = legs(axes)
    assert to_hex(drawn["ac"].get_color()) == LOADS[-1][1]
    assert drawn["ac"].get_linewidth() > drawn["ab"].get_linewidth() == drawn["cfar"].get_linewidth()
    assert list(zip(*drawn["ab"].get_data(), strict=True)) == [(51.2, 43.6), (49.4, 39.9)]
    assert set(drawn) == {"ac", "ab", "cfar"}  # what carries nothing isn't coloured


def test_sea_legs_are_dashed_and_railways_are_not() -> None:
    axes = axes_of()
    draw_map(axes, view())
    assert {name: line.is_dashed() for name, line in legs(axes).items()} == {"ac": False, "ab": True, "cfar": False}


def test_the_map_fills_its_axes_without_bending() -> None:
    axes = axes_of(9, 3)
    draw_map(axes, view())
    west, east, south, north = (*axes.get_xlim(), *axes.get_ylim())
    box = axes.get_window_extent()
    high = (north - south) * stretch((west, south, east, north))
    assert (east - west) / high == pytest.approx(box.width / box.height, rel=0.01)
    assert west <= 48 < 57 <= east


def test_a_far_place_is_named_where_its_leg_leaves_the_map() -> None:
    window = fitted(view().window, 2.0)
    (beyond,) = [mark for mark in marks_of(view(), window) if mark.beyond]
    assert beyond.name == "to FAR"
    assert window[0] < beyond.at[0] < window[2]
    assert leaving(((0, 0), (10, 0)), (-1, -1, 1, 1)) == pytest.approx((0.97, 0))


def test_loads_of_the_map_are_net_tonnes_a_year_both_ways(base: Study, picture: Picture) -> None:
    years = sum(base.facts.month_hours) / 8766
    both = sum(mean(base, "element", label, "net_t") for label in ("main.to_aktau", "main.to_altynkol"))
    link = next(link for link in picture.map.links if link.name == "main")
    assert link.load_kt == pytest.approx(both / years / 1e3)
    assert {spot.name for spot in picture.map.spots} == {"altynkol", "aktau", "Port of Baku"}  # poti has no coordinates


def test_the_caspian_is_a_hole_in_the_land() -> None:
    assert on_land((69.3, 41.3))
    assert not on_land((51.0, 41.8))
    assert not on_land((34.0, 43.0))  # nor is the Black Sea


def on_land(point: tuple[float, float]) -> bool:
    return sum(crossed(ring, point) for ring in outlines().land) % 2 == 1


def crossed(ring: Line, point: tuple[float, float]) -> int:
    """How often a ray to the east crosses a ring."""
    x, y = point
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return sum((y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1) for (x1, y1), (x2, y2) in pairs)


points = st.tuples(st.floats(0, 800), st.floats(0, 400))


@given(st.lists(st.tuples(points, st.text("abcdmw ", min_size=1, max_size=20)), max_size=25))
def test_no_label_covers_another(named: list[tuple[tuple[float, float], str]]) -> None:
    frame = (0.0, 0.0, 800.0, 400.0)
    placed = place_labels([point for point, _ in named], [text for _, text in named], 10, frame)
    assert not any(overlap(a.box, b.box) for a, b in combinations(placed, 2))
    assert all(inside(label.box, frame) for label in placed)


def test_the_most_important_label_is_never_dropped() -> None:
    placed = place_labels([(100.0, 100.0)] * 30, ["name"] * 30, 10, (0, 0, 200, 200))
    assert placed[0].index == 0
    assert len(placed) < 30


def test_a_label_stands_where_no_leg_leaves() -> None:
    assert free_sides([(1.0, 0.0)])[0] == (-1, 0)
    assert free_sides([(1.0, 0.0), (-1.0, 0.1)])[0] == (0, -1)


# --- colours and words


def test_branches_keep_their_colour_and_never_share_one() -> None:
    colours = branch_colours(["north", "mine", "south", "yours", "central"])
    assert len(set(colours.values())) == 5
    assert colours["south"] == branch_colours(["south"])["south"]


def test_every_cause_of_the_ledger_has_a_colour_of_its_own() -> None:
    from corridor_sim.plan import CAUSES as LEDGER

    assert set(CAUSES) == set(LEDGER)
    assert len({colour for colour, _ in CAUSES.values()}) == len(LEDGER)


def test_fuller_is_darker() -> None:
    def light(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.3 * red + 0.59 * green + 0.11 * blue

    shades = [light(load_colour(share)) for share in (0.1, 0.5, 0.7, 0.9, 1.0)]
    assert shades == sorted(shades, reverse=True)
    assert [name for name, _ in load_names()] == [
        "under 40%", "40% - 60%", "60% - 80%", "80% - 95%", "95% and more", "no limit to fill",
    ]  # fmt: skip


def test_numbers_in_words() -> None:
    assert [short(value) for value in (0.004, 3.14159, 27.18, 1234.5, float("inf"))] == ["0.00", "3.14", "27.2", "1,234", "-"]
    assert words(Estimate(12.34, 0.41, "Mt/a")) == "12.3 ± 0.4 Mt/a"
    assert brief("ferry_a+ferry_b+ferry_c") == "ferry_a + 2 more"
    rank = Rank("x", "border", 0.5, 0.1, Estimate(0.6), 0.7, "2024-01", Estimate(2.5, unit="vehicles"), Estimate(4), Estimate(0.31))
    assert evidence(rank) == "31 %, 2.50 veh., 4.00 h"


# --- pages


def test_the_headline_is_the_tables(base: Study, picture: Picture) -> None:
    tiles = {tile.label: tile.value for tile in picture.tiles}
    book = Book(base.metrics)
    assert tiles["Carried"] == words(book.get("total", "corridor", "carried"))
    assert tiles["Tightest element"] == picture.ranking[0].element
    assert f"seed {base.seed}" in picture.footnote


def test_the_page_is_16_by_10_and_the_same_bytes_each_time(base: Study, tmp_path: Path) -> None:
    from matplotlib.image import imread

    one, two = dashboard_png(base, tmp_path / "one.png"), dashboard_png(base, tmp_path / "two.png")
    assert one.read_bytes() == two.read_bytes()
    assert imread(one).shape[:2] == (1500, 2400)


def test_no_text_of_the_page_covers_another_even_with_long_names(picture: Picture) -> None:
    tiles = tuple(replace(tile, value="a_very_long_element.to_somewhere_far", note="n" * 80) for tile in picture.tiles)
    long = replace(picture, title="long " * 60, tiles=tiles, warnings=("The backlog grows. " * 20,))
    with lettering():
        figure = page_figure(long)
        boxes = [text.get_window_extent() for text in figure.texts]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    assert max(box.x1 for box in boxes) <= figure.bbox.width


@pytest.mark.parametrize("title", ["costs $5 and $6", "中间走廊", "<b>bold</b>", "x" * 500])
def test_any_title_can_be_drawn(base: Study, tmp_path: Path, title: str) -> None:
    assert dashboard_png(replace(base, scenario={"title": title}), tmp_path / "x.png").exists()


def test_a_study_without_places_or_freight_is_drawn_all_the_same(base: Study, tmp_path: Path) -> None:
    facts = replace(base.facts, places=())
    nothing = replace(base, facts=facts, metrics=base.metrics.iloc[:0])
    assert dashboard_png(nothing, tmp_path / "x.png").exists()


def test_pyplot_is_never_touched() -> None:
    import corridor_sim.figures as package

    sources = [file.read_text(encoding="utf-8") for file in Path(package.__file__ or "").parent.glob("*.py")]
    assert not any("import pyplot" in source or "matplotlib.pyplot" in source for source in sources)


# --- comparisons


def test_dots_are_the_paired_differences(comparison: Comparison) -> None:
    forest = forest_of(comparison)
    group = next(group for group in forest.groups if group.title == "Transit, mean")
    axes = axes_of()
    panel(axes, group, several=True)
    dots = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
    table = pick(comparison.table, measure="transit_mean")
    wanted = table[table["kind"].isin(["total", "branch"])]["difference"] / 24
    assert sorted(dots) == pytest.approx(sorted(wanted))
    assert forest.cases == ("other", "third")


def test_what_cannot_be_told_apart_is_grey(comparison: Comparison) -> None:
    group = next(group for group in forest_of(comparison).groups if group.title == "Carried")
    axes = axes_of()
    panel(axes, group, several=True)
    dots = [to_hex(line.get_color()) for line in axes.lines if line.get_marker() == "o"]
    grey = [row.verdict == "no detectable difference" for row in group.rows]
    assert [dot == SAME for dot in dots] == grey
    assert any(grey)


def test_the_whole_corridor_comes_first(comparison: Comparison) -> None:
    rows = forest_of(comparison).groups[0].rows
    assert [(row.subject, row.case) for row in rows[:2]] == [("corridor", "other"), ("corridor", "third")]


def test_a_comparison_is_drawn_with_its_names_apart(comparison: Comparison, tmp_path: Path) -> None:
    assert comparison_png(comparison, tmp_path / "c.png").exists()
    with lettering():
        figure = forest_figure(forest_of(comparison))
        boxes = [label.get_window_extent() for axes in figure.axes for label in (*axes.get_yticklabels(), *axes.texts)]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


# --- provenance


def test_numbers_are_counted_by_what_they_rest_on() -> None:
    berths = {"count": 2, "rate": 5.8, "source": {"count": "W242", "default": "assumed"}}
    scenario = {
        "seed": 1,
        "legs": {"a": {"length_km": 5, "tracks": 1, "source": "W1"}, "b": {"length_km": 7, "source": "W1", "grade": "assumed"}},
        "places": {"alat": {"at": [40, 49], "port": {"berths": {"roro": berths}, "room_t": 9, "open": True}}},
    }
    assert standings(scenario) == {
        "legs": {"sourced": 2, "assumed": 1},
        "places": {"sourced": 1, "assumed": 1, "without a source": 1},
    }
    assert in_words(scenario) == "of 6 numbers 50% sourced, 33% assumed"
    assert in_words({"seed": 1}) == ""
