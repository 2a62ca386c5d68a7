"""What is there when a run begins: stocks that wait or are at sea, as the engine is given them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StockPlan:
    """Load of a flow at the start. ways: (route, stage) of each of its routes that leads through here.

    service -1: it waits in the pen of that stage; else it is aboard vessels of this service that left `end` and come in at `arrives_h`.
    """

    name: str
    flow: int
    units: int
    ways: tuple[tuple[int, int], ...]
    service: int = -1
    end: int = 0
    arrives_h: float = 0.0
