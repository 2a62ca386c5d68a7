"""Two finite fleets at one place with finite room both ways are warned about; one fleet, or room one way, isn't."""

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


def warned(trucks: object, room: object) -> bool:
    return any(warning.code == "facing" for warning in load_mapping(hub(trucks, room)).warnings)


@pytest.mark.parametrize(("trucks", "room", "expected"), [
    (5, 300, True), ("unlimited", 300, False), (5, {"west": 300, "east": "unlimited"}, False),
])  # fmt: skip
def test_fleets_that_can_hold_each_other_up_are_warned_about(trucks: object, room: object, expected: bool) -> None:
    assert warned(trucks, room) is expected
