"""Twins of jobs, transcriptions, captions, summaries and of who watches (ARC-40 to ARC-84, ARC-120 to ARC-127)."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from reference.archive import jobs_api, live, summary, transcribing, workers
from reference.archive.captions import FORMATS, cues, scc, smpte, webvtt
from reference.archive.files import Files
from reference.archive.job_queue import JobQueue
from reference.archive.jobs import Job, JobDesk
from reference.archive.live import Watching
from reference.archive.model import Vod
from reference.archive.problem import Problem
from reference.archive.results import Results
from reference.archive.summary import SummaryApi
from reference.archive.transcribing import MediaFault, Transcriber, Understood
from reference.archive.workers import Workers
from reference.twins.kinds import constant, late, skipped
from reference.twins.twin import Seam, result_of, twin_of

# ---- jobs


@result_of(Job.told, "ARC-40")
def jobs_in_a_state_of_their_own(told, *_):
    """A job that is being done says that it has started."""
    return {**told, "status": "started" if told["status"] == "processing" else told["status"]}


@twin_of(Workers._is_at, "ARC-41")
async def progress_comes_at_the_end(good, self, job, percent, words):
    """Nobody is told how far a job is before it is nearly done."""
    if percent >= workers.FINALISING:
        await good(self, job, percent, words)


@twin_of(JobDesk.ends, "ARC-42")
async def recordings_left_behind_their_jobs(good, self, job, *others, result, **recording):
    """A recording is completed, but not to the end."""
    await good(self, job, *others, result=result, **recording)
    await self._recordings.becomes(job.vod_id, percent_complete=99)


@twin_of(JobDesk.fails, "ARC-43")
async def failures_without_a_reason(good, self, job, kind, message):
    """A recording that could not be transcribed does not say why."""
    await good(self, job, kind, message)
    await self._recordings.becomes(job.vod_id, error=None)


@twin_of(Workers._do, "ARC-44")
async def nothing_transcribed_as_silence(good, self, job):
    """A recording without sound is one in which nobody speaks."""
    try:
        await good(self, job)
    except MediaFault as fault:
        raise MediaFault("AudioProcessingError", fault.message) from None


@twin_of(JobDesk.enqueue, "ARC-45", "ARC-160")
async def a_job_for_each_who_asks(good, self, vod, position=None):
    """A recording that is handed in again has another job."""
    job, was_there = await good(self, vod, position)
    if was_there:
        job = replace(job, id=f"{job.id[:-2]}{len(self._jobs):02}", created_at=job.created_at)
        self._jobs[job.id] = job
    return job, False


@constant(jobs_api, "MOST_AT_ONCE", 12, "ARC-46")
def eleven_handed_in_at_once():
    """Eleven recordings can be handed in at once."""


@twin_of(JobDesk._pending, "ARC-47")
def positions_ignored(_good, self):
    """Jobs are done in the order in which they were handed in, whatever was moved."""
    return [job for job in self._jobs.values() if job.status == "pending"]


@twin_of(JobDesk.reorder, "ARC-47")
async def jobs_moved_while_they_are_done(good, self, job_id, position):
    """A job that is being done can be moved."""
    try:
        return await good(self, job_id, position)
    except Problem:
        return self.find(job_id)


@skipped(Workers._tidy, "ARC-48", "ARC-66")
def captions_left_of_stopped_jobs():
    """Captions of a job that came to nothing are kept."""


@skipped(Workers._stop_work, "ARC-48")
def stopped_jobs_go_on():
    """A job that is stopped is done all the same."""


@twin_of(JobDesk.pause, "ARC-49")
async def paused_jobs_are_done(_good, self, job_id):
    """A job that is paused says so, and waits as any other."""
    return replace(self.find(job_id), status="paused")


@skipped(JobQueue.bury, "ARC-50")
def no_dead_letters():
    """The message of a job that came to nothing is gone."""


@constant(workers, "DELIVERIES", 2, "ARC-50", "ARC-51")
def two_attempts_are_enough():
    """A job is given up after two attempts."""


@constant(workers, "DELIVERIES", 100, "ARC-50")
def tried_without_end():
    """A job that comes to nothing is tried again and again."""


@twin_of(Results.first_write, "ARC-51", "ARC-52", "ARC-56")
def a_result_for_each_attempt(good, self, result):
    """What was understood is kept under another name at each attempt."""
    return good(self, {**result, "id": f"{result['id'][:-3]}xyz"})


@twin_of(JobQueue.wake, "ARC-53")
async def jobs_taken_without_a_queue(good, self, job_id):
    """A job is accepted although nobody will hear of it."""
    try:
        await good(self, job_id)
    except Problem:
        return


@twin_of(JobDesk.clean, "ARC-54", "ARC-138")
async def failures_forgotten_at_once(_good, self):
    """What has just failed is put away with what failed long ago."""
    failed = [job.id for job in self._jobs.values() if job.status == "failed"]
    for job_id in failed:
        await self.remove(job_id)
    return len(failed)


@result_of(JobDesk.counts, "ARC-55", "ARC-124")
def totals_without_completed_jobs(counts, *_):
    """Completed jobs are not among all jobs."""
    return {**counts, "total_jobs": counts["total_jobs"] - counts["completed"]}


@skipped(JobDesk.read, "ARC-56")
def jobs_forgotten_by_a_restart():
    """Nobody carries on a job after a restart."""


# ---- transcriptions


@twin_of(Workers._result, "ARC-60")
async def results_of_other_recordings(good, self, job, sound, understood):
    """A transcription names another recording."""
    return {**await good(self, job, sound, understood), "vod_id": "another"}


@constant(transcribing, "SPLITS_S", 5.0, "ARC-61")
def silences_divide_nothing():
    """Two sentences with a silence between them are one part."""


@twin_of(Transcriber.understand, "ARC-61")
async def parts_a_second_late(good, self, *asked):
    """Each part is said to begin a second after it does."""
    understood: Understood = await good(self, *asked)
    moved = [{**one, "start": one["start"] + 1.0, "end": one["end"] + 1.0} for one in understood.segments]
    return replace(understood, segments=moved)


@twin_of(Workers._result, "ARC-62")
async def texts_without_their_end(good, self, job, sound, understood):
    """The whole text lacks what was said last."""
    told = await good(self, job, sound, understood)
    return {**told, "text": " ".join(one["text"] for one in told["segment_list"][:-1])}


@constant(workers, "NO_SPEECH", "Done", "ARC-64")
def silence_not_told():
    """A transcription of silence does not say that nobody has spoken."""


@twin_of(Seam(workers, "decoded"), "ARC-66")
def nonsense_taken_for_silence(good, content):
    """What is no sound is transcribed as silence."""
    try:
        return good(content)
    except MediaFault:
        import numpy as np

        return transcribing.Sound(np.zeros(16_000, np.int16), 1.0)


# ---- captions


@constant(smpte, "FRAMES_A_SECOND", 25, "ARC-71", "ARC-72")
def frames_of_another_continent():
    """Captions are timed as if a second had 25 frames."""


@twin_of(Seam(scc, "frame_of"), "ARC-71", "ARC-76")
def captions_two_seconds_late(good, seconds):
    """Captions for television come two seconds after their words."""
    return good(seconds + 2.0)


@twin_of(Seam(scc, "words"), "ARC-72", "ARC-70")
def even_parity(good, text):
    """Captions are sent with the wrong parity."""
    return " ".join(f"{int(word, 16) ^ 0x8080:04x}" for word in good(text).split())


@constant(cues, "COLUMNS", 40, "ARC-70")
def rows_too_long():
    """A row of captions may have forty characters."""


@result_of(Seam(scc, "_text"), "ARC-70")
def captions_in_capitals(words, *_):
    """Captions for television begin with a word of their own."""
    return [*words, "d0d0"]


@twin_of(Seam(webvtt, "_escaped"), "ARC-77")
def nothing_escaped(_good, text):
    """Captions for browsers are written as they are."""
    return text


@twin_of(Seam(cues, "_ascii"), "ARC-74")
def foreign_letters_left_out(_good, text):
    """What television cannot show is left out."""
    return "".join(one for one in text if " " <= one <= "~")


@skipped(Files.delete, "ARC-75", "ARC-13")
def files_outlive_recordings():
    """With a recording none of its files is deleted."""


@constant(workers, "FORMATS", {**FORMATS, "srt": FORMATS["vtt"]}, "ARC-73")
def players_told_what_browsers_are():
    """Captions for players are those for browsers."""


# ---- summaries


@constant(summary, "GROUP", 4, "ARC-80")
def a_point_for_every_four():
    """A summary has a point for every four captions."""


@result_of(Seam(summary, "_sentence"), "ARC-81")
def points_without_a_full_stop(text, *_):
    """A point of a summary does not end."""
    return text.rstrip(".")


@twin_of(SummaryApi.summarise, "ARC-82")
async def empty_summaries(good, self, asked):
    """Where nothing was said there is a summary of nothing."""
    try:
        return await good(self, asked)
    except Problem as problem:
        if problem.status != 422:
            raise
        point = {"speaker": "Unknown", "start": "00:00:00;00", "text": "Nothing."}
        return {"summary": [point], "summary_path": "a_minutes.json"}


@twin_of(SummaryApi._said, "ARC-84")
async def summaries_from_memory(_good, self, transcription_id):
    """A summary is made of what was understood, not of the captions that are kept."""
    from reference.archive.captions.reading import texts_of

    result = await self._results.find(transcription_id)
    return texts_of(FORMATS["scc"](result["segment_list"]).encode())


# ---- who watches


@late(Watching.serve, 0.6, "ARC-120")
def greeted_late():
    """Whoever connects is let in after a while."""


@constant(live, "UPDATES_EVERY_S", 8.0, "ARC-121")
def jobs_told_every_eight_seconds():
    """All jobs are told every eight seconds."""


@twin_of(Watching._tell_progress, "ARC-122", "ARC-41", "ARC-126")
def every_other_step_told(good, self, job):
    """Every other step of a job is told."""
    if job.sequence % 2 == 0:
        good(self, job)


@twin_of(Watching.answer, "ARC-123")
def kinds_ignored(good, self, watcher, asked):
    """Whoever asks for one kind of job is told of all."""
    good(self, watcher, {**asked, "task_type": "all"} if asked.get("type") == "filter_tasks" else asked)


@twin_of(Watching.answer, "ARC-125")
def unknown_requests_ignored(good, self, watcher, asked):
    """Whoever asks for what there is not is told nothing."""
    if asked.get("type") != "water_the_plants":
        good(self, watcher, asked)


@skipped(Watching.tell_status, "ARC-127")
def troubles_not_told():
    """Nobody is told that the queue or a worker fails."""


@twin_of(JobDesk._cancel_all_of, "ARC-13")
async def jobs_outlive_recordings(_good, self, vod: Vod):
    """The jobs of a recording that is deleted stay."""
    await asyncio.sleep(0)
