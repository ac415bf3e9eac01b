"""Which answer belongs to which request.

By the member in which both say what they are about, wherever the wire has one; by their order on one connection only
where it has none. An answer that nobody asked for, or that comes a second time, belongs to nothing, and none belongs to
a request that was sent after it came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

from earshot.ledger import Kind, Ledger, Observation

Is = Callable[[Observation], bool]


def sent(type_: str) -> Is:
    """Return whether something is a request of this type."""
    return lambda o: o.kind is Kind.SENT and o.type == type_


def told(*types: str) -> Is:
    """Return whether something is a message of the service of one of these types."""
    return lambda o: o.kind is Kind.RECEIVED and o.type in types


def on_its_connection(observation: Observation) -> Collection[Hashable]:
    """Return where what was observed is told apart by order: on its connection."""
    return (observation.leg,)


@dataclass(frozen=True, slots=True)
class Pairing:
    """One kind of request, and what answers it."""

    asks: Is
    answers: Is
    by: str = ""
    """The member in which both say what they are about, such as `chunkId`. Where it is missing, order tells."""
    lines: Callable[[Observation], Collection[Hashable]] = on_its_connection
    """Within what a request and its answer belong together; a request on several lines has an answer on each."""

    def about(self, observation: Observation) -> object:
        """Return what a request or an answer says it is about; None if it does not say."""
        return observation.message.get(self.by) if self.by else None


@dataclass(slots=True)
class Pair:
    request: Observation
    answer: Observation | None = None
    """None if none came."""


class Pairs:
    """The requests of one kind with their answers, told one observation after the other."""

    def __init__(self, pairing: Pairing) -> None:
        self.found: list[Pair] = []
        """In the order of the requests."""
        self.unanswered = 0
        self._pairing = pairing
        self._waiting: dict[Hashable, list[Pair]] = defaultdict(list)

    def follow(self, observation: Observation) -> None:
        """Take note of what happened next."""
        if self._pairing.asks(observation):
            for line in self._pairing.lines(observation):
                self.found.append(Pair(observation))
                self._waiting[line].append(self.found[-1])
                self.unanswered += 1
        elif self._pairing.answers(observation):
            for line in self._pairing.lines(observation):
                self._answer(self._waiting[line], observation)

    def waiting(self) -> set[str]:
        """Return the connections on which something was asked for that has no answer yet."""
        return {pair.request.leg for pairs in self._waiting.values() for pair in pairs}

    def _answer(self, waiting: list[Pair], answer: Observation) -> None:
        about = self._pairing.about(answer)
        same = (pair for pair in waiting if about is not None and self._pairing.about(pair.request) == about)
        any_of_them = (pair for pair in waiting if about is None or self._pairing.about(pair.request) is None)
        if (pair := next(same, None) or next(any_of_them, None)) is not None:
            pair.answer = answer
            waiting.remove(pair)
            self.unanswered -= 1


def pairs(observed: Iterable[Observation], pairing: Pairing) -> Sequence[Pair]:
    """Return every request of this kind with its answer."""
    found = Pairs(pairing)
    for observation in sorted(observed, key=lambda o: o.at_ns):  # what came is kept a moment after it was stamped
        found.follow(observation)
    return found.found


def await_answers(ledger: Ledger, pairings: Iterable[Pairing], *, since: int, within_s: float) -> set[str]:
    """Return when every request since that ledger position is answered, or when it is clear that none will be.

    That is after `within_s`, when a connection has been closed, or when there is an error for each that is missing.
    Returns the connections on which something may still be under way when the time is up.
    """
    followed = [Pairs(pairing) for pairing in pairings]
    known, errors, cut_off = len(ledger), 0, False

    def nothing_more_to_come(observation: Observation) -> bool:
        nonlocal errors, cut_off
        for each in followed:
            each.follow(observation)
        errors += observation.kind is Kind.RECEIVED and observation.type == "error"
        cut_off = cut_off or (
            observation.kind is Kind.CLOSED and any(observation.leg in each.waiting() for each in followed)
        )
        is_news = observation.number >= known - 1
        return is_news and (cut_off or sum(each.unanswered for each in followed) <= errors)

    if ledger.await_first(nothing_more_to_come, since=since, within_s=within_s) is not None:
        return set()
    return {leg for each in followed for leg in each.waiting()}
