"""What is expected of sounds that came back as a whole, and of what was measured of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hamcrest import assert_that, close_to, equal_to, greater_than, has_entries, has_items, has_length
from hamcrest.core.matcher import Matcher

from earshot.audio.signals import rms_dbfs
from earshot.matchers.expectation import expectation
from earshot.matchers.numbers import between
from earshot.studio.desk import Done, done_by
from earshot.studio.engineer import Engineer
from earshot.studio.matchers import same_sound
from earshot.studio.measuring import loudness_lufs, peak_db

ROUNDED = 0.02
"""How far numbers with two decimals may be from what follows from each other (STU-78)."""
TIMED_OFF_BY_MS = 1.0
CENTRED_WITHIN_HZ = 10.0
MEASURED_LU = 0.5
"""How far two measurements of the same loudness may be apart (STU-79)."""
_FAR = ("processing_time",)
_COMPLIANT = {"ebu_r128": (-23.0, -16.0), "atsc_a85": (-24.0, -22.0), "arib_tr_b32": (-24.0, -22.0)}
_SCORES = {"excellent": 4, "good": 3, "fair": 2, "poor": 1}


def _last(engineer: Engineer) -> Done:
    return done_by(engineer)[-1]


def _before(engineer: Engineer) -> Done:
    done = done_by(engineer)
    if len(done) < 2:
        raise AssertionError(f"{engineer.name} has had nothing else done that could be compared")
    return done[-2]


def _is(engineer: Engineer, actual: Any, matcher: Any, what: str) -> None:
    assert_that(actual, matcher, f"{what} that {engineer.name} got")


# ---- sound that came back


def keeps_its_form(engineer: Engineer) -> None:
    """Insist on the rate, the channels and the length of what was sent (STU-50, 56, 123)."""
    given, got = _last(engineer).given, _last(engineer).audio
    form = (got.rate_hz, got.channels, len(got.samples))
    _is(engineer, form, equal_to((given.rate_hz, given.channels, len(given.samples))), "rate, channels and frames")


def is_same(engineer: Engineer) -> None:
    """Insist on the very samples that were sent, in every channel."""
    keeps_its_form(engineer)
    given, got = _last(engineer).given, _last(engineer).audio
    for number in range(given.channels):
        _is(
            engineer, got.samples[:, number], same_sound(given.samples[:, number]), f"channel {number + 1} of the sound"
        )


def is_same_as_before(engineer: Engineer) -> None:
    """Insist on the samples that came back the last time, in whatever form."""
    expected, got = _before(engineer).audio.samples, _last(engineer).audio.samples
    _is(engineer, got[:, 0], same_sound(expected[:, 0]), "sound")


def has_loudness(engineer: Engineer, *, loudness: float, tolerance: float) -> None:
    """Insist on a loudness of what came back, measured by ourselves."""
    got = _last(engineer).audio
    found = loudness_lufs(got.samples, got.rate_hz)
    _is(engineer, found, between(loudness - tolerance, loudness + tolerance), "loudness in LUFS of the sound")


def is_as_loud_as_before(engineer: Engineer, *, tolerance: float) -> None:
    """Insist on the level of what came back the last time."""
    moved_db = rms_dbfs(_last(engineer).audio.samples[:, 0]) - rms_dbfs(_before(engineer).audio.samples[:, 0])
    _is(engineer, moved_db, between(-tolerance, tolerance), "by how many dB louder than before the sound is")


def is_below(engineer: Engineer, *, most: float) -> None:
    """Insist on no sample above a level."""
    _is(engineer, peak_db(_last(engineer).audio.samples), between(-200, most), "largest sample in dB of the sound")


# ---- what comes with a file


def has_figures(engineer: Engineer) -> None:
    """Insist on a latency and figures of quality, among them the level of what came back (STU-49)."""
    told = _last(engineer).told["metrics"]
    number: Any = expectation("a number", lambda value: isinstance(value, int | float))
    _is(engineer, told.get("total_latency"), greater_than(0), "total latency")
    _is(engineer, told.get("quality_metrics"), has_entries(snr=number, thd=number, lufs=number, rms=number), "figures")


def has_true_figures(engineer: Engineer) -> None:
    """Insist that level and loudness in the figures are those of what came back."""
    told, got = _last(engineer).told["metrics"]["quality_metrics"], _last(engineer).audio
    _is(engineer, told["rms"], close_to(rms_dbfs(got.samples[:, 0]), 0.1), "level in the figures")
    found = loudness_lufs(got.samples, got.rate_hz)
    _is(engineer, told["lufs"], close_to(found, MEASURED_LU), "loudness in the figures")


def times_its_stages(engineer: Engineer) -> None:
    """Insist on a time for each stage that is switched on and no other, no more than the whole together (STU-55)."""
    done = _last(engineer)
    assert done.pipeline is not None
    told = done.told["metrics"]
    expected = {stage.kind for stage in done.pipeline.stages if stage.more.get("enabled", True)}
    _is(engineer, set(told["stage_latencies"]), equal_to(expected), "stages with a time")
    whole_ms = told["total_latency"] + TIMED_OFF_BY_MS
    _is(engineer, sum(told["stage_latencies"].values()), between(0, whole_ms), "sum of the times of the stages")


def times_one_stage(engineer: Engineer, *, stage: str, least_ms: float) -> None:
    """Insist that one stage took at least so long, and no other did (STU-119)."""
    slow = [kind for kind, took_ms in _last(engineer).told["metrics"]["stage_latencies"].items() if took_ms >= least_ms]
    _is(engineer, slow, equal_to([stage]), f"stages that took {least_ms:g} ms or longer")


# ---- one stage alone


def echoes_its_settings(engineer: Engineer) -> None:
    """Insist that the settings that were given are among those that are told (STU-56)."""
    done = _last(engineer)
    _is(engineer, done.told["stage_config"], has_entries(dict(done.settings)), "settings")


def reports(engineer: Engineer, **expected: Any) -> None:
    """Insist on what a stage says of itself: a value, or a pair of the least and the most."""
    for member, value in expected.items():
        matcher = between(*value) if isinstance(value, tuple) else equal_to(value)
        _is(engineer, _last(engineer).report.get(member), matcher, f"“{member}” in the report")


def finds_speech(engineer: Engineer, *, share: float, tolerance: float) -> None:
    """Insist on segments that are ordered and gapless, last as long as the sound, and hold so much speech (STU-59)."""
    done = _last(engineer)
    length_s = len(done.given.samples) / done.given.rate_hz
    segments: Sequence[Mapping[str, Any]] = done.report["segments"]
    bounds = [0.0, *(each["end_time"] for each in segments)]
    starts = [each["start_time"] for each in segments]
    _is(engineer, starts, _near(bounds[:-1]), "beginnings of the segments")
    _is(engineer, bounds[-1], close_to(length_s, 0.1), "end of the last segment")
    _is(engineer, done.report["total_duration"], close_to(length_s, 0.1), "duration")
    spoken_s = sum(each["end_time"] - each["start_time"] for each in segments if each["type"] == "speech")
    least, most = 100 * (share - tolerance), 100 * (share + tolerance)
    _is(engineer, 100 * spoken_s / length_s, between(least, most), "percentage of speech in the segments")
    _is(engineer, done.report["speech_percentage"], close_to(100 * spoken_s / length_s, 0.5), "percentage of speech")


def warns(engineer: Engineer, *, name: str) -> None:
    """Insist on a warning that names a setting (STU-61)."""
    told = _last(engineer).told
    warnings = [*(told.get("warnings") or ()), *(_last(engineer).result.get("warnings") or ())]
    _is(engineer, " ".join(map(str, warnings)), _naming(name), "warnings")


# ---- measurements


def is_same_measurement(engineer: Engineer) -> None:
    """Insist on the same answer as the last time, but for how long it took (STU-59, 76)."""
    before, now = (
        {name: value for name, value in done.result.items() if name not in _FAR}
        for done in (_before(engineer), _last(engineer))
    )
    _is(engineer, now, equal_to(before), "result")


def is_whole_spectrum(engineer: Engineer) -> None:
    """Insist on all parts of a spectrum, for the parameters that were asked for (STU-74)."""
    done = _last(engineer)
    size = done.settings.get("window_size", 2048)
    expected = {"window_size": 2048, "overlap": 0.5, "window_type": "hann", **done.settings}
    _is(engineer, done.told["parameters"], has_entries(expected), "parameters")
    _is(engineer, done.result, has_entries(window_size=size, frequency_bins=size // 2), "size of the spectrum")
    hz = done.result["frequency_data"]["frequencies"]
    spaced = np.arange(len(hz)) * done.result["sample_rate"] / size
    _is(engineer, hz, _near(spaced.tolist()), "frequencies")
    _is(engineer, hz, has_length(len(done.result["frequency_data"]["magnitudes"])), "frequencies")
    _is(engineer, len(hz), between(2, 100), "number of frequencies")


def has_rate(engineer: Engineer) -> None:
    """Insist on the sample rate of what was sent (STU-82)."""
    _is(engineer, _last(engineer).result["sample_rate"], equal_to(_last(engineer).given.rate_hz), "sample rate")


def has_peak(engineer: Engineer, *, hz: float) -> None:
    """Insist on a peak within one bin of a frequency (STU-75)."""
    done = _last(engineer)
    bin_hz = done.given.rate_hz / done.result["window_size"]
    _is(engineer, done.result["peak_frequency"], between(hz - bin_hz, hz + bin_hz), "peak in Hz of the spectrum")


def has_centre(engineer: Engineer, *, hz: float) -> None:
    """Insist on a centroid within 10 Hz of a frequency."""
    near = between(hz - CENTRED_WITHIN_HZ, hz + CENTRED_WITHIN_HZ)
    _is(engineer, _last(engineer).result["spectral_centroid"], near, "centroid in Hz of the spectrum")


def is_empty_spectrum(engineer: Engineer) -> None:
    """Insist on zeros for peak, centroid and bandwidth."""
    zeros = has_entries(peak_frequency=0, spectral_centroid=0, spectral_bandwidth=0)
    _is(engineer, _last(engineer).result, zeros, "spectrum")


def is_whole_loudness(engineer: Engineer) -> None:
    """Insist on all parts of a loudness, which follow from each other (STU-78)."""
    done = _last(engineer)
    result, target = done.result, done.settings.get("target_lufs", -23.0)
    kind = done.settings.get("measurement_type", "integrated")
    _is(engineer, result, has_entries(measurement_type=kind, target_lufs=target), "kind and target of the loudness")
    difference = result["measured_lufs"] - target
    _is(engineer, result["lufs_difference"], close_to(difference, ROUNDED), "distance from the target in LU")
    _is(engineer, result["gain_adjustment_db"], close_to(-difference, ROUNDED), "gain in dB to the target")


def is_loudness(engineer: Engineer, *, loudness: float, tolerance: float) -> None:
    near = between(loudness - tolerance, loudness + tolerance)
    _is(engineer, _last(engineer).result["measured_lufs"], near, "loudness in LUFS")


def is_lower_than_before(engineer: Engineer, *, by: float, tolerance: float) -> None:
    fell = _before(engineer).result["measured_lufs"] - _last(engineer).result["measured_lufs"]
    _is(engineer, fell, between(by - tolerance, by + tolerance), "by how many LU the loudness is lower than before")


def has_true_peak(engineer: Engineer, *, level: float, tolerance: float) -> None:
    near = between(level - tolerance, level + tolerance)
    _is(engineer, _last(engineer).result["true_peak_db"], near, "true peak in dB")


def is_judged_by_itself(engineer: Engineer) -> None:
    """Insist on the flags, grades and score that follow from loudness and range (STU-80)."""
    result = _last(engineer).result
    lufs, assessment = result["measured_lufs"], result["quality_assessment"]
    flags = {name: least <= lufs <= most for name, (least, most) in _COMPLIANT.items()}
    _is(engineer, result["broadcast_compliance"], has_entries(flags), f"flags of a loudness of {lufs:g} LUFS")
    grade = "poor" if lufs > -12 or lufs < -35 else "excellent" if flags["ebu_r128"] else "good"
    spread = result["loudness_range_lu"]
    dynamics = next((name for least, name in ((20, "excellent"), (14, "good"), (7, "fair")) if spread > least), "poor")
    score = (_SCORES[grade] + _SCORES[dynamics]) / 2
    overall = next(
        (name for least, name in ((3.5, "excellent"), (2.5, "good"), (1.5, "fair")) if score >= least), "poor"
    )
    expected = {"loudness_quality": grade, "dynamics_quality": dynamics, "overall_quality": overall}
    _is(engineer, assessment, has_entries(expected), f"grades of {lufs:g} LUFS with a range of {spread:g} LU")
    _is(engineer, assessment["overall_score"], close_to(score, ROUNDED), "score")


def is_too_short(engineer: Engineer) -> None:
    """Insist on no loudness, and on words that say why."""
    result = _last(engineer).result
    words = " ".join(map(str, (*result["recommendations"], *(_last(engineer).told.get("warnings") or ()))))
    _is(engineer, words, _naming("short"), "recommendations")


# ---- the catalogue


def is_whole_catalogue(engineer: Engineer) -> None:
    """Insist on ten stages and their categories (STU-60)."""
    told = engineer.answer.message
    _is(engineer, told["available_stages"], has_length(10), "stages")
    _is(engineer, told["total_stages"], equal_to(10), "number of stages")
    kinds = ("noise_processing", "dynamics", "frequency", "enhancement", "analysis")
    _is(engineer, list(told["categories"]), has_items(*kinds), "categories")


def is_set_to(engineer: Engineer, defaults: Mapping[str, Any]) -> None:
    """Insist on these defaults of a stage (STU-60)."""
    told = engineer.answer.message
    _is(engineer, told["default_config"], has_entries(dict(defaults)), "defaults")
    _is(engineer, list(told["parameters"]), has_items(*defaults), "names of parameters")


def _naming(word: str) -> Matcher[str]:
    return expectation(f"words that name “{word}”", lambda words: word in words.lower())


def _near(expected: Sequence[float]) -> Matcher[Sequence[float]]:
    return expectation(
        f"{[round(each, 2) for each in expected[:6]]}{'…' if len(expected) > 6 else ''}",
        lambda told: len(told) == len(expected) > 0 and bool(np.allclose(told, expected, atol=0.01)),
        lambda told: f"it was {[round(float(each), 2) for each in told[:6]]}{'…' if len(told) > 6 else ''}",
    )
