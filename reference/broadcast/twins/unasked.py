"""Twins that tell people what nothing they or anybody did can have caused, and streams that are out of order."""

from __future__ import annotations

from dataclasses import replace

from reference.broadcast.controls import SpeakerControls
from reference.broadcast.fanout import Fanout
from reference.broadcast.gateway import BroadcastEndpoint
from reference.broadcast.notices import BroadcastResumed, VolumeChanged
from reference.broadcast.twins.wire import WIRE
from reference.gateway.connections import Outbox
from reference.twins.twin import twin_of

# ---- messages without a cause


@WIRE.twice("audioReceived", "REQ-1.1")
def audio_confirmed_twice():
    """Every piece of audio is confirmed twice."""


@WIRE.twice("sessionJoined", "BRO-1.2.2")
def listener_welcomed_twice():
    """Who joins a session is welcomed twice."""


@WIRE.wrong("volumeChanged", "sessionId", lambda _: "gentle-harbor-318", "BRO-3.4.25", "REQ-9.3")
def volume_told_of_another_session():
    """The notice of a new volume names another session than that of its listeners."""


@twin_of(SpeakerControls.tell, "REQ-9.3")
def volume_told_everywhere(tell, self, change, notice):
    """The listeners of every session are told a new volume."""
    if isinstance(notice, VolumeChanged):
        for live in self._sessions.all():
            if live.session_id != change.after.session_id:
                self._audience.tell_all(live.listener_ids(), replace(notice, session_id=live.session_id))
    return tell(self, change, notice)


@twin_of(BroadcastEndpoint.heartbeat, "BRO-1.2.5")
async def heartbeat_answered_with_a_change(heartbeat, self, sender, message):
    """A heartbeat of a listener is answered, and with the notice that the broadcast goes on."""
    await heartbeat(self, sender, message)
    if self._service.sessions.member(sender.connection_id).target_language is not None:
        self._audience.tell(sender.connection_id, BroadcastResumed(sender.session.session_id))


# ---- streams


@twin_of(Outbox.send, "BRO-6.2.18")
def sentences_numbered_in_pairs(send, self, message):
    """Every second sentence that a listener gets has the number of the one before it."""
    if not isinstance(message, str):
        self._next_sequence_number -= self._next_sequence_number % 3 == 2
    return send(self, message)


@twin_of(Fanout.prepare, "BRO-5.1.6")
async def speech_ends_with_half_a_sample(prepare, self, handover, language):
    """The speech that listeners get is one byte too long."""
    speech = await prepare(self, handover, language)
    return replace(speech, pcm=speech.pcm + b"\0")


@twin_of(Fanout.prepare, "BRO-6.2.9")
async def speech_is_silent(prepare, self, handover, language):
    """The speech that listeners get is as long as it should be, and silent."""
    speech = await prepare(self, handover, language)
    return replace(speech, pcm=bytes(len(speech.pcm)))
