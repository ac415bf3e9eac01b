"""Recorded prompts at every delivery."""

from __future__ import annotations

import asyncio
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from reference.speech.phrasebook import Phrasebook
from reference.speech.ports import Delivery, SpeechFailure
from reference.speech.recorded_synthesiser import RATES, RecordedSynthesiser, stretched

BOOK = Phrasebook(Path(__file__).parents[2] / "audio_samples")
SPANISH = BOOK.text("short-break", "es")


def recorded(language: str) -> bytes:
    with wave.open(str(BOOK.recording("short-break", language))) as file:
        return bytes(file.readframes(file.getnframes()))


def spoken(text: str, language: str, **delivery: str) -> npt.NDArray[np.float64]:
    pcm = asyncio.run(RecordedSynthesiser(BOOK).speak(text, language=language, delivery=Delivery(**delivery)))
    return np.frombuffer(pcm, dtype="<i2").astype(np.float64)


def level_db(samples: npt.NDArray[np.float64]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2))))


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_medium_delivery_is_the_recording_itself(language: str) -> None:
    synthesiser = RecordedSynthesiser(BOOK)
    text = BOOK.text("short-break", language)
    first = asyncio.run(synthesiser.speak(text, language=language, delivery=Delivery()))
    again = asyncio.run(synthesiser.speak(text, language=language, delivery=Delivery()))
    assert first == recorded(language)
    assert again is first


@pytest.mark.parametrize(("volume", "gain_db"), [("x-soft", -12), ("soft", -6)])
def test_softer_is_softer_by_that_much(volume: str, gain_db: int) -> None:
    gained_db = level_db(spoken(SPANISH, "es", volume=volume)) - level_db(spoken(SPANISH, "es"))
    assert gained_db == pytest.approx(gain_db, abs=0.05)


def test_louder_is_louder_but_never_clipped() -> None:
    loud, medium = spoken(SPANISH, "es", volume="loud"), spoken(SPANISH, "es")
    assert 1 < level_db(loud) - level_db(medium) <= 6
    assert np.abs(loud).max() <= 32767
    assert np.corrcoef(loud, medium)[0, 1] > 0.9999


@pytest.mark.parametrize(("rate", "factor"), RATES.items())
def test_faster_is_shorter_by_that_much(rate: str, factor: float) -> None:
    assert len(spoken(SPANISH, "es", rate=rate)) == pytest.approx(len(spoken(SPANISH, "es")) / factor, rel=0.001)


@pytest.mark.parametrize("factor", [0.85, 1.15, 1.3])
def test_faster_is_not_higher(factor: float) -> None:
    tone = 8000 * np.sin(2 * np.pi * 120 * np.arange(32_000) / 16_000)
    changed = stretched(tone, factor)[2000:-2000]
    spectrum = np.abs(np.fft.rfft(changed * np.hanning(len(changed))))
    frequencies_hz = np.fft.rfftfreq(len(changed), 1 / 16_000)
    in_tune = np.abs(frequencies_hz - 120) < 10
    assert np.sum(spectrum[in_tune] ** 2) > 0.99 * np.sum(spectrum**2)
    assert level_db(changed) == pytest.approx(level_db(tone), abs=0.3)


@pytest.mark.parametrize(
    ("text", "delivery", "code"),
    [
        ("Nadie lo ha dicho", Delivery(), "UNKNOWN_SENTENCE"),
        (SPANISH, Delivery(volume="deafening"), "InvalidSsmlException"),
        (SPANISH, Delivery(rate="x-slow"), "InvalidSsmlException"),
        (SPANISH, Delivery(markup="<speak>this & that</speak>"), "InvalidSsmlException"),
    ],
)
def test_what_cannot_be_spoken_is_a_lasting_failure(text: str, delivery: Delivery, code: str) -> None:
    with pytest.raises(SpeechFailure) as caught:
        asyncio.run(RecordedSynthesiser(BOOK).speak(text, language="es", delivery=delivery))
    assert (caught.value.code, caught.value.transient) == (code, False)
