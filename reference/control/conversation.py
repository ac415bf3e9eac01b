"""Faults of conversations as somebody ordered them, and what their assistants were asked."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reference.control.faults import Effect
from reference.control.traps import Traps
from reference.conversation.backends import Backend, BackendUnavailable
from reference.conversation.content import Rules, Verdict
from reference.conversation.disturbances import ConversationDisturbances
from reference.conversation.order import AssistantConfiguration
from reference.refusal import Refusal
from reference.speech.ports import SpeechFailure

if TYPE_CHECKING:
    from reference.control.messages import FaultOrder

ORDERED = "ordered through the control plane"
_RECORDS_KEPT = 1_000


class OrderedBackendCrash(Exception):
    """What a backend raises that was to crash; nobody catches it by name."""


@dataclass(slots=True)
class CheckRecord:
    """One text that was held against the content rules. Times are monotonic seconds."""

    session_id: str | None
    asked_at_s: float
    answered_at_s: float
    text: str
    verdict: Verdict | None


@dataclass(slots=True)
class CallRecord:
    """One question to a backend."""

    session_id: str | None
    backend: str
    asked_at_s: float
    text: str
    answered_at_s: float | None = None
    answer: str | None = None
    failure: str | None = None


class OrderedConversationDisturbances(ConversationDisturbances):
    """Strikes where it was ordered to, and remembers the last thousand checks and calls."""

    def __init__(self) -> None:
        self.connects = Traps()
        self.starts = Traps()
        self.backends = Traps()
        self.checks: deque[CheckRecord] = deque(maxlen=_RECORDS_KEPT)
        self.calls: deque[CallRecord] = deque(maxlen=_RECORDS_KEPT)
        self._configurations: dict[str, AssistantConfiguration] = {}

    def configure(self, session_id: str, configuration: AssistantConfiguration) -> None:
        """Let a session have its own assistant."""
        self._configurations[session_id] = configuration

    def before_connecting(self, address: str) -> None:
        """Raise Refusal SERVICE_UNAVAILABLE if an order fits the address."""
        if self.connects.spring(lambda order: order.address in (None, address)) is not None:
            raise Refusal("SERVICE_UNAVAILABLE", "No conversation can be begun at the moment")

    async def before_listening(self, address: str) -> None:
        """Wait, or raise SpeechFailure, if an order fits the address."""
        trap = self.starts.spring(lambda order: order.address in (None, address))
        if trap is None:
            return
        if trap.order.effect is Effect.STALL:
            await trap.stall()
            return
        raise SpeechFailure(trap.order.code or "ServiceUnavailable", ORDERED, transient=trap.order.transient)

    def around_backends(self, backends: Mapping[str, Backend]) -> Mapping[str, Backend]:
        """Return backends that do as they were ordered, and whose calls are remembered."""
        return {name: _OrderedBackend(name, backend, self) for name, backend in backends.items()}

    def around_rules(self, rules: Rules) -> Rules:
        """Return the rules, their checks remembered."""
        return _ObservedRules(rules, self.checks)

    def configuration_of(self, session_id: str | None, configured: AssistantConfiguration) -> AssistantConfiguration:
        """Return what was ordered for the session, or what is configured."""
        return configured if session_id is None else self._configurations.get(session_id, configured)


class _ObservedRules:
    def __init__(self, rules: Rules, checks: deque[CheckRecord]) -> None:
        self._rules = rules
        self._checks = checks

    def check(self, text: str, session_id: str | None) -> Verdict | None:
        asked_at_s = time.monotonic()
        verdict = self._rules.check(text, session_id)
        self._checks.append(CheckRecord(session_id, asked_at_s, time.monotonic(), text, verdict))
        return verdict


class _OrderedBackend:
    def __init__(self, name: str, backend: Backend, disturbances: OrderedConversationDisturbances) -> None:
        self._name = name
        self._backend = backend
        self._disturbances = disturbances

    async def answer(self, text: str, session_id: str | None) -> str:
        record = CallRecord(session_id, self._name, time.monotonic(), text)
        self._disturbances.calls.append(record)
        try:
            answer = await self._answer(text, session_id)
        except Exception as failure:
            record.failure, record.answered_at_s = type(failure).__name__, time.monotonic()
            raise
        record.answer, record.answered_at_s = answer, time.monotonic()
        return answer

    async def _answer(self, text: str, session_id: str | None) -> str:
        def fits(order: FaultOrder) -> bool:
            return order.backend in (None, self._name) and order.session_id in (None, session_id)

        trap = self._disturbances.backends.spring(fits)
        if trap is not None:
            if trap.order.effect is Effect.FAIL:
                raise BackendUnavailable(ORDERED)
            if trap.order.effect is Effect.CRASH:
                raise OrderedBackendCrash(f"the {self._name} backend was ordered to crash")
            if trap.order.effect is Effect.ANSWER:
                return trap.order.text or ""
            await trap.stall()
        return await self._backend.answer(text, session_id)
