"""Twins that are slow, that stand still, that tire, and that lose what a percentile does not miss."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reference.broadcast.admission import Admission
from reference.broadcast.audio import AudioIntake
from reference.broadcast.controls import ListenerControls, SpeakerControls
from reference.broadcast.fanout import Fanout
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.handover import Forwarder
from reference.broadcast.notices import Notice, Told
from reference.broadcast.ports import Reached
from reference.broadcast.status import StatusDesk
from reference.broadcast.transcription import Transcription
from reference.twins.kinds import Declare, kind, late, late_for_each
from reference.twins.twin import Piece, twin_of

_heartbeats: Counter[str] = Counter()
_fifth_heartbeats, _notices = itertools.count(1), itertools.count(1)

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


@_audio_taken_after(lambda _number: 3.0, "REQ-21.1")
def audio_acknowledged_late_by_3_seconds():
    """Every piece of audio is taken, and acknowledged, three seconds late, and those after it wait."""


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


# ---- what hits some acts of each connection


def _connection_of(_: BroadcastEndpoint, connection_id: str, _frame: object) -> str:
    return connection_id


@late_for_each(BroadcastEndpoint.receive, 0.25, _connection_of, lambda number: number % 15 == 0, "BRO-8.1.6")
def every_fifteenth_act_of_a_connection_late_by_250_ms():
    """Every fifteenth message of a connection waits for 250 ms."""


@late_for_each(BroadcastEndpoint.receive, 0.25, _connection_of, lambda number: number == 1, "REQ-21.2", "BRO-8.1.6")
def first_act_of_a_connection_late_by_250_ms():
    """The first message of a connection waits for 250 ms."""


# ---- what keeps the percentile and breaks the ceiling


@late(Admission.create, 3.1, "BRO-8.1.1", every=70)
def every_seventieth_session_opened_late_by_3100_ms():
    """Every seventieth session is opened 3.1 seconds late."""


@late(Admission.join, 2.1, "BRO-8.1.2", every=70)
def every_seventieth_join_late_by_2100_ms():
    """Every seventieth listener is let in 2.1 seconds late."""


@twin_of(BroadcastEndpoint.receive, "BRO-8.1.3")
async def fifth_heartbeat_of_a_tenth_of_all_late_by_5100_ms(receive, self, connection_id, frame):
    """The fifth heartbeat of every tenth connection that sends so many is answered 5.1 seconds late."""
    if isinstance(frame, str) and '"heartbeat"' in frame:
        _heartbeats[connection_id] += 1
        if _heartbeats[connection_id] == 5 and next(_fifth_heartbeats) % 10 == 0:
            await asyncio.sleep(5.1)
    return await receive(self, connection_id, frame)


@late(Transcription.feed, 0.15, "BRO-8.1.4", every=150)
def every_hundred_and_fiftieth_piece_late_by_150_ms():
    """Every hundred and fiftieth piece of audio waits 150 ms before it is passed on to recognition."""


@late(BroadcastEndpoint.follow, 0.25, "BRO-8.1.6", every=100)
def every_hundredth_control_late_by_250_ms():
    """Every hundredth control, question or heartbeat is dealt with 250 ms late."""


def _told_later(controls: Any, by_s: float, tell: Piece, change: Any, notice: Notice) -> Told:
    """Let the listeners be told later, and confirm it to the speaker at once."""
    live = controls._sessions.session(change.after.session_id)
    asyncio.get_running_loop().call_later(by_s, tell, controls, change, notice)
    return Told(change.after.state, 0 if live is None else len(live.listener_ids()))


@twin_of(SpeakerControls.tell, "BRO-7.3.1", "BRO-7.3.2")
def notices_late_by_110_ms(tell, self, change, notice):
    """Listeners are told of every control 110 ms late."""
    return _told_later(self, 0.11, tell, change, notice)


@twin_of(SpeakerControls.tell, "BRO-8.1.7")
def every_hundredth_notice_late_by_400_ms(tell, self, change, notice):
    """Listeners are told of every hundredth control 400 ms late."""
    if next(_notices) % 100:
        return tell(self, change, notice)
    return _told_later(self, 0.4, tell, change, notice)


@late(StatusDesk.answer, 1.1, "BRO-8.1.8", every=70)
def every_seventieth_status_late_by_1100_ms():
    """The answer to every seventieth request for the status comes 1.1 seconds late."""


@late(Forwarder.hand_over, 0.25, "BRO-8.1.9", every=70)
def every_seventieth_handover_late_by_250_ms():
    """Every seventieth result waits 250 ms before it is handed over, and those after it wait for it."""


@late(ListenerControls.change_language, 1.1, "BRO-8.1.12", every=150)
def every_hundred_and_fiftieth_change_of_language_late_by_1100_ms():
    """Every hundred and fiftieth change of language is confirmed 1.1 seconds late."""


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


@late(Fanout.send, 7.1, "BRO-8.1.19")
def speech_heard_late_by_7100_ms():
    """A sentence that was translated is sent to the listeners 7.1 seconds late."""
