"""Twins of whole files and of stages alone (STU-49 to 61, 119, 123, 124, 128)."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from reference.studio import api
from reference.studio.dsp import files
from reference.studio.dsp.loudness import LufsNormalization
from reference.studio.files import FileDesk
from reference.studio.model import Refused
from reference.twins.kinds import Declare, kind
from reference.twins.twin import Seam, made_by, result_of, twin_of

Members = dict[str, Any]


def figures(*breaks: str, **members: Callable[[Members], Any]) -> Declare:
    """Members of the figures of a file are what these make of the figures."""

    async def tell(good, self, *given):
        answer = await good(self, *given)
        if not answer["success"]:
            return answer
        told = answer["metrics"]
        return {**answer, "metrics": {**told, **{name: of(told) for name, of in members.items()}}}

    return kind(FileDesk.batch, tell, *breaks)


def reported(stage: str, *breaks: str, **members: Callable[[Members], Any]) -> Declare:
    """Members of what a stage alone says of itself are what these make of it."""

    async def tell(good, self, name, *given):
        answer = await good(self, name, *given)
        if name != stage:
            return answer
        said = answer["result"]["stage_result"]
        said = {**said, **{member: of(said) for member, of in members.items()}}
        return {**answer, "result": {**answer["result"], "stage_result": said}}

    return kind(FileDesk.single, tell, *breaks)


# ---- files in and out


@result_of(Seam(files, "read"), "STU-123")
def channels_mixed_down(audio, *_, **__):
    """The channels of a file are mixed, and each comes back as all of them."""
    mixed = np.mean(audio.samples, axis=1, keepdims=True).astype(np.int16)
    return replace(audio, samples=np.repeat(mixed, audio.samples.shape[1], axis=1))


@result_of(Seam(files, "read"), "STU-123")
def second_channel_lost(audio, *_, **__):
    """Only the first channel of a file comes back."""
    return replace(audio, samples=audio.samples[:, :1])


@result_of(Seam(files, "read"), "STU-123")
def every_file_written_at_16_khz(audio, *_, **__):
    """A file comes back at 16,000 samples a second, whatever it had."""
    return replace(audio, rate_hz=16_000)


@twin_of(Seam(files, "written"), "STU-50", "STU-123")
def last_frames_of_a_file_lost(write, samples, *form, **way):
    """The last 512 frames of a file do not come back."""
    return write(samples[:-512], *form, **way)


@result_of(FileDesk.batch, "STU-124")
def format_not_named(answer, *_):
    """What is wrong with a format is not said."""
    return answer if answer["success"] else {**answer, "errors": ["Processing failed: this is not supported."]}


@made_by(lambda _: lambda _data: None, Seam(files, "check_lengths"), "STU-54")
def lying_headers_believed():
    """A file is processed as far as it goes, whatever its header promises."""


@twin_of(Seam(api, "read_json"), "STU-53")
def nonsense_taken_for_an_empty_pipeline(read, written):
    """What is no JSON is taken for a pipeline without stages."""
    try:
        return read(written)
    except ValueError:
        return {"pipeline_id": "", "name": "", "stages": {}, "connections": []}


# ---- figures of a file


@result_of(LufsNormalization.wanted_db, "STU-51")
def loudness_missed_by_2_lu(wanted_db, *_):
    """What is normalised comes out 2 LU too loud."""
    return wanted_db + 2


@figures("STU-51", quality_metrics=lambda told: {**told["quality_metrics"], "lufs": -23.0})
def every_file_told_to_have_minus_23_lufs():
    """The loudness in the figures is that which files should have."""


@figures("STU-51", quality_metrics=lambda told: {**told["quality_metrics"], "rms": -20.0})
def level_of_a_file_not_measured():
    """The level in the figures is always the same."""


@result_of(FileDesk.batch, "STU-49")
def file_processed_in_no_time(answer, *_):
    """A file is told to have taken no time."""
    return {**answer, "metrics": {**answer["metrics"], "total_latency": 0}}


@figures("STU-55", stage_latencies=lambda told: dict(list(told["stage_latencies"].items())[:-1]))
def last_stage_untimed():
    """The last stage of a pipeline is not timed."""


@figures("STU-119", stage_latencies=lambda told: {n: ms % 100 for n, ms in told["stage_latencies"].items()})
def delay_of_a_stage_not_told():
    """What a stage takes beyond 100 ms is not told."""


# ---- one stage alone


@result_of(FileDesk.single, "STU-56")
def half_of_the_sound_lost(answer, *_):
    """A stage alone gives half of the sound back."""
    sound = base64.b64decode(answer["processed_audio"] or "")
    half = base64.b64encode(sound[: len(sound) // 4 * 2]).decode()
    return {**answer, "processed_audio": half or None}


@twin_of(FileDesk.single, "STU-58")
async def unknown_stages_let_pass(process, self, stage_name, *given):
    """A stage that nobody knows is answered as if it were one."""
    return await process(self, "agc" if stage_name == "reverb" else stage_name, *given)


@result_of(Seam(api, "read_form"), "STU-53")
def files_need_no_pipeline(fields, *_):
    """A file that is sent without a pipeline is processed by none."""
    return {"pipeline_config": '{"pipeline_id": "", "name": "", "stages": {}, "connections": []}', **fields}


@made_by(lambda good: {**good, "reverb": good["agc"]}, Seam(api, "CATALOGUE"), "STU-60")
def reverb_in_the_catalogue():
    """The catalogue lists a stage that there is not."""


@result_of(Seam(api, "read_json"), "STU-58", "STU-77", "STU-81")
def nothing_taken_for_silence(asked, *_):
    """Where there is no audio, silence is processed and measured."""
    is_about_audio = isinstance(asked, dict) and not asked.keys() & {"pipeline_config", "pipeline_id"}
    return {"audio_data": "AAA=", **asked} if is_about_audio else asked


@twin_of(FileDesk.single, "STU-61")
async def values_out_of_range_dropped(process, self, stage_name, sound, config):
    """A strength out of range is as good as none."""
    kept = {name: value for name, value in config.items() if name != "strength" or value <= 1}
    answer = await process(self, stage_name, sound, kept)
    return {**answer, "warnings": ["strength is out of range"]}


def _with_gaps(said: Members) -> list[Members]:
    return [{**each, "end_time": each["end_time"] - 0.05} for each in said["segments"]]


@reported("vad", "STU-59", segments=_with_gaps)
def gaps_between_segments():
    """Between two segments of speech and silence 50 ms are missing."""


@reported(
    "vad",
    "STU-59",
    segments=lambda said: [
        {"start_time": 0.0, "end_time": said["total_duration"], "type": "speech", "confidence": 1.0}
    ],
    speech_percentage=lambda _: 100.0,
)
def silence_taken_for_speech():
    """Everything is told to be speech."""


@reported("vad", "STU-59", speech_percentage=lambda said: said["speech_percentage"] + random.uniform(-0.4, 0.4))
def speech_measured_roughly():
    """How much speech there is is told a little otherwise each time."""


@made_by(
    lambda good: {
        **good,
        "agc": replace(good["agc"], default_config={**good["agc"].default_config, "attack_time": 100}),
    },
    Seam(api, "CATALOGUE"),
    "STU-60",
)
def attack_in_the_catalogue_in_milliseconds():
    """The attack time of the automatic gain is told in milliseconds."""


# ---- what a stage says of itself


@reported("compression", "STU-128", compression_detected=lambda _: True)
def compression_always_detected():
    """Compression is told to have been needed, whatever the sound."""


@reported("compression", "STU-128", max_gain_reduction_db=lambda _: 6.3, average_gain_reduction_db=lambda _: 3.1)
def reduction_by_compression_invented():
    """By how much a sound was compressed is not measured."""


@reported("compression", "STU-128", attack_time_ms=lambda said: said["attack_time_ms"] / 1000)
def attack_told_in_seconds():
    """The attack time is told in seconds, where it should be milliseconds."""


@reported("limiter", "STU-128", max_gain_reduction_db=lambda said: said["max_gain_reduction_db"] / 2)
def half_of_what_was_limited_is_told():
    """By how much peaks were lowered is told by half."""


@reported("limiter", "STU-128", limiting_occurred=lambda _: True, peak_prevented=lambda _: True)
def limiter_always_needed():
    """A limiter is told to have been needed, whatever the sound."""


@reported("equalizer", "STU-128", frequency_response_altered=lambda _: True)
def flat_equalizer_alters():
    """A flat equalizer is told to have altered the spectrum."""


@reported("noise_reduction", "STU-128", noise_reduction_db=lambda _: 0.0)
def no_noise_told_to_be_reduced():
    """By how much noise was lowered is told as nothing."""


@result_of(FileDesk.single, "STU-128")
def stage_alone_gives_back_what_it_got(answer, _self, stage_name, sound, *_):
    """A limiter alone gives back the sound that it was given."""
    return {**answer, "processed_audio": sound.content} if stage_name == "limiter" else answer


@result_of(FileDesk.single, "STU-128")
def stages_without_a_report_refused(answer, _self, stage_name, *_):
    """Stages alone that have nothing to report are refused."""
    if "processing_successful" in answer["result"]["stage_result"]:
        raise Refused(f"{stage_name} is not supported", 501)
    return answer


@reported("equalizer", "STU-128", frequency_response_altered=lambda _: False)
def equalizer_never_alters():
    """An equalizer is told to have altered nothing, whatever it was told."""
