"""Noise, clipping, echo and silence in generated audio and in the sample recordings (BRO-5.4)."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from reference.broadcast.quality import LOWEST_ECHO_DB, Quality, QualityLimits, QualityMeter
from reference.speech.phrasebook import Phrasebook

RATE_HZ = 16_000
BOOK = Phrasebook(Path(__file__).parents[3] / "audio_samples")
Samples = npt.NDArray[np.float64]


def measure(samples: Samples, *, chunk_bytes: int = 3200, rate_hz: int = RATE_HZ) -> list[Quality]:
    """Return every reading of some audio, full scale 1.0."""
    pcm = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    meter = QualityMeter(QualityLimits(), rate_hz)
    readings: list[Quality] = []
    for start in range(0, len(pcm), chunk_bytes):
        readings += meter.add(pcm[start : start + chunk_bytes])
    return readings


def sine(amplitude: float, seconds: float = 6.0, *, rate_hz: int = RATE_HZ) -> Samples:
    return amplitude * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz)


def noise(deviation: float, seconds: float = 6.0) -> Samples:
    return deviation * np.random.default_rng(1).standard_normal(round(seconds * RATE_HZ))


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE_HZ))


def clip(phrase_id: str) -> Samples:
    with wave.open(str(BOOK.recording(phrase_id, "en"))) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32768


def speech(*, pause_s: float = 0.6, times: int = 1) -> Samples:
    """Return all sample sentences, one after the other."""
    sentences = [np.concatenate([clip(one), silence(pause_s)]) for one in BOOK.phrases("en")]
    return np.concatenate(sentences * times)


def with_echo(samples: Samples, delay_ms: int, strength: float) -> Samples:
    delay = delay_ms * RATE_HZ // 1000
    heard = samples.copy()
    heard[delay:] += strength * samples[:-delay]
    return 0.6 * heard


def snr_db(samples: Samples) -> float:
    reading = measure(samples)[-1]
    assert reading.snr_db is not None
    return reading.snr_db


# ---- noise


def test_the_reference_points_of_noise() -> None:
    assert snr_db(sine(0.5)) > 40
    assert 0 < snr_db(sine(0.1) + noise(0.1)) < 20
    assert snr_db(sine(0.05) + noise(0.2)) < 10


@pytest.mark.parametrize("ratio_db", [10, 15, 20, 25])
def test_noise_behind_speech_is_measured(ratio_db: int) -> None:
    spoken = speech(pause_s=0.0)[: 6 * RATE_HZ]
    level = np.sqrt(np.mean(np.square(spoken))) * 10 ** (-ratio_db / 20)
    assert snr_db(spoken + noise(level)) == pytest.approx(ratio_db, abs=1.5)


def test_a_gate_that_closes_between_words_does_not_hide_the_noise_in_them() -> None:
    noisy = sine(0.1) + noise(0.1)
    gated = np.where(np.arange(len(noisy)) % 8000 < 4000, noisy, 0.0)
    assert snr_db(gated) < 10


def test_the_ratio_is_that_of_the_last_five_seconds_and_of_sound_only() -> None:
    readings = measure(np.concatenate([sine(0.1) + noise(0.1), sine(0.5), silence(4)]))
    ratios = [reading.snr_db for reading in readings]
    assert ratios[0] is None, "half a second is too little to tell"
    assert ratios[11] is not None
    assert ratios[11] < 20
    assert ratios[-9] is not None
    assert ratios[-9] > 40
    assert ratios[-1] == pytest.approx(ratios[-9]), "silence has no ratio"
    assert measure(silence(2))[-1].snr_db is None


# ---- clipping


@pytest.mark.parametrize(("count", "percent"), [(0, 0.0), (16, 1.0), (17, 1.0625), (160, 10.0)])
def test_samples_at_98_percent_of_full_scale_are_clipped(count: int, percent: float) -> None:
    samples = silence(0.5)
    samples[1600 : 1600 + count] = 32112.4 / 32767
    samples[4800:6000] = -32111.0 / 32767
    assert measure(samples)[0].clipping_percent == percent
    assert measure(-samples)[0].clipping_percent == percent


# ---- echo


@pytest.mark.parametrize("delay_ms", [10, 20, 50, 100, 200, 500])
@pytest.mark.parametrize("strength", [0.5, 0.3])
def test_an_echo_of_speech_is_found_with_its_delay_and_strength(delay_ms: int, strength: float) -> None:
    reading = measure(with_echo(speech(pause_s=0.3)[: 8 * RATE_HZ], delay_ms, strength))[-1]
    assert reading.echo_delay_ms == pytest.approx(delay_ms, abs=1)
    assert reading.echo_db == pytest.approx(20 * np.log10(strength), abs=3)


@pytest.mark.parametrize("delay_ms", [50, 100, 200])
def test_an_echo_of_noise_is_found(delay_ms: int) -> None:
    reading = measure(with_echo(noise(0.1), delay_ms, 0.5))[-1]
    assert reading.echo_delay_ms == pytest.approx(delay_ms, abs=1)
    assert reading.echo_db == pytest.approx(-6, abs=1.5)


def test_an_echo_is_told_after_three_and_a_half_seconds_and_again_every_second() -> None:
    readings = measure(with_echo(speech(pause_s=0.0)[: 6 * RATE_HZ], 100, 0.5))
    told = [reading.echo_db for reading in readings]
    assert told[:6] == [None] * 6
    assert told[6] is not None
    assert len({level for level in told[6:] if level is not None}) == 3


@pytest.mark.parametrize("samples", [sine(0.5), noise(0.1), sine(0.2) + np.roll(sine(0.2), 5) * 0.5])
def test_tones_and_noise_have_no_echo(samples: Samples) -> None:
    assert {reading.echo_db for reading in measure(samples)} <= {None, LOWEST_ECHO_DB}


# ---- silence


def test_silence_lasts_from_below_the_threshold_until_well_above_it() -> None:
    quiet, murmur, voice = sine(0.004, 1.0), sine(0.009, 1.0), sine(0.02, 1.0)  # -51, -44, -37 dB
    audio = np.concatenate([voice, murmur, *[quiet] * 4, murmur, quiet, voice, quiet])
    readings = measure(audio)
    assert [reading.silence_s for reading in readings[1::2]] == pytest.approx([0, 0, 1, 2, 3, 4, 5, 6, 0, 1])
    ended = [reading.ended_silence_s for reading in readings if reading.ended_silence_s is not None]
    assert ended == pytest.approx([6.0])


# ---- what must not be found


@pytest.mark.parametrize("pause_s", [0.0, 0.6, 4.5])
def test_the_sample_recordings_are_found_good(pause_s: float) -> None:
    limits = QualityLimits()
    for reading in measure(speech(pause_s=pause_s)):
        assert reading.snr_db is None or reading.snr_db > limits.snr_db + 10
        assert reading.echo_db is None or reading.echo_db < limits.echo_db - 2
        assert reading.clipping_percent == 0
        assert reading.silence_s < limits.silence_s


# ---- the rest


def test_a_reading_comes_every_half_second_however_the_audio_is_cut() -> None:
    audio = with_echo(speech()[: 5 * RATE_HZ], 100, 0.3)
    whole = measure(audio)
    assert len(whole) == 10
    assert measure(audio, chunk_bytes=100) == measure(audio, chunk_bytes=32_768) == whole


@pytest.mark.parametrize("rate_hz", [8_000, 24_000, 48_000])
def test_other_sample_rates_are_measured_alike(rate_hz: int) -> None:
    reading = measure(sine(0.5, rate_hz=rate_hz), rate_hz=rate_hz)[-1]
    assert reading.snr_db is not None
    assert reading.snr_db > 40
    assert (reading.clipping_percent, reading.silence_s, reading.echo_delay_ms) == (0.0, 0.0, None)


def test_a_sample_rate_that_is_not_measured_is_refused() -> None:
    with pytest.raises(ValueError, match="44100"):
        QualityMeter(QualityLimits(), 44_100)
