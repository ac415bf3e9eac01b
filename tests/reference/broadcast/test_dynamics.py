"""How loud and how fast something was said (BRO-5.5), and what that makes of the recordings (BRO-6.3)."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from reference.broadcast.dynamics import Loudness, Samples, SpeakingRate, Voice, measured
from reference.broadcast.handover import EmotionDynamics
from reference.broadcast.markup import delivery, expression_of
from reference.speech.phrasebook import Phrasebook
from reference.speech.ports import SAMPLE_RATE_HZ, Delivery

BOOK = Phrasebook(Path(__file__).parents[3] / "audio_samples")
NEUTRAL = EmotionDynamics()


def tone(seconds: float, level_db: float) -> Samples:
    """Return a tone with that RMS level."""
    times = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return np.sqrt(2) * 10 ** (level_db / 20) * np.sin(2 * np.pi * 200 * times)


def pcm(samples: Samples) -> bytes:
    return np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


@pytest.mark.parametrize(
    ("level_db", "number"),
    [(-9.9, 1.0), (-10.1, 0.6), (-19.9, 0.6), (-20.1, 0.4), (-29.9, 0.4), (-30.1, 0.2), (-50, 0.2)],
)
def test_the_level_of_the_voice_is_volume_and_energy(level_db: float, number: float) -> None:
    spoken = np.concatenate([tone(1, level_db), np.zeros(8000), tone(1, level_db)])
    dynamics = measured(spoken, 5)
    assert (dynamics.volume, dynamics.energy) == (number, number)


@pytest.mark.parametrize(
    ("words", "number"), [(24, 0.7), (26, 0.85), (32, 0.85), (33, 1.0), (39, 1.0), (40, 1.15), (47, 1.15), (48, 1.3)]
)
def test_the_words_a_minute_are_the_rate(words: int, number: float) -> None:
    around = np.zeros(SAMPLE_RATE_HZ)
    spoken = np.concatenate([around, tone(7, -15), np.zeros(SAMPLE_RATE_HZ), tone(7, -15), around])
    assert measured(spoken, words).rate == number


@pytest.mark.parametrize(("border", "band"), [(-10, Loudness.MEDIUM), (-20, Loudness.MEDIUM), (-30, Loudness.SOFT)])
def test_levels_on_a_border(border: float, band: Loudness) -> None:
    assert Loudness.of(border) is band


@pytest.mark.parametrize(
    ("border", "band"),
    [(100, SpeakingRate.SLOW), (130, SpeakingRate.MEDIUM), (160, SpeakingRate.FAST), (190, SpeakingRate.FAST)],
)
def test_rates_on_a_border(border: float, band: SpeakingRate) -> None:
    assert SpeakingRate.of(border) is band


def test_fewer_than_ten_words_have_no_pace() -> None:
    assert measured(tone(2, -15), 9).rate == 1.0
    assert measured(tone(2, -15), 10).rate == 1.3


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(100), np.zeros(16000), tone(1, -70)])
def test_without_a_voice_the_dynamics_are_neutral(samples: Samples) -> None:
    assert measured(samples, 20) == NEUTRAL


def test_a_sentence_is_looked_up_where_it_was_said() -> None:
    voice = Voice()
    for samples in (tone(7, -5), tone(4, -35), tone(2, -15)):
        for start in range(0, len(samples), 1600):
            voice.add(pcm(samples[start : start + 1600]))
    eleven_words = "word " * 11
    assert voice.dynamics(eleven_words, 11_000, 13_000) == EmotionDynamics(0.6, 1.3, 0.6)
    assert voice.dynamics(eleven_words, 7_000, 11_000) == EmotionDynamics(0.2, 1.15, 0.2)
    assert voice.dynamics(eleven_words, 1_000, 7_000) == EmotionDynamics(1.0, 1.0, 1.0), "half forgotten: no pace"
    assert voice.dynamics(eleven_words, 0, 1_000) == NEUTRAL, "forgotten"
    assert voice.dynamics(eleven_words, 14_000, 15_000) == NEUTRAL, "not heard yet"


@pytest.mark.parametrize("phrase_id", BOOK.phrases("en"))
def test_a_sample_sentence_is_spoken_exactly_as_it_was_recorded(phrase_id: str) -> None:
    with wave.open(str(BOOK.recording(phrase_id, "en"))) as file:
        recording = file.readframes(file.getnframes())
    text, duration_ms = BOOK.text(phrase_id, "en"), len(recording) // 32
    voice = Voice()
    voice.add(recording + bytes(19_200))
    for end_ms in (duration_ms - 100, duration_ms, duration_ms + 600):
        dynamics = voice.dynamics(text, 100, end_ms)
        assert delivery(text, expression_of(dynamics)) == Delivery()
