"""The JSON Schema of scenario files, from the models; editors check and complete with it.

It allows what a file may say beyond the models: {value, source} for a number, dotted keys, *, null to delete, and parts of
elements that a file lays on what it extends (so no element's key is required).
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Any

from corridor_sim.scenario import Scenario
from corridor_sim.scenario.laws import KINDS

NAME = "corridor.schema.json"
_DOTTED = r"^[^.]+\.."
_SOURCED = {"$ref": "#/$defs/Sourced"}
_STRICT = ("Mean", "MeanCv", "LowModeHigh", "LowHigh", "Observed", "Part", "Until")  # replaced whole, so complete


@cache
def schema_text() -> str:
    """Return the schema as the text that is shipped."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files (draft 2020-12)."""
    schema = json.loads(json.dumps(Scenario.model_json_schema()))  # a copy in which no part is shared
    definitions = schema.pop("$defs")
    for name, definition in definitions.items():
        _loosen(definition, complete=name in _STRICT or name.endswith("Law"))
    _loosen(schema, complete=False)
    schema["$defs"] = definitions | {"Sourced": _sourced(), "Law": _law(), "Timing": _law("ByClass")}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "corridor_sim scenario"}
    return head | {key: value for key, value in schema.items() if key != "title"}


def _sourced() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "a value with its source",
        "properties": {"value": {}, "source": text, "grade": text, "unit": text, "note": text},
        "required": ["value"],
        "additionalProperties": False,
    }


def _law(*more: str) -> dict[str, Any]:
    names = (*(f"{kind.capitalize()}Law" for kind in KINDS), *more)
    laws = [{"$ref": f"#/$defs/{name}"} for name in names]
    return {"description": "a time in hours", "anyOf": [{"type": "number", "minimum": 0}, dict(_SOURCED), *laws]}


def _loosen(node: Any, complete: bool) -> None:
    """Allow in place what files may say beyond the models."""
    if isinstance(node, list):
        for item in node:
            _loosen(item, complete)
        return
    if not isinstance(node, dict):
        return
    if isinstance(node.get("title"), str):  # a name that pydantic gives, not a property called title
        del node["title"]
    if _holds_infinity(node.get("default")):
        node["default"] = "unlimited"
    for value in node.values():
        _loosen(value, complete)
    _allow_numbers(node)
    if "properties" in node and node.get("additionalProperties") is False and not complete:
        node.pop("required", None)
        node["patternProperties"] = {_DOTTED: {}, **node.get("patternProperties", {})}
        node["properties"] = {key: _or_null(value) for key, value in node["properties"].items()}
    elif "patternProperties" in node and "properties" not in node:
        _allow_names(node)


def _holds_infinity(value: Any) -> bool:
    values = value.values() if isinstance(value, dict) else [value]
    return any(isinstance(item, float) and math.isinf(item) for item in values)


def _allow_numbers(node: dict[str, Any]) -> None:
    """Let a number be written as {value, source}, and a law as a number."""
    if "oneOf" in node and {"$ref": "#/$defs/ConstantLaw"} not in node["oneOf"]:
        node["anyOf"] = node.pop("oneOf")  # an empty map may be either
    if isinstance(node.get("type"), str) and node["type"] in ("number", "integer"):
        kept = {key: node.pop(key) for key in list(node) if key not in ("description", "default")}
        node["anyOf"] = [kept, dict(_SOURCED)]
    laws = node.get("oneOf", [])
    if {"$ref": "#/$defs/ConstantLaw"} in laws:
        node["$ref"] = f"#/$defs/{'Timing' if {'$ref': '#/$defs/ByClass'} in node.pop('oneOf') else 'Law'}"


def _or_null(node: Any) -> Any:
    if not isinstance(node, dict) or {"type": "null"} in node.get("anyOf", []):
        return node
    about = {key: node[key] for key in ("description", "default") if key in node}
    return about | {"anyOf": [{key: value for key, value in node.items() if key not in about}, {"type": "null"}]}


def _allow_names(node: dict[str, Any]) -> None:
    """Let a map of names have *, dotted keys and null, and no other name."""
    (pattern, inner), *others = node["patternProperties"].items()
    if others or not pattern.startswith("^[a-z]"):
        return
    node["patternProperties"] = {pattern: {"anyOf": [inner, {"type": "null"}]}, r"^\*$": inner, _DOTTED: {}}
    node["additionalProperties"] = False
