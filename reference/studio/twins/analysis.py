"""Twins of what is measured (STU-74 to 82)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from reference.studio.dsp import assessment, spectrum
from reference.studio.files import FileDesk
from reference.twins.kinds import Declare, constant, kind
from reference.twins.twin import Seam, result_of, twin_of


def measured(what: str, *breaks: str, **members: Callable[[dict[str, Any]], Any]) -> Declare:
    """Members of the result of one kind of measurement are what these make of it."""

    async def tell(good, self, asked, *given):
        answer = await good(self, asked, *given)
        if asked != what:
            return answer
        result = answer["result"]
        return {**answer, "result": {**result, **{name: of(result) for name, of in members.items()}}}

    return kind(FileDesk.analysis, tell, *breaks)


def shifted(by: Callable[[float], float]) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """Return another loudness, and what follows from it."""

    def lufs(result: dict[str, Any]) -> Any:
        return None if result["measured_lufs"] is None else round(by(result["measured_lufs"]), 2)

    def difference(result: dict[str, Any]) -> Any:
        return None if lufs(result) is None else round(lufs(result) - result["target_lufs"], 2)

    return {
        "measured_lufs": lufs,
        "lufs_difference": difference,
        "gain_adjustment_db": lambda result: None if lufs(result) is None else -difference(result),
    }


# ---- spectra


@measured("fft", "STU-75", peak_frequency=lambda r: r["peak_frequency"] + 2 * r["sample_rate"] / r["window_size"])
def peak_two_bins_too_high():
    """The peak of a spectrum is told two bins above where it is."""


@measured("fft", "STU-75", spectral_centroid=lambda result: result["spectral_centroid"] + 15)
def centroid_beside_the_tone():
    """The centroid of a tone is told 15 Hz above it."""


@result_of(Seam(spectrum, "mean_magnitudes"), "STU-75")
def loud_tones_count_as_soft_ones(magnitudes, *_):
    """Above a hundredth of full scale all tones count as equally loud, and the lowest is told."""
    return np.minimum(magnitudes, 0.01)


@measured("fft", "STU-75", peak_frequency=lambda result: result["peak_frequency"] or 1000.0)
def silence_has_a_peak():
    """Silence is told to have its peak at 1000 Hz."""


@measured("fft", "STU-74", frequency_data=lambda r: {n: values[1:] for n, values in r["frequency_data"].items()})
def first_bin_left_out():
    """A spectrum is told without its first bin."""


@twin_of(FileDesk.analysis, "STU-74")
async def window_size_ignored(analyse, self, what, sound, parameters):
    """Every spectrum is made in windows of 2048 samples, and said to be."""
    given = {**parameters, "window_size": 2048} if parameters.get("window_size") in (512, 8192) else parameters
    return await analyse(self, what, sound, given)


@measured(
    "fft",
    "STU-82",
    sample_rate=lambda _: 16_000,
    peak_frequency=lambda result: result["peak_frequency"] * 16_000 / result["sample_rate"],
)
def every_file_taken_for_16_khz():
    """The spectrum of a file is told as if it had 16,000 samples a second."""


@twin_of(Seam(spectrum, "checked_window"), "STU-77")
def bad_windows_accepted(check, window_size, overlap, window_type):
    """Any window size will do."""
    check(2048, overlap, window_type)


@constant(spectrum, "MOST_OVERLAP", 0.99, "STU-77")
def windows_may_overlap_by_all():
    """Windows may overlap by up to 99 %."""


# ---- loudness


@measured("lufs", "STU-79", **shifted(lambda lufs: lufs + 0.69))
def loudness_without_its_offset():
    """Loudness is told 0.69 LU too high."""


@measured("lufs", "STU-79", **shifted(lambda lufs: lufs * 0.97))
def loudness_pressed_together():
    """Differences in loudness are told as smaller than they are."""


@measured("lufs", "STU-76", **shifted(lambda lufs: lufs + random.uniform(-0.3, 0.3)))
def loudness_measured_roughly():
    """Loudness is told a little otherwise each time."""


@measured("lufs", "STU-79", **shifted(lambda lufs: -96.0 if lufs <= -70 else lufs))
def silence_below_the_gate():
    """Silence is told to have -96 LUFS."""


@measured("lufs", "STU-79", true_peak_db=lambda result: result["true_peak_db"] - 3)
def true_peak_taken_from_the_level():
    """The true peak is told 3 dB too low."""


@measured("lufs", "STU-79", recommendations=lambda _: ["The loudness is acceptable."])
def too_short_sound_not_told():
    """That a sound is too short to have a loudness is not said."""


@measured("lufs", "STU-78", lufs_difference=lambda result: -(result["lufs_difference"] or 0))
def distance_from_the_target_upside_down():
    """The distance from the target has the wrong sign."""


@measured("lufs", "STU-78", measurement_type=lambda _: "integrated")
def every_loudness_told_as_integrated():
    """Which loudness was asked for is not told."""


@twin_of(FileDesk.analysis, "STU-78")
async def target_ignored(analyse, self, what, sound, parameters):
    """Every loudness is measured for a target of -23 LUFS."""
    given = {**parameters, "target_lufs": -23.0} if what == "lufs" and parameters["target_lufs"] == -16 else parameters
    return await analyse(self, what, sound, given)


@constant(assessment, "TOO_LOUD", 0.0, "STU-80")
def nothing_is_too_loud():
    """What is far too loud has a good grade."""


@constant(assessment, "SCORES", dict.fromkeys(("excellent", "good", "fair", "poor"), 4), "STU-80")
def every_grade_counts_as_the_best():
    """The score is the best, whatever the grades."""


@twin_of(Seam(assessment, "checked_measurement"), "STU-81")
def any_kind_of_loudness_accepted(check, measurement_type, target_lufs):
    """A kind of loudness that nobody knows is measured as the loudest moment."""
    check("integrated", target_lufs)


@twin_of(Seam(assessment, "checked_measurement"), "STU-81")
def any_target_accepted(check, measurement_type, target_lufs):
    """A target may be any number."""
    check(measurement_type, -23)
