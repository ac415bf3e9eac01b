"""Cutting sound into the chunks that a client sends."""

from earshot.audio.clips import SAMPLE_RATE_HZ, Samples


def frames(samples: Samples, chunk_ms: int = 100) -> list[bytes]:
    """Return the samples as little-endian PCM in chunks of `chunk_ms`, the last one filled up with silence.

    100 ms are 3200 bytes. No samples, no chunks.
    """
    if chunk_ms <= 0:
        raise ValueError(f"a chunk lasts at least 1 ms, not {chunk_ms}")
    pcm = samples.astype("<i2").tobytes()
    size = chunk_ms * SAMPLE_RATE_HZ // 1000 * 2
    return [pcm[start : start + size].ljust(size, b"\0") for start in range(0, len(pcm), size)]
