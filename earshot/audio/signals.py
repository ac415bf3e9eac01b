"""Sound that is calculated instead of recorded, for tests of levels and of audio quality.

Everything is mono at 16 kHz in 16-bit samples, and what would exceed full scale is held there, as a
converter does. Amplitudes and deviations are shares of full scale; levels are dBFS, where 0 is an RMS of full
scale, so that a sine of amplitude 1 reads -3.01. The same arguments give the same samples.
"""

import math

import numpy as np
import numpy.typing as npt

from earshot.audio.clips import SAMPLE_RATE_HZ, Samples

QUIETEST_DBFS = -96.0
"""What 16 bits can tell from nothing: the level of digital silence."""

_FULL_SCALE = 32768
_LARGEST = 32767


def tone(hz: float, duration_s: float, amplitude: float = 0.5) -> Samples:
    """Return a sine that begins at its zero crossing."""
    times_s = np.arange(_count(duration_s)) / SAMPLE_RATE_HZ
    return _held(amplitude * _LARGEST * np.sin(2 * np.pi * hz * times_s))


def silence(duration_s: float) -> Samples:
    return np.zeros(_count(duration_s), dtype=np.int16)


def click(duration_s: float, amplitude: float) -> Samples:
    """Return silence with one sample in it, a little behind the middle, so that it is not where sound is cut."""
    samples = silence(duration_s)
    samples[len(samples) // 2 + 77] = round(amplitude * _LARGEST)
    return samples


def noise(duration_s: float, sigma: float, seed: int = 0) -> Samples:
    """Return white Gaussian noise of standard deviation `sigma`."""
    return _held(sigma * _LARGEST * np.random.default_rng(seed).standard_normal(_count(duration_s)))


def joined(*parts: Samples) -> Samples:
    """Return the parts one after the other."""
    return np.concatenate(parts)


def mix(*parts: Samples) -> Samples:
    """Return the sum of the parts, which begin together; it lasts as long as the longest."""
    total = np.zeros(max(len(part) for part in parts), dtype=np.float64)
    for part in parts:
        total[: len(part)] += part
    return _held(total)


def echo(samples: Samples, delay_ms: float, level_db: float) -> Samples:
    """Return the samples with one repetition, `delay_ms` later and at `level_db` relative to them."""
    repetition = _held(samples.astype(np.float64) * 10 ** (level_db / 20))
    return mix(samples, np.concatenate([silence(delay_ms / 1000), repetition]))


def clipped(samples: Samples, share: float) -> Samples:
    """Return the samples overdriven so far that at least `share` (0..1) of them are at full scale."""
    loudness = np.sort(np.abs(samples.astype(np.float64)))[::-1]
    threshold = loudness[max(math.ceil(share * len(loudness)), 1) - 1]
    if threshold == 0:
        raise ValueError(f"cannot clip {share:.1%} of the samples: too many of them are zero")
    return _held(samples.astype(np.float64) * (_FULL_SCALE / threshold))


def at_level(samples: Samples, rms_dbfs: float) -> Samples:
    """Return the samples made louder or softer to the given level; ValueError if they would have to clip."""
    power = _power(samples)
    if power == 0:
        raise ValueError(f"cannot bring digital silence to {rms_dbfs:g} dBFS")
    scaled = samples.astype(np.float64) * (_FULL_SCALE * 10 ** (rms_dbfs / 20) / math.sqrt(power))
    excess_db = 20 * math.log10(float(np.max(np.abs(scaled))) / _LARGEST)
    if excess_db > 0:
        raise ValueError(f"at {rms_dbfs:g} dBFS the loudest sample would exceed full scale by {excess_db:.1f} dB")
    return _held(scaled)


def rms_dbfs(samples: Samples) -> float:
    """Return the level of the samples, never below QUIETEST_DBFS; ValueError if there are none."""
    power = _power(samples)
    return max(10 * math.log10(power / _FULL_SCALE**2), QUIETEST_DBFS) if power else QUIETEST_DBFS


def _power(samples: Samples) -> float:
    if len(samples) == 0:
        raise ValueError("no samples, so no level")
    return float(np.mean(samples.astype(np.float64) ** 2))


def _count(duration_s: float) -> int:
    return round(duration_s * SAMPLE_RATE_HZ)


def _held(exact: npt.NDArray[np.float64]) -> Samples:
    return np.clip(np.round(exact), -_FULL_SCALE, _LARGEST).astype(np.int16)
