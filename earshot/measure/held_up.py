"""How long an exchange was held up because its processes had no processor, which others used meanwhile.

Whatever the machine takes away from a service shows in two places: one of the threads that have to do with the exchange
could have gone on and waited for a processor, and somebody who has nothing to do with it used one. An exchange was held
up for no longer than either. What it took beyond that, it would have taken on an idle machine too.

A thread that did not come to rest before the exchange began still had work of earlier ones. Then what held it up since
it last rested counts as well.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from earshot.measure.budget import percent
from earshot.measure.processors import TICK_NS, Reading

AT_REST = 0.05
"""A thread that neither ran nor waited for so much of an interval had nothing left to do in it."""
COUNTED_ROUGHLY_NS = 2 * TICK_NS
"""By so much what everybody used in a short time may be counted too low."""


@dataclass(frozen=True, slots=True)
class Used:
    """Who used the processors, each in processors: 1.4 is all of one and four tenths of another."""

    service: float
    harness: float
    others: float
    """Anybody else on this machine."""
    stolen: float
    """What the host gave to other virtual machines."""
    processors: float
    """How many there are."""

    def in_words(self) -> str:
        """Say whose processes used how much."""
        stolen = f", other virtual machines {percent(self.stolen)}" if self.stolen >= 0.005 else ""
        return (
            f"of {self.processors:.0f} processors ({percent(round(self.processors))}) the service itself used "
            f"{percent(self.service)}, the harness {percent(self.harness)}, others {percent(self.others)}{stolen}"
        )


class HeldUp:
    """What readings, in order, tell of the times between them."""

    def __init__(self, readings: Sequence[Reading], *, hides_service: bool = False) -> None:
        """With `hides_service`, nobody knows how long the service waited: whatever others used may have held it up."""
        self._hides_service = hides_service
        spans = [_Span.between(*pair) for pair in pairwise(readings)]
        self._began_ns = [span.began_ns for span in spans]
        self._ended_ns = [span.ended_ns for span in spans]
        self._spans = spans
        _put_in_their_time(spans)
        self._rested = {task: _last_rests(spans, task) for task in {task for span in spans for task in span.waited_ns}}
        self._waited = {task: _summed([span.waited_ns.get(task, 0) for span in spans]) for task in self._rested}
        self._others = _summed([span.others_ns for span in spans])
        self._stolen = _summed([span.stolen_ns for span in spans])

    def ms(self, began_ns: int, ended_ns: int) -> float:
        """Return for how long, at most, others held up what happened between these times."""
        first, last = max(0, bisect_right(self._ended_ns, began_ns)), bisect_left(self._began_ns, ended_ns)
        if first >= last:
            return 0.0
        since, waited = first, self._stolen[last] - self._stolen[first]
        for task, rested in self._rested.items():
            since = min(since, rested[first])
            waited += self._waited[task][last] - self._waited[task][rested[first]]
            if rested[first] == first:
                waited -= self._beside(task, first, began_ns, min(ended_ns, self._ended_ns[first]))
            if last - 1 > first or rested[first] < first:
                waited -= self._beside(task, last - 1, self._began_ns[last - 1], ended_ns)
        by_others = self._others[last] - self._others[since] + COUNTED_ROUGHLY_NS
        return max(0, by_others if self._hides_service else min(waited, by_others)) / 1e6

    def _beside(self, task: int, number: int, began_ns: int, ended_ns: int) -> int:
        """Return for how long a thread waited in a span, but surely not between these times of it."""
        return max(0, self._spans[number].waited_ns.get(task, 0) - max(0, ended_ns - began_ns))

    def used(self) -> Used | None:
        """Return who used the processors from the first reading to the last; None where the system does not say."""
        took_ns = sum(span.ended_ns - span.began_ns for span in self._spans)
        used_ns = sum(span.used_ns for span in self._spans)
        if not took_ns or not used_ns:
            return None
        service_ns, harness_ns = (sum(span.ran_ns(of_service) for span in self._spans) for of_service in (True, False))
        others_ns = max(0, used_ns - service_ns - harness_ns - self._stolen[-1])
        everything = used_ns + sum(span.free_ns for span in self._spans)
        return Used(*(ns / took_ns for ns in (service_ns, harness_ns, others_ns, self._stolen[-1], everything)))


@dataclass(slots=True)
class _Span:
    """What happened between two readings."""

    began_ns: int
    ended_ns: int
    used_ns: int
    free_ns: int
    stolen_ns: int
    ran: dict[int, tuple[int, bool]]
    """Of each thread: how long it ran, and whether it is the service's."""
    waited_ns: dict[int, int]

    @classmethod
    def between(cls, before: Reading, after: Reading) -> _Span:
        ran, waited_ns = {}, {}
        for task, now in after.threads.items():
            if (then := before.threads.get(task)) is not None:  # what a thread did before it was found is not known
                ran[task] = now.ran_ns - then.ran_ns, now.of_service
                waited_ns[task] = now.waited_ns - then.waited_ns
        return cls(
            before.at_ns,
            after.at_ns,
            after.used_ns - before.used_ns,
            after.free_ns - before.free_ns,
            after.stolen_ns - before.stolen_ns,
            ran,
            waited_ns,
        )

    @property
    def others_ns(self) -> int:
        return self.used_ns - sum(ran_ns for ran_ns, _ in self.ran.values())

    def ran_ns(self, of_service: bool) -> int:
        return sum(ran_ns for ran_ns, whose in self.ran.values() if whose is of_service)

    def room_ns(self, task: int) -> int:
        """Return for how long the thread did not run."""
        return max(0, self.ended_ns - self.began_ns - self.ran.get(task, (0, False))[0])

    def was_busy(self, task: int) -> bool:
        rest_ns = self.room_ns(task) - self.waited_ns.get(task, 0)
        return rest_ns < AT_REST * (self.ended_ns - self.began_ns)


def _put_in_their_time(spans: Sequence[_Span]) -> None:
    """Move waits, which are counted when they end, to the spans in which they happened."""
    for earlier, later in reversed(list(pairwise(spans))):
        for task, waited_ns in later.waited_ns.items():
            too_long_ns = waited_ns - later.room_ns(task)
            if too_long_ns > 0 and task in earlier.waited_ns:
                later.waited_ns[task] -= too_long_ns
                earlier.waited_ns[task] += too_long_ns


def _last_rests(spans: Sequence[_Span], task: int) -> list[int]:
    """Return for each span since which one the thread had not come to rest before it began."""
    found = [0] if spans else []
    for number, span in enumerate(spans[:-1], start=1):
        found.append(found[-1] if span.was_busy(task) else number)
    return found


def _summed(numbers: Sequence[int]) -> list[int]:
    return [0, *accumulate(numbers)]
