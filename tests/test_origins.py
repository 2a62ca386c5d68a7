"""Every number of the shipped scenarios says where it comes from, of which year and how well it is known."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from corridor_sim.loading import Loaded, load_mapping, load_scenario
from corridor_sim.loading.files import read_layers
from corridor_sim.loading.loaded import Layer
from corridor_sim.loading.references import source_ids
from corridor_sim.loading.resolved import as_yaml
from corridor_sim.loading.sources import GRADES, grade_of, publisher_of, read_sources
from corridor_sim.origins import ASSUMED, NO_INPUT, SECTIONS, Provenance, dotted, in_words, origins_of, standing, standings

FOLDER = Path(__file__).parent.parent / "scenarios"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in (*FOLDER.glob("[!s]*.yaml"), FOLDER / "starter.yaml", *(FOLDER / "history").glob("20*.yaml")))
TABLE = read_sources(str(FOLDER / "sources.csv"))


@cache
def loaded(name: str) -> Loaded:
    return load_scenario(FOLDER / name)


def provenance(layer: Layer) -> dict[tuple[Any, ...], Provenance]:
    """Return the origin of each number that a file and its patches state."""
    known, stated = layer.provenance, {name: layer.data[name] for name in (*SECTIONS, "patches") if name in layer.data}
    paths = [path for path in _numbers(stated, ()) if not NO_INPUT & set(path[1 if path[0] == "choice" else 2 :])]
    return {
        path: next((known[path[:size]] for size in range(len(path), 1, -1) if path[:size] in known), Provenance(None))
        for path in paths
    }


def _numbers(data: Any, path: tuple[Any, ...]) -> Any:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _numbers(value, (*path, key))
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield path


@pytest.mark.parametrize("name", FILES)
def test_no_number_is_without_source_and_grade(name: str) -> None:
    found = provenance(read_layers(FOLDER / name))
    assert len(found) > 90
    silent = [dotted(path) for path, origin in found.items() if not origin.source]
    unknown = [dotted(path) for path, origin in found.items() for one in source_ids(origin.source) if one not in (ASSUMED, *TABLE)]
    ungraded = [dotted(path) for path, origin in found.items() if grade_of(origin, TABLE) not in GRADES]
    assert (silent, unknown, ungraded) == ([], [], [])


@pytest.mark.parametrize("table", [FOLDER / "sources.csv", FOLDER.parent / "src/corridor_sim/data/starter/sources.csv"])
def test_every_source_has_a_year_and_a_grade(table: Path) -> None:
    """A year that a figure stands for (or of its source), and how well it is known; 25 sources bear no date at all."""
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [row["id"] for row in rows if not re.fullmatch(r"(19|20)\d\d(-20\d\d)?|n\.d\.", row["year"])] == []
    assert [row["id"] for row in rows if row["grade"] not in GRADES[:-1]] == []
    assert sum(row["year"] == "n.d." for row in rows) <= 25


@pytest.mark.parametrize("name", ["starter.yaml", "history/2020.yaml"])
def test_a_resolved_case_keeps_what_each_number_rests_on(name: str) -> None:
    """What a stored run counts is what the file says, {value, source} and changes in the lower layers included."""
    found, kept = loaded(name), origins_of(loaded(name).resolved)
    stated = {path: origin for path, origin in provenance(found.layer).items() if path[0] not in ("changes", "patches")}
    assert {path: origin for path, origin in kept.items() if path[0] != "changes"} == stated
    assert not [dotted(path) for path, origin in kept.items() if not origin.source]


PARTS = """
start: 2024-01-01
end: 2025-01-01
places: {a: {at: [40, 50], source: A1}, b: {at: [40, 51], source: A1}}
legs:
  ab: {mode: rail, between: [a, b], length_km: {value: 90, source: B2, grade: assumed}, speed_kmh: 40, tracks: {value: 2, source: C3}, source: A1, grade: derived}
changes:
  faster: {on: 2024-06-01, set: {legs.ab.speed_kmh: {value: 60, source: D4}, legs.ab.tracks: 4}, source: E5}
"""


def test_a_number_that_names_its_source_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(PARTS)
    found = load_scenario(tmp_path / "a.yaml")
    kept = {dotted(path): (origin.source, origin.grade) for path, origin in origins_of(found.resolved).items()}
    assert kept == {
        "legs.ab.length_km": ("B2", "assumed"), "legs.ab.speed_kmh": ("A1", "derived"), "legs.ab.tracks": ("C3", None),
        "changes.faster.set.legs.ab.speed_kmh": ("D4", None), "changes.faster.set.legs.ab.tracks": ("E5", None),
    }  # fmt: skip
    assert {name: dict(counts) for name, counts in standings(found.resolved).items() if counts} == {
        "legs": {"assumed": 1, "sourced": 2}, "changes": {"sourced": 2}
    }  # fmt: skip
    assert in_words(found.resolved) == "of 5 numbers 80% sourced, 20% assumed"


def test_a_resolved_case_that_is_loaded_again_keeps_its_origins(tmp_path: Path) -> None:
    from ruamel.yaml import YAML

    (tmp_path / "a.yaml").write_text(PARTS)
    resolved = load_scenario(tmp_path / "a.yaml").resolved
    again = load_mapping(YAML(typ="safe").load(as_yaml(resolved)))
    assert again.resolved == resolved


@pytest.mark.parametrize(("origin", "grade", "rests"), [
    (Provenance("BCP22"), "measured", "sourced"), (Provenance("BCP22 W427"), "plan", "sourced"),
    (Provenance("BCP22", "derived"), "derived", "sourced"), (Provenance("BCP22", "assumed"), "assumed", "assumed"),
    (Provenance("assumed"), "assumed", "assumed"), (Provenance(None), "", "without a source"),
])  # fmt: skip
def test_the_least_sure_source_grades_a_number(origin: Provenance, grade: str, rests: str) -> None:
    assert grade_of(origin, TABLE) == grade
    assert standing(origin) == rests


def test_a_publisher_is_named_before_the_colon_or_by_its_host() -> None:
    assert publisher_of({"title": "Trend: a line opens", "url": "https://www.trend.az/1"}) == "Trend"
    assert publisher_of({"title": "A line opens", "url": "https://www.trend.az/1"}) == "trend.az"
