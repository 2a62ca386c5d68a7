"""Reading one YAML 1.2 file: plain data with the position of every key, and every fault of its form.

The file is composed to nodes, not constructed: nodes keep line and column, and no tag can make an object. Size, depth and
the number of nodes after aliases are bounded before anything is built.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.loading.paths import Path, dotted

MAX_BYTES = 16 * 2**20
MAX_NODES = 200_000
MAX_DEPTH = 40
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a map and what stands behind it."""

    key: str | int
    line: int
    column: int
    value: Any  # a scalar, an Items or an Entries


@dataclass(frozen=True, slots=True)
class Entries:
    """A map as it is written: keys in order, dotted keys unsplit."""

    line: int
    column: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list as it is written."""

    entries: tuple[Entry, ...]


@dataclass(slots=True)
class _Reading:
    """The state of reading one file."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    nodes: int = 0

    def fault(self, message: str, node: Node, path: Path = (), code: str = "yaml") -> None:
        mark = node.start_mark
        self.faults.append(Fault(message, dotted(path), self.file, mark.line + 1, mark.column + 1, code))

    def value(self, node: Node, path: Path) -> Any:
        """Return a node as scalar, Items or Entries."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise CorridorError(_too_many(self.file, node))
        if len(path) > MAX_DEPTH:
            message = f"expected at most {MAX_DEPTH} levels, got more (does an alias contain itself?)"
            raise CorridorError(Fault(message, dotted(path[:4]), self.file, node.start_mark.line + 1, 0, "yaml"))
        if isinstance(node, MappingNode):
            return self.entries(node, path)
        if isinstance(node, SequenceNode):
            return self.items(node, path)
        return self.scalar(node, path)

    def items(self, node: SequenceNode, path: Path) -> Items:
        """Return a sequence with the position of each item."""
        self.check_tag(node, "seq", path)
        made = []
        for index, item in enumerate(node.value):
            value = self.value(item, (*path, index))
            made.append(Entry(index, item.start_mark.line + 1, item.start_mark.column + 1, value))
        return Items(tuple(made))

    def entries(self, node: MappingNode, path: Path) -> Entries:
        """Return a mapping with the position of each key; equal keys are a fault."""
        self.check_tag(node, "map", path)
        made: dict[str | int, Entry] = {}
        for key_node, value_node in node.value:
            key = self.key(key_node, path)
            if key is None:
                continue
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if key in made:
                self.fault(f"duplicate key, it stands on line {made[key].line} too", key_node, (*path, key), "duplicate")
            made.setdefault(key, Entry(key, line, column, self.value(value_node, (*path, key))))
        return Entries(node.start_mark.line + 1, node.start_mark.column + 1, tuple(made.values()))

    def key(self, node: Node, path: Path) -> str | int | None:
        """Return a key as text or year, or None with a fault."""
        value = node.value if isinstance(node, ScalarNode) else None
        if value == "<<":
            self.fault("expected a key, got the merge key << of YAML 1.1; use extends or an alias", node, path)
        elif isinstance(value, str) and node.tag == f"{_TAG}int" and value.isdigit() and len(value) < 10:
            return int(value)
        elif isinstance(value, str) and value:
            return value
        else:
            self.fault("expected a name as key", node, path)
        return None

    def scalar(self, node: Node, path: Path) -> Any:
        """Return a scalar by the rules of YAML 1.2."""
        text, tag = str(node.value), str(node.tag)
        try:
            return _scalar(text, tag)
        except (ValueError, OverflowError):
            self.fault(f"expected a number that can be read, got '{text[:40]}'", node, path)
        except LookupError:
            self.fault(f"expected no tag, got '{tag.removeprefix(_TAG)}'", node, path)
        return None

    def check_tag(self, node: Node, kind: str, path: Path) -> None:
        """Add a fault where a map or list has a tag of its own."""
        if str(node.tag) != f"{_TAG}{kind}":
            self.fault(f"expected no tag, got '{str(node.tag).removeprefix(_TAG)}'", node, path)


def _too_many(file: str, node: Node) -> Fault:
    message = f"expected at most {MAX_NODES:,} values once aliases are written out, got more"
    return Fault(message, "", file, node.start_mark.line + 1, node.start_mark.column + 1, "yaml")


def _scalar(text: str, tag: str) -> Any:
    kind = tag.removeprefix(_TAG)
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return _int(text)
    if kind == "float":
        return float(re.sub(r"\.(inf|nan)$", r"\1", text.lower()))
    if kind == "timestamp":
        return _date_or_text(text)
    raise LookupError(tag)


def _int(text: str) -> int:
    """Return a whole number of at most 64 bits; raises OverflowError."""
    number = int(text, 0) if re.match(r"[-+]?0[xob]", text) else int(text)
    if abs(number) >= 2**63:
        raise OverflowError
    return number


def _date_or_text(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def read_entries(path: str, shown: str) -> Entries:
    """Return the content of a YAML file; raises CorridorError with every fault of its form.

    path: where to read; shown: how faults name the file.
    """
    text = _text(path, shown)
    reading = _Reading(shown)
    root = _compose(text, shown)
    if root is None:
        raise CorridorError(Fault("expected a scenario, got an empty file", file=shown, code="file"))
    if not isinstance(root, MappingNode):
        kind = "a list" if isinstance(root, SequenceNode) else f"'{str(root.value)[:40]}'"
        raise CorridorError(Fault(f"expected a map of keys, got {kind}", "", shown, 1, 1, "file"))
    try:
        entries = reading.entries(root, ())
    except CorridorError as error:
        raise CorridorError(*reading.faults, *error.faults) from None
    if reading.faults:
        raise CorridorError(*reading.faults)
    return entries


def _text(path: str, shown: str) -> str:
    try:
        about = os.stat(path)
        if stat.S_ISDIR(about.st_mode):
            raise CorridorError(Fault("expected a file, got a directory", file=shown, code="file"))
        if not stat.S_ISREG(about.st_mode):
            raise CorridorError(Fault("expected an ordinary file", file=shown, code="file"))
        if about.st_size > MAX_BYTES:
            size = f"{about.st_size / 2**20:.0f} MB"
            message = f"expected a scenario of at most {MAX_BYTES // 2**20} MB, got {size}"
            raise CorridorError(Fault(message, file=shown, code="file"))
        with open(path, "rb") as stream:
            return _decoded(stream.read(MAX_BYTES + 1), shown)
    except FileNotFoundError:
        raise CorridorError(Fault(f"no such file{_like(path)}", file=shown, code="file")) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CorridorError(Fault(f"can't be read: {reason}", file=shown, code="file")) from None


def _like(path: str) -> str:
    folder, name = os.path.split(path)
    try:
        names = [entry for entry in os.listdir(folder or ".") if entry.endswith((".yaml", ".yml"))]
    except OSError:
        return ""
    matches = get_close_matches(name, names, n=1)
    return f", did you mean '{matches[0]}'?" if matches else ""


def _decoded(content: bytes, shown: str) -> str:
    if b"\0" in content:
        raise CorridorError(Fault("expected text (YAML in UTF-8), got a binary file", file=shown, code="file"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CorridorError(Fault("expected text in UTF-8", "", shown, line, 0, "file")) from None


def _compose(text: str, shown: str) -> Node | None:
    for number, line in enumerate(text.splitlines()[:50], 1):
        if line.startswith("%") and line.split() != ["%YAML", "1.2"]:
            raise CorridorError(Fault("expected YAML 1.2 without directives", "", shown, number, 1, "yaml"))
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    try:
        root: Node | None = yaml.compose(text)
    except MarkedYAMLError as error:
        raise CorridorError(_yaml_fault(error, shown)) from None
    except RecursionError:
        message = f"expected at most {MAX_DEPTH} levels, got more"
        raise CorridorError(Fault(message, file=shown, code="yaml")) from None
    except YAMLError as error:
        raise CorridorError(Fault(str(error).splitlines()[0], file=shown, code="yaml")) from None
    return root


def _yaml_fault(error: MarkedYAMLError, shown: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    parts = [str(part) for part in (error.context, error.problem) if part]
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return Fault(f"isn't YAML: {', '.join(parts)}", "", shown, line, column, "yaml")
