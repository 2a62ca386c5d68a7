"""The table of sources: ids that numbers may name."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.origins import Provenance

COLUMNS = ("id", "title", "url", "date", "note", "year", "grade", "quote")
MAX_BYTES = 16 * 2**20


def read_sources(path: str) -> dict[str, dict[str, str]]:
    """Return id -> row of a table of sources (CSV with columns id, title, url, date, note, year, grade, quote; empty where missing).

    Raises CorridorError where it can't be read, lacks a column or states an id twice.
    """
    name = os.path.basename(path)
    rows = csv.DictReader(io.StringIO(_text(path, name)))
    missing = [column for column in COLUMNS[:2] if column not in (rows.fieldnames or ())]
    if missing:
        raise CorridorError(
            Fault(f"expected the columns {', '.join(COLUMNS[:5])}, got no {' and no '.join(missing)}", file=name, line=1)
        )
    table: dict[str, dict[str, str]] = {}
    faults = []
    for row in rows:
        key = (row["id"] or "").strip()
        if key in table or not key:
            faults.append(
                Fault(f"expected an id once, got '{key}' again" if key else "expected an id", file=name, line=rows.line_num)
            )
        table[key] = {column: row.get(column) or "" for column in COLUMNS}
    if faults:
        raise CorridorError(*faults)
    return table


def _text(path: str, name: str) -> str:
    try:
        if os.stat(path).st_size > MAX_BYTES:
            raise CorridorError(Fault(f"expected a table of at most {MAX_BYTES // 2**20} MB", file=name, code="file"))
        with open(path, encoding="utf-8-sig", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        raise CorridorError(Fault("no such file, it is named as the table of sources", file=name, code="file")) from None
    except UnicodeDecodeError:
        raise CorridorError(Fault("expected text in UTF-8", file=name, code="file")) from None
    except OSError as error:
        raise CorridorError(Fault(f"can't be read: {error.strerror}", file=name, code="file")) from None


GRADES = ("measured", "official", "plan", "derived", "assumed")  # from the surest to the least sure


def grade_of(origin: Provenance, table: Mapping[str, Mapping[str, str]]) -> str:
    """Return how well a number is known: as it or its element says, else as the least sure of its sources; nothing if unknown."""
    if origin.source == "assumed":
        return "assumed"
    if origin.grade or not origin.source:
        return origin.grade or ""
    stated = [name if name == "assumed" else table.get(name, {}).get("grade", "") for name in origin.source.replace(",", " ").split()]
    return max((grade for grade in stated if grade in GRADES), key=GRADES.index, default="")


def publisher_of(row: Mapping[str, str]) -> str:
    """Return who published a source: what stands before the colon of its title, else the host of its address."""
    name, colon, _ = row["title"].partition(":")
    return name if colon and len(name) <= 60 else urlsplit(row["url"]).netloc.removeprefix("www.") or row["title"]
