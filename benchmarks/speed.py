"""What a visit costs: `python -m benchmarks.speed`, medians of interleaved rounds with their spread.

The unit x is one visit of the tandem in idiomatic SimPy that records nothing (`benchmarks.tandem.idiomatic`), measured anew
in each round, so that figures of different machines can be compared.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

from benchmarks.cases import corridor, larger, tandem
from benchmarks.tandem import STATIONS, idiomatic

if TYPE_CHECKING:
    from corridor_sim.plan import Plan

ROUNDS = 7
YARDSTICK_TRAINS = 2500
PARTS = ("tandem", "corridor", "growth", "memory")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one replication took; visits are stays of vehicles at elements, background vehicles' among them."""

    seconds: float
    visits: float
    departures: float
    background_visits: float

    @property
    def us_per_visit(self) -> float:
        """Return microseconds a visit."""
        return 1e6 * self.seconds / self.visits

    @property
    def weight_us(self) -> float:
        """Return microseconds for each unit of the bound: 0.35 a visit and 1.5 a departure."""
        return 1e6 * self.seconds / (0.35 * self.visits + 1.5 * self.departures)

    def x_per_visit(self, yardstick_us: float) -> float:
        """Return the cost of a visit in units of the yardstick [1]."""
        return self.us_per_visit / yardstick_us


def cost(plan: Plan, replication: int = 0) -> Cost:
    """Return what simulating plan takes on this machine, without building it."""
    from corridor_sim.engine import simulate

    begin = process_time()
    run = simulate(plan, replication)
    seconds, counted = process_time() - begin, run.counters
    return Cost(seconds, counted["visits"] + counted["other_visits"], counted["departures"], counted["other_visits"])


def yardstick_us() -> float:
    """Return microseconds of one visit of the tandem in idiomatic SimPy."""
    begin = process_time()
    visits = idiomatic(YARDSTICK_TRAINS)
    return 1e6 * (process_time() - begin) / visits


def rounds(count: int, plans: dict[str, Plan]) -> list[dict[str, tuple[Cost, float]]]:
    """Return, for each round, the cost of each plan beside the yardstick measured before and after it."""
    found = []
    for number in range(count):
        before, this = yardstick_us(), {}
        for name, plan in plans.items():
            spent = cost(plan)
            after = yardstick_us()
            this[name], before = (spent, (before + after) / 2), after
        found.append(this)
        print(f"  round {number + 1} of {count} done", file=sys.stderr)
    return found


def spread(values: Iterable[float], digits: int = 2) -> str:
    """Return `median (least..most)`."""
    numbers = sorted(values)
    return f"{median(numbers):.{digits}f} ({numbers[0]:.{digits}f}..{numbers[-1]:.{digits}f})"


def report(name: str, value: str, bound: str = "") -> None:
    """Print one line of the table."""
    print(f"{name:<58} {value:<28} {bound}".rstrip())


def measure_tandem(count: int) -> None:
    """Print the cost of a tandem of borders with all books, built from a scenario; only stays at borders count as visits."""
    found = rounds(count, {"tandem": tandem(days=360)})
    costs = [(replace(c, visits=c.departures * STATIONS), us) for c, us in (this["tandem"] for this in found)]
    report("yardstick: a visit in idiomatic SimPy [us]", spread((us for _, us in costs), 1))
    report("tandem: visits at borders, departures", f"{costs[0][0].visits:.0f}, {costs[0][0].departures:.0f}")
    report("tandem, all books: a visit [us]", spread((c.us_per_visit for c, _ in costs), 1))
    report("tandem, all books: a visit [x]", spread(c.x_per_visit(us) for c, us in costs), "at most 0.45")


def measure_corridor(count: int) -> None:
    """Print the cost of the corridor of 2024 against its bound."""
    costs = [this["corridor"] for this in rounds(count, {"corridor": corridor()})]
    one = costs[0][0]
    bound = 0.35 + 1.5 * one.departures / one.visits
    report("corridor 2024: visits, of them background", f"{one.visits:.0f}, {one.background_visits:.0f}")
    report("corridor 2024: departures", f"{one.departures:.0f}")
    report("corridor 2024: visits per departure [1]", f"{one.visits / one.departures:.2f}")
    report("corridor 2024: one replication [s]", spread(c.seconds for c, _ in costs))
    report("corridor 2024: a visit [us]", spread((c.us_per_visit for c, _ in costs), 1))
    words = f"at most {bound:.2f} (0.35 a visit + 1.5 a departure)"
    report("corridor 2024: total / visits [x]", spread(c.x_per_visit(us) for c, us in costs), words)


def measure_growth(count: int) -> None:
    """Print how the cost of a visit changes with years and with volume.

    ten times as large: all that flows and all capacity. ten times the freight: on the capacity and beside the background of 2024, so
    that a visit is more often one of ours, and most freight waits.
    """
    one = corridor()
    plans = {"one": one, "long": corridor(years=15), "large": larger(one, 10), "tenfold": corridor(volume=10)}
    found = rounds(count, plans)
    words = {"long": "fifteen years / one year", "large": "ten times as large / as it is", "tenfold": "ten times the freight / once"}
    for name, text in words.items():
        ratios = [this[name][0].us_per_visit / this["one"][0].us_per_visit for this in found]
        report(f"cost of a visit, {text} [1]", spread(ratios), "at most 1.15")
        shares = [this[name][0].weight_us / this["one"][0].weight_us for this in found]
        report(f"cost of 0.35 a visit + 1.5 a departure, {text} [1]", spread(shares))
    for name, (spent, _) in found[0].items():
        per = spent.visits / spent.departures
        report(f"  {name}: visits, of them background", f"{spent.visits:.0f}, {spent.background_visits:.0f}")
        report(f"  {name}: visits per departure", f"{per:.2f}")


def measure_memory(_: int) -> None:
    """Print the peak memory of one replication of fifteen years, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.speed", "--peak"]
    peak_mb = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    report("one replication of fifteen years: peak memory [MB]", f"{peak_mb:.0f}", "under 500")


def print_peak() -> None:
    """Run fifteen years once and print this process's peak memory [MB]."""
    cost(corridor(years=15))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak / (1e6 if sys.platform == "darwin" else 1e3))


def main() -> None:
    """Measure what the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is given")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="interleaved rounds (default: 7)")
    parser.add_argument("--peak", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.peak:
        print_peak()
        return
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"unknown part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    measures: dict[str, Callable[[int], None]] = dict(
        zip(PARTS, (measure_tandem, measure_corridor, measure_growth, measure_memory), strict=True)
    )
    for part in chosen.parts or PARTS:
        measures[part](chosen.rounds)


if __name__ == "__main__":
    main()
