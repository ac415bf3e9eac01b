"""Twins of what is asked over HTTP: refusals, files, single stages and analysis (STU-47 to 61, 74 to 82, 124, 130)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reference.studio import api
from reference.studio.answers import Fault
from reference.studio.app import StudioApp
from reference.studio.dsp.catalogue import CATALOGUE
from reference.studio.dsp.model import BadSound
from reference.studio.files import FileDesk, Sound
from reference.studio.health import Health
from reference.studio.model import Refused
from reference.twins.kinds import constant, misread
from reference.twins.twin import Seam, Twin, around, made_by, result_of, twin_of


def answer_of(seam: Callable[..., Any], *breaks: str):
    """Declare a twin that gives another answer: it gets the good one, then what it was asked."""

    def declare(change) -> Twin:
        async def answer(good, *asked):
            return change(dict(await good(*asked)), *asked)

        return made_by(around(answer), seam, *breaks)(change)

    return declare


# ---- doors


@misread(StudioApp, "studio_body_max_bytes", lambda limit: 2 * limit, "STU-47")
def uploads_of_twenty_mebibytes_taken():
    """An upload of more than 10 MiB is taken."""


@constant(api, "ORIGINS", ("*",), "STU-111")
def pages_of_anybody_may_ask():
    """Any page may ask the service."""


@constant(api, "ORIGINS", ("http://localhost:3000",), "STU-111")
def page_of_the_developers_may_not_ask():
    """The page of the studio's developers may not ask the service."""


@twin_of(Seam(api, "fault"), "STU-48", "STU-130")
def unknown_address_found(fault, status, *said):
    """What nobody offers is answered as if it were there."""
    return fault(200 if status == 404 else status, *said)


@result_of(api.build, "STU-48")
def sockets_open_anywhere(application, *_args, **_named):
    """A connection is granted at an address that nobody offers."""

    async def answer(scope, receive, send):
        if scope["type"] == "websocket" and not scope["path"].startswith(api.REALTIME):
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 1000})
        else:
            await application(scope, receive, send)

    return answer


@twin_of(Health.of, "STU-130")
def names_of_services_by_their_case(of, self, name, url):
    """A service is known only by its name in small letters."""
    if name != name.lower():
        raise Refused(f"Unknown service: {name}", 404)
    return of(self, name, url)


# ---- files


@twin_of(Seam(api, "read_pipeline"), "STU-53")
def incomplete_pipelines_taken(read_pipeline, given):
    """A file is processed by a pipeline that has no name."""
    return read_pipeline({"name": "", "connections": [], **given} if isinstance(given, dict) else given)


@constant(api, "NO_AUDIO_STATUS", 200, "STU-53")
def nothing_processed_with_success():
    """A request without audio is answered as if it were a good one."""


@twin_of(FileDesk.batch, "STU-52")
async def audio_as_text_ignored(batch, self, pipeline, sound, output_format):
    """Audio that is sent as text is taken for none."""
    if not sound.is_file:
        raise Refused("No audio data provided", 400)
    return await batch(self, pipeline, sound, output_format)


@twin_of(Sound.read, "STU-54")
async def what_is_no_file_gives_silence(read, self):
    """What is no WAV file is taken for silence."""
    audio = await read(self)
    head = b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80>\0\0\0}\0\0\x02\0\x10\0data\x04\0\0\0"
    return head + bytes(4) if self.is_file and not audio.startswith(b"RIFF") else audio


@twin_of(FileDesk.batch, "STU-54")
async def bad_file_is_a_failure_of_the_service(batch, self, pipeline, sound, output_format):
    """A file that cannot be decoded breaks the service."""
    answer = await batch(self, pipeline, sound, output_format)
    if not answer["success"]:
        raise BadSound(answer["errors"][0])
    return answer


@answer_of(FileDesk.batch, "STU-54", "STU-124")
def failure_without_a_reason(answer, *_):
    """A file that cannot be processed is answered without a reason."""
    return answer if answer["success"] else {**answer, "errors": []}


@answer_of(FileDesk.batch, "STU-49")
def quality_not_told(answer, *_):
    """Of a processed file the quality is not told."""
    return {
        **answer,
        "metrics": {name: value for name, value in answer["metrics"].items() if name != "quality_metrics"},
    }


def timed(change) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what puts other times of the stages into an answer."""

    def alter(answer):
        metrics = answer["metrics"]
        if "stage_latencies" not in metrics:
            return answer
        return {**answer, "metrics": {**metrics, "stage_latencies": change(dict(metrics["stage_latencies"]))}}

    return alter


@answer_of(FileDesk.batch, "STU-55")
def first_stage_not_timed(answer, *_):
    """The first stage of a pipeline is not timed."""
    return timed(lambda times: dict(itertools.islice(times.items(), 1, None)))(answer)


@answer_of(FileDesk.batch, "STU-55")
def stages_that_are_off_timed(answer, _self, pipeline, *_):
    """Stages that are switched off are timed, too."""
    return timed(lambda times: dict.fromkeys((stage.id for stage in pipeline.stages), 0.0) | times)(answer)


@answer_of(FileDesk.batch, "STU-55")
def stages_take_longer_than_the_whole(answer, *_):
    """The stages are told to have taken longer than all of it."""
    whole_ms = answer["metrics"]["total_latency"]
    return timed(lambda times: {name: spent + whole_ms + 2 for name, spent in times.items()})(answer)


@answer_of(FileDesk.batch, "STU-119")
def delay_shared_by_all_stages(answer, *_):
    """The time of all stages is told of each of them in equal parts."""
    return timed(lambda times: dict.fromkeys(times, sum(times.values()) / max(len(times), 1)))(answer)


@twin_of(FileDesk.batch, "STU-124")
async def bare_samples_never_given(batch, self, pipeline, sound, output_format):
    """Whoever asks for bare samples gets a file with a header."""
    return await batch(self, pipeline, sound, "wav" if output_format == "base64" else output_format)


@twin_of(FileDesk.batch, "STU-124")
async def other_formats_answered_as_wav(batch, self, pipeline, sound, output_format):
    """Whoever asks for a format that is not supported gets a WAV file."""
    return await batch(self, pipeline, sound, output_format if output_format == "base64" else "wav")


@twin_of(Sound.read, "STU-54", "STU-82", "STU-123")
async def headers_of_files_ignored(read, self):
    """The samples of a file are taken, and what its header says of them is not."""
    audio = await read(self)
    if not self.is_file or len(audio) < 45:
        return audio
    head = bytes.fromhex("01000100803e0000007d000002001000")
    return audio[:20] + head + audio[36:] if audio[12:16] == b"fmt " else audio


# ---- one stage alone


@answer_of(FileDesk.single, "STU-56", "STU-57")
def settings_not_told(answer, *_):
    """A stage alone says that it was done with no settings at all."""
    return {**answer, "stage_config": {}}


@answer_of(FileDesk.single, "STU-56", "STU-121")
def audio_of_one_stage_not_given(answer, *_):
    """A stage alone gives no audio back."""
    return {**answer, "processed_audio": None, "result": {**answer["result"], "stage_result": {"status": "done"}}}


@answer_of(FileDesk.single, "STU-61")
def no_warning_of_values_out_of_range(answer, *_):
    """Nobody is warned of a value that is out of range."""
    return {**answer, "warnings": None}


@twin_of(FileDesk.single, "STU-61")
async def values_out_of_range_crash(single, self, stage_name, sound, config):
    """A value out of range breaks the service."""
    answer = await single(self, stage_name, sound, config)
    if answer["warnings"]:
        raise BadSound(answer["warnings"][0])
    return answer


@twin_of(FileDesk.single, "STU-58")
async def unknown_stage_refused_without_its_name(single, self, *asked):
    """A stage that there is not is refused in words that say nothing."""
    try:
        return await single(self, *asked)
    except Refused:
        raise Refused("Bad request") from None


@twin_of(Seam(api, "read_form"), "STU-57", "STU-82")
def forms_not_read(_read_form, _content_type, _body):
    """Forms are not read."""
    raise Fault(422, "Request validation failed", {"body": "Input should be JSON"})


@twin_of(Seam(api, "read_form"), "STU-49", "STU-57", "STU-82", "STU-123")
def files_of_forms_lost(read_form, content_type, body):
    """Of a form with a file, the file is lost."""
    return {name: value for name, value in read_form(content_type, body).items() if isinstance(value, str)}


@constant(api, "CATALOGUE", {name: row for name, row in CATALOGUE.items() if name != "vad"}, "STU-60")
def catalogue_without_voice_detection():
    """Voice detection is missing in the catalogue."""


@constant(api, "CATALOGUE", {name: replace(row, default_config={}) for name, row in CATALOGUE.items()}, "STU-60")
def catalogue_without_defaults():
    """The catalogue tells no defaults."""


# ---- analysis


def measured(*breaks: str):
    """Declare a twin that measures otherwise: it gets the good result, the kind of analysis and its parameters."""

    def declare(change) -> Twin:
        async def analysis(good, self, kind, sound, parameters):
            answer = await good(self, kind, sound, parameters)
            return {**answer, "result": change(dict(answer["result"]), kind, parameters)}

        return made_by(around(analysis), FileDesk.analysis, *breaks)(change)

    return declare


@answer_of(FileDesk.analysis, "STU-74")
def parameters_of_an_analysis_not_told(answer, *_):
    """An analysis tells its defaults in the place of what it was asked for."""
    return {**answer, "parameters": dict(api.ANALYSES[answer["analysis_type"]])}


@measured("STU-74")
def one_bin_more(result, kind, _parameters):
    """A spectrum is told to have one bin more than it has."""
    return {**result, "frequency_bins": result["frequency_bins"] + 1} if kind == "fft" else result


_GUESSES = itertools.count(1)


@measured("STU-75", "STU-76", "STU-79")
def analysis_guessed(result, kind, _parameters):
    """Spectrum and loudness are guessed."""
    if kind == "fft":
        return {**result, "peak_frequency": 100.0 + 37 * (next(_GUESSES) % 100)}
    loudness = -round(10 + (next(_GUESSES) * 1.7) % 20, 2)
    difference = round(loudness - result["target_lufs"], 2)
    return {**result, "measured_lufs": loudness, "lufs_difference": difference, "gain_adjustment_db": -difference}


@twin_of(FileDesk.analysis, "STU-77", "STU-81")
async def bad_settings_of_an_analysis_mended(analysis, self, kind, sound, parameters):
    """An analysis that cannot be made as it was asked for is made in the usual way."""
    try:
        return await analysis(self, kind, sound, parameters)
    except Refused:
        return await analysis(self, kind, sound, api.ANALYSES[kind])


@twin_of(FileDesk.analysis, "STU-77", "STU-81")
async def bad_settings_refused_without_naming_them(analysis, self, *asked):
    """An analysis that cannot be made is refused in words that say nothing."""
    try:
        return await analysis(self, *asked)
    except Refused:
        raise Refused("Bad request") from None


@measured("STU-78")
def gain_in_the_wrong_direction(result, kind, _parameters):
    """The gain that brings a sound to its target is told with the wrong sign."""
    return result if kind == "fft" else {**result, "gain_adjustment_db": result["lufs_difference"]}


@measured("STU-80")
def everything_complies(result, kind, _parameters):
    """Every sound complies with every standard."""
    flags = result.get("broadcast_compliance", ())
    return result if kind == "fft" else {**result, "broadcast_compliance": dict.fromkeys(flags, True)}


@measured("STU-80")
def every_loudness_is_excellent(result, kind, _parameters):
    """Every loudness is graded as excellent."""
    if kind == "fft":
        return result
    return {**result, "quality_assessment": {**result["quality_assessment"], "loudness_quality": "excellent"}}
