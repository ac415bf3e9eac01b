"""The default synthesiser: recorded prompts, as telephone systems play them."""

from __future__ import annotations

import asyncio
import wave
from functools import lru_cache
from pathlib import Path
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from reference.speech.phrasebook import Phrasebook
from reference.speech.ports import SAMPLE_RATE_HZ, Delivery, SpeechFailure

VOLUMES_DB = {"x-soft": -12.0, "soft": -6.0, "medium": 0.0, "loud": 6.0}
"""Gain for each volume; `loud` goes no further than full scale allows, so nothing is clipped."""
RATES = {"slow": 0.85, "medium": 1.0, "fast": 1.15, "x-fast": 1.3}
"""How many times as fast as recorded (BRO-6.3.2)."""

_FULL_SCALE = 32767
_CACHED = 512
"""Recordings with their delivery kept in memory: about 60 KB each."""
_GRAIN = 30 * SAMPLE_RATE_HZ // 1000
_SEARCH = 10 * SAMPLE_RATE_HZ // 1000

Samples = npt.NDArray[np.float64]


class RecordedSynthesiser:
    """Speaks the sentences of a phrasebook; at medium delivery exactly as they were recorded.

    Reading and stretching run on a worker thread; what was spoken once comes from memory.
    """

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrasebook = phrasebook
        self._delivered = lru_cache(maxsize=_CACHED)(_delivered)

    async def speak(self, text: str, *, language: str, delivery: Delivery) -> bytes:
        """Return the sentence as PCM.

        SpeechFailure, not transient: `UNKNOWN_SENTENCE` for a sentence without a recording,
        `InvalidSsmlException` for a delivery that is none of VOLUMES_DB and RATES, or whose markup is not well-formed.
        """
        if delivery.volume not in VOLUMES_DB or delivery.rate not in RATES:
            raise SpeechFailure(
                "InvalidSsmlException",
                f"expected a volume of {', '.join(VOLUMES_DB)}, a rate of {', '.join(RATES)}, got {delivery}",
                transient=False,
            )
        _check_markup(delivery.markup)
        phrase_id = self._phrasebook.phrase_id(text, language)
        if phrase_id is None:
            raise SpeechFailure(
                "UNKNOWN_SENTENCE", f"the phrasebook does not have {text!r} in {language!r}", transient=False
            )
        try:
            recording = self._phrasebook.recording(phrase_id, language)
        except LookupError as error:
            raise SpeechFailure("UNKNOWN_SENTENCE", str(error), transient=False) from error
        return await asyncio.to_thread(self._delivered, recording, delivery)


def _check_markup(markup: str) -> None:
    """Reject what an engine that reads markup could not read."""
    if not markup:
        return
    parser = expat.ParserCreate()
    try:
        parser.Parse(markup, True)
    except expat.ExpatError as error:
        raise SpeechFailure(
            "InvalidSsmlException", f"expected well-formed markup, got {error} in {markup!r}", transient=False
        ) from error


def _delivered(recording: Path, delivery: Delivery) -> bytes:
    """Return a recording at the wanted rate and volume; at medium delivery exactly its own samples."""
    with wave.open(str(recording), "rb") as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (SAMPLE_RATE_HZ, 1, 2):
            raise ValueError(
                f"{recording}: expected {SAMPLE_RATE_HZ} Hz, mono, 16-bit, got {file.getframerate()} Hz, "
                f"{file.getnchannels()} channels, {8 * file.getsampwidth()}-bit"
            )
        pcm = file.readframes(file.getnframes())
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    if delivery.rate != "medium":
        samples = stretched(samples, RATES[delivery.rate])
    peak = max(1.0, float(np.max(np.abs(samples), initial=0.0)))
    gain = min(10 ** (VOLUMES_DB[delivery.volume] / 20), max(1.0, _FULL_SCALE / peak))
    return np.clip(np.round(samples * gain), -_FULL_SCALE - 1, _FULL_SCALE).astype("<i2").tobytes()


def stretched(samples: Samples, rate: float) -> Samples:
    """Return `samples` `rate` times as fast at the same pitch, by waveform-similarity overlap-add.

    Grains of 30 ms overlap by half. Each is taken within 10 ms of where it is due, there where it fits
    best to what would naturally follow the grain before it.
    """
    hop, window = _GRAIN // 2, np.hanning(_GRAIN + 1)[:_GRAIN]
    length = round(len(samples) / rate)
    lead = _GRAIN + _SEARCH
    source = np.pad(samples, (lead, lead + 3 * _GRAIN))
    out = np.zeros(length + 3 * _GRAIN)
    follows = source[:_GRAIN]
    # The first grain lies half before the beginning, so that every sample is under two grains.
    for number in range(length // hop + 2):
        earliest = lead + round((number - 1) * hop * rate) - _SEARCH
        nearby = source[earliest : earliest + 2 * _SEARCH + _GRAIN]
        energy = np.convolve(nearby**2, np.ones(_GRAIN), mode="valid")
        fit = np.correlate(nearby, follows, mode="valid") / np.sqrt(energy + 1.0)
        start = earliest + int(np.argmax(fit))
        out[number * hop : number * hop + _GRAIN] += window * source[start : start + _GRAIN]
        follows = source[start + hop : start + hop + _GRAIN]
    return out[hop : hop + length]
