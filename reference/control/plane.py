"""What the control plane is made of: wrappers around what the service stands on, and the book of faults."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from reference.broadcast.handover import PipelineUnavailable
from reference.control.conversation import ORDERED, OrderedConversationDisturbances
from reference.control.disturbances import OrderedDisturbances
from reference.control.faults import Arm, Armed, Effect, FaultBook, Place
from reference.control.store_faults import StoreFaults
from reference.engines import Engines
from reference.speech.faults import (
    Faults,
    Order,
    RecogniserWithFaults,
    SynthesiserWithFaults,
    TranslatorWithFaults,
)
from reference.speech.observed import ObservedRecogniser, ObservedSynthesiser, ObservedTranslator
from reference.speech.ports import SpeechFailure
from reference.speech.routed import RoutedRecogniser
from reference.storage.tables import TableNames

if TYPE_CHECKING:
    from reference.control.messages import FaultOrder

_UNEXPECTED_FAILURE = 1011


class Inside(Protocol):
    """What may be looked at in the running service."""

    def connections_of(self, session_id: str) -> Iterable[str]:
        """Return the connections of a live session; may be called on any thread."""

    def counts(self) -> Mapping[str, int]:
        """Return what its systems hold at this moment, by name."""

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        """Close sockets; return how many were there."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the process holds at this moment."""

    memory_bytes: int | None
    """Resident; None where the operating system does not say."""
    tasks: int
    threads: int
    open_files: int


class ControlPlane:
    """Faults and observations of one service.

    The service is to be given `engines` and both kinds of disturbances; `look_into` is called when it exists, and
    before anything is ordered.
    """

    def __init__(self, engines: Engines, aws_client: Any, table_names: TableNames) -> None:
        self.recogniser_router = RoutedRecogniser(engines.recogniser)
        self._recogniser_faults = RecogniserWithFaults(self.recogniser_router)
        self.recogniser = ObservedRecogniser(self._recogniser_faults)
        translator_faults = TranslatorWithFaults(engines.translator)
        self.translator = ObservedTranslator(translator_faults)
        synthesiser_faults = SynthesiserWithFaults(engines.synthesiser)
        self.synthesiser = ObservedSynthesiser(synthesiser_faults)
        self.engines = Engines(self.recogniser, self.translator, self.synthesiser, engines.warm_up, engines.close)
        self.disturbances = OrderedDisturbances()
        self.conversation_disturbances = OrderedConversationDisturbances()
        self.inside: Inside | None = None
        self._table_names = table_names
        self._store = StoreFaults(aws_client, self._connections_of)
        self.book = FaultBook(
            {
                Place.RECOGNISER_START: self.conversation_disturbances.starts.set,
                Place.RECOGNISER_OPEN: _in_engine(self._recogniser_faults.opens, _session),
                Place.RECOGNISER_FEED: _in_engine(self._recogniser_faults.feeds, _session),
                Place.RECOGNISER_STREAM: self._break_streams,
                Place.HANDOVER: self._arm_handover,
                Place.TRANSLATOR: _in_engine(translator_faults.calls, _language),
                Place.SYNTHESISER: _in_engine(synthesiser_faults.calls, _language),
                Place.STORE: self._arm_store,
                Place.HANDLER: self.disturbances.handlers.set,
                Place.DELIVERY: self.disturbances.deliveries.set,
                Place.SIGN_IN: self.disturbances.sign_ins.set,
                Place.CONNECT: self.conversation_disturbances.connects.set,
                Place.CONNECTION: self._arm_connection,
                Place.ASSISTANT: self.conversation_disturbances.backends.set,
            }
        )

    def look_into(self, inside: Inside) -> None:
        """Take what is needed to know of the running service."""
        self.inside = inside

    def _connections_of(self, session_id: str) -> Iterable[str]:
        return () if self.inside is None else self.inside.connections_of(session_id)

    def _arm_store(self, order: FaultOrder) -> Armed:
        table = order.table and self._table_names.get(order.table, order.table)
        return self._store.arm(order.model_copy(update={"table": table}))

    def _arm_handover(self, order: FaultOrder) -> Armed:
        calls = self.disturbances.pipeline_faults.calls
        return _arm_in_engine(calls, order, order.session_id, PipelineUnavailable(ORDERED))

    def _arm_connection(self, order: FaultOrder) -> Armed:
        if order.effect is not Effect.CLOSE:
            return self.disturbances.connections.set(order)
        assert self.inside is not None, "faults are ordered once the service runs"
        named = [] if order.connection_id is None else [order.connection_id]
        of_session = [] if order.session_id is None else self.inside.connections_of(order.session_id)
        code = order.close_code or _UNEXPECTED_FAILURE
        return _Done(self.inside.close_connections([*named, *of_session], code))

    def _break_streams(self, order: FaultOrder) -> Armed:
        return _Done(self._recogniser_faults.break_streams(_failure(order), order.session_id))


class _Done:
    """A fault that struck when it was ordered."""

    times_left = 0

    def __init__(self, times_struck: int) -> None:
        self.times_struck = times_struck

    def call_off(self) -> None:
        pass


class _InEngine:
    """A fault that one of the engines' wrappers keeps."""

    def __init__(self, faults: Faults, order: Order) -> None:
        self._faults = faults
        self._order = order

    @property
    def times_struck(self) -> int:
        return self._order.times_struck

    @property
    def times_left(self) -> int | None:
        return self._order.times_left

    def call_off(self) -> None:
        self._faults.call_off(self._order)


def _in_engine(faults: Faults, scope_of: Callable[[FaultOrder], str | None]) -> Arm:
    return lambda order: _arm_in_engine(faults, order, scope_of(order), _failure(order))


def _arm_in_engine(faults: Faults, order: FaultOrder, scope: str | None, failure: Exception) -> Armed:
    if order.effect is Effect.STALL:
        return _InEngine(faults, faults.stall(scope, seconds=order.seconds, times=order.times))
    return _InEngine(faults, faults.fail_next(failure, times=order.times, scope=scope))


def _session(order: FaultOrder) -> str | None:
    return order.session_id


def _language(order: FaultOrder) -> str | None:
    return order.language


def _failure(order: FaultOrder) -> SpeechFailure:
    return SpeechFailure(order.code or "ServiceUnavailable", ORDERED, transient=order.transient)


def count() -> Counts:
    """Return what this process holds; to be called on the event loop."""
    return Counts(
        memory_bytes=_memory_bytes(),
        tasks=len(asyncio.all_tasks()),
        threads=threading.active_count(),
        open_files=sum(1 for _ in Path("/dev/fd").iterdir()),
    )


def _memory_bytes() -> int | None:
    pages_in_use = Path("/proc/self/statm")
    if not pages_in_use.exists():
        return None
    return int(pages_in_use.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def now_s() -> float:
    """Return the time on the clock of all observations."""
    return time.monotonic()
