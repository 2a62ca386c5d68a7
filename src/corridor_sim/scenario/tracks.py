"""Single track: sections, the loops between them, and the order in which trains may use them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le
from pydantic import AfterValidator, AllowInfNan, BeforeValidator, Field, Strict

from corridor_sim.scenario.base import Frozen, Number, Positive, Whole, fail

LENGTH_SHARE = 0.01  # by which the lengths of sections may miss that of their leg

Minutes = Annotated[Number, Ge(0), Le(1440)]
Headway = Annotated[Number, Gt(0), Le(1440)]
Run = Annotated[float, Strict(), AllowInfNan(False), Gt(0), Le(10_000)]
SectionLength = Annotated[float, Strict(), AllowInfNan(False), Gt(0), Le(25_000)]


class Section(Frozen):
    """Single track between two loops."""

    length_km: Annotated[SectionLength, Field(description="length [km, above 0 to 25000]")]
    run_out_min: Annotated[Run | None, Field(description="run out, else by the leg's speed [min, above 0]")] = None
    run_back_min: Annotated[Run | None, Field(description="run back, likewise [min, above 0]")] = None

    @property
    def runs_min(self) -> tuple[float | None, float | None]:
        """Return the stated run times out and back [min]."""
        return self.run_out_min, self.run_back_min


class Spacing(Frozen):
    """Sections of equal length, as many as come nearest to a distance between loops."""

    spacing_km: Annotated[SectionLength, Field(description="distance between loops [km, above 0]")]


def _meets(tracks: int) -> int:
    if tracks < 2:
        raise fail(
            f"a loop of {tracks} track is no place to meet, opposing trains would lock: state 2 tracks or more, "
            "or longer sections without that loop"
        )
    return tracks


class Loop(Frozen):
    """A place between two sections where trains meet and pass."""

    tracks: Annotated[Whole, Le(20), AfterValidator(_meets), Field(description="tracks to stand on, the main one too [2..20]")] = 2
    length_m: Annotated[Positive | None, Field(description="length of the shortest track, for checks only [m, above 0]")] = None


def _as_loop(value: Any) -> Any:
    return {"tracks": value} if isinstance(value, int) and not isinstance(value, bool) else value


def _as_loops(value: Any) -> Any:
    return [_as_loop(item) for item in value] if isinstance(value, list | tuple) else _as_loop(value)


class Platoon(Frozen):
    """Trains of one direction in a row while others wait."""

    platoon: Annotated[Whole, Ge(1), Le(100), Field(description="trains in a row [1..100]")]


Sections = Annotated[Whole, Ge(1), Le(1000)] | Spacing | tuple[Section, ...]
"""A number of equal sections, a spacing, or a list."""

_LoopInput = int | Loop
Loops = Annotated[Loop | tuple[Loop, ...], BeforeValidator(_as_loops, json_schema_input_type=_LoopInput | list[_LoopInput])]
"""Tracks of every loop, or a list with one entry a loop."""

Dispatch = Literal["fcfs", "alternate"] | Platoon
"""Who goes next into a section for which trains of both directions wait."""


def with_run_times(data: Any) -> Any:
    """Return a leg's data with the run time that its sections sum to, where it states no speed and they all state theirs."""
    sections = data.get("sections") if isinstance(data, dict) else None
    if not isinstance(sections, list) or data.get("run_h") is not None or data.get("speed_kmh") is not None:
        return data
    runs = [[_number(section, key) for section in sections] for key in ("run_out_min", "run_back_min")]
    if not sections or any(minutes is None for way in runs for minutes in way):
        return data
    out, back = (sum(filter(None, way)) / 60 for way in runs)
    return data | {"run_h": {"out": out, "back": back}}


def _number(section: Any, key: str) -> float | None:
    value = section.get(key) if isinstance(section, dict) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def number_of_sections(sections: int | Spacing | Sequence[Section], length_km: float) -> int:
    """Return how many sections a leg of that length has."""
    if isinstance(sections, Spacing):
        return max(1, round(length_km / sections.spacing_km))
    return sections if isinstance(sections, int) else len(sections)


def misfit(sections: int | Spacing | Sequence[Section], loops: Loop | Sequence[Loop] | None, length_km: float) -> str:
    """Return why sections, loops and the length of a leg don't fit together, "" if they do."""
    if not sections:
        return "expected at least one section, got an empty list"
    if isinstance(sections, Sequence):
        together = sum(section.length_km for section in sections)
        if abs(together - length_km) > LENGTH_SHARE * length_km:
            return f"expected sections of together {length_km:g} km (length_km), got {together:g} km"
    count = number_of_sections(sections, length_km)
    if isinstance(loops, Sequence) and len(loops) != count - 1:
        return f"expected a loop between each two of {count} sections ({count - 1}), got {len(loops)}"
    return ""
