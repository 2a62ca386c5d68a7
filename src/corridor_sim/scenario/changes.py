"""Changes: named, dated edits of the scenario, and the patches that cases switch on."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from corridor_sim.scenario.base import Day, Element, Id, NotNegative

EDITS = ("set", "add", "multiply")


class Change(Element):
    """A named, dated edit; paths are dotted or nested, and * stands for all names at its level."""

    on: Annotated[Day | None, Field(description="date from which it holds, the start by default")] = None
    set: Annotated[dict[str, Any], Field(description="path: new value; null deletes")] = {}
    add: Annotated[dict[str, Any], Field(description="path: number added [unit of the path]")] = {}
    multiply: Annotated[dict[str, Any], Field(description="path: factor [1]")] = {}
    delay: Annotated[dict[Id, Day], Field(description="change or patch: date at which it holds instead of its own")] = {}
    over: Annotated[tuple[Id, ...], Field(description="patches or changes whose values it replaces")] = ()
    capex_musd: Annotated[NotNegative | None, Field(description="cost [million USD, 0 or more]")] = None
    title: Annotated[str | None, Field(description="name for tables and charts")] = None


CHANGE_KEYS = frozenset(Change.model_fields)


def is_change(value: Any) -> bool:
    """Return whether a patch is one change rather than a map of them."""
    return isinstance(value, Change) or not isinstance(value, dict) or bool(CHANGE_KEYS & set(value)) or not value


def _patch_tag(value: Any) -> str:
    return "patch:one" if is_change(value) else "patch:many"


Patch = Annotated[
    Annotated[Change, Tag("patch:one")] | Annotated[dict[Id, Change], Tag("patch:many")],
    Discriminator(_patch_tag),
]
"""A change, or several by name."""
