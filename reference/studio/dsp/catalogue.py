"""The stages that can be tried alone on a piece of audio: a vocabulary of their own, with times in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    description: str
    category: str
    processing_time: str
    """fast, medium or slow"""
    default_config: Mapping[str, Any]


CATALOGUE: Mapping[str, Entry] = {
    "vad": Entry(
        "Finds where there is speech",
        "analysis",
        "fast",
        {"threshold": 0.5, "min_speech_duration": 0.1, "min_silence_duration": 0.3},
    ),
    "voice_filter": Entry(
        "Keeps the band in which voices are",
        "frequency",
        "fast",
        {"low_cutoff": 80, "high_cutoff": 8000, "filter_order": 4},
    ),
    "noise_reduction": Entry(
        "Takes steady noise away",
        "noise_processing",
        "medium",
        {"strength": 0.5, "frequency_smoothing": 0.3, "time_smoothing": 0.4},
    ),
    "voice_enhancement": Entry(
        "Makes voices clearer",
        "enhancement",
        "medium",
        {"enhancement_strength": 0.6, "formant_correction": True, "sibilance_control": 0.3},
    ),
    "equalizer": Entry(
        "Raises and lowers bands",
        "frequency",
        "fast",
        {
            "low_shelf": {"freq": 100, "gain": 0, "q": 0.7},
            "mid_peak": {"freq": 1000, "gain": 0, "q": 1.0},
            "high_shelf": {"freq": 10_000, "gain": 0, "q": 0.7},
        },
    ),
    "spectral_denoising": Entry(
        "Takes noise away bin by bin",
        "noise_processing",
        "slow",
        {"noise_profile": "auto", "reduction_strength": 0.7, "preserve_speech": True},
    ),
    "lufs_normalization": Entry(
        "Brings audio to a loudness",
        "dynamics",
        "medium",
        {"target_lufs": -23, "max_peak": -1, "measurement_type": "integrated"},
    ),
    "agc": Entry(
        "Keeps the level steady",
        "dynamics",
        "fast",
        {"target_level": -20, "max_gain": 20, "attack_time": 0.1, "release_time": 1.0},
    ),
    "compression": Entry(
        "Makes loud parts softer",
        "dynamics",
        "fast",
        {"ratio": 4, "threshold": -20, "attack": 0.003, "release": 0.1},
    ),
    "limiter": Entry(
        "Lets no peak above a threshold",
        "dynamics",
        "fast",
        {"threshold": -0.1, "release": 0.05, "lookahead": 0.005},
    ),
}
"""Every stage of the catalogue, by name."""
