"""One stage of the catalogue on a whole piece of audio, with a report of what it did."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy import ndimage

from reference.studio.dsp.activity import band_share
from reference.studio.dsp.catalogue import CATALOGUE, accepted
from reference.studio.dsp.denoising import NoiseReduction
from reference.studio.dsp.dynamics import Compression, Limiter
from reference.studio.dsp.effect import Effect, Filter
from reference.studio.dsp.files import Audio, read, written
from reference.studio.dsp.filters import high_pass, low_pass
from reference.studio.dsp.levels import Sound, integers_of, rms_db, snr_db, sound_of
from reference.studio.dsp.parameters import merged
from reference.studio.dsp.pipeline import EFFECTS

_FRAME_S = 0.02
_STEADY_FRAMES = 5
"""Over so many it is judged: the spectrum of a single frame of noise is anything."""
_VOICE_HZ = (85.0, 3400.0)
_NOISE_RANGE_DB = (-70.0, -50.0)
_SURE_ABOVE_NOISE_DB = 20.0
_AUDIBLY_DB = 1.0
_CHANGED_DB = 0.1
_HIGH_QUALITY_BELOW = 0.7

Config = Mapping[str, Any]


def single(*, audio: bytes, is_file: bool, stage_name: str, config: Config) -> Iterator[Mapping[str, Any] | None]:
    """Process audio by one stage: None after each second of it, then the members of `result`, and `warnings`."""
    given = read(audio, is_file=is_file)
    applied, warnings = accepted(stage_name, config)
    sound = sound_of(given.samples)
    if stage_name == "vad":
        report = _activity(sound, given.rate_hz, applied)
    else:
        effect = _effect(stage_name, applied, given)
        processed, gains_db = np.empty_like(sound), [np.zeros(0)]
        if sound.size:
            effect.foresee(sound)
        for start in range(0, sound.shape[-1], given.rate_hz):
            processed[:, start : start + given.rate_hz] = effect.process(sound[:, start : start + given.rate_hz])
            if isinstance(effect, Compression | Limiter):
                gains_db.append(effect.gains_db)
            yield None
        out = integers_of(processed)
        report = {"output_audio": written(out, given, wav=given.wav)}
        report |= _report(stage_name, applied, sound, sound_of(out), -np.concatenate(gains_db))
    yield {"input_size": len(audio), "stage_result": report, "config_applied": applied, "warnings": warnings}


class _BandPass(Effect):
    def begin(self) -> None:
        self._low, self._high = Filter(self.channels), Filter(self.channels)

    def tune(self, parameters: Config) -> None:
        self._low.set(high_pass(parameters["low_cutoff"], parameters["filter_order"], self.rate_hz))
        self._high.set(low_pass(parameters["high_cutoff"], parameters["filter_order"], self.rate_hz))

    def process(self, sound: Sound) -> Sound:
        return self._high(self._low(sound))


def _effect(stage_name: str, applied: Config, given: Audio) -> Effect:
    rate_hz, channels = given.rate_hz, given.samples.shape[1]
    if stage_name == "voice_filter":
        return _BandPass(applied, rate_hz, channels)
    effect = EFFECTS[stage_name](merged(stage_name, _translated(stage_name, applied)), rate_hz, channels)
    if isinstance(effect, NoiseReduction):
        effect.frequency_smoothing, effect.time_smoothing = applied["frequency_smoothing"], applied["time_smoothing"]
    return effect


def _translated(stage_name: str, c: Config) -> dict[str, Any]:
    """Return the settings in the words of a live pipeline, in which times are milliseconds."""
    match stage_name:
        case "noise_reduction":
            return {"strength": c["strength"]}
        case "voice_enhancement":
            return {
                "presence_boost": c["enhancement_strength"],
                "clarity_enhancement": c["enhancement_strength"] / 2,
                "warmth_adjustment": 0.2 if c["formant_correction"] else 0,
                "sibilance_control": c["sibilance_control"],
            }
        case "equalizer":
            kinds = {"low_shelf": "low_shelf", "mid_peak": "peaking", "high_shelf": "high_shelf"}
            return {"bands": [_band(kind, c[name]) for name, kind in kinds.items()]}
        case "spectral_denoising":
            floor = 0.2 if c["preserve_speech"] else 0.05
            return {"reduction_strength": c["reduction_strength"], "spectral_floor": floor}
        case "lufs_normalization":
            return {"mode": "custom", "target_lufs": c["target_lufs"], "max_peak_db": c["max_peak"]}
        case "agc":
            times = {f"{name}_time": 1000 * c[f"{name}_time"] for name in ("attack", "release")}
            return {"target_level": c["target_level"], "max_gain": c["max_gain"], **times}
        case "compression":
            times = {f"{name}_time": 1000 * c[name] for name in ("attack", "release")}
            return {"ratio": c["ratio"], "threshold": c["threshold"], **times}
        case _:
            times = {"release_time": 1000 * c["release"], "lookahead": 1000 * c["lookahead"]}
            return {"threshold": c["threshold"], **times}


def _band(kind: str, given: Config) -> dict[str, Any]:
    octaves = 2 / math.log(2) * math.asinh(1 / (2 * given["q"]))
    return {"filter_type": kind, "frequency": given["freq"], "gain": given["gain"], "bandwidth": octaves}


def _report(stage_name: str, c: Config, before: Sound, after: Sound, reduced_db: np.ndarray) -> dict[str, Any]:
    """Return what is said of each stage beside its audio."""
    most_db, mean_db = (float(f(reduced_db)) if len(reduced_db) else 0.0 for f in (np.max, np.mean))
    match stage_name:
        case "noise_reduction":
            was_db, is_db = snr_db(before), snr_db(after)
            return {
                "original_snr_db": round(was_db, 2),
                "final_snr_db": round(is_db, 2),
                "snr_improvement_db": round(is_db - was_db, 2),
                "noise_reduction_db": round(rms_db(before) - rms_db(after), 2),
                "strength_applied": c["strength"],
                "frequency_smoothing": c["frequency_smoothing"],
                "time_smoothing": c["time_smoothing"],
                "processing_quality": "high" if c["strength"] < _HIGH_QUALITY_BELOW else "medium",
            }
        case "compression":
            return {
                "ratio_applied": c["ratio"],
                "threshold_db": c["threshold"],
                "attack_time_ms": 1000 * c["attack"],
                "release_time_ms": 1000 * c["release"],
                "max_gain_reduction_db": round(most_db, 2),
                "average_gain_reduction_db": round(mean_db, 2),
                "compression_detected": mean_db > _AUDIBLY_DB,
            }
        case "equalizer":
            bands = {name: c[name] for name in ("low_shelf", "mid_peak", "high_shelf")}
            altered = any(abs(band["gain"]) > _CHANGED_DB for band in bands.values())
            return {"eq_bands_applied": len(bands), **bands, "frequency_response_altered": altered}
        case "limiter":
            limited = most_db > 0.01
            return {
                "threshold_db": c["threshold"],
                "release_time_ms": 1000 * c["release"],
                "lookahead_time_ms": 1000 * c["lookahead"],
                "limiting_occurred": limited,
                "max_gain_reduction_db": round(most_db, 2),
                "peak_prevented": limited,
            }
    note = CATALOGUE[stage_name].description
    return {"stage_name": stage_name, "config_applied": dict(c), "processing_successful": True, "note": note}


def _activity(sound: Sound, rate_hz: int, c: Config) -> dict[str, Any]:
    """Return where there is speech (STU-59): what is louder than the noise, in the band of voices."""
    duration_s = sound.shape[-1] / rate_hz
    size = max(round(_FRAME_S * rate_hz), 1)
    frames = [sound[:, at : at + size] for at in range(0, sound.shape[-1], size)]
    levels_db = np.array([rms_db(frame) for frame in frames])
    noise_db = float(np.clip(np.percentile(levels_db, 10), *_NOISE_RANGE_DB)) if frames else 0.0
    confidence = [
        min(max((level - noise_db) / _SURE_ABOVE_NOISE_DB, 0), 1) * band_share(frame, rate_hz, *_VOICE_HZ)
        for level, frame in zip(levels_db.tolist(), frames, strict=True)
    ]
    steady = ndimage.uniform_filter1d(np.array(confidence, dtype=np.float64), _STEADY_FRAMES)
    speech = steady >= max(c["threshold"], 1e-6)
    for kind, least_s in ((False, c["min_silence_duration"]), (True, c["min_speech_duration"])):
        for begin, end in _runs(speech):
            brief = end - begin < least_s / _FRAME_S
            if bool(speech[begin]) is kind and brief and (kind or (begin and end < len(speech))):
                speech[begin:end] = not kind
    segments = [
        {
            "start_time": round(begin * size / rate_hz, 4),
            "end_time": round(min(end * size / rate_hz, duration_s), 4),
            "type": "speech" if speech[begin] else "silence",
            "confidence": round(float(np.mean([s if speech[begin] else 1 - s for s in confidence[begin:end]])), 3),
        }
        for begin, end in _runs(speech)
    ]
    spoken_s = sum(one["end_time"] - one["start_time"] for one in segments if one["type"] == "speech")
    count = sum(one["type"] == "speech" for one in segments)
    return {
        "segments": segments,
        "total_segments": len(segments),
        "speech_segments": count,
        "silence_segments": len(segments) - count,
        "speech_percentage": round(100 * spoken_s / duration_s, 2) if duration_s else 0.0,
        "total_duration": duration_s,
        "threshold_used": c["threshold"],
    }


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Return where each run of equal flags begins and ends."""
    if not len(flags):
        return []
    changes = (np.flatnonzero(np.diff(flags)) + 1).tolist()
    return list(zip([0, *changes], [*changes, len(flags)], strict=True))
