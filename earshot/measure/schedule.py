"""Sending by plan, whatever comes back (an open model).

Somebody who waits for an answer before sending again hides exactly the stalls that were to be found: while the service
stands still, nothing is asked, so nothing is late. Here every message has a time at which it is due, fixed beforehand.
It is sent then or, if that was not possible, as soon as it is; none is skipped, and its latency runs from when it was
due.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from earshot.measure.timer import Timer

Clock = Callable[[], int]
Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """So many messages at a fixed interval; an offset keeps senders that begin together from sending together."""

    count: int
    interval_ms: float
    offset_ms: float = 0.0

    def __post_init__(self) -> None:
        if self.count < 1 or self.interval_ms <= 0 or self.offset_ms < 0:
            raise ValueError(f"expected at least one message, an interval above 0 and no negative offset, got {self}")

    def due_ns(self, began_ns: int) -> Iterator[int]:
        """Yield when each message is due, for a plan that began at `began_ns`."""
        for k in range(self.count):
            yield began_ns + round((self.offset_ms + k * self.interval_ms) * 1e6)


async def keep_to(
    due_ns: Iterable[int],
    send: Callable[[int, int], Awaitable[object]],
    *,
    clock: Clock = time.monotonic_ns,
    sleep: Sleep | None = None,
) -> list[int]:
    """Call `send(k, due)` for each due time, never before it and never leaving one out; return when each was called.

    `send` should return when the message is handed over, not when it is answered. Times are of `clock`, in nanoseconds.
    """
    sent_ns = []
    with Timer() as timer:
        for k, due in enumerate(due_ns):
            while (left_ns := due - clock()) > 0:  # again, as some loops wake up too early
                await (sleep or timer.sleep)(left_ns / 1e9)
            sent_ns.append(clock())
            await send(k, due)
    return sent_ns


def worst_gap_ms(samples_ms: Sequence[float], interval_ms: float) -> float:
    """Return the longest time during which something was due and no answer came at all.

    `samples_ms` are latencies of messages that were due one `interval_ms` after the other. After the last answer,
    silence counts until the last message was due: for how long it went on is not known.
    """
    due = [k * interval_ms for k in range(len(samples_ms))]
    arrivals = sorted(at + took for at, took in zip(due, samples_ms, strict=True) if took < math.inf)
    worst, position = 0.0, 0
    for at in due:
        while position < len(arrivals) and arrivals[position] < at:
            position += 1
        until = arrivals[position] if position < len(arrivals) else due[-1]
        worst = max(worst, until - at)
    return worst
