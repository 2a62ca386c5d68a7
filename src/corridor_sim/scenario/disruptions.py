"""Disruptions: what closes elements or slows them down, at random or on stated dates."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Lt
from pydantic import BeforeValidator, Field, model_validator

from corridor_sim.scenario.base import Element, Flag, Share, fail
from corridor_sim.scenario.closures import Spell
from corridor_sim.scenario.laws import Law

Clock = Literal["calendar", "use"]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Paths = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_listed, json_schema_input_type=str | list[str])]


class Disruption(Element):
    """What closes elements or slows them down: breakdowns drawn at random, or dated spells."""

    at: Annotated[
        Paths,
        Field(description="what it strikes, one or a list: a leg, a service, place.facility, place.port.kind; * for all names"),
    ]
    up_h: Annotated[Law | None, Field(description="time to the next breakdown [h]")] = None
    down_h: Annotated[Law | None, Field(description="length of a breakdown [h]")] = None
    clock: Annotated[Clock, Field(description="up_h counts hours of the calendar, or hours in which it works (use)")] = "calendar"
    together: Annotated[Flag, Field(description="breakdowns of a list strike all at once, else each has draws of its own")] = False
    spells: Annotated[tuple[Spell, ...] | None, Field(description="dated spells instead, UTC")] = None
    spells_file: Annotated[
        str | None,
        Field(description="table of dated spells instead (CSV: from, to, factor, note), relative to the file that names it"),
    ] = None
    factor: Annotated[Share, Lt(1), Field(description="speed and capacity that are left; 0: closed [0 to below 1]")] = 0

    @model_validator(mode="after")
    def _one_way(self) -> Disruption:
        drawn = self.up_h is not None or self.down_h is not None
        if drawn + (self.spells is not None) + (self.spells_file is not None) != 1:
            raise fail("expected either up_h and down_h, or spells, or spells_file")
        if drawn:
            self._whole_law()
        elif self.clock == "use":
            raise fail("expected up_h and down_h with clock: use, got dated spells")
        return self

    def _whole_law(self) -> None:
        if self.up_h is None or self.down_h is None:
            raise fail("expected up_h and down_h, got only one of them")
        if not self.up_h.mean() > 0 or not self.down_h.mean() > 0:
            raise fail("expected up_h and down_h whose means are more than 0 h")
        if self.clock == "use" and self.factor:
            raise fail("expected factor 0 with clock: use (what breaks down in use stands still)")
