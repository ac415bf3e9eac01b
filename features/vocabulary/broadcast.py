"""How words in a sentence about a broadcast become values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter, methodcaller
from typing import Any, Protocol

from hamcrest import (
    close_to,
    contains_exactly,
    contains_inanyorder,
    contains_string,
    empty,
    equal_to,
    has_entries,
    has_entry,
    has_item,
    has_key,
    has_properties,
    has_value,
    matches_regexp,
    none,
    not_,
)
from hamcrest.core.matcher import Matcher

from earshot.audio import languages, signals
from earshot.audio.flaws import Flaw
from earshot.broadcast import acts
from earshot.broadcast.entrances import Joining, Move, Opening, Takeover
from earshot.broadcast.explore import explorer
from earshot.broadcast.figures import AUDIO, AUDIO_DELAY, AUDIO_VIOLATIONS, PIPELINE, RECOGNITION_START
from earshot.broadcast.intruder import Papers
from earshot.broadcast.matchers.audience import counts_audience
from earshot.broadcast.matchers.explanations import names_the_field
from earshot.broadcast.matchers.state import held_back, in_state, passed_on
from earshot.broadcast.news import LogLine, News
from earshot.broadcast.person import Person
from earshot.broadcast.recogniser import LASTING, PASSING
from earshot.broadcast.system import Broadcast
from earshot.broadcast.wishes import Wish
from earshot.matchers.log_lines import names_the_place, tells_of
from earshot.matchers.numbers import between
from earshot.matchers.presence import something
from earshot.targets.figures import Figure
from features.vocabulary import shared
from features.vocabulary.faults import fault, faults
from features.vocabulary.parameters import more_phrases, one_of, parameter, phrases
from features.vocabulary.shared import settings


class World(shared.World, Protocol):
    """What a step about a broadcast knows."""

    broadcast: Broadcast


LANGUAGES = {name: code for code, name in languages.LANGUAGES.items()} | {"Finnish": "fi", "Klingon": "tlh"}
"""Finnish is a language the service does not offer; Klingon is not a language code it can know."""

REFUSALS = {
    "there is no such session": "SESSION_NOT_FOUND",
    "the session is over": "SESSION_NOT_FOUND",
    "the session is not active": "SESSION_INACTIVE",
    "that is not a session name": "INVALID_SESSION_ID",
    "that language is not offered": "UNSUPPORTED_LANGUAGE",
    "that language is not offered to speakers": "INVALID_LANGUAGE",
    "that is not a language": "INVALID_PARAMETERS",
    "something is missing": "INVALID_PARAMETERS",
    "the connection is not known": "CONNECTION_NOT_FOUND",
    "the sign-in is not valid": "UNAUTHORIZED",
    "the session belongs to somebody else": "FORBIDDEN",
    "a detail is missing": "MISSING_PARAMETER",
    "a detail is not valid": "INVALID_PARAMETER",
    "only a listener may do that": "UNAUTHORIZED_ACTION",
    "only the speaker may do that": "UNAUTHORIZED_ACTION",
    "something is not valid": "INVALID_PARAMETERS",
    "that setting is out of bounds": "INVALID_CONFIGURATION",
    "the service has no such request": "INVALID_ACTION",
    "nothing is asked for": "MISSING_ACTION",
    "the message cannot be read": "INVALID_MESSAGE",
    "there is no sound in it": "INVALID_MESSAGE",
    "the message is too large": "MESSAGE_TOO_LARGE",
    "the request is too large": "CONTROL_MESSAGE_TOO_LARGE",
    "the piece of audio is too large": "AUDIO_CHUNK_TOO_LARGE",
    "the piece of audio is too small": "AUDIO_CHUNK_TOO_SMALL",
    "the audio has the wrong format": "INVALID_AUDIO_FORMAT",
    "that is one broadcast too many": "MAX_SESSIONS_EXCEEDED",
    "the session is full": "SESSION_FULL",
    "that is too often": "RATE_LIMIT_EXCEEDED",
    "of a fault in the service": "INTERNAL_ERROR",
    "the service is not available": "SERVICE_UNAVAILABLE",
    "the request took too long": "TIMEOUT",
}
"""What a refusal means, in words, and the code that says it (BRO-3.6.1)."""

SOUNDS = {
    "silence": lambda duration_s: signals.silence(duration_s),
    "a plain tone": lambda duration_s: signals.tone(440, duration_s, amplitude=0.3),
    "a whistling tone": lambda duration_s: signals.tone(1000, duration_s, amplitude=0.3),
    "the hiss of rain": lambda duration_s: signals.noise(duration_s, sigma=0.05, seed=7),
}

PAPERS = {f"with {papers.value}" if papers is not Papers.MISSING else "without signing in": papers for papers in Papers}

GARBLES = {
    "half a message": '{"action": "pauseBroadcast"',
    "a bare word": "pause",
    "a number": "42",
    "a list of requests": '[{"action": "pauseBroadcast"}]',
    "a request in quotation marks": '"pauseBroadcast"',
    "an empty message": "",
    "an empty value": "null",
    "a message nested 50000 times": "[" * 50_000,
    "a message of {size:Number} bytes that cannot be read": lambda size: "x" * size,
}
"""What cannot be read as a request, as it goes over the wire."""

WORDLESS = {
    "a message that says nothing": "{}",
    "a message that only names a level": '{"volumeLevel": 0.5}',
    "a message with a blank where the request belongs": '{"action": ""}',
}
"""What can be read, and asks for nothing."""

FIELDS = {
    "the sound": "audioData",
    "the number": "sequenceNumber",
    "the name": "chunkId",
    "the date": "timestamp",
    "the length": "duration",
    "the sample rate": "sampleRate",
    "the reason": "reason",
    "the level": "volumeLevel",
    "the state": "state",
    "the length of the pause": "estimatedPauseDuration",
    "the session": "sessionId",
    "the language to listen in": "targetLanguage",
    "the language spoken": "sourceLanguage",
    "the quality": "qualityTier",
    "the choice of provisional results": "partialResults",
    "the stability threshold": "minStability",
    "the holding time": "maxBufferTimeout",
}
"""How a step names a field of a message or a parameter of a connection."""

DECLARATIONS = {
    "16-bit mono at 16000 Hz": {"format": "pcm", "sampleRate": 16000, "channels": 1, "encoding": "s16le"},
    "stereo": {"channels": 2},
    "a sample rate of 8000 Hz": {"sampleRate": 8000},
    "a sample rate of 15999 Hz": {"sampleRate": 15999},
    "a sample rate of 16000 Hz": {"sampleRate": 16000},
    "a sample rate of 16001 Hz": {"sampleRate": 16001},
    "a sample rate of 44100 Hz": {"sampleRate": 44100},
    "a sample rate of 48000 Hz": {"sampleRate": 48000},
    "8-bit samples": {"encoding": "u8"},
    "32-bit samples": {"encoding": "f32le"},
    "MP3": {"format": "mp3"},
}
"""What a client may declare its audio to be."""

FILES = {
    "a WAV file": b"RIFF\x24\x7d\x00\x00WAVEfmt \x10\x00\x00\x00",
    "an AIFF file": b"FORM\x00\x00\x7d\x2eAIFFCOMM\x00\x00",
    "an Ogg file": b"OggS\x00\x02\x00\x00\x00\x00\x00\x00",
    "a FLAC file": b"fLaC\x00\x00\x00\x22\x10\x00\x10\x00",
    "an MP3 file": b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb",
    "a WebM file": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81",
}
"""How files of these kinds begin, followed by quiet."""

RATES = {
    "session opening": "session_create",
    "join": "listener_join",
    "connection attempt": "connection_attempt",
}
"""What is counted over minutes and hours, and the operation under which it is on record (BRO-2.3.1)."""

PURPOSES = ("speak", "listen")
"""What a connection is opened for that asks for nothing yet."""

AUDIO_ISSUES = {
    "background noise": "snr_low",
    "distortion": "clipping",
    "an echo": "echo",
    "silence": "silence",
}
"""What a speaker may be warned of (BRO-5.4.1 to BRO-5.4.4)."""

PLAYBACK_ACTS = {"pause": "playbackPaused", "resumption": "playbackResumed"}
"""What is confirmed to a listener who stops and starts playback."""

HELD_BACK = {
    "the broadcast is paused": "paused",
    "the broadcast is muted": "muted",
    "the volume is at 0%": "volumeZero",
    "recognition has stopped": "streamUnavailable",
}
"""Why a speaker's words go no further."""

STATUS_CAUSES = {
    "somebody listens in a new language": "newLanguage",
    "the number of listeners changed": "listenerCountChange",
    "it was time again": "periodic",
}
"""Why a speaker is told the status without asking."""

EARLIER_MOMENTS = {
    "the start": attrgetter("created"),
    "the last regular one": methodcaller("last_status_for", "periodic"),
    "the answer": methodcaller("last_status_for", "requested"),
}
"""From which earlier message an interval counts."""

WRONG_VOLUMES = {
    "a word": "loud",
    "a number in quotation marks": "0.5",
    "yes": True,
    "a list of levels": [0.5],
}
"""What is no volume, besides the numbers outside of 0 to 1."""

WRONG_STATES = {
    "one that says nothing": {},
    "a bare word": "paused",
    "a list": [{"isPaused": True}],
    "a pause that is a word": {"isPaused": "yes"},
    "a pause that is a number": {"isPaused": 1},
    "a mute that is a word": {"isMuted": "yes"},
    "a mute that is a number": {"isMuted": 1},
    "a volume that is a word": {"volume": "loud"},
    "a volume that is a yes": {"volume": True},
    "a volume of -1%": {"volume": -0.01},
    "a volume of 101%": {"volume": 1.01},
    "paused and something unknown": {"isPaused": True, "isHappy": True},
    "paused and active": {"isPaused": True, "isActive": True},
    "paused and a volume of 101%": {"isPaused": True, "volume": 1.01},
}
"""What is no state of a broadcast; where part of it is right, nothing of it may be done."""

_IMPATIENT = {
    "TRANSCRIBE_STREAM_IDLE_TIMEOUT_SECONDS": "1",
    "TRANSCRIBE_CIRCUIT_OPEN_SECONDS": "1",
}
"""One service for every scenario about recognition that needs a short time."""

_SMALL = {
    "MAX_LISTENERS_PER_SESSION": "2",
    "MAX_CONCURRENT_STREAMS_PER_SPEAKER": "2",
    "RATE_LIMIT_SESSIONS_PER_HOUR": "3",
    "RATE_LIMIT_LISTENER_JOINS_PER_MIN": "3",
    "RATE_LIMIT_CONNECTION_ATTEMPTS_PER_MIN": "6",
    "RATE_LIMIT_AUDIO_CHUNKS_PER_SECOND": "20",
    "RATE_LIMIT_WARNING_SECONDS": "0.5",
    "RATE_LIMIT_CLOSE_SECONDS": "1.5",
    "MAX_MESSAGE_SIZE_BYTES": "262144",
    "SUPPORTED_LANGUAGES": "en,es,fr,de",
}
"""One service for every scenario that needs a small limit, as each set of settings is a process of its own."""

SETTINGS: Mapping[str, Mapping[str, str]] = {
    "sets no limits on how often people act": explorer.SETTINGS,
    "gives up on a request after 0.8 seconds": {
        "AUDIO_HANDLER_TIMEOUT_SECONDS": "0.8",
        "CONTROL_HANDLER_TIMEOUT_SECONDS": "0.8",
        "STATUS_HANDLER_TIMEOUT_SECONDS": "0.8",
        "LISTENER_HANDLER_TIMEOUT_SECONDS": "0.8",
    },
    "lets 1000 listeners into a session": {"MAX_LISTENERS_PER_SESSION": "1000"},
    "lets 2 listeners into a session": _SMALL,
    "lets 2 broadcasts of one person run": _SMALL,
    "lets one person open 3 broadcasts an hour": _SMALL,
    "lets 3 listeners a minute join from one address": _SMALL,
    "takes 6 connections a minute from one address": _SMALL,
    "takes 20 pieces of audio a second": _SMALL,
    "warns after 0.5 seconds of too much audio and ends the session after 1.5 seconds of it": _SMALL,
    "takes messages of up to 262144 bytes": _SMALL,
    "offers English, Spanish, French and German only": _SMALL,
    "takes 3 heartbeats a minute": {"RATE_LIMIT_HEARTBEATS_PER_MIN": "3"},
    "closes recognition after 1 second without sound": _IMPATIENT,
    "leaves a failing recogniser alone for 1 second": _IMPATIENT,
    "keeps 10 translations": {"TRANSLATION_CACHE_MAX_ENTRIES": "10"},
    "keeps 12 translations": {"TRANSLATION_CACHE_MAX_ENTRIES": "12"},
    "disconnects clients after 1.2 seconds of silence": {"CONNECTION_IDLE_TIMEOUT_SECONDS": "1.2"},
    "disconnects clients after 3 seconds of silence": {"CONNECTION_IDLE_TIMEOUT_SECONDS": "3"},
    "disconnects clients after 2 seconds of silence, or 1 second without heartbeats": {
        "CONNECTION_IDLE_TIMEOUT_SECONDS": "2",
        "HEARTBEAT_TIMEOUT_SECONDS": "1",
    },
    "asks for a new connection after 0.6 seconds, warns after 1.2 seconds and ends connections after 2.5 seconds": {
        "CONNECTION_REFRESH_MINUTES": "0.01",
        "CONNECTION_WARNING_MINUTES": "0.02",
        "CONNECTION_MAX_DURATION_HOURS": str(2.5 / 3600),
    },
    "asks for a new connection after 0.6 seconds and ends connections after 5 seconds": {
        "CONNECTION_REFRESH_MINUTES": "0.01",
        "CONNECTION_WARNING_MINUTES": "0.02",
        "CONNECTION_MAX_DURATION_HOURS": str(5 / 3600),
    },
    "ends sessions after 3 seconds": {"SESSION_MAX_DURATION_HOURS": str(3 / 3600)},
    "disconnects clients that are silent for 2 seconds": {"CONNECTION_IDLE_TIMEOUT_SECONDS": "2"},
    "tells speakers the status every second": {"PERIODIC_UPDATE_INTERVAL_SECONDS": "1"},
}
"""How a step says what a service is set to ("Given a service that …")."""

settings(SETTINGS)

_CONDITION_FAILED = "ConditionalCheckFailedException"
"""What the store says when something is not as the service took it to be."""

FAULTS = {
    "no records can be reached": fault("store", code="Unreachable"),
    "the records of {person:Name}'s session fail once": fault("store", whom="session_id", table="Sessions", times=1),
    "the records of {person:Name}'s session fail {times:Times} in a row": fault(
        "store", whom="session_id", table="Sessions"
    ),
    "joins cannot be counted": fault("store", table="RateLimits"),
    "the next {times:Number} names for a session turn out to be taken": fault(
        "store", code=_CONDITION_FAILED, operations=["PutItem"], table="Sessions"
    ),
    "the session of {person:Name} turns out to be over when the next listener is counted": fault(
        "store", whom="session_id", code=_CONDITION_FAILED, operations=["UpdateItem"], table="Sessions", times=1
    ),
    "nobody's sign-in can be checked": fault("sign-in"),
    "the service gets stuck over {person:Name}'s next request": fault(
        "handler", "stall", whom="connection_id", times=1
    ),
    "the service is slow by {seconds:Seconds} over {person:Name}'s next request": fault(
        "handler", "stall", whom="connection_id", times=1
    ),
    "the service meets a mishap with {person:Name}'s next request": fault(
        "handler", "crash", whom="session_id", times=1
    ),
    "{person:Name}'s device has gone dead without a word": fault(
        "delivery", "dead", whom="connection_id", then=Person.goes_dead
    ),
    "the next {times:Number} attempts to reach {person:Name} are refused": fault("delivery", whom="connection_id"),
    "{person:Name}'s recogniser fails to start {times:Times}": fault(
        "recogniser.open", whom="session_id", code=PASSING
    ),
    "{person:Name}'s recogniser will fail {times:Times} to start again": fault(
        "recogniser.open", whom="session_id", code=PASSING
    ),
    "{person:Name}'s recogniser does not know the language": fault(
        "recogniser.open", whom="session_id", code=LASTING, transient=False
    ),
    "{person:Name}'s recogniser takes forever to start": fault("recogniser.open", "stall", whom="session_id"),
    "{person:Name}'s recogniser takes no sound": fault("recogniser.feed", "stall", whom="session_id"),
    "translation turns {person:Name}'s sentences away {times:Times}": fault("handover", whom="session_id"),
    "translation acknowledges {person:Name}'s next sentence only after {ms:Milliseconds}": (
        lambda person, ms: fault("handover", "stall", whom="session_id", times=1)(person=person, seconds=ms / 1000)
    ),
    "the next sentence cannot be translated into {language:Language}": fault("translator", times=1),
    "the next translation into {language:Language} takes {seconds:Seconds}": fault("translator", "stall", times=1),
    "every translation takes {seconds:Seconds}": fault("translator", "stall"),
    "nothing can be spoken": fault("synthesiser"),
    "the next sentence cannot be spoken in {language:Language}": fault("synthesiser", times=1),
    "the voice for {language:Language} rejects how it is to speak the next sentence": fault(
        "synthesiser", code="InvalidSsmlException", times=1
    ),
    "making the next speech in {language:Language} takes {seconds:Seconds}": fault("synthesiser", "stall", times=1),
    "making speech of every translation takes {seconds:Seconds}": fault("synthesiser", "stall"),
}
"""What may go wrong in a broadcast."""


def _state_member(words: str) -> tuple[str, bool | float]:
    """Return the member of a broadcast state that the words are about, and its value."""
    if words.startswith("at "):
        return "volume", int(words.removeprefix("at ").split("%")[0]) / 100
    member = {"active": "isActive", "paused": "isPaused", "muted": "isMuted"}[words.removeprefix("not ")]
    return member, not words.startswith("not ")


def _pieces(text: str) -> list[int]:
    """Return the numbers that the words name, such as "1, 3 to 5 and 2", in their order."""
    spans = (re.findall(r"\d+", part) for part in re.split(", | and ", text))
    return [number for span in spans for number in range(int(span[0]), int(span[-1]) + 1)]


def _audience(text: str) -> dict[str, int]:
    """Return how many people the words count for each language."""
    counts = (part.split(" in ") for part in re.split(", | and ", text))
    return {LANGUAGES[language]: int(count) for count, language in counts}


parameter("Language", one_of(LANGUAGES), LANGUAGES.__getitem__)
faults(FAULTS)
parameter(
    "Languages",
    rf"(?:{one_of(LANGUAGES)})(?:(?:, | and )(?:{one_of(LANGUAGES)}))*",
    lambda text: [LANGUAGES[language] for language in re.split(", | and ", text)],
)
parameter("Code", one_of(REFUSALS), REFUSALS.__getitem__)
shared.refusals(Broadcast.name, REFUSALS)
parameter("Sound", one_of(SOUNDS), SOUNDS.__getitem__)
parameter("Tier", "standard|premium", str)
parameter("RoleOwner", "the speaker's|a listener's", lambda text: text.split()[1].removesuffix("'s"))
phrases("Garble", GARBLES | WORDLESS)
parameter("Field", one_of(FIELDS), FIELDS.__getitem__)
parameter("Declaration", one_of(DECLARATIONS), DECLARATIONS.__getitem__)
parameter("File", one_of(FILES), lambda kind: FILES[kind].ljust(3200, b"\0"))
parameter("Rate", one_of(RATES), RATES.__getitem__)
parameter("Purpose", one_of(PURPOSES), str)
parameter("Word", r"\S+", str)
phrases(
    "Wish",
    {
        "{tier:Word} quality": lambda tier: Wish("qualityTier", tier),
        "provisional results": Wish("partialResults", "true"),
        "no provisional results": Wish("partialResults", "false"),
        "perhaps provisional results": Wish("partialResults", "perhaps"),
        "a stability threshold of {threshold:Word}": lambda threshold: Wish("minStability", threshold),
        "a holding time of {seconds:Word} seconds": lambda seconds: Wish("maxBufferTimeout", seconds),
    },
)
parameter("Papers", one_of(PAPERS), PAPERS.__getitem__)
_PIECE_NUMBERS = r"\d+(?: to \d+)?"
parameter("Pieces", rf"{_PIECE_NUMBERS}(?:(?:, | and ){_PIECE_NUMBERS})*", lambda text: _pieces(text))
phrases(
    "Flaw",
    {
        "{amount:Number} dB above the noise": lambda amount: Flaw("noise", amount),
        "with {amount:Decimal}% of it distorted": lambda amount: Flaw("distortion", amount),
        "with an echo of {amount:Decibels}": lambda amount: Flaw("echo", amount),
    },
)
parameter("AudioIssue", one_of(AUDIO_ISSUES), AUDIO_ISSUES.__getitem__)
parameter("PlaybackAct", one_of(PLAYBACK_ACTS), PLAYBACK_ACTS.__getitem__)
parameter("HeldBack", one_of(HELD_BACK), HELD_BACK.__getitem__)
parameter("StatusCause", one_of(STATUS_CAUSES), STATUS_CAUSES.__getitem__)
parameter("EarlierMoment", one_of(EARLIER_MOMENTS), EARLIER_MOMENTS.__getitem__)
parameter("WrongVolume", one_of(WRONG_VOLUMES), WRONG_VOLUMES.__getitem__)
parameter("WrongState", one_of(WRONG_STATES), WRONG_STATES.__getitem__)
_STATE = r"(?:active|(?:not )?paused|(?:not )?muted|at \d+% volume)"
parameter(
    "State", rf"{_STATE}(?:(?:, | and ){_STATE})*", lambda text: dict(map(_state_member, re.split(", | and ", text)))
)
_COUNT = rf"\d+ in (?:{one_of(LANGUAGES)})"
parameter("Audience", rf"{_COUNT}(?:(?:, | and ){_COUNT})*", lambda text: _audience(text))


# -- what people ask for

_AUDIO = acts.audio(bytes(3200))
REQUESTS = {
    "send audio": _AUDIO,
    "send audio as raw sound": acts.raw_sound(bytes(3200)),
    "send {size:Number} bytes of audio": lambda size: acts.audio(bytes(size)),
    "send {size:Number} bytes of audio as raw sound": lambda size: acts.raw_sound(bytes(size)),
    "send {size:Number} bytes of audio that is declared as {declaration:Declaration}": (
        lambda size, declaration: acts.audio(bytes(size), **declaration)
    ),
    "send {size:Number} bytes of audio under the number -1": lambda size: acts.audio(bytes(size), sequenceNumber=-1),
    "send audio that is declared as {declaration:Declaration}": lambda declaration: _AUDIO.having(**declaration),
    "send the beginning of {content:File}": lambda content: acts.audio(content),
    "send the beginning of {content:File} as raw sound": lambda content: acts.raw_sound(content),
    'send audio under the name "{name:Quoted}" and the number {number:Number}': (
        lambda name, number: _AUDIO.having(chunkId=name, sequenceNumber=number)
    ),
    "send audio as older apps do": acts.SEND_AUDIO.having(data=_AUDIO.fields["audioData"]),
    "pause the broadcast": acts.PAUSE,
    "pause the broadcast for about {span_ms:Span}": lambda span_ms: acts.PAUSE.having(estimatedPauseDuration=span_ms),
    "resume the broadcast": acts.RESUME,
    "mute the broadcast": acts.MUTE,
    "unmute the broadcast": acts.UNMUTE,
    "set the volume": acts.SET_VOLUME.having(volumeLevel=0.5),
    "set the volume to {level:Percent}": lambda level: acts.SET_VOLUME.having(volumeLevel=level),
    "change the speaker's state": acts.CHANGE_STATE.having(state={"isPaused": True, "isMuted": True}),
    "ask for the status": acts.ASK_STATUS,
    "end the session": acts.END_SESSION,
    "pause their own playback": acts.PAUSE_PLAYBACK,
    "resume their own playback": acts.RESUME_PLAYBACK,
    "change their language": acts.CHANGE_LANGUAGE.having(targetLanguage="de"),
    "change to {language:Language}": lambda language: acts.CHANGE_LANGUAGE.having(targetLanguage=language),
    "send a heartbeat": acts.HEARTBEAT,
}
"""What somebody may try to do (a step says "tries to …"); such a request is well formed if its blanks are."""

MISTAKES = {
    "send audio without any sound": acts.SEND_AUDIO,
    "send a number as audio": acts.SEND_AUDIO.having(audioData=7),
    "send audio that cannot be decoded": acts.SEND_AUDIO.having(audioData="this is no sound!"),
    "send audio that is empty": acts.SEND_AUDIO.having(audioData=""),
    "send audio under the number -1": _AUDIO.having(sequenceNumber=-1),
    "send audio under the number 1.5": _AUDIO.having(sequenceNumber=1.5),
    "send audio under the number one, as a word": _AUDIO.having(sequenceNumber="one"),
    "send audio under a name that is a number": _AUDIO.having(chunkId=7),
    "send audio that is dated yesterday": _AUDIO.having(timestamp="yesterday"),
    "send audio that lasts for a while": _AUDIO.having(duration="a while"),
    "send audio with a sample rate in words": _AUDIO.having(sampleRate="loud"),
    'pause the broadcast for about "{words:Quoted}"': lambda words: acts.PAUSE.having(estimatedPauseDuration=words),
    "set the volume to {level:WrongVolume}": lambda level: acts.SET_VOLUME.having(volumeLevel=level),
    "set the volume without saying to what": acts.SET_VOLUME,
    "change the state to {state:WrongState}": lambda state: acts.CHANGE_STATE.having(state=state),
    "change the state without saying to what": acts.CHANGE_STATE,
    "change the language without saying to which": acts.CHANGE_LANGUAGE,
    "end the session for a reason that is a number": acts.END_SESSION.having(reason=7),
    "send a heartbeat that is dated noon": acts.HEARTBEAT.having(timestamp="noon"),
    '"{name:Quoted}"': lambda name: acts.Act(name),
}
"""Requests with something wrong; the last is one that the service does not know."""

phrases("Request", REQUESTS | MISTAKES)
ACTS = {
    **REQUESTS,
    **MISTAKES,
    "{request:Request} with remarks that nobody asked for": (
        lambda request: request.having(colour="blue", remarks={"mood": ["fine", None]})
    ),
    "{request:Request} in a message of {size:Number} bytes": lambda request, size: request.in_a_message_of(size),
}
phrases("Act", ACTS)

CONTROLS = {
    "pauses the broadcast": acts.PAUSE,
    "pauses the broadcast for about {span_ms:Span}": lambda span_ms: acts.PAUSE.having(estimatedPauseDuration=span_ms),
    "resumes the broadcast": acts.RESUME,
    "mutes the broadcast": acts.MUTE,
    "unmutes the broadcast": acts.UNMUTE,
    "sets the volume to {level:Percent}": lambda level: acts.SET_VOLUME.having(volumeLevel=level),
    "changes the state to {state:State}": lambda state: acts.CHANGE_STATE.having(state=state),
    "pauses playback": acts.PAUSE_PLAYBACK,
    "resumes playback": acts.RESUME_PLAYBACK,
    "changes to {language:Language}": lambda language: acts.CHANGE_LANGUAGE.having(targetLanguage=language),
    "changes to {language:Language} with an older app": (
        lambda language: acts.CHANGE_LANGUAGE_AS_BEFORE.having(targetLanguage=language)
    ),
}
"""What speakers do with a broadcast and listeners with what they hear, and the service confirms."""

_HAS = {"pauses": "paused", "resumes": "resumed", "mutes": "muted", "unmutes": "unmuted", "sets": "set"}

_NEVER_BEFORE = {
    "pauses the broadcast for about {span_ms:Span}",
    "resumes playback",
    "changes to {language:Language} with an older app",
}
"""What no scenario needs to have happened before."""


def _has(control: str) -> str:
    """Return how one says that a control was used before."""
    verb, rest = control.split(" ", 1)
    return f"{_HAS.get(verb, 'changed')} {rest}"


phrases("Control", CONTROLS)
phrases("PastControl", {_has(control): act for control, act in CONTROLS.items() if control not in _NEVER_BEFORE})

_OPENINGS = {
    "broadcast in {language:Language}": lambda language: Opening(language),
    'broadcast in the language "{code:Quoted}"': lambda code: Opening(code),
    "broadcast in {language:Language} over that connection": (
        lambda language: Opening(language, over_that_connection=True)
    ),
    "broadcast in {language:Language} {papers:Papers}": lambda language, papers: Opening(language, papers=papers),
    "broadcast with {wish:Wish}": lambda wish: Opening(changes=wish.asked),
    "broadcast without naming {field:Field}": lambda field: Opening(changes={field: None}),
    "{nth:Ordinal} broadcast": lambda nth: Opening(device=nth),
    "{nth:Ordinal} broadcast in {language:Language}": lambda nth, language: Opening(language, device=nth),
}
"""What sort of broadcast somebody opens, or asks for."""

_JOININGS = {
    "in {language:Language}": lambda language: Joining(language),
    'in the language "{code:Quoted}"': lambda code: Joining(code),
    "in {language:Language} over that connection": lambda language: Joining(language, over_that_connection=True),
    "without naming {field:Field}": lambda field: Joining(changes={field: None}),
    'the session "{name:Quoted}"': lambda name: Joining(session_id=name),
    'the session "{name:Quoted}" in {language:Language}': lambda name, language: Joining(language, session_id=name),
    "the session of {speaker:Name} in {language:Language}": (
        lambda speaker, language: Joining(language, speaker=speaker)
    ),
}
"""How somebody joins, or asks to."""

phrases("Opening", _OPENINGS)
phrases("Joining", _JOININGS)
_NOWHERE = Joining(session_id="quiet-river-404")
phrases(
    "Entrance",
    {
        "start a {opening:Opening}": lambda opening: opening,
        "join {joining:Joining}": lambda joining: joining,
        "connect without saying what for": replace(_NOWHERE, changes={"action": None}),
        'connect for "{purpose:Quoted}"': (lambda purpose: replace(_NOWHERE, changes={"action": purpose})),
        "move to a new connection": Move(),
        "take over the session of {speaker:Name}": lambda speaker: Takeover(speaker=speaker),
        "take over the session of {speaker:Name} {papers:Papers}": (
            lambda speaker, papers: Takeover(speaker=speaker, papers=papers)
        ),
        'take over the session "{name:Quoted}"': lambda name: Takeover(name),
    },
)
more_phrases(
    "Attempt",
    {
        "{act:Act}": lambda act: lambda world, name: world.broadcast.person(name).tries(act),
        "{entrance:Entrance}": lambda entrance: lambda world, name: entrance.tried_by(name, world.broadcast),
    },
)

# -- what people are told

_STATUS, _CREATED, _CONFIRMATION = map(attrgetter, ("status", "created", "confirmation"))


def _volume(message: Mapping[str, object]) -> dict[str, object]:
    """Return the volume that a message gives as a state has it, so that a yes is no number."""
    return {"volume": message.get("volumeLevel")}


def _confirmed(member: str, says: Matcher[Any]) -> News:
    """Return what a member of a confirmation says."""
    return News(_CONFIRMATION, has_entry(member, says))


more_phrases(
    "News",
    {
        "the broadcast is paused": News("broadcastPaused"),
        "the broadcast is paused for about {span_ms:Span}": (
            lambda span_ms: News("broadcastPaused", has_entry("estimatedPauseDuration", span_ms))
        ),
        "the broadcast is paused, but not for how long": News(
            "broadcastPaused", not_(has_key("estimatedPauseDuration"))
        ),
        "the broadcast has resumed": News("broadcastResumed"),
        "the broadcast is muted": News("broadcastMuted"),
        "the broadcast is no longer muted": News("broadcastUnmuted"),
        "the volume is {level:Percent}": lambda level: News("volumeChanged", in_state({"volume": level}), _volume),
        "the broadcast is now {state:State}": (
            lambda state: News("speakerStateChanged", has_entry("broadcastState", in_state(state)))
        ),
        "the broadcast is still {state:State}": lambda state: News("stateRestored", in_state(state)),
        "the session has ended": News(
            "sessionEnded", has_entries(same=True), lambda m: {"same": m.get("reason") == m.get("message")}
        ),
        "it is time to move to a new connection": News("connectionRefreshRequired"),
        "recognition works again": News("systemRecovered"),
        "recognition is interrupted": News("transcriptionError", has_entry("retryable", True)),
        "recognition has stopped": News("transcriptionError", has_entry("retryable", False)),
        "recognition has stopped because {language:Language} is not known": lambda language: News(
            "transcriptionError",
            has_entries(retryable=False, code="LANGUAGE_NOT_SUPPORTED", details=has_entry("sourceLanguage", language)),
        ),
        "they are still connected": News(Person.heartbeat_is_answered),
        "the broadcast has {wish:Wish}": lambda wish: News(_CREATED, has_entries(wish.granted)),
        "the broadcast is in {language:Language} and ends in {hours:Number} hours": (
            lambda language, hours: News(
                _CREATED,
                has_entries(language=language, left_ms=close_to(hours * 3_600_000, 5000)),
                lambda m: {"language": m.get("sourceLanguage"), "left_ms": m["expiresAt"] - m["timestamp"]},
            )
        ),
        "{count:People} {:Listen}: {audience:Audience}": (
            lambda count, audience: News(_STATUS, counts_audience(count, audience))
        ),
        "nobody listens": News(_STATUS, counts_audience(0, {})),
        "the session began {span_ms:Span} ago, give or take {slack_ms:Span}": (
            lambda span_ms, slack_ms: News(
                _STATUS, has_entry("sessionDuration", close_to(span_ms / 1000, slack_ms / 1000))
            )
        ),
    },
)

phrases(
    "Details",
    {
        "that {field:Field} is missing or wrong": lambda field: names_the_field(field),
        "to come back within {limit_s:Seconds}": (
            lambda limit_s: has_properties(details=has_entry("retryAfter", between(1, limit_s)))
        ),
        "which languages are offered": has_properties(
            details=has_entry(
                "supportedLanguages", contains_inanyorder("en", "es", "fr", "de", "pt", "it", "ja", "ko", "zh")
            )
        ),
    },
)

phrases(
    "Confirmed",
    {
        "{count:Listeners} {:Were} told": lambda count: _confirmed("listenersNotified", equal_to(count)),
        "the broadcast is {state:State}": lambda state: _confirmed("broadcastState", in_state(state)),
        "the volume is {level:Percent}": lambda level: News(_CONFIRMATION, in_state({"volume": level}), _volume),
        "there was no pause": _confirmed("pauseDuration", none()),
    },
)

UNTOLD = {
    "asked to move to a new connection": "connectionRefreshRequired",
    "warned that the connection will end": "connectionWarning",
    "warned about too much audio": "rateLimitWarning",
}
"""What people may be left alone with."""

MOVES = {
    "is complete": has_entries(role="speaker"),
    "from {source:Language} to {target:Language} is complete": (
        lambda source, target: has_entries(role="listener", sourceLanguage=source, targetLanguage=target)
    ),
}
"""What is confirmed of a move."""

ROLES = {
    "the speaker": has_entries(role="speaker"),
    "a listener in {language:Language}": lambda language: has_entries(role="listener", targetLanguage=language),
}
"""As what somebody is asked to move."""

LAST_WORDS = {
    "that the session has ended": has_entries(type="sessionEnded"),
    "of {span_s:Seconds} of silence": (
        lambda span_s: has_entries(type="connectionTimeout", reason="idle", idleSeconds=int(span_s))
    ),
    "of {span_s:Seconds} without heartbeats": (
        lambda span_s: has_entries(type="connectionTimeout", reason="noHeartbeat", idleSeconds=int(span_s))
    ),
}
"""What people are told last, before they are disconnected."""

MOMENTS = {"connecting": Person.connected_for_s, "falling silent": Person.silent_for_s}
"""From when one counts how long a connection lasted."""

phrases("Untold", UNTOLD)
phrases("Moved", MOVES)
phrases("AskedAs", ROLES)
phrases("LastWord", LAST_WORDS)
phrases(
    "WordsFate",
    {
        "passed on": passed_on(),
        "held back": held_back(),
        "held back because {reason:HeldBack}": lambda reason: held_back(reason),
    },
)
parameter("Fate", "passed on|dropped because they are too many", str)
parameter("Moment", one_of(MOMENTS), MOMENTS.__getitem__)

# -- what is on record, and in the log

phrases(
    "SessionRecord",
    {
        "as {state:State}": lambda state: has_entry("broadcastState", in_state(state)),
        "as active with {count:Listeners}": (
            lambda count: has_entries(isActive=True, listenerCount=count, sourceLanguage="en")
        ),
        "with {wish:Wish}": lambda wish: has_entries(wish.granted),
        "with {language:Language} as its language and {tier:Tier} quality": (
            lambda language, tier: has_entries(sourceLanguage=language, qualityTier=tier)
        ),
        "with provisional results, a stability of {stability:Decimal} and {patience_s:Seconds} of patience": (
            lambda stability, patience_s: has_entries(
                partialResultsEnabled=True, minStabilityThreshold=stability, maxBufferTimeout=patience_s
            )
        ),
    },
)

phrases(
    "SessionEntry",
    {
        "it is over": {"isActive": False},
        "nobody listens": {"listenerCount": 0},
        "the broadcast is {state:State}": (
            lambda state: {f"broadcastState.{member}": value for member, value in state.items()}
        ),
    },
)

phrases(
    "Listed",
    {
        "nobody": empty(),
        "{count:Listeners} in {language:Language}": (
            lambda count, language: contains_exactly(*[has_entries(role="listener", targetLanguage=language)] * count)
        ),
    },
)

LOG_LEVELS = {"detailed log tells": "DEBUG", "log tells": "INFO", "log warns": "WARNING", "log reports": "ERROR"}
"""How gravely the log may speak."""

parameter("Log", one_of(LOG_LEVELS), LOG_LEVELS.__getitem__)


def _refused(code: str, person: str = "") -> LogLine:
    """Return the line of the log about a refusal."""
    return LogLine(has_item(has_properties(metadata=has_entry("code", code))), connection_of=person)


def _something_new(person: str) -> LogLine:
    """Return any line about a session that was not there before the latest act."""
    return LogLine(something(), session_of=person, anew=True)


_OF_ALL = has_item(
    has_properties(message=matches_regexp(r"(?i)\b(?:no language|all languages|every language|nobody|no listener)\b"))
)

phrases(
    "LogLine",
    {
        "{person:Name} was refused because {code:Code}": lambda person, code: _refused(code, person),
        "somebody was refused because {code:Code}": lambda code: _refused(code),
        "{size:Number} bytes of audio came from {person:Name}": lambda size, person: LogLine(
            has_item(has_properties(metadata=has_value(size))), connection_of=person
        ),
        "a {rate:Rate} could not be counted": (
            lambda rate: LogLine(has_item(has_properties(operation=contains_string(rate))))
        ),
        "{person:Name}'s request took too long": lambda person: LogLine(tells_of("TIMEOUT"), connection_of=person),
        "{person:Name}'s request failed, and at which place in the program": (
            lambda person: LogLine(names_the_place(), connection_of=person, session_of=person)
        ),
        "{person:Name} was not told of the pause": (
            lambda person: LogLine(tells_of("broadcastPaused"), connection_of=person)
        ),
        "{person:Name}'s recogniser failed, by its code and in words": (
            lambda person: LogLine(tells_of(PASSING, "stack"), session_of=person)
        ),
        '"{text:Quoted}" was recognised for {person:Name}, and how surely': (
            lambda text, person: LogLine(tells_of(text, "stability"), session_of=person)
        ),
        "sound of {person:Name}'s arrived out of order": lambda person: _something_new(person),
        "a sentence of {person:Name}'s was given up": lambda person: _something_new(person),
        "a sentence of {person:Name}'s turned out differently": lambda person: _something_new(person),
        "nobody heard a sentence of {person:Name}'s": lambda person: LogLine(_OF_ALL, session_of=person, anew=True),
    },
)


# -- what the service records about itself

_SOCKETS = "SessionManagement/WebSocket"
_SESSIONS = "SessionManagement"


def _count(namespace: str, name: str, **dimensions: str) -> Figure:
    return Figure(namespace, name, tuple(dimensions.items()), counts=True)


COUNTS = {
    "pieces of audio received": _count(AUDIO, "AudioChunksReceived"),
    "pieces of audio held back in a pause": _count(AUDIO, "AudioChunksDropped", Reason="paused"),
    "passing faults of recognition": _count(AUDIO, "TranscribeStreamErrors", ErrorType=PASSING),
    "pieces of audio held back while muted": _count(AUDIO, "AudioChunksDropped", Reason="muted"),
    "violations of the audio rate": AUDIO_VIOLATIONS,
    "speakers disconnected for too much audio": _count(AUDIO, "ConnectionsClosedForRateLimit"),
    "requests to pause": _count(_SOCKETS, "ControlMessagesReceived", ActionType="pauseBroadcast"),
    "requests to mute": _count(_SOCKETS, "ControlMessagesReceived", ActionType="muteBroadcast"),
    "requests for the status": _count(_SOCKETS, "StatusQueriesReceived"),
    "notices that did not arrive": _count(_SOCKETS, "ListenerNotificationFailures"),
    "restored broadcasts": _count(_SOCKETS, "StateRestorations"),
}
"""What is counted for each session."""

MEASURES = {
    "the delay of a piece of audio": AUDIO_DELAY,
    "the start of recognition": RECOGNITION_START,
    "the answer to a status request": Figure(_SOCKETS, "StatusQueryLatency"),
    "the delivery of a notice": Figure(_SOCKETS, "ListenerNotificationLatency"),
}
"""What is timed for each session, in milliseconds."""

SERVICE_COUNTS = {
    "silent speakers disconnected": _count(_SOCKETS, "ConnectionTimeout", Role="speaker", Reason="idle"),
    "silent listeners disconnected": _count(_SOCKETS, "ConnectionTimeout", Role="listener", Reason="idle"),
    "speakers disconnected for want of heartbeats": _count(
        _SOCKETS, "ConnectionTimeout", Role="speaker", Reason="noHeartbeat"
    ),
    "faults in controls of speakers": _count(
        _SOCKETS, "LambdaErrors", Handler="speaker-control", ErrorType="INTERNAL_ERROR"
    ),
    "status requests that took too long": _count(_SOCKETS, "LambdaErrors", Handler="status", ErrorType="TIMEOUT"),
    "statuses sent unasked": _count(_SOCKETS, "PeriodicStatusUpdatesSent"),
    "connections refused for want of a session": _count(_SESSIONS, "ConnectionErrors", ErrorCode="SESSION_NOT_FOUND"),
    "joins refused for their rate": _count(_SESSIONS, "RateLimitExceeded", Operation="listener_join"),
}
"""What is counted for the service as a whole."""

SERVICE_MEASURES = {
    "the time to pause": Figure(_SOCKETS, "ControlMessageLatency", (("ActionType", "pauseBroadcast"),)),
    "the time to mute": Figure(_SOCKETS, "ControlMessageLatency", (("ActionType", "muteBroadcast"),)),
    "the time to set the volume": Figure(_SOCKETS, "ControlMessageLatency", (("ActionType", "setVolume"),)),
    "the time to change a language": Figure(_SOCKETS, "ControlMessageLatency", (("ActionType", "changeLanguage"),)),
    "the time to open a session": Figure(_SESSIONS, "SessionCreationLatency"),
    "the time to join": Figure(_SESSIONS, "ListenerJoinLatency"),
    "the number of active sessions": Figure(_SESSIONS, "ActiveSessions"),
    "the number of listeners": Figure(_SESSIONS, "TotalListeners"),
    "the share of listeners that a sentence reached": Figure(PIPELINE, "BroadcastSuccessRate"),
    "the time from a sentence to its translations": Figure(PIPELINE, "ProcessingDuration"),
    "the number of languages of a sentence": Figure(PIPELINE, "LanguagesProcessed"),
    "the number of languages in which a sentence failed": Figure(PIPELINE, "FailedLanguagesCount"),
}
"""What is measured for the service as a whole."""

ALARMS = {
    "the delay of audio": "AudioProcessingLatency",
    "the delay of controls": "ControlMessageLatency",
    "the start of recognition": "TranscribeStreamInitLatency",
    "the opening of sessions": "SessionCreationLatency",
    "the share of recogniser faults": "TranscribeErrors",
    "the share of failed requests": "LambdaErrors",
    "faults of the database": "DynamoDBErrors",
    "violations of rates": "RateLimitViolations",
    "overflows of the audio buffer": "AudioBufferOverflows",
    "notices that did not arrive": "ListenerNotificationFailures",
    "disconnections for too much audio": "ConnectionsClosedForRateLimit",
    "failed connections": "ConnectionErrors",
    "active sessions": "ActiveSessions",
}
"""What an alarm watches, and the metric by which it does."""

parameter("Count", one_of(COUNTS), lambda words: COUNTS[words].called(words))
parameter("Measure", one_of(MEASURES), lambda words: MEASURES[words].called(words))
parameter("ServiceCount", one_of(SERVICE_COUNTS), lambda words: SERVICE_COUNTS[words].called(words))
parameter("ServiceMeasure", one_of(SERVICE_MEASURES), lambda words: SERVICE_MEASURES[words].called(words))
parameter("Alarm", one_of(ALARMS), ALARMS.__getitem__)
parameter("AlarmLevel", "critical|warning|further", lambda text: "other" if text == "further" else text)
