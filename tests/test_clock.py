"""The clock leans on SimPy's heap; these tests fail if SimPy changes what we lean on."""

import simpy

from corridor_sim.engine.clock import ARRIVAL, BOOKS, COMPLETION, DECISION, STATE, Alarm, Clock, _Ring, order_key


def test_simpy_keeps_its_heap_where_we_push() -> None:
    env = simpy.Environment(initial_time=3.0)
    timeout = env.timeout(2.0)
    at, _, _, event = env._queue[0]
    assert (at, event) == (5.0, timeout)


def test_simpy_calls_the_callbacks_of_our_own_entries_once() -> None:
    clock, seen = Clock(0.0), []
    clock.call_at(1.0, order_key(STATE, 0), lambda: seen.append(clock.now))
    clock.run(2.0)
    assert seen == [1.0]


def test_one_instant_runs_in_the_order_of_the_design() -> None:
    clock, seen = Clock(0.0), []
    for kind in (BOOKS, DECISION, ARRIVAL, COMPLETION, STATE):
        clock.call_at(1.0, order_key(kind, 7), lambda kind=kind: seen.append(kind))
    clock.run(2.0)
    assert seen == [STATE, COMPLETION, ARRIVAL, DECISION, BOOKS]


def test_elements_of_one_kind_run_in_file_order() -> None:
    clock, seen = Clock(0.0), []
    for element in (9, 2, 5):
        clock.call_at(1.0, order_key(ARRIVAL, element), lambda element=element: seen.append(element))
    clock.run(2.0)
    assert seen == [2, 5, 9]


def test_an_alarm_armed_earlier_rings_once_at_the_earlier_instant() -> None:
    clock, seen = Clock(0.0), []
    alarm = Alarm(clock, order_key(STATE, 0), lambda: seen.append(clock.now))
    alarm.arm(5.0)
    alarm.arm(3.0)
    clock.run(10.0)
    assert seen == [3.0]


def test_an_alarm_rings_again_when_armed_again_for_the_instant_of_a_stale_one() -> None:
    clock, seen = Clock(0.0), []
    alarm = Alarm(clock, order_key(STATE, 0), lambda: seen.append(clock.now))
    alarm.arm(5.0)
    alarm.arm(3.0)
    clock.call_at(4.0, order_key(STATE, 0), lambda: alarm.arm(5.0))
    clock.run(10.0)
    assert seen == [3.0, 5.0]


def test_stop_ends_the_run_at_the_instant() -> None:
    clock = Clock(0.0)
    clock.call_at(2.0, order_key(STATE, 0), clock.stop)
    clock.run(10.0)
    assert clock.now == 2.0


def test_what_is_shelved_runs_in_the_order_of_the_heap() -> None:
    """Entries of many days, shelved or not, run by instant and key, and shelving goes on after a pause."""
    clock, seen = Clock(-30.0), []

    def entry(at: float, number: int) -> tuple[float, int, int, _Ring]:
        return at, order_key(ARRIVAL, number), 0, _Ring((lambda _event: seen.append((clock.now, number)),))

    planned = [(at, k) for k, at in enumerate([500.0, 70.0, 24.0, 24.0, 48.0, 23.5, 1.0, 300.0, 300.0, -6.0])]
    for at, k in planned:
        clock.shelve(entry(at, k))
    late = [(1000.0, 50), (530.0, 51), (512.0, 52)]
    clock.call_at(510.0, 0, lambda: [clock.shelve(entry(at, k)) for at, k in late])
    clock.run(2000.0)
    assert seen == sorted(planned + late)


def test_a_run_ends_at_its_instant_and_goes_on_from_there() -> None:
    clock, seen = Clock(0.0), []
    for at in (1.0, 2.0, 3.0):
        clock.call_at(at, order_key(STATE, 0), lambda: seen.append(clock.now))
    clock.run(2.5)
    assert (seen, clock.now) == ([1.0, 2.0], 2.5)
    clock.run(4.0)
    assert seen == [1.0, 2.0, 3.0]
