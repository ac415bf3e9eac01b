"""Faults of conversations as somebody ordered them, and what their assistants were asked."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from reference.control.faulty import Faults
from reference.control.observations import Kinds
from reference.control.orders import FLAG, ORDERED, SECONDS, TEXT, TIMES, Done, Order, Place
from reference.control.traps import Traps
from reference.conversation.backends import Backend, BackendUnavailable
from reference.conversation.content import Rules, Verdict
from reference.conversation.disturbances import ConversationDisturbances
from reference.conversation.order import AssistantConfiguration
from reference.refusal import Refusal

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


class ConversationFaults(ConversationDisturbances):
    """Strikes where it was ordered to, and remembers the last thousand checks and calls."""

    def __init__(self, timeout_s: float) -> None:
        """`timeout_s` is how long a backend may take where an order does not say."""
        self.backends = Traps()
        self.calls: deque[CallRecord] = deque(maxlen=_RECORDS_KEPT)
        self._connects, self._starts = Traps(), Faults("address")
        self._checks: deque[CheckRecord] = deque(maxlen=_RECORDS_KEPT)
        self._configurations: dict[str, AssistantConfiguration] = {}
        self._timeout_s = timeout_s
        backend = {"session_id": TEXT, "backend": TEXT, "times": TIMES}
        setup = {"openai_key": TEXT, "huggingface": FLAG, "timeout_s": SECONDS}
        self.places = (
            Place("connect", ("fail",), self._connects.set, {"address": TEXT, "times": TIMES}),
            *self._starts.places("recogniser.start"),
            Place("assistant", ("fail", "crash"), self.backends.set, backend),
            Place("assistant", ("stall",), self.backends.set, backend | {"seconds": SECONDS}),
            Place("assistant", ("answer",), self.backends.set, backend | {"text": TEXT}),
            Place("assistant", ("configure",), self._configure, setup, {"session_id": TEXT, "choice": TEXT}),
        )
        self.observations: Kinds = {
            "content-checks": lambda: map(asdict, self._checks),
            "assistant-calls": lambda: map(asdict, self.calls),
        }

    def before_connecting(self, address: str) -> None:
        """Raise Refusal SERVICE_UNAVAILABLE if an order fits the address."""
        if self._connects.spring(address=address) is not None:
            raise Refusal("SERVICE_UNAVAILABLE", "No conversation can be begun at the moment")

    async def before_listening(self, address: str) -> None:
        """Wait, or raise SpeechFailure, if an order fits the address."""
        await self._starts.strike(address)

    def around_backends(self, backends: Mapping[str, Backend]) -> Mapping[str, Backend]:
        """Return backends that do as they were ordered, and whose calls are remembered."""
        return {name: _OrderedBackend(name, backend, self) for name, backend in backends.items()}

    def around_rules(self, rules: Rules) -> Rules:
        return _ObservedRules(rules, self._checks)

    def configuration_of(self, session_id: str | None, configured: AssistantConfiguration) -> AssistantConfiguration:
        return configured if session_id is None else self._configurations.get(session_id, configured)

    def _configure(self, order: Order) -> Done:
        given = order.scope
        self._configurations[given["session_id"]] = AssistantConfiguration(
            given["choice"],
            given.get("openai_key", ""),
            given.get("huggingface", False),
            given.get("timeout_s", self._timeout_s),
        )
        return Done()


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
    def __init__(self, name: str, backend: Backend, faults: ConversationFaults) -> None:
        self._name = name
        self._backend = backend
        self._faults = faults

    async def answer(self, text: str, session_id: str | None) -> str:
        record = CallRecord(session_id, self._name, time.monotonic(), text)
        self._faults.calls.append(record)
        try:
            answer = await self._answer(text, session_id)
        except Exception as failure:
            record.failure, record.answered_at_s = type(failure).__name__, time.monotonic()
            raise
        record.answer, record.answered_at_s = answer, time.monotonic()
        return answer

    async def _answer(self, text: str, session_id: str | None) -> str:
        trap = self._faults.backends.spring(backend=self._name, session_id=session_id)
        if trap is not None:
            match trap.order.effect:
                case "fail":
                    raise BackendUnavailable(ORDERED)
                case "crash":
                    raise OrderedBackendCrash(f"the {self._name} backend was ordered to crash")
                case "answer":
                    return str(trap.order.scope.get("text", ""))
            await trap.stall()
        return await self._backend.answer(text, session_id)
