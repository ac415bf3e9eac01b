"""What a wing makes of one system: its people and its knowledge, in one scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from earshot.causes import Causes
from earshot.ledger import Kind, Observation
from earshot.measure.timed import Timed
from earshot.streams import Stream
from earshot.wording import Wording

if TYPE_CHECKING:
    from earshot.stage import Stage
    from earshot.targets.service import Service
    from earshot.wire.contract import Contract

Item = dict[str, Any]
"""One record of a service, as plain values."""


class System:
    """One system on one stage. A wing derives from it and adds what its people can do; the kernel knows no more."""

    name: ClassVar[str]
    wording: ClassVar[Wording] = Wording()
    timed: ClassVar[Mapping[str, Timed]] = {}
    """What its sentences time, by its words."""
    causes: ClassVar[Causes] = Causes()
    """What can cause the messages of the service that answer nothing."""
    heard: ClassVar[tuple[Stream, ...]] = ()
    """Which messages of the service are parts of a stream of sound."""
    tunable: ClassVar[tuple[str, ...]] = ()
    """What a run may set of its scenarios that judge time, beside what it may set of every system's: see Tuning."""
    commands: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """What it adds to the command line: a module, as cli.py has them, and what it is for."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @property
    def contract(self) -> Contract:
        """The agreement that every message is held against."""
        return self.stage.scene.contracts[self.name]

    @staticmethod
    def invitation(service: Service) -> str:  # noqa: ARG004  nobody is invited unless a wing says how
        """Return how a curious person begins with a service, with any client."""
        return ""

    @classmethod
    def complaint(cls, observation: Observation) -> str | None:
        """Return what is wrong, in words, where a message says that something is; None where it says no such thing."""
        if observation.type != "error" or observation.kind is not Kind.RECEIVED:
            return None
        return describe_refusal(observation)

    def is_refused(self, name: str, reason: Any) -> None:
        """Insist that the last attempt of somebody was refused for a reason that the words of this system know."""
        raise NotImplementedError(f"nobody said yet how the {self.name} refuses, so that {name} could be")

    def records(self) -> Mapping[str, Item | None]:
        """Return what the service has on record of this scenario, by what to call it."""
        return {}

    def exhibits(self) -> Iterator[tuple[str, str]]:
        """Yield the pages (title, HTML) that only this system can show of the scenario."""
        yield from ()

    def has_left(self) -> None:
        """Put away what was there beside people; called when everybody has left."""

    def spends_the_service(self) -> bool:
        """Whether the service remembers what happened, so that no other scenario may have it.

        A service that the scenario had to itself is ended then; asked when everybody has left.
        """
        return False

    def leaves_nothing_behind(self) -> None:
        """Raise AssertionError if the service keeps what it should not, once everybody has left."""


def describe_refusal(observation: Observation) -> str:
    """Return code, status and message of an error envelope, or the bare HTTP status of a refusal without one."""
    message = observation.message
    code = message.get("code")
    if code is None and isinstance(words := message.get("message", message.get("error")), str):
        return words
    if code is None:
        return f"HTTP status {observation.code} without an error message"
    status = message.get("statusCode") if observation.code is None else observation.code
    return f"{code}{'' if status is None else f' ({status})'}: {message.get('message', 'no message')}"


def describe_answer(observation: Observation) -> str:
    """Return what was asked for over HTTP, the status, and what the answer says."""
    said = "; ".join(f"{name}: {value}" for name, value in observation.message.items())
    return f"{observation.type} ({said or 'no reason'})"
