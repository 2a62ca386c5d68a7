"""Dates of changes and flows against the run, and what may change while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from corridor_sim.loading.changes import Edit
from corridor_sim.loading.loaded import Layer
from corridor_sim.loading.paths import Path, dotted, matching
from corridor_sim.loading.references import Slip
from corridor_sim.scenario import Scenario

# keys whose value may differ from date to date; all else is fixed once the run has begun
DATED = {
    "places": (
        "lanes", "inspection_h", "open", "closed_days", "tracks", "station_h", "fronts", "passage_h", "handling_h",
        "handling_wagons_per_h", "handling_teu_per_h", "handling_t_per_h", "handling_trucks_per_h", "room_wagons", "room_teu",
        "room_trucks", "room_t", "per_day", "count", "call_h", "wagons_per_h", "trucks_per_h", "moves_per_h", "teu_per_h",
        "t_per_h", "payload_factor", "stop_above", "resume_below", "published", "accepts", "shifts",
    ),
    "legs": (
        "speed_kmh", "run_h", "cv", "tracks", "traction", "pairs_per_day", "other_pairs_per_day", "other_weight",
        "window", "window_h", "max_gross_t", "max_wagons", "siding_m", "opens", "closes", "vehicles_per_day",
        "open", "closed_days", "abandon_h",
    ),
    "services": (
        "carries", "vessels", "speed_kmh", "run_h", "cv", "departs", "departs_at", "handling_h", "runs_from", "runs_until",
        "train_length_m",
    ),
    "fleets": ("vessels", "minimum", "minimum_stay_days", "share_by_month"),
    "flows": ("per_year", "base_year", "growth", "season", "routes"),
    "commodities": (),
    "classes": (),
    "winds": (),
    "disruptions": (),
    "start_stocks": (),
    "pools": (),
    "locomotives": (),
}  # fmt: skip
ALWAYS = ("source", "grade", "note")


def dated_slips(edits: list[Edit], start_data: dict[Any, Any], start: date) -> Iterator[Slip]:
    """Yield edits after the start of what can't change while the run goes on."""
    for edit in edits:
        if edit.on > start and str(edit.path[0]) in DATED and not _may_change(edit.path, start_data):
            message = f"{dotted(edit.path)} can't change after the start yet{_instead(edit.path)}"
            yield Slip(edit.written, message, "not_yet")


def _may_change(path: Path, start_data: dict[Any, Any]) -> bool:
    """Return whether a path leads to a dated key of an element, facility or stop that exists at the start."""
    dated = {*DATED[str(path[0])], *ALWAYS}
    size = next((index for index in range(2, len(path)) if path[index] in dated), 0)
    background = "other" in path[2:] and path[-1] not in ("per_day", "west", "east", *ALWAYS)
    return size > 0 and not background and bool(_existing(start_data, path[:size]))


def _existing(data: Any, path: Path) -> bool:
    return any(True for _ in matching(data, path))


def _instead(path: Path) -> str:
    means = {
        "legs": "; a leg may state opens and closes",
        "services": "; a service may state runs_from and runs_until",
        "flows": "; a flow may state from_date and until_date",
    }
    return means.get(str(path[0]), "") if len(path) <= 3 else ""


def late_slips(scenario: Scenario, edits: list[Edit], layer: Layer, top: str) -> tuple[list[Slip], list[Slip]]:
    """Return (faults, warnings) for dates outside the run: a fault where the file itself says so, else a warning."""
    faults: list[Slip] = []
    warnings: list[Slip] = []
    for path, message in dict([*_late_edits(scenario, edits), *_late_flows(scenario)]).items():
        inherited = layer.at(path).file != top and path[0] != "patches"
        (warnings if inherited else faults).append(Slip(path, message, "date"))
    return faults, warnings


def _late_edits(scenario: Scenario, edits: list[Edit]) -> Iterator[tuple[Path, str]]:
    for edit in edits:
        if edit.on >= scenario.end:
            size = 3 if edit.patch and "." in edit.name else 2
            yield (*edit.written[:size], "on"), f"expected a date before the end ({scenario.end}), got {edit.on}"


def _late_flows(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    for name, flow in scenario.flows.items():
        if flow.from_date and flow.from_date >= scenario.end:
            yield ("flows", name, "from_date"), f"expected a date before the end ({scenario.end}), got {flow.from_date}"
        if flow.until_date and flow.until_date <= scenario.start:
            yield ("flows", name, "until_date"), f"expected a date after the start ({scenario.start}), got {flow.until_date}"
