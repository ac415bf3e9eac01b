"""Twins that are slow, that stand still, that tire, and that lose what a percentile does not miss."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from reference.broadcast.admission import Admission
from reference.broadcast.audio import AudioChunk, AudioIntake
from reference.broadcast.codec import Fields
from reference.broadcast.fanout import Fanout
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.model import Session
from reference.broadcast.notices import AudioReceived, Notice, Speech
from reference.broadcast.ports import Reached
from reference.twins.twin import put, twin

FREEZES_AT = 50
"""With this piece of a connection's audio."""
LOSES_EVERY = 50
LAGS_BY_S = 0.15
TIRES_BY_S = 0.00025
TIRED_AT = 100
"""With each piece of a connection's audio, for ten seconds: never by more than 25 ms, so that the percentile holds."""


def _take_audio_after(delay: Callable[[int], float | None]) -> None:
    """Let the service take each piece of audio only after so many seconds; `delay` is told which piece it is."""
    take = BroadcastEndpoint.take_audio
    pieces: Counter[str] = Counter()

    async def take_later(
        self: BroadcastEndpoint, connection_id: str, message: Fields, read_chunk: Callable[[], AudioChunk]
    ) -> Notice:
        pieces[connection_id] += 1
        await asyncio.sleep(delay(pieces[connection_id]) or 0.0)
        return await take(self, connection_id, message, read_chunk)

    put(BroadcastEndpoint, "take_audio", take_later)


@twin("audio-acknowledged-late-by-60-ms", "REQ-21.1")
def audio_acknowledged_late_by_60_ms() -> None:
    """Every piece of audio is taken, and acknowledged, 60 ms late."""
    _take_audio_after(lambda _number: 0.06)


@twin("service-freezes-for-4-seconds", "REQ-21.1")
def service_freezes_for_4_seconds() -> None:
    """Five seconds into a talk the whole service stands still for 4 seconds."""

    def freeze(number: int) -> None:
        if number == FREEZES_AT:
            time.sleep(4)

    _take_audio_after(freeze)


@twin("audio-slower-and-slower", "REQ-21.1")
def audio_slower_and_slower() -> None:
    """Each piece of audio takes a little longer than the one before, and never longer than is allowed."""
    _take_audio_after(lambda number: min(number, TIRED_AT) * TIRES_BY_S)


@twin("one-listener-misses-every-fiftieth-sentence", "BRO-6.2.9", "BRO-8.1.20")
def one_listener_misses_every_fiftieth_sentence() -> None:
    """Every fiftieth sentence does not reach the listener who joined first, and nobody is told."""
    play = SocketAudience.play
    sentences: Counter[str] = Counter()

    def play_to_fewer(self: SocketAudience, connection_ids: Iterable[str], speech: Speech) -> Reached:
        everybody = list(connection_ids)
        sentences[speech.session_id] += 1
        loses = sentences[speech.session_id] % LOSES_EVERY == 0
        reached = play(self, everybody[1:] if loses else everybody, speech)
        return Reached(len(everybody), reached.gone, reached.throttled)

    put(SocketAudience, "play", play_to_fewer)


@twin("volume-takes-effect-late", "BRO-7.3.3")
def volume_takes_effect_late() -> None:
    """A new volume is confirmed at once, but only sound that comes 150 ms later is changed by it."""
    receive = AudioIntake.receive
    volumes: dict[str, list[tuple[float, float]]] = {}

    def receive_at_old_volume(
        self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk
    ) -> AudioReceived:
        now_s, known = time.monotonic(), volumes.setdefault(session.session_id, [(0.0, session.state.volume)])
        if known[-1][1] != session.state.volume:
            known.append((now_s, session.state.volume))
        then = next(volume for since_s, volume in reversed(known) if since_s <= now_s - LAGS_BY_S)
        return receive(self, connection_id, replace(session, state=replace(session.state, volume=then)), chunk)

    put(AudioIntake, "receive", receive_at_old_volume)


# ---- coming, going, and what takes seconds


def _late(owner: type, name: str, by_s: float, *, every: int = 1) -> None:
    """Let `owner` do something only after so many seconds, every so many times."""
    do: Callable[..., Awaitable[object]] = getattr(owner, name)
    times = itertools.count(1)

    async def do_late(self: object, *arguments: object) -> object:
        if next(times) % every == 0:
            await asyncio.sleep(by_s)
        return await do(self, *arguments)

    put(owner, name, do_late)


@twin("every-fifth-session-opened-late-by-2100-ms", "BRO-8.1.1")
def every_fifth_session_opened_late_by_2100_ms() -> None:
    """Every fifth session is opened 2.1 seconds late."""
    _late(Admission, "create", 2.1, every=5)


@twin("every-fifth-join-late-by-1100-ms", "BRO-8.1.2")
def every_fifth_join_late_by_1100_ms() -> None:
    """Every fifth listener is let in 1.1 seconds late."""
    _late(Admission, "join", 1.1, every=5)


@twin("moves-late-by-5100-ms", "BRO-8.1.13")
def moves_late_by_5100_ms() -> None:
    """A speaker who moves to a new connection is let in there 5.1 seconds late."""
    _late(Admission, "refresh_speaker", 5.1)


@twin("end-told-late-by-600-ms", "BRO-8.1.17")
def end_told_late_by_600_ms() -> None:
    """That a speaker has ended the session is told 0.6 seconds late."""
    _late(BroadcastEndpoint, "left", 0.6)


@twin("heartbeats-answered-late-by-120-ms", "BRO-8.1.3")
def heartbeats_answered_late_by_120_ms() -> None:
    """A heartbeat is answered 120 ms late."""
    _late(BroadcastEndpoint, "heartbeat", 0.12)


@twin("translation-begins-late-by-120-ms", "BRO-8.1.11")
def translation_begins_late_by_120_ms() -> None:
    """A sentence that was handed over lies for 120 ms before it is translated."""
    _late(Fanout, "accept", 0.12)


@twin("speech-heard-late-by-5100-ms", "BRO-8.1.19")
def speech_heard_late_by_5100_ms() -> None:
    """A sentence that was translated is sent to the listeners 5.1 seconds late."""
    _late(Fanout, "send", 5.1)
