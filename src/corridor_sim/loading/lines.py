"""Single track by sections: what is allowed and probably not meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from corridor_sim.loading.references import Slip
from corridor_sim.scenario import Leg, Platoon, Scenario
from corridor_sim.single_track import DAY_MIN, holds_min, pairs_from_sections, section_runs_min

DAYS = 365.25
APART = 0.1  # share by which stated runs of sections may miss the run over the leg


def lines_overloaded(scenario: Scenario, trains: Mapping[tuple[str, int], float], day: date) -> Iterator[Slip]:
    """Yield lines whose slowest section is asked for longer than it is open. trains: full ones a year by (leg, way)."""
    for name, leg in scenario.legs.items():
        if leg.sections is None:
            continue
        ours = [trains.get((name, way), 0.0) / DAYS for way in (0, 1)]
        asked_min = _asked_min(leg, [ours[way] + leg.other_pairs_per_day[way] for way in (0, 1)])
        open_min = DAY_MIN - 60 * (leg.closure[1] if leg.closure else 0.0)
        if asked_min > open_min:
            yield Slip(
                ("legs", name, "sections"),
                f"its slowest section is asked for {asked_min:.0f} min a day by {ours[0]:.1f} and {ours[1]:.1f} full trains of "
                f"{day.year} out and back and other traffic, and is open {open_min:.0f} min "
                f"({pairs_from_sections(leg):.1f} pairs a day by turns)",
                "capacity",
            )


def _asked_min(leg: Leg, trains: list[float]) -> float:
    """Return the minutes a day that trains out and back take from the section that they ask for most."""
    return max(sum(number * _step_min(leg, hold) for number, hold in zip(trains, both, strict=True)) for both in holds_min(leg))


def _step_min(leg: Leg, hold: float) -> float:
    """Return what a train takes from a section on average: its hold, or the headway where one of its way follows [min]."""
    if leg.headway_min is None:
        return hold
    in_a_row = leg.dispatch.platoon if isinstance(leg.dispatch, Platoon) else 1 if leg.dispatch == "alternate" else 2
    return (hold + (in_a_row - 1) * min(leg.headway_min, hold)) / in_a_row


def runs_apart(scenario: Scenario) -> Iterator[Slip]:
    """Yield lines whose sections state run times that don't sum to the run over the leg."""
    for name, leg in scenario.legs.items():
        if leg.sections is None:
            continue
        for way, key in enumerate(("out", "back")):
            sections_h = sum(runs[way] for runs in section_runs_min(leg)) / 60
            leg_h = float(leg.run_h[way].mean()) if leg.run_h else leg.length_km / (leg.speed_kmh or 1.0)
            if abs(sections_h - leg_h) > APART * leg_h:
                message = f"run times {key} sum to {sections_h:.2f} h, the leg states {leg_h:.2f} h: itineraries are chosen by the latter"
                yield Slip(("legs", name, "sections"), message, "run")
                break
