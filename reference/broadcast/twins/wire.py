"""Twins of what goes out: messages that are lost, doubled or told to others, and members that are wrong or missing."""

from __future__ import annotations

from collections import Counter

from reference.broadcast import codec
from reference.broadcast.gateway import SocketAudience
from reference.broadcast.lifecycle import SHUTDOWN_REASON
from reference.twins.wire import Members, Wire, having


def name_of(message: Members) -> str:
    """Return what the contract calls a message: what a speaker is answered has the type of what listeners are told."""
    return f"{message['type']}Ack" if "listenersNotified" in message else str(message["type"])


WIRE = Wire(codec.members_of, SocketAudience.tell_all, name_of)


def all_but_the_last(connection_ids: list[str]) -> list[str]:
    """Forget who came last."""
    return connection_ids[:-1]


_times: Counter[str] = Counter()


def every_other_time(connection_ids: list[str]) -> list[str]:
    """Tell each the first time, the third, the fifth."""
    _times.update(connection_ids)
    return [connection_id for connection_id in connection_ids if _times[connection_id] % 2]


def once(connection_ids: list[str]) -> list[str]:
    """Tell each the first time only."""
    _times.update(connection_ids)
    return [connection_id for connection_id in connection_ids if _times[connection_id] == 1]


# ---- audio and sessions


@WIRE.told_to("audioReceived", every_other_time, "REQ-1.1")
def audio_confirmed_every_other_time():
    """Every second piece of audio is taken without a confirmation."""


@WIRE.missing("audioReceived", "sequenceNumber", "BRO-3.4.3")
def confirmation_forgets_the_number():
    """The confirmation of audio does not repeat the number that the speaker gave it."""


@WIRE.wrong("sessionCreated", "expiresAt", lambda expires_at_ms: expires_at_ms - 3_600_000, "BRO-3.4.1")
def session_said_to_end_too_early():
    """A speaker is told that the session ends an hour before it does."""


@WIRE.told_to("sessionEnded", all_but_the_last, "BRO-1.2.8", "BRO-3.3.14")
def end_goes_untold_to_one():
    """When a session ends, the listener who joined last is disconnected without being told."""


@WIRE.dropped("sessionEnded", "BRO-3.5.1", when=having(reason=SHUTDOWN_REASON))
def shutdown_goes_untold():
    """When the service is shut down, listeners are disconnected without being told that the session has ended."""


@WIRE.wrong("sessionEnded", "message", lambda _reason: "the session has ended", "BRO-3.4.18")
def end_without_its_reason():
    """The notice that a session has ended gives its reason in one of its two fields only."""


@WIRE.twice("sessionEnded", "BRO-2.5.6", "BRO-3.3.14")
def end_told_twice():
    """Listeners are told twice that a session has ended."""


# ---- connections that grow old or silent


@WIRE.wrong("connectionRefreshRequired", "refreshBy", lambda by_ms: by_ms // 1000, "BRO-3.4.14")
def time_to_move_told_in_seconds():
    """The request to move gives the time until which to do so in seconds, as if they were milliseconds."""


@WIRE.told_to("connectionWarning", once, "BRO-1.4.6")
def old_connection_warned_of_once():
    """Only the first heartbeat of an old connection is answered with a warning."""


@WIRE.dropped("connectionTimeout", "REQ-28.4")
def silence_goes_untold():
    """A listener is disconnected for silence without being told why."""


@WIRE.wrong("connectionTimeout", "idleSeconds", lambda seconds: seconds * 1000, "BRO-3.4.19")
def silence_told_in_milliseconds():
    """A silent client is told the length of the silence in milliseconds, as if they were seconds."""


# ---- the speaker's controls


@WIRE.told_to("broadcastPaused", all_but_the_last, "REQ-6.3")
def pause_forgets_one_listener():
    """The listener who joined last is not told of a pause."""


@WIRE.twice("broadcastPaused", "REQ-6.3")
def pause_told_twice():
    """Every listener is told of a pause twice."""


@WIRE.told_to("broadcastResumed", lambda connection_ids: connection_ids[1:], "REQ-7.4")
def resume_forgets_one_listener():
    """The listener who joined first is not told that the speaker resumed."""


@WIRE.wrong("broadcastResumedAck", "pauseDuration", lambda ms: ms and ms // 1000, "REQ-7.5")
def pause_measured_in_seconds():
    """The length of a pause is given in seconds instead of milliseconds."""


@WIRE.told_to("broadcastMuted", lambda connection_ids: connection_ids[:1], "REQ-8.3")
def mute_told_to_one_listener():
    """Only the listener who joined first is told of a mute."""


@WIRE.dropped("broadcastUnmuted", "REQ-8.5")
def unmute_goes_untold():
    """No listener is told that the speaker is no longer muted."""


@WIRE.wrong("volumeChangedAck", "volumeLevel", lambda level: level * 100, "BRO-3.4.4")
def volume_confirmed_in_percent():
    """The speaker's own confirmation gives the volume in percent instead of as a fraction."""


# ---- status and playback


@WIRE.dropped("sessionStatus", "REQ-20.3", "REQ-19.8", when=having(updateReason="requested"))
def status_never_answered():
    """A request for the status is worked on, but not answered."""


@WIRE.wrong("sessionStatus", "sessionDuration", lambda seconds: seconds // 60, "REQ-11.4")
def session_age_in_minutes():
    """The status gives the age of the session in minutes instead of seconds."""


_A_NEW_LANGUAGE = having(updateReason="newLanguage")


@WIRE.wrong("sessionStatus", "updateReason", lambda _: "listenerCountChange", "REQ-12.4", when=_A_NEW_LANGUAGE)
def new_language_told_as_a_number():
    """The speaker is told of a new language, but as a change of the number of listeners."""


@WIRE.dropped("playbackPaused", "REQ-20.4", "REQ-18.3")
def playback_pause_never_confirmed():
    """A listener's request to pause playback is not answered."""


# ---- faults of recognition


@WIRE.dropped("transcriptionError", "REQ-14.3", "REQ-2.5", when=having(retryable=False))
def lasting_fault_goes_untold():
    """The speaker does not learn that recognition has failed for good."""


@WIRE.wrong("transcriptionError", "retryable", lambda _: True, "REQ-14.3")
def lasting_fault_called_passing():
    """A lasting fault of recognition is told as one that passes by itself."""


@WIRE.dropped("transcriptionError", "REQ-4.5", when=having(retryable=True))
def interruption_goes_untold():
    """The speaker does not learn that recognition is interrupted."""
