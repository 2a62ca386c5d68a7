"""Stages over services that are re-formed on their way: from the services that a route names to the trains that it boards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corridor_sim.loading.references import Slip
from corridor_sim.loading.routing import ends_reached
from corridor_sim.scenario import Service

Ride = tuple[tuple[str, str], ...]  # (train, place where it ends) by turns
Chain = tuple[tuple[str, ...], ...]  # stages, each the trains of which whichever leaves first is taken
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Boarded:
    """The stages that a route means; numbers: for each, which of the stages as written it is a part of."""

    stages: Chain
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trains:
    """Where services lead: `whole` those as written, `parts` the names of the trains of each that is re-formed, in order of its route.

    services: all trains that run, by name.
    """

    whole: Mapping[str, Service]
    parts: Mapping[str, tuple[str, ...]]
    services: Mapping[str, Service]

    def concern(self, stages: Sequence[Sequence[str]]) -> bool:
        """Return whether a route names a service that is re-formed."""
        return any(name in self.parts for stage in stages for name in stage)

    def rides(self, name: str, place: str) -> dict[str, Ride]:
        """Return by place where one can leave a service again the trains to there from a place, along its route first."""
        if name not in self.parts:
            end = ends_reached(self.services[name], place)
            return {end: ((name, end),)} if end else {}
        stops, parts = self.whole[name].stops, self.parts[name]
        if place not in stops:
            return {}
        k = stops.index(place)
        found = {stops[j]: tuple(zip(parts[k:j], stops[k + 1 : j + 1], strict=True)) for j in range(k + 1, len(stops))}
        if self.whole[name].two_way:
            found |= {stops[j]: tuple(zip(parts[j:k][::-1], stops[j:k][::-1], strict=True)) for j in range(k - 1, -1, -1)}
        return found

    def exits(self, stage: Sequence[str], place: str) -> dict[str, Chain]:
        """Return by place where a stage can end its trains: alternatives must be re-formed at the same yards."""
        each = [self.rides(name, place) for name in stage]
        found: dict[str, Chain] = {}
        for end, first in each[0].items():
            same = [ride[end] for ride in each if end in ride and [to for _, to in ride[end]] == [to for _, to in first]]
            if len(same) == len(each):
                found[end] = tuple(tuple(ride[k][0] for ride in same) for k in range(len(first)))
        return found

    def boarded(self, start: str, stages: Sequence[Sequence[str]], goal: str, path: Path) -> Boarded | Slip:
        """Return what a route from start to goal boards: it leaves a train at the first place where the next one can be had."""
        found = self._followed(start, stages, path)
        if isinstance(found, Slip):
            return found
        if goal not in found:
            return Slip(path, f"expected a route to {goal}, got one to {' or '.join(found)}", "route")
        return found[goal]

    def returned(self, start: str, stages: Sequence[Sequence[str]], path: Path) -> Boarded | Slip:
        """Return what empty wagons from a place board: the last train as far as its service goes."""
        found = self._followed(start, stages, path)
        if isinstance(found, Slip):
            return found
        last = [self.whole[name].stops for name in stages[-1] if name in self.parts]
        goals = [place for place in found if not last or place in (last[0][0], last[0][-1])]
        if len(goals) == 1:
            return found[goals[0]]
        name = stages[-1][0]
        parts = ", ".join(self.parts.get(name, ()))
        message = f"{name} leads from {start} to {' and '.join(goals)}: name the one of its parts that is meant ({parts})"
        return Slip((*path, len(stages) - 1), message, "route")

    def _followed(self, start: str, stages: Sequence[Sequence[str]], path: Path) -> dict[str, Boarded] | Slip:
        """Return by place what leads there from start; the first way to a place counts."""
        ends = {start: Boarded((), ())}
        for number, stage in enumerate(stages):
            following: dict[str, Boarded] = {}
            for place, so_far in ends.items():
                for end, chain in self.exits(stage, place).items():
                    numbers = (*so_far.numbers, *[number] * len(chain))
                    following.setdefault(end, Boarded((*so_far.stages, *chain), numbers))
            if not following:
                return Slip((*path, number), self._no_way(stage, tuple(ends)), "route")
            ends = following
        return ends

    def _no_way(self, stage: Sequence[str], places: tuple[str, ...]) -> str:
        for name in stage:
            if not any(self.rides(name, place) for place in places):
                return f"{name} doesn't start at {' or '.join(places)} ({self._stopping(name)})"
        stops = ", ".join(f"{name}: {' - '.join(self._service(name).stops)}" for name in stage)
        return f"expected services that are re-formed at the same yards ({stops}); give each a route of its own"

    def _stopping(self, name: str) -> str:
        service = self._service(name)
        order = " - ".join(service.stops)
        return f"it runs {order}" if service.two_way else f"it runs {order} one way"

    def _service(self, name: str) -> Service:
        return self.whole[name] if name in self.parts else self.services[name]
