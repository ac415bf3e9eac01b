"""What everybody can do, whichever system they use: connect, send, look for what comes, and leave."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from earshot.failures import ContractBreach
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay
from earshot.scene import Scene, new_address
from earshot.wire.contract import Contract
from earshot.wire.leg import Leg

NONE: Mapping[str, str] = MappingProxyType({})
PATIENCE_S = 10.0
"""How long somebody waits for an answer that should come at once."""
OPENING_PATIENCE_S = 20.0
"""Coming in by a move may take ten seconds (BRO-8.1.13); what takes longer is to be measured, not given up."""


class Participant(ABC):
    """Somebody with a name, an address of their own, and any number of connections one after another."""

    system: ClassVar[str]
    """The name of the system that they use."""
    role: ClassVar[str]
    """What they are in the words of the contract."""

    def __init__(self, name: str, scene: Scene) -> None:
        self.name = name
        self.legs: list[Leg] = []
        self.address = new_address()
        self.left_at_ns = 0
        """When this person last began to leave (monotonic)."""
        self.asked_at_ns = 0
        """When this person last asked for a connection (monotonic)."""
        self._scene = scene
        self._outcome: Observation | None = None
        self._answered_after: Delay | None = None
        """How long the answer to the latest request took, or to all that was sent at the latest go."""

    @property
    def leg(self) -> Leg:
        if not self.legs:
            raise AssertionError(f"{self.name} has no connection: nothing was opened in this scenario yet")
        return self.legs[-1]

    @property
    def contract(self) -> Contract:
        """The agreement that every message is held against."""
        return self._scene.contracts[self.system]

    @property
    def outcome(self) -> Observation:
        """What came of the last attempt."""
        if self._outcome is None:
            raise AssertionError(f"{self.name} has tried nothing in this scenario")
        return self._outcome

    def last_answer(self) -> Delay:
        """Return how long the latest answer took; AssertionError if there was none."""
        if self._answered_after is None:
            raise AssertionError(f"{self.name} has had no answer in this scenario")
        return self._answered_after

    @abstractmethod
    def catches_up(self) -> None:
        """Return when everything the service had already sent on this connection has arrived."""

    def complaints(self) -> list[str]:
        """Return a sentence for all that is wrong with the order of what came, as far as it was not told before."""
        return []

    def received(self, *types: str, since: int = 0) -> list[Observation]:
        """Return the messages of these types that came on the connection in use, from ledger position `since` on."""
        return [o for o in self._scene.ledger.since(since) if self._is_for_me(o, types)]

    def is_told(self, notice: str, *, since: int, patience_s: float = PATIENCE_S) -> Observation:
        """Return the first message of this type from ledger position `since` on, waiting for it if need be."""
        return self._await((notice,), since=since, patience_s=patience_s)

    def stays_untold(self, for_s: float, *, since: int) -> None:
        """Return if nothing came from ledger position `since` on, nor for another `for_s`, and nobody hung up."""
        came = self._scene.ledger.await_first(
            lambda o: self._is_for_me(o, ()) or self._is_my_close(o), since=since, within_s=for_s
        )
        if came is not None:
            raise AssertionError(f"{self.name} was to be told nothing for {for_s:g} s, got {came.type or came.kind}")

    def is_disconnected_within(self, patience_s: float) -> bool:
        """Whether the service closes the connection in use in that time, which is then taken as expected."""
        closed = self._scene.ledger.await_first(self._is_my_close, within_s=patience_s)
        if closed is not None:
            self._insist_on_the_service_as_cause(closed)
        return closed is not None

    def is_disconnected(self, *, patience_s: float = PATIENCE_S) -> Observation:
        """Return the close of the connection in use by the service, waiting for it if need be."""
        closed = self._scene.ledger.await_first(self._is_my_close, within_s=patience_s)
        if closed is None:
            raise AssertionError(
                f"{self.name} waited {patience_s:g} s to be disconnected, and is still connected; "
                f"{self._scene.ledger.summary(self.name)}"
            )
        self._insist_on_the_service_as_cause(closed)
        return closed

    def opened_after(self) -> Delay:
        """Return how long it took to open the connection in use."""
        opened = next(o for o in self._scene.ledger if o.leg == self.leg.label and o.kind is Kind.OPENED)
        return Delay(self.asked_at_ns, (opened.at_ns - self.asked_at_ns) / 1e6)

    def is_judged_at_the_end(self) -> None:
        """Let errors, or the close, come at any time on the connection in use, if a later step claims them."""
        self._scene.surprises.judge_at_the_end(self.leg.label)

    def sends_heartbeat(self) -> None:
        """Ask whether the service is there, and do not wait for its answer; where a system knows such messages."""
        raise NotImplementedError(f"the {self.system} knows no heartbeats that {self.name} could send")

    def leaves(self) -> None:
        """Close the connection in an orderly way."""
        self.left_at_ns = time.monotonic_ns()
        self._scene.surprises.ended_by_us(self.leg.label)
        self._scene.runtime.call(self.leg.close(), within_s=10)

    def vanishes(self) -> None:
        """Lose the connection without a word, as a device does when its battery dies."""
        self._scene.surprises.ended_by_us(self.leg.label)
        self._scene.runtime.call(self.leg.vanish(), within_s=10)

    def _open(
        self, parameters: Mapping[str, str], *, checked: bool, address: str = "", headers: Mapping[str, str] = NONE
    ) -> Observation:
        """Ask for a connection and return what came of it, OPENED or REFUSED; it is in use from now on.

        `address` is another one than where people in this role connect.
        """
        scene = self._scene
        leg = Leg(
            who=self.name,
            label=scene.new_label(self.name),
            role=self.role,
            ledger=scene.ledger,
            contract=self.contract,
        )
        self.legs.append(leg)
        scene.ledger.belongs(leg.label, self.system, self.role)
        self.asked_at_ns = time.monotonic_ns()
        return scene.runtime.call(
            leg.open(
                address or scene.service.endpoint(self.system, self.role),
                parameters,
                headers={"X-Forwarded-For": self.address, **headers},
                within_s=OPENING_PATIENCE_S,
                checked=checked,
            ),
            within_s=OPENING_PATIENCE_S + 1,
        )

    def _send(self, message: Mapping[str, object]) -> Observation:
        return self._scene.runtime.call(self.leg.send(message), within_s=PATIENCE_S)

    def _sent(self) -> list[Observation]:
        """Return what was sent on the connection in use, the request for it first."""
        return [o for o in self._scene.ledger if o.kind is Kind.SENT and o.leg == self.leg.label]

    def _await(self, types: tuple[str, ...], *, since: int, patience_s: float) -> Observation:
        """Return the first message of these types from ledger position `since` on."""
        ledger = self._scene.ledger
        came = ledger.await_first(
            lambda o: self._is_for_me(o, types) or self._is_my_close(o), since=since, within_s=patience_s
        )
        if came is None or came.kind is Kind.CLOSED:
            wanted = types[0] if types else "any answer"
            how = f"waited {patience_s:g} s for {wanted}, which never came"
            if came is not None:
                how = f"was to be told {wanted}, but the connection was closed before that"
            raise AssertionError(f"{self.name} {how}; meanwhile {ledger.summary(self.name, since=since)}")
        return came

    def _insist_on_the_service_as_cause(self, closed: Observation) -> None:
        """Take a close as expected, unless it was our own side that could not go on."""
        if closed.ours:
            raise ContractBreach(f"{self.name} was to be disconnected, but the connection was closed {closed.words}")
        self._scene.surprises.claim(closed)

    def _is_my_close(self, observation: Observation) -> bool:
        return observation.kind is Kind.CLOSED and observation.leg == self.leg.label

    def _is_for_me(self, observation: Observation, types: tuple[str, ...]) -> bool:
        return (
            observation.kind is Kind.RECEIVED
            and observation.leg == self.leg.label
            and (not types or observation.type in types)
        )


def stay_untold(people: Sequence[Participant], for_s: float, *, since: int) -> None:
    """Return if the service told none of them anything since ledger position `since`, nor for another `for_s`."""
    ends_s = time.monotonic() + for_s
    for person in people:
        person.stays_untold(max(0.0, ends_s - time.monotonic()), since=since)


def ms_between(first: Observation, second: Observation) -> float:
    """Return how many milliseconds after the first the second happened."""
    return (second.at_ns - first.at_ns) / 1e6
