"""Twins of live streams: order, count, sound and figures, and their changes (STU-21 to 39, 46, 118, 119)."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import replace
from statistics import fmean

from reference.studio import app, notices, passing, service, sockets
from reference.studio.dsp.parameters import merged
from reference.studio.dsp.worker import Dsp
from reference.studio.model import Refused
from reference.studio.notices import ConfigUpdated, Metrics, Pong, ProcessedAudio
from reference.studio.service import StudioService
from reference.studio.shape import find_stage
from reference.studio.sockets import EngineerSocket, NotUnderstood
from reference.twins.kinds import Declare, constant, late, skipped
from reference.twins.twin import Make, Piece, Seam, Twin, around, made_by, twin_of
from reference.twins.wire import Wire

WIRE = Wire(notices.members, EngineerSocket.tell)


def outcome(*breaks: str) -> Declare:
    """Declare a twin that makes another outcome of each piece: it gets the good one, the session and the data."""

    def declare(change: Piece) -> Twin:
        async def process(good, self, session, data):
            return change(await good(self, session, data), session, data)

        return made_by(around(process), StudioService.process, *breaks)(change)

    return declare


# ---- order and number


@WIRE.twice("pong", "STU-8", "STU-29")
def ping_answered_twice():
    """A ping is answered twice."""


_PINGS = itertools.count(1)


@twin_of(EngineerSocket.handle, "STU-9")
async def every_tenth_ping_unanswered(handle, self, session, message):
    """Every tenth ping is not answered."""
    if message["type"] != "ping" or next(_PINGS) % 10:
        await handle(self, session, message)


@twin_of(EngineerSocket.handle, "STU-8", "STU-21")
async def first_answer_late_by_5200_ms(handle, self, session, message):
    """Until a session has processed something, its answers take 5.2 s."""
    await asyncio.sleep(0 if session.chunks else 5.2)
    await handle(self, session, message)


_HELD: dict[str, ProcessedAudio] = {}


@twin_of(EngineerSocket.tell, "STU-22")
async def metrics_before_audio(tell, self, notice):
    """The metrics of a piece come before its audio."""
    if isinstance(notice, ProcessedAudio):
        _HELD[self.id] = notice
        return
    await tell(self, notice)
    if isinstance(notice, Metrics) and self.id in _HELD:
        await tell(self, _HELD.pop(self.id))


@WIRE.twice("processed_audio", "STU-22")
def audio_sent_twice():
    """The audio of a piece comes back twice."""


@WIRE.dropped("processed_audio", "STU-22", "STU-23", "STU-91")
def audio_never_sent():
    """No audio comes back, but its metrics do."""


@twin_of(EngineerSocket.handle, "STU-29")
async def pings_overtake_pieces(handle, self, session, message):
    """A ping is answered before a piece that was sent earlier."""
    if message["type"] == "audio_chunk":
        asyncio.get_running_loop().call_later(0.02, lambda: asyncio.ensure_future(handle(self, session, message)))
    else:
        await handle(self, session, message)


@twin_of(StudioService.process, "STU-28")
async def every_fortieth_piece_refused(process, self, session, data):
    """In a long stream a piece is refused now and then."""
    if session.chunks % 40 == 39:
        session.count(0.1)
        raise Refused("Chunk processing failed: the queue is full.")
    return await process(self, session, data)


# ---- sound


@outcome("STU-23")
def piece_a_sample_short(made, _session, _data):
    """Each piece comes back one sample short."""
    return replace(made, audio=made.audio[:-2])


_TAILS: dict[str, bytes] = {}


@outcome("STU-26", "STU-32")
def tail_of_the_piece_before(made, session, _data):
    """The end of each piece is that of the one before."""
    before, _TAILS[session.id] = _TAILS.get(session.id, bytes(20)), made.audio[-20:]
    return replace(made, audio=made.audio[:-20] + before[-len(made.audio[-20:]) :] if made.audio else b"")


@outcome("STU-26", "STU-72")
def lowest_bit_dithered(made, _session, _data):
    """The lowest bit of every sample is set, whatever the pipeline."""
    return replace(made, audio=bytes(byte | (at % 2 == 0) for at, byte in enumerate(made.audio)))


@twin_of(StudioService.process, "STU-30")
async def pieces_of_a_second_refused(process, self, session, data):
    """A piece of a second is refused."""
    if isinstance(data, str) and len(data) > 40_000:
        raise Refused("Chunk processing failed: too long.")
    return await process(self, session, data)


@twin_of(StudioService.process, "STU-31")
async def empty_piece_refused(process, self, session, data):
    """An empty piece is refused."""
    if not data:
        raise Refused("Chunk processing failed: there is nothing in it.")
    return await process(self, session, data)


@outcome("STU-31")
def empty_piece_comes_back_as_a_sample(made, _session, _data):
    """An empty piece comes back as one sample of silence."""
    return replace(made, audio=made.audio or bytes(2))


@twin_of(Seam(sockets, "understood"), "STU-32")
async def remarks_not_understood(understood, text):
    """A piece with remarks is not understood."""
    message = await understood(text)
    if "metadata" in message:
        raise NotUnderstood("metadata is unknown")
    return message


# ---- figures


@outcome("STU-24", "STU-92")
def pieces_counted_twice(made, session, _data):
    """Each piece is counted twice."""
    session.count(made.total_ms)
    return replace(made, chunks=session.chunks)


@twin_of(StudioService.process, "STU-40", "STU-125")
async def failures_counted(process, self, session, data):
    """A piece that is refused is counted, too."""
    try:
        return await process(self, session, data)
    except Refused:
        session.count(0.01)
        raise


_LAST: dict[str, list[float]] = {}


@outcome("STU-25")
def average_of_the_last_ten_only(made, session, _data):
    """The average latency is that of the last ten pieces."""
    last = _LAST.setdefault(session.id, [])
    last.append(made.total_ms)
    return replace(made, average_ms=fmean(last[-10:]))


@twin_of(Seam(passing, "rms_db"), "STU-27")
def level_is_that_of_the_peak(rms_db, pcm):
    """The level that is told is that of the loudest sample."""
    level = rms_db(pcm)
    return min(0.0, level + 3.01) if level > passing.SILENT_DB else level


@constant(passing, "SILENT_DB", -120.0, "STU-27", "STU-31")
def silence_is_120_db_down():
    """Silence is told to be at -120 dB."""


@outcome("STU-21")
def latencies_600_ms_higher(made, _session, _data):
    """The latency that is told is 600 ms higher than it is."""
    return replace(made, total_ms=made.total_ms + 600)


@outcome("STU-118", "STU-21")
def latency_of_nothing(made, _session, _data):
    """Every piece is told to have taken no time at all."""
    return replace(made, total_ms=0.0)


@outcome("STU-118")
def latencies_20_ms_too_high(made, session, _data):
    """The latency that is told is longer than the answer took."""
    session.total_ms += 20
    return replace(made, total_ms=made.total_ms + 20, average_ms=session.average_ms)


@outcome("STU-119")
def slowest_stage_left_out(made, session, _data):
    """The latency that is told leaves out the slowest stage."""
    hidden = max(made.stage_ms.values(), default=0.0)
    told = max(made.total_ms - hidden, 0.01)
    session.total_ms += told - made.total_ms
    return replace(made, total_ms=told, average_ms=session.average_ms)


# ---- speed


@late(StudioService.process, 0.32, "STU-84", "STU-86", "STU-88", "STU-105")
def pieces_late_by_320_ms():
    """Every piece comes back 320 ms later."""


@twin_of(StudioService.process, "STU-85")
async def slower_from_piece_to_piece(process, self, session, data):
    """A stream gets slower with every piece."""
    await asyncio.sleep(min(session.chunks * 0.0002, 0.2))
    return await process(self, session, data)


@twin_of(StudioService.process, "STU-88")
async def slow_with_three_at_once(process, self, session, data):
    """Pieces are late by 320 ms when three sessions are connected."""
    await asyncio.sleep(0.32 * (sum(one.is_connected for one in self.sessions) >= 3))
    return await process(self, session, data)


@twin_of(StudioService.process, "STU-85", "STU-86", "STU-87")
async def every_twelfth_piece_refused(process, self, session, data):
    """Of a stream, every twelfth piece is refused."""
    if session.chunks % 12 == 11:
        session.count(0.1)
        raise Refused("Chunk processing failed: no time.")
    return await process(self, session, data)


# ---- large messages


def limited_to(most_bytes: int) -> Make:
    """Return what makes messages end at so many bytes."""
    return lambda terms: lambda *given: replace(terms(*given), message_max_bytes=most_bytes)


@made_by(limited_to(8 << 20), Seam(app, "SocketTerms"), "STU-46")
def messages_end_at_eight_mebibytes():
    """A message of more than 8 MiB ends the connection."""


@made_by(limited_to(32 << 20), Seam(app, "SocketTerms"), "STU-46")
def messages_end_at_thirty_two_mebibytes():
    """A message of 17 MiB is taken."""


@twin_of(Seam(service, "beside"), "STU-46")
async def large_messages_hold_up_everybody(beside, size, work, *given):
    """While a large message is read, nobody else is answered."""
    if size > 1 << 20:
        time.sleep(3.0)
    return await beside(size, work, *given)


# ---- changes


@WIRE.twice("config_updated", "STU-33", "STU-37")
def change_confirmed_twice():
    """A change is confirmed twice."""


@WIRE.wrong("config_updated", "stage_id", lambda name: name.upper(), "STU-33")
def change_confirmed_under_another_name():
    """A change is confirmed under another name of the stage."""


@twin_of(StudioService.update, "STU-33", "STU-37", "STU-38", "STU-93")
async def change_made_and_called_a_failure(update, self, session, name, parameters):
    """A change is made, and said to have failed."""
    await update(self, session, name, parameters)
    raise Refused("Config update failed: the stage says nothing.")


@skipped(Dsp.update, "STU-35", "STU-36")
def change_without_effect():
    """A change is confirmed and has no effect."""


@twin_of(StudioService.update, "STU-36")
async def change_resets_the_other_parameters(update, self, session, name, parameters):
    """What a change does not name goes back to its default."""
    stage = find_stage(session.pipeline, name) if isinstance(name, str) else None
    await update(self, session, name, merged(stage.kind, parameters) if stage and stage.kind else parameters)


_CHANGED: set[str] = set()


@twin_of(EngineerSocket.handle, "STU-37")
async def piece_after_a_change_lost(handle, self, session, message):
    """A piece that follows a change is lost."""
    if message["type"] == "audio_chunk" and session.id in _CHANGED:
        _CHANGED.discard(session.id)
        return
    if message["type"] == "update_stage":
        _CHANGED.add(session.id)
    await handle(self, session, message)


@twin_of(Seam(service, "find_stage"), "STU-38")
def voice_filter_not_found(find_stage, pipeline, name):
    """The voice filter cannot be changed under the name that it was started with."""
    return None if name == "voice_filter" else find_stage(pipeline, name)


@twin_of(EngineerSocket.handle, "STU-34")
async def change_of_an_unknown_stage_confirmed(handle, self, session, message):
    """A change to a stage that is not there is confirmed."""
    try:
        await handle(self, session, message)
    except Refused as refused:
        if not refused.message.startswith("Stage "):
            raise
        await self.tell(ConfigUpdated(message["stage_id"]))


@WIRE.wrong("error", "error", lambda _: "Stage not found", "STU-34", when=lambda message: "Stage" in message["error"])
def unknown_stage_not_named():
    """A change to a stage that is not there is refused without its name."""


@twin_of(StudioService.update, "STU-39")
async def any_parameters_will_do(update, self, session, name, parameters):
    """Parameters that are no object are taken for none."""
    await update(self, session, name, parameters if isinstance(parameters, dict) else {})


@twin_of(EngineerSocket.handle, "STU-44")
async def unknown_message_answered(handle, self, session, message):
    """A message of an unknown type is answered."""
    if message["type"] in ("ping", "audio_chunk", "update_stage"):
        await handle(self, session, message)
    else:
        await self.tell(Pong())
