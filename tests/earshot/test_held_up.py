"""How long others held up an exchange: what its threads waited, and what others used meanwhile, whichever is less."""

from __future__ import annotations

from collections.abc import Sequence

from earshot.measure.held_up import COUNTED_ROUGHLY_NS, HeldUp
from earshot.measure.processors import Reading, Thread

MS = 1_000_000
SPAN_MS = 20
ROUGHLY_MS = COUNTED_ROUGHLY_NS / MS
SERVICE, STORE, HARNESS = 1, 2, 3


def readings(
    *spans: tuple[float, dict[int, tuple[float, float]]], processors: int = 2, free: float = 0.0, stolen: float = 0.0
) -> list[Reading]:
    """Return readings every 20 ms: in each span others used so much, and each thread ran and waited so long, in ms."""
    found = [Reading(0, threads={task: Thread(0, 0, task != HARNESS) for task in (SERVICE, STORE, HARNESS)})]
    for number, (others_ms, threads) in enumerate(spans, start=1):
        last = found[-1]
        so_far = {
            task: Thread(
                before.ran_ns + round(threads.get(task, (0.0, 0.0))[0] * MS),
                before.waited_ns + round(threads.get(task, (0.0, 0.0))[1] * MS),
                before.of_service,
            )
            for task, before in last.threads.items()
        }
        ours_ms = sum(ran_ms for ran_ms, _ in threads.values())
        found.append(
            Reading(
                number * SPAN_MS * MS,
                last.used_ns + round((others_ms + ours_ms + stolen) * MS),
                last.free_ns + round(free * MS),
                last.stolen_ns + round(stolen * MS),
                so_far,
            )
        )
    return found


def held_up_ms(given: Sequence[Reading], began_ms: float, ended_ms: float, *, hides_service: bool = False) -> float:
    return HeldUp(given, hides_service=hides_service).ms(round(began_ms * MS), round(ended_ms * MS))


QUIET = (0.0, {SERVICE: (2.0, 0.0), HARNESS: (1.0, 0.0)})
BUSY = (30.0, {SERVICE: (2.0, 6.0), STORE: (1.0, 3.0), HARNESS: (1.0, 1.0)})


def test_what_all_threads_of_an_exchange_waited_while_others_ran_held_it_up() -> None:
    given = readings(QUIET, BUSY, BUSY, BUSY, QUIET)
    assert held_up_ms(given, 20, 80) == 30
    assert held_up_ms(given, 0, 20) == 0


def test_nothing_held_up_what_nobody_else_used_a_processor_for() -> None:
    of_itself = (0.0, {SERVICE: (10.0, 10.0), STORE: (20.0, 0.0)})
    assert held_up_ms(readings(*[of_itself] * 50), 0, 1000) == ROUGHLY_MS


def test_an_exchange_was_held_up_for_no_longer_than_it_took() -> None:
    alone = readings(QUIET, (30.0, {SERVICE: (2.0, 15.0)}), QUIET)
    assert held_up_ms(alone, 22, 27) == 5
    assert held_up_ms(alone, 38, 45) == 2


def test_what_kept_a_service_from_its_earlier_work_held_up_the_next_too() -> None:
    never_rests = (30.0, {SERVICE: (8.0, 12.0)})
    given = readings(QUIET, *[never_rests] * 8, QUIET, (30.0, {SERVICE: (2.0, 2.0)}))
    assert held_up_ms(given, 160, 180) == 8 * 12
    assert held_up_ms(given, 200, 220) == 2


def test_a_wait_that_is_counted_when_it_ends_belongs_to_when_it_was() -> None:
    nothing, counted = (38.0, {}), (38.0, {SERVICE: (2.0, 50.0)})
    given = readings(QUIET, nothing, nothing, counted, QUIET)
    assert held_up_ms(given, 20, 40) == 12
    assert held_up_ms(given, 60, 80) == 20 + 18


def test_of_a_service_whose_processes_are_not_to_be_seen_all_is_forgiven_that_others_used() -> None:
    assert held_up_ms(readings(QUIET, BUSY, BUSY), 20, 60, hides_service=True) == 60 + ROUGHLY_MS


def test_what_other_virtual_machines_took_held_it_up() -> None:
    given = readings(*[(0.0, {SERVICE: (2.0, 0.0)})] * 3, stolen=9.0)
    assert held_up_ms(given, 0, 60) == 27


def test_whose_processes_used_the_processors_is_told_apart() -> None:
    used = HeldUp(
        readings(*[(2.4, {SERVICE: (20.0, 0.0), STORE: (8.0, 0.0), HARNESS: (4.0, 0.0)})] * 5, free=5.6)
    ).used()
    assert used is not None
    assert used.in_words() == ("of 2 processors (200 %) the service itself used 140 %, the harness 20 %, others 12 %")


def test_where_the_system_does_not_say_nothing_is_known() -> None:
    nothing = HeldUp([Reading(0), Reading(SPAN_MS * MS)])
    assert nothing.used() is None
    assert nothing.ms(0, SPAN_MS * MS) == 0
    assert HeldUp([]).ms(0, 1) == 0
