"""What the known answers share: a scenario file and its replications, measures of a run, and the judgement of a sample.

The numbers in expected.json are copied from the project's list of known answers, each with its source.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from corridor_sim.build import build_plan
from corridor_sim.engine import simulate
from corridor_sim.loading import load_scenario
from corridor_sim.records import Run

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
CONFIDENCE = 0.9995  # one side: a true simulator fails once in a thousand tests
Row = dict[str, float]


class Case:
    """A scenario file, run as often as asked; overrides are dotted paths of the scenario."""

    def __init__(self, file: str, overrides: dict[str, Any] | None = None) -> None:
        loaded = load_scenario(HERE / f"{file}.yaml", overrides=overrides or {})
        self.plan = build_plan(loaded)
        self.hours = self.plan.end_h

    def run(self, replication: int = 0, full_records: bool = False) -> Run:
        """Return one replication."""
        return simulate(self.plan, replication, full_records)

    def sample(self, measure: Callable[[Run], Any], replications: int, full_records: bool = False) -> Any:
        """Return the measures of each replication: an array, one row a replication."""
        return np.array([measure(self.run(r, full_records)) for r in range(replications)], dtype=float)


def lengths(everyday: tuple[str, int], long: tuple[str, int]) -> Any:
    """Run a test with (end, replications) for every day, and with the length that its case asks for in the slow suite."""
    marked = [pytest.param(*everyday, id="everyday"), pytest.param(*long, id="long", marks=pytest.mark.slow)]
    return pytest.mark.parametrize(("end", "replications"), marked)


# Judgement


def truth(case: str, key: str) -> Any:
    """Return an expected number of a known answer."""
    return EXPECTED[case]["expected"][key]


def agree(values: Any, true: float, wrong: Iterable[float] = ()) -> None:
    """Fail if the mean of independent replications differs from the truth by more than chance allows.

    wrong: what simulators with a wrong rule give; the sample must be able to tell each of them from the truth.
    """
    reach = student.ppf(CONFIDENCE, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    mean = float(np.mean(values))
    note(mean, reach, true)
    assert len(values) >= 20
    assert abs(mean - true) <= reach, f"mean {mean:.6g}, truth {true:.6g}, off by more than {reach:.3g}"
    for other in wrong:
        assert abs(other - true) > 2 * reach, (
            f"{len(values)} replications can't tell {true:.6g} from {other:.6g}: reach {reach:.3g}"
        )


def exact(value: float, true: float) -> None:
    """Fail if a deterministic answer is off by more than 1e-6 of it."""
    note(value, 0.0, true)
    assert value == pytest.approx(true, rel=1e-6)


def note(value: float, reach: float, true: float) -> None:
    """Add what was measured to the file that CORRIDOR_SIM_MEASURED names, if any: `python -m benchmarks.known_answers` makes a page of it."""
    if file := os.environ.get("CORRIDOR_SIM_MEASURED"):
        row = {"test": os.environ["PYTEST_CURRENT_TEST"].split()[0], "value": float(value), "reach": float(reach), "true": float(true)}
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row) + "\n")


# Measures of a run


def trips(run: Run, flow: str = "") -> dict[str, Any]:
    """Return the columns of the trips of one flow, or of all."""
    table = run.tables["trips"]
    chosen = table["flow"] == run.names.flows.index(flow) if flow else slice(None)
    return {name: column[chosen] for name, column in table.items()}


def element(run: Run, name: str) -> Row:
    """Return the sums of a station, leg or berth over all months and both headings; its hours open and its capacity once."""
    table = run.tables["element_months"]
    sums = _sums(table, "element", run.names.elements.index(name))
    headings = len(np.unique(table["heading"][table["element"] == sums["element"] / sums["rows"]]))
    return sums | {"open_h": sums["open_h"] / headings, "capacity_h": sums["capacity_h"] / headings}


def service(run: Run, name: str, end: int) -> Row:
    """Return the sums of a service at one end (0 or 1) over all months."""
    table = run.tables["service_months"]
    here = {column: values[table["end"] == end] for column, values in table.items()}
    return _sums(here, "service", run.names.services.index(name))


def flow(run: Run, name: str) -> Row:
    """Return the sums of a flow over all months."""
    return _sums(run.tables["flow_months"], "flow", run.names.flows.index(name))


def _sums(table: dict[str, Any], key: str, number: int) -> Row:
    chosen = table[key] == number
    return {column: float(values[chosen].sum()) for column, values in table.items()} | {"rows": float(chosen.sum())}


def visits(run: Run, name: str) -> dict[str, Any]:
    """Return the visits to one element, in order of start (full records)."""
    table = run.tables["visits"]
    chosen = np.flatnonzero(table["element"] == run.names.elements.index(name))
    chosen = chosen[np.argsort(table["start_h"][chosen], kind="stable")]
    return {column: values[chosen] for column, values in table.items()}


def sailings(run: Run, end: int = 0) -> dict[str, Any]:
    """Return the departures from one end inside the window, in order (full records)."""
    table = run.tables["departures"]
    chosen = (table["end"] == end) & (table["depart_h"] >= 0)
    return {column: values[chosen] for column, values in table.items()}


def waits(of: dict[str, Any]) -> Any:
    """Return what each consignment waited, for whatever cause: its age but for the time moving or handled [h]."""
    return of["last_h"] - of["ready_h"] - of["moving_h"]
