"""Sound inside a pipeline, and how loud it is.

`Sound` is (channels, frames) in floating point, where 1.0 is full scale of 16 bits; only at the end of a pipeline is it
held to that.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int16]
"""16-bit samples: (frames,), or (frames, channels)."""

QUIETEST_DB = -96.0
"""The level of digital silence."""
_FULL_SCALE = 32_768
_SNR_RANGE_DB = (-20.0, 60.0)
_NOISE_BAND_BINS = 16
_MEDIAN_OF_NOISE = math.log(2)
"""Median of the power of white noise in a bin, relative to its mean."""


def sound_of(samples: Integers) -> Sound:
    return np.ascontiguousarray(np.atleast_2d(samples.T), dtype=np.float64) / _FULL_SCALE


def integers_of(sound: Sound) -> Integers:
    """Return (frames, channels); what exceeds full scale is held there."""
    return np.clip(np.rint(sound * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16).T


def gain_of(db: float) -> float:
    return float(10 ** (db / 20))


def db_of(amplitudes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return levels in dB, that of nothing being -200."""
    return 20 * np.log10(np.maximum(amplitudes, 1e-10))


def rms_db(sound: Sound) -> float:
    """Return the level of all channels together in dBFS, never below QUIETEST_DB."""
    power = float(np.mean(np.square(sound))) if sound.size else 0.0
    return max(10 * math.log10(power), QUIETEST_DB) if power else QUIETEST_DB


def snr_db(sound: Sound) -> float:
    """Return how far sound stands out of the noise below it, -20 to 60 dB; 0.0 where there is no telling.

    Noise is what fills a band of the spectrum evenly; its power is told by the median of the bins of each band: tones
    and the harmonics of a voice stand out of it, however long they last.
    """
    frames = sound.shape[-1]
    if frames < 4 * _NOISE_BAND_BINS or not sound.any():
        return 0.0
    bins = min(1 << (frames.bit_length() - 2), 512)
    windows = np.lib.stride_tricks.sliding_window_view(sound, 2 * bins, axis=-1)[:, ::bins]
    power = np.abs(np.fft.rfft(windows * np.hanning(2 * bins))[..., :-1]) ** 2
    power = power.mean(axis=(0, 1))
    noise = bins * float(np.mean(np.median(power.reshape(-1, _NOISE_BAND_BINS), axis=1))) / _MEDIAN_OF_NOISE
    total = float(power.sum())
    if total == 0:
        return 0.0
    ratio = (total - noise) / max(noise, 1e-12 * total)
    return float(np.clip(10 * math.log10(max(ratio, 1e-3)), *_SNR_RANGE_DB))
