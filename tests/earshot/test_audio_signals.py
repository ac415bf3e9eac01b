from collections.abc import Callable

import numpy as np
import pytest

from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.audio.framing import frames
from earshot.audio.signals import at_level, clipped, echo, mix, noise, rms_dbfs, silence, tone


@pytest.mark.parametrize("make", [lambda s: tone(440, s), silence, lambda s: noise(s, 0.1)])
def test_signals_last_as_long_as_asked(make: Callable[[float], Samples]) -> None:
    assert make(1.25).dtype == np.int16
    assert len(make(1.25)) == 20_000


def test_a_tone_has_its_pitch_and_level() -> None:
    full = tone(440, 1.0, amplitude=1.0)
    assert int(np.argmax(np.abs(np.fft.rfft(full)))) == 440
    assert rms_dbfs(full) == pytest.approx(-3.01, abs=0.01)
    assert rms_dbfs(tone(440, 1.0, amplitude=0.5)) == pytest.approx(-9.03, abs=0.01)


def test_noise_has_its_deviation_and_is_reproducible() -> None:
    assert rms_dbfs(noise(2.0, 0.1)) == pytest.approx(-20.0, abs=0.1)
    assert np.array_equal(noise(0.1, 0.1, seed=5), noise(0.1, 0.1, seed=5))
    assert not np.array_equal(noise(0.1, 0.1, seed=5), noise(0.1, 0.1, seed=6))


def test_digital_silence_has_a_finite_level() -> None:
    assert rms_dbfs(silence(0.1)) == -96.0
    with pytest.raises(ValueError, match="no samples"):
        rms_dbfs(silence(0))


def test_a_mix_lasts_as_long_as_its_longest_part_and_never_wraps_around() -> None:
    loud = np.array([30_000, -30_000, 5], dtype=np.int16)
    assert mix(loud, loud[:2], silence(0)).tolist() == [32_767, -32_768, 5]


def test_an_echo_comes_later_and_softer() -> None:
    click = np.array([20_000, 0], dtype=np.int16)
    heard = echo(click, delay_ms=100, level_db=-6.0206)
    assert np.flatnonzero(heard).tolist() == [0, SAMPLE_RATE_HZ // 10]
    assert heard[SAMPLE_RATE_HZ // 10] == 10_000


@pytest.mark.parametrize("share", [0.005, 0.02, 0.2])
def test_clipping_reaches_full_scale_in_the_share_asked_for(share: float) -> None:
    at_full_scale = np.mean(np.abs(clipped(noise(1.0, 0.1), share).astype(np.int32)) >= 32_767)
    assert share <= at_full_scale < share * 1.05


def test_silence_cannot_be_clipped() -> None:
    with pytest.raises(ValueError, match=r"cannot clip 50\.0% of the samples"):
        clipped(silence(0.1), 0.5)


def test_a_level_is_reached_or_refused() -> None:
    assert rms_dbfs(at_level(tone(440, 1.0), -30.0)) == pytest.approx(-30.0, abs=0.01)
    with pytest.raises(ValueError, match=r"at -2 dBFS the loudest sample would exceed full scale by 1\.0 dB"):
        at_level(tone(440, 1.0), -2.0)
    with pytest.raises(ValueError, match="digital silence"):
        at_level(silence(0.1), -20.0)


def test_frames_carry_every_sample_and_fill_the_last_with_silence() -> None:
    sound = noise(0.25, 0.1)
    chunks = frames(sound)
    assert [len(chunk) for chunk in chunks] == [3200, 3200, 3200]
    carried = np.frombuffer(b"".join(chunks), dtype="<i2")
    assert np.array_equal(carried[:4000], sound)
    assert not carried[4000:].any()
    assert [len(chunk) for chunk in frames(sound, chunk_ms=250)] == [8000]
    assert frames(silence(0)) == []
    with pytest.raises(ValueError, match="at least 1 ms, not 0"):
        frames(sound, chunk_ms=0)
