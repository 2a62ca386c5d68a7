"""From pydantic's errors to faults: what was expected, what came, the nearest name and where it stands."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from corridor_sim.errors import Fault
from corridor_sim.loading.loaded import Layer
from corridor_sim.loading.paths import Path, dotted, has, nearest, value_at
from corridor_sim.scenario import Scenario, month_numbers
from corridor_sim.scenario.base import shown

SPELLED = frozenset({"everywhere", "rates", "months"})  # fields that a scenario never writes
_UNITS = {
    "kmh": "km/h", "wagons": "wagons", "per_day": "1/day", "per_year": "units/year", "km": "km", "mm": "mm", "teu": "TEU",
    "days": "days", "trucks": "trucks", "musd": "million USD", "per_h": "1/h", "min": "min", "m": "m", "h": "h", "t": "t",
}  # fmt: skip


def unit_of(path: Path) -> str:
    """Return the unit that the end of a key names, or nothing."""
    key = next((part for part in reversed(path) if isinstance(part, str) and part not in ("west", "east", "out", "back")), "")
    for ending in sorted(_UNITS, key=len, reverse=True):
        if str(key) == ending or str(key).endswith(f"_{ending}"):
            return f" {_UNITS[ending]}"
    return " h" if set(path) & {"mean", "low", "mode", "high", "constant"} else ""


def models_at(path: Path) -> list[type[BaseModel]]:
    """Return the models that a path may name."""
    kinds: list[Any] = [Scenario]
    for part in path:
        kinds = [below for kind in kinds for below in _below(kind, part)]
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]


def field_at(path: Path) -> FieldInfo | None:
    """Return the model's field that a path names, or None."""
    for model in models_at(path[:-1]) if path else []:
        found = fields_of(model).get(path[-1])
        if found is not None:
            return found
    return None


def fields_of(model: type[BaseModel]) -> dict[Any, FieldInfo]:
    """Return the fields of a model by the key that a scenario writes."""
    return {info.alias or name: info for name, info in model.model_fields.items() if name not in SPELLED}


def _below(kind: Any, part: str | int) -> Iterator[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = {info.alias or name: info for name, info in kind.model_fields.items()}
        if part in fields:
            yield from options(fields[part].annotation)
        elif "at" in fields and "everywhere" in fields:  # handling_h by place
            yield from _below(next(options(fields["at"].annotation)), part)
    elif get_origin(kind) is dict:
        yield from options(get_args(kind)[1])
    elif get_origin(kind) in (tuple, list):
        yield from options(get_args(kind)[0])


def options(annotation: Any) -> Iterator[Any]:
    """Yield the types that an annotation allows, unions and Annotated taken apart."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from options(option)
    elif hasattr(annotation, "__metadata__"):
        yield from options(annotation.__origin__)
    elif annotation is not type(None):
        yield annotation


def faults_of(error: ValidationError, data: Any, layer: Layer, moved: dict[Path, Path] | None = None) -> list[Fault]:
    """Return the faults of a validation, one a path, with the position of each."""
    found: dict[Path, list[tuple[str, str]]] = {}
    words: dict[Path, list[str]] = {}
    for item in error.errors(include_url=False):
        path = _written(item["loc"], data, item["type"] == "missing")
        if item["type"] == "literal_error":
            words.setdefault(path, []).extend(_words(item["ctx"]))
        expected, code = _message(item, path, data)
        if expected not in [text for text, _ in found.get(path, [])]:
            found.setdefault(path, []).append((expected, code))
    parents = {path[:size] for path in found for size in range(len(path))}
    kept = [(path, texts) for path, texts in found.items() if _counts(path, texts, parents)]
    return [_fault(path, texts, words.get(path, []), data, layer, moved or {}) for path, texts in kept]


def _counts(path: Path, texts: list[tuple[str, str]], parents: set[Path]) -> bool:
    """Return whether a fault isn't merely the other side of a union with a fault below it."""
    return not (path in parents and all(code in UNION for _, code in texts))


def _fault(path: Path, texts: list[tuple[str, str]], words: list[str], data: Any, layer: Layer, moved: dict[Path, Path]) -> Fault:
    code, kinds = texts[0][1], {kind for _, kind in texts}
    if "type" in kinds and kinds <= UNION:  # a union: all that it takes, the words among it
        code = "choice" if words else "type"
        word = words[:1] if len(words) < 2 else [f"one of {', '.join(words)}"]
        expected = " or ".join(dict.fromkeys([text for text, kind in texts if kind == "type"] + word))
        message = f"expected {expected}, got {got(data, path)}{nearest(_plain(data, path), words)}"
    else:
        message = next((text for text, kind in texts if kind != "type"), texts[0][0])
    mark = layer.at(_moved(path, moved))
    return Fault(message, dotted(path), mark.file, mark.line, mark.column, code)


def _moved(path: Path, moved: dict[Path, Path]) -> Path:
    """Return where the value of a path is written, which for changed values is the change."""
    for size in range(len(path), 0, -1):
        if path[:size] in moved:
            return moved[path[:size]]
    return path


def got(data: Any, path: Path) -> str:
    """Return what stands at a path, as a fault shows it."""
    try:
        value = value_at(data, path)
    except KeyError:
        return "nothing"
    if isinstance(value, dict):
        return f"a map with {', '.join(map(str, value))}"[:80] if value else "an empty map"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "nothing" if value is None else {True: "true", False: "false"}[value] if isinstance(value, bool) else shown(value)


def _written(loc: tuple[str | int, ...], data: Any, missing: bool) -> Path:
    """Return the path in the file of a location that pydantic names: without tags, branches and spelled-out forms."""
    path: Path = ()
    for index, part in enumerate(loc):
        last = index == len(loc) - 1
        if has(data, part):
            path, data = (*path, part), data[part]
        elif missing and last and isinstance(data, dict):
            path = (*path, part)
        elif isinstance(data, dict) and isinstance(part, int) and (name := _month_key(data, part)) is not None:
            path, data = (*path, name), data[name]
    return path


def _month_key(data: dict[Any, Any], month: int) -> Any:
    """Return the key of a map of months that gives a month its value, or None where it is another map."""
    try:
        return next(
            (name for name in data if name != "other" and month in month_numbers(str(name))), "other" if "other" in data else None
        )
    except PydanticCustomError:
        return None


def _message(item: Any, path: Path, data: Any) -> tuple[str, str]:
    """Return the message of one error and its code; code type: only what was expected."""
    kind, context = str(item["type"]), item.get("ctx", {})
    if kind == "missing":
        return f"expected {_meaning(path)}, got nothing{_instead(path, data)}", "missing"
    if kind == "extra_forbidden":
        known = {key for model in models_at(path[:-1]) for key in fields_of(model)}
        return f"unknown field{nearest(path[-1], known)}", "unknown"
    if kind in _TYPES:
        return _TYPES[kind], "type"
    if kind in ("shape", "window", "law"):
        return str(item["msg"]), kind
    if kind in _BOUNDS:
        return _bound(kind, context, path, data), "bound"
    return _other(kind, context, path, data, str(item["msg"]))


def _other(kind: str, context: dict[str, Any], path: Path, data: Any, message: str) -> tuple[str, str]:
    if kind == "finite_number":
        return f"expected a finite number, got {got(data, path)}", "bound"
    if kind == "literal_error":
        names = _words(context)
        return f"expected {', '.join(names)}, got {got(data, path)}{nearest(_plain(data, path), names)}", "choice"
    if kind == "string_pattern_mismatch":
        return _pattern(str(context["pattern"]), path, data), "id"
    if kind in ("too_short", "too_long"):
        bound = f"at least {context['min_length']}" if kind == "too_short" else f"at most {context['max_length']}"
        return f"expected {bound} values, got {context['actual_length']}", "bound"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return f"expected a time or a law without classes, got {got(data, path)}", "law"
    return message[0].lower() + message[1:], "invalid"


def _words(context: Any) -> list[str]:
    """Return the words that a choice takes."""
    return [name.strip(" '") for name in str(context["expected"]).replace(" or ", ", ").split(",")]


UNION = {"type", "choice"}  # codes of faults that are merely the sides of a union
_TYPES = {
    "float_type": "a number", "int_type": "a whole number", "int_from_float": "a whole number", "string_type": "text",
    "bool_type": "true or false", "bool_parsing": "true or false", "model_type": "a map", "model_attributes_type": "a map",
    "dict_type": "a map", "tuple_type": "a list", "list_type": "a list", "int_parsing": "a whole number",
    "float_parsing": "a number",
}  # fmt: skip
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def _bound(kind: str, context: dict[str, Any], path: Path, data: Any) -> str:
    words, key = _BOUNDS[kind]
    limit, value = context[key], _plain(data, path)
    percent = key == "le" and limit == 1 and isinstance(value, int | float) and 1 < value <= 100
    hint = f", a share of 1: did you mean {value / 100:g}?" if percent else ""
    return f"expected {words} {limit:g}{unit_of(path)}, got {got(data, path)}{hint}"


def _plain(data: Any, path: Path) -> Any:
    try:
        return value_at(data, path)
    except KeyError:
        return None


def _pattern(pattern: str, path: Path, data: Any) -> str:
    came = got(data, path)
    if pattern.startswith("^[A-Z]{2}"):
        return f"expected a country of two capital letters, got {came}"
    name = f"'{path[-1]}'" if isinstance(_plain(data, path), dict | list) else came
    return f"expected an id of small letters, digits and _, got {name}"


def _meaning(path: Path) -> str:
    info = field_at(path)
    return f"{path[-1]} ({info.description})" if info and info.description else str(path[-1])


def _instead(path: Path, data: Any) -> str:
    """Return a hint where an unknown key beside a missing one looks like it."""
    beside = _plain(data, path[:-1])
    known = {key for model in models_at(path[:-1]) for key in fields_of(model)}
    unknown = [key for key in beside if key not in known] if isinstance(beside, dict) else []
    match = nearest(path[-1], unknown)
    return f", is '{match.split(chr(39))[1]}' meant?" if match else ""
