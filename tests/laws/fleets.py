"""Random small corridors whose ferries are one fleet, with everything that a fleet can have, and classes kept apart."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from laws.parts import Data
from laws.strategies import small_scenarios


@st.composite
def fleet_scenarios(draw: st.DrawFn, load: str | None = None, steady: bool = False) -> Data:
    """Return a scenario; its ferries share their vessels at both ports.

    steady: a vessel is kept on each service. Else all may wait with boxes for a train that is months behind others at a border: no
    standstill, but no delivery either.
    """
    data = draw(small_scenarios(load=load, steady=steady))
    ferries = [name for name, service in data["services"].items() if "berth" in service]
    ports = data["services"][ferries[0]]["route"]
    vessels = min(5, sum(data["services"][name].pop("vessels") for name in ferries))
    least = len(ferries) if steady else 0
    for name in ferries:
        data["services"][name].pop("home", None)
        if draw(st.booleans()):
            data["services"][name]["not_with"] = [["fast", "slow"]]
    data["changes"] = _without(data.get("changes", {}), [f"services.{name}.vessels" for name in ferries])
    fleet: Data = {"vessels": max(vessels, least), "home": draw(st.sampled_from(ports)), "services": draw(st.permutations(ferries))}
    fleet |= {"minimum": dict.fromkeys(ferries, 1)} if steady else {"minimum": {ferries[-1]: 1}} if draw(st.booleans()) else {}
    fleet |= {"minimum_stay_days": draw(st.sampled_from((0, 1.5, 6)))}
    fleet |= {"start_at": ports} if draw(st.booleans()) else {}
    fleet |= {"share_by_month": {"feb": 0.5, "other": 1}} if draw(st.booleans()) and not steady else {}
    if vessels > 1:
        fleet |= {"dry_dock": {"every_days": 30.3, "days": 4.7}} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        data["changes"]["fleet"] = {"on": "2025-02-03", "set": {"fleets.ships.vessels": draw(st.integers(least, 5))}}
    return data | {"fleets": {"ships": fleet}}


def separate(scenario: Data) -> Data:
    """Return the same corridor where each service has a vessel of its own."""
    fleet = scenario["fleets"]["ships"]
    services = {name: body | ({"vessels": 1, "home": fleet["home"]} if name in fleet["services"] else {}) for name, body in scenario["services"].items()}
    changes = _without(scenario["changes"], ["fleets.ships.vessels"])
    return {key: value for key, value in scenario.items() if key != "fleets"} | {"services": services, "changes": changes}


def _without(changes: Data, paths: list[str]) -> Data:
    """Return the changes but for some paths."""
    kept: dict[str, Any] = {}
    for name, change in changes.items():
        left = {path: value for path, value in change["set"].items() if path not in paths}
        if left:
            kept[name] = change | {"set": left}
    return kept
