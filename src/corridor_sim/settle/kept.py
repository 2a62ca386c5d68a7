"""What rounds found, kept beside a case's results: a file a case, and one for the pilots of the reference year that cases share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.settle.pilots import Times
from corridor_sim.store import folder_name, source_digest, study_key, write_json

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded
    from corridor_sim.plan import Plan

FORMAT = "corridor_sim choice 1"
YEARLY = ("shares", "wanted", "times", "size_t_per_year")


@dataclass
class Kept:
    """The rounds of a case so far; in memory only where there is no folder."""

    folder: Path | None
    key: str
    rounds: list[dict[str, Any]] = field(default_factory=list)
    report: dict[str, Any] = field(default_factory=dict)  # what is told once all rounds are done

    @classmethod
    def of(cls, loaded: Loaded, seed: int, out: str | Path | None, fresh: bool) -> Kept:
        """Return what was found before for a case, nothing if it is to be found afresh."""
        key = study_key({**loaded.resolved, "warm_up_days": loaded.scenario.warm_up_days}, seed)
        folder = None if out is None else Path(out) / folder_name(str(loaded.scenario.name))
        kept = cls(folder, key)
        if folder is not None and not fresh:
            found = _read(folder / f"choice-{key}.json")
            kept.rounds = [_with_years(one) for one in found.get("rounds", [])]
            kept.report = _with_years(found.get("report", {}))
        return kept

    def round(self, number: int) -> dict[str, Any] | None:
        """Return a round that was found before."""
        return self.rounds[number] if number < len(self.rounds) else None

    def add(self, number: int, one: dict[str, Any]) -> None:
        """Keep a round, if it is new."""
        if number < len(self.rounds):
            return
        self.rounds.append(one)
        self._write()

    def finish(self, report: dict[str, Any]) -> None:
        """Keep what is told in the end: nothing is left to do."""
        self.report = report
        self._write()

    def _write(self) -> None:
        if self.folder is not None:
            content = {"format": FORMAT, "rounds": self.rounds, "report": self.report}
            write_json(self.folder / f"choice-{self.key}.json", content)

    def reference(self, piloted: tuple[Plan, int], find: Callable[[], Times]) -> Times:
        """Return the times of the reference year: those that some case found for the same plan and replications, or what find returns."""
        path = None if self.folder is None else self.folder / f"reference-{_digest(piloted)}.json"
        known = _read(path).get("times") if path is not None else None
        if known is not None:
            return _keyed(known)
        found = find()
        if path is not None:
            write_json(path, {"format": FORMAT, "times": found})
        return found


def _digest(piloted: tuple[Plan, int]) -> str:
    """Return what names a plan and a number of replications, whatever case they come from."""
    return hashlib.sha256((repr(piloted) + source_digest()).encode()).hexdigest()[:16]


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("format") == FORMAT else {}


def _keyed(years: dict[str, Any]) -> dict[str, Any]:
    """Return market -> year -> something with years as numbers again, which JSON can't have as keys; pairs as tuples."""
    return {
        market: {int(year): _paired(options) for year, options in table.items()} for market, table in years.items()
    }


def _paired(options: Any) -> Any:
    if not isinstance(options, dict):
        return options
    return {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}


def _with_years(one: dict[str, Any]) -> dict[str, Any]:
    return {key: _keyed(value) if key in YEARLY else value for key, value in one.items()}
