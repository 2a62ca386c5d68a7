"""How far a run is, in words and as a bar."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest

from corridor_sim.cli.progress import duration, line, watching
from corridor_sim.cli.talk import show_json, show_table

NAN = float("nan")


def progress(**changed):
    usual = {"case": "base", "done": 3, "total": 10, "reused": 0, "mean": 4.312, "half_width": 0.051, "seconds_left": 130.0, "what": "replications"}
    return SimpleNamespace(**{**usual, **changed})


def test_a_line_says_how_many_what_and_how_long_still() -> None:
    assert line(progress()) == "base: 3 of 10 replications, carried 4.31 ± 0.051 Mt/a, about 2 min left"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"done": 0, "mean": NAN}, "base: 0 of 10 replications, about 2 min left"),
        ({"done": 1, "half_width": NAN, "seconds_left": NAN}, "base: 1 of 10 replications, carried 4.31 Mt/a"),
        ({"done": 10, "reused": 10}, "base: 10 of 10 replications (10 of them stored before), carried 4.31 ± 0.051 Mt/a"),
    ],
)
def test_what_is_not_known_yet_is_left_out(changed, words) -> None:
    assert line(progress(**changed)) == words


@pytest.mark.parametrize(("seconds", "words"), [(4, "4 s"), (89, "89 s"), (600, "10 min"), (9000, "2.5 h")])
def test_durations_are_words(seconds, words) -> None:
    assert duration(seconds) == words


def test_a_terminal_gets_a_bar_a_case(capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    with watching(quiet=False) as watch:
        for case in ("base", "tunnel"):
            watch(progress(case=case))
            watch(progress(case=case, done=10, seconds_left=0.0))
    said = capsys.readouterr().err
    assert "base" in said
    assert "tunnel" in said
    assert "10/10" in said
    assert "carried 4.31 ± 0.051 Mt/a" in said


def test_quiet_watches_nothing() -> None:
    with watching(quiet=True) as watch:
        assert watch is None


def test_json_knows_no_nan(capsys) -> None:
    show_json({"a": [NAN, float("inf"), 1.5], "b": None, "c": ("x", True)})
    assert json.loads(capsys.readouterr().out) == {"a": [None, None, 1.5], "b": None, "c": ["x", True]}


def test_a_table_is_as_wide_as_it_needs(capsys) -> None:
    show_table(["name", "n"], [["a", "10"], ["longer", "2"]])
    assert capsys.readouterr().out == "name    n\na       10\nlonger  2\n"
