"""Pipelines to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MADE_AT = "2026-01-01T00:00:00Z"
_ROWS: Mapping[str, tuple[str, str, Mapping[str, Mapping[str, Any]]]] = {
    "broadcast_standard": (
        "Speech at the loudness of broadcasts",
        "broadcast",
        {
            "noise_reduction": {"strength": 0.5},
            "lufs_normalization": {"target_lufs": -23},
            "limiter": {"threshold": -1},
        },
    ),
    "voice_clarity": (
        "Speech that is easy to understand",
        "voice",
        {
            "noise_reduction": {"strength": 0.7},
            "voice_enhancement": {"clarity_enhancement": 0.5, "presence_boost": 0.4},
        },
    ),
    "music_mastering": (
        "Music, evened out gently",
        "music",
        {"compression": {"threshold": -18, "ratio": 2}, "limiter": {"threshold": -1}},
    ),
    "real_time_low_latency": ("As little delay as can be", "live", {"agc": {"mode": "fast"}, "limiter": {}}),
    "podcast_production": (
        "Podcasts at their usual loudness",
        "podcast",
        {"noise_reduction": {"strength": 0.6}, "compression": {"ratio": 3}, "lufs_normalization": {"target_lufs": -18}},
    ),
}

PRESETS: Mapping[str, Mapping[str, Any]] = {
    name: {
        "name": name,
        "description": description,
        "category": category,
        "config": config,
        "characteristics": sorted(config),
        "optimized_for": category,
        "created_by": "system",
        "created_at": _MADE_AT,
        "usage_stats": {},
    }
    for name, (description, category, config) in _ROWS.items()
}
