"""Tables of dated spells: closures as they were recorded, replayed by a disruption."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.loading.loaded import Layer, Position
from corridor_sim.loading.paths import Path

COLUMNS = ("from", "to", "factor", "note")
MAX_BYTES = 16 * 2**20
Target = Callable[[object, FilePath, Layer, Path], FilePath]  # (name, scenario file, its layer, path) -> real path inside the tree


def with_spells(layer: Layer, path: FilePath, target: Target) -> Layer:
    """Return a layer in which each disruption's `spells_file` stands as the spells that are in it.

    target finds the table from the name; raises CorridorError where it can't be read.
    """
    disruptions = layer.data.get("disruptions")
    if not isinstance(disruptions, dict):
        return layer
    marks, made = dict(layer.marks), dict(disruptions)
    for name, body in disruptions.items():
        if not isinstance(body, dict) or body.get("spells_file") is None or "spells" in body:
            continue
        at = ("disruptions", name, "spells_file")
        file = target(body["spells_file"], path, layer, at)
        rows = read_spells(file, str(body["spells_file"]))
        made[name] = {key: value for key, value in body.items() if key != "spells_file"} | {"spells": [row for _, row in rows]}
        marks[(*at[:2], "spells")] = layer.at(at)
        for number, (line, row) in enumerate(rows):
            for key in ("", *row):
                marks[(*at[:2], "spells", number, *([key] if key else []))] = Position(str(body["spells_file"]), line, 1)
    return replace(layer, data=layer.data | {"disruptions": made}, marks=marks)


def read_spells(path: FilePath, name: str) -> list[tuple[int, dict[str, Any]]]:
    """Return (line, spell) of each row of a table of closures (CSV with columns from, to, factor, note)."""
    rows = csv.DictReader(io.StringIO(_text(path, name)))
    missing = [column for column in COLUMNS[:2] if column not in (rows.fieldnames or ())]
    strange = [str(column) for column in rows.fieldnames or () if column not in COLUMNS]
    if missing or strange:
        got = " and ".join([*(f"no {column}" for column in missing), *(f"'{column}'" for column in strange)])
        raise CorridorError(Fault(f"expected the columns {', '.join(COLUMNS)}, got {got}", file=name, line=1, code="file"))
    return [(rows.line_num, {key: _value(key, text) for key, text in row.items() if key and text}) for row in rows]


def _value(key: str, text: str) -> Any:
    if key != "factor":
        return text.strip()
    try:
        return float(text)
    except ValueError:
        return text


def _text(path: FilePath, name: str) -> str:
    try:
        if not path.is_file():
            raise CorridorError(Fault("no such file, it is named as spells_file", file=name, code="file"))
        if os.stat(path).st_size > MAX_BYTES:
            raise CorridorError(Fault(f"expected a table of at most {MAX_BYTES // 2**20} MB", file=name, code="file"))
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CorridorError(Fault("expected text in UTF-8", file=name, code="file")) from None
    except OSError as error:
        raise CorridorError(Fault(f"can't be read: {error.strerror}", file=name, code="file")) from None
