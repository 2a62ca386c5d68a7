"""Simulation of freight on the Middle Corridor: places, railways, ferries, queues and demand growth."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corridor_sim.cases import compare as compare
    from corridor_sim.disturbed import disturb as disturb
    from corridor_sim.experiment import simulate as simulate
    from corridor_sim.loading import load_scenario as load_scenario
    from corridor_sim.store import read_results as read_results

__version__ = "0.1.0"
__all__ = ["__version__", "compare", "disturb", "load_scenario", "read_results", "simulate"]

# Looked up on first use: `import corridor_sim` and `corridor-sim --help` load no pandas.
_HOMES = {
    "compare": "corridor_sim.cases",
    "disturb": "corridor_sim.disturbed",
    "load_scenario": "corridor_sim.loading",
    "read_results": "corridor_sim.store",
    "simulate": "corridor_sim.experiment",
}


def __getattr__(name: str) -> Any:
    """Return a name of the public interface from the module that has it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'corridor_sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the names of the public interface."""
    return sorted(__all__)
