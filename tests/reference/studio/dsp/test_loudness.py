"""Loudness: as the standard has it, and alike wherever it is measured."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reference.studio.dsp.assessment import loudness
from reference.studio.dsp.levels import sound_of
from reference.studio.dsp.loudness import (
    SILENT_LUFS,
    RunningLoudness,
    integrated_lufs,
    loudest_lufs,
    loudness_range_lu,
    true_peak_db,
)
from reference.studio.dsp.model import BadSound
from tests.reference.studio.dsp.kit import Samples, noise, stage, through, tone

RATES = pytest.mark.parametrize("rate_hz", [16_000, 48_000])


def lufs(samples: Samples, rate_hz: int = 16_000) -> float:
    measured = integrated_lufs(sound_of(samples), rate_hz)
    assert measured is not None
    return measured


@RATES
@pytest.mark.parametrize(("hz", "expected"), [(997, -3.01), (440, -3.69), (3000, 0.11), (100, -4.84)])
def test_full_scale_tones(hz: float, expected: float, rate_hz: int) -> None:
    sound = sound_of(tone(hz, 0, 4, rate_hz))
    assert integrated_lufs(sound, rate_hz) == pytest.approx(expected, abs=0.1)
    assert loudest_lufs(sound, rate_hz, 3.0) == pytest.approx(expected, abs=0.1)
    assert loudest_lufs(sound, rate_hz, 0.4) == pytest.approx(expected, abs=0.1)
    blocks = RunningLoudness(rate_hz, 1).powers(sound, last=True)
    assert -0.691 + 10 * math.log10(np.mean(blocks[5:])) == pytest.approx(expected, abs=0.1)


def test_quieter_by_20_db_is_20_lu_lower() -> None:
    assert lufs(tone(997, 0)) - lufs(tone(997, -20)) == pytest.approx(20, abs=0.05)


def test_two_channels_are_louder_than_one() -> None:
    one = tone(997, -20)
    assert lufs(np.stack([one, one], axis=1)) - lufs(one) == pytest.approx(3.01, abs=0.05)


def test_short_and_silent_sound() -> None:
    assert integrated_lufs(sound_of(tone(997, 0, 0.39)), 16_000) is None
    assert loudest_lufs(sound_of(tone(997, 0, 0.39)), 16_000, 0.4) is None
    assert lufs(tone(997, 0, 0.4)) == pytest.approx(-3, abs=0.3)
    assert lufs(np.zeros(16_000, dtype=np.int16)) == SILENT_LUFS


def test_the_loudest_moment_counts() -> None:
    samples = np.concatenate([tone(997, -40, 2), tone(997, -10, 1), tone(997, -40, 2)])
    assert loudest_lufs(sound_of(samples), 16_000, 0.4) == pytest.approx(-13, abs=0.1)
    assert loudest_lufs(sound_of(samples), 16_000, 3.0) == pytest.approx(-13 - 4.77, abs=0.2)


def test_range_between_soft_and_loud() -> None:
    samples = np.concatenate([tone(997, -30, 20), tone(997, -20, 20)])
    assert loudness_range_lu(sound_of(samples), 16_000) == pytest.approx(10, abs=1)
    assert loudness_range_lu(sound_of(tone(997, -20, 10)), 16_000) == pytest.approx(0, abs=1)


def test_true_peaks_are_found_between_samples() -> None:
    times = np.arange(16_000)
    between = np.rint(16_384 * np.sin(2 * np.pi * times / 4 + np.pi / 4)).astype(np.int16)  # no sample above -9.03 dB
    assert true_peak_db(sound_of(between), 16_000) == pytest.approx(-6.02, abs=0.2)
    assert true_peak_db(sound_of(between * 0), 16_000) == -96


@RATES
def test_streams_and_analysis_agree(rate_hz: int) -> None:
    sound = noise(-30, 8, rate_hz)
    live = through(sound, stage("lufs_normalization", {"target_lufs": -23}), rate_hz=rate_hz)
    assert lufs(live[-3 * rate_hz :], rate_hz) == pytest.approx(-23, abs=0.1)


def test_what_is_said_of_a_sound() -> None:
    said = loudness(sound_of(tone(997, -20.0, 4)), 16_000, "integrated", -16)
    measured = said["measured_lufs"]
    assert measured == pytest.approx(-23.01, abs=0.05)
    assert said["lufs_difference"] == pytest.approx(measured + 16, abs=0.005)
    assert said["gain_adjustment_db"] == -said["lufs_difference"]
    assert said["true_peak_db"] == pytest.approx(-20, abs=0.1)
    assert said["broadcast_compliance"] == {"ebu_r128": measured >= -23, "atsc_a85": True, "arib_tr_b32": True}
    assert said["recommendations"] == ["Increase the gain by 7.0 dB.", "Use less compression: it is very even."]


@pytest.mark.parametrize(
    ("peak_db", "grade", "overall", "score", "compliant"),
    [
        (0, "poor", "poor", 1.0, False),
        (-17, "excellent", "good", 2.5, True),
        (-25, "good", "fair", 2.0, False),
        (-40, "poor", "poor", 1.0, False),
    ],
)
def test_grades(peak_db: float, grade: str, overall: str, score: float, compliant: bool) -> None:
    said = loudness(sound_of(tone(997, peak_db, 4)), 16_000, "integrated", -23)
    assessment = said["quality_assessment"]
    assert (assessment["loudness_quality"], assessment["overall_quality"]) == (grade, overall)
    assert assessment["overall_score"] == score
    assert said["broadcast_compliance"]["ebu_r128"] is compliant


def test_too_short_a_sound_is_told() -> None:
    said = loudness(sound_of(tone(997, -20, 0.3)), 16_000, "integrated", -23)
    assert (said["measured_lufs"], said["lufs_difference"], said["gain_adjustment_db"]) == (None, None, None)
    assert "0.4 s" in said["recommendations"][0]
    assert not any(said["broadcast_compliance"].values())


@pytest.mark.parametrize(
    ("kind", "target", "named"),
    [
        ("loud", -23, "measurement type: loud"),
        ("integrated", 3, "3"),
        ("integrated", None, "None"),
        (None, -23, "None"),
    ],
)
def test_what_there_is_not_is_named(kind: object, target: object, named: str) -> None:
    with pytest.raises(BadSound, match=named):
        loudness(sound_of(tone(997, -20)), 16_000, kind, target)  # type: ignore[arg-type]
