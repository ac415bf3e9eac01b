"""What the messages of a broadcast can come of, if they answer no request (BRO-3.3, BRO-3.4), and what is a stream."""

from __future__ import annotations

from collections.abc import Sequence

from earshot.causes import (
    HARNESS,
    LEAVES,
    SHUT_DOWN,
    THEMSELVES,
    Cause,
    Causes,
    Circle,
    Often,
    Timer,
    Unasked,
    by,
    order_at,
)
from earshot.streams import Stream

SPEAKER, LISTENER = "speaker", "listener"
_ENDS = (*by(SPEAKER, "endSession", LEAVES), Cause(SHUT_DOWN, HARNESS))
_COMES = by(LISTENER, "joinSession", "refreshConnection")
_FAULTS = by(HARNESS, *map(order_at, ("recogniser", "store", "handover", "translator", "synthesiser", "handler")))
_RECOGNISER = order_at("recogniser")
_FINALS_ONLY = tuple(Cause("createSession", SPEAKER, {"partialResults": no}) for no in ("false", False))
_SCRIPT = Cause(_RECOGNISER, HARNESS, {"effect": "script"})
_SPEECH = Cause("sendAudio", SPEAKER, unless=(_SCRIPT,))
_SPEECH_HEARD_PROVISIONALLY = Cause("sendAudio", SPEAKER, unless=(_SCRIPT, *_FINALS_ONLY))
_FINAL = Cause(_RECOGNISER, HARNESS, {"effect": "report", "final": True})
_PROVISIONAL = Cause(_RECOGNISER, HARNESS, {"effect": "report", "final": False}, unless=_FINALS_ONLY)
_ORPHAN = Cause(_RECOGNISER, HARNESS, {"effect": "report", "final": False}, after_s=10)
"""A provisional result whose final one never comes may be spoken as if it had (BRO-6.1.6)."""
_TOLD_OF_A_PAUSE = (Cause("speakerStateChange", SPEAKER, {"state": {"isPaused": True}}), *by(SPEAKER, "pauseBroadcast"))
_TOLD_OF_A_MUTE = (Cause("speakerStateChange", SPEAKER, {"state": {"isMuted": True}}), *by(SPEAKER, "muteBroadcast"))

REFRESH = Timer("CONNECTION_REFRESH_MINUTES", 6000, unit_s=60)
WARNING = Timer("CONNECTION_WARNING_MINUTES", 6300, unit_s=60)
SILENCE = (Timer("CONNECTION_IDLE_TIMEOUT_SECONDS", 120), Timer("HEARTBEAT_TIMEOUT_SECONDS", 90))
LIFE = Timer("SESSION_MAX_DURATION_HOURS", 720, unit_s=360)
"""A tenth of it: lives are dated in whole seconds, and one may come late."""
STATUS_AGAIN = Timer("PERIODIC_UPDATE_INTERVAL_SECONDS", 30)
WARNING_OF_SOUND_AGAIN = Timer("", 60)
"""Which cannot be set."""


def _timed(role: str) -> Sequence[Unasked]:
    """Return what comes to a role when it is time."""
    beats = by(THEMSELVES, "heartbeat")
    return (
        Unasked("connectionRefreshRequired", role, beats, Often.ONCE, not_before=(REFRESH,)),
        Unasked("connectionWarning", role, beats, not_before=(WARNING,)),
        Unasked("connectionTimeout", role, (), Often.ONCE, not_before=SILENCE),
        Unasked("sessionEnded", role, (), Often.ONCE, not_before=(LIFE,)),
    )


CAUSES = Causes(
    binary="sendAudio",
    circle=Circle("sessionId", frozenset({"createSession", "joinSession", "refreshConnection"})),
    answers_repeat=frozenset({"chunkId", "sequenceNumber", "volumeLevel", "targetLanguage"}),
    asked_for=frozenset({"targetLanguage"}),
    unasked=(
        # what a speaker does, as listeners are told it
        Unasked("audio", LISTENER, (_SPEECH, _FINAL, _ORPHAN), Often.ANY, {"isPartial": False}),
        Unasked("audio", LISTENER, (_SPEECH_HEARD_PROVISIONALLY, _PROVISIONAL), Often.ANY, {"isPartial": True}),
        Unasked("audio", LISTENER, (_SPEECH, _FINAL, _PROVISIONAL), Often.ANY),
        Unasked(
            "broadcastPaused",
            LISTENER,
            _TOLD_OF_A_PAUSE,
            repeats=("estimatedPauseDuration",),
            to_latecomers=True,
        ),
        Unasked("broadcastResumed", LISTENER, by(SPEAKER, "resumeBroadcast")),
        Unasked("broadcastMuted", LISTENER, _TOLD_OF_A_MUTE, to_latecomers=True),
        Unasked("broadcastUnmuted", LISTENER, by(SPEAKER, "unmuteBroadcast")),
        Unasked("volumeChanged", LISTENER, by(SPEAKER, "setVolume"), repeats=("volumeLevel",)),
        Unasked("speakerStateChanged", LISTENER, by(SPEAKER, "speakerStateChange")),
        Unasked("sessionEnded", LISTENER, _ENDS, Often.ONCE),
        Unasked("sessionEnded", SPEAKER, _ENDS, Often.ONCE),
        # what a speaker is told of the audience and of the own sound
        Unasked("sessionStatus", SPEAKER, (), Often.EVERY, {"updateReason": "periodic"}, timer=STATUS_AGAIN),
        Unasked(
            "sessionStatus",
            SPEAKER,
            (*_COMES, *by(LISTENER, LEAVES)),
            says={"updateReason": "listenerCountChange"},
            to_latecomers=True,
        ),
        Unasked(
            "sessionStatus",
            SPEAKER,
            (*_COMES, *by(LISTENER, "changeLanguage", "switchLanguage")),
            says={"updateReason": "newLanguage"},
            to_latecomers=True,
        ),
        Unasked("stateRestored", SPEAKER, by(THEMSELVES, "refreshConnection")),
        Unasked("rateLimitWarning", SPEAKER, by(THEMSELVES, "sendAudio")),
        Unasked(
            "audio_quality_warning",
            SPEAKER,
            by(THEMSELVES, "sendAudio"),
            Often.EVERY,
            timer=WARNING_OF_SOUND_AGAIN,
            told_apart_by="issue",
        ),
        # what goes wrong
        Unasked("transcriptionError", SPEAKER, _FAULTS, Often.ANY),
        Unasked("systemRecovered", SPEAKER, _FAULTS, Often.ANY),
        Unasked("systemRecovered", LISTENER, _FAULTS, Often.ANY),
        *_timed(SPEAKER),
        *_timed(LISTENER),
    ),
)

HEARD = (Stream("audio", numbered_by="sequenceNumber", sound="audioData", rate_hz=16_000, lasts="duration"),)
