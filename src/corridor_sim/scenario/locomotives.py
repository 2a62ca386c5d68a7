"""Districts: locomotives that stand at one of two boundary places, and take trains over what lies between."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import Field, model_validator

from corridor_sim.scenario.base import Element, Hours, Id, Whole, fail


class District(Element):
    """Locomotives of a district; a train waits at its boundary for one, takes it over the district and leaves it at the other."""

    between: Annotated[tuple[Id, Id], Field(description="the two boundary places where its locomotives stand")]
    traction: Annotated[str | None, Field(description="diesel, electric or a system; where both are stated, the legs' must suit")] = None
    stock: Annotated[
        dict[Id, Annotated[Whole, Ge(0), Le(100_000)]],
        Field(min_length=1, description="locomotives at the start, by boundary [locomotives, 0..100000]"),
    ]
    light_h: Annotated[
        Hours | None,
        Field(description="run without a train to the other boundary, where one waits; none: they never run light [h, 0 or more]"),
    ] = None
    returns_after_h: Annotated[Hours, Field(description="how long an idle one stays before it runs light [h, 0 or more]")] = 0

    @model_validator(mode="after")
    def _whole(self) -> District:
        if self.between[0] == self.between[1]:
            raise fail("expected two different places in between")
        if strange := [place for place in self.stock if place not in self.between]:
            raise fail(f"expected stock at {self.between[0]} or {self.between[1]}, got '{strange[0]}'")
        if not sum(self.stock.values()):
            raise fail("expected at least one locomotive in stock")
        return self
