"""Origins: what each number of a scenario's plain data rests on, by the `source` and `grade` that its elements state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
SECTIONS = ("classes", "commodities", "winds", "places", "legs", "services", "fleets", "flows", "disruptions", "start_stocks", "pools",
            "locomotives", "choice", "changes")  # fmt: skip
SOURCED, ASSUMED, UNSTATED = "sourced", "assumed", "without a source"
STANDINGS = (SOURCED, ASSUMED, UNSTATED)
ORIGINS = "origins"  # key of a resolved case: dotted path -> [source, grade] of numbers that say it themselves
# Numbers that nothing is computed from, or that aren't estimates.
NO_INPUT = frozenset({"at", "published", "base_year", "utc_offset_h", "reference_year", "settle", "settled", "priority", "over",
                      "capex_musd", "gauge_mm"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a number comes from: ids in the table of sources and how well it is known."""

    source: str | None
    grade: str | None = None


NOTHING = Provenance(None)


def dotted(path: Path) -> str:
    """Return a path as a fault shows it: places.alat.port, season[3]."""
    text = "".join(f"[{part}]" if isinstance(part, int) and part < 1000 else f".{part}" for part in path)
    return text.removeprefix(".")


def is_number(value: Any) -> bool:
    """Return whether a value is a number; true and false aren't."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_source(path: Path, value: Any) -> bool:
    """Return whether a key is an element's `source`, rather than an element of that name."""
    plain = isinstance(value, str) or (isinstance(value, dict) and all(isinstance(item, str) for item in value.values()))
    return len(path) > 2 and path[-1] == "source" and plain


def inherited(data: Any, path: Path = (), origin: tuple[Any, Any] | None = None, base: Path = ()) -> Iterator[tuple[Path, Provenance]]:
    """Yield the provenance that numbers have from the `source` of their element."""
    if isinstance(data, dict):
        if "published" not in path[2:] and is_source((*path, "source"), data.get("source")):
            origin, base = (data["source"], data.get("grade")), path
        for key, value in data.items():
            if not is_source((*path, key), value):
                yield from inherited(value, (*path, key), origin, base)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from inherited(value, (*path, index), origin, base)
    elif origin is not None and is_number(data):
        yield path, Provenance(_source_of(origin[0], path[len(base) :]), _text(origin[1]))


def _source_of(source: Any, below: Path) -> str | None:
    if isinstance(source, dict):
        names = (*(dotted(below[:size]) for size in range(len(below), 0, -1)), "default")
        return next((str(source[name]) for name in names if name in source), None)
    return _text(source)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def numbers(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield (path, number) of every number of plain data that something is computed from."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key not in NO_INPUT or (len(path) == 1 and path[0] != "choice"):  # the second part of a path is a name
                yield from numbers(value, (*path, key))
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            yield from numbers(value, (*path, index))
    elif is_number(data):
        yield path, data


def origins_of(scenario: Mapping[str, Any]) -> dict[Path, Provenance]:
    """Return what every number of the elements of a resolved case rests on, `NOTHING` where nobody says it."""
    own = {path: Provenance(*stated) for path, stated in (scenario.get(ORIGINS) or {}).items()}
    found: dict[Path, Provenance] = {}
    for section in (name for name in SECTIONS if isinstance(scenario.get(name), Mapping)):
        known = dict(inherited(scenario[section], (section,)))
        for path, _ in numbers(scenario[section], (section,)):
            found[path] = nearest_own(own, path) or known.get(path, NOTHING)
    return found


def nearest_own(own: Mapping[str, Provenance], path: Path) -> Provenance | None:
    """Return what a number or the smallest part that holds it says itself, if anything."""
    if not own:
        return None
    return next((own[name] for size in range(len(path), 1, -1) if (name := dotted(path[:size])) in own), None)


def standing(origin: Provenance) -> str:
    """Return sourced, assumed or without a source: a grade of assumed outweighs the id of a source."""
    if not origin.source:
        return UNSTATED
    return ASSUMED if ASSUMED in (origin.grade, *origin.source.split()) else SOURCED


def standings(scenario: Mapping[str, Any]) -> dict[str, Counter[str]]:
    """Return for each section of a resolved case how many of its numbers are sourced, assumed or neither."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in SECTIONS if isinstance(scenario.get(name), Mapping)}
    for path, origin in origins_of(scenario).items():
        counts[str(path[0])][standing(origin)] += 1
    return counts


def in_words(scenario: Mapping[str, Any]) -> str:
    """Return the shares of sourced and assumed numbers in words, or nothing where there are none."""
    total: Counter[str] = sum(standings(scenario).values(), Counter())
    if not total.total() or total[UNSTATED] == total.total():
        return ""
    shares = (f"{total[name] / total.total():.0%} {name}" for name in (SOURCED, ASSUMED) if total[name])
    return f"of {total.total():,} numbers {', '.join(shares)}"
