"""Twins of what the stages do to sound (STU-62 to 73, 129)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from reference.studio import service, shape
from reference.studio.dsp import filters, parameters, pipeline
from reference.studio.dsp.denoising import ConventionalDenoising, NoiseReduction, SpectralDenoising
from reference.studio.dsp.dynamics import Agc, Compression, Limiter
from reference.studio.dsp.effect import Effect
from reference.studio.dsp.filters import VoiceFilter
from reference.studio.dsp.levels import rms_db
from reference.studio.dsp.pipeline import Pipeline, Step
from reference.studio.model import Stage
from reference.twins.kinds import Declare, constant, kind
from reference.twins.twin import Piece, Seam, made_by, result_of, twin_of


def tuned(effect: type[Effect], *breaks: str, **changed: object) -> Declare:
    """An effect goes by other values of some parameters, or by what a function makes of those that are set."""

    def tune(good, self, given):
        good(self, {**given, **{name: of(given) if callable(of) else of for name, of in changed.items()}})

    return kind(effect.tune, tune, *breaks)


# ---- gains, and what comes out


@made_by(lambda _: lambda db: 10 ** (db / 10), Seam(pipeline, "gain_of"), "STU-62")
def gains_twice_as_strong():
    """A gain of 6 dB is one of 12 dB."""


@twin_of(Step.__init__, "STU-62")
def gain_behind_the_limiter_ignored(begin, self, stage, *form):
    """The gain behind a limiter has no effect."""
    begin(self, replace(stage, gain_out_db=0.0) if stage.kind == "limiter" else stage, *form)


@twin_of(Step.__init__, "STU-62")
def gain_before_a_stage_ignored(begin, self, stage, *form):
    """The gain before a stage has no effect."""
    begin(self, replace(stage, gain_in_db=0.0), *form)


@made_by(
    lambda _: lambda sound: np.rint(sound * 32_768).astype(np.int64).astype(np.int16).T,
    Seam(pipeline, "integers_of"),
    "STU-62",
)
def what_is_too_loud_wraps():
    """What exceeds full scale comes out at the other end of it."""


@result_of(Pipeline.process, "STU-23", "STU-72")
def output_a_sample_short(processed, *_):
    """The last sample of a piece does not come back."""
    return replace(processed, samples=processed.samples[:-1])


@twin_of(Pipeline.process, "STU-64")
def tail_taken_from_the_piece_before(process, self, samples):
    """A piece ends as the one before it did."""
    processed = process(self, samples)
    tail, self._tail = getattr(self, "_tail", None), processed.samples[-200:]
    if tail is None or len(tail) > len(processed.samples):
        return processed
    return replace(processed, samples=np.concatenate([processed.samples[: -len(tail)], tail]))


# ---- noise reduction and denoising

_LEARNED: dict[str, Any] = {}


@tuned(NoiseReduction, "STU-63", strength=0.5)
def noise_reduction_knows_one_strength():
    """Noise is reduced at strength 0.5, whatever was asked for."""


@tuned(NoiseReduction, "STU-63", strength=lambda given: 1 - given["strength"])
def noise_reduction_upside_down():
    """The less strength, the more noise is reduced."""


@tuned(NoiseReduction, "STU-63", strength=lambda given: max(given["strength"], 0.4))
def noise_reduced_without_strength():
    """At strength 0 noise is reduced all the same."""


@result_of(NoiseReduction.gains_of_bins, "STU-63")
def tones_taken_for_noise(gains, *_):
    """Everything is reduced as far as can be, tones, too."""
    return np.full_like(gains, 0.1)


@twin_of(SpectralDenoising.gains_of_bins, "STU-18", "STU-63")
def noise_profile_shared_by_sessions(gains, self, *frame):
    """What was learned of the noise in one session is believed in all."""
    self._noise = _LEARNED.get("noise", self._noise)
    found = gains(self, *frame)
    _LEARNED["noise"] = self._noise
    return found


@tuned(ConventionalDenoising, "STU-70", strength=0.0)
def clicks_are_left():
    """No click is removed."""


@tuned(ConventionalDenoising, "STU-70", strength=1.0)
def clicks_removed_whatever_the_strength():
    """A click is removed as a whole at every strength."""


# ---- dynamics


@tuned(Compression, "STU-64", mode="disabled")
def compression_does_nothing():
    """What is loud is not lowered."""


@tuned(Compression, "STU-64", makeup_gain=6.0)
def compression_lifts_what_is_quiet():
    """What is compressed is made louder by 6 dB."""


@twin_of(Compression.process, "STU-64")
def compression_lets_the_loudest_go(process, self, sound):
    """What is louder than -3 dB is not compressed."""
    return sound if np.max(np.abs(sound)) > 0.71 else process(self, sound)


@twin_of(Limiter.process, "STU-65")
def limiter_with_make_up_gain(process, self, sound):
    """The limiter lifts everything by as much as it lowers peaks."""
    return process(self, sound) / self._ceiling


@tuned(Limiter, "STU-65", threshold=lambda given: given["threshold"] + 1)
def limiter_a_decibel_too_high():
    """Peaks reach a decibel above the threshold."""


@twin_of(Limiter.process, "STU-65")
def limiter_goes_by_the_average(process, self, sound):
    """The limiter looks at the level of a piece, so clicks pass."""
    return sound if 10 ** (rms_db(sound) / 20) < self._ceiling / 2 else process(self, sound)


@tuned(Agc, "STU-66", max_gain=40.0)
def automatic_gain_without_end():
    """What is quiet is lifted to the target, however far that is."""


@tuned(Agc, "STU-66", min_gain=0.0)
def automatic_gain_lowers_nothing():
    """What is too loud stays so."""


@tuned(Agc, "STU-66", target_level=lambda given: given["target_level"] + 6)
def automatic_gain_aims_too_high():
    """Every level comes out 6 dB above the target."""


# ---- voices and bands


@tuned(VoiceFilter, "STU-67", high_freq_rolloff=24_000)
def voice_filter_without_roll_off():
    """What is above the voice stays."""


@tuned(VoiceFilter, "STU-67", high_freq_rolloff=lambda given: given["high_freq_rolloff"] / 16)
def voice_filter_takes_the_voice():
    """The filter rolls off four octaves too low."""


@constant(filters, "PRESENCE_HZ", (150, 600), "STU-68")
def presence_in_the_wrong_band():
    """Presence lifts what is warm."""


@constant(filters, "WARMTH_HZ", 20, "STU-68")
def warmth_ignored():
    """Warmth has no effect."""


@constant(filters, "WARMTH_HZ", 20_000, "STU-68")
def warmth_lifts_everything():
    """Warmth lifts every frequency."""


@constant(filters, "BRIGHTNESS_HZ", 24_000, "STU-68")
def brightness_ignored():
    """Brightness has no effect."""


@twin_of(filters.equalising, "STU-69")
def equalizer_an_octave_off(equalise, band, rate_hz):
    """A band of the equalizer is an octave above where it should be."""
    return equalise({**band, "frequency": 2 * band["frequency"]}, rate_hz)


@twin_of(filters.equalising, "STU-69")
def equalizer_with_half_the_gain(equalise, band, rate_hz):
    """A band gains half of what was asked for."""
    return equalise({**band, "gain": band["gain"] / 2}, rate_hz)


# ---- off, silence, order


def _all_work(_):
    return property(lambda self: bool(self.kind))


@made_by(_all_work, Seam(Stage, "works"), "STU-71")
def stages_that_are_off_work():
    """A stage that is switched off processes sound all the same."""


@stages_that_are_off_work.also(Pipeline.__init__)
def begin_with_all_stages(begin, self, stages, *form):
    begin(self, [replace(stage, enabled=True) for stage in stages], *form)


@made_by(_all_work, Seam(Stage, "works"), "STU-71")
def gains_of_stages_that_are_off_act():
    """A stage that is switched off leaves sound alone, but its gains act."""


@gains_of_stages_that_are_off_act.also(Pipeline.__init__)
def begin_with_gains_alone(begin, self, stages, *form):
    begin(self, [stage if stage.enabled else replace(stage, enabled=True, kind="vad") for stage in stages], *form)


@result_of(Seam(pipeline, "integers_of"), "STU-72")
def hiss_in_silence(samples, _sound):
    """Silence comes back with a hiss in its last bit."""
    return samples if samples.any() else (np.arange(samples.size).reshape(samples.shape) % 2).astype(np.int16)


# ---- values and names


def _in_range_only(read: Piece, kind_: str, given: Mapping[str, Any]) -> Any:
    kept = {name: value for name, value in given.items() if value in read(kind_, {name: value}).values()}
    return read(kind_, kept)


@twin_of(Seam(shape, "normalised"), "STU-129")
def values_out_of_range_ignored_at_the_start(read, kind_, given):
    """A value out of range has no effect where a pipeline starts, or is for a file."""
    return _in_range_only(read, kind_, given)


@twin_of(Seam(service, "normalised"), "STU-129")
def values_out_of_range_ignored_while_it_runs(read, kind_, given):
    """A value out of range sets a parameter to nothing while a pipeline runs."""
    return read(kind_, given) if _in_range_only(read, kind_, given) else {"strength": 0.0}


@twin_of(Seam(shape, "normalised"), "STU-129")
def names_of_the_page_unknown(read, kind_, given):
    """Parameters are known by their first names alone."""
    return read(kind_, {name: value for name, value in given.items() if name.islower()})


@made_by(lambda _: lambda name: name if name in parameters.CATALOGUE else "", Seam(shape, "kind_of"), "STU-129")
def other_names_of_stages_unknown():
    """A stage under its other name lets everything pass."""
