"""Measures what the stages of the studio take for 100 ms of audio on one processor, beside what they may take.

    python bench/studio_stages.py [--chunks 600]

Noise and a tone go through all eleven stages, a chunk at a time, as in a live session. The limits per stage are those
that a backend sets itself. The peer is an automatic gain as one writes it first: sample by sample.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reference.studio.dsp.levels import sound_of
from reference.studio.dsp.parameters import CATALOGUE, merged
from reference.studio.dsp.pipeline import EFFECTS, Pipeline
from reference.studio.model import Stage

RATE_HZ = 16_000
CHUNK = RATE_HZ // 10
MEDIAN_LIMIT_MS, P95_LIMIT_MS = 3.0, 10.0
LIMITS_MS = {
    "vad": (5, 10),
    "voice_filter": (8, 15),
    "noise_reduction": (15, 25),
    "voice_enhancement": (10, 20),
    "equalizer": (12, 22),
    "spectral_denoising": (20, 35),
    "conventional_denoising": (8, 15),
    "lufs_normalization": (18, 30),
    "agc": (12, 20),
    "compression": (8, 15),
    "limiter": (6, 12),
}
"""Target and limit of each stage."""
BANDS = [{"frequency": hz, "gain": 3} for hz in (80, 200, 800, 3200, 8000)]
SET = {
    "equalizer": {"bands": [{"enabled": True, "bandwidth": 1.0, "filter_type": "peaking", **band} for band in BANDS]}
}
"""What is not at its default: a flat equalizer would have nothing to do."""


def sample_by_sample(samples: np.ndarray, target: float = 0.126, attack: float = 0.01, release: float = 0.001) -> None:
    """Bring samples to a level, one after the other."""
    envelope, gain = 0.0, 1.0
    out = np.zeros_like(samples)
    for at in range(len(samples)):
        size = abs(samples[at])
        envelope += (attack if size > envelope else release) * (size - envelope)
        wanted = min(max(target / max(envelope, 1e-6), 0.25), 4.0)
        gain += (attack if wanted < gain else release) * (wanted - gain)
        out[at] = samples[at] * gain


def p95(values: Sequence[float]) -> float:
    """Return the percentile by nearest rank."""
    return sorted(values)[-(-95 * len(values) // 100) - 1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, default=600)
    chunks = parser.parse_args().chunks
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    noise = 0.05 * np.random.default_rng(3).standard_normal(chunks * CHUNK)
    tone = 0.2 * np.sin(2 * np.pi * 440 / RATE_HZ * np.arange(chunks * CHUNK))
    samples = np.rint(32_767 * (noise + tone)).astype(np.int16)
    pipeline = Pipeline([Stage(kind, kind, parameters=SET.get(kind, {})) for kind in CATALOGUE], RATE_HZ)
    whole_ms: list[float] = []
    stages_ms: dict[str, list[float]] = {kind: [] for kind in CATALOGUE}
    for start in range(0, len(samples), CHUNK):
        began = time.perf_counter()
        told = pipeline.process(samples[start : start + CHUNK])
        whole_ms.append(1000 * (time.perf_counter() - began))
        for kind, took_ms in told.stage_ms.items():
            stages_ms[kind].append(took_ms)
    middle = statistics.median(whole_ms)
    print(
        f"{'stage':<24}{'median':>8}{'p95':>8}{'share':>7}   target  limit   (ms per 100 ms of audio, {chunks} chunks)"
    )
    for kind, took in stages_ms.items():
        target, limit = LIMITS_MS[kind]
        typical = statistics.median(took)
        print(f"{kind:<24}{typical:8.3f}{p95(took):8.3f}{typical / middle:7.0%}{target:9}{limit:7}")
    rest = middle - sum(statistics.median(took) for took in stages_ms.values())
    print(f"{'reading, writing, snr':<24}{rest:8.3f}{'':8}{rest / middle:7.0%}")
    print(f"{'all eleven':<24}{middle:8.3f}{p95(whole_ms):8.3f}{'':7}{MEDIAN_LIMIT_MS:9g}{P95_LIMIT_MS:7g}")
    peers_ms, ours_ms = _automatic_gains(samples)
    print(f"automatic gain alone {ours_ms:.3f} ms; sample by sample {peers_ms:.1f} ms, {peers_ms / ours_ms:.0f} times")
    return int(middle > MEDIAN_LIMIT_MS or p95(whole_ms) > P95_LIMIT_MS)


def _automatic_gains(samples: np.ndarray) -> tuple[float, float]:
    """Return the medians in ms for a chunk, by the peer and by ours."""
    agc = EFFECTS["agc"](merged("agc", {}), RATE_HZ, 1)
    took: tuple[list[float], list[float]] = ([], [])
    for start in range(0, 20 * CHUNK, CHUNK):
        sound = sound_of(samples[start : start + CHUNK])
        for which, work in enumerate((lambda: sample_by_sample(sound[0]), lambda: agc.process(sound))):  # noqa: B023
            began = time.perf_counter()
            work()
            took[which].append(1000 * (time.perf_counter() - began))
    return statistics.median(took[0]), statistics.median(took[1])


if __name__ == "__main__":
    sys.exit(main())
