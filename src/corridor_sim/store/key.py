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
# Words of a scenario that change no number, at the top and in elements. Anywhere else a key may be an id and is kept.
TOP_WORDS = {"name", "title", "notes", "sources", "replications", "extends", "patches", "cases", "seed", "origins"}
WORDS = {"name", "title", "note", "notes", "source", "grade", "published", "capex_musd"}
PARTS = {"border", "gauge_change", "terminal", "yard", "port", "exit", "entry", "road", "wind", "embargo"}  # elements in an element
ID_MAPS = {"berths", "ramps", "cranes", "other"}  # maps of elements in an element


def canonical(scenario: dict[str, Any]) -> dict[str, Any]:
    """Return the resolved case without names, titles, notes, sources, grades and replications: what decides the numbers."""
    return {str(key): _elements(value) for key, value in scenario.items() if key not in TOP_WORDS}


def _elements(value: Any) -> Any:
    """Return a map of ids to elements, each without its words."""
    return {str(name): _element(item) for name, item in value.items()} if isinstance(value, dict) else plain(value)


def _element(value: Any) -> Any:
    if not isinstance(value, dict):
        return plain(value)
    return {str(key): _field(key, item) for key, item in value.items() if key not in WORDS}


def _field(key: Any, value: Any) -> Any:
    if key in ID_MAPS:
        return _elements(value)
    return _element(value) if key in PARTS else plain(value)


def plain(value: Any) -> Any:
    """Return data as JSON can say it: keys and dates as text; 2 and 2.0 are one number."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
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
