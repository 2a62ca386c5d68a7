"""Keys: what a stored result depends on, as one hash; and names that are safe as folders."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from corridor_sim.errors import CorridorError, Fault

KEY_LENGTH = 16
# Words of a scenario that change no number. `name` of a place or `title` of a change is text; ids are never dropped.
TOP_WORDS = {"name", "title", "notes", "sources", "replications", "extends", "patches", "cases", "seed"}
WORDS = {"name", "title", "note", "notes", "source", "grade", "published", "capex_musd"}
ID_MAPS = {"berths", "ramps", "cranes", "other"}  # below these stand ids, not fields


def canonical(scenario: dict[str, Any]) -> dict[str, Any]:
    """Return the resolved case without names, titles, notes, sources, grades and replications: what decides the numbers."""
    return {str(key): _element_map(value) for key, value in scenario.items() if key not in TOP_WORDS}


def _element_map(value: Any) -> Any:
    """Return a map of ids to elements, each without its words."""
    if not isinstance(value, dict):
        return _plain(value)
    return {str(name): _fields(element) for name, element in value.items()}


def _fields(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _element_map(v) if k in ID_MAPS else _fields(v) for k, v in value.items() if k not in WORDS}
    return [_fields(item) for item in value] if isinstance(value, (list, tuple)) else _plain(value)


def _plain(value: Any) -> Any:
    """Return a number, word or truth as it is and anything else (a date) as text; 2 and 2.0 are one number."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (int, float, str, type(None))) else str(value)


def digest(data: Any) -> str:
    """Return the sha256 of plain data, free of the order of its maps."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def source_digest() -> str:
    """Return the sha256 of the package's source files, names and contents."""
    root = Path(__file__).parent.parent
    found = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        found.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def study_key(scenario: dict[str, Any], seed: int) -> str:
    """Return the key of a study: 16 hex digits of the hash of its case, seed, our source and numpy's version."""
    import numpy as np

    parts = {"case": canonical(scenario), "seed": seed, "source": source_digest(), "numpy": np.__version__}
    return digest(parts)[:KEY_LENGTH]


def folder_name(name: str) -> str:
    """Return name if it can safely be a folder's; a CorridorError otherwise."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", name) is None or name.endswith("."):
        raise CorridorError(Fault(f"{name!r} can't be the name of a folder: use letters, digits, _ and -", "name", code="name"))
    return name
