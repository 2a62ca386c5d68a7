"""What is swept and never fitted: where ships wait, and how much of the fleet is at hand; does the advice turn on them?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.bottlenecks import binding, tightest
from corridor_sim.credibility.backcast import loaded_year
from corridor_sim.executors import Progress
from corridor_sim.experiment import run_case
from corridor_sim.statistics import Interval, interval, paired, pick

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded
    from corridor_sim.study import Study

YEAR, REPLICATIONS = 2024, 4
BASE = "as stated"
SHIPS = (
    "ferry_28_north", "ferry_28_south", "ferry_53_north", "ferry_53_south", "ropax_asco_north", "ropax_asco_south", "roro_asco_north",
    "ropax_tm_south", "feeder_north", "feeder_south",
)  # fmt: skip
MEASURES = {"carried": ("total", "corridor", 1.0), "transit_p90": ("total", "corridor", 24.0), "sustainable": ("total", "corridor", 1.0)}


@dataclass(frozen=True, slots=True)
class Swept:
    """One assumption changed: measures with what differs from the base, what binds and what is tightest."""

    name: str
    values: dict[str, Interval]
    differences: dict[str, Interval]
    binds: str
    tight: tuple[str, ...]


def assumptions(loaded: Loaded) -> dict[str, dict[str, Any]]:
    """Return name -> paths to set: ships that wait at the berth, and fleets of which 0.85 or 0.7 are at hand."""
    scenario = loaded.scenario
    waits = {f"services.{name}.waits_at": "berth" for name in SHIPS}
    return {BASE: {}, "ships wait at the berth": waits} | {
        f"{share:.0%} of ships at hand": {
            **{f"fleets.{name}.vessels": _part(fleet.vessels, share) for name, fleet in scenario.fleets.items()},
            **{
                f"services.{name}.vessels": _part(scenario.services[name].vessels, share)
                for name in SHIPS
                if scenario.services[name].vessels
            },
        }
        for share in (0.85, 0.7)
    }


def _part(vessels: float | None, share: float) -> int:
    """Return a part of a fleet, at least one ship where there is any."""
    return max(round((vessels or 0) * share), min(1, int(vessels or 0)))


def swept(
    folder: Path,
    *,
    replications: int | None = None,
    workers: int | None = None,
    out: str | Path | None = "results",
    progress: Callable[[Progress], None] | None = None,
) -> list[Swept]:
    """Return the assumptions that were changed, on the same random draws and at most four replications; the base comes first."""
    sets = assumptions(loaded_year(folder, YEAR))
    settings: dict[str, Any] = {
        "replications": min(replications or REPLICATIONS, REPLICATIONS), "workers": workers, "out": out, "days": True, "progress": progress,
    }  # fmt: skip
    studies = {name: run_case(loaded_year(folder, YEAR, paths), **settings) for name, paths in sets.items()}
    return [_seen(name, study, studies[BASE]) for name, study in studies.items()]


def _seen(name: str, study: Study, base: Study) -> Swept:
    values = {measure: _values(study, measure) for measure in MEASURES}
    return Swept(
        name,
        {measure: interval(found) for measure, found in values.items()},
        {measure: paired(_values(base, measure), found) for measure, found in values.items()},
        binding(study.metrics),
        tuple(one.element for one in tightest(study.metrics)),
    )


def _values(study: Study, measure: str) -> list[float]:
    kind, subject, per = MEASURES[measure]
    return list(pick(study.metrics, kind=kind, subject=subject, measure=measure).sort_values("replication")["value"] / per)


def advice(rows: list[Swept]) -> str:
    """Return in a sentence whether what binds, or what is tightest, turns on what was swept."""
    if not rows:
        return "Not swept in this run."
    base, others = rows[0], rows[1:]
    turned = [row.name for row in others if row.binds != base.binds]
    moved = [row.name for row in others if row.tight[:1] != base.tight[:1]]
    if not turned and not moved:
        return f"The advice stands: {_brief(base.binds)} binds and {_brief(base.tight[0])} is tightest in every case swept."
    said = [f"what binds ({', '.join(turned)})"] * bool(turned) + [f"what is tightest ({', '.join(moved)})"] * bool(moved)
    return f"The advice turns on what isn't known: {' and '.join(said)} differs from {_brief(base.binds)} and {_brief(base.tight[0])}."


def _brief(name: str) -> str:
    """Return the name of an element; of fleets that share their cargo the first and how many more."""
    first, *more = name.split("+")
    return f"{first} and {len(more)} more" if more else first or "nothing"


def sweep_rows(rows: list[Swept]) -> list[Mapping[str, Any]]:
    """Return the sweep as rows of a table."""
    return [
        {"case": row.name, "binds": row.binds, "tightest": ", ".join(row.tight)}
        | {name: found.mean for name, found in row.values.items()}
        | {f"{name}_difference": found.mean for name, found in row.differences.items()}
        | {f"{name}_half_width": found.half_width for name, found in row.differences.items()}
        for row in rows
    ]
