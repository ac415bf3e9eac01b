"""How words about jobs, transcriptions, captions and summaries become values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from earshot.archive import facts, jobs, transcripts
from earshot.archive import files as stored
from earshot.archive.requests import ask
from earshot.archive.system import Archive
from earshot.asking import Reason, Request
from features.vocabulary import shared
from features.vocabulary.acts import acts
from features.vocabulary.archive import no
from features.vocabulary.faults import fault, faults
from features.vocabulary.parameters import closed_list, doing, more_phrases

QUEUE, WORKERS = "queue_status", "worker_status"


def _about_job(asks: str) -> Callable[..., Request]:
    return lambda archive, _name, recording: ask(asks, job_id=archive.recording(recording).job.id)


def _move(archive: Archive, _name: str, recording: str) -> Request:
    return ask("moves a job", {"job_id": archive.recording(recording).job.id, "position": 0})


def _several(count: int) -> Callable[..., Request]:
    return lambda *_: ask("has several recordings transcribed", {"vod_ids": ["99999"] * count})


def _of_transcription(asks: str, **more: str) -> Callable[..., Request]:
    return lambda archive, _name, recording: ask(asks, id=archive.recording(recording).transcription_id, **more)


acts(
    Archive.name,
    {
        "|stops| the job of {recording:Recording}": _about_job("stops a job"),
        "pause|pauses|paused the job of {recording:Recording}": _about_job("pauses a job"),
        "|resumes| the job of {recording:Recording}": _about_job("resumes a job"),
        "move|moves| the job of {recording:Recording} to the front": _move,
        "hand|| in {count:Number} recordings at once": lambda *_, count: _several(count)(),
        "ask|| for what there is not to be transcribed": lambda *_: ask(
            "has a recording transcribed", {"vod_id": "99999"}
        ),
        "ask|| for a path to the passwords to be transcribed": lambda *_: ask(
            "has a recording transcribed", {"path": "../../../etc/passwd"}
        ),
        "see|| what is said in {recording:Recording}": lambda archive, _, recording: ask(
            "asks for the transcription", id=archive.recording(recording).id
        ),
        "download|| captions of {recording:Recording} in a kind that there is not": _of_transcription(
            "downloads captions", format="txt"
        ),
        "download|| captions of what there is not": lambda *_: ask("downloads captions", id="99999", format="scc"),
        "summarise|summarises|summarised {recording:Recording}": _of_transcription("has a summary made"),
        "summarise|| what there is not": lambda *_: ask("has a summary made", id="99999"),
    },
)
closed_list("JobState", {state: state for state in jobs.STATES})
more_phrases(
    "JobFact",
    {
        "is {state:JobState}": jobs.is_in_state,
        "ends well at attempt {attempts:Number}": jobs.ends_well_after,
        "fails at attempt {attempts:Number}": jobs.fails_after,
        "fails because the sound cannot be read": facts.fails_because("AudioProcessingError"),
        "fails because the file is empty": facts.fails_because("FileError"),
        "is among the dead letters": jobs.is_a_dead_letter,
        "stays as it is": jobs.never_runs,
        "is done before that of {other:Recording}": jobs.is_done_before,
        "leaves no captions": jobs.leaves_no_captions,
        "is seen by everybody who watches": jobs.everybody_sees,
    },
)
more_phrases(
    "RecordingFact",
    {
        "says why it could not be transcribed": jobs.recording_is_failed,
        "is transcribed as it was said": transcripts.is_transcribed,
        "is transcribed as silence": transcripts.is_silence,
        "is understood like {other:Recording}": transcripts.is_understood_like,
        "has no captions": transcripts.has_no_captions,
        "has one transcription and one set of captions": transcripts.has_one_of_each,
        "has captions that are fit for television": transcripts.are_well_formed,
        "is captioned when it is said": transcripts.come_in_time,
        "is captioned in the time of television after {at_s:Seconds}": transcripts.come_at,
        "is captioned the same for browsers and players": transcripts.say_the_same,
        'is captioned "{text:Quoted}", on television "{shown:Quoted}"': transcripts.say,
        "has a summary of {count:Number} points": transcripts.summarises,
        "is {state:RecordingState}, soon": jobs.comes_to_be,
        "has no summary": transcripts.is_not_summarised,
        "has a summary of what is said in {other:Recording}": transcripts.summary_speaks_of,
    },
)
more_phrases(
    "ViewerFact",
    {
        "is told of all jobs again within 6 seconds": jobs.is_told_of_all_jobs,
        "is told of {count:Number} transcriptions alone": lambda count: jobs.is_told_only("transcription", count),
        "is told of {count:Number} jobs of every kind": lambda count: jobs.is_told_only("all", count),
        "is told of {count:Number} jobs of a kind that nobody knows": lambda count: jobs.is_told_only("plants", count),
        "is told figures that add up": jobs.figures_add_up,
        "is told how the machine is": jobs.machine_is_told,
        "is told how all jobs are": jobs.current_state_is_told,
        "is told that the queue is degraded": jobs.is_told_that(QUEUE, "degraded"),
        "is told that the queue is healthy": jobs.is_told_that(QUEUE, "healthy"),
        "is told that the workers are degraded": jobs.is_told_that(WORKERS, "degraded"),
        "is told that the workers are healthy": jobs.is_told_that(WORKERS, "healthy"),
    },
)
TAMPERING: dict[str, Callable[..., object]] = {
    "the captions of {recording:Recording} have been lost": lambda archive, recording: stored.lose_captions(
        archive, archive.recording(recording)
    ),
    "the captions of {recording:Recording} have become something else": lambda archive, recording: (
        transcripts.replace_captions(archive, archive.recording(recording), b"nothing of a caption")
    ),
    "{recording:Recording} has the captions of {other:Recording} instead": lambda archive, recording, other: (
        transcripts.swap_captions(archive, archive.recording(recording), archive.recording(other))
    ),
    "the file of {recording:Recording} has been emptied": lambda archive, recording: transcripts.empty_file(
        archive, archive.recording(recording)
    ),
}
more_phrases("Tampering", {words: doing(act) for words, act in TAMPERING.items()})
closed_list(
    "OddRequest",
    {
        "what is no request": '{"type": "water_the_plants"}',
        "half a sentence": '{"type": "join_task',
        "a list": "[1, 2]",
        "nothing at all": "",
    },
)
CONFLICT: Reason = no(409, "ConflictError", "CONFLICT")
REFUSALS: dict[str, Any] = {
    "the job cannot be changed any more": CONFLICT,
    "one to ten can be handed in at once": no(400, "ValidationError", "VALIDATION_ERROR"),
    "the path is none of a recording": no(400, "ValidationError", "VALIDATION_ERROR"),
    "the kind of captions is unknown": no(400, "ValidationError", '"field": "format"'),
    "there is nothing to summarise": no(422, "SummaryError", "SUMMARY_EMPTY"),
    "the queue cannot be reached": no(503, "QueueError", "QUEUE_ERROR"),
}
shared.refusals(Archive.name, REFUSALS)
faults(
    {
        "whoever transcribes breaks off {times:Times}": fault("archive.worker", "crash"),
        "whoever transcribes breaks off again and again": fault("archive.worker", "crash"),
        "whoever transcribes takes {seconds:Seconds} longer": fault("archive.worker", "stall"),
        "the engine of the archive fails {times:Times}": fault("archive.engine"),
        'the engine of the archive takes whatever is said for "{text:Quoted}"': fault("archive.engine", "say"),
        "each message about a job comes twice": fault("archive.message", "double"),
        "the result of a job cannot be written down once": fault(
            "store",
            operations=["TransactWriteItems"],
            table="ArchiveTranscriptions",
            code="ValidationException",
            times=1,
        ),
    }
)
shared.settings({"transcribes one recording at a time": {"ARCHIVE_WORKERS": "1"}})
