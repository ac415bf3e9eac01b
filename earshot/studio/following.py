"""What every live session must keep, in every scenario: two messages for each piece, in order, and true figures.

A session is followed over all its connections. Each message is answered completely before the next, so order tells
which answer belongs to what; that nothing comes without a request is judged elsewhere.
"""

from __future__ import annotations

import base64
import binascii
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from earshot.audio.clips import Samples
from earshot.audio.pcm import NoSound, samples_of
from earshot.audio.signals import QUIETEST_DBFS, rms_dbfs
from earshot.ledger import Kind, Observation
from earshot.studio.messages import AUDIO, ERROR, METRICS, PING, PONG, PROCESSED, UPDATE, UPDATED
from earshot.studio.pipelines import Pipeline
from earshot.wire.leg import ASKS_TO_CONNECT

MEAN_OFF_BY_MS = 0.01
MEAN_OFF_BY_SHARE = 0.01
"""How far an average may be from the mean of what was told (STU-25): the larger of both."""
LATENCY_OFF_BY_MS = 1.0
"""By how much the latency that is told may exceed what it took (STU-118)."""
LEVEL_OFF_BY_DB = 0.1
"""How far the level that is told may be from that of the audio (STU-27)."""


@dataclass(eq=False, slots=True)
class Asked:
    """One message that is to be answered, and what came of it."""

    sent: Observation
    name: str
    """The type of a request that makes sense, or an empty text."""
    size_bytes: int | None = None
    """Of a piece: how much sound it holds; None where it cannot be decoded."""
    audio: Observation | None = None
    answer: Observation | None = None
    """The last message about it."""

    @property
    def is_piece(self) -> bool:
        return self.name == AUDIO

    @property
    def was_processed(self) -> bool:
        return self.answer is not None and self.answer.type == METRICS

    @property
    def sound(self) -> Samples:
        """What was sent; no samples where the piece holds none."""
        return _samples(self.sent.message.get("data"))

    @property
    def returned(self) -> Samples:
        """What came back; no samples where nothing did."""
        return _samples(self.audio.message.get("audio") if self.audio else None)

    @property
    def figures(self) -> Mapping[str, Any]:
        """What was told about it; nothing where it was not processed."""
        told = self.answer.message.get("metrics") if self.answer else None
        return told if isinstance(told, Mapping) else {}

    @property
    def took_ms(self) -> float:
        """How long the service says that it took."""
        return float(self.figures["total_latency"])


@dataclass(eq=False, slots=True)
class LiveSession:
    """One live session, told what happens on its connections, one observation after the other."""

    session_id: str
    pipeline: Pipeline = field(default_factory=Pipeline)
    is_over: bool = False
    pieces: list[Asked] = field(default_factory=list)
    """Every piece that was sent, on whichever connection."""
    asked: list[Asked] = field(default_factory=list)
    _waiting: dict[str, deque[Asked]] = field(default_factory=lambda: defaultdict(deque))
    """What is not answered yet, by connection."""
    _open: set[str] = field(default_factory=set)
    _latencies_ms: list[float] = field(default_factory=list)
    _count: int = 0
    """The highest that was told."""
    _unseen: int = 0
    """How many pieces may have been counted of which nothing was told, as their connection was gone."""
    _is_shared: bool = False
    """Whether it had several connections at once, so that nobody can tell in which order pieces were counted."""

    def follow(self, observation: Observation) -> Iterator[str]:
        """Take note of what happened next; yields what is wrong with it."""
        leg = observation.leg
        match observation.kind:
            case Kind.SENT if observation.words != ASKS_TO_CONNECT:
                if (asked := _asked(observation)) is not None:
                    self._waiting[leg].append(asked)
                    self.asked.append(asked)
                    self.pieces += [asked] if asked.is_piece else []
            case Kind.OPENED:
                self._open.add(leg)
                self._is_shared = self._is_shared or len(self._open) > 1
            case Kind.CLOSED:
                self._open.discard(leg)
                self._unseen += sum(asked.is_piece for asked in self._waiting.pop(leg, ()))
            case Kind.RECEIVED:
                yield from self._answered(self._waiting[leg], observation)

    def unanswered(self, leg: str) -> int:
        """Return how many messages on a connection have no answer yet, or only a part of it."""
        return len(self._waiting[leg])

    def _answered(self, waiting: deque[Asked], answer: Observation) -> Iterator[str]:
        if not waiting or answer.type not in (PROCESSED, METRICS, PONG, UPDATED, ERROR):
            return
        asked = waiting[0]
        if answer.type not in _answers(asked):
            yield f"{answer.type} came before {_in_words(asked)} was answered"
            asked = next((each for each in waiting if answer.type in _answers(each)), asked)
        if answer.type == PROCESSED:
            if asked.is_piece:
                yield from _audio(asked, answer)
            return
        if answer.type in _answers(asked):
            waiting.remove(asked)
            asked.answer = answer
            if asked.is_piece:
                yield from self._processed(asked)

    def _processed(self, piece: Asked) -> Iterator[str]:
        if piece.answer is not None and piece.answer.type == ERROR:
            if piece.audio is not None:
                yield "a piece was answered by its audio, and then by an error"
            return
        if piece.audio is None and piece.size_bytes:
            yield "the metrics of a piece came before its audio, or without it"
        yield from self._counted(piece)
        yield from _true(piece)

    def _counted(self, piece: Asked) -> Iterator[str]:
        """Yield what is wrong with the figures that go on from piece to piece (STU-24, STU-25)."""
        count, mean = piece.figures.get("chunks_processed"), piece.figures.get("average_latency")
        took_ms = piece.figures.get("total_latency")
        if not (isinstance(count, int) and isinstance(mean, int | float) and isinstance(took_ms, int | float)):
            return  # the contract says so
        most = self._count + 1 + self._unseen
        if not self._is_shared and not self._count < count <= most:
            expected = f"{self._count + 1}" if not self._unseen else f"{self._count + 1} to {most}"
            yield f"a piece was counted as number {count}, and {expected} was expected"
        is_known = not self._unseen and not self._is_shared
        self._count, self._unseen = max(self._count, count), 0
        self._latencies_ms.append(took_ms)
        if is_known and len(self._latencies_ms) == count:
            exact = sum(self._latencies_ms) / count
            if abs(mean - exact) > max(MEAN_OFF_BY_MS, MEAN_OFF_BY_SHARE * exact):
                yield (
                    f"the average latency was told as {mean:g} ms after piece {count}, "
                    f"but the mean of what was told is {exact:g} ms"
                )


def _asked(sent: Observation) -> Asked | None:
    """Return what an answer is to come to; None where a message is of a type that nobody knows."""
    message, name = sent.message, sent.message.get("type")
    if name == AUDIO and "data" in message:
        return Asked(sent, AUDIO, _size_bytes(message["data"]))
    if name == PING["type"] or (name == UPDATE and {"stage_id", "parameters"} <= message.keys()):
        return Asked(sent, str(name))
    return Asked(sent, "") if name in (AUDIO, UPDATE) or not isinstance(name, str) else None


def _answers(asked: Asked) -> frozenset[str]:
    return _ANSWERS[asked.name]


_ANSWERS = {
    AUDIO: frozenset({PROCESSED, METRICS, ERROR}),
    str(PING["type"]): frozenset({PONG}),
    UPDATE: frozenset({UPDATED, ERROR}),
    "": frozenset({ERROR}),
}


def _in_words(asked: Asked) -> str:
    return {AUDIO: "a piece", UPDATE: "a change", "": "what makes no sense"}.get(asked.name, "a heartbeat")


def _audio(piece: Asked, audio: Observation) -> Iterator[str]:
    if piece.audio is not None:
        yield "a piece came back twice"
        return
    piece.audio = audio
    if piece.size_bytes == 0:
        yield "audio came back for an empty piece"
    if piece.size_bytes and (back := _size_bytes(audio.message.get("audio"))) != piece.size_bytes:
        yield f"{piece.size_bytes} bytes were sent, and {'what is no base64' if back is None else back} came back"


def _true(piece: Asked) -> Iterator[str]:
    """Yield what is wrong with the figures about one piece (STU-27, STU-118)."""
    took_ms, quality = piece.figures.get("total_latency"), piece.figures.get("quality_metrics")
    assert piece.answer is not None
    round_trip_ms = (piece.answer.at_ns - piece.sent.at_ns) / 1e6
    if isinstance(took_ms, int | float) and took_ms > round_trip_ms + LATENCY_OFF_BY_MS:
        yield f"a piece is said to have taken {took_ms:g} ms, but came back after {round_trip_ms:g} ms"
    told = quality.get("rms") if isinstance(quality, Mapping) else None
    if not isinstance(told, int | float) or piece.size_bytes is None:
        return
    back = piece.returned
    level = rms_dbfs(back) if len(back) else QUIETEST_DBFS
    if abs(told - level) > LEVEL_OFF_BY_DB:
        yield f"the level is told as {told:g} dB, but what came back has {level:.2f} dB"


def _size_bytes(data: object) -> int | None:
    """Return how much audio a text holds; None where it holds none that could be decoded."""
    try:
        return len(base64.b64decode(data, validate=True)) if isinstance(data, str) else None
    except (binascii.Error, ValueError):
        return None


def _samples(data: object) -> Samples:
    try:
        return samples_of(data)
    except NoSound:
        return samples_of("AAA=")[:0]
