"""A case as plain data after inheritance, and as YAML."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from corridor_sim.loading.changes import Edit
from corridor_sim.loading.loaded import Layer
from corridor_sim.loading.paths import Path, dotted, is_number, is_source
from corridor_sim.origins import ORIGINS, Provenance, inherited

_REMARKS = frozenset({"source", "grade", "note", "title", "capex_musd", "published"})
_NAMES = frozenset({"name", "title", "notes", "replications", "seed", "appraisal", "sources", ORIGINS})
HEAD = ("name", "title", "notes", "start", "end", "warm_up_days", "drain_days", "replications", "seed")


def resolved_data(layer: Layer, edits: list[Edit]) -> dict[str, Any]:
    """Return the data of a case with the edits that hold as its changes, without extends, patches, cases and the table of sources.

    `origins` keeps what numbers say themselves of their source and grade, where it isn't what their element says.
    """
    data = layer.data
    left_out = ("extends", "changes", "patches", "cases", "sources")
    body = {key: data[key] for key in HEAD if key in data}
    body |= {key: value for key, value in data.items() if key not in left_out}
    changes: dict[str, Any] = {}
    written: dict[Path, Path] = {}
    for edit in edits:
        name, path = _name(edit), dotted(edit.path)
        change = changes.setdefault(name, {"on": edit.on, **_remarks(data, edit)})
        change.setdefault(edit.kind, {})[path] = edit.value
        written["changes", name, edit.kind, path] = edit.written
    body |= {"changes": changes} if changes else {}
    own = own_origins(body, layer.provenance, written)
    return body | ({ORIGINS: own} if own else {})


def _remarks(data: dict[Any, Any], edit: Edit) -> dict[str, Any]:
    """Return what the change of an edit says of its sources."""
    body: Any = data
    for part in edit.written[: 2 + ("." in edit.name)]:
        body = body[part]
    return {key: body[key] for key in ("source", "grade") if isinstance(body, dict) and key in body}


def own_origins(
    body: dict[str, Any], provenance: dict[Path, Provenance], written: dict[Path, Path]
) -> dict[str, list[str | None]]:
    """Return dotted path -> [source, grade] of numbers that have another provenance than their element; written: of edits."""
    known, found = dict(inherited(body)), {}
    for path in _numbers(body, ()):
        at = (*written[path[:4]], *path[4:]) if path[:4] in written else path
        origin = next((provenance[at[:size]] for size in range(len(at), 1, -1) if at[:size] in provenance), None)
        if origin is not None and origin != known.get(path):
            found[dotted(path)] = [origin.source, origin.grade]
    return found


def with_origins(layer: Layer, own: Any) -> Layer:
    """Return a layer whose numbers have the origins that a resolved case keeps of them."""
    if not isinstance(own, dict):
        return layer
    stated = {path: own[name] for path in _numbers(layer.data, ()) if (name := dotted(path)) in own}
    return replace(layer, provenance={**layer.provenance, **{path: Provenance(*origin) for path, origin in stated.items()}})


def _numbers(data: Any, path: Path) -> Iterator[Path]:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _numbers(value, (*path, key))
    elif is_number(data):
        yield path


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
