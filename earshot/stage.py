"""One scenario's cast, and everything it observed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from earshot.audio.clips import SampleLibrary
from earshot.causality import Causality
from earshot.causes import Timer
from earshot.failures import ContractBreach, Unusable
from earshot.ledger import Ledger, Observation
from earshot.measure.floor import NullEcho
from earshot.measure.stopwatch import Stopwatch
from earshot.measure.tuning import USUAL, Tuning
from earshot.participant import Participant
from earshot.runtime import Runtime
from earshot.scene import Scene
from earshot.streams import Streams
from earshot.surprises import BREACH, Surprises
from earshot.system import Item
from earshot.systems import wings
from earshot.targets.control import Control
from earshot.targets.figures import Figures
from earshot.targets.logs import Entry, Log
from earshot.targets.metrics import Metrics
from earshot.targets.service import Service
from earshot.targets.target import Target
from earshot.tried import Tried
from earshot.wire.contract import Contract

Role = TypeVar("Role", bound=Participant)
MOST_TOLD = 5
"""How many surprises are told in full; what goes wrong again and again is understood by then."""


class Stage:
    """Who is on stage, and what happened. What only one system knows is in `systems`, by the system's name."""

    def __init__(
        self,
        *,
        runtime: Runtime,
        target: Target,
        samples: SampleLibrary,
        contracts: Mapping[str, Contract],
        echo: Callable[[], NullEcho],
        another: Callable[[], Stage],
        tuning: Tuning = USUAL,
    ) -> None:
        ledger = Ledger()
        self.tuning = tuning
        """What the run sets of what scenarios say."""
        self.ledger = ledger
        self.surprises = Surprises(
            ledger,
            Causality(ledger, {name: wing.causes for name, wing in wings().items()}, contracts, self._set_to_s),
            Streams(ledger, {name: wing.heard for name, wing in wings().items()}),
        )
        self.stopwatch = Stopwatch(runtime, ledger, echo, lambda: self.service.parts(), tuning.limit)
        """Judges how long things take."""
        self.turning_point = 0
        """Position in the ledger where the latest When step began."""
        self.turned_ns = ledger.began_ns
        """When that was (monotonic)."""
        self.tried = Tried(self)
        """What many tried at once, or one again and again."""
        self.records_seen: list[Mapping[str, Item | None]] = []
        """What the service had on record each time somebody looked, by what to call it."""
        self._target = target
        self._another = another
        self.scene = Scene(runtime, target.service({}), samples, contracts, ledger, self.surprises)
        self._settings: dict[str, str] = {}
        self._cast: dict[tuple[str, type[Participant], int], Participant] = {}
        self._log = _from_now(self.service.log)
        self._has_ordered_faults = False
        self._service_is_gone = False
        self.systems = {name: wing(self) for name, wing in wings().items()}

    # ---- the service

    @property
    def service(self) -> Service:
        return self.scene.service

    @property
    def can_choose_settings(self) -> bool:
        """Whether the target can be asked for a service with other settings."""
        return "needs-settings" in self._target.capabilities

    def uses_service_with(self, settings: Mapping[str, str]) -> None:
        """Let everybody connect to a service with these further settings; for scenarios tagged @needs-settings."""
        self._settings |= settings
        self._uses(self._target.service(self._settings))

    def uses_service_alone(self) -> None:
        """Let everybody connect to a service that nobody outside this scenario uses (tag @needs-own-service)."""
        self._uses(self._target.service_alone(self._settings))

    def loses_the_service(self) -> None:
        """Let the service shut down in an orderly way; what it leaves on record is nobody's to clean up."""
        shut_down = self.service.shut_down
        if shut_down is None:
            raise Unusable("only a service that a scenario has to itself can be shut down; give it settings of its own")
        self._service_is_gone = True
        self.surprises.causality.is_shut_down()
        shut_down()

    def restarts_the_service(self) -> None:
        """Let the service end and start again on what it has on record; what was in its memory alone is gone."""
        if self.service.restart is None:
            raise Unusable("only a service that a scenario has to itself can be restarted; give it one of its own")
        self.surprises.causality.is_shut_down()
        self.scene.service = self.service.restart()
        self._log = _from_now(self.service.log)

    def another(self) -> Stage:
        """Return an empty stage beside this one, before the same target: a story within the story."""
        return self._another()

    @property
    def samples(self) -> SampleLibrary:
        """What can be said, and its recordings in every language."""
        return self.scene.samples

    # ---- what the tests may see of it

    @property
    def control(self) -> Control:
        """Where faults are ordered and doubles read (@needs-fault, @needs-double); faults end with the scenario."""
        self._has_ordered_faults = True
        control = _granted(self.service.control, "uses the service's control plane", "@needs-fault or @needs-double")
        control.tells = self.surprises.causality.is_ordered
        return control

    @property
    def metrics(self) -> Metrics:
        """What the service records about itself; only for scenarios that need it (tag @needs-metrics)."""
        return _granted(self.service.metrics, "reads metrics", "@needs-metrics")

    @cached_property
    def figures(self) -> Figures:
        """What the service counts and times, session by session and as a whole (tag @needs-metrics)."""
        return Figures(self.metrics, self.ledger.began_at)

    def log(self, **only: str) -> list[Entry]:
        """Return what the service has logged in this scenario, as Log.entries has it (tag @needs-logs)."""
        log = _granted(self._log, "reads the log", "@needs-logs")
        return log.entries(**only)

    @property
    def turned_at_s(self) -> float:
        """When the latest When began, in seconds since 1970."""
        return self.ledger.began_at + (self.turned_ns - self.ledger.began_ns) / 1e9

    def service_log(self) -> str:
        """Return what the service logged since this scenario began, or an empty text if the target grants no log."""
        return "" if self._log is None else self._log.text()

    def looks_at_records(self) -> None:
        """Remember what the service has on record now, as far as the target lets one see it."""
        now = [record for wing in self.systems.values() for record in wing.records().items()]
        self.records_seen.append(dict(now))

    # ---- the cast

    @property
    def people(self) -> list[Participant]:
        """Everybody who appeared, in order of appearance."""
        return list(self._cast.values())

    def present(self, role: type[Role]) -> list[Role]:
        """Return everybody who appeared in this role, in order of appearance."""
        return [person for person in self.people if isinstance(person, role)]

    def person(self, name: str, role: type[Role] = Participant) -> Role:  # type: ignore[assignment]
        """Return whoever of this name appeared last, in whichever role of this kind."""
        for (known, _, _), person in reversed(self._cast.items()):
            if known == name and isinstance(person, role):
                return person
        raise AssertionError(f"{name} has not appeared in this scenario yet")

    def appears(self, name: str, role: type[Role], device: int = 1) -> Role:
        """Return who has this name and role, who appears on first mention; a person may use several devices at once."""
        person = self._cast.get((name, role, device))
        if person is None:
            person = role(name, self.scene)
            for (known, _, _), same in self._cast.items():
                if known == name:  # in another role or on another device, but in the same place
                    person.address = same.address
            self._cast[name, role, device] = person
        assert isinstance(person, role)
        return person

    def unnamed(self, kind: str, count: int, role: type[Role]) -> list[Role]:
        """Let so many more people of this role appear whose names do not matter: the kind, and a number."""
        known = sum(name.startswith(f"{kind} ") for name, _, _ in self._cast)
        return [self.appears(f"{kind} {known + number}", role) for number in range(1, count + 1)]

    # ---- what happens

    def since_turn(self) -> list[Observation]:
        """Return what was observed since the latest When began."""
        return self.ledger.since(self.turning_point)

    def lets_pass(self, span_s: float) -> None:
        """Return after this time, in which nobody on stage does anything."""
        self.ledger.await_first(lambda _: False, since=len(self.ledger), within_s=span_s)

    def marks_turning_point(self) -> None:
        """Remember where the ledger stands; steps that say "nothing is heard" look from here on."""
        self.turning_point = len(self.ledger)
        self.turned_ns = time.monotonic_ns()

    def fails_on_surprises(self, *, at_the_end: bool = False) -> None:
        """Raise AssertionError if anything happened that no step asked for."""
        disorder = [words for person in self.people for words in person.complaints()]
        if news := [*disorder, *self.surprises.news(at_the_end=at_the_end)]:
            breach = any(BREACH in words for words in news)
            more = [f"and {len(news) - MOST_TOLD} more"] if len(news) > MOST_TOLD else []
            raise (ContractBreach if breach else AssertionError)("; ".join([*news[:MOST_TOLD], *more]))

    def closes(self) -> None:
        """End the scenario: let everything still under way arrive, part, and look for what nobody mentioned."""
        try:
            self._ends()
        finally:
            self.scene.hangs_up()
            is_spent = any(wing.spends_the_service() for wing in self.systems.values())
            if self.service.shut_down and is_spent and not self._service_is_gone:
                self.service.shut_down()

    def _ends(self) -> None:
        self.stopwatch.stop()
        in_vain: AssertionError | None = None
        try:
            if self._has_ordered_faults:
                in_vain = self._calls_faults_off()
            for person in self.people:
                if person.legs:
                    person.catches_up()
        finally:
            self._everybody_leaves()
        self.fails_on_surprises(at_the_end=True)
        if not self._service_is_gone:
            for wing in self.systems.values():
                wing.leaves_nothing_behind()
        if in_vain is not None:
            raise in_vain

    def _calls_faults_off(self) -> AssertionError | None:
        """Return what is wrong if something that was ordered has struck nobody: nothing was shown of it then."""
        try:
            self.control.await_strikes()
        except AssertionError as failure:
            return failure
        finally:
            self.control.call_off_ours()
        return None

    def _uses(self, service: Service) -> None:
        if any(person.legs for person in self.people):
            raise RuntimeError("the service is chosen before anybody connects")
        self.scene.service = service
        self._log = _from_now(service.log)

    def _set_to_s(self, timer: Timer) -> float | None:
        """Return how many seconds the service is set to; None where it may be set to anything."""
        if not self.can_choose_settings:
            return None
        setting = self._settings.get(timer.setting)
        return timer.usual_s if setting is None else float(setting) * timer.unit_s

    def _everybody_leaves(self) -> None:
        for person in self.people:
            for leg in person.legs:
                self.surprises.ended_by_us(leg.label)
                self.scene.runtime.call(leg.close(), within_s=10)
        for wing in self.systems.values():
            wing.has_left()


Grant = TypeVar("Grant")


def _granted(grant: Grant | None, does: str, tag: str) -> Grant:
    if grant is None:
        raise Unusable(f"this step {does}, which the target does not grant; tag its scenario {tag}")
    return grant


def _from_now(log: Path | None) -> Log | None:
    return None if log is None else Log.from_now(log)
