"""What everybody in a broadcast can ask for, and try although it may be refused."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from earshot.broadcast.acts import Act
from earshot.failures import Inconclusive
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay
from earshot.participant import OPENING_PATIENCE_S, PATIENCE_S, Participant, ms_between
from earshot.scene import Scene
from earshot.system import describe_refusal

AGAIN_AFTER_S = 0.6
"""How long somebody waits before asking for the same again: nothing may be asked for more than twice a second."""
ANSWERED_WITHIN_S = 10.0
"""The longest that the answer to a request may take, be it a yes or a no (REQ-20.2)."""
DEALT_WITH_WITHIN_S = 20.0
"""How long a service may take over many frames that came at once."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A "no" of the service, as a message or as the status of the handshake (BRO-3.2)."""

    code: str
    status: int | None
    message: str
    details: Mapping[str, object]


class Attempts(Participant):
    """Somebody who asks for things; what came of an attempt is kept until a step asks for it."""

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self._learnt: set[int] = set()
        self.outcomes: list[Observation] = []
        """What came of the last series of attempts."""

    def asks(self, act: Act, *, patience_s: float = PATIENCE_S, again_on: str = "") -> Observation:
        """Ask for something and return the answer; an error instead of it is a broken promise.

        Where the sheet lets a service say `again_on`, a code, instead, it is asked again until `patience_s` is over.
        """
        deadline = time.monotonic() + patience_s
        accepted = (self.contract.codes_of(again_on) or {again_on}) if again_on else frozenset()
        while True:
            sent = self._send(act.message)
            came = self._answer_to(act, since=sent.number, patience_s=patience_s)
            self._answered_after = Delay.between(sent, came)
            self._learnt.add(came.number)
            if came.type != "error":
                return came
            self._scene.surprises.claim(came)
            if came.message.get("code") not in accepted or time.monotonic() > deadline:
                raise AssertionError(
                    f"{self.name} sent {act.action} and expected {act.answer}, "
                    f"but got the error {describe_refusal(came)} after {self._answered_after.took_ms:.0f} ms"
                )
            time.sleep(AGAIN_AFTER_S)

    def tries(self, act: Act) -> None:
        """Ask for something that may be refused, even where the contract forbids to ask; keep the outcome."""
        sending = (
            self.leg.send(act.message, checked=False)
            if act.frame is None
            else self.leg.send_raw(act.frame, checked=False)
        )
        sent = self._scene.runtime.call(sending, within_s=PATIENCE_S)
        self._keep_outcome(self._answer_to(act, since=sent.number, patience_s=ANSWERED_WITHIN_S), sent)

    def tries_at_once(self, acts: Sequence[Act], *, within_s: float = 1.0) -> None:
        """Try all of these without waiting for answers; keep the outcomes, in order.

        A series shows something only if all were answered in less than `within_s`, or all up to the first that was
        refused for its rate, if so were those after it. A machine that was too busy for that gets more chances, each
        after a rest as long as that.
        """
        for _ in range(5):
            began = len(self._scene.ledger)
            self._scene.runtime.call(self._try_all(acts), within_s=PATIENCE_S)
            self.outcomes = self._outcomes_of(acts, since=began)
            for outcome in self.outcomes:
                self._scene.surprises.hold(outcome)
            if ms_between(self._scene.ledger.since(began)[0], self._last_that_counts()) < within_s * 1000:
                return
            for outcome in self.outcomes:
                self._scene.surprises.claim(outcome)
            self._scene.ledger.await_first(self._is_my_close, since=len(self._scene.ledger), within_s=within_s)
        raise Inconclusive(f"this machine is too busy for {len(acts)} requests within {within_s:g} s")

    def tries_in_turn(self, acts: Sequence[Act]) -> None:
        """Try these one after the other, each when the one before was answered; keep the outcomes, in order."""
        outcomes = []
        for act in acts:
            self.tries(act)
            outcomes.append(self.outcome)
        self.outcomes = outcomes

    def refusals(self) -> list[Refusal | None]:
        """Return how each of the requests tried at once was refused; None where it was granted."""
        return [self._as_refusal(o) if is_refusal(o) else None for o in self.outcomes]

    def sends_beyond_all_limits(self, frame: str) -> None:
        """Send a text for which the service may close the connection; return when it has, or has answered."""
        sent = self._scene.runtime.call(self.leg.send_raw(frame, checked=False), within_s=PATIENCE_S)
        came = self._scene.ledger.await_first(
            lambda o: self._is_my_close(o) or self._is_for_me(o, ("error",)), since=sent.number, within_s=PATIENCE_S
        )
        if came is not None:
            self._scene.surprises.hold(came)

    def sends_whatever(self, frame: str | bytes) -> None:
        """Send a frame as it is, to a service that may have hung up already."""
        try:
            self._scene.runtime.call(self.leg.send_raw(frame, checked=False), within_s=PATIENCE_S)
        except AssertionError:
            if self.leg.is_open:
                raise

    def sees_whatever_dealt_with(self) -> None:
        """Return when the service has come to the end of what was sent; a heartbeat tells, or that it hung up."""
        ledger = self._scene.ledger
        since = len(ledger)
        self.sends_whatever('{"action": "heartbeat"}')
        came = self.leg.is_open and ledger.await_first(
            lambda o: self._is_my_close(o) or self._is_for_me(o, ("heartbeatAck",)),
            since=since,
            within_s=DEALT_WITH_WITHIN_S,
        )
        if came is None:
            raise AssertionError(f"the service stopped answering {self.name}; {ledger.summary(self.name, since=since)}")

    def _last_that_counts(self) -> Observation:
        """Return the last outcome of a series, or the first refusal for its rate if only such refusals follow."""
        last = self.outcomes[-1]
        for outcome in reversed(self.outcomes):
            if "RATE_LIMIT" not in str(outcome.message.get("code")):
                break
            last = outcome
        return last

    def what_came(self) -> str:
        """Say in words whether the last attempt was granted, or how it was refused."""
        outcome = self.outcome
        if not is_refusal(outcome):
            return "granted"
        self._scene.surprises.claim(outcome)
        return f"refused with {describe_refusal(outcome)}"

    def refusal(self) -> Refusal:
        """Return how the last attempt was refused; raises AssertionError if it was not."""
        outcome = self._outcome
        if outcome is None:
            raise AssertionError(f"{self.name} tried nothing that could be refused")
        if not is_refusal(outcome):
            raise AssertionError(f"{self.name} was not refused: the service answered with {outcome.type}")
        return self._as_refusal(outcome)

    def _as_refusal(self, outcome: Observation) -> Refusal:
        self._scene.surprises.claim(outcome)
        message = outcome.message
        status = message.get("statusCode") if outcome.code is None else outcome.code
        details = message.get("details", {})
        return Refusal(
            code=str(message.get("code", "")),
            status=status if isinstance(status, int) else None,
            message=str(message.get("message", "")),
            details=details if isinstance(details, Mapping) else {},
        )

    def _keep_outcome(self, outcome: Observation, sent: Observation) -> None:
        self._outcome = outcome
        self._answered_after = Delay.between(sent, outcome)
        self._learnt.add(outcome.number)
        self._scene.surprises.hold(outcome)

    def _answer_to(self, act: Act, *, since: int, patience_s: float) -> Observation:
        """Return the answer to a request, or the error instead; what came of its own accord is neither."""
        types = (act.answer, "error") if act.answer else ()
        came = self._await(types, since=since, patience_s=patience_s)
        while came.type != "error" and not act.is_answered_by(came.message):
            came = self._await(types, since=came.number + 1, patience_s=patience_s)
        return came

    def _connect(self, parameters: Mapping[str, str], welcome: str) -> Observation:
        """Open a connection and return the welcome; raises AssertionError when it is refused."""
        return self._insist_on(welcome, self._knock(parameters, welcome, checked=True))

    def _insist_on(self, welcome: str, outcome: Observation) -> Observation:
        if is_refusal(outcome):
            self._scene.surprises.claim(outcome)
            raise AssertionError(f"{self.name} expected {welcome}, but was refused: {describe_refusal(outcome)}")
        return outcome

    def _try_to_connect(self, parameters: Mapping[str, str], welcome: str) -> None:
        """Open a connection and keep what came of it for a later step to judge."""
        self._outcome = self._knock(parameters, welcome, checked=False)
        self._scene.surprises.hold(self._outcome)

    def _knock(self, parameters: Mapping[str, str], welcome: str, *, checked: bool) -> Observation:
        outcome = self._open(parameters, checked=checked)
        if outcome.kind is Kind.REFUSED:
            return outcome
        return self._await((welcome, "error"), since=outcome.number, patience_s=OPENING_PATIENCE_S)

    async def _try_all(self, acts: Sequence[Act]) -> None:
        for act in acts:
            await self.leg.send(act.message, checked=False)

    def _outcomes_of(self, acts: Sequence[Act], *, since: int) -> list[Observation]:
        """Return the outcome of each, in the order of asking, which is that of answering on one connection."""
        outcomes: list[Observation] = []
        for act in acts:
            came = self._answer_to(act, since=since, patience_s=ANSWERED_WITHIN_S)
            outcomes.append(came)
            since = came.number + 1
        return outcomes


def is_refusal(outcome: Observation) -> bool:
    """Whether this is a "no", at the door or later."""
    return outcome.kind is Kind.REFUSED or outcome.type == "error"
