"""The unknown behavioural numbers: what each sets, within which bounds, from which source.

Nothing here belongs to a year. Where ships wait (`waits_at`) and how much of a fleet is at hand are swept, never fitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corridor_sim.credibility.provenance import FITTED

FROM = "2019-01-01"  # on or before the start of each year of the back-cast: the numbers hold from the start

FERRIES = {
    "ferry_28_north": "kuryk", "ferry_53_north": "kuryk", "ropax_asco_north": "kuryk", "roro_asco_north": "kuryk",
    "ferry_28_south": "turkmenbashi", "ferry_53_south": "turkmenbashi", "ropax_asco_south": "turkmenbashi",
    "ropax_tm_south": "turkmenbashi",
}  # fmt: skip
FEEDERS = ("feeder_north", "feeder_south")
GATES = ("altynkol", "dostyk")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number: bounds, where the search begins, and the paths that it sets, each times a factor."""

    name: str
    title: str
    unit: str
    low: float
    high: float
    start: float
    bounds_from: str
    paths: Mapping[str, float]

    def change(self, value: float) -> dict[str, Any]:
        """Return the dated change of a scenario that sets the number."""
        return {
            "title": self.title,
            "on": FROM,
            "set": {path: round(value * factor, 4) for path, factor in self.paths.items()},
            "source": FITTED,
            "grade": "derived",
            "note": f"fitted on 2022 and 2023 within {self.low:g}-{self.high:g} {self.unit} ({self.bounds_from})".replace("  ", " "),
        }


def _all(*paths: str) -> dict[str, float]:
    return dict.fromkeys(paths, 1.0)


PARAMETERS = (
    Parameter("platform_wait", "Hours that a train from China waits for fitting platforms", "h", 10, 78, 30, "W609 BCP24",
              _all(*(f"places.{gate}.border.entry.inspection_h.gamma.mean" for gate in GATES))),
    Parameter("box_dwell", "Hours that boxes stand at Aktau before a ship may take them", "h", 12, 240, 24, "W551",
              _all("places.aktau.terminal.handling_h.gamma.mean")),
    Parameter("ferry_fill", "Share of the deck at which a ferry leaves Alat", "", 0.5, 0.95, 0.9, "W064 W066",
              _all(*(f"services.{ship}.departs.at_least" for ship in FERRIES))),
    Parameter("far_fill", "Share of the deck at which a ferry leaves the east shore", "", 0.3, 0.9, 0.55, "W401 W508",
              _all(*(f"services.{ship}.departs_at.{port}.at_least" for ship, port in FERRIES.items()))),
    Parameter("ferry_patience", "Hours after which a ferry leaves with what waits", "h", 24, 96, 84, "W071 W402 W406",
              _all(*(f"services.{ship}.departs.after_first_lot_h" for ship in FERRIES),
                   *(f"services.{ship}.departs_at.{port}.after_first_lot_h" for ship, port in FERRIES.items()))),
    Parameter("feeder_fill", "Share of its boxes at which a feeder leaves the east shore", "", 0.3, 0.95, 0.9, "W151 W152",
              _all(*(f"services.{ship}.departs.at_least" for ship in FEEDERS))),
    Parameter("feeder_patience", "Hours after which a feeder leaves with what waits", "h", 24, 168, 96, "W151 W569",
              _all(*(f"services.{ship}.departs.after_first_lot_h" for ship in FEEDERS),
                   *(f"services.{ship}.departs_at.alat.after_first_lot_h" for ship in FEEDERS))),
    Parameter("acceptance", "Trains a day that Kazakhstan takes over from China at a gate", "trains/day", 12.5, 15, 14, "KAZ24 KAZ23",
              _all(*(f"places.{gate}.border.entry.accepts.per_day.west" for gate in GATES))),
    Parameter("wind_other_months", "Share of time closed by wind outside November to January", "", 0.04, 0.16, 0.08, "W554 W379",
              {"winds.caspian.closed_share.other": 1.0,
               **{f"places.{port}.port.wind.closed_share.other": 1.0 for port in ("alat", "aktau", "kuryk")},
               **{f"places.{port}.port.wind.closed_share.other": 0.75 for port in ("turkmenbashi", "baku")}}),
    Parameter("dwell_spread", "Spread of the dwell of boxes and of the wait for platforms over their mean", "", 0.3, 1.5, 0.8, "KAZ28 W402",
              _all("places.aktau.terminal.handling_h.gamma.cv", *(f"places.{gate}.border.entry.inspection_h.gamma.cv" for gate in GATES))),
)  # fmt: skip
START = {parameter.name: parameter.start for parameter in PARAMETERS}


def changes_of(values: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """Return the dated changes that set numbers, by name of change."""
    return {f"fitted_{p.name}": p.change(values[p.name]) for p in PARAMETERS}
