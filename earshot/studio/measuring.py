"""What the tests measure themselves of sound: loudness (ITU-R BS.1770-4), levels of single frequencies, spectra.

Everything is a function of 16-bit samples, (frames,) or (frames, channels), and their rate.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from earshot.audio.clips import SAMPLE_RATE_HZ

AnySamples = npt.NDArray[np.int16]
QUIETEST_LUFS = -70.0
_FULL_SCALE = 32768
_DESIGNED_AT_HZ = 48_000
_SECTIONS = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
"""Numerator and denominator of the two filters of the standard."""


def loudness_lufs(samples: AnySamples, rate_hz: int = SAMPLE_RATE_HZ) -> float:
    """Return the gated loudness, QUIETEST_LUFS for silence; AssertionError for less than 0.4 s, which has none."""
    sound = samples.reshape(len(samples), -1).astype(np.float64) / _FULL_SCALE
    block, hop = round(0.4 * rate_hz), round(0.1 * rate_hz)
    if len(sound) < block:
        raise AssertionError(f"{len(sound) / rate_hz:g} s of sound have no loudness; 0.4 s have")
    weighed = np.fft.irfft(np.fft.rfft(sound, axis=0) * _weight(len(sound), rate_hz)[:, None], len(sound), axis=0)
    power = np.sum(np.square(weighed), axis=1)
    blocks = np.array([np.mean(power[at : at + block]) for at in range(0, len(power) - block + 1, hop)])
    loud = blocks[_lufs(blocks) > QUIETEST_LUFS]
    if not len(loud):
        return QUIETEST_LUFS
    gated = loud[_lufs(loud) > _lufs(np.mean(loud)) - 10]
    return float(_lufs(np.mean(gated)))


def peak_db(samples: AnySamples) -> float:
    """Return the level of the largest sample, where 0 is full scale; minus infinity for silence."""
    peak = int(np.max(np.abs(samples.astype(np.int32)), initial=0))
    return 20 * math.log10(peak / _FULL_SCALE) if peak else -math.inf


def tone_db(samples: AnySamples, hz: float, rate_hz: int = SAMPLE_RATE_HZ) -> float:
    """Return the level (RMS) of one frequency in the last second, in dBFS."""
    last = samples[-rate_hz:].astype(np.float64) / _FULL_SCALE
    window = np.hanning(len(last))
    turning = np.exp(-2j * np.pi * hz * np.arange(len(last)) / rate_hz)
    amplitude = 2 * abs(np.sum(last * window * turning)) / np.sum(window)
    return 20 * math.log10(max(amplitude / math.sqrt(2), 1e-6))


def tone_above_rest_db(samples: AnySamples, hz: float, rate_hz: int = SAMPLE_RATE_HZ) -> float:
    """Return by how many dB a tone of this frequency is above all else in the last second; 0.0 for silence."""
    last = samples[-rate_hz:].astype(np.float64)
    turns = 2 * np.pi * hz * np.arange(len(last)) / rate_hz
    parts = np.stack([np.sin(turns), np.cos(turns)], axis=1)
    tone = parts @ np.linalg.lstsq(parts, last, rcond=None)[0]
    total, rest = float(np.sum(tone**2)), float(np.sum((last - tone) ** 2))
    return 10 * math.log10(total / max(rest, 1e-12 * total)) if total else 0.0


def spectrum_db(samples: AnySamples, bands: int = 120, rate_hz: int = SAMPLE_RATE_HZ) -> tuple[Any, Any]:
    """Return the middles in Hz of bands from 50 Hz to half the rate, as wide in octaves, and their levels in dBFS."""
    power = np.abs(np.fft.rfft(samples / _FULL_SCALE * np.hanning(len(samples)))) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    edges = np.geomspace(50, rate_hz / 2, bands + 1)
    total = np.histogram(hz, edges, weights=power)[0] / max(len(samples) ** 2 * 3 / 16, 1)
    return np.sqrt(edges[:-1] * edges[1:]), 10 * np.log10(np.maximum(total, 1e-12))


def _lufs(power: Any) -> Any:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-12))


def _weight(frames: int, rate_hz: int) -> npt.NDArray[np.float64]:
    """Return by how much each frequency is weighed; nothing is shifted in time."""
    hz = np.minimum(np.fft.rfftfreq(frames, 1 / rate_hz), _DESIGNED_AT_HZ / 2)
    delay = np.exp(-2j * np.pi * hz / _DESIGNED_AT_HZ)
    weight = np.ones(len(hz))
    for above, below in _SECTIONS:
        weight *= np.abs(np.polyval(above[::-1], delay) / np.polyval(below[::-1], delay))
    return weight
