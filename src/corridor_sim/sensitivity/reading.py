"""A study file as a design: every fault with file, line, column and the nearest name."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.loading import Position
from corridor_sim.loading.files import tree_of
from corridor_sim.loading.paths import is_number, nearest
from corridor_sim.loading.reader import Entries, Entry, Items, read_entries
from corridor_sim.sensitivity.design import EDITS, Design, Edit, Factor

KEYS = ("scenario", "case", "name", "title", "notes", "over", "period", "seed", "replications", "alone", "morris", "sobol", "factors")
PERIOD = ("start", "end", "warm_up_days", "drain_days")
FACTOR = ("title", "low", "high", "choices", "unit", "source", "base", "whole", "note", *EDITS)
ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
MOST_FACTORS = 200


def read_design(path: str | Path) -> Design:
    """Return the design that a study file states; raises CorridorError with every fault of its form."""
    reading = _Reading(str(path))
    design = reading.design(reading.map_of(Entry("", 1, 1, read_entries(str(path), str(path))), "", KEYS))
    if reading.faults:
        raise CorridorError(*sorted(reading.faults, key=lambda fault: (fault.line, fault.column)))
    return design


def plain(value: Any) -> Any:
    """Return what a file says as plain maps and lists."""
    if isinstance(value, Entries):
        return {entry.key: plain(entry.value) for entry in value.entries}
    return [plain(entry.value) for entry in value.entries] if isinstance(value, Items) else value


@dataclass(slots=True)
class _Reading:
    """The state of reading a study file: faults gather."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, message: str, path: str, entry: Entry, code: str = "invalid") -> None:
        self.faults.append(Fault(message, path, self.file, entry.line, entry.column, code))

    def position(self, entry: Entry) -> Position:
        return Position(self.file, entry.line, entry.column)

    def design(self, top: Mapping[str, Entry]) -> Design:
        """Return the design of the keys of a file."""
        period = self.map_of(top.get("period"), "period", PERIOD)
        alone, morris, sobol = (
            self.map_of(top.get(name), name, known)
            for name, known in (("alone", ("replications",)), ("morris", ("trajectories", "levels")), ("sobol", ("samples", "factors")))
        )
        stem = re.sub(r"[^a-z0-9_]", "_", Path(self.file).stem.lower())
        return Design(
            name=self.id(top.get("name"), "name", stem),
            file=self.file,
            scenario=self.scenario(top.get("scenario")),
            factors=self.factors(top.get("factors")),
            case=self.text(top.get("case"), "case") or None,
            over=self.over(top.get("over")),
            start=self.day(period.get("start"), "period.start"),
            end=self.day(period.get("end"), "period.end"),
            warm_up_days=self.number(period.get("warm_up_days"), "period.warm_up_days", least=0),
            drain_days=self.number(period.get("drain_days"), "period.drain_days", least=0),
            seed=self.count(top.get("seed"), "seed", None, 0),
            replications=self.count(top.get("replications"), "replications", 1, 1) or 1,
            alone=self.count(alone.get("replications"), "alone.replications", 3, 1) or 3,
            trajectories=self.count(morris.get("trajectories"), "morris.trajectories", 6, 2) or 6,
            levels=self.levels(morris.get("levels")),
            samples=self.samples(sobol.get("samples")),
            leading=self.count(sobol.get("factors"), "sobol.factors", 4, 2) or 4,
            title=self.text(top.get("title"), "title"),
        )

    def map_of(self, entry: Entry | None, path: str, known: Collection[str]) -> dict[str, Entry]:
        """Return the keys of a map; unknown ones are faults."""
        if entry is None:
            return {}
        if not isinstance(entry.value, Entries):
            self.fault(f"expected a map of {', '.join(known)}", path, entry)
            return {}
        for below in entry.value.entries:
            if below.key not in known:
                self.fault(f"unknown field{nearest(below.key, known)}", _join(path, below.key), below, "unknown")
        return {str(below.key): below for below in entry.value.entries if below.key in known}

    def scenario(self, entry: Entry | None) -> str:
        """Return the path of the scenario, inside the directory tree of the study file."""
        name = self.text(entry, "scenario")
        if entry is None:
            self.faults.append(Fault("expected scenario (file that is varied), got nothing", "scenario", self.file, 1, 1, "missing"))
        elif not name or os.path.isabs(name) or "\\" in name or ":" in name:
            self.fault(f"expected a relative path, got {entry.value!r}", "scenario", entry, "file")
        else:
            target = Path(self.file).parent / name
            if not Path(os.path.realpath(target)).is_relative_to(tree_of(Path(self.file))):
                self.fault(f"expected a file inside the tree of the study, got '{name}' outside it", "scenario", entry, "file")
            elif not target.is_file():
                there = [path.name for path in target.parent.glob("*.y*ml")] if target.parent.is_dir() else []
                self.fault(f"no such file{nearest(target.name, there)}", "scenario", entry, "file")
            return str(target)
        return ""

    def over(self, entry: Entry | None) -> dict[str, Any]:
        """Return what is laid on the scenario in every run."""
        if entry is None:
            return {}
        if not isinstance(entry.value, Entries):
            self.fault("expected a map of paths and values", "over", entry)
            return {}
        return {str(key): value for key, value in plain(entry.value).items()}

    def factors(self, entry: Entry | None) -> tuple[Factor, ...]:
        """Return the factors in the order of the file."""
        if entry is None or not isinstance(entry.value, Entries) or len(entry.value.entries) < 2:
            where = entry or Entry("", 1, 1, None)
            self.fault("expected a map of at least two factors by name", "factors", where, "missing")
            return ()
        if len(entry.value.entries) > MOST_FACTORS:
            self.fault(f"expected at most {MOST_FACTORS} factors, got {len(entry.value.entries)}", "factors", entry)
        return tuple(self.one(below) for below in entry.value.entries)

    def one(self, entry: Entry) -> Factor:
        """Return one factor."""
        path = f"factors.{entry.key}"
        name = self.id(Entry(0, entry.line, entry.column, entry.key), path, "factor")
        body = self.map_of(entry, path, FACTOR)
        choices = self.choices(body.get("choices"), f"{path}.choices")
        low, high = self.bounds(body, path, entry, bool(choices))
        base = self.number(body.get("base"), f"{path}.base")
        edits = self.edits(body, path, entry, bool(choices))
        if base is None and any(edit.kind == "add" for edit in edits):
            self.fault("expected base (its value in the scenario as it stands, which add is measured from)", path, entry, "missing")
        if not body.get("source"):
            self.fault("expected source (where the bounds come from: ids of sources, or assumed), got nothing", path, entry, "missing")
        return Factor(
            name, self.text(body.get("title"), f"{path}.title") or name.replace("_", " "), low, high,
            self.text(body.get("unit"), f"{path}.unit"), self.text(body.get("source"), f"{path}.source"), edits, choices, base,
            self.flag(body.get("whole"), f"{path}.whole"), self.text(body.get("note"), f"{path}.note"), self.position(entry),
        )  # fmt: skip

    def bounds(self, body: Mapping[str, Entry], path: str, entry: Entry, chosen: bool) -> tuple[float, float]:
        """Return low and high, of which a choice has none."""
        stated = [key for key in ("low", "high") if key in body]
        if chosen:
            for key in stated:
                self.fault("expected choices or bounds, got both", f"{path}.{key}", body[key])
            return 0.0, 1.0
        missing = [key for key in ("low", "high") if key not in body]
        for key in missing:
            self.fault(f"expected {key} (end of its range), got nothing", f"{path}.{key}", entry, "missing")
        low, high = (self.number(body.get(key), f"{path}.{key}") for key in ("low", "high"))
        if low is not None and high is not None and low >= high:
            self.fault(f"expected more than low ({low:g}), got {high:g}", f"{path}.high", body["high"], "bound")
        return low or 0.0, high if high is not None else 1.0

    def edits(self, body: Mapping[str, Entry], path: str, entry: Entry, chosen: bool) -> tuple[Edit, ...]:
        """Return what a factor moves."""
        made = [edit for kind in EDITS if kind in body for edit in self.moved(body[kind], kind, f"{path}.{kind}", chosen)]
        if not any(kind in body for kind in EDITS):
            self.fault("expected set, multiply or add with the paths that it moves, got none", path, entry, "missing")
        for kind in ("multiply", "add"):
            if chosen and kind in body:
                self.fault("expected set for a choice", f"{path}.{kind}", body[kind])
        return tuple(made)

    def moved(self, entry: Entry, kind: str, path: str, chosen: bool) -> list[Edit]:
        """Return the edits of one kind: a path, a list of paths, or a map of paths to times or {times, plus}."""
        value = entry.value
        if isinstance(value, str):
            return [Edit(kind, value, position=self.position(entry))]
        if isinstance(value, Items):
            wrong = [item for item in value.entries if not isinstance(item.value, str)]
            for item in wrong:
                self.fault(f"expected a path, got {plain(item.value)!r}", path, item)
            return [Edit(kind, item.value, position=self.position(item)) for item in value.entries if item not in wrong]
        if not isinstance(value, Entries):
            self.fault("expected a path, a list of paths, or a map of paths and factors", path, entry)
            return []
        if chosen or kind == "multiply":
            self.fault("expected a path or a list of paths here", path, entry)
        return [self.affine(item, kind, path) for item in value.entries]

    def affine(self, item: Entry, kind: str, path: str) -> Edit:
        """Return the edit of a path with times and plus."""
        at = f"{path}.{item.key}"
        if isinstance(item.value, Entries):
            parts = self.map_of(item, at, ("times", "plus") if kind == "set" else ("times",))
            times, plus = self.number(parts.get("times"), f"{at}.times"), self.number(parts.get("plus"), f"{at}.plus")
            return Edit(kind, str(item.key), 1.0 if times is None else times, plus or 0.0, self.position(item))
        times = self.number(item, at)
        return Edit(kind, str(item.key), 1.0 if times is None else times, position=self.position(item))

    def choices(self, entry: Entry | None, path: str) -> tuple[str, ...]:
        """Return the words among which a factor chooses."""
        if entry is None:
            return ()
        found = plain(entry.value)
        if not isinstance(found, list) or len(found) < 2 or not all(isinstance(word, str) for word in found):
            self.fault(f"expected a list of at least two words, got {found!r}", path, entry)
            return ("", "")
        return tuple(found)

    def levels(self, entry: Entry | None) -> int:
        found = self.count(entry, "morris.levels", 4, 2) or 4
        if found % 2 and entry is not None:
            self.fault(f"expected an even number of levels, got {found}", "morris.levels", entry, "bound")
        return found

    def samples(self, entry: Entry | None) -> int:
        found = self.count(entry, "sobol.samples", 0, 0) or 0
        if entry is not None and found & (found - 1):
            self.fault(f"expected a power of two (Sobol's sequence is balanced there only), got {found}", "sobol.samples", entry, "bound")
        return found

    def id(self, entry: Entry | None, path: str, default: str) -> str:
        if entry is None:
            return default
        if not isinstance(entry.value, str) or not ID.fullmatch(entry.value):
            self.fault(f"expected an id of small letters, digits and _, got '{plain(entry.value)}'", path, entry, "id")
            return default
        return entry.value

    def text(self, entry: Entry | None, path: str) -> str:
        return str(self.typed(entry, path, "text", lambda value: isinstance(value, str)) or "")

    def flag(self, entry: Entry | None, path: str) -> bool:
        return bool(self.typed(entry, path, "true or false", lambda value: isinstance(value, bool)))

    def day(self, entry: Entry | None, path: str) -> date | None:
        found = self.typed(entry, path, "a date such as 2024-07-01", lambda value: isinstance(value, date))
        return found if isinstance(found, date) else None

    def number(self, entry: Entry | None, path: str, least: float = -math.inf) -> float | None:
        found = self.typed(entry, path, "a finite number", lambda value: is_number(value) and math.isfinite(value))
        if found is not None and entry is not None and found < least:
            self.fault(f"expected at least {least:g}, got {found:g}", path, entry, "bound")
        return None if found is None else float(found)

    def count(self, entry: Entry | None, path: str, default: int | None, least: int) -> int | None:
        found = self.typed(entry, path, "a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool))
        if entry is None or found is None:
            return default
        if not least <= found <= 100_000:
            self.fault(f"expected {least} to 100,000, got {found}", path, entry, "bound")
        return int(found)

    def typed(self, entry: Entry | None, path: str, expected: str, is_it: Callable[[Any], bool]) -> Any:
        """Return a value of the right type, or None with a fault."""
        if entry is None:
            return None
        if not is_it(entry.value):
            self.fault(f"expected {expected}, got {plain(entry.value)!r}", path, entry, "type")
            return None
        return entry.value


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)
