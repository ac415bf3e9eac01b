"""Engines that fail, stall and are scripted as somebody ordered, and that remember what they were asked."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from reference.control.faulty import RecogniserWithFaults, SynthesiserWithFaults, TranslatorWithFaults, failure_of
from reference.control.observations import Kinds, Record
from reference.control.orders import (
    COUNT,
    FLAG,
    TEXT,
    TEXTS,
    Done,
    NotNow,
    Order,
    Place,
    number,
)
from reference.engines import Engines
from reference.speech.observed import ObservedRecogniser, ObservedSynthesiser, ObservedTranslator, StreamRecord
from reference.speech.ports import SpeechFailure, Transcript
from reference.speech.routed import RoutedRecogniser

_WAIT_S = 3.0


class ControlledEngines:
    def __init__(self, engines: Engines) -> None:
        self._router = RoutedRecogniser(engines.recogniser)
        self._breakable = RecogniserWithFaults(self._router)
        self._recogniser = ObservedRecogniser(self._breakable)
        translator, synthesiser = TranslatorWithFaults(engines.translator), SynthesiserWithFaults(engines.synthesiser)
        self._translator, self._synthesiser = ObservedTranslator(translator), ObservedSynthesiser(synthesiser)
        self.engines = Engines(self._recogniser, self._translator, self._synthesiser, engines.warm_up, engines.close)
        session = {"session_id": TEXT}
        next_ones = session | {"texts": TEXTS}
        result = {
            "final": FLAG,
            "stability": number(0, 1),
            "utterance_id": TEXT,
            "start_ms": COUNT,
            "end_ms": COUNT,
            "within_s": number(0, 30),
        }
        self.places = (
            *self._breakable.opens.places("recogniser.open"),
            *self._breakable.feeds.places("recogniser.feed"),
            *translator.calls.places("translator"),
            *synthesiser.calls.places("synthesiser"),
            Place("recogniser.stream", ("fail",), self._break_streams, session | {"code": TEXT, "transient": FLAG}),
            Place("recogniser", ("script",), self._script, needs=session),
            Place("recogniser", ("report",), self._report, result, session | {"text": TEXT}),
            Place("recogniser", ("understand-next",), self._understand_next, {"speaker": TEXT}, next_ones),
            Place("recogniser", ("understand",), self._understand, needs={"text": TEXT, "every_chunks": COUNT}),
        )
        self.observations: Kinds = {
            "streams": self._streams,
            "audio": self._audio,
            "translations": self._translations,
            "syntheses": self._syntheses,
        }

    def count_streams(self) -> int:
        return sum(1 for one in self._recogniser.streams if one.opened_at_s and one.closed_at_s is None)

    def _break_streams(self, order: Order) -> Done:
        return Done(self._breakable.break_streams(failure_of(order), order.scope.get("session_id")))

    def _script(self, order: Order) -> Done:
        session_id = order.scope["session_id"]
        if not self._router.script(session_id):
            raise NotNow(f"the recogniser has heard session {session_id} already; ask before its first chunk")
        return Done()

    async def _report(self, order: Order) -> Done:
        given = order.scope
        if not self._router.is_scripted(given["session_id"]):
            raise NotNow(f"session {given['session_id']} has no script; put one before its first chunk")
        transcript = Transcript(
            given.get("utterance_id", "scripted"),
            given["text"],
            given.get("final", True),
            given.get("stability"),
            given.get("start_ms", 0),
            given.get("end_ms", 0),
        )
        try:
            await self._router.emit(transcript, given["session_id"], within_s=given.get("within_s", _WAIT_S))
        except LookupError as failure:
            raise NotNow(str(failure)) from None
        return Done()

    def _understand_next(self, order: Order) -> Done:
        speaker, texts = order.scope.get("speaker"), order.scope["texts"]
        understood = [Transcript("scripted", text, True, 1.0, 0, 0, speaker) for text in texts]
        self._router.script_streams(order.scope["session_id"], understood)
        return Done(len(texts))

    def _understand(self, order: Order) -> Done:
        self._router.double.understand(order.scope["text"], every_chunks=order.scope["every_chunks"])
        return Done()

    def _streams(self) -> Iterator[Record]:
        for record in self._recogniser.streams:
            options = asdict(record.options)
            yield {
                "session_id": options.pop("session_id"),
                "options": options | {"recogniser_language": record.options.recogniser_language},
                "asked_at_s": record.asked_at_s,
                "opened_at_s": record.opened_at_s,
                "closed_at_s": record.closed_at_s,
                "chunks_fed": record.chunks_fed,
                "chunks": partial(_chunks, record),
                "transcripts": partial(_transcripts, record),
                "failure": _failure(record.failure),
            }

    def _audio(self) -> Iterator[Record]:
        numbers: Counter[str] = Counter()
        for record in self._recogniser.streams:
            session_id = record.options.session_id
            yield {"session_id": session_id, "number": numbers[session_id], "pcm": partial(_pcm, record)}
            numbers[session_id] += 1

    def _translations(self) -> Iterator[Record]:
        shown = ("asked_at_s", "answered_at_s", "text", "source", "target", "translation")
        for record in self._translator.calls:
            yield _members(record, shown) | {"failure": _failure(record.failure)}

    def _syntheses(self) -> Iterator[Record]:
        shown = ("asked_at_s", "answered_at_s", "text", "language", "audio_bytes")
        for record in self._synthesiser.calls:
            manner = _members(record.delivery, ("rate", "volume"))
            yield _members(record, shown) | manner | {"failure": _failure(record.failure)}


def _chunks(record: StreamRecord) -> list[dict[str, Any]]:
    return [{"at_s": at_s, "bytes": len(pcm), **_levels(pcm)} for at_s, pcm in record.chunks]


def _levels(pcm: bytes) -> dict[str, float]:
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2").astype(np.float64)
    return {
        "peak": int(np.abs(samples).max(initial=0)),
        "rms": float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0,
    }


def _transcripts(record: StreamRecord) -> list[dict[str, Any]]:
    shown = ("utterance_id", "text", "final", "stability", "start_ms", "end_ms")
    return [{"at_s": at_s} | _members(transcript, shown) for at_s, transcript in record.transcripts]


def _members(record: object, shown: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in shown}


def _pcm(record: StreamRecord) -> str:
    return base64.b64encode(b"".join(pcm for _, pcm in record.chunks)).decode()


def _failure(failure: SpeechFailure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {"code": failure.code, "message": str(failure), "transient": failure.transient}
