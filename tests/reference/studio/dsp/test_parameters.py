"""How what a client sets on a stage is read."""

from __future__ import annotations

import math
from typing import Any

import pytest

from reference.studio.dsp.parameters import CATALOGUE, MOST_BANDS, kind_of, merged, normalised

CANONICAL_ORDER = [
    "vad",
    "voice_filter",
    "noise_reduction",
    "voice_enhancement",
    "equalizer",
    "spectral_denoising",
    "conventional_denoising",
    "lufs_normalization",
    "agc",
    "compression",
    "limiter",
]


def test_there_are_eleven_kinds_in_the_canonical_order() -> None:
    assert list(CATALOGUE) == CANONICAL_ORDER


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("limiter", "limiter"),
        ("voice_frequency_filter", "voice_filter"),
        ("voice_filter", "voice_filter"),
        ("voice_activity_detection", "vad"),
        ("auto_gain_control", "agc"),
        ("input", ""),
        ("speaker_output", ""),
        ("my own", ""),
    ],
)
def test_stages_are_known_by_all_their_names(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("kind", "given", "read"),
    [
        ("noise_reduction", {"strength": 2.5}, {"strength": 1.0}),
        ("noise_reduction", {"strength": -1}, {"strength": 0.0}),
        ("noise_reduction", {"voiceProtection": False}, {"voice_protection": False}),
        ("noise_reduction", {"smoothing": 0.5}, {}),
        ("noise_reduction", {"strength": "0.9"}, {}),
        ("noise_reduction", {"strength": True}, {}),
        ("noise_reduction", {"strength": math.nan}, {}),
        ("noise_reduction", {"strength": math.inf}, {}),
        ("noise_reduction", {"mode": "sideways"}, {}),
        ("noise_reduction", {"mode": ["light"]}, {}),
        ("noise_reduction", {"voice_protection": 1}, {}),
        ("vad", {"aggressiveness": 1.6}, {"aggressiveness": 2}),
        ("vad", {"frameDurationMs": 24}, {"frame_duration_ms": 20}),
        ("voice_filter", {"formant1Min": 300}, {"formant1_min": 300.0}),
        ("spectral_denoising", {"noiseReductionFactor": 0.8}, {"reduction_strength": 0.8}),
        ("spectral_denoising", {"fft_size": 100_000}, {"fft_size": 4096}),
        ("conventional_denoising", {"median_kernel_size": 4.1}, {"median_kernel_size": 5}),
        ("conventional_denoising", {"filterStrength": 3}, {"strength": 1.0}),
        ("lufs_normalization", {"maxAdjustment": 40}, {"max_adjustment": 20.0}),
        ("equalizer", {"bands": "loud"}, {}),
        ("", {"volume": 1}, {}),
    ],
)
def test_values_are_read(kind: str, given: dict[str, Any], read: dict[str, Any]) -> None:
    assert normalised(kind, given) == read


def test_bands_are_read_each_for_itself() -> None:
    given = {"customBands": [{"frequency": 5, "gain": 99, "filterType": "low_shelf"}, "loud", {"bandwidth": 0}]}
    assert normalised("equalizer", given)["bands"] == [
        {"enabled": True, "frequency": 20.0, "gain": 20.0, "bandwidth": 1, "filter_type": "low_shelf"},
        {"enabled": True, "frequency": 1000, "gain": 0, "bandwidth": 0.1, "filter_type": "peaking"},
    ]
    assert len(normalised("equalizer", {"bands": [{}] * 1000})["bands"]) == MOST_BANDS


@pytest.mark.parametrize("kind", CANONICAL_ORDER)
def test_defaults_are_values_of_their_kind(kind: str) -> None:
    defaults = {name: default for name, default in merged(kind, {}).items() if default is not None}
    assert normalised(kind, defaults) == defaults
    assert merged(kind, defaults) == merged(kind, {})


def test_what_is_given_goes_before_defaults() -> None:
    assert merged("limiter", {"threshold": -6})["threshold"] == -6
    assert merged("limiter", {"threshold": -6})["release_time"] == 50
