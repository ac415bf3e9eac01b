"""One scenario's cast, and everything it observed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from hamcrest import empty, has_entries, none
from hamcrest.core.matcher import Matcher

from earshot.audio.clips import SampleLibrary
from earshot.broadcast.attempts import Refusal
from earshot.broadcast.ensemble import Ensemble
from earshot.broadcast.explore.expedition import Expedition, everyday_seed
from earshot.broadcast.explore.flood import Flood
from earshot.broadcast.figures import Bookkeeping
from earshot.broadcast.interpreters import Interpreters
from earshot.broadcast.intruder import Intruder
from earshot.broadcast.listener import Listener
from earshot.broadcast.load.hall import Audience, Hall
from earshot.broadcast.matchers.refusals import refused_with
from earshot.broadcast.person import SYSTEM as BROADCAST
from earshot.broadcast.person import Person
from earshot.broadcast.recogniser import Recogniser
from earshot.broadcast.records import Records
from earshot.broadcast.secrets import people_secrets
from earshot.broadcast.speaker import Speaker
from earshot.broadcast.tables import Item
from earshot.conversation.browser.actor import Page
from earshot.conversation.caller import Caller
from earshot.conversation.company import Company
from earshot.conversation.kept import Minutes
from earshot.failures import ContractBreach, Inconclusive, Unusable
from earshot.ledger import Ledger, Observation
from earshot.measure.floor import NullEcho
from earshot.measure.stopwatch import Stopwatch
from earshot.participant import Participant
from earshot.runtime import Runtime
from earshot.scene import Scene
from earshot.surprises import BREACH, Surprises
from earshot.targets.control import Control
from earshot.targets.logs import Entry, Log
from earshot.targets.metrics import Metrics
from earshot.targets.service import Service
from earshot.targets.target import Target
from earshot.wire.contract import Contract

Role = TypeVar("Role", bound=Participant)
TOO_SLOW = ("TIMEOUT", "RATE_LIMIT_EXCEEDED")
"""The errors by which a service says that it has given up in time, or that what was held up came all at once."""
GUEST = "Guest"
"""What people are called whose names do not matter; they are numbered."""


class Stage:
    """The only thing a step knows: who is on stage, and what happened."""

    def __init__(
        self,
        *,
        runtime: Runtime,
        target: Target,
        samples: SampleLibrary,
        contracts: Mapping[str, Contract],
        equivalent_codes: Mapping[str, frozenset[str]],
        echo: Callable[[], NullEcho],
    ) -> None:
        ledger = Ledger()
        self.ledger = ledger
        self.surprises = Surprises(ledger)
        self.stopwatch = Stopwatch(runtime, ledger, echo)
        """Judges how long things take."""
        self.turning_point = 0
        """Position in the ledger where the latest When step began."""
        self._turned_ns = ledger.began_ns
        self.records_seen: list[dict[str, Item | None]] = []
        """The records of the sessions each time somebody looked at them, by what to call them."""
        self._target = target
        self._equivalent_codes = equivalent_codes
        self._echo = echo
        self._scene = Scene(runtime, target.service({}), samples, contracts, ledger, self.surprises)
        self._settings: dict[str, str] = {}
        self._expedition: Expedition | None = None
        self._flood: Flood | None = None
        self._recognisers: dict[str, Recogniser] = {}
        self._interpreters: Interpreters | None = None
        self._ensemble: Ensemble | None = None
        self._hall: Audience | None = None
        self._cast: dict[tuple[str, type[Participant], int], Participant] = {}
        self.minutes = Minutes(self._scene)
        """What the service keeps of conversations, and how it says it is."""
        self._log_began = _size(self._scene.service.log)
        self._has_ordered_faults = False
        self._bookkeeping: Bookkeeping | None = None
        self._lost_sessions: set[str] = set()
        self._service_is_gone = False

    @property
    def service(self) -> Service:
        """The service under test."""
        return self._scene.service

    @property
    def can_choose_settings(self) -> bool:
        """Whether the target can be asked for a service with other settings."""
        return "needs-settings" in self._target.capabilities

    def uses_service_with(self, settings: Mapping[str, str]) -> None:
        """Let everybody connect to a service with these further settings; for scenarios tagged @needs-settings."""
        self._settings |= settings
        self._uses(self._target.service(self._settings))

    def uses_service_alone(self) -> None:
        """Let everybody connect to a service that nobody outside this scenario uses, where there can be one."""
        self._uses(self._target.service_alone(self._settings))

    def _uses(self, service: Service) -> None:
        if any(person.legs for person in self.people):
            raise RuntimeError("the service is chosen before anybody connects")
        self._scene.service = service
        self._log_began = _size(service.log)

    def another(self) -> Stage:
        """Return an empty stage beside this one, before the same target: a story within the story."""
        return Stage(
            runtime=self._scene.runtime,
            target=self._target,
            samples=self.samples,
            contracts=self._scene.contracts,
            equivalent_codes=self._equivalent_codes,
            echo=self._echo,
        )

    def _noted(self, who: str, words: str) -> None:
        self.ledger.note(who, words)

    @property
    def expedition(self) -> Expedition:
        """People doing as they like, for as long as a step says."""
        if self._expedition is None:
            self._expedition = Expedition(self.another, lambda words: self._noted("the explorer", words))
        return self._expedition

    @property
    def flood(self) -> Flood:
        """Hostile frames from somebody's device."""
        if self._flood is None:
            self._flood = Flood(self, seed=everyday_seed())
        return self._flood

    @property
    def samples(self) -> SampleLibrary:
        """What can be said, and its recordings in every language."""
        return self._scene.samples

    @property
    def contract(self) -> Contract:
        """The agreement that every message of a broadcast is held against."""
        return self._scene.contracts[Person.system]

    def refused_with(self, code: str) -> Matcher[Refusal]:
        """Match a refusal that means this error code, in the words of the service under test."""
        equivalents = self._equivalent_codes.get(code, frozenset())
        return refused_with(code, equivalents=equivalents, status=self.contract.status_of(code))

    @property
    def records(self) -> Records:
        """What the service has on record; only for scenarios that need it (tag @needs-table)."""
        tables = self._scene.service.tables
        if tables is None:
            raise Unusable("this step reads the service's tables, which the target does not grant; tag it @needs-table")
        return Records(tables)

    @property
    def control(self) -> Control:
        """Where faults are ordered and doubles read (@needs-fault, @needs-double); faults end with the scenario."""
        control = self._scene.service.control
        if control is None:
            raise Unusable(
                "this step uses the service's control plane, which the target does not grant; "
                "tag its scenario @needs-fault or @needs-double"
            )
        self._has_ordered_faults = True
        return control

    @property
    def metrics(self) -> Metrics:
        """What the service records about itself; only for scenarios that need it (tag @needs-metrics)."""
        metrics = self._scene.service.metrics
        if metrics is None:
            raise Unusable("this step reads metrics, which the target does not grant; tag its scenario @needs-metrics")
        return metrics

    @property
    def bookkeeping(self) -> Bookkeeping:
        """What the service counts and times, session by session and as a whole (tag @needs-metrics)."""
        if self._bookkeeping is None:
            self._bookkeeping = Bookkeeping(self.metrics, self.ledger.began_at)
        return self._bookkeeping

    def secrets_of_people(self) -> Mapping[str, str]:
        """Return every text by which somebody could be recognised, with what it is."""
        return people_secrets(self.people, self._scene.tokens, self.ledger)

    def log(self, **only: str) -> list[Entry]:
        """Return what the service has logged in this scenario, as Log.entries has it (tag @needs-logs)."""
        log = self._scene.service.log
        if log is None:
            raise Unusable("this step reads the log, which the target does not grant; tag its scenario @needs-logs")
        return Log(log).entries(self._log_began, **only)

    def log_since_turn(self, level: str, session_id: str) -> list[str]:
        """Return what was logged at this level for a session since the latest When began (tag @needs-logs)."""
        turned_at = self.ledger.began_at + (self._turned_ns - self.ledger.began_ns) / 1e9
        return [
            f"{entry.component}, {entry.operation}: {entry.message}"
            for entry in self.log(level=level, session_id=session_id)
            if entry.level == level and datetime.fromisoformat(entry.time).timestamp() >= turned_at
        ]

    def recogniser(self, name: str) -> Recogniser:
        """Return the recogniser that hears the speaker of this name."""
        if name not in self._recognisers:
            self._recognisers[name] = Recogniser(self.control, self.speaker(name), self.ledger)
        return self._recognisers[name]

    def the_recogniser(self) -> Recogniser:
        """Return the recogniser that hears the one who is broadcasting, when there is only one."""
        return self.recogniser(self.the_speaker().name)

    @property
    def interpreters(self) -> Interpreters:
        """Whoever makes sentences in other languages of what was recognised."""
        if self._interpreters is None:
            self._interpreters = Interpreters(self.control, self.ledger, self._session_ids)
        return self._interpreters

    @property
    def people(self) -> list[Participant]:
        """Everybody who appeared, in order of appearance."""
        return list(self._cast.values())

    def speaker(self, name: str, *, device: int = 1) -> Speaker:
        """Return the speaker of this name, who appears on first mention; a person may use several devices at once."""
        return self._appear(name, Speaker, device)

    def listener(self, name: str) -> Listener:
        """Return the listener of this name, who appears on first mention."""
        return self._appear(name, Listener)

    def caller(self, name: str) -> Caller:
        """Return whoever talks with the assistant under this name, who appears on first mention."""
        known = self._cast.get((name, Page, 1))
        return known if isinstance(known, Page) else self._appear(name, Caller)

    def page(self, name: str) -> Page:
        """Return the page in the browser of whoever has this name, which appears on first mention."""
        return self._appear(name, Page)

    def callers(self) -> list[Caller]:
        """Return everybody who talks with the assistant, in order of appearance."""
        return [person for person in self.people if isinstance(person, Caller)]

    @property
    def company(self) -> Company:
        """Carries out what several callers do by one plan."""
        return Company(self._scene.runtime, self.samples)

    def more_callers(self, count: int) -> list[Caller]:
        """Let so many people appear who talk with the assistant and whose names do not matter."""
        known = len(self.callers())
        return [self.caller(f"{GUEST} {known + number}") for number in range(1, count + 1)]

    def intruder(self, name: str) -> Intruder:
        """Return the intruder of this name, who appears on first mention."""
        return self._appear(name, Intruder)

    def guests(self, count: int) -> list[Listener]:
        """Let so many more listeners appear, whose names do not matter."""
        known = sum(person.name.startswith(GUEST) for person in self.people)
        return [self.listener(f"{GUEST} {known + number}") for number in range(1, count + 1)]

    def guests_present(self) -> list[Listener]:
        """Return the guests who are connected."""
        return [p for p in self.people if isinstance(p, Listener) and p.name.startswith(GUEST) and p.leg.is_open]

    def since_turn(self) -> list[Observation]:
        """Return what was observed since the latest When began."""
        return self.ledger.since(self.turning_point)

    def more_speakers(self, count: int, language: str) -> list[Speaker]:
        """Let so many more people open a session each, whose names do not matter."""
        known = len(self.ensemble.speakers)
        speakers = [self.speaker(f"Speaker {known + number}") for number in range(1, count + 1)]
        for speaker in speakers:
            speaker.starts_broadcasting(language)
        self.ensemble.speakers += speakers
        return speakers

    @property
    def ensemble(self) -> Ensemble:
        """Speakers whose names do not matter, with a session each."""
        if self._ensemble is None:
            self._ensemble = Ensemble(self._scene.runtime)
        return self._ensemble

    def ensemble_of(self, speaker: str) -> Ensemble:
        """Return an ensemble of one, the speaker of this name, to act by plan."""
        return Ensemble(self._scene.runtime, [self.speaker(speaker)])

    def listeners(self) -> list[Listener]:
        """Return everybody who listens or has listened, in order of appearance."""
        return [person for person in self.people if isinstance(person, Listener)]

    def invites(self, audience: Audience) -> None:
        """Let this audience be the one that joins, in place of rows of listeners on this machine."""
        self._hall = audience

    @property
    def hall(self) -> Audience:
        """Listeners in processes of their own, whom nobody knows by name."""
        if self._hall is None:
            self._hall = Hall()
        return self._hall

    def audience_joins(self, count: int, language: str, *, by: str = "transcript") -> None:
        """Let so many people join the one broadcast there is, from processes of their own.

        `by` is the member that tells the messages apart which they are to note.
        """
        url = self._scene.service.endpoint(BROADCAST, Listener.role)
        self.hall.join(count, url=url, session_id=self.the_speaker().session_id, language=language, by=by)
        self.stopwatch.clock_error_ms = self.hall.clock_error_ms

    def audience_has_heard(self, due_ns: Mapping[str, int]) -> None:
        """Keep what the audience heard of the messages that were due at these times."""
        tally = self.hall.heard(due_ns)
        self.hall.tallies[self.ledger.note("The audience", f"heard: {tally.in_words()}").number] = tally

    def person(self, name: str) -> Person:
        """Return whoever of this name appeared last, in whichever role."""
        for (known, _, _), person in reversed(self._cast.items()):
            if known == name and isinstance(person, Person):
                return person
        raise AssertionError(f"{name} has not appeared in this scenario yet")

    def participant(self, name: str) -> Participant:
        """Return whoever of this name appeared last, in whichever system."""
        for (known, _, _), person in reversed(self._cast.items()):
            if known == name:
                return person
        raise AssertionError(f"{name} has not appeared in this scenario yet")

    def the_speaker(self) -> Speaker:
        """Return the one who is broadcasting, when there is only one."""
        speakers = [p for p in self.people if isinstance(p, Speaker) and p.session_id]
        if len(speakers) != 1:
            names = " and ".join(p.name for p in speakers) or "nobody"
            raise AssertionError(
                f"the sentence means the one broadcast there is, but {names} broadcast in this scenario"
            )
        return speakers[0]

    def loses_the_service(self) -> None:
        """Let the service shut down in an orderly way; what it leaves on record is nobody's to clean up."""
        shut_down = self._scene.service.shut_down
        if shut_down is None:
            raise Unusable("only a service that a scenario has to itself can be shut down; give it settings of its own")
        self._service_is_gone = True
        shut_down()

    def loses_the_record_of(self, speaker: str) -> None:
        """Delete the record of a speaker's session behind the service's back; nobody in it can be sure of an answer."""
        session_id = self.speaker(speaker).session_id
        self.records.session_is_deleted(session_id)
        self._lost_sessions.add(session_id)
        for person in self.people:
            if isinstance(person, Person):
                person.marker = None

    def lets_pass(self, span_s: float) -> None:
        """Return after this time, in which nobody on stage does anything."""
        self.ledger.await_first(lambda _: False, since=len(self.ledger), within_s=span_s)

    def marks_turning_point(self) -> None:
        """Remember where the ledger stands; steps that say "nothing is heard" look from here on."""
        self.turning_point = len(self.ledger)
        self._turned_ns = time.monotonic_ns()

    def looks_at_records(self) -> None:
        """Remember what the service has on record of every session now, if the target grants its tables."""
        if tables := self._scene.service.tables:
            speakers = [person for person in self.people if isinstance(person, Speaker) and person.session_id]
            self.records_seen.append({f"The session of {s.name}": tables.session(s.session_id) for s in speakers})

    def fails_on_surprises(self, *, at_the_end: bool = False) -> None:
        """Raise AssertionError if anything happened that no step asked for."""
        disorder = [words for person in self.people for words in person.complaints()]
        if news := [*disorder, *self.surprises.news(at_the_end=at_the_end)]:
            breach = any(BREACH in words for words in news)
            failure = (ContractBreach if breach else AssertionError)("; ".join(news))
            if all(any(code in words for code in TOO_SLOW) for words in news):
                self._excuses_slowness(failure)
            raise failure

    def closes(self) -> None:
        """End the scenario: let everything still under way arrive, part, and look for what nobody mentioned."""
        self.stopwatch.stop()
        try:
            if self._has_ordered_faults:
                self.control.call_off_ours()
            for person in self.people:
                if person.legs:
                    person.catches_up()
        finally:
            self._everybody_leaves()
            if self._hall is not None:
                self._hall.leave()  # after the speaker, so that the service need not count them out one by one
        self.fails_on_surprises(at_the_end=True)
        try:
            self._nothing_is_left_behind()
        except AssertionError as failure:
            self._excuses_slowness(failure)
            raise

    def _excuses_slowness(self, failure: AssertionError) -> None:
        """Raise Inconclusive instead if time was judged, on a machine that was unfit to: it makes any service late."""
        if why := self.stopwatch.why_unfit():
            raise Inconclusive(f"{failure}; but the machine was unfit to tell: {why}") from failure

    def service_log(self) -> str:
        """Return what the service logged since this scenario began, or an empty text if the target grants no log."""
        log = self._scene.service.log
        if log is None:
            return ""
        with log.open("rb") as file:
            file.seek(self._log_began)
            return file.read().decode(errors="replace")

    def _session_ids(self) -> list[str]:
        return [person.session_id for person in self.people if isinstance(person, Speaker) and person.session_id]

    def _everybody_leaves(self) -> None:
        for person in self.people:
            for leg in person.legs:
                self.surprises.ended_by_us(leg.label)
                self._scene.runtime.call(leg.close(), within_s=10)

    def _nothing_is_left_behind(self) -> None:
        if self._scene.service.tables is None or self._service_is_gone:
            return
        for person in self.people:
            if isinstance(person, Speaker) and person.session_id:
                over = none() if person.session_id in self._lost_sessions else has_entries(isActive=False)
                self.records.session_comes_to(person.session_id, over)
                self.records.listeners_come_to(person.session_id, empty())

    def _appear(self, name: str, role: type[Role], device: int = 1) -> Role:
        person = self._cast.get((name, role, device))
        if person is None:
            person = role(name, self._scene)
            for (known, _, _), same in self._cast.items():
                if known == name:  # in another role or on another device, but in the same place
                    person.address = same.address
            self._cast[name, role, device] = person
        assert isinstance(person, role)
        return person


def _size(log: Path | None) -> int:
    return log.stat().st_size if log is not None and log.exists() else 0
