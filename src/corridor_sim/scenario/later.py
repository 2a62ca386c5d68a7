"""What the language knows and the engine doesn't simulate yet."""

from __future__ import annotations

from corridor_sim.errors import Fault
from corridor_sim.scenario.model import Scenario, UntilSharp

MESSAGE = "known to the language, not simulated yet (planned: physics of the corridor)"
Path = tuple[str | int, ...]


def unsupported_paths(scenario: Scenario) -> list[Path]:
    """Return the paths of all that a scenario asks for and the engine doesn't do yet."""
    return [("replications", "until")] if isinstance(scenario.replications, UntilSharp) else []


def unsupported(scenario: Scenario) -> list[Fault]:
    """Return a fault with code not_yet for each key that is set and not simulated yet."""
    return [Fault(MESSAGE, ".".join(map(str, path)), code="not_yet") for path in unsupported_paths(scenario)]
