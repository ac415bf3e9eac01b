"""Sound files in and out, whole files through a pipeline, and one stage alone."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import soundfile

from reference.studio.dsp.catalogue import CATALOGUE
from reference.studio.dsp.files import batch, read
from reference.studio.dsp.levels import sound_of
from reference.studio.dsp.loudness import integrated_lufs
from reference.studio.dsp.model import BadSound
from reference.studio.dsp.single import single
from reference.studio.model import Stage
from tests.reference.studio.dsp.kit import ALL, Samples, level, noise, peak, stage, tone


def wav(samples: Samples, rate_hz: int = 16_000, subtype: str = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format="WAV", subtype=subtype)
    return file.getvalue()


def result(steps: Iterator[Mapping[str, Any] | None]) -> Mapping[str, Any]:
    *turns, last = steps
    assert not any(turns)
    assert last is not None
    return last


def processed(audio: bytes, *stages: Stage, is_file: bool = True, output_format: str = "wav") -> Mapping[str, Any]:
    return result(batch(audio=audio, is_file=is_file, stages=stages, output_format=output_format))


def heard(encoded: str) -> Samples:
    return read(base64.b64decode(encoded)).samples


def alone(stage_name: str, samples: Samples, **config: Any) -> Mapping[str, Any]:
    return result(single(audio=samples.tobytes(), is_file=False, stage_name=stage_name, config=config))


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"])
def test_sample_sizes_are_read(subtype: str) -> None:
    found = read(wav(tone(440, -6), subtype=subtype), is_file=True)
    assert np.max(np.abs(found.samples[:, 0].astype(int) - tone(440, -6))) <= (256 if subtype == "PCM_U8" else 1)


def test_bare_samples_are_mono_at_16_khz() -> None:
    found = read(tone(440, -6).tobytes())
    assert (found.rate_hz, found.samples.shape) == (16_000, (32_000, 1))


def broken(at: int, form: str, value: int) -> bytes:
    data = bytearray(wav(tone(440, -6, 0.1)))
    struct.pack_into(form, data, at, value)
    return bytes(data)


@pytest.mark.parametrize(
    ("audio", "named"),
    [
        (b"hello", "no audio"),
        (b"", "no audio"),
        (b"ID3\x04rest", "MP3"),
        (b"\xff\xfb\x90rest", "MP3"),
        (b"fLaCrest", "FLAC"),
        (b"OggSrest", "Ogg"),
        (b"\x1aE\xdf\xa3rest", "WebM"),
        (wav(tone(440, -6))[:1000], "promises"),
        (wav(tone(440, -6))[:30], "promises|broken"),
        (b"RIFF\x10\x00\x00\x00AVI ....", "no WAV"),
        (broken(40, "<I", 2**32 - 1), "promises"),
        (broken(40, "<I", 3), "whole frames"),
        (broken(22, "<H", 0), "add up"),
        (broken(22, "<H", 2), "add up"),
        (broken(24, "<I", 0), "add up"),
        (broken(24, "<I", 8000), "add up"),
        (broken(34, "<H", 24), "add up"),
        (broken(20, "<H", 9999), "broken"),
        (wav(np.zeros((100, 9), dtype=np.int16)), "channels"),
        (wav(tone(440, -6, 0.1), 100), "samples a second"),
    ],
)
def test_what_cannot_be_decoded_is_named(audio: bytes, named: str) -> None:
    with pytest.raises(BadSound, match=named):
        read(audio, is_file=True)


def test_half_a_sample_is_named() -> None:
    with pytest.raises(BadSound, match="half a sample, after 3 bytes"):
        read(b"abc")


@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (16_000, 1), (44_100, 2), (48_000, 2)])
def test_files_keep_rate_channels_and_length(rate_hz: int, channels: int) -> None:
    samples = np.stack([tone(440, -12, 1.013, rate_hz)] * channels, axis=1)
    made = processed(wav(samples, rate_hz), *ALL)
    with soundfile.SoundFile(io.BytesIO(base64.b64decode(made["processed_audio"]))) as file:
        assert (file.samplerate, file.channels, file.frames) == (rate_hz, channels, len(samples))
        assert (file.format, file.subtype) == ("WAV", "PCM_16")


def test_channels_of_a_file_are_kept_apart() -> None:
    samples = np.stack([tone(440, -12), tone(3000, -30)], axis=1)
    assert np.array_equal(heard(processed(wav(samples))["processed_audio"]), samples)


@pytest.mark.parametrize("output_format", ["mp3", "flac", "", "WAV"])
def test_formats_that_there_are_not_are_named(output_format: str) -> None:
    with pytest.raises(BadSound, match=f"format {output_format} is not"):
        processed(wav(tone(440, -12)), output_format=output_format)


def test_bare_samples_are_those_of_the_file() -> None:
    audio, limiter = wav(noise(-6)), stage("limiter", {"threshold": -6})
    bare = base64.b64decode(processed(audio, limiter, output_format="base64")["processed_audio"])
    assert bare == heard(processed(audio, limiter)["processed_audio"]).tobytes()
    assert len(bare) == 64_000


def test_an_empty_file_stays_empty() -> None:
    assert len(heard(processed(wav(tone(440, 0, 0)), *ALL)["processed_audio"])) == 0


@pytest.mark.parametrize("rate_hz", [16_000, 48_000])
def test_files_are_brought_to_a_loudness(rate_hz: int) -> None:
    made = processed(wav(tone(997, -30, 3, rate_hz), rate_hz), stage("lufs_normalization", {"target_lufs": -23}))
    found = integrated_lufs(sound_of(heard(made["processed_audio"])), rate_hz)
    assert found == pytest.approx(-23, abs=0.1)
    assert made["metrics"]["quality_metrics"]["lufs"] == pytest.approx(found, abs=0.01)


def test_figures_of_a_file() -> None:
    made = processed(wav(tone(440, -6)), stage("noise_reduction"), stage("agc", enabled=False), Stage("in", ""))
    metrics = made["metrics"]
    assert set(metrics["stage_latencies"]) == {"noise_reduction", "in"}
    assert 0 < sum(metrics["stage_latencies"].values()) <= metrics["total_latency"] + 1
    out = heard(made["processed_audio"])[:, 0]
    exact = 10 * np.log10(np.mean((out / 32_768.0) ** 2))
    assert metrics["quality_metrics"]["rms"] == pytest.approx(exact, abs=0.01)
    assert metrics["quality_metrics"]["snr"] > 20
    assert metrics["quality_metrics"]["thd"] < 0.01


def test_every_stage_of_the_catalogue_answers() -> None:
    sound = noise(-20, 1.5)
    for name in CATALOGUE:
        said = alone(name, sound)
        assert said["input_size"] == 48_000
        assert said["config_applied"] == CATALOGUE[name].default_config
        assert said["warnings"] == []
        if name == "vad":
            assert "output_audio" not in said["stage_result"]
        else:
            assert len(base64.b64decode(said["stage_result"]["output_audio"])) == 48_000
        assert alone(name, sound[:0])["input_size"] == 0


def test_a_wav_file_comes_back_as_one() -> None:
    audio = wav(np.stack([tone(440, -6)] * 2, axis=1), 44_100)
    said = result(single(audio=audio, is_file=True, stage_name="limiter", config={}))
    assert len(base64.b64decode(said["stage_result"]["output_audio"])) == len(audio)
    assert said["input_size"] == len(audio)


def test_where_there_is_speech() -> None:
    second = np.zeros(16_000, dtype=np.int16)
    said = alone("vad", np.concatenate([second, tone(200, -6, 1), second]))["stage_result"]
    assert said["total_duration"] == 3
    assert said["speech_percentage"] == pytest.approx(33, abs=3)
    assert [one["type"] for one in said["segments"]] == ["silence", "speech", "silence"]
    assert said["segments"][0]["start_time"] == 0
    assert said["segments"][-1]["end_time"] == 3
    for before, after in zip(said["segments"], said["segments"][1:], strict=False):
        assert before["end_time"] == after["start_time"]
    assert (said["total_segments"], said["speech_segments"], said["silence_segments"]) == (3, 1, 2)
    assert all(0.9 < one["confidence"] <= 1 for one in said["segments"])


def test_noise_alone_and_a_brief_sound_are_no_speech() -> None:
    assert alone("vad", noise(-20))["stage_result"]["speech_segments"] == 0
    brief = np.concatenate([np.zeros(16_000, dtype=np.int16), tone(200, -6, 0.06), np.zeros(16_000, dtype=np.int16)])
    assert alone("vad", brief)["stage_result"]["speech_segments"] == 0
    assert alone("vad", brief, min_speech_duration=0.02)["stage_result"]["speech_segments"] == 1


def test_noise_reduction_says_what_it_did() -> None:
    sound = (tone(440, -10).astype(int) + noise(-40)).astype(np.int16)
    said = alone("noise_reduction", sound, strength=0.9)["stage_result"]
    assert said["snr_improvement_db"] == pytest.approx(said["final_snr_db"] - said["original_snr_db"], abs=0.011)
    assert said["snr_improvement_db"] > 1
    assert (said["strength_applied"], said["processing_quality"]) == (0.9, "medium")
    assert alone("noise_reduction", sound)["stage_result"]["processing_quality"] == "high"
    quieter = alone("noise_reduction", noise(-30), strength=1)["stage_result"]
    left_over = np.frombuffer(base64.b64decode(quieter["output_audio"]), dtype="<i2")
    change = level(noise(-30), 32_000) - level(left_over, 32_000)
    assert quieter["noise_reduction_db"] == pytest.approx(change, abs=0.01)


def test_compression_says_what_it_did() -> None:
    soft, loud = (alone("compression", tone(440, db))["stage_result"] for db in (-30, -8))
    assert (soft["max_gain_reduction_db"], soft["average_gain_reduction_db"]) == (0, 0)
    assert not soft["compression_detected"]
    assert loud["max_gain_reduction_db"] == pytest.approx(9, abs=0.3)
    assert loud["compression_detected"]
    assert (loud["ratio_applied"], loud["threshold_db"]) == (4, -20)
    assert (loud["attack_time_ms"], loud["release_time_ms"]) == (3, 100)


def test_the_limiter_says_what_it_did() -> None:
    full, soft = (alone("limiter", tone(440, db), threshold=-6)["stage_result"] for db in (0, -30))
    assert full["max_gain_reduction_db"] == pytest.approx(6, abs=0.1)
    assert full["limiting_occurred"] and full["peak_prevented"]
    assert not (soft["limiting_occurred"] or soft["peak_prevented"] or soft["max_gain_reduction_db"])
    assert peak(heard(full["output_audio"])) <= 10 ** (-5.9 / 20)
    assert (full["release_time_ms"], full["lookahead_time_ms"]) == (50, 5)


def test_the_equalizer_says_what_it_did() -> None:
    flat, raised = (alone("equalizer", tone(1000, -20), mid_peak={"gain": g})["stage_result"] for g in (0, 6))
    assert (flat["frequency_response_altered"], raised["frequency_response_altered"]) == (False, True)
    assert level(heard(raised["output_audio"])[:, 0]) - level(heard(flat["output_audio"])[:, 0]) == (
        pytest.approx(6, abs=0.2)
    )
    assert raised["mid_peak"] == {"freq": 1000, "gain": 6, "q": 1.0}


def test_the_band_of_voices_is_kept() -> None:
    def kept(hz: float) -> float:
        said = alone("voice_filter", tone(hz, -20), low_cutoff=300, high_cutoff=3000)["stage_result"]
        return level(heard(said["output_audio"])[:, 0]) + 23

    assert abs(kept(1000)) < 0.5
    assert kept(60) < -20 > kept(7000)


def test_settings_out_of_range_act_as_the_nearest_and_are_told() -> None:
    said = alone("noise_reduction", noise(-30), strength=2.5, time_smoothing="much", made_up=1)
    assert said["config_applied"] == {"strength": 1.0, "frequency_smoothing": 0.3, "time_smoothing": 0.4}
    assert [text.partition(" ")[0] for text in said["warnings"]] == ["strength", "time_smoothing"]
    assert said["stage_result"] == alone("noise_reduction", noise(-30), strength=1)["stage_result"]
