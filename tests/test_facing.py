"""Two finite fleets at one place with finite room both ways are warned about, if no vehicle of theirs is kept free of it."""

import pytest

from corridor_sim.loading import load_mapping


def hub(trucks: object, room: object) -> dict:
    box = {"unit": "teu", "t_per_unit": 12.0}
    flow = {"commodity": "box", "per_year": 1000.0, "consignment": 10}
    return {
        "name": "hub", "start": "2025-01-01", "end": "2025-03-01", "commodities": {"box": box},
        "places": {"a": {"at": [40, 52], "port": {"berths": {"container": 1}}},
                   "hub": {"at": [40, 50], "port": {"berths": {"container": 1}, "room_teu": room}}, "c": {"at": [40, 46]}},
        "legs": {"sea": {"mode": "sea", "between": ["a", "hub"], "length_km": 300},
                 "road": {"mode": "road", "between": ["hub", "c"], "length_km": 300, "speed_kmh": 50}},
        "services": {"ship": {"route": ["a", "hub"], "carries": {"teu": 100}, "vessels": 2, "speed_kmh": 20, "berth": "container",
                              "departs": {"after_first_lot_h": 24, "idle_h": 24}},
                     "trucks": {"route": ["hub", "c"], "carries": {"trucks": 1}, "vessels": trucks, "departs": {"idle_h": 1}}},
        "flows": {"west": {"from": "a", "to": "c", **flow}, "east": {"from": "c", "to": "a", **flow}},
    }  # fmt: skip


def warned(trucks: object, room: object, shared: bool) -> bool:
    data = hub(trucks, room)
    if shared:  # no vessel of a shared fleet is kept free
        data["fleets"] = {"ships": {"vessels": data["services"]["ship"].pop("vessels"), "home": "a", "services": ["ship"]}}
    return any(warning.code == "facing" for warning in load_mapping(data).warnings)


@pytest.mark.parametrize(("trucks", "room", "shared", "expected"), [
    (5, 300, True, True), (5, 300, False, False), ("unlimited", 300, True, False), (5, {"west": 300, "east": "unlimited"}, True, False),
])  # fmt: skip
def test_fleets_that_can_hold_each_other_up_are_warned_about(trucks: object, room: object, shared: bool, expected: bool) -> None:
    assert warned(trucks, room, shared) is expected
