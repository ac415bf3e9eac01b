"""What many tried at once, or one again and again, and how many of them fared how."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hamcrest import assert_that, equal_to
from hamcrest.core.matcher import Matcher

from earshot.asking import Asker, Reason, Refusal, Request, refused
from earshot.by_plan import in_turn
from earshot.ledger import Observation
from earshot.matchers.expectation import expectation
from earshot.measure.delays import Delay
from earshot.scene import new_address

if TYPE_CHECKING:
    from earshot.stage import Stage

LOOK_EVERY_S = 0.1
AT_ONCE_S = 0.001
LONGEST_S = 15.0
"""Nothing that is tried until it turns takes longer."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """So many times at once, in so many bursts."""

    count: int
    bursts: int = 1
    apart_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Share:
    words: str
    fits: Callable[[Sequence[Sequence[bool]]], bool]
    """Given, burst by burst, whether each fared so."""


@dataclass(frozen=True, slots=True)
class Fate:
    words: str
    is_so: Callable[[Observation], bool]


Fates = Callable[[str], Fate]
"""Returns what that means in a system of this name."""
Attempt = Callable[[], object]


@dataclass
class Tried:
    """By what it is called: the outcomes, burst by burst."""

    stage: Stage
    system: str = ""
    """Which one was asked last."""
    outcomes: dict[str, list[list[Observation]]] = field(default_factory=dict)
    took: Delay = field(default_factory=lambda: Delay(0, 0))
    """How long it took until something turned."""

    def again_and_again(self, person: Callable[[], Asker], attempt: Attempt, rhythm: Rhythm) -> None:
        """Let somebody try this, burst by burst, each at its time."""
        began_s, bursts = time.monotonic(), list[list[Observation]]()
        for number in range(rhythm.bursts):
            self.stage.lets_pass(max(0.0, began_s + number * rhythm.apart_s - time.monotonic()))
            bursts.append([self._outcome(person, attempt) for _ in range(rhythm.count)])
        self.outcomes = {"attempts": bursts}

    def until(self, person: Callable[[], Asker], attempt: Attempt, *, wanted: bool) -> None:
        """Let somebody try this until it is granted, or no longer; AssertionError where it does not turn."""
        began_s = time.monotonic()
        while is_granted(outcome := self._outcome(person, attempt)) is not wanted:
            if time.monotonic() - began_s > LONGEST_S:
                raise AssertionError(f"{person().name} was answered with {outcome.type} for {LONGEST_S:g} s")
            self.stage.lets_pass(LOOK_EVERY_S)
            person().address = new_address()  # where sign-ins are counted by address, too
        self.took = Delay(round(began_s * 1e9), (time.monotonic() - began_s) * 1000)

    def at_once(self, people: Sequence[Asker], attempt: Callable[[str], object], times: int) -> None:
        """Let people try this so many times altogether, all of them at once and each one after the other."""
        shares = {who: range(number, times, len(people)) for number, who in enumerate(people)}
        answers: list[Observation] = []

        def does(who: Asker) -> None:
            for _ in shares[who]:
                attempt(who.name)
                answers.append(self._claimed(who))

        in_turn(self.stage.scene.runtime, people, does, every_s=AT_ONCE_S)
        self.outcomes = {"attempts": [answers]}

    def together(self, crowd: Mapping[str, Sequence[tuple[Asker, Request]]], *, every_s: float) -> None:
        """Let everybody ask for theirs, one a moment after the other, whether or not those before are answered."""
        everybody = [one for part in crowd.values() for one in part]
        asked = dict(everybody)
        in_turn(self.stage.scene.runtime, list(asked), lambda who: who.tries_to_ask(asked[who]), every_s=every_s)
        self.outcomes = {kind: [[self._claimed(who) for who, _ in part]] for kind, part in crowd.items()}

    def delay(self, answer: Observation) -> Delay:
        """Return how long an answer took."""
        asked = next(o for o in self.stage.ledger if answer.http and o.number == answer.http.request)
        return Delay.between(asked, answer)

    def delays(self) -> list[Delay]:
        """Return how long everything took that was granted."""
        every = (one for bursts in self.outcomes.values() for burst in bursts for one in burst)
        return [self.delay(one) for one in every if is_granted(one)]

    def judge(self, share: Share, kind: str, fates: Fates) -> None:
        """Insist that this share of what was tried fared so."""
        bursts, fate = self.outcomes.get(kind), fates(self.system)
        if not bursts:
            raise AssertionError(f"nobody has tried {kind} in this scenario")
        assert_that(bursts, self._of(share, fate), f"how many of the {kind} were {fate.words}")

    def are_alike(self) -> None:
        """Insist that all of the attempts were answered with the same."""
        answers = [{**one.message, "timestamp": None} for burst in self.outcomes["attempts"] for one in burst]
        assert_that(answers, equal_to([answers[0]] * len(answers)), "what they were told")

    @staticmethod
    def _of(share: Share, fate: Fate) -> Matcher[Sequence[Sequence[Observation]]]:
        def instead(bursts: Sequence[Sequence[Observation]]) -> str:
            counts = [sum(map(fate.is_so, burst)) for burst in bursts]
            other = {one.type: Asker.words(one.message) for burst in bursts for one in burst if not fate.is_so(one)}
            told = "; ".join(f"{kind} {words}".strip() for kind, words in other.items())
            return f"it was {', '.join(map(str, counts))} of {sum(map(len, bursts))}; the others: {told or 'none'}"

        fits = lambda bursts: share.fits([[fate.is_so(one) for one in burst] for burst in bursts])  # noqa: E731
        return expectation(share.words, fits, instead)

    def _outcome(self, person: Callable[[], Asker], attempt: Attempt) -> Observation:
        attempt()
        return self._claimed(person())

    def _claimed(self, person: Asker) -> Observation:
        self.stage.surprises.claim(person.outcome)
        self.system = person.system
        return person.outcome


def is_granted(outcome: Observation) -> bool:
    return (outcome.code or 0) < 400


GRANTED = Fate("granted", is_granted)


def refused_because(words: str, reason: Reason) -> Fate:
    matcher = refused(reason)

    def is_so(outcome: Observation) -> bool:
        return not is_granted(outcome) and matcher.matches(Refusal(outcome.code, Asker.words(outcome.message)))

    return Fate(f"refused because {words}", is_so)


def either(one: Fate, other: Fate) -> Fate:
    return Fate(f"{one.words}, or {other.words}", lambda outcome: one.is_so(outcome) or other.is_so(outcome))
