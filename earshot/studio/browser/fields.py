"""What the service says, as the page keeps it: under names of its own, with nothing missing, and judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Told = Mapping[str, Any]

TYPICAL_LEVEL_DB = -20.0
BEST_SNR_DB = 20.0
WORTH = {"snr": 40.0, "level": 30.0, "distortion": 30.0}
"""How much each part adds to the quality score, at most."""


def quality_score(quality: Told) -> int:
    """Return how good audio is, from 0 to 100, by its signal-to-noise ratio, level and distortion (STU-102).

    0 where one of the first two is not known; no distortion is known of most.
    """
    snr, level = _number(quality, "snr"), _number(quality, "rms")
    if not snr or not level:
        return 0
    distortion = _number(quality, "thd")
    score = (
        min(snr / BEST_SNR_DB, 1) * WORTH["snr"]
        + (1 - abs(level - TYPICAL_LEVEL_DB) / abs(TYPICAL_LEVEL_DB)) * WORTH["level"]
        + (max(0.0, 1 - distortion) if distortion else 1) * WORTH["distortion"]
    )
    return max(0, min(100, round(score)))


def metrics_of(told: Told) -> dict[str, Any]:
    """Return figures under the page's names; what is missing is 0."""
    quality = told.get("quality_metrics")
    quality = quality if isinstance(quality, Mapping) else {}
    return {
        "totalLatency": _number(told, "total_latency"),
        "chunksProcessed": _number(told, "chunks_processed"),
        "averageLatency": _number(told, "average_latency"),
        "cpuUsage": _number(told, "cpu_usage"),
        "stageLatencies": dict(told.get("stage_latencies") or {}),
        "qualityMetrics": {name: _number(quality, name) for name in ("snr", "rms", "thd", "lufs")},
        "qualityScore": quality_score(quality),
    }


def audio_of(answer: Told) -> str | None:
    """Return the audio of an answer about one stage, in base64, from whichever place holds it (STU-121)."""
    result = answer.get("result")
    stage = result.get("stage_result") if isinstance(result, Mapping) else None
    nested = stage.get("output_audio") if isinstance(stage, Mapping) else None
    found = (answer.get("processed_audio"), answer.get("data"), nested)
    return next((each for each in found if isinstance(each, str) and each), None)


def spectrum_of(answer: Told) -> dict[str, Any]:
    """Return what the page keeps of a spectrum; roll-off and voice have no source (STU-122)."""
    result = answer["result"]
    return {
        "frequencies": list(result["frequency_data"]["frequencies"]),
        "magnitudes": list(result["frequency_data"]["magnitudes"]),
        "spectralFeatures": {"centroid": result["spectral_centroid"]},
    }


def loudness_of(answer: Told) -> dict[str, Any]:
    """Return what the page keeps of a loudness (STU-122)."""
    result = answer["result"]
    return {
        "integratedLoudness": result["measured_lufs"],
        "loudnessRange": result["loudness_range_lu"],
        "truePeak": result["true_peak_db"],
        "complianceCheck": {"compliant": result["broadcast_compliance"]["ebu_r128"]},
    }


def _number(told: Told, name: str) -> float:
    value = told.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
