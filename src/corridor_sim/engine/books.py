"""Books of an element: sums by month, kept while running. One slotted class, so that Python specialises its lines."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from corridor_sim.engine.closures import Closures

# what a month of an element holds, in the order of records.TABLES["element_months"] after the codes
COLUMNS = (
    "vehicles", "other_vehicles", "net_t", "wagons", "trucks", "teu", "wait_h", "closed_h", "weather_h", "blocked_h",
    "busy_h", "other_busy_h", "stay_h", "wait_max_h",
)  # fmt: skip
_OTHERS, _BUSY, _OTHER_BUSY, _STAY = 1, 10, 11, 12


class Book:
    """Sums of one element and heading for the month in hand; `months` has those before, the first being the warm-up."""

    __slots__ = (
        "begin", "blocked_h", "busy_h", "closed_h", "edge", "edges", "month", "months", "net_t", "other_busy_h", "other_vehicles",
        "stay_h", "teu", "trucks", "vehicles", "wagons", "wait_h", "wait_max_h", "weather_h",
    )  # fmt: skip

    def __init__(self, edges: Sequence[float]) -> None:
        self.edges = [*edges, float("inf")]
        self.months = [array("d", bytes(8 * len(COLUMNS))) for _ in self.edges]
        self.month = 0
        self.begin, self.edge = -float("inf"), self.edges[0]
        self._clear()

    def _clear(self) -> None:
        self.vehicles = self.other_vehicles = self.net_t = self.wagons = self.trucks = self.teu = 0.0
        self.wait_h = self.closed_h = self.weather_h = self.blocked_h = 0.0
        self.busy_h = self.other_busy_h = self.stay_h = self.wait_max_h = 0.0

    def add_others(self, vehicles: int, hours: float) -> None:
        """Add background vehicles of the month in hand, and their hours."""
        self.other_vehicles += vehicles
        self.other_busy_h += hours

    def close_month(self) -> None:
        """Put the sums in hand into their month and turn the page."""
        row = self.months[self.month]
        for k, name in enumerate(COLUMNS[:-1]):
            row[k] += getattr(self, name)
        row[-1] = max(row[-1], self.wait_max_h)
        self._clear()
        self.month += 1
        self.begin, self.edge = self.edge, self.edges[self.month]

    def at_edge(
        self, arrive: float, start: float, busy_end: float, leave: float, sums: tuple[float, ...], closures: Closures | None = None
    ) -> None:
        """Book a visit that reaches into later months: hours clipped, counts and waits in the month of leaving.

        closures: the server isn't busy while they hold up the work.
        sums: net_t, wagons, trucks, teu, wait_h, closed_h, weather_h, blocked_h of the visit.
        """
        while arrive >= self.edge:
            self.close_month()
        row = self.months[bisect_left(self.edges, leave)]
        row[0] += 1
        for k, amount in enumerate(sums, start=2):
            row[k] += amount
        row[-1] = max(row[-1], start - arrive)
        self._spread(_STAY, arrive, leave)
        self._spread(_BUSY, start, busy_end, closures)

    def occupy(self, begin: float, end: float, own: bool, closures: Closures | None = None) -> None:
        """Book busy hours alone, of our vehicles or of background, without those closed."""
        self._spread(_BUSY if own else _OTHER_BUSY, begin, end, closures)

    def other_at_edge(self, arrive: float, start: float, end: float, closures: Closures | None = None) -> None:
        """Book a background vehicle that reaches into later months."""
        while arrive >= self.edge:
            self.close_month()
        self.months[bisect_left(self.edges, end)][_OTHERS] += 1
        self._spread(_OTHER_BUSY, start, end, closures)

    def _spread(self, column: int, begin: float, end: float, closures: Closures | None = None) -> None:
        k = bisect_right(self.edges, begin)
        while begin < end and k < len(self.months):
            stop = min(end, self.edges[k])
            self.months[k][column] += stop - begin - (closures.between(begin, stop) if closures is not None else 0.0)
            begin, k = stop, k + 1

    def finish(self) -> list[array[float]]:
        """Return the months of the window, without warm-up and drain."""
        while self.month < len(self.months) - 1:
            self.close_month()
        return self.months[1:-1]
