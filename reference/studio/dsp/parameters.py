"""What can be set on each stage of a pipeline, and how what a client gives is read.

Names are canonical in snake_case; the same in camelCase is the same parameter, and so are the names that the studio has
for it. Values beyond a range are the nearest in it; what is no value of its kind, and names that nobody knows, have no
effect (STU-129).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_BANDS = 32
"""Bands of one equalizer beyond which the rest is left out."""

_STAGE_NAMES = {
    "voice_frequency_filter": "voice_filter",
    "voice_activity_detection": "vad",
    "auto_gain_control": "agc",
}
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`, both included."""

    default: float | None
    low: float
    high: float
    whole: bool = False

    def read(self, given: object) -> float | int | None:
        if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
            return None
        held = min(max(given, self.low), self.high)
        return round(held) if self.whole else float(held)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these; of numbers the nearest, of words exactly."""

    default: Any
    choices: tuple[Any, ...]

    def read(self, given: object) -> Any:
        if isinstance(self.default, str):
            return given if given in self.choices else None
        number = Number(None, min(self.choices), max(self.choices)).read(given)
        return None if number is None else min(self.choices, key=lambda choice: abs(choice - number))


@dataclass(frozen=True, slots=True)
class Flag:
    default: bool

    def read(self, given: object) -> bool | None:
        return given if isinstance(given, bool) else None


@dataclass(frozen=True, slots=True)
class Bands:
    """The filters of an equalizer, each a mapping of `BAND`; None means those of the preset."""

    default: None = None

    def read(self, given: object) -> list[dict[str, Any]] | None:
        if not isinstance(given, Sequence) or isinstance(given, str | bytes):
            return None
        return [_filled(BAND, _read(BAND, band)) for band in given[:MOST_BANDS] if isinstance(band, Mapping)]


Values = Mapping[str, Number | OneOf | Flag | Bands]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of stage: its parameters by canonical name, and what the studio calls some of them."""

    values: Values
    enabled: bool = True
    """Whether the studio switches it on unless told otherwise."""
    also: Mapping[str, str] = field(default_factory=dict)


BAND: Values = {
    "enabled": Flag(True),
    "frequency": Number(1000, 20, 20_000),
    "gain": Number(0, -20, 20),
    "bandwidth": Number(1, 0.1, 5),
    "filter_type": OneOf("peaking", ("peaking", "low_shelf", "high_shelf", "low_pass", "high_pass")),
}

_AUDIBLE_HZ = (20, 24_000)

CATALOGUE: Mapping[str, Kind] = {
    "vad": Kind(
        {
            "mode": OneOf("webrtc", ("disabled", "basic", "aggressive", "silero", "webrtc")),
            "aggressiveness": Number(2, 0, 3, whole=True),
            "energy_threshold": Number(0.01, 0, 1),
            "voice_freq_min": Number(85, 50, 500),
            "voice_freq_max": Number(300, 100, 1000),
            "frame_duration_ms": OneOf(30, (10, 20, 30)),
            "sensitivity": Number(0.5, 0, 1),
        }
    ),
    "voice_filter": Kind(
        {
            "fundamental_min": Number(85, 50, 200),
            "fundamental_max": Number(300, 200, 500),
            "formant1_min": Number(200, *_AUDIBLE_HZ),
            "formant1_max": Number(1000, *_AUDIBLE_HZ),
            "formant2_min": Number(900, *_AUDIBLE_HZ),
            "formant2_max": Number(3000, *_AUDIBLE_HZ),
            "preserve_formants": Flag(True),
            "voice_band_gain": Number(1.1, 0.1, 3),
            "high_freq_rolloff": Number(8000, *_AUDIBLE_HZ),
        }
    ),
    "noise_reduction": Kind(
        {
            "mode": OneOf("moderate", ("disabled", "light", "moderate", "aggressive", "adaptive")),
            "strength": Number(0.7, 0, 1),
            "voice_protection": Flag(True),
            "stationary_noise_reduction": Number(0.8, 0, 1),
            "non_stationary_noise_reduction": Number(0.5, 0, 1),
            "noise_floor_db": Number(-40, -96, 0),
            "adaptation_rate": Number(0.1, 0.01, 1),
        }
    ),
    "voice_enhancement": Kind(
        {
            "clarity_enhancement": Number(0.2, 0, 1),
            "presence_boost": Number(0.1, 0, 1),
            "warmth_adjustment": Number(0, -1, 1),
            "brightness_adjustment": Number(0, -1, 1),
            "sibilance_control": Number(0.1, 0, 1),
            "normalize": Flag(False),
        }
    ),
    "equalizer": Kind(
        {
            "bands": Bands(),
            "preset_name": OneOf(
                "flat", ("flat", "voice_enhance", "bass_boost", "treble_boost", "mid_cut", "broadcast")
            ),
        },
        enabled=False,
        also={"custom_bands": "bands"},
    ),
    "spectral_denoising": Kind(
        {
            "mode": OneOf("wiener_filter", ("minimal", "spectral_subtraction", "wiener_filter", "adaptive")),
            "reduction_strength": Number(0.7, 0, 1),
            "spectral_floor": Number(0.1, 0.01, 1),
            "fft_size": OneOf(1024, (256, 512, 1024, 2048, 4096)),
            "smoothing_factor": Number(0.8, 0, 0.99),
            "noise_update_rate": Number(0.1, 0.01, 0.5),
            "vad_threshold": Number(2, 1, 10),
            "noise_floor_db": Number(-60, -80, -20),
        },
        enabled=False,
        also={"noise_reduction_factor": "reduction_strength"},
    ),
    "conventional_denoising": Kind(
        {
            "mode": OneOf(
                "median_filter",
                (
                    "disabled",
                    "median_filter",
                    "gaussian_filter",
                    "bilateral_filter",
                    "wavelet_denoising",
                    "adaptive_filter",
                    "rnr_filter",
                ),
            ),
            "strength": Number(0.5, 0, 1),
            "window_size": Number(5, 3, 21, whole=True),
            "median_kernel_size": OneOf(3, (3, 5, 7, 9, 11, 13, 15)),
            "gaussian_sigma": Number(1, 0.1, 5),
            "threshold": Number(0.1, 0, 1),
            "adaptation_rate": Number(0.1, 0.01, 0.9),
            "high_freq_emphasis": Number(0.3, 0, 1),
            "preserve_transients": Flag(True),
        },
        also={"filter_strength": "strength"},
    ),
    "lufs_normalization": Kind(
        {
            "mode": OneOf(
                "streaming",
                (
                    "disabled",
                    "streaming",
                    "broadcast_tv",
                    "broadcast_radio",
                    "podcast",
                    "youtube",
                    "netflix",
                    "custom",
                ),
            ),
            "target_lufs": Number(-14, -60, 0),
            "max_peak_db": Number(-1, -6, 0),
            "gating_threshold": Number(-70, -80, -40),
            "adjustment_speed": Number(0.5, 0.01, 1),
            "lufs_tolerance": Number(0.5, 0.1, 3),
            "true_peak_limiting": Flag(True),
            "max_adjustment": Number(None, 3, 20),
        },
        enabled=False,
    ),
    "agc": Kind(
        {
            "mode": OneOf("medium", ("disabled", "fast", "medium", "slow", "adaptive")),
            "target_level": Number(-18, -40, 0),
            "max_gain": Number(12, 0, 40),
            "min_gain": Number(-12, -40, 0),
            "attack_time": Number(10, 0.1, 100),
            "release_time": Number(100, 1, 1000),
            "hold_time": Number(50, 0, 500),
            "lookahead_time": Number(5, 0, 20),
            "knee_width": Number(2, 0, 10),
            "adaptation_rate": Number(0.1, 0.01, 1),
            "noise_gate_threshold": Number(-60, -80, -20),
        }
    ),
    "compression": Kind(
        {
            "mode": OneOf("soft_knee", ("disabled", "soft_knee", "hard_knee", "adaptive", "voice_optimized")),
            "threshold": Number(-20, -40, 0),
            "ratio": Number(3, 1, 20),
            "knee": Number(2, 0, 10),
            "attack_time": Number(5, 0.1, 100),
            "release_time": Number(100, 1, 1000),
            "makeup_gain": Number(0, -40, 40),
            "lookahead": Number(5, 0, 20),
        }
    ),
    "limiter": Kind(
        {
            "threshold": Number(-1, -60, 0),
            "release_time": Number(50, 1, 500),
            "lookahead": Number(5, 0, 20),
            "soft_clip": Flag(True),
        }
    ),
}
"""Every kind of stage that processes sound, in the order that holds where no connection says otherwise."""


def kind_of(stage_name: str) -> str:
    """Return the key of CATALOGUE for a stage's name, or "" for what passes audio through."""
    name = _STAGE_NAMES.get(stage_name, stage_name)
    return name if name in CATALOGUE else ""


def normalised(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given of the parameters of `kind`, under canonical names and in range; defaults are not added."""
    if kind not in CATALOGUE:
        return {}
    return _read(CATALOGUE[kind].values, given, CATALOGUE[kind].also)


def merged(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every parameter of `kind`: as `given` where that has it, else its default."""
    return _filled(CATALOGUE[kind].values, normalised(kind, given))


def _read(values: Values, given: Mapping[str, Any], also: Mapping[str, str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        snake = _CAMEL.sub(lambda capital: f"_{capital[1]}", name).lower()
        canonical = (also or {}).get(snake, snake)
        if canonical in values and (read := values[canonical].read(value)) is not None:
            found[canonical] = read
    return found


def _filled(values: Values, found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.default for name, value in values.items()} | dict(found)
