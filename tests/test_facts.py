"""Facts: labels of elements, what routes consist of, and their way through JSON."""

from __future__ import annotations

import json

import fakes

from corridor_sim.facts import facts_from_dict, facts_of, facts_to_dict

BOXES, EMPTIES = 0, 2


def test_the_two_directions_of_a_leg_have_labels_of_their_own() -> None:
    facts = facts_of(fakes.plan(), fakes.names(fakes.plan()))
    assert [e.label for e in facts.elements][:5] == ["main.to_aktau", "main.to_altynkol", "sea.to_alat", "sea.to_aktau", "west"]


def test_facts_say_what_a_route_consists_of() -> None:
    facts = facts_of(fakes.plan(), fakes.names(fakes.plan()))
    boxes = facts.flows[BOXES].routes[0]
    assert boxes.services == ("train", "ferry", "onward")
    assert boxes.elements == (
        "main.to_aktau", "aktau.port.rail_ferry", "sea.to_alat", "alat.port.rail_ferry", "alat.terminal", "west",
    )  # fmt: skip
    assert facts.flows[EMPTIES].routes[0].elements == ("alat.port.rail_ferry", "sea.to_aktau", "aktau.port.rail_ferry")


def test_facts_survive_json() -> None:
    facts = facts_of(fakes.plan(), fakes.names(fakes.plan()))
    assert facts_from_dict(json.loads(json.dumps(facts_to_dict(facts)))) == facts
