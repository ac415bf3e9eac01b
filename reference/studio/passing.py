"""How loud audio is that no stage has touched."""

from __future__ import annotations

import math

import numpy as np

SILENT_DB = -96.0
FULL_SCALE = 32_768


def rms_db(pcm: bytes) -> float:
    """Return the level of 16-bit samples in dBFS."""
    samples = np.frombuffer(pcm, dtype="<i2")
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return 10 * math.log10(power / FULL_SCALE**2) if power else SILENT_DB
