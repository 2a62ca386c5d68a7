"""The reference page of the scenario language, written from the models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from corridor_sim.scenario import Scenario

SECTIONS = (
    ("Scenario", "Top level"), ("VehicleClass", "classes"), ("Commodity", "commodities"), ("Wind", "winds"), ("Place", "places"),
    ("Border", "border"), ("Stop", "exit, entry and road of a border"), ("GaugeChange", "gauge_change"), ("Terminal", "terminal"),
    ("Yard", "yard"), ("Port", "port"), ("Berth", "berths of a port"), ("Ramp", "ramps of a port"), ("Crane", "cranes of a port"),
    ("PortWind", "wind of a port"), ("OtherCall", "other calls at a port"), ("Other", "other traffic at a station"),
    ("Embargo", "embargo"), ("Leg", "legs"), ("Window", "window of a leg"), ("Section", "sections of a leg"),
    ("Spacing", "spacing of sections"), ("Loop", "loops of a leg"), ("Platoon", "dispatch of a leg"),
    ("Service", "services"), ("Carries", "carries"),
    ("Departs", "departs"), ("AtLeast", "at_least"), ("Timetable", "timetable"), ("Fleet", "fleets"),
    ("DryDock", "dry_dock of a fleet"), ("Flow", "flows"), ("Route", "routes of a flow"), ("StartStock", "start_stocks"),
    ("Pool", "pools"), ("Return", "returns of a pool"), ("District", "locomotives"),
    ("Disruption", "disruptions"), ("Spell", "spells of a disruption"), ("Closure", "closures"), ("Accepts", "accepts of a border"),
    ("LaneShift", "shifts of a border"), ("FrontShift", "shifts of a gauge change"), ("TrackShift", "shifts of a terminal"),
    ("CountShift", "shifts of cranes and ramps"),
    ("Choice", "choice"), ("Market", "markets of a choice"), ("Option", "options of a market"),
    ("OutsideOption", "outside options of a market"), ("Settling", "settle of a choice"), ("SettledShares", "settled of a choice"),
    ("Change", "changes and patches"), ("Appraisal", "appraisal"),
)  # fmt: skip
_LAW = "law of a time"


def reference_page() -> str:
    """Return the page as Markdown: the rules of the language, then a table for each kind of element."""
    schema = Scenario.model_json_schema()
    models: dict[str, dict[str, Any]] = {"Scenario": schema, **schema["$defs"]}
    parts = [(files("corridor_sim") / "data" / "reference.md").read_text(encoding="utf-8").rstrip()]
    parts += ["\n".join(_section(title, models[name])) for name, title in SECTIONS]
    return "\n\n".join(parts) + "\n"


def _section(title: str, model: dict[str, Any]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield model.get("description", "").split("\n")[0]
    yield ""
    yield "| key | value | default | meaning |"
    yield "| --- | --- | --- | --- |"
    required = set(model.get("required", ()))
    for key, field in model["properties"].items():
        if key in ("source", "grade", "note"):
            continue
        default = "required" if key in required else _default(field)
        yield f"| `{key}` | {_kind(field)} | {default} | {field.get('description', '')} |"


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    if value in (None, {}, []):
        return ""
    if isinstance(value, dict):
        values = list(value.values())
        value = values[0] if len(set(map(str, values))) == 1 else value
    return f"`{'unlimited' if value == float('inf') else json.dumps(value).strip(chr(34))}`"


def _kind(node: dict[str, Any]) -> str:
    """Return the kind of value in a few words."""
    options = node.get("anyOf") or node.get("oneOf")
    if options:
        if {"$ref": "#/$defs/ConstantLaw"} in options:
            return f"{_LAW}, or by_class" if {"$ref": "#/$defs/ByClass"} in options else _LAW
        kinds = [_kind(option) for option in options if option.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "$ref" in node:
        return _named(node["$ref"].rpartition("/")[2])
    if "enum" in node or "const" in node:
        return ", ".join(f"`{value}`" for value in node.get("enum", [node.get("const")]))
    return _plain(node)


def _named(name: str) -> str:
    pairs = {"RoomWays": "{west, east}", "PerDayWays": "{west, east}", "RunWays": "{out, back}", "PathWays": "{out, back}"}
    pairs |= {"OtherPathWays": "{out, back}", "GrossWays": "{out, back}", "AcceptsWays": "{west, east}", "LoadUnload": "{load, unload}"}
    titles = {model: title for model, title in SECTIONS if title != "Top level"}
    if name in titles:
        anchor = titles[name].replace(",", "").replace(" ", "-").lower()
        return f"[{titles[name]}](#{anchor})"
    return pairs.get(name, "map")


def _plain(node: dict[str, Any]) -> str:
    kind = node.get("type")
    if kind == "array":
        items = node.get("items") or (node.get("prefixItems") or [{}])[0]
        return f"list of {_kind(items)}" if items else "list"
    if kind == "object":
        inner = next(iter(node.get("patternProperties", {}).values()), node.get("additionalProperties"))
        return f"name: {_kind(inner)}" if isinstance(inner, dict) and inner else "map"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "null"}
    if node.get("format") == "date":
        return "date"
    return names.get(str(kind), str(kind or "any"))
