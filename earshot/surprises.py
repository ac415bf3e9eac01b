"""Unmentioned effects are zero: what happened without any step asking for it is a failure.

A step that expects an error, or a close, claims it. Whatever nobody claimed is a surprise: a message that says that
something is wrong, a breach of the contract, a close by the service with any code but 1000, a connection refused.
A message without a cause, and disorder in a stream, are surprises whatever steps expected: nobody can ask for them.
"""

from __future__ import annotations

from earshot.causality import Causality
from earshot.ledger import Kind, Ledger, Observation
from earshot.streams import Streams
from earshot.system import describe_refusal
from earshot.systems import complaint

NORMAL_CLOSURE = 1000
POLICY_VIOLATION = 1008
BREACH = "received something the contract does not allow"


class Surprises:
    """Which observations of a ledger somebody expected, and which nobody did."""

    def __init__(self, ledger: Ledger, causality: Causality | None = None, streams: Streams | None = None) -> None:
        self.causality = causality or Causality(ledger, {}, {})
        self.streams = streams or Streams(ledger, {})
        self._ledger = ledger
        self._looked_at = 0
        self._open: list[Observation] = []
        """Surprises that were not told yet; a step may still claim them."""
        self._claimed: set[int] = set()
        self._held: set[int] = set()
        self._refused_legs: set[str] = set()
        self._ended_by_us: set[str] = set()
        self._judged_at_the_end: set[str] = set()
        self._excused: set[str] = set()

    def claim(self, observation: Observation) -> None:
        """Say that a step expected this."""
        self._claimed.add(observation.number)
        self._excuse_close_of(observation)

    def hold(self, observation: Observation) -> None:
        """Put aside what came of an attempt until a step claims it; unclaimed at the end, it is a surprise."""
        self._held.add(observation.number)
        self._excuse_close_of(observation)

    def ended_by_us(self, leg: str) -> None:
        """Say that this connection was closed by its person, so that any close of it is in order."""
        self._ended_by_us.add(leg)
        self.causality.leaves(leg)

    def judge_at_the_end(self, leg: str) -> None:
        """Put aside whatever comes on a connection until the scenario ends, by when a step may have claimed it.

        This is for systems in which an error comes a while after what it is about.
        """
        self._judged_at_the_end.add(leg)

    def excuse_errors(self, leg: str) -> None:
        """Say that errors on this connection may or may not come, depending on how long the scenario takes."""
        self._excused.add(leg)

    def breaches(self) -> list[str]:
        """Return a sentence for each breach of the contract that was neither claimed nor told, which is told now."""
        self._look()
        breaches = [o for o in self._open if o.kind is Kind.VIOLATION and self._is_surprise(o)]
        self._open = [o for o in self._open if o.kind is not Kind.VIOLATION]
        return [self._sentence(o) for o in breaches]

    def news(self, *, at_the_end: bool = False) -> list[str]:
        """Return a sentence for every surprise that has not been told before."""
        self._look()
        surprises = [o for o in self._open if self._is_surprise(o)]
        self._open = [] if at_the_end else [o for o in surprises if self._is_put_aside(o)]
        found = [self._sentence(o) for o in surprises if at_the_end or not self._is_put_aside(o)]
        return [*found, *self.causality.news(at_the_end=at_the_end), *self.streams.news()]

    def _look(self) -> None:
        """Find the surprises among what came since this was last done; each observation is looked at once."""
        new = self._ledger.since(self._looked_at)
        self._looked_at += len(new)
        self._open += [o for o in new if self._is_surprise(o)]

    def _is_put_aside(self, observation: Observation) -> bool:
        late = observation.leg in self._judged_at_the_end and observation.kind is not Kind.VIOLATION
        return late or observation.number in self._held

    def _excuse_close_of(self, refusal: Observation) -> None:
        """A refusal after an accepted upgrade is an error and then a close with 1008: one outcome."""
        if refusal.type == "error":
            self._refused_legs.add(refusal.leg)

    def _is_surprise(self, observation: Observation) -> bool:
        if observation.number in self._claimed:
            return False
        match observation.kind:
            case Kind.VIOLATION | Kind.REFUSED:
                return True
            case Kind.RECEIVED:
                return complaint(observation) is not None and observation.leg not in self._excused
            case Kind.CLOSED:
                return not (
                    observation.ours  # the breach that led to it is told
                    or observation.code == NORMAL_CLOSURE
                    or observation.leg in self._ended_by_us
                    or (observation.code == POLICY_VIOLATION and observation.leg in self._refused_legs)
                )
            case _:
                return False

    def _sentence(self, observation: Observation) -> str:
        after = f"{self._ledger.elapsed_ms(observation):.0f} ms into the scenario"
        match observation.kind:
            case Kind.VIOLATION:
                return f"{observation.leg} {BREACH}, {after}: {observation.words}"
            case Kind.REFUSED:
                return f"{observation.leg} was refused unexpectedly, {after}: {describe_refusal(observation)}"
            case Kind.CLOSED if observation.http is not None:
                return f"{observation.leg}, {after}: {observation.words}"
            case Kind.CLOSED:
                reason = f" ({observation.words})" if observation.words else ""
                return (
                    f"the service closed {observation.leg}'s connection with code {observation.code}{reason}, {after}"
                )
            case _:
                return f"{observation.leg} received an unexpected error, {after}: {complaint(observation)}"
