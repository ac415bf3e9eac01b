"""How loud sound is, as ITU-R BS.1770-4 and EBU R 128 measure it; and the effect that brings it to a loudness.

Everything is measured at 48 kHz, for which the weighting is defined.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import pyloudnorm
import soxr

from reference.studio.dsp.dynamics import Limiter
from reference.studio.dsp.effect import Effect, Filter, Parameters
from reference.studio.dsp.levels import QUIETEST_DB, Sound

SILENT_LUFS = -70.0
"""The absolute gate: nothing is softer."""
MOMENTARY_S, SHORT_TERM_S = 0.4, 3.0
_RATE_HZ = 48_000
_BLOCK_S = 0.1
_WEIGHTING = "DeMan"
"""The one of pyloudnorm that has the coefficients of the standard."""
_OVERSAMPLED = 4
MODES = {
    "streaming": -14.0,
    "broadcast_tv": -23.0,
    "broadcast_radio": -16.0,
    "podcast": -18.0,
    "youtube": -14.0,
    "netflix": -27.0,
}


def _meter() -> pyloudnorm.Meter:
    return pyloudnorm.Meter(_RATE_HZ, filter_class=_WEIGHTING)


def _resampled(sound: Sound, rate_hz: int, wanted_hz: int) -> Sound:
    """Return (frames, channels) at the wanted rate."""
    return np.asarray(soxr.resample(np.ascontiguousarray(sound.T), rate_hz, wanted_hz))


def _lufs(power: float) -> float:
    return max(-0.691 + 10 * math.log10(power), SILENT_LUFS) if power > 0 else SILENT_LUFS


def integrated_lufs(sound: Sound, rate_hz: int) -> float | None:
    """Return the gated loudness, SILENT_LUFS for silence; None for less than 0.4 s, which has none."""
    if sound.shape[-1] < round(MOMENTARY_S * rate_hz):
        return None
    measured = float(_meter().integrated_loudness(_resampled(sound, rate_hz, _RATE_HZ)))
    return max(measured, SILENT_LUFS) if math.isfinite(measured) else SILENT_LUFS


def loudness_range_lu(sound: Sound, rate_hz: int) -> float:
    """Return the loudness range (EBU Tech 3342); 0.0 for less than 3 s and for silence, which have none."""
    if sound.shape[-1] < round(SHORT_TERM_S * rate_hz):
        return 0.0
    measured = float(_meter().loudness_range(_resampled(sound, rate_hz, _RATE_HZ)))
    return measured if math.isfinite(measured) else 0.0


def loudest_lufs(sound: Sound, rate_hz: int, window_s: float) -> float | None:
    """Return the loudness of the loudest `window_s`, or of all of it if it is shorter; None for less than 0.4 s."""
    if sound.shape[-1] < round(MOMENTARY_S * rate_hz):
        return None
    powers = RunningLoudness(rate_hz, sound.shape[0]).powers(sound, last=True)
    count = min(round(window_s / _BLOCK_S), len(powers))
    return max(_lufs(float(np.mean(powers[at : at + count]))) for at in range(len(powers) - count + 1))


def true_peak_db(sound: Sound, rate_hz: int) -> float:
    """Return the highest peak between samples, found at four times the rate; QUIETEST_DB for silence."""
    if not sound.any():
        return QUIETEST_DB
    between = np.max(np.abs(_resampled(sound, rate_hz, _OVERSAMPLED * rate_hz)), initial=0)
    return max(20 * math.log10(max(float(between), float(np.max(np.abs(sound))))), QUIETEST_DB)


class RunningLoudness:
    """Weighs a stream, and says what power each 0.1 s of it has."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._resampler = soxr.ResampleStream(rate_hz, _RATE_HZ, channels, dtype="float64")
        self._weighting = Filter(channels)
        filters = _meter()._filters.values()
        self._weighting.set(np.array([[*one.b, *one.a] for one in filters]) / [[one.a[0]] for one in filters])
        self._left: Sound = np.zeros((channels, 0))

    def powers(self, sound: Sound, *, last: bool = False) -> list[float]:
        """Return the powers of the blocks that are complete now."""
        resampled = self._resampler.resample_chunk(np.ascontiguousarray(sound.T), last=last)
        weighed = np.concatenate([self._left, self._weighting(resampled.T)], axis=-1)
        size = round(_BLOCK_S * _RATE_HZ)
        whole = weighed.shape[-1] // size * size
        self._left = weighed[:, whole:]
        blocks = np.square(weighed[:, :whole]).reshape(len(weighed), -1, size)
        return [float(power) for power in np.sum(np.mean(blocks, axis=-1), axis=0)]


class LufsNormalization(Effect):
    """Brings sound to a loudness, and keeps its peaks below a maximum.

    A file is measured as a whole, and has one gain. A stream goes by its last three seconds, and is left alone until
    0.4 s of it have come.
    """

    def begin(self) -> None:
        self._running = RunningLoudness(self.rate_hz, self.channels)
        self._powers: deque[float] = deque(maxlen=round(SHORT_TERM_S / _BLOCK_S))
        self._gain_db = 0.0
        self._whole_db: float | None = None
        self._whole_lufs: float | None = None

    def tune(self, parameters: Parameters) -> None:
        p = self._p = parameters
        self._limiter = getattr(self, "_limiter", None) or Limiter(_limits(p), self.rate_hz, self.channels)
        self._limiter.tune(_limits(p))

    def foresee(self, sound: Sound) -> None:
        lufs = integrated_lufs(sound, self.rate_hz)
        self._whole_db = 0.0 if lufs is None else self.wanted_db(lufs)
        self._gain_db = self._whole_db

    def process(self, sound: Sound) -> Sound:
        p = self._p
        if p["mode"] == "disabled":
            return sound
        before = self._gain_db
        if self._whole_db is None:
            self._follow(sound)
        louder = sound * 10 ** (np.linspace(before, self._gain_db, sound.shape[-1] + 1)[1:] / 20)
        magnitudes = np.abs(louder)
        if p["true_peak_limiting"]:
            between = np.abs(soxr.resample(louder.T, 1, _OVERSAMPLED)).T[:, : _OVERSAMPLED * louder.shape[-1]]
            count = between.shape[-1] // _OVERSAMPLED
            highest = np.max(between[:, : count * _OVERSAMPLED].reshape(len(between), count, _OVERSAMPLED), axis=-1)
            magnitudes[:, :count] = np.maximum(magnitudes[:, :count], highest)
        return self._limiter.held(louder, magnitudes)

    def _follow(self, sound: Sound) -> None:
        for power in self._running.powers(sound):
            if _lufs(power) > self._p["gating_threshold"]:
                self._powers.append(power)
            if len(self._powers) >= round(MOMENTARY_S / _BLOCK_S):
                wanted = self.wanted_db(_lufs(float(np.mean(self._powers))))
                self._gain_db += self._p["adjustment_speed"] * (wanted - self._gain_db)

    def wanted_db(self, lufs: float) -> float:
        p = self._p
        if lufs <= SILENT_LUFS:
            return 0.0
        difference = p["target_lufs"] - lufs
        most = p["max_adjustment"] or math.inf
        return 0.0 if abs(difference) <= p["lufs_tolerance"] else min(max(difference, -most), most)


def _limits(parameters: Parameters) -> Parameters:
    return {"threshold": parameters["max_peak_db"], "release_time": 50.0, "lookahead": 5.0, "soft_clip": True}
