"""The back-cast: the known years, each run from its scenario file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from corridor_sim.credibility.years import Year
from corridor_sim.errors import CorridorError, Fault
from corridor_sim.executors import Progress
from corridor_sim.experiment import run_case
from corridor_sim.loading import Loaded, load_mapping, load_scenario

YEARS = (2019, 2020, 2021, 2022, 2023, 2024)
SHORT_YEARS, SHORT_MONTHS = (2022, 2023), 2


def loaded_year(folder: Path, year: int, overrides: Mapping[str, Any] | None = None) -> Loaded:
    """Return the scenario of a year from its folder. Raises CorridorError where there is none."""
    path = folder / f"{year}.yaml"
    if not path.is_file():
        message = f"expected a scenario of each year (scenarios/history of the project), there is no {path}"
        raise CorridorError(Fault(message, "--scenarios", code="file"))
    return load_scenario(path, overrides=overrides)


def run_years(
    folder: str | Path,
    *,
    years: Sequence[int] = YEARS,
    replications: int | None = None,
    workers: int | None = None,
    out: str | Path | None = "results",
    fresh: bool = False,
    short: bool = False,
    overrides: Mapping[str, Any] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> dict[int, Year]:
    """Return each year's run; what is stored below out isn't computed again.

    short: only the first months of two years. overrides: paths to set in every year.
    """
    chosen = SHORT_YEARS if short else tuple(years)
    loaded = {year: loaded_year(Path(folder), year, overrides) for year in chosen}
    if short:
        loaded = {year: short_form(one) for year, one in loaded.items()}
    settings: dict[str, Any] = {
        "replications": replications, "workers": workers, "out": out, "fresh": fresh, "days": True, "progress": progress,
    }  # fmt: skip
    return {year: Year(run_case(one, **settings), year, one) for year, one in loaded.items()}


def short_form(loaded: Loaded, months: int = SHORT_MONTHS) -> Loaded:
    """Return a scenario that ends after some months, without what is dated later."""
    start = loaded.scenario.start
    end = date(start.year, start.month + months, 1)
    data = {**loaded.resolved, "end": end, "warm_up_days": 30, "drain_days": 20, "name": f"{loaded.scenario.name}_short"}
    data["changes"] = {name: one for name, one in (data.get("changes") or {}).items() if _day(one["on"]) < end}
    data["flows"] = {name: one for name, one in data["flows"].items() if _day(one.get("from_date") or start) < end}
    return load_mapping(data)


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
