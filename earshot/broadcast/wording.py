"""What the messages of a broadcast mean to a person."""

from __future__ import annotations

from collections.abc import Mapping

from earshot.audio.languages import language_name
from earshot.wording import CHUNK, Fields, Wording, Words, split


def _percent(value: object) -> str:
    return f"{value:.0%}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _state(value: object) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    parts = [
        yes if value[name] else no
        for name, yes, no in (("isPaused", "paused", "not paused"), ("isMuted", "muted", "not muted"))
        if name in value
    ]
    return ", ".join([*parts, *([f"volume {_percent(value['volume'])}"] if "volume" in value else [])])


def _with_audience(words: str) -> Words:
    """A speaker's acknowledgement also says how many listeners were told."""

    def say(message: Fields) -> str:
        told = message.get("listenersNotified")
        return f"is told: {words}" if told is None else f"is told: {words}, {told} listening told"

    return say


def _status(message: Fields) -> str:
    spread = message.get("languageDistribution")
    detail = (
        ": " + ", ".join(f"{count} {language_name(code)}" for code, count in spread.items())
        if isinstance(spread, Mapping) and spread
        else ""
    )
    return f"is told: {message.get('listenerCount')} listening{detail}"


def _audio(message: Fields) -> str:
    words = message.get("transcript")
    verb = "hears, not final yet:" if message.get("isPartial") is True else "hears"
    return f"{verb} \u201c{words}\u201d" if words else "hears sound"


def _acknowledged(message: Fields) -> str:
    if message.get("forwarded") is False:
        return f"\u2717 not passed on ({split(str(message.get('reason', 'no reason given')))})"
    return "\u2713 received"


SENT: Mapping[str, Words] = {
    "createSession": lambda message: f"asks for a session, in {language_name(message.get('sourceLanguage', '?'))}",
    "joinSession": lambda message: f"asks to join, in {language_name(message.get('targetLanguage', '?'))}",
    "refreshConnection": "asks to carry on here",
    "sendAudio": CHUNK,
    "pauseBroadcast": "asks to pause",
    "resumeBroadcast": "asks to resume",
    "muteBroadcast": "asks to mute",
    "unmuteBroadcast": "asks to unmute",
    "setVolume": lambda message: f"asks for volume {_percent(message.get('volumeLevel', 'of nothing'))}",
    "speakerStateChange": lambda message: f"asks for: {_state(message.get('state', 'nothing'))}",
    "getSessionStatus": "asks how the session stands",
    "pausePlayback": "pauses listening",
    "resumePlayback": "resumes listening",
    "changeLanguage": lambda message: f"asks for {language_name(message.get('targetLanguage', 'no language'))}",
    "switchLanguage": lambda message: f"asks for {language_name(message.get('targetLanguage', 'no language'))}",
    "heartbeat": "says: still here",
    "endSession": "asks to end the session",
}
RECEIVED: Mapping[str, Words] = {
    "sessionCreated": "is told: session created",
    "sessionJoined": lambda message: f"is told: joined, in {language_name(message.get('targetLanguage', '?'))}",
    "audioReceived": lambda message: f"is told: sound {_acknowledged(message)}",
    "broadcastPaused": _with_audience("broadcast paused"),
    "broadcastResumed": _with_audience("broadcast resumed"),
    "broadcastMuted": _with_audience("broadcast muted"),
    "broadcastUnmuted": _with_audience("broadcast unmuted"),
    "volumeChanged": lambda message: f"is told: volume {_percent(message.get('volumeLevel'))}",
    "speakerStateChanged": lambda message: f"is told: {_state(message.get('broadcastState'))}",
    "sessionStatus": _status,
    "audio": _audio,
    "playbackPaused": "is told: listening paused",
    "playbackResumed": "is told: listening resumed",
    "languageChanged": lambda message: f"is told: now in {language_name(message.get('targetLanguage', '?'))}",
    "heartbeatAck": "is answered: still here",
    "connectionRefreshRequired": "is asked to renew the connection",
    "connectionRefreshComplete": "is told: carried on here",
    "connectionWarning": lambda message: f"is warned: {message.get('remainingMinutes')} minutes left",
    "connectionTimeout": "is told: silent for too long",
    "stateRestored": lambda message: f"is told: {_state(message)}, as before",
    "sessionEnded": lambda message: f"is told: session ended ({message.get('reason', 'no reason given')})",
    "rateLimitWarning": lambda message: f"is warned: too fast, {message.get('droppedChunks')} chunks dropped",
    "transcriptionError": lambda message: f"is told: recognition failed, {message.get('message', 'no reason')}",
    "systemRecovered": lambda message: f"is told: {message.get('component')} works again",
    "audio_quality_warning": lambda message: f"is warned: {split(str(message.get('issue')))}",
}


def _speaks(message: Fields) -> str:
    return f"speaks {language_name(message.get('sourceLanguage', '?'))}"


def _listens(message: Fields) -> str:
    return f"listens in {language_name(message.get('targetLanguage', '?'))}"


WORDING = Wording(
    sent=SENT,
    received=RECEIVED,
    acknowledgements={"audioReceived": _acknowledged},
    roles={"sessionCreated": _speaks, "sessionJoined": _listens, "languageChanged": _listens},
    speaks=frozenset({"sessionCreated", "sendAudio"}),
    sound=frozenset({"sendAudio", "audio"}),
    serious=frozenset({"transcriptionError"}),
)
