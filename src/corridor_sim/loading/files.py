"""The files of a scenario: what extends what, inside one directory tree.

The tree is the nearest directory above the file that holds `sources.csv` or `.corridor-tree`, else the file's own
directory. Nothing outside it is read, whatever a path or a link says.
"""

from __future__ import annotations

import os
from pathlib import Path as FilePath

from corridor_sim.errors import CorridorError, Fault
from corridor_sim.loading.layers import merge, spell
from corridor_sim.loading.loaded import Layer, Position
from corridor_sim.loading.reader import read_entries
from corridor_sim.loading.spells import with_spells

TREE_MARKS = ("sources.csv", ".corridor-tree")
MAX_FILES = 200


def tree_of(path: FilePath) -> FilePath:
    """Return the root of the directory tree that a scenario file may read from."""
    own = FilePath(os.path.realpath(path.parent))
    for folder in (own, *own.parents):
        if any((folder / mark).is_file() for mark in TREE_MARKS):
            return folder
    return own


def read_layers(path: FilePath) -> Layer:
    """Return the content of a file laid on all that it extends; raises CorridorError with every fault."""
    reading = _Reading(tree_of(path), FilePath(os.path.realpath(path.parent)))
    return reading.layer(path, path.parent / path.name, ())


class _Reading:
    """The state of reading a file and what it extends."""

    def __init__(self, root: FilePath, home: FilePath) -> None:
        self.root = root
        self.home = home
        self.count = 0

    def layer(self, path: FilePath, shown: FilePath, chain: tuple[str, ...]) -> Layer:
        """Return a file's layer on those that it extends. chain: real paths of the files that lead here."""
        self.count += 1
        if self.count > MAX_FILES:
            raise CorridorError(Fault(f"expected at most {MAX_FILES} files", file=str(shown), code="file"))
        own = spell(read_entries(str(path), str(shown)), str(shown))
        real = os.path.realpath(path)
        base, faults = Layer(), []
        for index, name in enumerate(_names(own)):
            try:
                target = self.target(name, path, own, ("extends", index))
                self.refuse_cycle(target, (*chain, real), own)
                base = merge(base, self.layer(target, _shown(shown, name), (*chain, real)))
            except CorridorError as error:
                faults += error.faults
        if faults:
            raise CorridorError(*faults)
        return merge(base, with_spells(self.with_sources(own, path), path, self.target))

    def target(self, name: object, path: FilePath, own: Layer, at: tuple[str | int, ...]) -> FilePath:
        """Return the real path that a relative path names; raises CorridorError outside the tree."""
        mark = own.at(at)
        if not isinstance(name, str) or not name:
            raise _fault(f"expected a relative path, got {name!r}", at, mark)
        if os.path.isabs(name) or "\\" in name or ":" in name:
            raise _fault(f"expected a relative path, got '{name}'", at, mark)
        real = FilePath(os.path.realpath(path.parent / name))
        if not real.is_relative_to(self.root):
            raise _fault(f"expected a file inside {self.root.name or self.root}, got '{name}' outside it", at, mark)
        return real

    def refuse_cycle(self, target: FilePath, chain: tuple[str, ...], own: Layer) -> None:
        """Raise CorridorError with the chain where a file would extend itself."""
        if str(target) in chain:
            names = [os.path.basename(step) for step in (*chain[chain.index(str(target)) :], str(target))]
            raise _fault(f"files extend each other: {' -> '.join(names)}", ("extends",), own.at(("extends",)))

    def with_sources(self, own: Layer, path: FilePath) -> Layer:
        """Return a layer that knows the real path of the table of sources that it names."""
        data = {key: value for key, value in own.data.items() if key != "extends"}
        name = data.get("sources")
        if name is None:
            return Layer(data, own.marks, own.provenance, own.sources, own.nulls)
        target = self.target(name, path, own, ("sources",))
        return Layer(data, own.marks, own.provenance, (*own.sources, str(target)), own.nulls)


def _names(layer: Layer) -> list[object]:
    names = layer.data.get("extends")
    if names is None:
        return []
    return list(names) if isinstance(names, list) else [names]


def _shown(shown: FilePath, name: object) -> FilePath:
    return FilePath(os.path.normpath(shown.parent / str(name)))


def _fault(message: str, path: tuple[str | int, ...], mark: Position) -> CorridorError:
    text = ".".join(str(part) for part in path[:1])
    return CorridorError(Fault(message, text, mark.file, mark.line, mark.column, "file"))
