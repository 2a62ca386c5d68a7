"""Colours that stay apart for colour-blind eyes: Okabe and Ito's eight for kinds, inferno's steps for load."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isnan

INK, SOFT, FAINT, GRID, PAPER = "#1c2733", "#566472", "#8c98a4", "#dfe4e8", "#ffffff"
LAND, SEA, COAST, BORDER = "#f3f1ea", "#dde8f0", "#9db2c2", "#cfc8b8"

BLUE, ORANGE, GREEN, SKY = "#0072b2", "#e69f00", "#009e73", "#56b4e9"
VERMILION, PURPLE, YELLOW, GREY = "#d55e00", "#cc79a7", "#f0e442", "#8a949e"

BRANCHES = {"north": BLUE, "south": VERMILION, "central": GREEN, "road": PURPLE, "west": ORANGE, "outside": GREY}
SPARE = (SKY, YELLOW, ORANGE, PURPLE, GREEN, BLUE, VERMILION)

CAUSES = {
    "accumulation": (ORANGE, "waiting to fill"),
    "vehicle": (YELLOW, "vehicle missing"),
    "weather": (SKY, "weather"),
    "queue": (VERMILION, "queue"),
    "blocked": (PURPLE, "blocked ahead"),
    "closed": (BLUE, "closed hours"),
    "moving": ("#c9d1d8", "moving or handled"),
}

OWN, OTHER, WORST = BLUE, "#a9c6dd", INK
MORE, LESS, SAME = BLUE, VERMILION, GREY

# (up to this share of open time, colour): darker is fuller.
LOADS = ((0.4, "#f7c13a"), (0.6, "#f3761b"), (0.8, "#d13f43"), (0.95, "#8c2369"), (float("inf"), "#3b0f5f"))
UNLIMITED = "#6f8aa0"


def load_colour(utilisation: float) -> str:
    """Return the colour of a share of open time [1]; nan (nothing that could fill) has its own."""
    if isnan(utilisation):
        return UNLIMITED
    return next(colour for limit, colour in LOADS if utilisation < limit)


def load_names() -> tuple[tuple[str, str], ...]:
    """Return (name, colour) of each class of load, for a legend."""
    edges = [0.0, *(limit for limit, _ in LOADS)]
    names = [f"{low:.0%} - {high:.0%}" for low, high in pairwise(edges[1:-1])]
    words = [f"under {edges[1]:.0%}", *names, f"{edges[-2]:.0%} and more"]
    return (*zip(words, (colour for _, colour in LOADS), strict=True), ("no limit to fill", UNLIMITED))


def branch_colours(branches: Sequence[str]) -> dict[str, str]:
    """Return a colour for each branch: known names keep theirs in every chart, others take what is left in order."""
    known = {branch: BRANCHES[branch] for branch in branches if branch in BRANCHES}
    spare = [colour for colour in SPARE if colour not in known.values()] or list(SPARE)
    others = [branch for branch in branches if branch not in known]
    return known | {branch: spare[i % len(spare)] for i, branch in enumerate(others)}
