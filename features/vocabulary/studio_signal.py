"""How words in a sentence about whole sounds at the studio become values: files, stages alone, measurements."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from earshot.asking import MISTAKE, Reason, Request
from earshot.audio import signals
from earshot.audio.clips import SAMPLE_RATE_HZ
from earshot.studio import desk, judged, requests
from earshot.studio.desk import FORM, UPLOAD, Errand
from earshot.studio.engineer import Engineer
from earshot.studio.matchers import BAD_REQUEST
from earshot.studio.pipelines import Pipeline
from earshot.studio.sound_files import SoundFile
from earshot.studio.system import Studio
from earshot.wire.bodies import File
from features.vocabulary import shared
from features.vocabulary.parameters import doing, more_phrases, one_of, parameter, phrases
from features.vocabulary.studio import CIRCLE, NOWHERE, Sound, asks

_TONE = SoundFile("1 s of a 440 Hz tone", signals.tone(440, 1.0)[:, None])
_REDUCTION = Pipeline.of("noise_reduction")


def _file(sound: Sound, **more: Any) -> SoundFile:
    return SoundFile(sound.words, sound.samples[:, None], **more)


def _at_rate(channels: str, rate_hz: int, length_ms: float, hz: int, peak: float) -> SoundFile:
    words = f"a {channels} file at {rate_hz} Hz with a {hz} Hz tone with peaks at {peak:g} dB"
    stretch = SAMPLE_RATE_HZ / rate_hz
    tone = signals.tone(hz * stretch, length_ms / 1000 / stretch, amplitude=10 ** (peak / 20))
    made = SoundFile(words, tone[:, None], rate_hz)
    return made.in_stereo() if channels == "stereo" else made


FILES: Mapping[str, object] = {
    "{sound:StudioSound}": _file,
    "{sound:StudioSound} as text": partial(_file, as_text=True),
    "a {channels:Channels} file at {rate_hz:Number} Hz with {length_ms:Duration} of a {hz:Number} Hz tone with peaks "
    "at {peak:Decibels}": _at_rate,
}
"""Sounds as a whole: as files of 16 bits where files are taken, at 16 kHz with one channel unless it is said."""


def _alone(stage: str, words: str, **settings: Any) -> Errand:
    return Errand(f"{words} alone", stage, settings)


_FLAT = {"low_shelf": {"gain": 0}, "mid_peak": {"gain": 0}, "high_shelf": {"gain": 0}}
ALONE: Mapping[str, object] = {
    "voice detection": _alone("vad", "voice detection"),
    "a voice filter": _alone("voice_filter", "a voice filter"),
    "noise reduction": _alone("noise_reduction", "noise reduction"),
    "noise reduction at strength {strength:Decimal}": lambda strength: _alone(
        "noise_reduction", f"noise reduction at strength {strength:g}", strength=strength
    ),
    "voice enhancement": _alone("voice_enhancement", "voice enhancement"),
    "a flat equalizer": _alone("equalizer", "a flat equalizer", **_FLAT),
    "an equalizer with {gain:Decibels} in the middle": lambda gain: _alone(
        "equalizer", f"an equalizer with {gain:g} dB in the middle", mid_peak={"gain": gain}
    ),
    "spectral denoising": _alone("spectral_denoising", "spectral denoising"),
    "loudness normalisation": _alone("lufs_normalization", "loudness normalisation"),
    "automatic gain": _alone("agc", "automatic gain"),
    "compression": _alone("compression", "compression"),
    "a limiter at {threshold:Decibels}": lambda threshold: _alone(
        "limiter", f"a limiter at {threshold:g} dB", threshold=threshold
    ),
}
"""Stages by themselves, at their own defaults unless it is said."""


def _spectrum(**settings: Any) -> Errand:
    return Errand("its spectrum", "analyze/fft", settings)


def _loudness(**settings: Any) -> Errand:
    return Errand("its loudness", "analyze/lufs", settings)


MEASUREMENTS: Mapping[str, object] = {
    "spectrum": _spectrum(),
    "spectrum, in windows of {window_size:Number} samples,": _spectrum,
    "spectrum, in windows that overlap by {overlap:Percent},": _spectrum,
    "loudness": _loudness(),
    "loudness, for a target of {target_lufs:Lufs},": _loudness,
    "loudest moment": _loudness(measurement_type="momentary"),
    "loudest 3 seconds": _loudness(measurement_type="short_term"),
}
REPORTS: Mapping[str, Mapping[str, Any]] = {
    "that noise was lowered at a strength of 0.9": {
        "strength_applied": 0.9,
        "noise_reduction_db": (1, 40),
        "processing_quality": "medium",
    },
    "that noise was lowered at a strength of 0.5": {
        "strength_applied": 0.5,
        "noise_reduction_db": (0.5, 40),
        "processing_quality": "high",
    },
    "that nothing was compressed": {
        "max_gain_reduction_db": (-0.01, 0.5),
        "average_gain_reduction_db": (-0.01, 0.5),
        "compression_detected": False,
        "ratio_applied": 4,
        "threshold_db": -20,
        "attack_time_ms": 3,
        "release_time_ms": 100,
    },
    "that it was compressed by 4 to 12 dB": {
        "max_gain_reduction_db": (4, 12),
        "average_gain_reduction_db": (4, 12),
        "compression_detected": True,
    },
    "that peaks were lowered by 6 dB, give or take 0.5 dB": {
        "max_gain_reduction_db": (5.5, 6.5),
        "limiting_occurred": True,
        "peak_prevented": True,
        "threshold_db": -6,
    },
    "that no peak was lowered": {
        "max_gain_reduction_db": (-0.01, 0.1),
        "limiting_occurred": False,
        "peak_prevented": False,
    },
    "that nothing was altered": {"frequency_response_altered": False, "eq_bands_applied": 3},
    "that the spectrum was altered": {"frequency_response_altered": True, "eq_bands_applied": 3},
    "that it was done": {"processing_successful": True},
}
"""What a stage says of itself: values, or the least and the most."""


def _whole(report: Mapping[str, Any]) -> Callable[[Engineer], object]:
    return lambda engineer: judged.reports(engineer, **report)


BACK: Mapping[str, object] = {
    "keeps rate, channels and length": judged.keeps_its_form,
    "is what was sent, sample by sample": judged.is_same,
    "has the samples of what came before": judged.is_same_as_before,
    "is as loud as what came before, give or take {tolerance:Decibels}": doing(judged.is_as_loud_as_before),
    "has a loudness of {loudness:Lufs}, give or take {tolerance:Lu}": doing(judged.has_loudness),
    "has no sample above {most:Decibels}": doing(judged.is_below),
}
"""Of a sound that came back as a whole."""
TOLD: Mapping[str, object] = {
    "are figures of its quality": judged.has_figures,
    "are its true level and loudness": judged.has_true_figures,
    "are the times of the stages that are switched on": judged.times_its_stages,
    "is that noise reduction alone took at least {least_ms:Milliseconds}": lambda least_ms: partial(
        judged.times_one_stage, stage="noise_reduction", least_ms=least_ms
    ),
    "is with which settings it was done": judged.echoes_its_settings,
    "is a warning about the {name:Setting}": doing(judged.warns),
    "is {report:Report}": _whole,
    "is speech for {share:Percent} of it, give or take {tolerance:Percent}, without gaps": doing(judged.finds_speech),
    "is the same as before": judged.is_same_measurement,
    "is a whole spectrum": judged.is_whole_spectrum,
    "is a spectrum of nothing": judged.is_empty_spectrum,
    "is a spectrum with its peak at {hz:Number} Hz, give or take one bin": doing(judged.has_peak),
    "is a spectrum around {hz:Number} Hz, give or take 10 Hz": doing(judged.has_centre),
    "is the rate of the file": judged.has_rate,
    "is a whole measurement of loudness": judged.is_whole_loudness,
    "is a loudness of {loudness:Lufs}, give or take {tolerance:Lu}": doing(judged.is_loudness),
    "is a loudness that is {by:Lu} lower than before, give or take {tolerance:Lu}": doing(judged.is_lower_than_before),
    "is a true peak at {level:Decibels}, give or take {tolerance:Decibels}": doing(judged.has_true_peak),
    "are flags and grades that follow from the loudness": judged.is_judged_by_itself,
    "is that the sound is too short": judged.is_too_short,
}
"""Of what comes with a sound, or was measured of it."""
QUESTIONS: Mapping[str, tuple[Request, Callable[[Engineer], object]]] = {
    "which stages there are": (requests.catalogue(), judged.is_whole_catalogue),
    "what automatic gain is set to": (
        requests.defaults_of("agc"),
        partial(
            judged.is_set_to, defaults={"target_level": -20, "max_gain": 20, "attack_time": 0.1, "release_time": 1.0}
        ),
    ),
    "what compression is set to": (
        requests.defaults_of("compression"),
        partial(judged.is_set_to, defaults={"ratio": 4, "threshold": -20, "attack": 0.003, "release": 0.1}),
    ),
}
"""Questions, and what is to be answered."""


def _broken(at: int, value: bytes) -> bytes:
    return _TONE.wav[:at] + value + _TONE.wav[at + len(value) :]


FLAWED_FILES: Mapping[str, bytes] = {
    "a text": b"This is no sound at all, but a letter to a friend.",
    "a file whose header is broken": _broken(12, b"junk" + 4 * b"\xff"),
    "a file whose header promises more than there is": _TONE.wav[:2000],
    "a file whose header does not add up": _broken(22, b"\7\0"),
    "an MP3 file": b"ID3\x04\0\0\0\0\0\0" + bytes(2000),
    "a FLAC file": b"fLaC\0\0\0\x22" + bytes(2000),
}
_GOOD = json.dumps(_REDUCTION.config("file"))
FLAWED_BATCHES: Mapping[str, Mapping[str, str]] = {
    "without saying how": {},
    "by what is no pipeline": {"pipeline_config": "noise reduction, please"},
    "by stages that are connected in a circle": {"pipeline_config": json.dumps(CIRCLE.config("circle"))},
    "by stages one of which leads nowhere": {"pipeline_config": json.dumps(NOWHERE.config("nowhere"))},
    "by a pipeline without a name": {"pipeline_config": json.dumps({"pipeline_id": "file", "stages": {}})},
}


def _processing(content: bytes) -> shared.Attempt:
    return asks(lambda _: requests.batch({"pipeline_config": _GOOD}, File("sound.wav", content, "audio/wav")))


def _processing_a_tone(fields: Mapping[str, str]) -> shared.Attempt:
    return asks(lambda _: requests.batch(fields, File("sound.wav", _TONE.wav, "audio/wav")))


def _errand(errand: Errand, given: SoundFile | None = _TONE) -> shared.Attempt:
    return asks(lambda _: desk.errand_request(errand, given))


parameter("Channels", one_of(("mono", "stereo")), str)
parameter("Lu", r"-?\d+(?:\.\d+)? LU", lambda text: float(text.split()[0]))
parameter("Setting", "strength", str)
phrases("SoundFile", FILES)
phrases("StageAlone", ALONE)
phrases("Measurement", MEASUREMENTS)
phrases("FormWay", {"in a form": FORM, "in a form with a file": UPLOAD})
phrases("Report", REPORTS)
phrases("FileBack", BACK)
phrases("FileNews", TOLD)
phrases("CatalogueQuestion", QUESTIONS)
phrases("FlawedFile", FLAWED_FILES)
phrases("FlawedBatch", FLAWED_BATCHES)
more_phrases(
    "Attempt",
    {
        "have {content:FlawedFile} processed": _processing,
        "have a tone processed {fields:FlawedBatch}": _processing_a_tone,
        "have nothing processed": asks(lambda _: requests.batch({"pipeline_config": _GOOD})),
        "have a tone processed into MP3": _processing_a_tone({"pipeline_config": _GOOD, "output_format": "mp3"}),
        "have a tone processed into FLAC": _processing_a_tone({"pipeline_config": _GOOD, "output_format": "flac"}),
        "have a tone processed by a reverb alone": _errand(_alone("reverb", "a reverb")),
        "have nothing processed by noise reduction alone": _errand(_alone("noise_reduction", "it"), None),
        "have the spectrum of a tone measured in windows of 1000 samples": _errand(_spectrum(window_size=1000)),
        "have the spectrum of a tone measured in windows that overlap by 95%": _errand(_spectrum(overlap=0.95)),
        "have the spectrum of nothing measured": _errand(_spectrum(), None),
        "have the loudness of a tone measured in a way that nobody knows": _errand(
            _loudness(measurement_type="by feeling")
        ),
        "have the loudness of a tone measured for a target of 10 LUFS": _errand(_loudness(target_lufs=10)),
        "have the loudness of a tone measured for a target of -61 LUFS": _errand(_loudness(target_lufs=-61)),
        "have the loudness of nothing measured": _errand(_loudness(), None),
        "ask what a reverb is set to": asks(lambda _: requests.defaults_of("reverb")),
    },
)
_WRONG = {HTTPStatus.UNPROCESSABLE_ENTITY}
shared.refusals(
    Studio.name,
    {
        "the file cannot be processed": Reason(MISTAKE),
        "there is no audio to process": Reason({HTTPStatus.BAD_REQUEST}, says=["audio"]),
        "the pipeline is missing or makes no sense": Reason(_WRONG),
        "MP3 is not supported": Reason(says=["mp3"]),
        "FLAC is not supported": Reason(says=["flac"]),
        "there is no stage of that name": Reason(BAD_REQUEST | {HTTPStatus.NOT_FOUND}, says=["reverb"]),
        "there is no audio": Reason(BAD_REQUEST, says=["audio"]),
        "the size of the window is a bad one": Reason(BAD_REQUEST, says=["window"]),
        "the overlap is a bad one": Reason(BAD_REQUEST, says=["overlap"]),
        "the kind of measurement is a bad one": Reason(BAD_REQUEST),
        "the target is a bad one": Reason(BAD_REQUEST),
        "the request cannot be understood": Reason(_WRONG),
    },
)
