"""The broadcast in one scenario: who speaks, who listens, and what serves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from hamcrest import assert_that, empty, has_entries, none
from hamcrest.core.matcher import Matcher

from earshot.broadcast.acts import Act
from earshot.broadcast.attempts import Refusal
from earshot.broadcast.causes import CAUSES, HEARD
from earshot.broadcast.exhibits import recordings
from earshot.broadcast.explore.exploration import Exploration, everyday_seed
from earshot.broadcast.explore.flood import Flood
from earshot.broadcast.handovers import HandOvers
from earshot.broadcast.heard import Heard
from earshot.broadcast.intruder import Intruder
from earshot.broadcast.invitation import invitation
from earshot.broadcast.listener import Listener
from earshot.broadcast.load.audience import Audience, ListenerProcesses
from earshot.broadcast.matchers.refusals import refused_with
from earshot.broadcast.news import LogLine
from earshot.broadcast.person import Person
from earshot.broadcast.planned import PlannedSpeakers
from earshot.broadcast.recogniser import Recogniser
from earshot.broadcast.records import Records
from earshot.broadcast.secrets import people_secrets
from earshot.broadcast.speaker import Speaker
from earshot.broadcast.timed import TIMED
from earshot.broadcast.translation import Translation
from earshot.broadcast.wording import WORDING
from earshot.evidence.players import listening_page
from earshot.failures import Unusable
from earshot.measure.delays import Delay
from earshot.stage import Stage
from earshot.system import Item, System
from earshot.targets.logs import Entry

UNNAMED_LISTENER, UNNAMED_SPEAKER = "Listener", "Speaker"
"""What people are called whose names do not matter; they are numbered."""
COME_EVERY_S = 0.05
"""How soon after each other they come where that does not matter either."""


class Broadcast(System):
    """The people of broadcasts, and what one can see of the service behind them."""

    name = Person.system
    wording = WORDING
    timed = TIMED
    causes = CAUSES
    heard = HEARD
    invitation = staticmethod(invitation)
    commands: ClassVar = {
        "load": (
            "earshot.broadcast.load.command",
            "let more listeners listen than one process can be, here or on several machines",
        ),
        "replay": ("earshot.broadcast.explore.replay", "do again what an exploration found"),
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._recognisers: dict[str, Recogniser] = {}
        self._audience: Audience | None = None
        self._lost_sessions: set[str] = set()

    # ---- people with names

    def speaker(self, name: str, *, device: int = 1) -> Speaker:
        """Return the speaker of this name, who appears on first mention; a person may use several devices at once."""
        return self.stage.appears(name, Speaker, device)

    def listener(self, name: str) -> Listener:
        """Return the listener of this name, who appears on first mention."""
        return self.stage.appears(name, Listener)

    def intruder(self, name: str) -> Intruder:
        """Return the intruder of this name, who appears on first mention."""
        return self.stage.appears(name, Intruder)

    def person(self, name: str) -> Person:
        """Return whoever of this name appeared last, in whichever role."""
        return self.stage.person(name, Person)

    def has_controlled(self, name: str, control: Act) -> None:
        """Let somebody use a control, and return when it is confirmed and all who listen have been told."""
        person, since = self.person(name), len(self.stage.ledger)
        before = person.confirmation.message.get("broadcastState", {}) if person.confirmations else {}
        person.controls(control)
        session_id = person.session_id if isinstance(person, Speaker) else ""
        for listener in (each for each in self.listeners() if each.listens_to(session_id)):
            for told in control.told_to_listeners(before):
                listener.learns(told, since=since)

    def the_speaker(self) -> Speaker:
        """Return the one who is broadcasting, when there is only one."""
        speakers = self._broadcasting()
        if len(speakers) != 1:
            names = " and ".join(p.name for p in speakers) or "nobody"
            raise AssertionError(
                f"the sentence means the one broadcast there is, but {names} broadcast in this scenario"
            )
        return speakers[0]

    def listeners(self) -> list[Listener]:
        """Return everybody who listens or has listened, in order of appearance."""
        return self.stage.present(Listener)

    # ---- people whose names do not matter

    def more_listeners(self, count: int) -> list[Listener]:
        """Let so many more listeners appear."""
        return self.stage.unnamed(UNNAMED_LISTENER, count, Listener)

    def unnamed_listeners_present(self) -> list[Listener]:
        """Return those of them who are connected."""
        return [p for p in self.listeners() if p.name.startswith(f"{UNNAMED_LISTENER} ") and p.leg.is_open]

    def more_speakers(self, count: int) -> list[Speaker]:
        """Let so many more speakers appear, of whom each is to have a session."""
        speakers = self.stage.unnamed(UNNAMED_SPEAKER, count, Speaker)
        self.planned.speakers += speakers
        return speakers

    def start_broadcasting(self, speakers: Sequence[Speaker], language: str) -> None:
        """Let each of them open a session, one soon after the other."""
        self.planned.in_turn(speakers, lambda speaker: speaker.starts_broadcasting(language), every_s=COME_EVERY_S)

    @cached_property
    def planned(self) -> PlannedSpeakers:
        """Speakers whose names do not matter, with a session each."""
        return PlannedSpeakers(self.stage.scene.runtime, self.stage.ledger)

    def planned_of(self, speaker: str = "") -> PlannedSpeakers:
        """Return the one speaker of this name, to act by plan; without a name, those whose names do not matter."""
        if not speaker:
            return self.planned
        return PlannedSpeakers(self.stage.scene.runtime, self.stage.ledger, [self.speaker(speaker)])

    def find_listeners(self, speakers: Sequence[Speaker]) -> None:
        """Let somebody listen to each of them, in Spanish."""
        for speaker, listener in zip(speakers, self.more_listeners(len(speakers)), strict=True):
            listener.joins(speaker.session_id, "es")
            self.planned.listeners[speaker.name] = [listener]

    @property
    def audience(self) -> Audience:
        """Listeners in processes of their own, whom nobody knows by name."""
        if self._audience is None:
            self._audience = ListenerProcesses()
        return self._audience

    def invites(self, audience: Audience) -> None:
        """Let this audience be the one that joins, in place of listeners on this machine."""
        self._audience = audience

    def audience_joins(self, count: int, language: str, *, by: str = "transcript") -> None:
        """Let so many people join the one broadcast there is, from processes of their own.

        `by` is the member that tells the messages apart which they are to note.
        """
        url = self.stage.service.endpoint(self.name, Listener.role)
        self.stage.surprises.causality.has_unseen_people(self.the_speaker().session_id)
        self.audience.join(count, url=url, session_id=self.the_speaker().session_id, language=language, by=by)
        self.stage.stopwatch.clock_error_ms = self.audience.clock_error_ms

    def audience_has_heard(self, due_ns: Mapping[str, int]) -> None:
        """Keep what the audience heard of the messages that were due at these times."""
        tally = self.audience.heard(due_ns)
        self.audience.tallies[self.stage.ledger.note("The audience", f"heard: {tally.in_words()}").number] = tally

    # ---- what serves them

    def is_refused(self, name: str, reason: str) -> None:
        """Insist that the last attempt of somebody was refused with this error code."""
        assert_that(self.person(name).refusal(), self.refused_with(reason), f"how {name} was refused")

    def refused_with(self, code: str) -> Matcher[Refusal]:
        """Match a refusal that means this error code, in the words of the service under test."""
        accepted = self.contract.codes_of(code) or ()
        return refused_with(code, equivalents=accepted, status=self.contract.status_of(code))

    @property
    def recorded(self) -> Records:
        """What the service has on record; only for scenarios that need it (tag @needs-table)."""
        tables = self.stage.service.tables
        if tables is None:
            raise Unusable("this step reads the service's tables, which the target does not grant; tag it @needs-table")
        return Records(tables)

    def logged(self, level: str, line: LogLine) -> list[Entry]:
        """Return the lines of the log, from this level on, among which that line is to be; DEBUG means DEBUG alone."""
        level_alone = line.anew or level == "DEBUG"
        only = {"level": level}
        if line.connection_of:
            only["connection_id"] = self.person(line.connection_of).connection_id
        if line.session_of:
            only["session_id"] = self.speaker(line.session_of).session_id
        return [
            entry
            for entry in self.stage.log(**only)
            if (entry.level == level or not level_alone) and (not line.anew or entry.at_s >= self.stage.turned_at_s)
        ]

    def loses_the_record_of(self, speaker: str) -> None:
        """Delete the record of a speaker's session behind the service's back; nobody in it can be sure of an answer."""
        session_id = self.speaker(speaker).session_id
        self.recorded.session_is_deleted(session_id)
        self._lost_sessions.add(session_id)
        for person in self.stage.present(Person):
            person.marker = None

    def recogniser(self, name: str) -> Recogniser:
        """Return the recogniser that hears the speaker of this name."""
        if name not in self._recognisers:
            self._recognisers[name] = Recogniser(self.stage.control, self.speaker(name), self.stage.ledger)
        return self._recognisers[name]

    def the_recogniser(self) -> Recogniser:
        """Return the recogniser that hears the one who is broadcasting, when there is only one."""
        return self.recogniser(self.the_speaker().name)

    def hears_in_time(self, listener: Listener, text: str, language: str, least_s: float, most_s: float) -> Heard:
        """Return what a listener heard of an English sentence, so many seconds after it was recognised."""
        heard = listener.hears_the_recording(text, language, patience_s=most_s + 1)
        took = Delay.until(heard.observation, self.took_s(heard))
        what = f'until {listener.name} heard "{text}"'
        self.stage.stopwatch.insist_on_time(took, least_s * 1000, most_s * 1000, what)
        return heard

    def is_handed_over_in_time(self, text: str, least_s: float, most_s: float) -> None:
        """Insist that a sentence is handed over to translation, so many seconds after it was recognised."""
        handed_over = self.handovers.of(text, within_s=most_s + 1)
        reported_at_s = self.the_recogniser().reported_at_s()
        after = Delay(round(reported_at_s * 1e9), (handed_over.attempts[0].at_s - reported_at_s) * 1000)
        self.stage.stopwatch.insist_on_time(after, least_s * 1000, most_s * 1000, f'until "{text}" was handed over')

    def took_s(self, heard: Heard) -> float:
        """Return how long after it was recognised something was heard."""
        session_id = self.listener(heard.listener).welcome.message["sessionId"]
        [speaker] = [speaker for speaker in self._broadcasting() if speaker.session_id == session_id]
        return self.recogniser(speaker.name).since_report_s(heard.observation)

    @cached_property
    def translation(self) -> Translation:
        """Whoever makes sentences in other languages of what was recognised."""
        return Translation(self.stage.control, self.stage.ledger, self.stage.samples)

    @cached_property
    def handovers(self) -> HandOvers:
        """What was handed over to them in the sessions of this scenario."""
        return HandOvers(self.stage.control, lambda: [speaker.session_id for speaker in self._broadcasting()])

    @cached_property
    def exploration(self) -> Exploration:
        """People doing as they like, for as long as a step says."""
        return Exploration(
            lambda: of(self.stage.another()), lambda words: self.stage.ledger.note("the explorer", words)
        )

    @cached_property
    def flood(self) -> Flood:
        """Hostile frames from somebody's device."""
        return Flood(self, seed=everyday_seed())

    def secrets_of_people(self) -> Mapping[str, str]:
        """Return every text by which somebody could be recognised, with what it is."""
        return people_secrets(self.stage.people, self.stage.scene.tokens, self.stage.ledger)

    # ---- what the stage asks of every system

    def records(self) -> Mapping[str, Item | None]:
        if self.stage.service.tables is None:
            return {}
        recorded = self.recorded
        return {f"The session of {s.name}": recorded.find_session(s.session_id) for s in self._broadcasting()}

    def exhibits(self) -> Iterator[tuple[str, str]]:
        """Yield a page with players, if anything was said or heard."""
        if found := recordings(self.stage.present(Speaker), self.listeners()):
            yield "What was said and heard", listening_page(found)

    def has_left(self) -> None:
        """Let the audience leave: after the speaker, so that the service need not count them out one by one."""
        if self._audience is not None:
            self._audience.leave()

    def leaves_nothing_behind(self) -> None:
        """Raise AssertionError unless every session that was opened is over, and nobody is on record as listening."""
        if self.stage.service.tables is None:
            return
        for speaker in self._broadcasting():
            over = none() if speaker.session_id in self._lost_sessions else has_entries(isActive=False)
            self.recorded.session_comes_to(speaker.session_id, over)
            self.recorded.listeners_come_to(speaker.session_id, empty())

    def _broadcasting(self) -> list[Speaker]:
        return [speaker for speaker in self.stage.present(Speaker) if speaker.session_id]


system = Broadcast


def of(stage: Stage) -> Broadcast:
    wing = stage.systems[Broadcast.name]
    assert isinstance(wing, Broadcast)
    return wing
