"""The stages that can be tried alone on a piece of audio: a vocabulary of their own, with times in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reference.studio.dsp.parameters import Number


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

_BAND = {"freq": Number(None, 20, 20_000), "gain": Number(None, -20, 20), "q": Number(None, 0.1, 10)}
_SHARE = Number(None, 0, 1)
_RANGES: Mapping[str, Mapping[str, Number]] = {
    "vad": {
        "threshold": _SHARE,
        "min_speech_duration": Number(None, 0, 10),
        "min_silence_duration": Number(None, 0, 10),
    },
    "voice_filter": {
        "low_cutoff": Number(None, 20, 20_000),
        "high_cutoff": Number(None, 20, 20_000),
        "filter_order": Number(None, 1, 8, whole=True),
    },
    "noise_reduction": {
        "strength": _SHARE,
        "frequency_smoothing": _SHARE,
        "time_smoothing": Number(None, 0, 0.99),
    },
    "voice_enhancement": {"enhancement_strength": _SHARE, "sibilance_control": _SHARE},
    "spectral_denoising": {"reduction_strength": _SHARE},
    "lufs_normalization": {"target_lufs": Number(None, -60, 0), "max_peak": Number(None, -6, 0)},
    "agc": {
        "target_level": Number(None, -40, 0),
        "max_gain": Number(None, 0, 40),
        "attack_time": Number(None, 0.0001, 0.1),
        "release_time": Number(None, 0.001, 1),
    },
    "compression": {
        "ratio": Number(None, 1, 20),
        "threshold": Number(None, -40, 0),
        "attack": Number(None, 0.0001, 0.1),
        "release": Number(None, 0.001, 1),
    },
    "limiter": {
        "threshold": Number(None, -60, 0),
        "release": Number(None, 0.001, 0.5),
        "lookahead": Number(None, 0, 0.02),
    },
}


def accepted(stage_name: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the settings of a stage that are applied, defaults included, and what is to be said about those given.

    Numbers beyond a range act as the nearest in it (STU-61); names and values of no use are left out.
    """
    warnings: list[str] = []
    return _accepted("", CATALOGUE[stage_name].default_config, _RANGES.get(stage_name, {}), given, warnings), warnings


def _accepted(
    path: str,
    defaults: Mapping[str, Any],
    ranges: Mapping[str, Number],
    given: Mapping[str, Any],
    warnings: list[str],
) -> dict[str, Any]:
    applied = dict(defaults)
    for name, value in given.items():
        default = defaults.get(name)
        if isinstance(default, Mapping):
            inner = value if isinstance(value, Mapping) else {}
            applied[name] = _accepted(f"{name}.", default, _BAND, inner, warnings)
        elif name in ranges:
            read = ranges[name].read(value)
            applied[name] = default if read is None else read
            if read is None or read != value:
                warnings.append(f"{path}{name} is {applied[name]:g}: {value!r} is not possible.")
        elif isinstance(value, type(default)):
            applied[name] = value
    return applied
