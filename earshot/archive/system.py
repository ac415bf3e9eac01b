"""The archive in one scenario: its people, the recordings that they speak of, and what becomes of these."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from hamcrest import assert_that, equal_to, not_none

from earshot.archive.leftovers import Leftovers
from earshot.archive.person import SYSTEM, BrokenOff, Person
from earshot.archive.recording import KNOWN, Job, Recording
from earshot.archive.requests import ask, half_an_upload, upload
from earshot.archive.sounds import Sound
from earshot.archive.viewer import CAUSES, Viewer
from earshot.archive.wording import WORDING
from earshot.asking import Reason, Request, refused
from earshot.ledger import Kind
from earshot.odd import tried
from earshot.patience import comes_to
from earshot.system import System

ONLOOKER, KEEPER = "Somebody who looks on", "The keeper of the archive"
LOOK_EVERY_S = 0.05
ENDS_WITHIN_S = 30.0
"""How long 10 s of speech may take (ARC-40)."""
ALWAYS_THE_SAME = 17


class Archive(System):
    """The people of the archive."""

    name = SYSTEM
    wording = WORDING
    causes = CAUSES
    _odd = ""

    def __init__(self, stage: Any) -> None:
        super().__init__(stage)
        self.recordings: dict[str, Recording] = {}
        """By what people call them, in order of registration."""
        self.taken: dict[str, str] = {}
        """Which recording somebody has to do with who took the next one."""
        self._numbers, self._turns = itertools.count(1), itertools.count()
        self._crowd: list[Person] = []

    # ---- people

    def person(self, name: str) -> Person:
        """Return whoever has this name, who appears on first mention."""
        known = [person for person in self.stage.present(Person) if person.name == name]
        return known[-1] if known else self.stage.appears(name, Person)

    def archivists(self, count: int) -> list[Person]:
        """Return so many people whose names do not matter."""
        self._crowd += self.stage.unnamed("Archivist", max(0, count - len(self._crowd)), Person)
        return self._crowd[:count]

    @property
    def onlooker(self) -> Person:
        """Who has nothing to do with what was done, and sees the same as everybody (ARC-158)."""
        return self.stage.appears(ONLOOKER, Person)

    def viewer(self, name: str) -> Viewer:
        """Return whoever of this name watches the jobs, who appears on first mention."""
        known = [viewer for viewer in self.stage.present(Viewer) if viewer.name == name]
        return known[-1] if known else self.stage.appears(name, Viewer)

    def viewers(self) -> list[Viewer]:
        """Return everybody who watches and is still there, in order of appearance."""
        return [viewer for viewer in self.stage.present(Viewer) if viewer.legs and viewer.leg.is_open]

    @property
    def keeper(self) -> Person:
        """Who may do everything."""
        keeper = self.stage.appears(KEEPER, Person)
        if not keeper.account_name:
            keeper.becomes("admin")
        return keeper

    def is_refused(self, name: str, reason: Reason) -> None:
        """Insist that the last attempt of somebody was refused for this reason."""
        assert_that(self.person(name).refusal(), refused(reason), f"how {name} was refused")

    def are_alike(self, name: str) -> None:
        """Insist that the last two attempts of somebody were answered with the same (ARC-132)."""
        mine = [o for o in self.stage.ledger if o.who == name and o.kind is Kind.RECEIVED and (o.code or 0) >= 400]
        first, second = ({**o.message, "timestamp": None, "status": o.code} for o in mine[-2:])
        assert_that(second, equal_to(first), f"what {name} was told")

    def keeps_no_password(self, name: str) -> None:
        """Insist on a record of a user that does not hold the password (ARC-135)."""
        tables, person = self.stage.service.tables, self.person(name)
        assert tables is not None, "tag the scenario @needs-table"
        kept = tables.item("ArchiveUsers", username=person.username)
        assert_that(kept, not_none(), f"what is kept of {name}")
        assert_that(person.password in str(kept), equal_to(False), f"whether the password of {name} is kept as it is")

    # ---- recordings

    def recording(self, name: str) -> Recording:
        """Return what people speak of by this name; AssertionError where nobody has registered it."""
        if name not in self.recordings:
            raise AssertionError(f"nobody has registered {name} in this scenario")
        return self.recordings[name]

    def form(self, name: str = "", **other: object) -> dict[str, Any]:
        """Return with what a recording is registered, which no other scenario has; what is None in `other` is out."""
        number, run = next(self._numbers), self.stage.scene.run_id
        title, file = KNOWN.get(name, (f"Recording {number}", f"recording_{number}"))
        usual = {"title": f"{title} {run}", "file_path": f"/archive/{run}-{number}/{file}.wav", "description": run}
        return {member: value for member, value in {**usual, **other}.items() if value is not None}

    def registering(self, name: str, form: Mapping[str, Any]) -> Request:
        """Return the request by which a recording comes to be that people call so."""
        self.recordings.pop(name, None)
        self.recordings[name] = Recording(name, form)
        return ask("registers a recording", form)

    def takes_a_new_one(self, name: str) -> str:
        """Return what to call a recording that somebody registers and nobody has a name for."""
        self.taken[name] = f"recording {next(self._numbers)}"
        return self.taken[name]

    def takes_the_next(self, name: str) -> Recording:
        """Return the recording whose turn it is, so that everybody has to do with another one."""
        self.taken[name] = list(self.recordings)[next(self._turns) % len(self.recordings)]
        return self.recordings[self.taken[name]]

    def registers_some(self, person: Person, count: int) -> None:
        for _ in range(count):
            name = self.takes_a_new_one(person.name)
            self.is_registered(name, person.asks(self.registering(name, self.form())).message)

    def is_registered(self, name: str, told: Mapping[str, Any]) -> None:
        recording = self.recordings[name]
        recording.id, recording.told = str(told["id"]), [told]

    def changing(self, recording: Recording, form: Mapping[str, Any]) -> Request:
        """Return the request by which a recording is changed, in the members that stand there."""
        recording.offers.append(form)
        return ask("changes a recording", form, id=recording.id)

    def shows(self, recording: Recording) -> Mapping[str, Any]:
        """Return the record of a recording, the same alone and in the list, for whoever looks (ARC-11, ARC-158)."""
        record = self.onlooker.asks(ask("looks at a recording", id=recording.id)).message
        (listed,) = self.lists(recording) or [{}]
        assert_that(listed, equal_to(record), f"{recording.name} as the list has it")
        return record

    def pages_through(self, person: Person, status: str | None = None, limit: int | None = None) -> None:
        """Look through a list, page by page where somebody wants only so much at a time."""
        person.pages, seen, total = [], 0, 1
        while seen < total:
            wanted = {"status": status, "limit": limit, "offset": seen or None}
            query = {name: value for name, value in wanted.items() if value is not None}
            page = person.asks(ask("lists the recordings", query=query)).message
            person.pages.append(page)
            seen, total = seen + max(1, len(page["vods"])), page["total"]

    def lists(self, recording: Recording) -> list[Mapping[str, Any]]:
        """Return the records in the whole list that are this recording's."""
        return [each for each in self.everything() if each["id"] == recording.id]

    def everything(self) -> list[Mapping[str, Any]]:
        """Return the whole list, of which the total is the length (ARC-12)."""
        told = self.onlooker.asks(ask("lists the recordings")).message
        assert_that(told["total"], equal_to(len(told["vods"])), "the total of the list beside its length")
        return list(told["vods"])

    # ---- sound

    def uploads(self, person: Person, recording: Recording, sound: Sound) -> None:
        """Upload what a recording holds."""
        person.asks(upload(recording.id, sound.content))
        recording.sound = sound
        self.looks_again(recording)

    def begins_to_upload(self, person: Person, recording: Recording, sound: Sound) -> None:
        """Upload half of what a recording holds, and be gone."""
        if person.begins_to_ask(half_an_upload(recording.id, sound.content, BrokenOff())):
            raise AssertionError(f"{person.name} was answered before the upload of {recording.name} was complete")

    def looks_again(self, recording: Recording) -> None:
        recording.told.append(self.onlooker.asks(ask("looks at a recording", id=recording.id)).message)

    # ---- jobs

    def asks_for(self, person: Person, recording: Recording) -> Job:
        """Have a recording transcribed, and return the job."""
        answer = person.asks(ask("has a recording transcribed", {"vod_id": recording.id}))
        recording.jobs.append(Job(str(answer.message["job_id"])))
        return recording.job

    def follows(self, recording: Recording, *, within_s: float = ENDS_WITHIN_S) -> Job:
        """Look at the latest job of a recording until it is over; AssertionError where it does not end."""
        job = recording.job

        def look() -> bool:
            told = self.onlooker.asks(ask("asks how a job is going", job_id=job.id)).message
            if not job.seen or told != job.seen[-1]:
                job.seen.append(told)
            return job.is_over

        what = f"whether the job of {recording.name} is over"
        comes_to(look, equal_to(True), what, within_s=within_s, every_s=LOOK_EVERY_S)
        self.looks_again(recording)
        return job

    def transcribes(self, person: Person, recording: Recording) -> None:
        """Have a recording transcribed, and stay until that is done."""
        self.asks_for(person, recording)
        assert_that(self.follows(recording).seen[-1]["status"], equal_to("completed"), f"the job of {recording.name}")

    # ---- what nobody would write

    def tries_odd(self, person: Person, strategy: Any, times: int) -> None:
        """Let somebody try so many odd requests, fewer where one makes the archive fail."""

        def attempt(request: Request) -> None:
            person.tries_to_ask(request)
            self.stage.surprises.claim(person.outcome)
            if (code := person.outcome.code or 0) >= 500:
                raise AssertionError(f"{request.body and request.body.shown} was answered with {code}")

        self._odd = tried(strategy, attempt, times=times, by_chance=ALWAYS_THE_SAME)

    def failed_at_nothing_odd(self) -> None:
        """Raise AssertionError with an odd request that the archive failed at."""
        if self._odd:
            raise AssertionError(self._odd)

    # ---- the end

    @cached_property
    def _leftovers(self) -> Leftovers:
        """All that was made, once everybody has left."""
        return Leftovers(self.stage)

    def has_left(self) -> None:
        """Put away what was made in this scenario."""
        if self.stage.present(Person):
            self._leftovers.are_put_away()

    def spends_the_service(self) -> bool:
        """It remembers shows and what was published, how often others failed, and what it told of that."""
        return bool(self.stage.present(Person))

    def leaves_nothing_behind(self) -> None:
        """Raise AssertionError if something that was made is still there (ARC-205)."""
        if self.stage.present(Person):
            self._leftovers.are_gone()


Judge = Callable[[Archive, Recording], object]
"""Insists on something about a recording."""
system = Archive
