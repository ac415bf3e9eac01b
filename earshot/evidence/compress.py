"""Sound made small enough to live inside a report page."""

from __future__ import annotations

from functools import lru_cache

import lameenc
import numpy as np
import numpy.typing as npt

SAMPLE_RATE_HZ = 16_000
BIT_RATE_KBIT = 16

Samples = npt.NDArray[np.int16]


def mp3(samples: Samples) -> bytes:
    """Return 16 kHz mono int16 samples as MP3 at 16 kbit/s; nothing for no samples.

    Raises ValueError for any other shape or sample type, which would be encoded as noise.
    """
    if samples.ndim != 1 or samples.dtype != np.int16:
        raise ValueError(f"mp3 takes one channel of int16 samples, not {samples.dtype} {samples.shape}")
    if samples.size == 0:
        return b""
    return _encoded(samples.tobytes())


@lru_cache(maxsize=128)  # the same recordings are heard again and again
def _encoded(samples: bytes) -> bytes:
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(SAMPLE_RATE_HZ)
    encoder.set_out_sample_rate(SAMPLE_RATE_HZ)
    encoder.set_bit_rate(BIT_RATE_KBIT)
    encoder.set_quality(7)  # the fastest; at this rate nobody hears the difference on speech
    return bytes(encoder.encode(samples)) + bytes(encoder.flush())
