"""Known answers for servers that break down: by the calendar (Q14) and in use."""

from __future__ import annotations

from truth.known import Case, agree, element, lengths, trips, truth

from corridor_sim.records import Run

FOREVER = "2104-01-01"


@lengths(everyday=("2098-01-01", 20), long=(FOREVER, 49))
def test_q14_a_post_that_breaks_down_by_the_calendar(end: str, replications: int) -> None:
    case = Case("q14_disruption", {"end": end})

    def measures(run: Run) -> tuple[float, float, float]:
        of, post = trips(run), element(run, "post.border")
        return (of["last_h"] - of["ready_h"]).mean(), post["stay_h"] / case.hours, post["open_h"] / case.hours

    stay_h, present, available = case.sample(measures, replications).T
    agree(stay_h, truth("Q14", "W"), wrong=[3.0, *other_clock(end, "Q14_USE", "W")])
    agree(present, truth("Q14", "L"), wrong=[1.5])  # a server of the mean speed
    agree(available, truth("Q14", "availability"), wrong=[1.0])


@lengths(everyday=("2098-01-01", 20), long=(FOREVER, 49))
def test_a_post_that_breaks_down_in_use_is_a_queue_with_longer_holds(end: str, replications: int) -> None:
    case = Case("q14_use", {"end": end})

    def measures(run: Run) -> tuple[float, float, float]:
        of, post = trips(run), element(run, "post.border")
        stay_h = (of["last_h"] - of["ready_h"]).mean()
        hold_h = of["moving_h"].mean() + (of["closed_h"]).mean()  # at work and under repair
        return stay_h, hold_h, post["stay_h"] / case.hours

    stay_h, hold_h, present = case.sample(measures, replications).T
    agree(hold_h, truth("Q14_USE", "hold"), wrong=[1.0])
    agree(stay_h, truth("Q14_USE", "W"), wrong=[2.0, *other_clock(end, "Q14", "W")])
    agree(present, truth("Q14_USE", "L"), wrong=[1.0, *other_clock(end, "Q14", "L")])


def other_clock(end: str, case: str, key: str) -> list[float]:
    """Return what the other clock gives: only long runs can tell the two apart."""
    return [truth(case, key)] if end == FOREVER else []
