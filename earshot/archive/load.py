"""Many who use the archive at once: how long it takes, and what it needs for it (section 15)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median

from hamcrest import assert_that, close_to, equal_to, less_than

from earshot.archive.person import Person
from earshot.archive.requests import ask
from earshot.archive.system import Archive
from earshot.by_plan import in_turn
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay
from earshot.patience import comes_to

AT_ONCE_S = 0.001
PAGE = 50
LOOKS, WARM_UP = 10, 3
FLOOR_MS = 50.0
MOST_TIMES = 2.0
MB = 1 << 20
NEARLY = 5
CROWD = 20
SETTLES_S = 5.0
LADDER = (1, 5, 10, 20, 50)
EACH = 10
QUICK_MS = 1000.0
Work = Callable[[Archive, Person, int], None]


def creates_looks_and_begins(archive: Archive, person: Person, _number: int) -> None:
    """Register a recording, look at it, and say that it is processed."""
    name = archive.takes_a_new_one(person.name)
    archive.is_registered(name, person.asks(archive.registering(name, archive.form())).message)
    recording = archive.recordings[name]
    person.asks(ask("looks at a recording", id=recording.id))
    person.asks(archive.changing(recording, {"status": "processing"}))


def _asking(asks: str, **query: object) -> Work:
    def does(_archive: Archive, person: Person, _number: int) -> None:
        person.asks(ask(asks, query=query))

    return does


def registers(archive: Archive, person: Person, _number: int) -> None:
    name = archive.takes_a_new_one(person.name)
    archive.is_registered(name, person.asks(archive.registering(name, archive.form())).message)


def looks_and_changes(archive: Archive, person: Person, number: int) -> None:
    recording = list(archive.recordings.values())[number % len(archive.recordings)]
    person.asks(ask("looks at a recording", id=recording.id))
    person.asks(archive.changing(recording, {"description": f"Words of number {number}"}))


def hands_in(archive: Archive, person: Person, number: int) -> None:
    recording = list(archive.recordings.values())[number % len(archive.recordings)]
    archive.asks_for(person, recording)


WORK: dict[str, Work] = {
    "register recordings, look at them and begin with them": creates_looks_and_begins,
    "register recordings": registers,
    "look at recordings and change them": looks_and_changes,
    "list the recordings": _asking("lists the recordings", limit=PAGE),
    "ask how the archive is": _asking("asks how the archive is"),
    "look at the queue": _asking("looks at the queue"),
    "hand in recordings": hands_in,
}


@dataclass
class Load:
    """What was done at once in one scenario, and how long each answer took."""

    archive: Archive
    delays: list[Delay] = field(default_factory=list)
    took: Delay = field(default_factory=lambda: Delay(0, 0))
    looks: list[list[float]] = field(default_factory=list)
    steps: list[list[Delay]] = field(default_factory=list)
    before: dict[str, float] = field(default_factory=dict)

    def carry_out(self, work: Work, people: int, times: int) -> None:
        """Let so many people do this so many times altogether, each one after the other."""
        everybody = self.archive.archivists(people)
        ledger = self.archive.stage.ledger
        began, began_ns = len(ledger), time.monotonic_ns()

        def does(person: Person) -> None:
            for number in range(everybody.index(person), times, people):
                work(self.archive, person, number)

        in_turn(self.archive.stage.scene.runtime, everybody, does, every_s=AT_ONCE_S)
        self.took = Delay(began_ns, (time.monotonic_ns() - began_ns) / 1e6)
        self.delays = self._answers(began)

    def notes(self) -> None:
        """Take note of what the archive needs before a load, when everybody is connected (ARC-198)."""
        for person in self.archive.archivists(CROWD):
            person.asks(ask("asks whether the archive is there"))
        self.before = self._needs()

    def looks_at_the_list(self) -> None:
        """Time looks at a page of the list, the first of which do not count (ARC-193)."""
        person = self.archive.onlooker
        times = []
        for _ in range(WARM_UP + LOOKS):
            person.asks(ask("lists the recordings", query={"limit": PAGE}))
            times.append(person.last_answer().took_ms)
        self.looks.append(times[WARM_UP:])

    def list_is_as_quick(self) -> Delay:
        """Return the median of the looks after the load, and insist on nothing else; see `most_ms`."""
        return Delay(time.monotonic_ns(), median(self.looks[-1]))

    @property
    def most_ms(self) -> float:
        """How long a look may take after the load: twice what it took before, or a little."""
        return max(MOST_TIMES * median(self.looks[0]), median(self.looks[0]) + FLOOR_MS)

    def climbs(self, work: Work) -> None:
        """Let more and more people do this, ten times each (ARC-197)."""
        for people in LADDER:
            self.carry_out(work, people, people * EACH)
            self.steps.append(self.delays)

    def at_the_top(self) -> tuple[Delay, float]:
        """Return the 95th of 100 answers with the most people, and how long it may take."""
        first, last = percentile(self.steps[0], 0.95), percentile(self.steps[-1], 0.95)
        return last, max(10 * first.took_ms, QUICK_MS)

    def nothing_is_lost(self) -> None:
        """Insist that everything is there, and was begun with (ARC-199)."""
        ids = {each.id for each in self.archive.recordings.values()}
        found = {each["id"]: each["status"] for each in self.archive.everything() if each["id"] in ids}
        assert_that(found, equal_to(dict.fromkeys(ids, "processing")), "the recordings and their states")

    def needs_what_it_needed(self, most_mb: float) -> None:
        """Insist that memory, files and threads come back to what they were (ARC-198)."""
        grown = (self._needs()["memory_bytes"] - self.before["memory_bytes"]) / MB
        assert_that(grown, less_than(most_mb), "by how many MiB the archive has grown")
        for name in ("open_files", "threads"):
            expected = close_to(self.before[name], NEARLY)
            comes_to(partial(self._need, name), expected, name, within_s=SETTLES_S)

    def _need(self, name: str) -> float:
        return self._needs()[name]

    def _needs(self) -> dict[str, float]:
        census = self.archive.stage.control.census()
        return {name: float(getattr(census, name)) for name in ("memory_bytes", "open_files", "threads")}

    def _answers(self, began: int) -> list[Delay]:
        observed: Sequence[Observation] = self.archive.stage.ledger.since(began)
        asked = {o.number: o for o in observed if o.kind is Kind.SENT}
        answers = [o for o in observed if o.kind is Kind.RECEIVED and o.http is not None]
        return [Delay.between(asked[o.http.request], o) for o in answers if o.http and o.http.request in asked]


def percentile(delays: Sequence[Delay], share: float) -> Delay:
    ordered = sorted(delays, key=lambda delay: delay.took_ms)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
