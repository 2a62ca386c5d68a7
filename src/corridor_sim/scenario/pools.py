"""Pools: wagons that circulate, by gauge and kind, over the services that they ride."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import Field, model_validator

from corridor_sim.scenario.base import Element, Frozen, Hours, Id, Positive, Whole, fail
from corridor_sim.scenario.flows import Stages


class Return(Frozen):
    """How wagons that stand empty at a place go where they are wanted."""

    services: Annotated[
        Stages, Field(description="services of the pool in order; a stage is a service, or a list of which the first to leave is taken")
    ]
    after_h: Annotated[Hours, Field(description="how long an empty wagon waits for a return load first [h, 0 or more]")] = 24
    keep: Annotated[Whole, Ge(0), Le(1_000_000), Field(description="wagons that stay there in any case [wagons, 0..1000000]")] = 0
    wanted: Annotated[
        Whole | None,
        Ge(1),
        Field(description="go only while fewer stand at the far end or are on their way there; all go by default [wagons, 1 or more]"),
    ] = None


class Pool(Element):
    """Wagons of one gauge and kind: a load takes empty ones where it starts, and leaves them empty where it goes on without them.

    Where two of the services follow each other, the wagon stays under its load.
    """

    gauge_mm: Annotated[Whole | None, Field(description="gauge [mm]")] = None
    kind: Annotated[str | None, Field(description="kind of wagon, for reports")] = None
    services: Annotated[tuple[Id, ...], Field(min_length=1, description="services whose loads ride on wagons of this pool")]
    stock: Annotated[
        dict[Id, Annotated[Whole, Ge(0), Le(1_000_000)]],
        Field(min_length=1, description="empty wagons at the start, by place [wagons, 0..1000000]"),
    ]
    returns: Annotated[dict[Id, Return], Field(description="place: how empty wagons leave it; none: they wait for a load")] = {}
    tare_t: Annotated[Positive, Le(100), Field(description="weight of an empty wagon [t, above 0 to 100]")] = 23

    @model_validator(mode="after")
    def _whole(self) -> Pool:
        if len(set(self.services)) < len(self.services):
            raise fail("expected each service once in services")
        return self
