"""One scenario's cast, and everything it observed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from hamcrest import empty, has_entries
from hamcrest.core.matcher import Matcher

from earshot.actors.intruder import Intruder
from earshot.actors.listener import Listener
from earshot.actors.person import Person, Refusal
from earshot.actors.speaker import Speaker
from earshot.audio.clips import SampleLibrary
from earshot.failures import Unusable
from earshot.ledger import Ledger
from earshot.matchers.refusals import refused_with
from earshot.records import Records
from earshot.runtime import Runtime
from earshot.scene import Scene
from earshot.surprises import Surprises
from earshot.targets.service import Service
from earshot.targets.target import Target
from earshot.wire.contract import Contract

Role = TypeVar("Role", bound=Person)


class Stage:
    """The only thing a step knows: who is on stage, and what happened."""

    def __init__(
        self,
        *,
        runtime: Runtime,
        target: Target,
        samples: SampleLibrary,
        contract: Contract,
        equivalent_codes: Mapping[str, frozenset[str]],
    ) -> None:
        ledger = Ledger()
        self.ledger = ledger
        self.surprises = Surprises(ledger)
        self.turning_point = 0
        """Position in the ledger where the latest When step began."""
        self._target = target
        self._equivalent_codes = equivalent_codes
        self._scene = Scene(runtime, target.service({}), samples, contract, ledger, self.surprises)
        self._settings: dict[str, str] = {}
        self._cast: dict[tuple[str, type[Person], int], Person] = {}
        self._log_began = _size(self._scene.service.log)

    @property
    def service(self) -> Service:
        """The service under test."""
        return self._scene.service

    def uses_service_with(self, settings: Mapping[str, str]) -> None:
        """Let everybody connect to a service with these further settings; for scenarios tagged @needs-settings."""
        if any(person.legs for person in self.people):
            raise RuntimeError("the settings of the service are chosen before anybody connects")
        self._settings |= settings
        self._scene.service = self._target.service(self._settings)
        self._log_began = _size(self._scene.service.log)

    @property
    def samples(self) -> SampleLibrary:
        """What can be said, and its recordings in every language."""
        return self._scene.samples

    @property
    def contract(self) -> Contract:
        """The agreement that every message is held against."""
        return self._scene.contract

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
    def people(self) -> list[Person]:
        """Everybody who appeared, in order of appearance."""
        return list(self._cast.values())

    def speaker(self, name: str, *, device: int = 1) -> Speaker:
        """Return the speaker of this name, who appears on first mention; a person may use several devices at once."""
        return self._appear(name, Speaker, device)

    def listener(self, name: str) -> Listener:
        """Return the listener of this name, who appears on first mention."""
        return self._appear(name, Listener)

    def intruder(self, name: str) -> Intruder:
        """Return the intruder of this name, who appears on first mention."""
        return self._appear(name, Intruder)

    def person(self, name: str) -> Person:
        """Return whoever of this name appeared last, in whichever role."""
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

    def marks_turning_point(self) -> None:
        """Remember where the ledger stands; steps that say "nothing is heard" look from here on."""
        self.turning_point = len(self.ledger)

    def fails_on_surprises(self, *, at_the_end: bool = False) -> None:
        """Raise AssertionError if anything happened that no step asked for."""
        if news := self.surprises.news(at_the_end=at_the_end):
            raise AssertionError("; ".join(news))

    def closes(self) -> None:
        """End the scenario: let everything still under way arrive, part, and look for what nobody mentioned."""
        try:
            for person in self.people:
                if person.legs:
                    person.catches_up()
        finally:
            self._everybody_leaves()
        self.fails_on_surprises(at_the_end=True)
        self._nothing_is_left_behind()

    def service_log(self) -> str:
        """Return what the service logged since this scenario began, or an empty text if the target grants no log."""
        log = self._scene.service.log
        if log is None:
            return ""
        with log.open("rb") as file:
            file.seek(self._log_began)
            return file.read().decode(errors="replace")

    def _everybody_leaves(self) -> None:
        for person in self.people:
            for leg in person.legs:
                self.surprises.ended_by_us(leg.label)
                self._scene.runtime.call(leg.close(), within_s=10)

    def _nothing_is_left_behind(self) -> None:
        if self._scene.service.tables is None:
            return
        for person in self.people:
            if isinstance(person, Speaker) and person.session_id:
                self.records.session_comes_to(person.session_id, has_entries(isActive=False))
                self.records.listeners_come_to(person.session_id, empty())

    def _appear(self, name: str, role: type[Role], device: int = 1) -> Role:
        person = self._cast.get((name, role, device))
        if person is None:
            person = role(name, self._scene)
            self._cast[name, role, device] = person
        assert isinstance(person, role)
        return person


def _size(log: Path | None) -> int:
    return log.stat().st_size if log is not None and log.exists() else 0
