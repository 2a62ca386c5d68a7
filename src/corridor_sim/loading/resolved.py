"""A case as plain data after inheritance, and as YAML."""

from __future__ import annotations

import io
from typing import Any

from corridor_sim.loading.changes import Edit
from corridor_sim.loading.paths import Path, dotted, is_source

_REMARKS = frozenset({"source", "grade", "note", "title", "capex_musd", "published"})
_NAMES = frozenset({"name", "title", "notes", "replications", "seed", "appraisal", "sources"})
HEAD = ("name", "title", "notes", "start", "end", "warm_up_days", "drain_days", "replications", "seed")


def resolved_data(data: dict[Any, Any], edits: list[Edit]) -> dict[str, Any]:
    """Return the data of a case with the edits that hold as its changes, without extends, patches, cases and sources."""
    left_out = ("extends", "changes", "patches", "cases", "sources")
    body = {key: data[key] for key in HEAD if key in data}
    body |= {key: value for key, value in data.items() if key not in left_out}
    changes: dict[str, Any] = {}
    for edit in edits:
        change = changes.setdefault(_name(edit), {"on": edit.on})
        change.setdefault(edit.kind, {})[dotted(edit.path)] = edit.value
    return body | ({"changes": changes} if changes else {})


def _name(edit: Edit) -> str:
    return edit.name.replace(".", "_")[:64]


def essence(resolved: dict[str, Any]) -> dict[str, Any]:
    """Return what decides the outcome of a case: resolved data without names, remarks, sources, seed and replications.

    Names of places, legs and the like stay: they key the random streams.
    """
    kept = {key: value for key, value in resolved.items() if key not in _NAMES}
    return {key: _bare(value, (key,)) for key, value in kept.items()}


def _bare(value: Any, path: Path) -> Any:
    if isinstance(value, list):
        return [_bare(item, (*path, index)) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    return {key: _bare(item, (*path, key)) for key, item in value.items() if not _is_remark((*path, key), item)}


def _is_remark(path: Path, value: Any) -> bool:
    if len(path) < 3 or path[-1] not in _REMARKS:
        return False
    return path[-1] != "source" or is_source(path, value)


def as_yaml(data: dict[str, Any]) -> str:
    """Return plain data as YAML 1.2 text, keys in their order."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.width = 110
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()
