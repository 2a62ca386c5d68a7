"""Write `docs/unit-slips.md`: which slips of a unit in the shipped scenarios nobody notices. `python -m benchmarks.unit_slips`.

Each number that a scenario file states is multiplied by 1000, by 0.001 and by -1, one at a time, and goes through the checks that
`validate` runs: the models, the plausible ranges, the rules and the looks of modelling sense at the first date (of a dated
change: those of its date). To be quick, elements that haven't changed keep their models, and rules and looks run only where models and
ranges let a slip pass; a slip that `validate` would only see at a later date counts as unseen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corridor_sim.loading import load_scenario, sense
from corridor_sim.loading.bands import after_a_change, at_the_start, outside
from corridor_sim.loading.changes import Edit, Timeline, edits_of, without_overridden
from corridor_sim.loading.load import default_at, reused
from corridor_sim.loading.loaded import Applied, Layer, Loaded
from corridor_sim.loading.plausible import small_changes
from corridor_sim.loading.references import Slip as Found
from corridor_sim.loading.routing import Network
from corridor_sim.loading.rules import check
from corridor_sim.origins import dotted, is_number
from corridor_sim.scenario import Scenario

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "unit-slips.md"
FACTORS = {"x 1000": 1000.0, "x 0.001": 0.001, "sign": -1.0}
REFUSED, WARNED, UNSEEN = "refused", "warned", "unseen"
FILES = ("baseline_2024", "starter", "cku_opening", "growth_2040", "growth_mid", "growth_low", "growth_high",
         *(f"history/{year}" for year in range(2019, 2025)))  # fmt: skip
LAYERS = {  # have no demand of their own, or aren't whole
    "baseline_2024": ("corridor.yaml",), "history/2024": ("rules.yaml", "fitted.yaml"),
}  # fmt: skip
WORDS = frozenset({"published"})  # figures that stand beside the model: nothing is computed from them
At = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """One number with another value, and what the checks make of it."""

    file: str
    path: At
    kind: str
    old: float
    new: float
    verdict: str


def stated(data: Any, path: At = ()) -> Iterator[tuple[At, float]]:
    """Yield (path, number) of every number that isn't 0."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if key not in WORDS:
                yield from stated(value, (*path, key))
    elif is_number(data) and data:
        yield path, data


def replaced(data: Any, path: At, value: Any) -> Any:
    """Return data with another value at a path; what isn't touched is shared."""
    if not path:
        return value
    made = dict(data) if isinstance(data, dict) else list(data)
    made[path[0]] = replaced(data[path[0]], path[1:], value)
    return made


@dataclass
class Trial:
    """A scenario file whose numbers are changed one at a time."""

    name: str
    loaded: Loaded
    known: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str) -> Trial:
        """Return the trial of a file below scenarios/."""
        return cls(name, load_scenario(ROOT / "scenarios" / f"{name}.yaml"))

    @cached_property
    def numbers(self) -> list[tuple[At, float]]:
        """The numbers that the file states itself, or a layer that is tried with it."""
        names, layer = {f"{Path(self.name).name}.yaml", *LAYERS.get(self.name, ())}, self.loaded.layer
        return [(path, number) for path, number in stated(layer.data) if Path(layer.at(path).file).name in names]

    def slips(self, every: int = 1, start: int = 0) -> Iterator[Slip]:
        """Yield the slips of every so manieth number and kind."""
        pairs = [(path, number, kind) for path, number in self.numbers for kind in FACTORS]
        for path, number, kind in pairs[start::every]:
            new = number * FACTORS[kind]
            value = int(new) if isinstance(number, int) and new == int(new) else new
            yield Slip(self.name, path, kind, number, value, self.verdict(path, value))

    def verdict(self, path: At, value: float) -> str:
        """Return what the checks make of a file with a value at a path."""
        if path[0] in ("changes", "patches"):
            return self._of_change(path, value)
        return self._judged(replaced(self.loaded.layer.data, path, value), path, self.before((), self.start), ())

    @property
    def start(self) -> date:
        """The first day."""
        return self.loaded.scenario.start

    def before(self, patches: tuple[str, ...], day: date) -> tuple[dict[Any, Any], Scenario, set[Found]]:
        """Return data, scenario and what is said of them at a day with patches on, before any slip."""
        if (patches, day) not in self.known:
            data = self.timeline(self.loaded.layer, patches).data_at(day)
            scenario = Scenario.model_validate({**data, "name": data.get("name", "scenario")})
            self.known[patches, day] = data, scenario, set(_looked(scenario, day, day == self.start))
        return self.known[patches, day]  # type: ignore[no-any-return]

    def timeline(self, layer: Layer, patches: tuple[str, ...]) -> Timeline:
        """Return the dated data of a layer."""
        edits = without_overridden(edits_of(layer, patches, self.start), layer)
        base = self.loaded.scenario
        return Timeline(layer, edits, lambda path: default_at(base, path))

    def _judged(self, data: dict[Any, Any], path: At, before: Any, odd: Any, day: date | None = None) -> str:
        """Return the verdict on data that differ from those before at one path; odd: what the ranges say."""
        day = day or self.start
        data = data if day != self.start or path[0] in ("changes", "patches") else {**before[0], path[0]: data[path[0]]}
        try:
            scenario = Scenario.model_validate(reused(data, before[:2]))
        except ValidationError:
            return REFUSED
        if list(odd) or (path[0] not in ("changes", "patches") and self._outside(data, path)):
            return WARNED
        if list(check(scenario, day)):
            return REFUSED
        return WARNED if set(_looked(scenario, day, day == self.start)) - before[2] else UNSEEN

    def _outside(self, data: dict[Any, Any], path: At) -> bool:
        part = data[path[0]]
        return bool(list(at_the_start({path[0]: {path[1]: part[path[1]]} if isinstance(part, dict) else part})))

    def _of_change(self, path: At, value: float) -> str:
        from dataclasses import replace

        layer = replace(self.loaded.layer, data=replaced(self.loaded.layer.data, path, value))
        if path[-1] == "capex_musd":
            return WARNED if list(outside(value, path)) else REFUSED if value < 0 else UNSEEN
        patches = self.patches_of(path)
        timeline = self.timeline(layer, patches)
        edit = next((edit for edit in timeline.edits if path[: len(edit.written)] == edit.written), None)
        if edit is None:
            return UNSEEN
        day = max(edit.on, self.start)
        data = timeline.data_at(day)
        if timeline.faults:
            return REFUSED
        changed = [*after_a_change(data, timeline.moved), *self._small(edit, data, patches, day)]
        return self._judged(data, path, self.before(patches, day), changed, day)

    def _small(self, edit: Edit, data: Any, patches: tuple[str, ...], day: date) -> list[Found]:
        old = self.before(patches, max(self.start, day - timedelta(days=1)))[0] if day > self.start else self.loaded.layer.data
        applied = Applied(day, dotted(edit.path), _value(old, edit.path), _value(data, edit.path), edit.name)
        return list(small_changes([applied], {edit.name: edit.written}))

    def patches_of(self, path: At) -> tuple[str, ...]:
        """Return the patches of the first case that switches a patch on, or it alone."""
        if path[0] == "changes":
            return ()
        cases = self.loaded.layer.data.get("cases") or {}
        return next((tuple(names) for names in cases.values() if path[1] in names), (path[1],))


def _value(data: Any, path: At) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _looked(scenario: Scenario, day: date, first: bool) -> list[Found]:
    if first:
        slips, never = sense.look([(day, scenario)])
        return slips + never
    view = sense.View(day, scenario, Network(scenario, day))
    return [slip for check in sense.LATER for slip in check(view)]


def counted(slips: list[Slip]) -> Counter[str]:
    """Return how many slips have each verdict."""
    return Counter(slip.verdict for slip in slips)


def seen_share(slips: list[Slip]) -> float:
    """Return the part of slips that is refused or warned of [1]."""
    return 1 - counted(slips)[UNSEEN] / len(slips) if slips else math.nan


def page(slips: list[Slip]) -> str:
    """Return the page: what is seen by file and kind, and every slip that isn't."""
    lines = [
        "# Slips of a unit, and which of them pass", "",
        "Generated by `python -m benchmarks.unit_slips`. Each number that a shipped scenario states, except 0 and figures",
        "under `published`, is multiplied by 1000, by 0.001 and by -1, one at a time, and goes through the checks of",
        "`corridor-sim validate`: models, plausible ranges",
        "(`src/corridor_sim/data/bands.csv`), rules and looks of modelling sense. It counts where it is seen first.", "",
        f"Of {len(slips):,} slips {seen_share(slips):.1%} are refused or warned of.", "",
        "| file | slip | tried | refused | warned of | unseen | seen |", "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    for name in dict.fromkeys(slip.file for slip in slips):
        for kind in FACTORS:
            part = [slip for slip in slips if (slip.file, slip.kind) == (name, kind)]
            found = counted(part)
            counts = f"{found[REFUSED]} | {found[WARNED]} | {found[UNSEEN]}"
            lines.append(f"| {name} | {kind} | {len(part)} | {counts} | {seen_share(part):.0%} |")
    return "\n".join([*lines, "", "## What passes", "", *_unseen(slips)]).rstrip("\n") + "\n"


def _unseen(slips: list[Slip]) -> Iterator[str]:
    for name in dict.fromkeys(slip.file for slip in slips):
        for kind in FACTORS:
            rows = [slip for slip in slips if (slip.file, slip.kind, slip.verdict) == (name, kind, UNSEEN)]
            if rows:
                yield from (f"### {name}, {kind}", "")
                yield from (f"- `{dotted(row.path)}`: {row.old:g} -> {row.new:g}" for row in rows)
                yield ""


def main() -> None:
    """Try all slips and write the page."""
    slips = [slip for name in FILES for slip in Trial.of(name).slips()]
    PAGE.write_text(page(slips), encoding="utf-8")
    print(f"{PAGE}: {seen_share(slips):.1%} of {len(slips)} slips are seen")


if __name__ == "__main__":
    main()
