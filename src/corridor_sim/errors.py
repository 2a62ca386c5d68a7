"""Faults: what the user is told, and the one exception that carries them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in the input: where it stands, what was expected and what came."""

    message: str
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    code: str = "invalid"

    def __str__(self) -> str:
        """Return `file:line:column: path: message`, leaving out what isn't known."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return ": ".join(part for part in (place, self.path, self.message) if part)


class CorridorError(Exception):
    """The user's mistake: every fault that was found, in the order of the file."""

    def __init__(self, *faults: Fault | str) -> None:
        self.faults = [Fault(f) if isinstance(f, str) else f for f in faults]
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type[CorridorError], tuple[Fault, ...]]:
        """Rebuild the error from its faults, so that it can cross a process boundary."""
        return type(self), tuple(self.faults)


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that is allowed but probably not meant; `code` names the kind."""

    message: str
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    code: str = "sense"
    hint: str = field(default="")

    def __str__(self) -> str:
        """Return `file:line:column: path: message`, leaving out what isn't known."""
        return str(Fault(self.message, self.path, self.file, self.line, self.column))


class AuditError(AssertionError):
    """A book of the run doesn't balance: a bug of ours, with the report that shows it."""


class StandstillError(AuditError):
    """Movers that wait for each other for a month: who holds what and wants what."""
