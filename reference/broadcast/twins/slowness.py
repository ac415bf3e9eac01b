"""Twins that are slow, that stand still, that tire, and that lose what a percentile does not miss."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from reference.broadcast.admission import Admission
from reference.broadcast.audio import AudioIntake
from reference.broadcast.fanout import Fanout
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.ports import Reached
from reference.twins.kinds import Declare, kind, late
from reference.twins.twin import twin_of

FREEZES_AT = 50
"""With this piece of a connection's audio."""
LOSES_EVERY = 50
LAGS_BY_S = 0.15
TIRES_BY_S = 0.00025
TIRED_AT = 100
"""With each piece of a connection's audio, for ten seconds: never by more than 25 ms, so that the percentile holds."""


def _audio_taken_after(delay: Callable[[int], float | None], *breaks: str) -> Declare:
    """Let the service take each piece of audio only after so many seconds; `delay` is told which piece it is."""
    pieces: Counter[str] = Counter()

    async def take_later(take_audio, self, connection_id, message, read_chunk):
        pieces[connection_id] += 1
        await asyncio.sleep(delay(pieces[connection_id]) or 0.0)
        return await take_audio(self, connection_id, message, read_chunk)

    return kind(BroadcastEndpoint.take_audio, take_later, *breaks)


@_audio_taken_after(lambda _number: 0.06, "REQ-21.1")
def audio_acknowledged_late_by_60_ms():
    """Every piece of audio is taken, and acknowledged, 60 ms late."""


@_audio_taken_after(lambda number: time.sleep(4) if number == FREEZES_AT else None, "REQ-21.1")
def service_freezes_for_4_seconds():
    """Five seconds into a talk the whole service stands still for 4 seconds."""


@_audio_taken_after(lambda number: min(number, TIRED_AT) * TIRES_BY_S, "REQ-21.1")
def audio_slower_and_slower():
    """Each piece of audio takes a little longer than the one before, and never longer than is allowed."""


_sentences: Counter[str] = Counter()


@twin_of(SocketAudience.play, "BRO-6.2.9", "BRO-8.1.20")
def one_listener_misses_every_fiftieth_sentence(play, self, connection_ids, speech):
    """Every fiftieth sentence does not reach the listener who joined first, and nobody is told."""
    everybody = list(connection_ids)
    _sentences[speech.session_id] += 1
    loses = _sentences[speech.session_id] % LOSES_EVERY == 0
    reached = play(self, everybody[1:] if loses else everybody, speech)
    return Reached(len(everybody), reached.gone, reached.throttled)


_volumes: dict[str, list[tuple[float, float]]] = {}


@twin_of(AudioIntake.receive, "BRO-7.3.3")
def volume_takes_effect_late(receive, self, connection_id, session, chunk):
    """A new volume is confirmed at once, but only sound that comes 150 ms later is changed by it."""
    now_s, known = time.monotonic(), _volumes.setdefault(session.session_id, [(0.0, session.state.volume)])
    if known[-1][1] != session.state.volume:
        known.append((now_s, session.state.volume))
    then = next(volume for since_s, volume in reversed(known) if since_s <= now_s - LAGS_BY_S)
    return receive(self, connection_id, replace(session, state=replace(session.state, volume=then)), chunk)


# ---- coming, going, and what takes seconds


@late(Admission.create, 2.1, "BRO-8.1.1", every=5)
def every_fifth_session_opened_late_by_2100_ms():
    """Every fifth session is opened 2.1 seconds late."""


@late(Admission.join, 1.1, "BRO-8.1.2", every=5)
def every_fifth_join_late_by_1100_ms():
    """Every fifth listener is let in 1.1 seconds late."""


@late(Admission.refresh_speaker, 5.1, "BRO-8.1.13")
def moves_late_by_5100_ms():
    """A speaker who moves to a new connection is let in there 5.1 seconds late."""


@late(BroadcastEndpoint.left, 0.6, "BRO-8.1.17")
def end_told_late_by_600_ms():
    """That a speaker has ended the session is told 0.6 seconds late."""


@late(BroadcastEndpoint.heartbeat, 0.12, "BRO-8.1.3")
def heartbeats_answered_late_by_120_ms():
    """A heartbeat is answered 120 ms late."""


@late(Fanout.accept, 0.12, "BRO-8.1.11")
def translation_begins_late_by_120_ms():
    """A sentence that was handed over lies for 120 ms before it is translated."""


@late(Fanout.send, 5.1, "BRO-8.1.19")
def speech_heard_late_by_5100_ms():
    """A sentence that was translated is sent to the listeners 5.1 seconds late."""
