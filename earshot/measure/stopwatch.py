"""One scenario's stopwatch: it has something done as often as a verdict needs it, and judges how long that took.

What is to be timed is an act that can be repeated, such as "each of them uses every control once". The first round is
made by a When step, further ones by the Then step whose verdict asks for them. Every claim about the same act looks at
the same rounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import TypeVar

from hamcrest import assert_that, equal_to

from earshot.failures import BudgetExceeded, Inconclusive, TooLate, Unusable
from earshot.ledger import Ledger, Observation
from earshot.measure.budget import Budget
from earshot.measure.delays import Delay, Delays, interval_ms
from earshot.measure.fitness import FitnessWatch, Machine
from earshot.measure.floor import Examination, NullEcho
from earshot.measure.growth import growth
from earshot.measure.processors import Processors
from earshot.measure.sentences import AGAIN, average_sentence, duration, sentence
from earshot.measure.verdict import Claim, Outcome, Verdict, judge
from earshot.runtime import Runtime

EXAMINED_WITHIN_S = 30.0
"""How long a busy machine may take for the null echo."""
Measure = Callable[[Sequence[Observation]], Delays]
"""How to read the delays of one round from what was observed in it: always as many, in the order they were due."""
Count = Callable[[Sequence[Observation]], Mapping[str, float]]
"""What else to count in all that was observed; see Judged.counts."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was promised, in the words of the scenario, and the verdict."""

    what: str
    verdict: Verdict
    interval_ms: float
    because: str = ""
    """What else was found, in words."""
    kind: str = ""
    """What sort of work took the time; reports put together what is of one kind."""
    counts: Mapping[str, float] = field(default_factory=dict)
    """What was counted meanwhile, by what to call it, with its unit."""

    @property
    def words(self) -> str:
        """The verdict as a sentence."""
        return f"{sentence(self.verdict)}; {self.because}" if self.because else sentence(self.verdict)


@dataclass(frozen=True, slots=True)
class Compared:
    """What was to be no slower than something else, or so long on average, and the verdict."""

    what: str
    outcome: Outcome
    words: str


Step = TypeVar("Step", bound=Callable[..., object])


def judges_time(step: Step) -> Step:
    """Say of a step function that it judges a time that was taken once; its scenario's machine is watched."""
    step.judges_time = True  # type: ignore[attr-defined]
    return step


class Stopwatch:
    """Judges what one scenario times. Steps use it on their own thread."""

    def __init__(
        self,
        runtime: Runtime,
        ledger: Ledger,
        echo: Callable[[], NullEcho],
        addresses: Callable[[], Iterable[str]],
        limit: Callable[[float], float] = lambda time_ms: time_ms,
    ) -> None:
        """`echo` is asked for the null echo, `addresses` for where the service is, when the first thing is timed.

        `limit` says which limit a run puts in the place of one.
        """
        self._limit = limit
        self.judged: list[Judged] = []
        """Every claim that was judged, with its verdict."""
        self.compared: list[Compared] = []
        self.clock_error_ms = 0.0
        """By how much clocks may differ, where it is not one clock that times begin and end."""
        self._runtime = runtime
        self._ledger = ledger
        self._echo = echo
        self._addresses = addresses
        self._examination: Examination | None = None
        self._watch: FitnessWatch | None = None
        self._act: Callable[[], object] | None = None
        self._rounds: list[Sequence[Observation]] = []
        self._earlier: list[Sequence[Observation]] = []

    def watches(self) -> None:
        """Watch the machine from now on, for what is timed once and not done again; harmless when it is watched."""
        if not self._is_watched:
            self._watch = FitnessWatch(Processors(self._addresses()))
            self._runtime.call(self._watch.begin(), within_s=EXAMINED_WITHIN_S)

    def times(self, act: Callable[[], object]) -> None:
        """Do something whose time is judged later; it may be done again, up to four times in all."""
        if self._examination is None:
            examination = Examination(self._echo(), self._addresses())
            self._examination = self._runtime.call(examination.__aenter__(), within_s=EXAMINED_WITHIN_S)
        self._earlier, self._rounds = self._rounds, []
        self._act = act
        self._again()

    def insist(
        self,
        what: str,
        budget: Budget,
        measure: Measure,
        *,
        because: Callable[[], str] = lambda: "",
        kind: str = "",
        counts: Count = lambda _: {},
    ) -> None:
        """Return if a claim about what was timed holds; `because` says more of what was found, if there is more.

        Raises BudgetExceeded when one can be sure that it is broken, Inconclusive when one cannot tell.
        """
        judged = self.records(what, budget, measure, because=because, kind=kind, counts=counts)
        _raise(judged.verdict.outcome, f"{what}: {judged.words}")

    def records(
        self,
        what: str,
        budget: Budget,
        measure: Measure,
        *,
        because: Callable[[], str] = lambda: "",
        kind: str = "",
        counts: Count = lambda _: {},
    ) -> Judged:
        """Return the verdict on a claim, and keep it for the report, whatever it is."""
        verdict, every_ms = self._verdict(budget, measure)
        counted = counts([observation for observed in self._rounds for observation in observed])
        judged = Judged(what, verdict, every_ms, because(), kind, counted)
        self.judged.append(judged)
        return judged

    def insist_on_outcome(self, expected: Outcome, claim: Claim, budget: Budget, measure: Measure) -> None:
        """Insist that one claim about what was timed so far has this outcome, for a step that knows what it must be."""
        delays = measure(self._round(0))
        samples_ms = [delay.took_ms for delay in delays]
        verdict = judge(
            samples_ms,
            budget,
            interval_ms=interval_ms(delays),
            machine=self._machine,
            held_up_ms=lambda machine: _held_up_ms(machine, delays),
        )
        found = verdict.claims[claim]
        if found is Outcome.INCONCLUSIVE:
            raise Inconclusive(sentence(verdict))
        assert_that(found, equal_to(expected), f"the verdict on the longest silence, {duration(verdict.gap_ms)}")

    def insist_on_no_growth(
        self,
        what: str,
        measure: Measure,
        *,
        first_s: float,
        last_s: float,
        quick_ms: float = 0.0,
        spare_ms: float = 0.0,
    ) -> None:
        """Insist that what was due last takes at most twice as long, and `spare_ms` more, as what was due first.

        Everything up to `quick_ms` is alike quick.
        """
        delays = measure(self._round(0))
        began_ns, ended_ns = delays[0].due_ns, delays[-1].due_ns
        first = [delay for delay in delays if delay.due_ns < began_ns + first_s * 1e9]
        last = [delay for delay in delays if delay.due_ns > ended_ns - last_s * 1e9]
        names = (f"in the first {first_s:g} s", f"in the last {last_s:g} s")
        self._compare(what, first, last, names, quick_ms, spare_ms)

    def insist_on_no_growth_since(
        self, what: str, measure: Measure, names: tuple[str, str], *, quick_ms: float = 0.0
    ) -> None:
        """Insist that what was timed last takes at most twice as long as what was timed before it, or `quick_ms`."""
        self._compare(what, measure(self._earlier[0]), measure(self._round(0)), names, quick_ms)

    def insist_on_times(self, delays: Sequence[Delay], most_ms: float, what: str) -> None:
        """Insist that there are some, and that none of them took longer."""
        if not delays:
            raise AssertionError(f"{what}: nothing was timed")
        self.insist_on_time(max(delays, key=lambda delay: delay.took_ms), 0, most_ms, f"{what}, the longest of them")

    def insist_on_time(self, delay: Delay, least_ms: float, most_ms: float, what: str) -> None:
        """Insist that something took so long and no longer, such as until somebody fell silent.

        The machine must be watched: see `judges_time`.
        """
        if not self._is_watched:
            raise RuntimeError("this step judges a time; say so of it with @judges_time")
        most_ms = self._limit(most_ms)
        took = f"{what}: {delay.took_ms:.0f} ms, and {least_ms:g} to {most_ms:g} ms were expected"
        if delay.took_ms < least_ms:
            raise AssertionError(took)
        if (by_ms := delay.took_ms - most_ms) > 0:
            if delay.took_ms == math.inf:
                raise AssertionError(f"{what}: it never came, and {least_ms:g} to {most_ms:g} ms were expected")
            ended_ns = delay.due_ns + round(delay.took_ms * 1e6)
            failure = TooLate(took, by_ms=by_ms, began_ns=delay.due_ns, ended_ns=ended_ns)
            self.excuse(failure)
            raise failure

    def excuse(self, failure: TooLate) -> None:
        """Raise Inconclusive instead if the machine explains by how much it was late; nothing else is excused."""
        if not self._is_watched:
            return
        machine = self._machine()
        error_ms = machine.held_up.ms(failure.began_ns, failure.ended_ns) + (machine.error_ms(95) or 0.0)
        if failure.by_ms <= error_ms:
            why = ", ".join(machine.complaints(None)) or machine.in_words()
            raise Inconclusive(
                f"{failure}; but the machine may have made it {duration(error_ms)} late: {why}; {AGAIN}"
            ) from failure

    def stop(self) -> None:
        """End the examination of the machine; harmless when nothing was timed."""
        if self._watch is not None:
            self._runtime.do(self._watch.end)
            self._watch = None
        if self._examination is not None:
            examination, self._examination = self._examination, None
            self._runtime.call(examination.__aexit__(None, None, None), within_s=EXAMINED_WITHIN_S)

    def insist_on_average(self, what: str, limit_ms: float, measure: Measure, *, things: str) -> None:
        """Insist that these took no longer on average; see `insist` for what it raises."""
        delays, limit_ms = measure(self._round(0)), self._limit(limit_ms)
        if not delays:
            raise Unusable(f"{what}: no {things} were asked for, so nothing can be said of them")
        machine, times_ms = self._machine(), [delay.took_ms for delay in delays]
        error_ms = fmean(_held_up_ms(machine, delays)) + (machine.error_ms(95) or 0.0)
        if (average_ms := fmean(times_ms)) <= limit_ms:
            outcome = Outcome.PASS
        else:
            outcome = Outcome.FAIL if average_ms > limit_ms + error_ms else Outcome.INCONCLUSIVE
        words = average_sentence(outcome, times_ms, limit_ms, error_ms, things)
        self.compared.append(Compared(what, outcome, words))
        _raise(outcome, f"{what}: {words}")

    def _compare(
        self,
        what: str,
        before: Delays,
        after: Delays,
        names: tuple[str, str],
        quick_ms: float,
        spare_ms: float = 0.0,
    ) -> None:
        machine = self._machine()
        found = growth(
            [delay.took_ms for delay in before],
            [delay.took_ms for delay in after],
            held_up_ms=(_held_up_ms(machine, before), _held_up_ms(machine, after)),
            at_most=2.0,
            error_ms=machine.error_ms(95) or 0.0,
            names=names,
            quick_ms=quick_ms,
            spare_ms=spare_ms,
            complaints=machine.complaints(None),
        )
        self.compared.append(Compared(what, found.outcome, found.words))
        _raise(found.outcome, f"{what}: {found.words}")

    def _verdict(self, budget: Budget, measure: Measure) -> tuple[Verdict, float]:
        """Return the verdict, and how far apart the samples were due, in ms."""
        budget = replace(budget, limit_ms=self._limit(budget.limit_ms))
        looked_at = list(measure(self._round(0)))
        every_ms, given = interval_ms(looked_at), 1
        samples_ms = [delay.took_ms for delay in looked_at]

        def more(count: int) -> Sequence[float]:
            nonlocal given
            taken: list[Delay] = []
            while len(taken) < count:
                taken += measure(self._round(given))
                given += 1
            looked_at.extend(taken)
            return [delay.took_ms for delay in taken]

        verdict = judge(
            samples_ms,
            budget,
            interval_ms=every_ms,
            extend=more,
            machine=self._machine,
            held_up_ms=lambda machine: _held_up_ms(machine, looked_at),
        )
        return verdict, every_ms

    def _round(self, number: int) -> Sequence[Observation]:
        while len(self._rounds) <= number:
            self._again()
        return self._rounds[number]

    def _again(self) -> None:
        if self._act is None:
            raise RuntimeError("nothing was timed: the When step of this scenario must say what to time")
        since = len(self._ledger)
        try:
            self._act()
        except TooLate as failure:
            self.excuse(failure)
            raise
        self._rounds.append(self._ledger.since(since))

    @property
    def _is_watched(self) -> bool:
        return self._examination is not None or self._watch is not None

    def _machine(self) -> Machine:
        if self._examination is None:
            assert self._watch is not None, "the machine is watched from the first round on, or since the latest When"
            return Machine((), *self._runtime.call(self._watch.so_far(), within_s=EXAMINED_WITHIN_S))
        machine = self._runtime.call(self._examination.machine(), within_s=EXAMINED_WITHIN_S)
        return replace(machine, clock_error_ms=self.clock_error_ms)


def _held_up_ms(machine: Machine, delays: Iterable[Delay]) -> list[float]:
    """Return for how long others held up each of these at most; what never came was not held up by anybody."""
    came = ((delay, 0 if delay.took_ms == math.inf else round(delay.took_ms * 1e6)) for delay in delays)
    return [machine.held_up.ms(delay.due_ns, delay.due_ns + took_ns) if took_ns else 0.0 for delay, took_ns in came]


def _raise(outcome: Outcome, words: str) -> None:
    if outcome is Outcome.FAIL:
        raise BudgetExceeded(words)
    if outcome is Outcome.INCONCLUSIVE:
        raise Inconclusive(words)
