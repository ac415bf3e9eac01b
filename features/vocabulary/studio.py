"""How words in a sentence about the studio become values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol, cast

from earshot.asking import Reason, Request
from earshot.audio import signals
from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.audio.containers import wav
from earshot.studio import heard, requests, told
from earshot.studio.engineer import PIECE_MS, Engineer
from earshot.studio.matchers import BAD_REQUEST, StageChanged, is_up, is_watched, lets_ask
from earshot.studio.messages import PING, Message, piece, raw, sound, update
from earshot.studio.pipelines import Pipeline, Stage, whole
from earshot.studio.planned import Plan
from earshot.studio.system import Studio
from earshot.wire.bodies import File
from features.vocabulary import shared
from features.vocabulary.faults import fault, faults
from features.vocabulary.parameters import doing, more_phrases, one_of, parameter, phrases, value_of


class World(shared.World, Protocol):
    """What a step about the studio knows."""

    studio: Studio
    scenario: Any


AS_SAID = "what the scenario says"
NOBODYS = "6b0f6c1e-9d0c-4f0b-8a3b-2f6b1f0e7a11"
"""The id of a live session that nobody started."""
WEBM = b"\x1aE\xdf\xa3" + bytes(3196)
"""How audio in a WebM container begins, as browsers record it."""


class Sound(NamedTuple):
    """A sound, and what to call it."""

    words: str
    samples: Samples


class Source(NamedTuple):
    """What makes a sound of any length in seconds."""

    words: str
    make: Callable[[float], Samples]


def _tone(hz: int) -> Source:
    return Source(f"a {hz} Hz tone", lambda length_s: signals.tone(hz, length_s, amplitude=1.0))


def _tone_at(hz: int, level: float) -> Source:
    return Source(
        f"a {hz} Hz tone at {level:g} dB", lambda length_s: signals.at_level(signals.tone(hz, length_s), level)
    )


def _tone_with_peaks(hz: int, peak: float) -> Source:
    words = f"a {hz} Hz tone with peaks at {peak:g} dB"
    return Source(words, lambda length_s: signals.tone(hz, length_s, amplitude=10 ** (peak / 20)))


def _noise(level: float) -> Source:
    words = f"white noise at {level:g} dB"
    return Source(words, lambda length_s: signals.at_level(signals.noise(length_s, sigma=0.05), level))


def _two_tones(hz: int, peak: float, other_hz: int, other_peak: float) -> Source:
    def make(length_s: float) -> Samples:
        return signals.mix(
            *(signals.tone(f, length_s, 10 ** (p / 20)) for f, p in ((hz, peak), (other_hz, other_peak)))
        )

    return Source(f"a {hz} Hz tone at {peak:g} dB and one of {other_hz} Hz at {other_peak:g} dB", make)


def _click(peak: float) -> Source:
    return Source(f"silence with a click at {peak:g} dB", lambda length_s: signals.click(length_s, 10 ** (peak / 20)))


def _between_silences(hz: int) -> Source:
    def make(length_s: float) -> Samples:
        third = signals.silence(length_s / 3)
        return signals.joined(third, signals.tone(hz, length_s / 3), third)

    return Source(f"silence, a {hz} Hz tone and silence", make)


SOURCES: Mapping[str, object] = {
    "silence": Source("silence", signals.silence),
    "a {hz:Number} Hz tone": _tone,
    "a {hz:Number} Hz tone at {level:Decibels}": _tone_at,
    "a {hz:Number} Hz tone with peaks at {peak:Decibels}": _tone_with_peaks,
    "white noise at {level:Decibels}": _noise,
    "two tones with peaks at {peak:Decibels} and {other_peak:Decibels}, of {hz:Number} Hz and {other_hz:Number} Hz": (
        _two_tones
    ),
    "silence with a click at {peak:Decibels} in it": _click,
    "silence, a {hz:Number} Hz tone and silence": _between_silences,
}
"""What makes a sound. A level is that of the whole (RMS), a peak that of its largest sample; a plain tone is as loud as
can be."""


def _of_length(length_ms: float, source: Source) -> Sound:
    length = f"{length_ms / 1000:g} s" if length_ms >= 1000 else f"{length_ms:g} ms"
    return Sound(f"{length} of {source.words}", source.make(length_ms / 1000))


def _sends(sound: Sound, piece_ms: float = 100, *, unread: bool = False) -> Callable[[Engineer], object]:
    return lambda engineer: engineer.sends(sound.samples, sound.words, piece_ms=piece_ms, unread=unread)


def _in_one(sound: Sound) -> Callable[[Engineer], object]:
    return _sends(sound, piece_ms=len(sound.samples) / SAMPLE_RATE_HZ * 1000)


def _so_many(count: int, length_ms: float, source: Source, *, unread: bool = False) -> Callable[[Engineer], object]:
    return _sends(_of_length(count * length_ms, source), piece_ms=length_ms, unread=unread)


def _plan(count: int, piece_ms: float, source: Source) -> Plan:
    return Plan(source.words, source.make, count, piece_ms)


def _sustained(length_ms: float, source: Source, changes: int = 0) -> Plan:
    return Plan(source.words, source.make, round(length_ms / PIECE_MS), is_sustained=True, changes=changes)


def _messages(words: str, *messages: Message) -> Callable[[Engineer], object]:
    return lambda engineer: engineer.sends_messages(messages, words)


_A_TONE = signals.tone(440, 0.1, amplitude=1.0)
SENT: Mapping[str, object] = {
    "{sound:StudioSound}": _sends,
    "{sound:StudioSound} in one piece": _in_one,
    "{count:Number} pieces of {length_ms:Milliseconds} of {source:Source}": _so_many,
    "{count:Number} pieces of {length_ms:Milliseconds} of {source:Source} without reading what comes back": partial(
        _so_many, unread=True
    ),
    "10 pieces of 100 ms of tones from 440 to 890 Hz": _messages(
        "tones from 440 to 890 Hz", *(sound(signals.tone(hz, 0.1, amplitude=1.0)) for hz in range(440, 900, 50))
    ),
    "a piece without sound": _messages("a piece without sound", piece("")),
    "a piece with a date and remarks": _messages(
        "a piece with a date and remarks",
        sound(_A_TONE, timestamp=1767262500123, metadata={"source": "microphone", "mood": ["calm"]}, colour="red"),
    ),
    "a piece and a heartbeat, and both again": _messages("pieces and heartbeats", *(2 * [sound(_A_TONE), PING])),
    "a message of {size_mib:Number} MiB": lambda size_mib: lambda engineer: engineer.sends_too_much(size_mib << 20),
}
"""What is sent at one go, all of which is answered."""


def _stage(kind: str, **parameters: Any) -> Pipeline:
    return Pipeline.of(kind, **parameters)


def _enhancing(**parameters: float) -> Pipeline:
    """Return voice enhancement by one of its parts alone."""
    rest = {"clarity_enhancement": 0, "presence_boost": 0, "sibilance_control": 0}
    return Pipeline.of("voice_enhancement", **{**rest, **parameters})


def _equalizer(gain: float, hz: int) -> Pipeline:
    return Pipeline.of("equalizer", bands=[{"enabled": True, "frequency": hz, "gain": gain, "filter_type": "peaking"}])


SETTINGS = {"chunk_size": 512, "sample_rate": 16000, "channels": 1, "buffer_size": 2048, "latency_target": 80}
STAGES: Mapping[str, object] = {
    "noise reduction": _stage("noise_reduction"),
    "noise reduction at strength {strength:Decimal}": partial(_stage, "noise_reduction"),
    "compression above {threshold:Decibels} at {ratio:Number} to 1": partial(_stage, "compression"),
    "a limiter at {threshold:Decibels}": partial(_stage, "limiter"),
    "a voice filter": _stage("voice_filter"),
    "a voice filter that rolls off at {hz:Number} Hz": lambda hz: _stage("voice_filter", high_freq_rolloff=hz),
    "voice detection": _stage("vad"),
    "voice enhancement": _stage("voice_enhancement"),
    "voice enhancement by presence": _enhancing(presence_boost=1),
    "voice enhancement by warmth": _enhancing(warmth_adjustment=1),
    "voice enhancement by brightness": _enhancing(brightness_adjustment=1),
    "an equalizer": _stage("equalizer"),
    "an equalizer with {gain:Decibels} at {hz:Number} Hz": _equalizer,
    "spectral denoising": _stage("spectral_denoising"),
    "conventional denoising at strength {strength:Decimal}": partial(_stage, "conventional_denoising"),
    "loudness normalisation": _stage("lufs_normalization"),
    "loudness normalisation to {target_lufs:Lufs}": partial(_stage, "lufs_normalization"),
    "automatic gain": _stage("agc"),
    "automatic gain to {target_level:Decibels} by at most {max_gain:Decibels}": partial(_stage, "agc"),
    "compression": _stage("compression"),
    "a limiter": _stage("limiter"),
    "noise reduction by the page's names, at strength {strength:Decimal} and for steady noise alone": (
        lambda strength: _stage("noise_reduction", strength=strength, nonStationaryNoiseReduction=0, shimmer=7)
    ),
    "noise reduction at strength {strength:Decimal} and for steady noise alone": (
        lambda strength: _stage("noise_reduction", strength=strength, non_stationary_noise_reduction=0)
    ),
    "a voice filter by its other name, that rolls off at {hz:Number} Hz": (
        lambda hz: _stage("voice_frequency_filter", highFreqRolloff=hz)
    ),
}
"""Pipelines of one stage."""
PIPELINES: Mapping[str, object] = {
    "{stage:StageOfOne}": lambda stage: stage,
    "{stage:StageOfOne}, with every setting of a live session": lambda stage: replace(stage, settings=SETTINGS),
    "{stage:StageOfOne}, switched off": lambda stage: stage.having(enabled=False),
    "{stage:StageOfOne}, switched off with {gain_db:Decibels} more before and behind it": (
        lambda stage, gain_db: stage.having(enabled=False, gain_in=gain_db, gain_out=gain_db)
    ),
    "{stage:StageOfOne}, and {gain_db:Decibels} more before it": lambda stage, gain_db: stage.having(gain_in=gain_db),
    "{stage:StageOfOne}, declared behind {other:StageOfOne} that it leads to": (
        lambda stage, other: stage.then(other).declared_backwards()
    ),
    "{stage:StageOfOne}, and {gain_db:Decibels} more behind it": (
        lambda stage, gain_db: stage.having(gain_out=gain_db)
    ),
    "{stage:StageOfOne}, then {other:StageOfOne}": lambda stage, other: stage.then(other),
    "{stage:StageOfOne}, then {other:StageOfOne} that is switched off": (
        lambda stage, other: stage.then(other).having(enabled=False)
    ),
    "input and output only": Pipeline((Stage("input"), Stage("output")), (("input", "output"),)),
    "no stages": Pipeline(),
    "all eleven stages": whole(),
}
CHANGES: Mapping[str, object] = {
    "the strength of noise reduction to {strength:Decimal}": (
        lambda strength: ("noise_reduction", {"strength": strength})
    ),
    "the ratio of compression to {ratio:Number} to 1": lambda ratio: ("compression", {"ratio": ratio}),
    "the roll-off of the voice filter to {hz:Number} Hz": (lambda hz: ("voice_filter", {"high_freq_rolloff": hz})),
}
"""What is set on a stage: its name, and the parameters."""

CIRCLE = (
    _stage("noise_reduction")
    .then(_stage("limiter"))
    .connected(("noise_reduction", "limiter"), ("limiter", "noise_reduction"))
)
NOWHERE = _stage("noise_reduction").connected(("noise_reduction", "reverb"))
FLAWED_STARTS: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "without a pipeline": lambda _: {"session_config": {}},
    "whose pipeline has no name": lambda config: _body(config, name=None),
    "whose pipeline has no connections": lambda config: _body(config, connections=None),
    "whose stages are a text": lambda config: _body(config, stages="noise_reduction"),
    "whose sample rate is a word": lambda config: {**_body(config), "session_config": {"sample_rate": "fast"}},
    "whose stages are connected in a circle": lambda config: _body(config, **_connected(CIRCLE)),
    "with a connection to a stage that it does not have": lambda config: _body(config, **_connected(NOWHERE)),
}
"""Bodies by which no live session can start; each is given a good pipeline."""


def _body(config: dict[str, Any], **other: Any) -> dict[str, Any]:
    members = {**config, **other}
    return {"pipeline_config": {name: value for name, value in members.items() if value is not None}}


def _connected(pipeline: Pipeline) -> dict[str, Any]:
    config = pipeline.config("")
    return {name: config[name] for name in ("stages", "connections")}


FLAWED_PIECES = {
    "a piece with stray signs in it": piece("invalid_base64_!!!"),
    "a piece whose audio is an empty value": piece(None),
    "a piece of 3 bytes": piece("AAAA"),
    "a piece of a WebM recording": raw(WEBM),
}
"""Pieces that cannot be processed."""
INCOMPLETE = {
    "a piece that forgets its audio": {"type": "audio_chunk"},
    "a change that forgets its stage": {"type": "update_stage", "parameters": {"strength": 0.5}},
    "a change that forgets what to change": {"type": "update_stage", "stage_id": "noise_reduction"},
    "raw bytes": b"\0\1\2\3",
}
"""What ends a connection, besides what is no message in any system."""


ORIGINS = {
    "the page of the studio": "http://localhost:3000",
    "the page of its developers": "http://localhost:5173",
    "the page of somebody else": "http://elsewhere.example",
}
"""Where pages come from."""


def asks(request: Callable[[Engineer], Request]) -> shared.Attempt:
    """Let somebody ask for something over HTTP, which may be refused."""

    def attempt(world: Any, name: str) -> None:
        engineer = world.studio.engineer(name)
        engineer.tries_to_ask(request(engineer))

    return attempt


def _starts(flaw: Callable[[dict[str, Any]], object]) -> shared.Attempt:
    good = Pipeline.of("noise_reduction")
    return asks(lambda engineer: requests.start(flaw(good.config(engineer.new_pipeline_id()))))


def _tries(frame: Message | bytes) -> shared.Attempt:
    return lambda world, name: world.studio.engineer(name).tries(frame)


def _upload(size_mib: int) -> Request:
    """Ask to process a file of so many MiB."""
    fields = {"pipeline_config": json.dumps(Pipeline.of("noise_reduction").config("too-large"))}
    return requests.batch(fields, File("talk.wav", wav(signals.silence(1)) + bytes(size_mib << 20), "audio/wav"))


parameter("Origin", one_of(ORIGINS), ORIGINS.__getitem__)
phrases(
    "Engineers",
    {
        "{names:Names}": lambda names: lambda studio: [studio.engineer(name) for name in names],
        "{count:Number} engineers": lambda count: lambda studio: studio.more_engineers(count),
        "they": Studio.engineers,
    },
)
parameter("Lufs", r"-?\d+(?:\.\d+)? LUFS", lambda text: float(text.split()[0]))
phrases("Source", SOURCES)
phrases("StudioSound", {"{length_ms:Duration} of {source:Source}": _of_length})
phrases("Sent", SENT)
phrases(
    "StreamPlan",
    {
        "{count:Number} pieces of {piece_ms:Milliseconds} of {source:Source}": _plan,
        "{length_ms:Duration} of {source:Source}": _sustained,
        "{length_ms:Duration} of {source:Source}, and changes noise reduction {changes:Times} meanwhile": _sustained,
    },
)
phrases("StageOfOne", STAGES)
phrases("Pipeline", PIPELINES)
phrases("Change", CHANGES)
phrases("FlawedStart", FLAWED_STARTS)
phrases("SocketFlaw", FLAWED_PIECES | INCOMPLETE)
phrases("Service", {name: name for name in ("orchestration", "Orchestration", "ORCHESTRATION-SERVICE", "piano tuner")})
phrases("NoParameters", {"a text": "strong", "a list": ["strength", 0.5], "a number": 0.5, "an empty value": None})
more_phrases(
    "Attempt",
    {
        "start a live session without saying which": asks(lambda _: requests.start_without_body()),
        "start a live session {flaw:FlawedStart}": _starts,
        "end the live session": asks(lambda engineer: requests.stop(engineer.started.session_id)),
        "end a live session that nobody started": asks(lambda _: requests.stop(NOBODYS)),
        "connect to the live session": (
            lambda world, name: (it := world.studio.engineer(name)).tries_to_connect(it.started.session_id)
        ),
        "connect to a live session that nobody started": (
            lambda world, name: world.studio.engineer(name).tries_to_connect(NOBODYS)
        ),
        "connect at an address that nobody offers": (
            lambda world, name: world.studio.engineer(name).tries_to_connect_at("/api/nowhere")
        ),
        "connect by hand with a key that is none": asks(
            lambda engineer: requests.upgrade(engineer.started.session_id, "test")
        ),
        "ask for what nobody offers": asks(lambda _: requests.nowhere()),
        "ask how the {service:Service} is": lambda service: asks(lambda _: requests.health_of(service)),
        "send {flaw:SocketFlaw}": lambda flaw: _tries(flaw),
        "change a stage that the pipeline does not have": _tries(update("reverb", {"room": 0.5})),
        "change noise reduction by {parameters:NoParameters}": lambda parameters: _tries(
            update("noise_reduction", parameters)
        ),
        "upload {size_mib:Number} MiB": lambda size_mib: asks(lambda _: _upload(size_mib)),
        "start live sessions from {origin:Origin}": lambda origin: asks(lambda _: requests.preflight(origin)),
    },
)
more_phrases("News", {"each stage is changed": StageChanged()})
shared.refusals(
    Studio.name,
    {
        "there is no such session": Reason({HTTPStatus.NOT_FOUND}, says=["session not found"]),
        "the live session cannot be started": Reason(BAD_REQUEST),
        "the live session is described wrongly": Reason({HTTPStatus.UNPROCESSABLE_ENTITY}),
        "its connections run in a circle": Reason(
            {HTTPStatus.UNPROCESSABLE_ENTITY}, says=["noise_reduction", "limiter"]
        ),
        "a connection leads to an unknown stage": Reason({HTTPStatus.UNPROCESSABLE_ENTITY}, says=["reverb"]),
        "the pipeline has no such stage": Reason(says=["reverb"]),
        "the piece cannot be processed": Reason(says=["chunk processing failed"]),
        "WebM is no live audio": Reason(says=["webm"]),
        "those are no parameters": Reason(says=["config update failed"]),
        "the message makes no sense": Reason(),
        "nobody is there": Reason(wordless=True),
        "there is no such thing": Reason({HTTPStatus.NOT_FOUND}),
        "the upload is too large": Reason({HTTPStatus.REQUEST_ENTITY_TOO_LARGE}),
        "the request is not a good one": Reason({HTTPStatus.BAD_REQUEST}, wordless=True),
    },
)
more_phrases(
    "SoundBack",
    {
        "is as long as what was sent": heard.is_as_long,
        "is what was sent, sample by sample": heard.is_same,
        "is nothing": heard.is_nothing,
        "is silence, as long as what was sent": heard.is_silence,
        "is {level:Decibels} louder than before, give or take {tolerance:Decibels}": doing(heard.is_louder_than_before),
        "is at least {least:Decibels} quieter than what was sent": lambda least: partial(
            heard.has_fallen, least=least, most=200
        ),
        "is at most {most:Decibels} quieter than what was sent": lambda most: partial(
            heard.has_fallen, least=-200, most=most
        ),
        "is {least:Decibels} to {most:Decibels} quieter than what was sent": doing(heard.has_fallen),
        "has lost no less than what came back before": heard.has_lost_no_less,
        "has a level of {level:Decibels}, give or take {tolerance:Decibels}": doing(heard.has_level),
        "has its largest sample at {peak:Decibels}, give or take {tolerance:Decibels}": doing(heard.has_peak),
        "is a {hz:Number} Hz tone, and all else in it at least {least:Decibels} below": doing(heard.is_tone),
        "has samples above {most:Decibels}": doing(heard.is_above),
        "has gained {gain:Decibels} at {hz:Number} Hz, give or take {tolerance:Decibels}": doing(heard.has_gained),
        "has gained at least {least:Decibels} at {hz:Number} Hz over {other_hz:Number} Hz": doing(
            heard.has_gained_over
        ),
        "is {level:Decibels} louder than what was sent, give or take {tolerance:Decibels}": doing(heard.is_louder),
        "is {level:Decibels} quieter than what was sent, give or take {tolerance:Decibels}": doing(heard.is_quieter),
        "is at least {least:Decibels} quieter than before": doing(heard.is_quieter_than_before),
        "is as loud as at first, give or take {tolerance:Decibels}": doing(heard.is_as_loud_as_first),
        "has no sample above {most:Decibels}": doing(heard.is_below),
    },
)
phrases(
    "StreamFigures",
    {
        "count {first:Number} to {last:Number}": doing(told.counts),
        "count {number:Number}": lambda number: lambda engineer: told.counts(engineer, number, number),
        "give a level of {level:Decibels}, give or take {tolerance:Decibels}": doing(told.has_level),
        "give the mean of the latencies as their average": told.has_mean,
        "give at least {least_ms:Milliseconds} for each piece": doing(told.is_slow),
        "give less than {most_ms:Milliseconds} for each piece": doing(told.is_quick),
        "give more than nothing for each piece, and no more than it took to come back": told.is_honest,
    },
)
more_phrases(
    "Lesson",
    {
        "that the service is up": is_up(),
        "how that service is": is_watched(),
        "that {origin:Origin} may start live sessions": lambda origin: lets_ask(origin),
    },
)
faults(
    {
        "noise reduction takes {seconds:Seconds} longer for the files of {person:Name}": fault(
            "studio.stage",
            "stall",
            whom="pipeline_id",
            finds=lambda world, name: world.studio.engineer(name),
            stage="noise_reduction",
        ),
        "noise reduction takes {seconds:Seconds} longer for {person:Name}": fault(
            "studio.stage",
            "stall",
            whom="session_id",
            finds=lambda world, name: world.studio.engineer(name),
            stage="noise_reduction",
        ),
    }
)
phrases(
    "Listing",
    {
        "is listed as connected": True,
        "is listed as not connected": False,
        "is not listed": None,
    },
)


def tuned(world: World, pipeline: Pipeline) -> Pipeline:
    """Return this pipeline or, in a scenario that judges time, the one that the run sets in its place."""
    text = world.stage.tuning.of("pipeline", AS_SAID) if "perf" in world.scenario.effective_tags else AS_SAID
    return pipeline if text == AS_SAID else cast(Pipeline, value_of("Pipeline", text))
