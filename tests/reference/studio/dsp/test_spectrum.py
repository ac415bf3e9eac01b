"""The spectrum, and figures of quality."""

from __future__ import annotations

import numpy as np
import pytest

from reference.studio.dsp.levels import sound_of
from reference.studio.dsp.model import BadSound
from reference.studio.dsp.spectrum import WINDOW_SIZES, WINDOWS, distortion, quality, spectrum
from tests.reference.studio.dsp.kit import noise, tone


@pytest.mark.parametrize("size", WINDOW_SIZES)
@pytest.mark.parametrize("hz", [440, 1000])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 48_000])
def test_tones_are_found(size: int, hz: float, rate_hz: int) -> None:
    found = spectrum(sound_of(tone(hz, -6, 2, rate_hz)), rate_hz, size, 0.5, "hann")
    assert abs(found["peak_frequency"] - hz) <= rate_hz / size
    assert abs(found["spectral_centroid"] - hz) <= 10
    assert found["frequency_bins"] == size // 2
    assert np.allclose(np.diff(found["frequency_data"]["frequencies"]), rate_hz / size)
    assert len(found["frequency_data"]["magnitudes"]) == 100
    assert found["sample_rate"] == rate_hz


def test_of_two_tones_the_louder_wins_and_amplitudes_are_linear() -> None:
    both = tone(500, -20) + tone(1500, -6)
    found = spectrum(sound_of(both), 16_000, 4096, 0.5, "hann")
    assert found["peak_frequency"] == 1500
    assert spectrum(sound_of(tone(375, -6)), 16_000, 4096, 0, "hann")["frequency_data"]["magnitudes"][96] == (
        pytest.approx(10 ** (-6 / 20), rel=0.01)
    )


@pytest.mark.parametrize("window", WINDOWS)
def test_windows_and_short_sound(window: str) -> None:
    assert abs(spectrum(sound_of(tone(440, -6)), 16_000, 2048, 0.9, window)["peak_frequency"] - 440) < 8
    brief = spectrum(sound_of(tone(440, -6, 0.01)), 16_000, 2048, 0.5, window)
    assert (brief["analysis_quality"], brief["frequency_bins"]) == ("low", 1024)


def test_silence_is_all_zeros() -> None:
    for samples in (np.zeros(4000, dtype=np.int16), np.zeros(0, dtype=np.int16)):
        found = spectrum(sound_of(samples), 16_000, 2048, 0.5, "hann")
        assert (found["peak_frequency"], found["spectral_centroid"], found["spectral_bandwidth"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("size", "overlap", "window", "named"),
    [
        (1000, 0.5, "hann", "window size: 1000"),
        ("2048", 0.5, "hann", "window size"),
        (2048, 0.95, "hann", "overlap: 0.95"),
        (2048, -0.1, "hann", "overlap"),
        (2048, float("nan"), "hann", "overlap"),
        (2048, 0.5, "round", "window type: round"),
    ],
)
def test_what_there_is_not_is_named(size: int, overlap: float, window: str, named: str) -> None:
    with pytest.raises(BadSound, match=named):
        spectrum(sound_of(tone(440, -6)), 16_000, size, overlap, window)


def test_distortion() -> None:
    overtones = (tone(500, -20).astype(int) + tone(1000, -40)).astype(np.int16)
    assert distortion(sound_of(overtones)) == pytest.approx(0.1, abs=0.01)
    assert distortion(sound_of(tone(500, -20))) < 0.01
    assert distortion(sound_of(noise(-20))) == distortion(sound_of(noise(-20)[:0])) == 0


def test_quality() -> None:
    clean, clipped = quality(sound_of(tone(440, -6)), 16_000), quality(sound_of(noise(-2)), 16_000)
    assert (clean["quality_grade"], clean["clipping_detected"], clean["bit_depth_effective"]) == (
        "excellent",
        False,
        16,
    )
    assert (clipped["quality_grade"], clipped["clipping_detected"]) == ("poor", True)
    assert clean["frequency_response_flatness"] < 0.1 < clipped["frequency_response_flatness"]
    left = tone(440, -20)
    assert quality(sound_of(np.stack([left, left // 2], axis=1)), 16_000)["stereo_balance"] == pytest.approx(
        -6, abs=0.1
    )
    assert quality(sound_of(left // 256 * 256), 16_000)["bit_depth_effective"] == 8
