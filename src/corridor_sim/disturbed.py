"""Disturbed runs: a case with a closure or slow-down on stated dates beside the same case without it, on the same draws."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.cases import Comparison, compared, stored_comparison
from corridor_sim.choice import as_settled
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.experiment import run_case
from corridor_sim.impact import Impact, has_days, impact_of
from corridor_sim.scenario import Scenario, moment_of, struck
from corridor_sim.store import Study, relabelled, write_beside

if TYPE_CHECKING:
    from corridor_sim.loading import Loaded

UNDISTURBED, DISTURBED = "undisturbed", "disturbed"
PREFIX = "disrupt_"
FORM = "expected an element, a date and a duration such as 'alat.port 2027-01-10 14d' (or '36h'), perhaps the factor that is left"
MOST_HOURS = 24 * 3660.0


@dataclass(frozen=True, slots=True)
class Closing:
    """An element that is closed (factor 0) or slower from an instant on, for some hours."""

    at: str
    from_: datetime
    hours: float
    factor: float

    @property
    def to(self) -> datetime:
        """Return when it ends."""
        return self.from_ + timedelta(hours=self.hours)

    def __str__(self) -> str:
        """Return it in words."""
        how = "closed" if not self.factor else f"at {100 * self.factor:g} %"
        return f"{self.at} {how} from {self.from_:%Y-%m-%d %H:%M} to {self.to:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, eq=False)
class Disturbance:
    """A disturbed case beside the undisturbed one, and what the disruption cost."""

    comparison: Comparison
    impact: Impact


def disturb(
    path: str | Path | Loaded, disrupt: str | Sequence[str], *, case: str | None = None, out: str | Path | None = "results", **settings: Any
) -> Disturbance:
    """Return what closures or slow-downs cost: texts such as `alat.port 2027-01-10 14d`; settings as `run_case` takes them.

    Replication r of both runs draws the same unit variates. Raises CorridorError for texts that name nothing or lie outside the run.
    """
    from corridor_sim.loading import load_case, load_scenario

    loaded = load_scenario(path, case=case) if isinstance(path, (str, Path)) else path
    texts = [disrupt] if isinstance(disrupt, str) else list(disrupt)
    closings = closings_of(texts, loaded.scenario)
    hit = load_case(loaded, loaded.patches or None, overrides={"disruptions": disruption_data(closings)})
    pairs = ((UNDISTURBED, loaded), (DISTURBED, replace(hit, case=DISTURBED)))
    studies: dict[str, Study] = {}
    for name, one in pairs:
        one = one if not studies else _as_settled(one, studies[UNDISTURBED])
        warm_up = studies[UNDISTURBED].manifest.get("warm_up") if studies else None
        studies[name] = relabelled(run_case(one, out=out, days=True, warm_up=warm_up, **settings), name)
    comparison = compared(str(loaded.scenario.name), studies, out)
    found = Disturbance(comparison, _impact(comparison, closings))
    if comparison.folder is not None:
        write_beside(comparison.folder, "impact", found.impact.table)
    return found


def _as_settled(hit: Loaded, undisturbed: Study) -> Loaded:
    """Return a disturbed case whose flows choose as they do undisturbed: nobody foresees what closes."""
    from corridor_sim.loading import load_case

    report = undisturbed.manifest.get("choice", {})
    if not report.get("on"):
        return hit
    return replace(load_case(hit, hit.patches or None, overrides={"choice.settled": as_settled(report)}), case=hit.case)


def closings_of(texts: Iterable[str], scenario: Scenario) -> list[Closing]:
    """Return what texts ask to close; a CorridorError with every fault."""
    found: list[Closing] = []
    faults: list[Fault] = []
    for text in texts:
        try:
            found.append(_closing(text, scenario))
        except (ValueError, LookupError) as error:
            faults.append(Fault(str(error), f"--disrupt '{text}'", code="disrupt"))
    if faults:
        raise CorridorError(*faults)
    return found


def _closing(text: str, scenario: Scenario) -> Closing:
    match = re.fullmatch(r"(\S+)\s+(\d{4}-\d{2}-\d{2}(?:[ T]\d{1,2}:\d{2})?)\s+([\d.]+)\s*([dh])(?:\s+([\d.]+))?", text.strip())
    if not match:
        raise ValueError(FORM)
    struck(scenario, match[1])
    closing = Closing(match[1], _moment(match[2]), _number(match[3]) * {"d": 24.0, "h": 1.0}[match[4]], _number(match[5] or "0"))
    if not 0 < closing.hours <= MOST_HOURS:
        raise ValueError(f"expected a duration above 0 and at most {MOST_HOURS / 24:g} days, got {match[3]}{match[4]}")
    if not 0 <= closing.factor < 1:
        raise ValueError(f"expected a factor from 0 (closed) to below 1, got {match[5]}")
    if not scenario.start <= closing.from_.date() < scenario.end:
        raise ValueError(f"expected a date inside the run ({scenario.start} to {scenario.end}), got {match[2]}")
    return closing


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(FORM) from None


def _moment(text: str) -> datetime:
    try:
        return moment_of(text)
    except ValueError as error:
        raise ValueError(str(error)) from None


def disruption_data(closings: Sequence[Closing]) -> dict[str, Any]:
    """Return closings as disruptions of a scenario file."""
    return {
        f"{PREFIX}{k}": {"at": one.at, "factor": one.factor, "spells": [{"from": _text(one.from_), "to": _text(one.to)}]}
        for k, one in enumerate(closings, 1)
    }


def _text(moment: datetime) -> str:
    """Return an instant to the minute, as a scenario file says it."""
    return f"{moment + timedelta(seconds=30):%Y-%m-%d %H:%M}"


def stored_disturbance(folder: str | Path) -> Disturbance | None:
    """Return the disturbed run that is stored in a folder, None where it is a comparison of other cases."""
    comparison = stored_comparison(folder)
    if set(comparison.cases) != {UNDISTURBED, DISTURBED} or not all(map(has_days, comparison.studies.values())):
        return None
    stated = comparison.studies[DISTURBED].scenario.get("disruptions") or {}
    closings = [
        Closing(
            one["at"], moment_of(spell["from"]), (moment_of(spell["to"]) - moment_of(spell["from"])) / timedelta(hours=1), one["factor"]
        )
        for name, one in stated.items()
        if name.startswith(PREFIX)
        for spell in one["spells"]
    ]
    return Disturbance(comparison, _impact(comparison, closings))


def _impact(comparison: Comparison, closings: Sequence[Closing]) -> Impact:
    base, hit = (comparison.studies[name] for name in (UNDISTURBED, DISTURBED))
    start = datetime.fromisoformat(base.facts.start)
    begins = min(((one.from_ - start) / timedelta(days=1) for one in closings), default=0.0)
    ends = max(((one.to - start) / timedelta(days=1) for one in closings), default=0.0)
    return impact_of(base, hit, [str(one) for one in closings], begins, ends)
