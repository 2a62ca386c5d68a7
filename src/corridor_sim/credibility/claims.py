"""What happened in those years beyond single figures, and whether the causes that the scenarios state bring it about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from corridor_sim.credibility.seas import FERRIES, closed_share, departed, pens
from corridor_sim.credibility.years import CAUSES, Floats, NotThereError, Year, ratio

DESIGN_CALLS = 6.5  # ferries a day that Kuryk can take [1/day], W034: 5-8
FELL_FROM, FELL_TO = 45.0, 21.0  # days China - Black Sea, W122 and W123
HALF = 0.5  # a stated cause explains what happened if it brings about half of it or more
TRANSIT = "n02_xian_poti"


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that happened, what the model does, and whether that comes from causes that the scenario states."""

    claim: str
    model: str
    verdict: str  # yes | partly | no


def claims_of(years: Mapping[int, Year]) -> list[Claim]:
    """Return what the runs say of each observation; nothing of years that weren't run whole."""
    found = []
    for ask in ASKED:
        try:
            found.append(ask(years))
        except (NotThereError, KeyError):
            continue
    return found


def below_nameplate(years: Mapping[int, Year]) -> Claim:
    """Return whether freight waits at Kuryk while the port is far from full."""
    year = years[2023]
    calls = float(np.mean(departed(year, "departures", FERRIES, "kuryk", "kuryk", year.months()))) / (year.hours(year.months()) / 24)
    names = pens(year, "kuryk", True, "truck") + pens(year, "kuryk", True, "wagon")
    waited = {cause: float(np.mean(year.sums("pen_months", f"{cause}_unit_h", pen=names))) for cause in CAUSES}
    days = sum(waited.values()) / float(np.mean(year.sums("pen_months", "boarded", pen=names))) / 24
    shares = ", ".join(f"{cause} {hours / sum(waited.values()):.0%}" for cause, hours in _largest(waited))
    text = (
        f"{calls:.1f} calls a day at Kuryk in 2023, {calls / DESIGN_CALLS:.0%} of what its berths can take (W034), and yet a wagon or "
        f"truck waits {days:.1f} days for a ship: {shares}. Fleets, filling rules and wind are stated."
    )
    return Claim("Queues at ports far below nameplate", text, "yes" if calls < HALF * DESIGN_CALLS and days > HALF else "no")


def _largest(waited: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(waited.items(), key=lambda item: -item[1])[:3]


def embargoes(years: Mapping[int, Year]) -> Claim:
    """Return whether loading is stopped without a storm."""
    held = sum(float(np.mean(year.sums("flow_months", "held_unit_h"))) for year in years.values())
    stated = "The scenarios state none: no threshold of wagons waiting was published, only that orders barred loading to Kuryk."
    text = f"Loads held at their origins by embargoes: {held:,.0f} unit hours in all years. {stated}"
    return Claim("Embargoes without storms", text, "yes" if held > 0 else "no")


def catching_up(years: Mapping[int, Year]) -> Claim:
    """Return whether the queues of the windy months clear between two closures."""
    year = years[2023]
    names = [name for port in ("kuryk", "alat", "turkmenbashi") for unit in ("truck", "wagon") for name in pens(year, port, True, unit)]
    windy, calm = (float(np.mean(_standing(year, names, *span))) for span in ((11, 12), (6, 8)))
    shut = float(np.mean(closed_share(year, "kuryk", 11, 12).values))
    times = windy / calm if calm else float("nan")
    text = (
        f"In November and December 2023 wagons and trucks that wait for ships are {windy:,.0f} on average, {times:.1f} times those of "
        f"June to August, with Kuryk closed {shut:.0%} of the time (stated). So the queue is "
        f"{'carried from one closure to the next' if times >= 2 else 'mostly gone before the next closure'}."
    )
    return Claim("No catch-up between closures in the windy months", text, "yes" if times >= 2 else "partly" if times >= 1.3 else "no")


def _standing(year: Year, names: list[str], first: int, last: int) -> Floats:
    months = year.months(first, last)
    return np.asarray(
        np.sum([year.sums("pen_months", f"{cause}_unit_h", months, pen=names) for cause in CAUSES], axis=0) / year.hours(months)
    )


def faster(years: Mapping[int, Year]) -> Claim:
    """Return how much of the fall from 45 to 21 days comes about."""
    days = {year: _parts(years[year]) for year in (2022, 2023)}
    before, after = (sum(parts.values()) for parts in days.values())
    gains = {name: days[2022][name] - days[2023][name] for name in days[2022]}
    share = (before - after) / (FELL_FROM - FELL_TO)
    parts = ", ".join(f"{name} {gain:+.1f}" for name, gain in sorted(gains.items(), key=lambda item: -abs(item[1]))[:3])
    text = (
        f"China - Poti takes {before:.1f} days in 2022 and {after:.1f} in 2023: {share:.0%} of the published fall (days gained: {parts}). "
        "Stated are Chinese posts, the number of feeders, the cranes of Aktau and less traffic; what held trains before the ports is not."
    )
    return Claim("45 days in 2022, 21 in 2023", text, "yes" if share >= HALF else "partly" if share >= HALF / 3 else "no")


def _parts(year: Year) -> dict[str, float]:
    """Return the days of a trip by cause, weighed by what was delivered."""
    year.months()
    rows = year.table("trips")
    mine = rows[rows["flow"] == TRANSIT]
    weight = year.by_replication(mine["replication"].to_numpy(), mine["delivered"].to_numpy(float))
    names = (*CAUSES, "moving")
    sums = {
        name: year.by_replication(mine["replication"].to_numpy(), (mine[f"{name}_h"].fillna(0) * mine["delivered"]).to_numpy(float))
        for name in names
    }
    return {name: float(np.nanmean(ratio(value, weight))) / 24 for name, value in sums.items()}


ASKED: tuple[Callable[[Mapping[int, Year]], Claim], ...] = (below_nameplate, embargoes, catching_up, faster)
