"""Plausible ranges: numbers that are allowed and yet look like a slip of the unit (minutes for hours, per cent for a share)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from corridor_sim.loading.paths import Path, is_number, matching
from corridor_sim.loading.references import Slip

# Unit of a band -> (what a number may be in instead, that unit in the band's).
CONFUSED: Mapping[str, tuple[tuple[str, float], ...]] = {
    "h": (("minutes", 1 / 60), ("seconds", 1 / 3600), ("days", 24.0)),
    "days": (("hours", 1 / 24), ("weeks", 7.0)),
    "km": (("metres", 1e-3), ("thousands of km", 1e3)),
    "km/h": (("metres a second", 3.6), ("km a day", 1 / 24)),
    "t": (("kg", 1e-3), ("thousands of tonnes", 1e3)),
    "": (("per cent", 1e-2), ("per mille", 1e-3)),
    "per year": (("per cent", 1e-2), ("per mille", 1e-3)),
    "MUSD": (("thousands of USD", 1e-3), ("USD", 1e-6), ("billions of USD", 1e3)),
}
PER = {"/day": (("a year", 1 / 365.25), ("an hour", 24.0)), "/h": (("a day", 1 / 24), ("a minute", 60.0))}
THOUSAND = (("thousandths", 1e-3), ("thousands", 1e3))
SKIPPED = frozenset({"at", "published", "weights", "source", "note", "title"})


@dataclass(frozen=True, slots=True)
class Band:
    """The range in which a field is plausible; words: parts of a path that must be there, ~ before a part of one of them."""

    words: tuple[str, ...]
    field: str
    low: float
    high: float
    unit: str
    source: str

    def fits(self, path: Path) -> bool:
        """Return whether the band is for a path."""
        return all(any(word[1:] in str(part) for part in path) if word[0] == "~" else word in path for word in self.words)

    def odd(self, value: float) -> str:
        """Return what to say of a number outside, nothing of one inside; 0 stands for none."""
        size = abs(value)  # growth may be negative; where a sign isn't allowed the model refuses it
        if value == 0 or (self.low <= size <= self.high and value >= -0.1):
            return ""
        unit = f" {self.unit}" if self.unit else ""
        return f"{value:.6g}{unit} isn't plausible for {self.field} ({self.low:g} to {self.high:g}{unit}){_question(self, size)}"


def _question(band: Band, size: float) -> str:
    """Return the unit in which the number would be plausible, as a question."""
    per = next((pairs for end, pairs in PER.items() if band.unit.endswith(end)), ())
    for name, factor in (*CONFUSED.get(band.unit, ()), *per, *THOUSAND):
        if band.low <= size * factor <= band.high:
            wanted = {"h": "hours", "": "a share", "per year": "a share"}.get(band.unit, band.unit)
            return f": is this in {wanted} or in {name}?"
    return ""


@cache
def bands() -> dict[str, tuple[Band, ...]]:
    """Return the bands by field, in the order of the table."""
    text = files("corridor_sim").joinpath("data", "bands.csv").read_text(encoding="utf-8")
    found: dict[str, tuple[Band, ...]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        band = Band(tuple(row["context"].split()), row["field"], float(row["low"]), float(row["high"]), row["unit"], row["source"])
        found[band.field] = (*found.get(band.field, ()), band)
    return found


@cache
def band_of(path: Path) -> Band | None:
    """Return the band of a path without the name of its element; of a part of a law that of the field whose law it is."""
    known = bands()
    if "mixture" in path and path[-1] == "share":
        return None
    for part in reversed(path):
        for band in known.get(str(part), ()):
            if band.fits(path):
                return band
    return None


def outside(data: Any, path: Path = ()) -> Iterator[Slip]:
    """Yield the numbers of plain data, or of a part of it at a path, that lie outside their band."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in SKIPPED or len(path) == 1:
                yield from outside(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from outside(value, (*path, index))
    elif is_number(data):
        band = band_of((path[0], *(part for part in path[2:] if isinstance(part, str))) if len(path) > 1 else path)
        if band and (words := band.odd(float(data))):
            yield Slip(path, words, "unit")


BODY = ("classes", "commodities", "winds", "places", "legs", "services", "fleets", "flows", "choice", "start_stocks")
HEAD = ("warm_up_days", "drain_days", "replications")


def at_the_start(data: dict[Any, Any]) -> Iterator[Slip]:
    """Yield what is outside its band in the data of a case at its start."""
    yield from outside({key: data[key] for key in (*HEAD, *BODY) if key in data})
    for pattern in ("changes.*", "patches.*", "patches.*.*"):
        for path, cost in matching(data, (*pattern.split("."), "capex_musd")):
            yield from outside(cost, path)


def after_a_change(data: Any, moved: Mapping[Path, Path]) -> Iterator[Slip]:
    """Yield what is outside its band among the values that changes gave."""
    for path in moved:
        value = data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        yield from outside(value, path)
