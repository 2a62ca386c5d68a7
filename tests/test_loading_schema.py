"""Schema, reference page and starter come from the models and stay with them."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from bad_scenarios import GOOD
from ruamel.yaml import YAML

from corridor_sim.errors import CorridorError
from corridor_sim.loading import init_directory, load_cases, reference_page, schema_text, starter_text

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads(schema_text())
SCENARIOS = sorted(path for path in (ROOT / "scenarios").rglob("*.yaml") if not path.stem.startswith("sensitivity_"))  # those are studies


def problems(value: Any, node: Any, path: str = "") -> list[str]:
    """Return where a value breaks a JSON Schema, of the keywords that ours uses."""
    if "$ref" in node:
        return problems(value, SCHEMA["$defs"][node["$ref"].rpartition("/")[2]], path)
    options = node.get("anyOf") or node.get("oneOf")
    if options:
        tried = [problems(value, option, path) for option in options]
        return [] if not all(tried) else [f"{path}: {value!r} is none of {len(options)} kinds: {min(tried, key=len)}"]
    found = [] if _is(value, node) else [f"{path}: {value!r} isn't {node.get('type', node)}"]
    if isinstance(value, dict) and not found:
        found += [each for key, item in value.items() for each in _of_key(key, item, node, path)]
        found += [f"{path}: no {key}" for key in node.get("required", ()) if key not in value]
    if isinstance(value, list) and not found:
        inner = node.get("prefixItems") or [node.get("items", {})] * len(value)
        found += [each for item, part in zip(value, inner, strict=True) for each in problems(item, part, f"{path}[]")]
    return found


def _of_key(key: Any, item: Any, node: dict[str, Any], path: str) -> list[str]:
    if key in node.get("properties", {}):
        return problems(item, node["properties"][key], f"{path}.{key}")
    patterns = [part for pattern, part in node.get("patternProperties", {}).items() if re.search(pattern, str(key))]
    if patterns:
        return [each for part in patterns for each in problems(item, part, f"{path}.{key}")]
    other = node.get("additionalProperties", {})
    return (
        [f"{path}.{key}: unknown"] if other is False else problems(item, other if isinstance(other, dict) else {}, f"{path}.{key}")
    )


def _is(value: Any, node: dict[str, Any]) -> bool:
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    kinds |= {"number": (int, float)}
    if isinstance(value, bool) and node.get("type") != "boolean" and "type" in node:
        return False
    typed = "type" not in node or isinstance(value, kinds[node["type"]])
    bounds = (("minimum", lambda b: value >= b), ("maximum", lambda b: value <= b), ("exclusiveMinimum", lambda b: value > b))
    bounded = not typed or not isinstance(value, int | float) or all(test(node[key]) for key, test in bounds if key in node)
    chosen = value == node.get("const", value) and value in node.get("enum", [value])
    matched = not isinstance(value, str) or re.search(node.get("pattern", ""), value) is not None
    return typed and bounded and chosen and matched


def plain(text: str) -> Any:
    """Return YAML as JSON has it: dates are text, keys are text."""
    data = YAML(typ="safe").load(text)
    return json.loads(json.dumps(data, default=str))


def test_the_shipped_schema_is_that_of_the_models() -> None:
    packaged = (ROOT / "src/corridor_sim/data/corridor.schema.json").read_bytes()
    assert packaged == schema_text().encode()
    assert (ROOT / "scenarios/corridor.schema.json").read_bytes() == packaged


def test_the_reference_page_is_that_of_the_models() -> None:
    assert (ROOT / "docs/scenario-reference.md").read_text(encoding="utf-8") == reference_page()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_the_schema_takes_the_shipped_scenarios(path) -> None:
    assert problems(plain(path.read_text(encoding="utf-8")), SCHEMA) == []


def test_the_schema_takes_parts_nulls_stars_dots_and_sources() -> None:
    text = (
        "extends: a.yaml\nservices.ferry.vessels: 4\nlegs: {'*': {cv: 0.2}, x: null, y: {speed_kmh: {value: 3, source: W1}}}\n"
        "places: {alat: {port: {berths: {roro: 2}, room_teu: {west: 5}}, border: {lanes: unlimited, inspection_h: 3}}}\n"
    )
    assert problems(plain(text), SCHEMA) == []


@pytest.mark.parametrize(
    "text",
    [
        "vesels: 3",
        "seed: -1",
        "services: {ferry: {vesels: 3}}",
        "places: {alat: {border: {inspection_h: {gama: {mean: 3}}}}}",
        "legs: {a: {mode: air}}",
    ],
)
def test_the_schema_refuses_mistakes(text) -> None:
    assert problems(plain(text), SCHEMA)
    assert not problems(plain(GOOD), SCHEMA)


def test_the_starter_is_the_one_among_the_scenarios() -> None:
    assert (ROOT / "scenarios/starter.yaml").read_text(encoding="utf-8") == starter_text("starter.yaml")


def test_the_starter_is_a_directory_that_loads_without_a_warning(tmp_path) -> None:
    written = init_directory(tmp_path / "mine")
    assert [path.name for path in written] == ["starter.yaml", "sources.csv", "corridor.schema.json"]
    cases = load_cases(tmp_path / "mine" / "starter.yaml")
    assert list(cases) == ["base", "ferry", "ferry_and_lane", "more_demand"]
    assert all(loaded.warnings == () for loaded in cases.values())
    assert len(cases["base"].scenario.places) == 10


def test_the_starter_overwrites_nothing(tmp_path) -> None:
    (tmp_path / "starter.yaml").write_text("mine")
    with pytest.raises(CorridorError, match="exists already, nothing was written"):
        init_directory(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["starter.yaml"]


def test_the_sources_of_the_starter_are_rows_of_the_big_table() -> None:
    with (ROOT / "scenarios/sources.csv").open(encoding="utf-8", newline="") as stream:
        known = {row["id"]: row["title"] for row in csv.DictReader(stream)}
    rows = list(csv.DictReader(starter_text("sources.csv").splitlines()))
    assert all(known[row["id"]] == row["title"] for row in rows)


def test_every_number_of_the_starter_names_its_source(tmp_path) -> None:
    init_directory(tmp_path)
    loaded = load_cases(tmp_path / "starter.yaml")["base"]
    silent = ("start", "end", "warm_up_days", "replications", "seed", "at", "utc_offset_h", "base_year", "share")
    bare = [
        path
        for path in loaded.positions
        if _number(loaded.resolved, path) and path not in loaded.provenance and not set(re.split(r"[.\[]", path)) & set(silent)
    ]
    assert bare == []


def _number(data: Any, path: str) -> bool:
    for part in re.split(r"[.\[]", path):
        key = int(part.rstrip("]")) if part.rstrip("]").isdigit() else part
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return False
    return isinstance(data, int | float) and not isinstance(data, bool)
