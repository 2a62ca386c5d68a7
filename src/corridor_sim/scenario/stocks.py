"""Stocks at the start: load that is there already when the run begins, waiting at a place or aboard a vessel."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import Field, model_validator

from corridor_sim.scenario.base import Element, Hours, Id, Whole, fail


class StartStock(Element):
    """Load of a flow that is under way at the start: it waits at a place for its next service, or it is at sea."""

    flow: Annotated[Id, Field(description="flow that it belongs to")]
    units: Annotated[Whole, Ge(1), Le(100_000_000), Field(description="load in the flow's unit [units, 1..100000000]")]
    at: Annotated[Id | None, Field(description="place where it waits for its next service")] = None
    aboard: Annotated[Id | None, Field(description="sea service whose vessels carry it at the start, instead of at")] = None
    arrives_h: Annotated[
        Hours | None,
        Field(description="aboard: hours after the start at which it comes in, half of the mean sailing by default [h, 0 or more]"),
    ] = None

    @model_validator(mode="after")
    def _somewhere(self) -> StartStock:
        if (self.at is None) == (self.aboard is None):
            raise fail("expected at (a place) or aboard (a sea service), and not both")
        if self.arrives_h is not None and self.aboard is None:
            raise fail("expected arrives_h only with aboard")
        return self
