"""From a file to a case that is ready to build, or every fault at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from corridor_sim.errors import CorridorError, Fault, Warned
from corridor_sim.loading import sense
from corridor_sim.loading.bands import after_a_change, at_the_start
from corridor_sim.loading.changes import Edit, Timeline, concrete, edits_of, without_overridden
from corridor_sim.loading.dates import dated_slips, late_slips
from corridor_sim.loading.faults import faults_of
from corridor_sim.loading.files import read_layers
from corridor_sim.loading.formation import as_written, formed
from corridor_sim.loading.layers import merge, plain_layer
from corridor_sim.loading.loaded import Applied, Layer, Loaded
from corridor_sim.loading.paths import Path, dotted, nearest, value_at
from corridor_sim.loading.plausible import small_changes
from corridor_sim.loading.references import Slip, placed, references, source_slips
from corridor_sim.loading.resolved import resolved_data, with_origins
from corridor_sim.loading.rules import check
from corridor_sim.loading.sources import read_sources
from corridor_sim.origins import ORIGINS
from corridor_sim.scenario import NOT_YET, Scenario, unsupported_paths
from corridor_sim.units import hours_between

Case = str | Sequence[str] | None
ELEMENTS = ("classes", "commodities", "winds", "places", "legs", "services", "fleets", "pools", "locomotives", "flows")


def load_scenario(path: str | FilePath, case: Case = None, *, overrides: Mapping[str, Any] | None = None) -> Loaded:
    """Return a scenario file as a case ready to build; raises CorridorError with every fault.

    case: a case of the file (its patches are switched on), or the ids of patches; None: no patch. overrides: dotted path ->
    value, laid on the file before its changes.
    """
    file = FilePath(path)
    return _resolved(read_layers(file), str(path), case, overrides or {}, file.stem)


def load_mapping(data: Mapping[str, Any], case: Case = None, *, overrides: Mapping[str, Any] | None = None) -> Loaded:
    """Return a scenario given as a map in the shape of the YAML as a case ready to build; extends isn't allowed."""
    if data.get("extends") is not None:
        raise CorridorError(Fault("expected no extends in a scenario that isn't a file", "extends", code="file"))
    plain = {key: value for key, value in data.items() if key not in ("extends", "sources", ORIGINS)}
    return _resolved(with_origins(plain_layer(plain), data.get(ORIGINS)), "", case, overrides or {}, "scenario")


def load_case(loaded: Loaded, case: Case, *, overrides: Mapping[str, Any] | None = None) -> Loaded:
    """Return the same file with another case or other patches, without reading it again; overrides as `load_scenario` takes them."""
    return _resolved(loaded.layer, loaded.path, case, overrides or {}, loaded.scenario.name)


def load_cases(path: str | FilePath) -> dict[str, Loaded]:
    """Return every case of a file by name ("" where it has none); raises CorridorError with the faults of all."""
    layer = read_layers(FilePath(path))
    names = layer.data.get("cases")
    made: dict[str, Loaded] = {}
    faults: dict[tuple[str, str], Fault] = {}
    for name in names if isinstance(names, dict) and names else [""]:
        try:
            made[name] = _resolved(layer, str(path), name or None, {}, FilePath(path).stem)
        except CorridorError as error:
            for fault in error.faults:
                faults.setdefault((fault.path, fault.message), fault)
    if faults:
        raise CorridorError(*faults.values())
    return made


def _resolved(layer: Layer, path: str, case: Case, overrides: Mapping[str, Any], name: str) -> Loaded:
    if overrides:
        layer = merge(layer, plain_layer(dict(overrides), "overrides"))
    if "name" not in layer.data:
        layer = replace(layer, data={"name": _as_id(name), **layer.data})
    return _Resolving(layer, path).loaded(case)


def _as_id(name: str) -> str:
    kept = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in name.lower()).strip("_")
    return kept[:64] if kept[:1].isalpha() else f"case_{kept}"[:64].rstrip("_")


@dataclass(slots=True)
class _Resolving:
    """The state of turning a layer into a case: faults gather until nothing more can be found."""

    layer: Layer
    path: str
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    warned: dict[tuple[str, str], Warned] = field(default_factory=dict)
    keys: dict[Path, Path] = field(default_factory=dict)  # of what formation plans make -> where it is written

    def loaded(self, case: Case) -> Loaded:
        """Return the case; raises CorridorError with every fault."""
        base = self.validated(self.layer.data, {}, None)
        self.add(placed(references(self.layer.data), self.layer))
        self.check_sources()
        patches = self.patches(case)
        if base is None or self.faults:
            raise self.error()
        self.refuse_not_yet(base, {})
        edits = self.edits(patches, base)
        made = self.snapshots(base, edits)
        if self.faults:
            raise self.error()
        return self.finished(case, patches, base, edits, made)

    def error(self) -> CorridorError:
        """Return all faults in the order of the files."""
        files: dict[str, int] = {}
        for fault in self.faults.values():
            files.setdefault(fault.file, len(files))
        return CorridorError(*sorted(self.faults.values(), key=lambda f: (files[f.file], f.line, f.column)))

    def add(self, faults: Sequence[Fault]) -> None:
        """Keep faults, each once."""
        for fault in faults:
            self.faults.setdefault((fault.path, fault.message), fault)

    def warn(self, slips: Sequence[Slip], moved: dict[Path, Path] | None = None) -> None:
        """Keep warnings, each once."""
        for fault in placed(slips, self.layer, moved):
            warned = Warned(fault.message, fault.path, fault.file, fault.line, fault.column, fault.code)
            self.warned.setdefault((fault.path, fault.code), warned)

    def check_sources(self) -> None:
        """Add faults for ids that no table of sources has, where one is named."""
        known: set[str] = set()
        for file in self.layer.sources:
            try:
                known |= set(read_sources(file))
            except CorridorError as error:
                self.add(error.faults)
                return
        if not self.layer.sources:
            return
        self.add(placed(source_slips(self.layer.data, known), self.layer))
        stated = [
            Slip((*path, "source"), slip.message, "source")
            for path, origin in self.layer.provenance.items()
            if (*path, "source") in self.layer.marks  # written {value, source}
            for slip in source_slips({"x": {"x": {"source": origin.source}}}, known)
        ]
        self.add(placed(stated, self.layer))

    def patches(self, case: Case) -> tuple[str, ...]:
        """Return the patches that a case switches on."""
        cases, known = self.layer.data.get("cases"), self.layer.data.get("patches")
        cases, known = cases if isinstance(cases, dict) else {}, known if isinstance(known, dict) else {}
        if case is None:
            return ()
        if isinstance(case, str):
            if case not in cases:
                self.add([Fault(f"there is no case '{case}'{nearest(case, cases)}", "cases", self.path, code="reference")])
            names = cases.get(case)
            return tuple(name for name in names if name in known) if isinstance(names, list) else ()
        for name in case:
            if name not in known:
                self.add([Fault(f"there is no patch '{name}'{nearest(name, known)}", "patches", self.path, code="reference")])
        return tuple(dict.fromkeys(case))

    def refuse_not_yet(self, scenario: Scenario, moved: dict[Path, Path]) -> None:
        """Add a fault for what the language knows and the engine doesn't do yet."""
        slips = [Slip(path, NOT_YET, "not_yet") for path in unsupported_paths(scenario)]
        self.add(placed(slips, self.layer, moved))

    def edits(self, patches: tuple[str, ...], base: Scenario) -> list[Edit]:
        """Return the edits that hold inside the run."""
        try:
            edits = without_overridden(edits_of(self.layer, patches, base.start), self.layer)
        except CorridorError as error:
            self.add(error.faults)
            return []
        late, ignored = late_slips(base, edits, self.layer, self.path)
        self.add(placed(late, self.layer))
        self.warn(ignored)
        return [edit for edit in edits if edit.on < base.end]

    def snapshots(self, base: Scenario, edits: list[Edit]) -> list[tuple[date, dict[Any, Any], Scenario]]:
        """Return (date, data, scenario) at the start and after each later date of an edit."""
        timeline = Timeline(self.layer, edits, lambda path: default_at(base, path))
        self.add(placed(dated_slips(edits, timeline.data_at(base.start), base.start), self.layer))
        made: list[tuple[date, dict[Any, Any], Scenario]] = []
        before = (self.layer.data, base)
        for day in sorted({base.start, *(edit.on for edit in edits if edit.on > base.start)}):
            data = timeline.data_at(day)
            scenario = self.validated(data, timeline.moved, before)
            if scenario is None:
                continue
            whole, slips = scenario, list(references(data))
            if not slips:
                scenario, slips = self.checked(whole, day)
            self.add(placed(slips, self.layer, timeline.moved))
            if day == base.start:
                self.refuse_not_yet(whole, timeline.moved)
            odd = at_the_start({**self.layer.data, **data}) if day == base.start else after_a_change(data, timeline.moved)
            self.warn(list(odd), timeline.moved)
            before = (data, whole)
            made.append((day, data, scenario))
        self.add(list(timeline.faults.values()))
        return made

    def checked(self, scenario: Scenario, day: date) -> tuple[Scenario, list[Slip]]:
        """Return a scenario at a date in the parts of its formation plans, and every slip at the keys as written."""
        found = formed(scenario, day)
        self.keys |= found.keys
        return found.scenario, list(found.slips) or as_written(check(found.scenario, day), self.keys)

    def validated(
        self, data: dict[Any, Any], moved: dict[Path, Path], before: tuple[dict[Any, Any], Scenario] | None
    ) -> Scenario | None:
        """Return the scenario of plain data, models of what hasn't changed taken over; None after faults."""
        try:
            return Scenario.model_validate(reused(data, before) if before else data)
        except ValidationError as error:
            self.add(faults_of(error, data, self.layer, moved))
            return None

    def finished(
        self,
        case: Case,
        patches: tuple[str, ...],
        base: Scenario,
        edits: list[Edit],
        made: list[tuple[date, dict[Any, Any], Scenario]],
    ) -> Loaded:
        """Return the case with its snapshots, what changed and what is odd."""
        day, _, start = made[0]
        switches = {"changes": base.changes, "patches": base.patches, "cases": base.cases}
        snapshots = [(-math.inf, start.model_copy(update=switches))]
        snapshots += [(hours_between(day, later), scenario) for later, _, scenario in made[1:]]
        slips, reached = sense.look([(day, scenario) for day, _, scenario in made])
        self.add(placed(as_written(reached, self.keys), self.layer))
        if self.faults:
            raise self.error()
        self.warn(as_written(slips, self.keys))
        label = case if isinstance(case, str) else "+".join(patches)
        capex = sum(_capex(self.layer.data["patches"][patch]) for patch in patches)
        resolved = resolved_data(self.layer, edits)
        applied = tuple(_applied(self.layer.data, edits, made))
        self.warn(list(small_changes(applied, {edit.name: edit.written for edit in edits})))
        return Loaded(
            self.path, label, patches, snapshots[0][1], tuple(snapshots), resolved, self.layer, applied,
            tuple(self.warned.values()), capex,
        )  # fmt: skip


def reused(data: dict[Any, Any], before: tuple[dict[Any, Any], Scenario]) -> dict[Any, Any]:
    """Return plain data whose elements that haven't changed are the models that were made of them before."""
    old, scenario = before
    made = dict(data)
    for key in ELEMENTS:
        if key in data:
            models, known = getattr(scenario, key), old.get(key, {})
            made[key] = {
                name: models[name] if known.get(name) is body and name in models else body for name, body in data[key].items()
            }
    return made


def _capex(patch: Any) -> float:
    if "capex_musd" in patch:
        return float(patch["capex_musd"])
    return float(sum(change.get("capex_musd", 0.0) for change in patch.values() if isinstance(change, dict)))


def default_at(scenario: Scenario, path: Path) -> Any:
    """Return the plain number or map of numbers that the model holds at a path, or None."""
    value: Any = scenario
    for part in path:
        value = value.get(part) if isinstance(value, dict) else getattr(value, f"{part}_" if part in ("from", "class") else str(part), None)
    if hasattr(value, "model_dump"):
        value = value.model_dump()
        value = value["constant"] if set(value) == {"constant"} else value
    return value


def _applied(data: dict[Any, Any], edits: list[Edit], made: list[tuple[date, dict[Any, Any], Scenario]]) -> list[Applied]:
    """Return what each change gave its paths, in the order of dates."""
    found: list[Applied] = []
    before = data
    for day, after, _ in made:
        start = day == made[0][0]
        for edit in edits:
            if edit.on != day and not (start and edit.on < day):
                continue
            found += _differences(edit, before, after)
        before = after
    return found


def _differences(edit: Edit, before: dict[Any, Any], after: dict[Any, Any]) -> list[Applied]:
    paths = dict.fromkeys([*concrete(before, edit.path), *concrete(after, edit.path)])
    pairs = [(path, _at(before, path), _at(after, path)) for path in paths]
    return [Applied(edit.on, dotted(path), old, new, edit.name) for path, old, new in pairs if old != new]


def _at(data: Any, path: Path) -> Any:
    try:
        return value_at(data, path)
    except KeyError:
        return None
