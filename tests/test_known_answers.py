"""The page of known answers has a row for every case, whose scenario file and tests exist."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.known_answers import CASES, TRUTH, keys_of, main, results

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "known-answers.md").read_text(encoding="utf-8")
EXPECTED = json.loads((TRUTH / "expected.json").read_text(encoding="utf-8"))
TESTS = "\n".join(file.read_text(encoding="utf-8") for file in sorted(TRUTH.glob("test_*.py")))


def test_every_case_has_its_row() -> None:
    assert [case for case, _, _ in CASES if case not in EXPECTED] == []
    assert sorted(EXPECTED) == sorted(case for case, _, _ in CASES)
    assert [case for case in EXPECTED if f"| {case} | {EXPECTED[case]['situation']} |" not in PAGE] == []


@pytest.mark.parametrize(("case", "files", "tests"), CASES, ids=[case for case, _, _ in CASES])
def test_what_a_row_names_exists(case: str, files: tuple[str, ...], tests: tuple[str, ...]) -> None:
    assert [file for file in files if not (TRUTH / f"{file}.yaml").exists()] == []
    assert [name for name in tests if f"def {name}" not in TESTS] == []


def test_a_measured_number_stands_beside_the_expected_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dict(keys_of({"a": 1.5, "b": [2, 3], "c": {"x": 1}})) == {"a": 1.5, "b[0]": 2.0, "b[1]": 3.0}
    rows = {"test_q01_x": [{"value": 0.76, "reach": 0.02, "true": 1.5}, {"value": 0.75, "reach": 0.01, "true": 1.5}]}
    assert results("Q01", ("test_q01",), {"a": 1.5}, rows) == "a 1.5: 0.75 ± 0.01"
    page, measured = tmp_path / "page.md", tmp_path / "measured.jsonl"
    page.write_text("# old\n\n## What follows\n\nstays\n", encoding="utf-8")
    measured.write_text(json.dumps({"test": "t.py::test_q01_x[long]", "value": 1.09, "reach": 0.01, "true": 1.0909091}) + "\n", encoding="utf-8")
    monkeypatch.setattr("benchmarks.known_answers.PAGE", page)
    main(str(measured), "2026-01-01")
    text = page.read_text(encoding="utf-8")
    assert "W 1.0909: 1.09 ± 0.01" in text
    assert text.endswith("## What follows\n\nstays\n")
