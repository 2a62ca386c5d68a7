"""Words to the user: data on stdout, talk on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any


def show(text: str) -> None:
    """Print what was asked for, so that it can be piped."""
    print(text)


def say(text: str) -> None:
    """Print talk: progress, warnings, faults."""
    print(text, file=sys.stderr)


def show_json(value: Any) -> None:
    """Print value as JSON; what JSON can't say (NaN, infinity) becomes null."""
    import json

    show(json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False))


def show_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print rows under their columns, each as wide as it needs."""
    lines = [list(columns), *map(list, rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    for line in lines:
        show("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _plain(value: Any) -> Any:
    """Return value with plain Python numbers, lists and dicts only."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):  # a numpy scalar
        return _plain(value.item())
    if isinstance(value, float) and not -1e308 < value < 1e308:
        return None
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
