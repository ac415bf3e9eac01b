"""The spectrum of a sound, and what can be told from it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.signal import get_window

from reference.studio.dsp.levels import QUIETEST_DB, Sound, rms_db, snr_db
from reference.studio.dsp.model import BadSound

WINDOW_SIZES = (512, 1024, 2048, 4096, 8192)
WINDOWS = ("hann", "hamming", "blackman", "bartlett", "boxcar")
MOST_OVERLAP = 0.9
_BINS_TOLD = 100
_HARMONICS = range(2, 6)
_CLIPPED = 32_767 / 32_768
_QUIET_S = 0.05
_GRADES = ((8, "excellent"), (6, "good"), (4, "fair"), (0, "poor"))


def checked_window(window_size: object, overlap: object, window_type: object) -> None:
    """Raise BadSound, naming what there is not."""
    if isinstance(window_size, bool) or window_size not in WINDOW_SIZES:
        raise BadSound(f"Invalid window size: {window_size}; there are {', '.join(map(str, WINDOW_SIZES))}")
    if isinstance(overlap, bool) or not isinstance(overlap, int | float) or not 0 <= overlap <= MOST_OVERLAP:
        raise BadSound(f"Invalid overlap: {overlap}; it is from 0 to {MOST_OVERLAP}")
    if window_type not in WINDOWS:
        raise BadSound(f"Invalid window type: {window_type}; there are {', '.join(WINDOWS)}")


def spectrum(sound: Sound, rate_hz: int, window_size: int, overlap: float, window_type: str) -> dict[str, Any]:
    """Return the members of an answer (STU-74): the mean over windows and channels, a sine of amplitude 1 being 1."""
    checked_window(window_size, overlap, window_type)
    magnitudes = mean_magnitudes(sound, window_size, overlap, window_type)[:-1]
    hz = np.arange(len(magnitudes)) * rate_hz / window_size
    power = magnitudes**2
    total = float(power.sum())
    centroid = float(np.sum(hz * power)) / total if total else 0.0
    return {
        "sample_rate": rate_hz,
        "window_size": window_size,
        "frequency_bins": window_size // 2,
        "peak_frequency": float(hz[np.argmax(magnitudes)]),
        "spectral_centroid": centroid,
        "spectral_bandwidth": math.sqrt(float(np.sum((hz - centroid) ** 2 * power)) / total) if total else 0.0,
        "frequency_data": {
            "frequencies": hz[:_BINS_TOLD].tolist(),
            "magnitudes": magnitudes[:_BINS_TOLD].tolist(),
        },
        "analysis_quality": "high" if sound.shape[-1] >= window_size else "low",
    }


def distortion(sound: Sound) -> float:
    """Return the harmonics of the strongest tone relative to it, 0 to 1; 0.0 where it is no tone to speak of."""
    magnitudes = mean_magnitudes(sound, 2048, 0.5, "blackman")
    peak = int(np.argmax(magnitudes[2:])) + 2
    power = magnitudes**2
    if not magnitudes[peak] or float(power[peak - 2 : peak + 3].sum()) < power.sum() / 2:
        return 0.0
    harmonics = [power[peak * n - 2 : peak * n + 3].sum() for n in _HARMONICS if peak * n + 3 < len(power)]
    return min(math.sqrt(float(sum(harmonics)) / float(power[peak - 2 : peak + 3].sum())), 1.0)


def quality(sound: Sound, rate_hz: int) -> dict[str, Any]:
    """Return how good a sound is, as figures and as a grade."""
    snr, thd = snr_db(sound), distortion(sound)
    clipped = bool(np.any(np.abs(sound) >= _CLIPPED))
    power = np.maximum(mean_magnitudes(sound, 2048, 0.5, "hann")[1:-1] ** 2, 1e-20)
    levels = np.abs(np.rint(sound * 32_768)).astype(np.int64)
    spare_bits = next((bit for bit in range(16) if np.any(levels & (1 << bit))), 16)
    pieces = np.array_split(sound, max(round(sound.shape[-1] / rate_hz / _QUIET_S), 1), axis=-1)
    channels_db = [rms_db(channel[None]) for channel in sound]
    score = 10 * min(max(snr, 0) / 20, 1) * (1 - thd) * (0.5 if clipped else 1) if sound.any() else 0.0
    return {
        "signal_to_noise_ratio_db": round(snr, 2),
        "total_harmonic_distortion_percent": round(100 * thd, 3),
        "frequency_response_flatness": round(float(np.exp(np.mean(np.log(power))) / np.mean(power)), 4),
        "stereo_balance": round(channels_db[-1] - channels_db[0], 2),
        "bit_depth_effective": 16 - spare_bits,
        "sample_rate_detected": rate_hz,
        "clipping_detected": clipped,
        "noise_floor_db": round(min((rms_db(piece) for piece in pieces), default=QUIETEST_DB), 2),
        "overall_quality_score": round(score, 2),
        "quality_grade": next(grade for least, grade in _GRADES if score >= least),
    }


def mean_magnitudes(sound: Sound, size: int, overlap: float, window_type: str) -> npt.NDArray[np.float64]:
    """Return the root of the mean power of each bin; what is shorter than a window is filled up with silence."""
    if sound.shape[-1] < size:
        sound = np.pad(sound, ((0, 0), (0, size - sound.shape[-1])))
    window = get_window(window_type, size)
    frames = np.lib.stride_tricks.sliding_window_view(sound, size, axis=-1)[:, :: max(round(size * (1 - overlap)), 1)]
    power = np.zeros(size // 2 + 1)
    for at in range(frames.shape[1]):
        power += np.mean(np.abs(np.fft.rfft(frames[:, at] * window)) ** 2, axis=0)
    return np.asarray(2 / window.sum() * np.sqrt(power / frames.shape[1]))
