"""A stage without a service: connections on which a test says what comes, and a runtime that runs nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import Any, TypeVar

from earshot.ledger import Kind, Ledger, Observation
from earshot.participant import Participant
from earshot.scene import Scene
from earshot.surprises import Surprises

Somebody = TypeVar("Somebody", bound=Participant)
Message = Mapping[str, Any]


class Here:
    """Runs what is asked of a connection on the spot: the connections of this kit are done at once."""

    def call(self, done: Any, *, within_s: float) -> Any:
        return done

    def do(self, act: Callable[[], object]) -> None:
        act()


class FakeLeg:
    """A connection whose other side answers each message with what `answers` makes of it."""

    def __init__(self, ledger: Ledger, label: str) -> None:
        self.label = label
        self.is_open = True
        self.answers: Callable[[Message], Iterable[Message]] = lambda _: ()
        self._ledger = ledger

    def send(self, message: Message, *, checked: bool = True) -> Observation:
        sent = self.keeps(Kind.SENT, message=message)
        for answer in self.answers(message):
            self.gets(answer)
        return sent

    def gets(self, message: Message) -> Observation:
        return self.keeps(Kind.RECEIVED, message=message)

    def is_closed(self, code: int = 1000) -> Observation:
        self.is_open = False
        return self.keeps(Kind.CLOSED, code=code)

    def keeps(self, kind: Kind, **details: Any) -> Observation:
        who = self.label.partition(" (")[0]
        return self._ledger.keep(Observation(time.monotonic_ns(), who, self.label, kind, **details))

    def close(self, **_: object) -> None:
        self.is_open = False

    stop_reading = read_again = lambda self: None


def a_scene(**parts: Any) -> Scene:
    """Return what actors share, with nothing behind it."""
    ledger = Ledger()
    given = {"runtime": Here(), "service": SimpleNamespace(), "samples": None, "contracts": {}}
    return Scene(**{**given, "ledger": ledger, "surprises": Surprises(ledger), **parts})


def connected(scene: Scene, name: str, role: Callable[[str, Scene], Somebody]) -> tuple[Somebody, FakeLeg]:
    """Return somebody with a connection, and that connection."""
    person = role(name, scene)
    leg = FakeLeg(scene.ledger, scene.new_label(name))
    person.legs.append(leg)  # type: ignore[arg-type]
    return person, leg
