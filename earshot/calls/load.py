"""Many who ask at once, batch after batch: how soon they are answered, how many in vain, and what the service needs."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from hamcrest import assert_that, greater_than

from earshot.asking import Request
from earshot.by_plan import in_turn
from earshot.calls import requests
from earshot.calls.figures import Figure
from earshot.calls.guest import LINES, Guest
from earshot.calls.person import SYSTEM, Person
from earshot.calls.system import PERMISSIONS, Calls
from earshot.clock import now_s
from earshot.failures import TargetUnreachable
from earshot.matchers.numbers import between
from earshot.measure.delays import Delay
from earshot.measure.workloads import LOST_S, Workload, percentile, workload
from earshot.scene import new_address

PAUSE_S = 0.1
AT_ONCE_S = 0.001
MB = 1e6
MEMORY, PROCESSOR = Figure("process_resident_memory_bytes"), Figure("process_cpu_seconds_total")
COUNTED = (Figure("http_requests_total"), Figure("http_request_duration_seconds_sum"))
LEFTOVERS = (Figure("active_calls"), Figure("backpressure_queue_size"))
LOAD_USERS = 10


def healthy(_calls: Calls, _person: Person, _number: int) -> Request:
    return requests.get("/healthz", "asks how the service is")


def reported(_calls: Calls, person: Person, number: int, **metadata: object) -> Request:
    metadata = {"hotel_id": "hotel-aurora", **metadata}
    members = {"from_number": "+4930111222", "to_number": LINES["Hotel Aurora"], "metadata": metadata}
    return requests.event("call.started", f"load-{person.correlation_id}-{number}", "reports a call", **members)


def ended(person: Person, number: int) -> Request:
    call_id = f"load-{person.correlation_id}-{number}"
    return requests.event("call.ended", call_id, "reports the end of a call", duration=1)


def signed_in(calls: Calls, _person: Person, number: int) -> Request:
    account = calls.stage.service.account(SYSTEM, f"load_{number % LOAD_USERS}")
    return replace(requests.login(account.user, account.password), headers={"X-Forwarded-For": new_address()})


def spoken(_calls: Calls, person: Person, number: int) -> Request:
    return requests.speech(f"Number {number} of {person.correlation_id}.", language="en-US", format="wav")


def looked_up(_calls: Calls, person: Person, number: int) -> Request:
    return reported(_calls, person, number, reservation_id="RES-2002")


def looked_up_afresh(_calls: Calls, person: Person, number: int) -> Request:
    return reported(_calls, person, number, reservation_id="RES-2002", fresh=True)


def reported_at_length(calls: Calls, person: Person, number: int) -> Request:
    return reported(calls, person, number, large_data="x" * 1000)


Asks = Callable[[Calls, Person, int], Request]
ALL_AT_ONCE: Sequence[tuple[Asks, int]] = ((healthy, 20), (reported, 10), (spoken, 3))


@dataclass(slots=True)
class Load:
    """What was asked at once in one scenario, and what came of it."""

    calls: Calls
    people: list[Person] = field(default_factory=list)
    answers: list[tuple[Delay, bool]] = field(default_factory=list)
    """For each request when it was due, how long it took, and whether it was answered well."""
    found: list[Workload] = field(default_factory=list)
    """What each load came to, the latest last."""
    delays: list[list[Delay]] = field(default_factory=list)
    """How long the answers of each of these took."""
    reported: list[tuple[Person, int]] = field(default_factory=list)
    took_s: float = 0.0
    started: Mapping[str, float] = field(default_factory=dict)
    counted: Mapping[str, float] = field(default_factory=dict)
    """By how much the figures have grown meanwhile."""
    _count: int = 0

    @property
    def latest(self) -> Workload:
        return self.found[-1]

    def crowd(self, count: int) -> list[Person]:
        """Return so many people who share a key without limits of rate, of this scenario's own."""
        while len(self.people) < count:
            (person,) = self.calls.stage.unnamed("Asker", 1, Person)
            if self.people:
                person.key = self.people[0].key
            else:
                self.calls.gives_key(person, PERMISSIONS, internal=True)
            self.people.append(person)
        return self.people[:count]

    def carry_out(self, asks: Asks, count: int, span_s: float) -> Workload:
        """Let so many ask at once, again and again with a pause between, for so long; keep what it came to."""
        people, self.answers = self.crowd(count), []
        before = self.calls.figures()
        self.started = self.started or {figure.name: figure.of(before) for figure in LEFTOVERS}
        began_s = time.monotonic()
        while True:
            in_turn(self.calls.stage.scene.runtime, people, partial(self._one, asks), every_s=AT_ONCE_S)
            self.took_s = time.monotonic() - began_s
            if self.took_s >= span_s:
                break
            self.calls.stage.lets_pass(PAUSE_S)
        after = self.calls.figures()
        self.counted = {each.name: each.of(after) - each.of(before) for each in (*COUNTED, PROCESSOR)}
        example = asks(self.calls, people[0], 0)
        self.found.append(
            workload(
                example.path,
                example.method,
                [(delay.took_ms / 1000, well) for delay, well in self.answers],
                concurrency=count,
                duration_s=self.took_s,
                at=datetime.datetime.fromtimestamp(now_s(), datetime.UTC).isoformat(timespec="seconds"),
                memory_mb=(MEMORY.of(after) - MEMORY.of(before)) / MB,
                cpu_percent=100 * (PROCESSOR.of(after) - PROCESSOR.of(before)) / self.took_s,
            )
        )
        self.delays.append(sorted(delay for delay, _ in self.answers))
        return self.latest

    def carry_out_together(self, works: Sequence[tuple[Asks, int]]) -> None:
        """Let several kinds of requests be asked at once, each once by so many."""
        people, self.answers = self.crowd(sum(count for _, count in works)), []
        asking = dict(zip(people, (asks for asks, count in works for _ in range(count)), strict=True))
        began_s = time.monotonic()
        in_turn(self.calls.stage.scene.runtime, people, lambda who: self._one(asking[who], who), every_s=AT_ONCE_S)
        self.took_s = time.monotonic() - began_s

    def talk(self, count: int, text: str, turns: int) -> None:
        """Let so many guests be put through, say the same in several turns at the same time, and hang up (PERF-15)."""
        for guest in self.calls.guests(count):
            guest.talks("Hotel Aurora", "en-US")

        def speak(guest: Guest) -> None:
            for _ in range(turns):
                guest.says(text)
                self.answers.append((guest.last_answer(), True))
            guest.hangs_up()

        self.answers = []
        self.calls.at_the_same_moment(speak)

    def ends_all(self) -> None:
        """Report the end of every call that was reported."""
        for person, number in self.reported:
            person.asks(self._internal(ended(person, number)))
        self.reported = []

    def p95(self) -> Delay:
        """Return the answer at the index ⌊n·0.95⌋ of all, by how long they took."""
        return percentile(sorted((delay for delay, _ in self.answers), key=lambda delay: delay.took_ms), 0.95)

    @property
    def well(self) -> float:
        """The share of those who were answered well."""
        return sum(well for _, well in self.answers) / len(self.answers)

    def took(self) -> Delay:
        """Return how long it took until all were answered."""
        return Delay(min(delay for delay, _ in self.answers).due_ns, self.took_s * 1000)

    def is_counted(self) -> None:
        """Insist that the service has counted and timed each of these requests (PERF-13)."""
        requests_counted, timed_s = (self.counted[each.name] for each in COUNTED)
        # Looking at the figures is a request, too: that of the first look may be counted.
        assert_that(requests_counted, between(len(self.answers), len(self.answers) + 1), "requests that were counted")
        assert_that(timed_s, between(1e-9, 100), "how long they took by the figures, in s")
        assert_that(self.memory_mb(), greater_than(0), "the memory in use, in MB")
        assert_that(self.counted[PROCESSOR.name], greater_than(0), "the processor time in s")

    def memory_mb(self) -> float:
        return MEMORY.of(self.calls.figures()) / MB

    def leftovers(self) -> Mapping[str, float]:
        """Return what of the load is still under way."""
        text = self.calls.figures()
        return {figure.name: figure.of(text) for figure in LEFTOVERS}

    def _one(self, asks: Asks, person: Person) -> None:
        self._count += 1
        number = self._count
        due_ns = time.monotonic_ns()
        try:
            person.tries_to_ask(self._internal(asks(self.calls, person, number)))
        except TargetUnreachable:
            self.answers.append((Delay(due_ns, LOST_S * 1000), False))
            return
        refused = person.says_no(person.outcome)
        if refused:
            self.calls.stage.surprises.claim(person.outcome)
        elif asks not in (healthy, signed_in, spoken):
            self.reported.append((person, number))
        self.answers.append((person.last_answer(), not refused))

    @staticmethod
    def _internal(request: Request) -> Request:
        return replace(request, headers={"X-Internal-Service": "load", **request.headers})
