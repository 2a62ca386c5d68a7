"""Choice of itinerary: the logit, the fixed point against a known one, and that what is settled is kept, repeated and reported."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from choices_of import LONG_H, PER_DAY, SERVICE_H, SHORT_H, market, two_ways
from hypothesis import given
from hypothesis import strategies as st

from corridor_sim.build import build_plan
from corridor_sim.choice import as_settled, choice_lines, chosen, constants_of, divided, gap_between, told
from corridor_sim.errors import CorridorError
from corridor_sim.experiment import run_case, settle_case
from corridor_sim.figures.choosing import choice_sheet
from corridor_sim.loading import load_case, load_mapping
from corridor_sim.scenario import Market
from corridor_sim.settle import rounds, settle
from corridor_sim.statistics import pick
from corridor_sim.store import list_results
from corridor_sim.study import Study
from corridor_sim.summary import summary_lines

FEW = 1.0  # trains a day, no queue
STILL = {"iterations": 1, "tolerance": 1.0}  # the first guess holds


def volume(data: dict[str, Any], year: int = 2025) -> dict[str, float]:
    """Return the units a year of each route of the flow once its choice is made."""
    loaded = load_mapping(data)
    plan = settle(loaded, build_plan(loaded), out=None, workers=1).plan
    flow, hours = plan.flows[0], 8760.0 * (year - 2025) + 8000
    at = lambda steps: next(value for begin, value in reversed(steps) if begin <= hours)  # noqa: E731
    return {route.branch: at(flow.intensity) * 8760 * share for route, share in zip(flow.routes, at(flow.shares), strict=True)}


# The logit


def test_odds_follow_the_difference_of_costs() -> None:
    shares = divided([300.0, 100.0, math.inf], 0.01, [math.inf] * 3)
    assert shares == pytest.approx([1 / (1 + math.exp(2)), 1 / (1 + math.exp(-2)), 0])


def test_what_has_no_room_divides_in_proportion() -> None:
    assert divided([0.0, 0.0, 0.0], 0.01, [0.1, math.inf, math.inf]) == pytest.approx([0.1, 0.45, 0.45])
    assert divided([0.0, 0.0, 0.0], 0.01, [0.1, 0.4, math.inf]) == pytest.approx([0.1, 0.4, 0.5])  # the second is full in its turn
    assert sum(divided([0.0, 0.0], 0.01, [0.1, 0.2])) == pytest.approx(0.3)


shares_of_three = st.lists(st.floats(0.01, 1), min_size=3, max_size=3)


@given(shares_of_three, st.lists(st.floats(1, 60), min_size=3, max_size=3), st.floats(0, 3))
def test_constants_give_observed_shares_back(weights: list[float], days: list[float], heavy: float) -> None:
    one, other, out = (weight / sum(weights) for weight in weights)
    stated = Market.model_validate(market(
        spread_weight=heavy, options={"post": {"share": one}, "round": {"share": other, "cost_usd": 900}},
        outside={"sea": {"share": out, "time_days": days[2], "cost_usd": 50}},
    ))  # fmt: skip
    times = {"post": (days[0], 2.0), "round": (days[1], 1.0), "sea": (days[2], 0.0)}
    found = chosen(stated, constants_of(stated, times), times, times, 100.0)
    assert list(found.values()) == pytest.approx([one, other, out])


def test_a_day_more_costs_what_the_elasticity_says() -> None:
    """scale x value of time x (1 - share) is the part of the volume that a day costs, as scenarios derive it from a published one."""
    stated = Market.model_validate(market(
        value_of_time_usd_per_day=60, scale_per_usd=0.052 / 60 / 0.9, options={"post": {"share": 0.1}}, outside={"sea": {"share": 0.9, "time_days": 30}},
    ))  # fmt: skip
    worth = constants_of(stated, {"post": (15.0, 0.0)})
    shares = [chosen(stated, worth, {"post": (15 + more, 0.0), "sea": (30.0, 0.0)}, ("post", "sea"), 1.0)["post"] for more in (-0.01, 0.01)]
    assert math.log(shares[1] / shares[0]) / 0.02 == pytest.approx(-0.052, rel=1e-3)


def test_gap_is_what_would_move_over_what_is_inside() -> None:
    used, wanted = {"in": 0.2, "out": 0.8}, {"in": 0.15, "out": 0.85}
    assert gap_between([used], [wanted], [50.0], [["in"]]) == pytest.approx(0.25)
    assert gap_between([used, used], [wanted, used], [50.0, 150.0], [["in"], ["in"]]) == pytest.approx(0.0625)


# Against a known fixed point


def fixed_point(scale: float = 0.01, usd_per_day: float = 400) -> float:
    """Return the share by the post at which the M/D/1 delay there brings about that share: Pollaczek-Khinchine and bisection."""

    def excess(share: float) -> float:
        load = PER_DAY / 24 * share * SERVICE_H
        post_h = SHORT_H + SERVICE_H + load * SERVICE_H / 2 / (1 - load)
        return 1 / (1 + math.exp(scale * usd_per_day * (post_h - LONG_H) / 24)) - share

    low, high = 0.0, 24 / PER_DAY / SERVICE_H - 1e-9
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return low


@pytest.fixture(scope="module")
def congested() -> Study:
    """Return the study of two ways, one through a station with M/D/1 delay."""
    return run_case(load_mapping(two_ways()), out=None, workers=1, replications=3)


def test_settles_where_a_known_congestion_curve_says(congested: Study) -> None:
    """At the fixed point the post is 0.85 busy; a first guess without queues would have it 1.2."""
    report = congested.manifest["choice"]
    assert report["settled"]
    assert report["gaps"][0] > 0.5
    assert report["shares"]["all"]["2025"]["post"] == pytest.approx(fixed_point(), abs=0.015)


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "usd_per_day"), [(0.01, 400), (0.005, 200), (0.03, 400)])
def test_settles_where_a_known_congestion_curve_says_long(scale: float, usd_per_day: float) -> None:
    settling = {"iterations": 30, "tolerance": 0.002, "replications": 20}
    markets = {"all": market(scale_per_usd=scale, value_of_time_usd_per_day=usd_per_day)}
    report = settle_case(load_mapping(two_ways(chosen={"settle": settling, "markets": markets})), out=None)
    assert report["settled"]
    assert report["shares"]["all"][2025]["post"] == pytest.approx(fixed_point(scale, usd_per_day), abs=0.006)


def test_the_run_goes_as_settled(congested: Study) -> None:
    """What pilots met holds in the run that follows, whose draws are the same."""
    study = congested
    told_post = next(one for one in told(study.manifest["choice"]) if one.option == "post")
    carried = {b: pick(study.metrics, kind="branch", subject=b, measure="carried")["value"].mean() for b in ("post", "round")}
    assert carried["post"] / sum(carried.values()) == pytest.approx(told_post.share, abs=0.02)
    assert pick(study.metrics, kind="branch", subject="post", measure="transit_mean")["value"].mean() / 24 == pytest.approx(
        told_post.time_days, rel=2e-3
    )


# What the shares do to the demand


def test_off_leaves_the_plan_alone() -> None:
    loaded = load_mapping(two_ways(choice__on=False))
    plan = build_plan(loaded)
    found = settle(loaded, plan, out=None)
    assert found.plan is plan
    assert choice_lines(found.report) == ["choice off: the shares of the routes hold, nothing reacts to service"]


def test_whole_market_divides_inside_and_outside() -> None:
    """Without observed shares the flows are the market: equal costs in thirds."""
    equal = {"post": {"time_days": 5}, "round": {"time_days": 5}}
    markets = {"all": market(options=equal, outside={"sea": {"time_days": 5}})}
    found = volume(two_ways(per_day=FEW, chosen={"markets": markets, "settle": STILL}))
    assert found == pytest.approx({"post": 365 * FEW / 3, "round": 365 * FEW / 3})


def test_an_outside_option_takes_no_more_than_it_can() -> None:
    outside = {"sea": {"time_days": 0.1, "capacity_per_year": 365 * FEW / 4}}
    markets = {"all": market(options={"post": {"time_days": 60}, "round": {"time_days": 60}}, outside=outside)}
    found = volume(two_ways(per_day=FEW, chosen={"markets": markets, "settle": STILL}))
    assert sum(found.values()) == pytest.approx(365 * FEW * 3 / 4)


def test_observed_shares_leave_the_volume_at_the_times_observed() -> None:
    options = {"post": {"share": 0.3, "time_days": 3}, "round": {"share": 0.2, "time_days": 4}}
    markets = {"all": market(options=options, outside={"sea": {"share": 0.5, "time_days": 30}})}
    found = volume(two_ways(per_day=FEW, chosen={"markets": markets, "settle": STILL}))
    assert found == pytest.approx({"post": 365 * FEW * 0.6, "round": 365 * FEW * 0.4})


def test_a_slower_outside_brings_freight_in() -> None:
    options = {"post": {"share": 0.1, "time_days": 3}, "round": {"share": 0.1, "time_days": 3}}
    markets = {"all": market(scale_per_usd=0.001, options=options, outside={"sea": {"share": 0.8, "time_days": 30}})}
    slower = {"slower": {"on": "2026-01-01", "add": {"choice.markets.all.outside.sea.time_days": 1}}}
    data = two_ways(per_day=FEW, days=730, chosen={"markets": markets, "settle": STILL}, changes=slower)
    before, after = (sum(volume(data, year).values()) for year in (2025, 2026))
    assert before == pytest.approx(365 * FEW)
    assert after / before == pytest.approx(1 / (0.2 + 0.8 * math.exp(-0.4)), rel=1e-6)


def test_a_new_option_takes_part_from_its_opening() -> None:
    """The way by the post opens in the second year; then it takes the place that `like` gives it."""
    options = {"round": {"share": 0.5, "time_days": 3}, "post": {"like": "round", "time_days": 3}}
    markets = {"all": market(options=options, outside={"sea": {"share": 0.5, "time_days": 30}})}
    data = two_ways(per_day=FEW, days=730, chosen={"markets": markets, "settle": STILL}, legs__east_post__opens="2026-07-01")
    assert volume(data, 2025) == pytest.approx({"post": 0, "round": 365 * FEW})
    assert volume(data, 2026) == pytest.approx({"post": 365 * FEW * 2 / 3, "round": 365 * FEW * 2 / 3})


def test_flows_that_are_options_of_their_own_share_one_market() -> None:
    """Two flows, each with a way of its own: a third of the market each, the rest outside, whatever volumes they state."""
    data = two_ways(per_day=FEW, chosen={"settle": STILL})
    way = {"post": 0, "round": 1}
    for name, share in (("post", 3), ("round", 1)):
        route = data["flows"]["out"]["routes"][way[name]]
        data["flows"][f"by_{name}"] = {**data["flows"]["out"], "per_year": 1000.0 * share, "routes": [route]}
    del data["flows"]["out"]
    equal = {"post": {"time_days": 5}, "round": {"time_days": 5}}
    data["choice"]["markets"] = {"all": market(flows=["by_post", "by_round"], options=equal, outside={"sea": {"time_days": 5}})}
    loaded = load_mapping(data)
    plan = settle(loaded, build_plan(loaded), out=None, workers=1).plan
    assert [flow.intensity[-1][1] * 8760 for flow in plan.flows] == pytest.approx([4000 / 3, 4000 / 3])


def test_years_between_piloted_ones_lie_between() -> None:
    """Only the first and the last of three years are piloted; the outside option gets slower in the third."""
    options = {"post": {"share": 0.25, "time_days": 3}, "round": {"share": 0.25, "time_days": 3}}
    markets = {"all": market(scale_per_usd=0.001, options=options, outside={"sea": {"share": 0.5, "time_days": 30}})}
    slower = {"slower": {"on": "2027-01-01", "add": {"choice.markets.all.outside.sea.time_days": 2}}}
    settling = STILL | {"years": [2025, 2027]}
    data = two_ways(per_day=FEW, days=1095, chosen={"markets": markets, "settle": settling}, changes=slower)
    first, between, last = (sum(volume(data, year).values()) for year in (2025, 2026, 2027))
    assert between == pytest.approx((first + last) / 2)
    assert last > 1.2 * first


def test_shares_are_observed_at_the_times_of_the_reference_year() -> None:
    """Without stated times, the pilot of the reference year, without patches, says at what times shares were observed."""
    options = {"post": {"share": 0.2}, "round": {"share": 0.2}}
    markets = {"all": market(options=options, outside={"sea": {"share": 0.6, "time_days": 30}}, scale_per_usd=0.001)}
    chosen_ = {"markets": markets, "reference_year": 2025, "settle": {"iterations": 12, "tolerance": 0.02}}
    data = two_ways(per_day=8.0, chosen=chosen_, patches={"far": {"set": {"legs.away_west.length_km": 3900}}}, cases={"near": [], "far": ["far"]})
    near, far = (settle_case(load_case(load_mapping(data), case), out=None, workers=1) for case in ("near", "far"))
    assert near["shares"]["all"][2025] == pytest.approx({"post": 0.2, "round": 0.2, "sea": 0.6}, abs=0.01)
    days = far["times"]["all"][2025]["round"][0] - near["times"]["all"][2025]["round"][0]
    assert days == pytest.approx(1.25, abs=0.01)
    odds = [found["shares"]["all"][2025]["round"] / found["shares"]["all"][2025]["sea"] for found in (near, far)]
    assert math.log(odds[1] / odds[0]) == pytest.approx(-0.4 * days, abs=0.05)


# Kept, repeated, told


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count rounds of pilots; a negative number in the list stops the next but so many."""
    calls: list[int] = []
    real = rounds.piloted

    def piloted(*arguments: Any) -> Any:
        if calls and calls[0] < 0 and len(calls) > -calls[0]:
            raise KeyboardInterrupt
        calls.append(1)
        return real(*arguments)

    monkeypatch.setattr(rounds, "piloted", piloted)
    return calls


def short() -> dict[str, Any]:
    return two_ways(end="2025-03-01", chosen={"settle": {"iterations": 4, "tolerance": 0.001, "replications": 1}})


def test_goes_on_where_it_was_cut_short(tmp_path: Path, counted: list[int]) -> None:
    whole = settle_case(load_mapping(short()), out=None, workers=1)
    rounds_run = len(counted)
    counted[:] = [-2]
    with pytest.raises(KeyboardInterrupt):
        settle_case(load_mapping(short()), out=tmp_path, workers=1)
    counted[:] = []
    again = settle_case(load_mapping(short()), out=tmp_path, workers=1)
    assert len(counted) == rounds_run - 2
    assert json.dumps(again) == json.dumps(whole)


def test_what_is_settled_is_not_settled_again(tmp_path: Path, counted: list[int]) -> None:
    first = run_case(load_mapping(short()), out=tmp_path, workers=1, replications=1)
    counted.clear()
    second = run_case(load_mapping(short()), out=tmp_path, workers=1, replications=2)
    assert counted == []
    assert second.manifest["choice"] == first.manifest["choice"]
    assert [entry.name for entry in list_results(tmp_path)] == ["two_ways"]  # what is kept beside is no result


@pytest.mark.slow
def test_workers_settle_alike() -> None:
    alone, together = (settle_case(load_mapping(two_ways()), out=None, workers=workers) for workers in (1, 2))
    assert alone == together


def test_given_shares_are_used_as_they_are(counted: list[int]) -> None:
    report = settle_case(load_mapping(short()), out=None, workers=1)
    counted.clear()
    given_ = load_mapping(short(), overrides={"choice.settled": as_settled(report)})
    again = settle(given_, build_plan(given_), out=None)
    searched = load_mapping(short())
    assert counted == []
    assert again.plan == settle(searched, build_plan(searched), out=None, workers=1).plan


def test_a_choice_that_does_not_settle_says_so() -> None:
    settling = {"iterations": 1, "tolerance": 0.001}
    study = run_case(load_mapping(two_ways(chosen={"settle": settling})), out=None, workers=1, replications=1)
    line = next(line for line in summary_lines(study) if "choice" in line.lower())
    assert line.startswith("CHOICE NOT SETTLED after 1 round: 73 % of the freight inside would choose otherwise (tolerance 0.1 %)")


def test_shares_that_pile_up_freight_do_not_hold() -> None:
    """Shares given as settled that send more to the post than it takes: the run says that they don't belong to its times."""
    shares = [{"market": "all", "year": 2025, "shares": {"post": 0.9, "round": 0.1}}]
    study = run_case(load_mapping(two_ways(chosen={"settled": shares})), out=None, workers=1, replications=2)
    lines = summary_lines(study)
    at = lines.index("choice: shares given as settled before")
    assert lines[at + 1].startswith("THE CHOICE DOESN'T HOLD IN THIS RUN")


def test_page_has_shares_and_times() -> None:
    report = settle_case(load_mapping(short()), out=None, workers=1)
    sheet = choice_sheet(json.loads(json.dumps(report)))
    assert [row[2].text for row in sheet.rows] == ["post", "round"]
    assert sheet.rows[1][4].text == f"{LONG_H / 24:.1f}"
    assert choice_sheet({}).rows == ()


# Mistakes

WAYS = [{"services": ["by_post"], "branch": "post"}, {"services": ["by_away"], "branch": "round"}]
MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "no such flow": ({"markets": {"all": market(flows=["in"])}}, r"choice.markets.all.flows\[0\]: there is no flow 'in'"),
    "flow in two markets": ({"markets": {"a": market(), "b": market()}}, "out chooses in market a already"),
    "branch without option": ({"markets": {"all": market(options={"post": {}})}}, "expected a branch that is an option of market all"),
    "option without branch": (
        {"markets": {"all": market(options={"post": {}, "round": {}, "air": {}})}}, "no route of out has the branch 'air'",
    ),
    "option twice": (
        {"markets": {"all": market(outside={"post": {"time_days": 3}})}}, "expected different names inside and outside, got 'post' twice",
    ),
    "share missing": (
        {"markets": {"all": market(options={"post": {"share": 0.5, "time_days": 1}, "round": {}})}}, "got neither or both in 'round'",
    ),
    "shares too small": (
        {"markets": {"all": market(options={"post": {"share": 0.5, "time_days": 1}, "round": {"share": 0.3, "time_days": 1}})}},
        "expected shares that sum to 1, got 0.8",
    ),
    "like nothing": (
        {"markets": {"all": market(options={"post": {"share": 1.0, "time_days": 1}, "round": {"like": "air"}})}}, "got 'air' in 'round'",
    ),
    "no share inside": (
        {"markets": {"all": market(options={"post": {"like": "sea"}, "round": {"like": "sea"}}, outside={"sea": {"share": 1.0, "time_days": 9}})}},
        "expected a share for one option inside",
    ),
    "times unknown": (
        {"markets": {"all": market(options={"post": {"share": 0.5}, "round": {"share": 0.5}})}}, "expected time_days, or choice.reference_year",
    ),
    "outside without time": ({"markets": {"all": market(outside={"sea": {"cost_usd": 3}})}}, "time_days"),
    "year beyond": ({"settle": {"years": [2031]}}, "expected a year of the run"),
    "no scale": ({"markets": {"all": market(scale_per_usd=0)}}, "scale_per_usd"),
    "percent as 35": ({"markets": {"all": market(options={"post": {"share": 35}, "round": {"share": 65}})}}, "share"),
    "settled for another": ({"settled": [{"market": "any", "year": 2025, "shares": {"post": 1}}]}, "there is no market 'any'"),
    "settled in part": ({"settled": [{"market": "all", "year": 2025, "shares": {"post": 1}}]}, "expected a share for each of post, round"),
    "settled too much": (
        {"settled": [{"market": "all", "year": 2025, "shares": {"post": 0.9, "round": 0.9}}]}, "expected shares that sum to 1, got 1.8",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stated", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named(stated: dict[str, Any], message: str) -> None:
    with pytest.raises(CorridorError, match=message):
        load_mapping(two_ways(chosen=stated))


def test_who_chooses_among_what_holds_for_the_whole_run() -> None:
    later = {"late": {"on": "2025-06-01", "set": {"choice.on": False, "choice.markets.all.outside.sea.time_days": 9}}}
    loaded = load_mapping(two_ways(chosen={"markets": {"all": market(outside={"sea": {"time_days": 5}})}}, changes=later))
    with pytest.raises(CorridorError, match=r"choice.on: expected what holds for the whole run, got a change on 2025-06-01: True -> False$"):
        build_plan(loaded)


def test_a_flow_without_volume_or_routes_can_not_choose() -> None:
    data = two_ways()
    data["flows"]["out"] |= {"supply": "unlimited"}
    del data["flows"]["out"]["routes"]
    with pytest.raises(CorridorError, match=r"expected routes in flow out(.|\n)*expected per_year in flow out"):
        load_mapping(data)


def test_what_reacts_to_nothing_is_warned_of() -> None:
    markets = {"all": market(value_of_time_usd_per_day=0, options={"post": {}, "round": {"cost_usd": 9000}})}
    warned = [str(warning) for warning in load_mapping(two_ways(chosen={"markets": markets})).warnings]
    assert any("a day costs nothing" in one for one in warned)
    assert any("decides alone" in one for one in warned)


# Changes that come later

LATER = {"slow": {"on": "2025-03-01", "set": {"legs.away_west.speed_kmh": 50}, "source": "assumed"}}


def snapshot_days(case: str, late: dict[str, Any]) -> list[float]:
    data = two_ways(changes=LATER, patches={"late": late}, cases={"on_time": [], "late": ["late"]})
    return [hours / 24 for hours, _ in load_case(load_mapping(data), case).snapshots[1:]]


def test_a_patch_delays_a_change() -> None:
    late = {"delay": {"slow": date(2025, 6, 1)}}
    assert snapshot_days("on_time", late) == [59]
    assert snapshot_days("late", late) == [151]


def test_only_what_is_there_can_be_delayed() -> None:
    with pytest.raises(CorridorError, match="there is no patch or change 'slaw', did you mean 'slow'"):
        snapshot_days("late", {"delay": {"slaw": "2025-06-01"}})
