"""What several people do by one plan, each thing at its time whatever became of those before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from earshot.failures import TooLate
from earshot.ledger import Ledger
from earshot.measure.pairing import Pairing, await_answers
from earshot.measure.schedule import Schedule, keep_to
from earshot.participant import Participant
from earshot.runtime import Runtime

LEAD_NS = 2_000_000
"""Between making a plan and its first message."""
PATIENCE_S = 10.0
"""How long an answer is waited for that should come at once: ten times as long as the slowest of these may take, and a
fraction of the time after which services take somebody for gone. What has not come by then is lost."""
SPARE_S = 20.0
"""How much longer than planned a machine may need before something must be wrong with it."""


Person = TypeVar("Person", bound=Participant)


class Sending(NamedTuple):
    """One message of a plan."""

    due_ns: int
    who: Participant
    message: Mapping[str, object]


def in_turn(runtime: Runtime, people: Sequence[Person], does: Callable[[Person], object], *, every_s: float) -> None:
    """Let one after the other do this, whether or not those before have come to the end; return when all have.

    Each does it on a thread of its own. Raises what the first of them raises who fails, when all have come to the end.
    """
    due_ns = list(Schedule(len(people), every_s * 1000).due_ns(time.monotonic_ns() + LEAD_NS))
    with ThreadPoolExecutor(len(people)) as pool:
        doing: list[Future[object]] = []

        async def begin(position: int, _due_ns: int) -> None:
            doing.append(pool.submit(does, people[position]))

        runtime.call(keep_to(due_ns, begin), within_s=len(people) * every_s + SPARE_S)
    for each in doing:
        each.result()


def carry_out(runtime: Runtime, ledger: Ledger, plan: Sequence[Sending], pairings: Iterable[Pairing]) -> set[str]:
    """Send all that is planned, the soonest first; return when everything of these kinds is answered or lost.

    So what comes late is late by its number, and not taken for lost, nor for the answer to something else. Returns
    the connections on which something may still be under way when the time is up.
    """
    plan, since = sorted(plan, key=lambda sending: sending.due_ns), len(ledger)

    async def send(position: int, due_ns: int) -> None:
        await plan[position].who.leg.send(plan[position].message, due_ns=due_ns)

    within_s = (plan[-1].due_ns - plan[0].due_ns) / 1e9 + SPARE_S
    runtime.call(keep_to([sending.due_ns for sending in plan], send), within_s=within_s)
    return await_answers(ledger, pairings, since=since, within_s=PATIENCE_S)


def far_too_late(plan: Sequence[Sending], words: str) -> TooLate:
    """Return the failure of a service that left something of a plan without an answer for all that time.

    Whatever the limit is, it was exceeded by about the patience, which is far longer.
    """
    began_ns = max(sending.due_ns for sending in plan)
    return TooLate(f"too slow: {words}", by_ms=PATIENCE_S * 1000, began_ns=began_ns, ended_ns=time.monotonic_ns())
