"""What every actor can do: connect, send, wait for what comes, and leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from earshot.actors.acts import HEARTBEAT, Act
from earshot.ledger import Kind, Observation
from earshot.scene import Scene, new_address
from earshot.surprises import describe_error
from earshot.wire.leg import Leg

SYSTEM = "broadcast"
PATIENCE_S = 5.0
"""How long somebody waits for an answer that should come at once."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A "no" of the service, whichever way it was given (sheet 3.2)."""

    code: str
    status: int | None
    message: str
    details: Mapping[str, object]


class Person:
    """Somebody with a name, an address of their own, and any number of connections one after another."""

    role: ClassVar[str]

    def __init__(self, name: str, scene: Scene) -> None:
        self.name = name
        self.legs: list[Leg] = []
        self.address = new_address()
        self._scene = scene
        self._outcome: Observation | None = None
        self._heartbeat: Observation | None = None

    @property
    def leg(self) -> Leg:
        """The connection in use."""
        if not self.legs:
            raise AssertionError(f"{self.name} has no connection: nothing was opened in this scenario yet")
        return self.legs[-1]

    def received(self, *types: str, since: int = 0) -> list[Observation]:
        """Return the messages of these types that came on the connection in use, from ledger position `since` on."""
        return [o for o in self._scene.ledger.since(since) if self._is_for_me(o, types)]

    def beats(self) -> Observation:
        """Send a heartbeat and return its answer."""
        return self.asks(HEARTBEAT)

    def sends_heartbeat(self) -> None:
        """Send a heartbeat and do not wait for its answer."""
        self._heartbeat = self._send(HEARTBEAT.message)

    def heartbeat_is_answered(self) -> Observation:
        """Return the answer to the heartbeat sent last, waiting for it if need be."""
        if self._heartbeat is None:
            raise AssertionError(f"{self.name} has sent no heartbeat in this scenario")
        return self._await(("heartbeatAck",), since=self._heartbeat.number, patience_s=PATIENCE_S)

    def catches_up(self) -> None:
        """Return when everything the service had already sent on this connection has arrived.

        The answer to a heartbeat travels behind it on the same ordered connection.
        """
        if self.leg.is_open:
            self.beats()

    def asks(self, act: Act, *, patience_s: float = PATIENCE_S) -> Observation:
        """Ask for something and return the answer; an error instead of it is a broken promise."""
        sent = self._send(act.message)
        came = self._await((act.answer, "error"), since=sent.number, patience_s=patience_s)
        if came.type == "error":
            self._scene.surprises.claim(came)
            raise AssertionError(
                f"{self.name} sent {act.action} and expected {act.answer}, "
                f"but got the error {describe_error(came)} after {_ms_between(sent, came):.0f} ms"
            )
        return came

    def leaves(self) -> None:
        """Close the connection in an orderly way."""
        self._scene.surprises.ended_by_us(self.leg.label)
        self._scene.runtime.call(self.leg.close(), within_s=10)

    def vanishes(self) -> None:
        """Lose the connection without a word, as a device does when its battery dies."""
        self._scene.surprises.ended_by_us(self.leg.label)
        self._scene.runtime.call(self.leg.vanish(), within_s=10)

    def refusal(self) -> Refusal:
        """Return how the last attempt was refused; raises AssertionError if it was not."""
        outcome = self._outcome
        if outcome is None:
            raise AssertionError(f"{self.name} tried nothing that could be refused")
        if not _is_refusal(outcome):
            raise AssertionError(f"{self.name} was not refused: the service answered with {outcome.type}")
        self._scene.surprises.claim(outcome)
        message = outcome.message
        status = message.get("statusCode", outcome.code)
        details = message.get("details", {})
        return Refusal(
            code=str(message.get("code", "")),
            status=status if isinstance(status, int) else None,
            message=str(message.get("message", "")),
            details=details if isinstance(details, Mapping) else {},
        )

    def _connect(self, parameters: Mapping[str, str], welcome: str) -> Observation:
        """Open a connection and return the welcome; raises AssertionError when it is refused."""
        outcome = self._knock(parameters, welcome, checked=True)
        if _is_refusal(outcome):
            self._scene.surprises.claim(outcome)
            raise AssertionError(f"{self.name} expected {welcome}, but was refused: {describe_error(outcome)}")
        return outcome

    def _try_to_connect(self, parameters: Mapping[str, str], welcome: str) -> None:
        """Open a connection and keep what came of it for a later step to judge."""
        self._outcome = self._knock(parameters, welcome, checked=False)
        self._scene.surprises.hold(self._outcome)

    def _knock(self, parameters: Mapping[str, str], welcome: str, *, checked: bool) -> Observation:
        scene = self._scene
        label = self.name if not self.legs else f"{self.name} ({len(self.legs) + 1})"
        leg = Leg(who=self.name, label=label, role=self.role, ledger=scene.ledger, contract=scene.contract)
        self.legs.append(leg)
        outcome = scene.runtime.call(
            leg.open(
                scene.target.url(SYSTEM),
                parameters,
                headers={"X-Forwarded-For": self.address},
                within_s=PATIENCE_S,
                checked=checked,
            ),
            within_s=PATIENCE_S + 1,
        )
        if outcome.kind is Kind.REFUSED:
            return outcome
        return self._await((welcome, "error"), since=outcome.number, patience_s=PATIENCE_S)

    def _send(self, message: Mapping[str, object]) -> Observation:
        return self._scene.runtime.call(self.leg.send(message), within_s=PATIENCE_S)

    def _await(self, types: tuple[str, ...], *, since: int, patience_s: float) -> Observation:
        """Return the first message of these types from ledger position `since` on."""
        ledger = self._scene.ledger
        came = ledger.await_first(lambda o: self._is_for_me(o, types), since=since, within_s=patience_s)
        if came is None:
            wanted = types[0]
            raise AssertionError(
                f"{self.name} waited {patience_s:g} s for {wanted}, which never came; "
                f"meanwhile {ledger.summary(self.name, since=since)}"
            )
        return came

    def _is_for_me(self, observation: Observation, types: tuple[str, ...]) -> bool:
        return (
            observation.kind is Kind.RECEIVED
            and observation.leg == self.leg.label
            and (not types or observation.type in types)
        )


def _is_refusal(outcome: Observation) -> bool:
    return outcome.kind is Kind.REFUSED or outcome.type == "error"


def _ms_between(first: Observation, second: Observation) -> float:
    return (second.at_ns - first.at_ns) / 1e6
