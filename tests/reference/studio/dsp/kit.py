"""Sounds to try stages with, and how loud they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from reference.studio.dsp.parameters import CATALOGUE, normalised
from reference.studio.dsp.pipeline import Pipeline
from reference.studio.model import Stage

Samples = npt.NDArray[np.int16]
ALL = tuple(Stage(id=kind, kind=kind) for kind in CATALOGUE)
"""Every stage, as it is unless it is set."""


def stage(kind: str, parameters: Mapping[str, Any] | None = None, **members: Any) -> Stage:
    return Stage(id=kind, kind=kind, parameters=normalised(kind, parameters or {}), **members)


def tone(hz: float, peak_db: float, seconds: float = 2.0, rate_hz: int = 16_000) -> Samples:
    times_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.rint(32_767 * 10 ** (peak_db / 20) * np.sin(2 * np.pi * hz * times_s)).astype(np.int16)


def noise(level_db: float, seconds: float = 2.0, rate_hz: int = 16_000) -> Samples:
    exact = 32_768 * 10 ** (level_db / 20) * np.random.default_rng(7).standard_normal(round(seconds * rate_hz))
    return np.clip(np.rint(exact), -32_768, 32_767).astype(np.int16)


def click(at: int, size: float = 0.8) -> Samples:
    samples = np.zeros(16_000, dtype=np.int16)
    samples[at] = round(32_767 * size)
    return samples


def through(samples: Samples, *stages: Stage, ms: float = 100, rate_hz: int = 16_000) -> Samples:
    """Return the samples processed in pieces of so many milliseconds, one sample at least."""
    pipeline = Pipeline(stages, rate_hz, 1 if samples.ndim == 1 else samples.shape[1])
    size = max(round(ms * rate_hz / 1000), 1)
    parts = [pipeline.process(samples[at : at + size]).samples for at in range(0, len(samples), size)]
    return np.concatenate(parts)


def peak(samples: Samples) -> float:
    """Return the largest magnitude, 1.0 being full scale."""
    return float(np.max(np.abs(samples.astype(np.float64)))) / 32_768


def level(samples: Samples, rate_hz: int = 16_000) -> float:
    """Return the RMS level of the last second in dBFS."""
    exact = samples[-rate_hz:].astype(np.float64) / 32_768
    return float(10 * np.log10(np.mean(exact**2)))


def change(samples: Samples, *stages: Stage, ms: float = 100, rate_hz: int = 16_000) -> float:
    """Return by how many dB the level of the last second changes."""
    return level(through(samples, *stages, ms=ms, rate_hz=rate_hz), rate_hz) - level(samples, rate_hz)
