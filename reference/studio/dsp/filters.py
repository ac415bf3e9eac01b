"""Effects of fixed filters: voice filter, voice enhancement, equalizer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.signal import butter

from reference.studio.dsp.effect import Effect, Filter, Parameters, Sections
from reference.studio.dsp.levels import Sound, gain_of

_HIGHEST = 0.49
"""Share of the sampling rate up to which filters are made."""
_FLAT_DB = 0.1
_STEEP_DB = 9
_FORMANT_GAIN = 0.1
PRESENCE_HZ = (2000, 5000)
WARMTH_HZ = 500
BRIGHTNESS_HZ = 5000
SIBILANCE_HZ = (6000, 10_000)
_HARMONIC_GAIN = 0.2
_RUMBLE_HZ = 60
_NORMAL_PEAK = 0.95
_NORMAL_FALL_S = 2.0
_MOST_NORMAL_GAIN = gain_of(30)
NO_SECTIONS: Sections = np.zeros((0, 6))
NOTHING: Sections = np.array([[0.0, 0, 0, 1, 0, 0]])
"""Lets nothing pass."""

PRESETS: dict[str, tuple[float, Sequence[tuple[str, float, float]]]] = {
    "flat": (0, ()),
    "voice_enhance": (
        0,
        (
            ("high_pass", 80, -6),
            ("peaking", 200, -3),
            ("peaking", 1000, 2),
            ("peaking", 3000, 3),
            ("high_shelf", 8000, 1),
        ),
    ),
    "bass_boost": (-2, (("low_shelf", 60, 4), ("peaking", 120, 3), ("peaking", 250, 1))),
    "treble_boost": (-1, (("peaking", 2000, 2), ("peaking", 5000, 3), ("high_shelf", 10_000, 4))),
    "mid_cut": (
        0,
        (
            ("low_shelf", 100, 2),
            ("peaking", 400, -4),
            ("peaking", 1200, -3),
            ("peaking", 2000, -2),
            ("high_shelf", 8000, 3),
        ),
    ),
    "broadcast": (
        0,
        (
            ("high_pass", 80, -12),
            ("peaking", 200, -2),
            ("peaking", 800, 1),
            ("peaking", 2500, 3),
            ("low_pass", 7000, -6),
        ),
    ),
}
"""Overall gain in dB, and bands: type, Hz, dB."""


def band_pass(low_hz: float, high_hz: float, rate_hz: int) -> Sections:
    """Return a band pass without gain or phase at its centre; nothing of it where the rate has no such frequencies."""
    low, high = sorted((low_hz, high_hz))
    high = min(high, _HIGHEST * rate_hz)
    if low >= high:
        return NOTHING
    centre = math.sqrt(low * high)
    w, alpha = _angle(centre, centre / (high - low), rate_hz)
    return _section(alpha, 0, -alpha, 1 + alpha, -2 * math.cos(w), 1 - alpha)


def low_pass(hz: float, order: int, rate_hz: int) -> Sections:
    return NO_SECTIONS if hz >= _HIGHEST * rate_hz else np.asarray(butter(order, hz, "low", fs=rate_hz, output="sos"))


def high_pass(hz: float, order: int, rate_hz: int) -> Sections:
    """Return a high pass, which lets nothing pass where the rate has no such frequencies."""
    if hz >= _HIGHEST * rate_hz:
        return NOTHING
    return np.asarray(butter(order, hz, "high", fs=rate_hz, output="sos"))


def equalising(band: Parameters, rate_hz: int) -> Sections:
    """Return the filter of a band as in `parameters.BAND`. The gain of a low or high pass is its slope per octave."""
    hz, gain_db = min(band["frequency"], _HIGHEST * rate_hz), band["gain"]
    order = 1 if abs(gain_db) < _STEEP_DB else 2
    kind = band["filter_type"]
    if kind == "low_pass":
        return low_pass(band["frequency"], order, rate_hz)
    if kind == "high_pass":
        return high_pass(band["frequency"], order, rate_hz)
    a = math.sqrt(gain_of(gain_db))
    w, alpha = _angle(hz, 1 / (2 * math.sinh(math.log(2) / 2 * band["bandwidth"])), rate_hz)
    cos = math.cos(w)
    if kind == "peaking":
        return _section(1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a)
    slope = 2 * math.sqrt(a) * math.sin(w) / math.sqrt(2)
    side = 1 if kind == "low_shelf" else -1
    return _section(
        a * (a + 1 - side * (a - 1) * cos + slope),
        side * 2 * a * (a - 1 - side * (a + 1) * cos),
        a * (a + 1 - side * (a - 1) * cos - slope),
        a + 1 + side * (a - 1) * cos + slope,
        -side * 2 * (a - 1 + side * (a + 1) * cos),
        a + 1 + side * (a - 1) * cos - slope,
    )


def _angle(hz: float, q: float, rate_hz: int) -> tuple[float, float]:
    w = 2 * math.pi * hz / rate_hz
    return w, math.sin(w) / (2 * q)


def _section(b0: float, b1: float, b2: float, a0: float, a1: float, a2: float) -> Sections:
    return np.array([[b0, b1, b2, a0, a1, a2]]) / a0


def _joined(sections: Iterable[Sections]) -> Sections:
    return np.concatenate([NO_SECTIONS, *sections])


class Equalizer(Effect):
    """One filter for each enabled band beyond ±0.1 dB; bands that are given go before a preset."""

    def begin(self) -> None:
        self._filter = Filter(self.channels)

    def tune(self, parameters: Parameters) -> None:
        overall_db, preset = PRESETS[parameters["preset_name"]]
        bands: list[dict[str, Any]] | None = parameters["bands"]
        if bands is None:
            bands = [
                {"enabled": True, "filter_type": kind, "frequency": hz, "gain": db, "bandwidth": 1.0}
                for kind, hz, db in preset
            ]
        else:
            overall_db = 0
        self._gain = gain_of(overall_db)
        active = [band for band in bands if band["enabled"] and abs(band["gain"]) >= _FLAT_DB]
        self._filter.set(_joined(equalising(band, self.rate_hz) for band in active))

    def process(self, sound: Sound) -> Sound:
        return self._filter(sound) * self._gain


class VoiceFilter(Effect):
    """Lifts the bands of a voice, and lets nothing pass above the roll-off."""

    def begin(self) -> None:
        self._fundamental, self._formant1, self._formant2, self._roll_off = (Filter(self.channels) for _ in range(4))

    def tune(self, parameters: Parameters) -> None:
        for part, name in (
            (self._fundamental, "fundamental"),
            (self._formant1, "formant1"),
            (self._formant2, "formant2"),
        ):
            part.set(band_pass(parameters[f"{name}_min"], parameters[f"{name}_max"], self.rate_hz))
        self._roll_off.set(low_pass(parameters["high_freq_rolloff"], 4, self.rate_hz))
        self._voice_gain = parameters["voice_band_gain"] - 1
        self._formant_gain = _FORMANT_GAIN if parameters["preserve_formants"] else 0

    def process(self, sound: Sound) -> Sound:
        formants = self._formant1(sound) + self._formant2(sound)
        return self._roll_off(sound + self._voice_gain * self._fundamental(sound) + self._formant_gain * formants)


class VoiceEnhancement(Effect):
    """Adds parts of the sound to itself: presence, warmth, brightness, a second harmonic; takes sibilance away."""

    def begin(self) -> None:
        self._parts = {
            "presence_boost": band_pass(*PRESENCE_HZ, self.rate_hz),
            "warmth_adjustment": low_pass(WARMTH_HZ, 2, self.rate_hz),
            "brightness_adjustment": high_pass(BRIGHTNESS_HZ, 2, self.rate_hz),
            "sibilance_control": band_pass(*SIBILANCE_HZ, self.rate_hz),
        }
        self._filters = {name: Filter(self.channels) for name in self._parts}
        for name, sections in self._parts.items():
            self._filters[name].set(sections)
        self._harmonic = Filter(self.channels)
        self._harmonic.set(high_pass(_RUMBLE_HZ, 2, self.rate_hz))
        self._peak = 0.0
        self._normal_gain: float | None = None

    def tune(self, parameters: Parameters) -> None:
        self._amounts = {name: parameters[name] for name in self._parts}
        self._amounts["sibilance_control"] *= -1
        self._clarity = _HARMONIC_GAIN * parameters["clarity_enhancement"]
        self._normalize = parameters["normalize"]

    def process(self, sound: Sound) -> Sound:
        enhanced = sound + self._clarity * self._harmonic(np.square(sound))
        for name, part in self._filters.items():
            enhanced = enhanced + self._amounts[name] * part(sound)
        return self._normalised(enhanced) if self._normalize else enhanced

    def _normalised(self, sound: Sound) -> Sound:
        """Bring the highest peak of the last seconds to 0.95."""
        peak = float(np.max(np.abs(sound)))
        self._peak = max(peak, self._peak * math.exp(-sound.shape[-1] / self.rate_hz / _NORMAL_FALL_S))
        gain = min(_NORMAL_PEAK / self._peak, _MOST_NORMAL_GAIN) if self._peak else 1.0
        before = gain if self._normal_gain is None else min(self._normal_gain, _NORMAL_PEAK / peak if peak else gain)
        self._normal_gain = gain
        return sound * np.linspace(before, gain, sound.shape[-1])
