"""What each stage does to sound, in pieces of 100 ms and of other lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reference.studio.dsp.parameters import CATALOGUE
from reference.studio.dsp.pipeline import Pipeline
from reference.studio.model import Stage
from tests.reference.studio.dsp.kit import ALL, change, click, level, noise, peak, stage, through, tone

PIECES_MS = pytest.mark.parametrize("ms", [100, 10, 37, 1000])
RATES = pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000])
NO_ENHANCEMENT = {"clarity_enhancement": 0, "presence_boost": 0, "sibilance_control": 0}


@PIECES_MS
def test_voice_filter_rolls_off(ms: int) -> None:
    voice = stage("voice_filter", {"high_freq_rolloff": 3000})
    assert change(tone(6000, -10), voice, ms=ms) <= -12
    assert abs(change(tone(440, -10), voice, ms=ms)) <= 1.5
    assert abs(change(tone(1000, -10), voice, ms=ms)) <= 1.5


def test_voice_filter_lifts_the_fundamental() -> None:
    assert change(tone(160, -20), stage("voice_filter", {"voice_band_gain": 3})) == pytest.approx(9.5, abs=0.5)


@PIECES_MS
def test_noise_reduction_takes_noise_and_leaves_tones(ms: int) -> None:
    falls = [change(noise(-30), stage("noise_reduction", {"strength": s}), ms=ms) for s in (0, 0.1, 0.5, 0.9)]
    assert abs(falls[0]) <= 0.5
    assert falls == sorted(falls, reverse=True)
    assert falls[3] <= -2
    assert falls[1] - falls[3] >= 1
    assert change(tone(440, -10), stage("noise_reduction", {"strength": 0.9}), ms=ms) >= -6


def test_noise_reduction_by_mode_and_weights() -> None:
    def fall(**parameters: Any) -> float:
        return change(noise(-30), stage("noise_reduction", parameters))

    modes = ("disabled", "light", "moderate", "aggressive")
    falls = [fall(mode=mode) for mode in modes]
    assert falls[0] == 0
    assert falls == sorted(falls, reverse=True)
    assert fall(mode="adaptive") < falls[1]
    assert fall(voice_protection=False) < fall()
    assert fall(stationary_noise_reduction=0, non_stationary_noise_reduction=0) == 0


@PIECES_MS
@pytest.mark.parametrize(
    ("name", "hz", "least", "most", "elsewhere_hz"),
    [
        ("presence_boost", 3000, 5, 7, 200),
        ("warmth_adjustment", 200, 5, 7, 3000),
        ("brightness_adjustment", 6000, 4, 7, 200),
    ],
)
def test_voice_enhancement(ms: int, name: str, hz: float, least: float, most: float, elsewhere_hz: float) -> None:
    enhancement = stage("voice_enhancement", NO_ENHANCEMENT | {name: 1})
    assert least <= change(tone(hz, -12), enhancement, ms=ms) <= most
    assert abs(change(tone(elsewhere_hz, -12), enhancement, ms=ms)) <= 0.5


def test_voice_enhancement_adds_a_second_harmonic() -> None:
    enhanced = through(tone(1000, -6), stage("voice_enhancement", NO_ENHANCEMENT | {"clarity_enhancement": 1}))
    spectrum = np.abs(np.fft.rfft(enhanced[-16_000:]))
    assert spectrum[2000] > 0.01 * spectrum[1000] > 100 * np.median(spectrum)


@pytest.mark.parametrize("ms", [100, 37])
def test_voice_enhancement_normalizes_the_peak(ms: int) -> None:
    normalized = through(tone(440, -12), stage("voice_enhancement", NO_ENHANCEMENT | {"normalize": True}), ms=ms)
    assert peak(normalized) == pytest.approx(0.95, abs=0.01)
    assert peak(normalized[-1600:]) == pytest.approx(0.95, abs=0.02)


@PIECES_MS
def test_equalizer_raises_a_band(ms: int) -> None:
    peaking = stage("equalizer", {"bands": [{"frequency": 1000, "gain": 6}]})
    at_1_khz, at_100_hz = (change(tone(hz, -12), peaking, ms=ms) for hz in (1000, 100))
    assert at_1_khz == pytest.approx(6, abs=1)
    assert at_1_khz - at_100_hz >= 4


@pytest.mark.parametrize(
    ("band", "raised_hz", "left_hz"),
    [({"filter_type": "low_shelf", "frequency": 500}, 60, 5000), ({"filter_type": "high_shelf"}, 6000, 60)],
)
def test_equalizer_shelves(band: dict[str, Any], raised_hz: float, left_hz: float) -> None:
    shelf = stage("equalizer", {"bands": [{"gain": 6} | band]})
    assert change(tone(raised_hz, -12), shelf) == pytest.approx(6, abs=0.5)
    assert change(tone(left_hz, -12), shelf) == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize(("gain", "octave_db"), [(-6, -7), (-12, -12.3)])
def test_equalizer_passes_by_their_slope(gain: float, octave_db: float) -> None:
    low_cut = {"filter_type": "high_pass", "frequency": 200, "gain": gain}
    assert change(tone(100, -12), stage("equalizer", {"bands": [low_cut]})) == pytest.approx(octave_db, abs=0.5)
    assert change(tone(3000, -12), stage("equalizer", {"bands": [low_cut]})) == pytest.approx(0, abs=0.5)


def test_equalizer_leaves_out_flat_and_disabled_bands() -> None:
    flat = [{"gain": 0.05}, {"gain": 6, "enabled": False}, {"filter_type": "low_pass", "gain": 0}]
    assert np.array_equal(through(noise(-20), stage("equalizer", {"bands": flat})), noise(-20))
    assert np.array_equal(through(noise(-20), stage("equalizer")), noise(-20))


@pytest.mark.parametrize(
    ("preset", "hz", "least", "most"),
    [
        ("voice_enhance", 3000, 2, 4.5),
        ("bass_boost", 120, 1, 4),
        ("treble_boost", 5000, 2, 6),
        ("mid_cut", 400, -6, -3),
        ("broadcast", 40, -14, -8),
        ("flat", 1000, 0, 0),
    ],
)
def test_equalizer_presets(preset: str, hz: float, least: float, most: float) -> None:
    assert least <= change(tone(hz, -12), stage("equalizer", {"preset_name": preset})) <= most


@PIECES_MS
@pytest.mark.parametrize("mode", CATALOGUE["spectral_denoising"].values["mode"].choices)  # type: ignore[union-attr]
def test_spectral_denoising(ms: int, mode: str) -> None:
    assert change(noise(-30), stage("spectral_denoising", {"mode": mode}), ms=ms) <= -2
    assert abs(change(tone(440, -12), stage("spectral_denoising", {"mode": mode}), ms=ms)) <= 1


def test_spectral_denoising_leaves_the_floor() -> None:
    def fall(**parameters: float) -> float:
        return change(noise(-30), stage("spectral_denoising", {"reduction_strength": 1} | parameters))

    assert fall(spectral_floor=1) == 0
    assert fall(spectral_floor=0.5) >= -6.1
    assert fall(spectral_floor=0.01, fft_size=256) < -6.1


@pytest.mark.parametrize("at", [1601, 1600, 1599, 0, 15_999])
@PIECES_MS
def test_conventional_denoising_removes_a_click(ms: int, at: int) -> None:
    half, whole = (peak(through(click(at), stage("conventional_denoising", {"strength": s}), ms=ms)) for s in (0.5, 1))
    assert half == pytest.approx(0.4, abs=0.05)
    assert whole <= 0.05


MODES = [mode for mode in CATALOGUE["conventional_denoising"].values["mode"].choices if mode != "disabled"]  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", MODES)
def test_conventional_denoising_smooths_noise_and_leaves_tones(mode: str) -> None:
    denoising = stage("conventional_denoising", {"mode": mode, "strength": 1})
    assert change(noise(-30), denoising) < -1
    assert abs(change(tone(440, -12), denoising)) < 0.5


@pytest.mark.parametrize("rate_hz", [16_000, 48_000])
@pytest.mark.parametrize(
    ("parameters", "level_db"),
    [
        ({"target_lufs": -23}, -23.0),
        ({"mode": "podcast"}, -18.0),
        ({"mode": "netflix", "target_lufs": -30}, -30.0),
        ({"target_lufs": -33.4}, -33.0),
        ({"target_lufs": -23, "max_adjustment": 5}, -28.0),
        ({"mode": "disabled"}, -33.0),
    ],
)
def test_lufs_normalization_of_a_stream(parameters: dict[str, Any], level_db: float, rate_hz: int) -> None:
    sound = tone(997, -30, seconds=5, rate_hz=rate_hz)
    normalized = through(sound, stage("lufs_normalization", parameters), rate_hz=rate_hz)
    assert level(normalized, rate_hz) == pytest.approx(level_db, abs=0.1)


def test_lufs_normalization_leaves_a_short_stream_alone_and_holds_peaks() -> None:
    brief = tone(997, -30, seconds=0.3)
    assert np.array_equal(through(brief, stage("lufs_normalization")), brief)
    loud = stage("lufs_normalization", {"target_lufs": 0, "max_peak_db": -6})
    assert peak(through(noise(-20), loud)) <= 10 ** (-5.9 / 20)


@PIECES_MS
@pytest.mark.parametrize(("rms_db", "reached_db", "give"), [(-33, -21, 1), (-21, -18, 1.5), (-6, -18, 2)])
def test_agc_converges(ms: int, rms_db: float, reached_db: float, give: float) -> None:
    agc = stage("agc", {"target_level": -18, "max_gain": 12})
    assert level(through(tone(440, rms_db + 3.01), agc, ms=ms)) == pytest.approx(reached_db, abs=give)


@pytest.mark.parametrize("mode", ["fast", "medium", "slow", "adaptive"])
def test_agc_in_every_mode_and_under_its_gate(mode: str) -> None:
    assert level(through(tone(440, -24, seconds=6), stage("agc", {"mode": mode}))) == pytest.approx(-18, abs=1)
    assert change(tone(440, -62, seconds=4), stage("agc", {"mode": mode})) == 0


@PIECES_MS
def test_compression_curve(ms: int) -> None:
    compression = stage("compression", {"threshold": -20, "ratio": 4})
    changes = [change(tone(440, db), compression, ms=ms) for db in (-30, -20, -14, -8, -4, 0)]
    assert abs(changes[0]) <= 0.5
    assert -12 <= changes[3] <= -4
    assert changes == sorted(changes, reverse=True)


def test_compression_by_mode_and_make_up_gain() -> None:
    def by(**parameters: Any) -> float:
        return change(tone(440, -20), stage("compression", {"threshold": -20, "knee": 10} | parameters))

    assert by(mode="hard_knee") == pytest.approx(0, abs=0.05)
    assert by() < -0.5
    assert by(mode="hard_knee", makeup_gain=4) == pytest.approx(4, abs=0.05)
    assert by(mode="disabled", makeup_gain=4) == 0
    assert by(mode="voice_optimized", threshold=-40, ratio=20) == pytest.approx(-4 * 0.75, abs=0.5)
    assert by(mode="adaptive") == pytest.approx(by(), abs=0.1)


@PIECES_MS
@pytest.mark.parametrize("soft_clip", [True, False])
def test_limiter_holds_its_ceiling_without_make_up_gain(ms: int, soft_clip: bool) -> None:
    limiter = stage("limiter", {"threshold": -6, "soft_clip": soft_clip})
    for sound in (tone(440, 0), tone(50, 0), tone(6000, 0), noise(-6), click(4711, 1.0)):
        assert peak(through(sound, limiter, ms=ms)) <= 10 ** (-5.95 / 20)
    assert abs(change(tone(440, -30), limiter, ms=ms)) <= 0.01


def test_limiter_shifts_nothing() -> None:
    late = np.concatenate([np.zeros(1000, dtype=np.int16), tone(440, 0), np.zeros(1000, dtype=np.int16)])
    limited = through(late, stage("limiter", {"threshold": -6, "lookahead": 20}))
    assert not limited[:1000].any()
    assert not limited[-1000:].any()
    assert np.argmax(np.correlate(limited[1000:9000].astype(float), late[1000:9000].astype(float), "same")) == 4000


@pytest.mark.parametrize("kind", CATALOGUE)
@pytest.mark.parametrize("gain_db", [-6, 6])
def test_gains_act_on_every_stage(kind: str, gain_db: float) -> None:
    sound = tone(440, -24) if kind != "agc" else tone(440, -64)  # where it holds its gain
    plain = level(through(sound, stage(kind)))
    assert level(through(sound, stage(kind, gain_out_db=gain_db))) - plain == pytest.approx(gain_db, abs=0.5)
    if kind not in ("agc", "compression", "lufs_normalization"):
        assert level(through(sound, stage(kind, gain_in_db=gain_db))) - plain == pytest.approx(gain_db, abs=0.5)


@pytest.mark.parametrize("kind", ["", *CATALOGUE])
def test_a_stage_that_is_off_changes_nothing(kind: str) -> None:
    off = Stage(id="off", kind=kind, enabled=False, gain_in_db=6, gain_out_db=20)
    assert np.array_equal(through(noise(-3), off), noise(-3))


def test_vad_never_alters_samples() -> None:
    assert np.array_equal(through(noise(-3), stage("vad")), noise(-3))


def test_what_is_too_loud_is_held_at_full_scale() -> None:
    loud = through(tone(440, -3), stage("vad", gain_out_db=20))
    assert (loud.max(), loud.min()) == (32_767, -32_768)
    assert np.array_equal(np.sign(loud), np.sign(tone(440, -3)))


@pytest.mark.parametrize("ms", [100, 37, 0])
@RATES
def test_silence_stays_silence_through_all_eleven(rate_hz: int, ms: float) -> None:
    seconds = 2 if ms else 0.02
    silence = np.zeros(round(seconds * rate_hz), dtype=np.int16)
    assert not through(silence, *ALL, rate_hz=rate_hz, ms=ms).any()


@RATES
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("ms", [100, 37, 0])
def test_as_much_comes_out_as_goes_in(rate_hz: int, channels: int, ms: float) -> None:
    sound = noise(-20, 1 if ms else 0.02, rate_hz)
    sound = np.stack([sound, sound // 2], axis=1) if channels == 2 else sound
    pipeline = Pipeline(ALL, rate_hz, channels)
    for size in (round(ms * rate_hz / 1000) or 1, 0):
        processed = pipeline.process(sound[:size])
        assert processed.samples.shape == sound[:size].shape
        assert processed.samples.dtype == np.int16
        assert np.isfinite([processed.snr_db, processed.rms_db]).all()
    assert through(sound, *ALL, rate_hz=rate_hz, ms=ms).shape == sound.shape


def test_channels_are_kept_apart() -> None:
    left, right = tone(440, -20), np.zeros(32_000, dtype=np.int16)
    for one in ALL:
        processed = through(np.stack([left, right], axis=1), one)
        assert processed[:, 0].any()
        assert not processed[:, 1].any(), one.kind


LINEAR = ("voice_filter", "noise_reduction", "voice_enhancement", "equalizer", "spectral_denoising")


@pytest.mark.parametrize("kind", LINEAR)
def test_where_a_stream_is_cut_makes_no_difference(kind: str) -> None:
    sound = noise(-20, 0.5)
    whole = through(sound, stage(kind), ms=500).astype(int)
    for ms in (100, 37, 1 / 16):
        assert np.max(np.abs(through(sound, stage(kind), ms=ms) - whole)) <= 1


def test_updates_act_from_the_next_piece_and_keep_the_rest() -> None:
    pipeline = Pipeline([stage("compression", {"threshold": -40, "ratio": 2}), stage("limiter")], 16_000)
    sound = tone(440, -10)[:1600]
    before = [level(pipeline.process(sound).samples) for _ in range(10)][-1]
    pipeline.update("compression", {"ratio": 20.0})
    after = [level(pipeline.process(sound).samples) for _ in range(10)][-1]
    assert before == pytest.approx(-10 - 3.01 - 15, abs=0.5)
    assert after == pytest.approx(-10 - 3.01 - 28.5, abs=0.5)


def test_what_a_stream_sounded_like_is_told() -> None:
    quiet = Pipeline([stage("vad"), Stage(id="in", kind=""), stage("agc", enabled=False)], 16_000)
    told = quiet.process(tone(440, 0)[:1600])
    assert told.rms_db == pytest.approx(-3.01, abs=0.01)
    assert told.snr_db > 40 > 3 > quiet.process(noise(-20)[:1600]).snr_db
    assert quiet.process(np.zeros(0, dtype=np.int16)).rms_db == quiet.process(np.zeros(9, dtype=np.int16)).rms_db == -96
    assert list(told.stage_ms) == ["in", "vad"]
    assert told.stage_ms["vad"] > 0
