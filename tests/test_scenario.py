"""The models: laws, calendars, growth and season mean what the language says."""

from __future__ import annotations

import math
import pickle
from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from corridor_sim.loading import load_mapping, starter_text
from corridor_sim.scenario import (
    Commodity,
    Flow,
    Leg,
    Place,
    Scenario,
    Service,
    calendar_spans,
    closed_spans,
    flat_by_class,
    monthly,
    unsupported,
)
from corridor_sim.scenario.laws import Law, Timing

LAW = TypeAdapter(Law)


@pytest.mark.parametrize(
    ("written", "flat", "mean"),
    [
        (4, ("constant", 4.0), 4.0),
        ({"constant": 4}, ("constant", 4.0), 4.0),
        ({"exponential": {"mean": 2}}, ("exponential", 2.0), 2.0),
        ({"gamma": {"mean": 6, "cv": 0.6}}, ("gamma", 6.0, 0.6), 6.0),
        ({"gamma": {"mean": 6, "cv": 0}}, ("constant", 6.0), 6.0),
        ({"lognormal": {"mean": 84, "cv": 0.6}}, ("lognormal", 84.0, 0.6), 84.0),
        ({"triangular": {"low": 1, "mode": 2, "high": 6}}, ("triangular", 1.0, 2.0, 6.0), 3.0),
        ({"uniform": {"low": 1, "high": 2}}, ("uniform", 1.0, 2.0), 1.5),
        ({"empirical": {"values": [1, 3], "weights": [3, 1]}}, ("empirical", (1.0, 3.0), (0.75, 0.25)), 1.5),
        (
            {"mixture": [{"share": 0.9, "law": 4}, {"share": 0.1, "law": {"exponential": {"mean": 120}}}]},
            ("mixture", ((0.9, ("constant", 4.0)), (0.1, ("exponential", 120.0)))),
            15.6,
        ),
    ],
)
def test_a_law_has_its_mean_and_its_flat_form(written, flat, mean) -> None:
    law = LAW.validate_python(written)
    assert law.flat() == flat
    assert math.isclose(law.mean(), mean)


def test_times_by_class_give_every_other_class_its_law() -> None:
    timing = TypeAdapter(Timing).validate_python({"by_class": {"truck": 2, "other": {"exponential": {"mean": 3}}}})
    assert flat_by_class(timing) == {"truck": ("constant", 2.0), "": ("exponential", 3.0)}
    assert flat_by_class(LAW.validate_python(5)) == {"": ("constant", 5.0)}


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("always", ((0, 168),)),
        ("never", ()),
        ("daily 09:00-17:00", tuple((24 * day + 9, 24 * day + 17) for day in range(7))),
        ("Mon-Tue 08:00-12:00, 13:00-20:00", ((8, 12), (13, 20), (32, 36), (37, 44))),
        ("Mon 08:00-20:00; Sat 09:00-13:00", ((8, 20), (129, 133))),
        ("Sat,Sun 22:00-06:00", ((0, 6), (142, 150), (166, 168))),
        ("Sun-Mon 00:00-24:00", ((0, 24), (144, 168))),
        ("daily 00:00-24:00", ((0, 168),)),
    ],
)
def test_opening_hours_become_hours_of_the_week(text, spans) -> None:
    assert calendar_spans(text) == spans


def test_closed_days_repeat_each_year_unless_they_name_one() -> None:
    spans = closed_spans(("12-30..01-02", "2024-03-21"), date(2024, 1, 1), date(2025, 1, 1))
    assert spans == (
        (date(2023, 12, 30), date(2024, 1, 3)),
        (date(2024, 3, 21), date(2024, 3, 22)),
        (date(2024, 12, 30), date(2025, 1, 3)),
    )


def test_months_may_be_ranges_over_the_new_year() -> None:
    assert monthly({"nov-jan": 3, "jul": 2, "other": 1}) == (3, 1, 1, 1, 1, 1, 2, 1, 1, 1, 3, 3)


def flow(**keys) -> Flow:
    return Flow.model_validate({"from": "a", "to": "b", "commodity": "box", "consignment": 1, **keys})


@pytest.mark.parametrize(
    ("growth", "year", "volume"),
    [
        (0.1, 2026, 121.0),
        (0.1, 2023, 100 / 1.1),
        ({2025: 0.5, 2026: 0.2, "after": 0.1}, 2027, 100 * 1.5 * 1.2 * 1.1),
        ({2026: 0.2}, 2025, 100.0),
        ({"table": {2024: 50, 2026: 100}}, 2025, 150.0),
        ({"table": {2024: 100, 2026: 200}, "after": 0.1}, 2027, 220.0),
        ({"logistic": {"ceiling": 500, "midpoint": 2030, "rate": 0.5}}, 2024, 100.0),
        ({"logistic": {"ceiling": 500, "midpoint": 2030, "rate": 0.5}}, 2090, 500.0),
    ],
)
def test_growth_gives_the_volume_of_a_year(growth, year, volume) -> None:
    assert math.isclose(flow(per_year=100, base_year=2024, growth=growth).volume(year, 2024), volume, rel_tol=1e-9)


def test_a_table_of_volumes_needs_no_volume_of_the_base_year() -> None:
    assert flow(growth={"table": {2024: 50, 2026: 100}}).volume(2026, 2024) == 100


def test_a_commodity_takes_what_its_vehicle_counts() -> None:
    box = Commodity.model_validate({"unit": "teu", "t_per_unit": 12, "gross_t_per_unit": 14})
    grain = Commodity.model_validate({"unit": "t", "t_per_unit": 1, "units_per_wagon": 50})
    tank = Commodity.model_validate({"unit": "wagon", "t_per_unit": 60, "gross_t_per_unit": 83})
    assert box.use_of({"wagons": 54, "teu": 108, "t": 3000}) == {"wagons": 0.5, "teu": 1.0, "t": 14.0}
    assert box.use_of({"teu": 250}) == {"teu": 1.0}
    assert grain.use_of({"wagons": 54}) == {"wagons": 0.02}
    assert grain.use_of({"teu": 250}) is None
    assert tank.use_of({"wagons": 52, "trucks": 50}) == {"wagons": 1.0}
    assert tank.use_of({"trucks": 50}) is None


def test_null_units_per_wagon_keep_boxes_off_wagons() -> None:
    box = Commodity.model_validate({"unit": "teu", "t_per_unit": 12, "units_per_wagon": None})
    assert box.per_wagon is None
    assert box.use_of({"wagons": 54}) is None


def test_facilities_stand_in_the_order_of_the_file() -> None:
    place = Place.model_validate({"yard": {}, "border": {}, "port": {}, "terminal": None})
    assert place.facilities == ("yard", "border", "port")
    assert pickle.loads(pickle.dumps(place)).facilities == place.facilities


def test_a_value_stated_once_holds_both_ways() -> None:
    leg = Leg.model_validate(
        {"mode": "rail", "between": ["a", "b"], "length_km": 9, "run_h": {"out": 1, "back": 2}, "pairs_per_day": 8}
    )
    assert (leg.pairs_per_day.out, leg.pairs_per_day[1]) == (8, 8)
    assert (leg.run_h[0].mean(), leg.run_h[1].mean()) == (1, 2)
    assert math.isinf(Leg.model_validate({"mode": "sea", "from": "a", "to": "b", "length_km": 9}).pairs_per_day.out)


def test_a_window_has_a_short_form() -> None:
    leg = {"mode": "rail", "between": ["a", "b"], "length_km": 9, "speed_kmh": 40}
    assert Leg.model_validate(leg).closure is None
    assert Leg.model_validate(leg | {"window_h": 3}).closure == (2.0, 3.0)
    assert Leg.model_validate(leg | {"window": {"hours": 3, "at": "23:30"}}).closure == (23.5, 3.0)


def test_handling_may_be_one_law_a_pair_or_by_place() -> None:
    service = {"route": ["a", "b"], "carries": {"teu": 9}}
    once = Service.model_validate(service | {"handling_h": 5}).handling_h
    pair = Service.model_validate(service | {"handling_h": {"load": 5}}).handling_h
    place = Service.model_validate(service | {"handling_h": {"a": 5, "b": {"unload": 7}}}).handling_h
    assert [law.mean() for law in once.at_place("a")] == [5, 5]
    assert (pair.at_place("b")[0].mean(), pair.at_place("b")[1]) == (5, None)
    assert (place.at_place("a")[0].mean(), place.at_place("b")[0], place.at_place("b")[1].mean()) == (5, None, 7)


def test_at_least_is_a_share_up_to_one_and_units_above() -> None:
    service = {"route": ["a", "b"], "carries": {"teu": 9}, "departs": {"at_least": 0.9}, "departs_at": {"b": {"at_least": 40}}}
    made = Service.model_validate(service)
    assert made.rule_at("a").at_least.share == 0.9
    assert made.rule_at("b").at_least.units == 40


def test_what_is_not_simulated_yet_is_named() -> None:
    text = {
        "start": date(2024, 1, 1),
        "end": date(2025, 1, 1),
        "replications": {"until": {"measure": "x", "half_width_share": 0.1}},
    }
    faults = unsupported(Scenario.model_validate(text))
    assert [fault.path for fault in faults] == ["replications.until"]
    assert {fault.code for fault in faults} == {"not_yet"}


def test_models_are_frozen() -> None:
    place = Place.model_validate({})
    with pytest.raises(ValidationError):
        place.country = "KZ"


def test_every_number_has_a_meaning() -> None:
    definitions = Scenario.model_json_schema()["$defs"]
    bare = [
        f"{name}.{key}"
        for name, model in definitions.items()
        for key, field in model["properties"].items()
        if "description" not in field and field.get("$ref", "").rpartition("/")[2] not in definitions and not name.endswith("Law")
    ]
    assert bare == ["Part.law"]


def test_scenarios_cross_processes(tmp_path) -> None:
    from ruamel.yaml import YAML

    loaded = load_mapping(YAML(typ="safe").load(starter_text("starter.yaml")))
    again = pickle.loads(pickle.dumps(loaded))
    assert again.scenario == loaded.scenario
    assert again.resolved == loaded.resolved
