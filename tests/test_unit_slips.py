"""Slips of a unit in the shipped scenarios are refused or warned of; those that pass are listed in docs/unit-slips.md."""

from __future__ import annotations

from functools import cache

import pytest

from benchmarks.unit_slips import FILES, REFUSED, ROOT, UNSEEN, WARNED, Slip, Trial, replaced, seen_share
from corridor_sim.errors import CorridorError
from corridor_sim.loading import load_mapping, load_scenario
from corridor_sim.loading.bands import Band, at_the_start, bands
from corridor_sim.loading.sources import read_sources
from corridor_sim.origins import dotted

ENOUGH = 0.9


@cache
def trial(name: str) -> Trial:
    return Trial.of(name)


@pytest.mark.parametrize(("name", "every"), [("starter", 1), ("baseline_2024", 41)])
def test_a_slip_of_a_unit_is_seen(name: str, every: int) -> None:
    found = list(trial(name).slips(every))
    assert len(found) >= 150
    assert seen_share(found) >= ENOUGH, [(slip.kind, dotted(slip.path)) for slip in found if slip.verdict == UNSEEN]


@pytest.mark.slow
def test_slips_of_all_shipped_scenarios_are_seen_and_the_rest_is_listed() -> None:
    found = [slip for name in FILES for slip in trial(name).slips()]
    assert len(found) > 9_000
    assert seen_share(found) >= ENOUGH
    listed = (ROOT / "docs" / "unit-slips.md").read_text(encoding="utf-8")
    unlisted = [dotted(slip.path) for slip in found if slip.verdict == UNSEEN and f"`{dotted(slip.path)}`" not in listed]
    assert unlisted == [], "python -m benchmarks.unit_slips"


def test_the_quick_verdict_is_that_of_a_whole_load() -> None:
    """A slip in thirteen, each loaded whole: what the quick way sees is seen, what it does not see is not."""
    one = trial("starter")
    data = {key: value for key, value in one.loaded.layer.data.items() if key != "sources"}
    for slip in one.slips(every=13, start=2):
        before = load_mapping(data, _case(slip)).warnings
        try:
            verdict = WARNED if set(load_mapping(replaced(data, slip.path, slip.new), _case(slip)).warnings) - set(before) else UNSEEN
        except CorridorError:
            verdict = REFUSED
        allowed = {WARNED: {WARNED, REFUSED}}.get(slip.verdict, {slip.verdict})  # ranges come before rules
        assert verdict in allowed, slip


def _case(slip: Slip) -> list[str] | None:
    return [str(slip.path[1])] if slip.path[0] == "patches" else None


def test_a_warning_asks_for_the_unit_at_its_line(tmp_path) -> None:
    for name in ("starter.yaml", "sources.csv"):
        (tmp_path / name).write_bytes((ROOT / "src/corridor_sim/data/starter" / name).read_bytes())
    text = (tmp_path / "starter.yaml").read_text(encoding="utf-8")
    (tmp_path / "starter.yaml").write_text(text.replace("growth: 0.08", "growth: 8", 1), encoding="utf-8")
    warned = [str(each) for each in load_scenario(tmp_path / "starter.yaml").warnings if each.code == "unit"]
    line = 1 + text[: text.index("growth: 0.08")].count("\n")
    assert [each for each in warned if f"starter.yaml:{line}:" in each and each.endswith("is this in a share or in per cent?")]


@pytest.mark.parametrize(("unit", "value", "question"), [
    ("h", 240, "is this in hours or in minutes?"), ("h", 0.05, "is this in hours or in days?"), ("t", 60_000, "in t or in kg?"),
    ("pairs/day", 5_000, "in pairs/day or in a year?"), ("", 35, "in a share or in per cent?"), ("h", 5, ""), ("h", 0, ""),
])  # fmt: skip
def test_a_number_outside_its_band_is_asked_for_its_unit(unit: str, value: float, question: str) -> None:
    said = Band((), "x", 0.5 if unit else 0.01, 60 if unit == "h" else 100 if unit else 1, unit, "assumed").odd(value)
    assert (question in said) if question else not said


def test_the_table_of_bands_names_its_sources() -> None:
    known = read_sources(str(ROOT / "scenarios/sources.csv"))
    rows = [band for found in bands().values() for band in found]
    assert len(rows) > 60
    assert all(band.low < band.high for band in rows)
    assert [name for band in rows for name in band.source.split() if name != "assumed" and name not in known] == []


def test_what_isn_t_stated_isn_t_asked_for() -> None:
    assert not list(at_the_start({"name": "empty", "warm_up_days": 60}))
