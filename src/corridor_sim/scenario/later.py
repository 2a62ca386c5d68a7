"""Keys that the language knows and the engine doesn't simulate yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from corridor_sim.errors import Fault
from corridor_sim.scenario.model import Scenario, UntilSharp

MESSAGE = "known to the language, not simulated yet (planned: physics of the corridor)"
Path = tuple[str | int, ...]


def later_paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every key that is set and not simulated yet."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            info, item = type(value).model_fields[name], getattr(value, name)
            here = (*path, info.alias or name)
            extra = info.json_schema_extra
            if isinstance(extra, dict) and extra.get("not_yet"):
                yield from [here] if item is not None else []
            else:
                yield from later_paths(item, here)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from later_paths(item, (*path, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from later_paths(item, (*path, index))


def unsupported_paths(scenario: Scenario) -> list[Path]:
    """Return the paths of all that a scenario asks for and the engine doesn't do yet."""
    paths = list(later_paths(scenario))
    paths += [("replications", "until")] if isinstance(scenario.replications, UntilSharp) else []
    return paths


def unsupported(scenario: Scenario) -> list[Fault]:
    """Return a fault with code not_yet for each key that is set and not simulated yet."""
    return [Fault(MESSAGE, ".".join(map(str, path)), code="not_yet") for path in unsupported_paths(scenario)]
