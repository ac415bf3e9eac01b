"""Workers: each takes the next job when a message wakes it, and sees it to its end (ARC-40 to ARC-66)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any

from reference.archive.captions import FORMATS
from reference.archive.faults import Disturbances
from reference.archive.files import FilePermission, Files, FilesFull, captions, media
from reference.archive.job_queue import DELIVERIES, JobQueue
from reference.archive.jobs import Job, JobDesk
from reference.archive.problem import Problem, moment
from reference.archive.results import Results
from reference.archive.transcribing import MODEL, EngineFault, MediaFault, Sound, Transcriber, Understood, decoded
from reference.journal import Journal
from reference.storage.aws import ConditionFailed
from reference.storage.queues import Message

LOADED, LISTENED, FINALISING = 10, 85, 90
"""How far a job is, in percent (ARC-41)."""
IDLE_S = 1.0
"""Between looks at the queue while nobody says that something is in it."""
OUTAGE_S = 60.0
"""How long a job waits for a store that is away, which is no attempt."""
LONGEST_WAIT_S = 1.0
NO_SPEECH = "No speech detected"


class Workers:
    def __init__(
        self,
        desk: JobDesk,
        queue: JobQueue,
        files: Files,
        results: Results,
        transcriber: Transcriber,
        disturbances: Disturbances,
        *,
        count: int,
        retry_s: float,
    ) -> None:
        self._desk = desk
        self._queue = queue
        self._files = files
        self._results = results
        self._transcriber = transcriber
        self._disturbances = disturbances
        self._count = count
        self._retry_s = retry_s
        self._loops: list[asyncio.Task[None]] = []
        self._working: dict[str, asyncio.Task[None]] = {}
        self._failing = False
        self._journal = Journal("archive")
        self.on_change: Any = lambda: None
        """Called when the workers begin to fail, and when one has done its work again."""
        desk.stop_work = self._stop_work

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._loops = [loop.create_task(self._work(), name=f"worker-{number}") for number in range(self._count)]

    async def stop(self) -> None:
        """Leave off; jobs under way are carried on by the next start."""
        for task in (*self._loops, *self._working.values()):
            task.cancel()
        await asyncio.gather(*self._loops, *self._working.values(), return_exceptions=True)

    def summary(self) -> dict[str, Any]:
        return {
            "active_workers": len(self._working),
            "total_workers": self._count,
            "worker_status": "degraded" if self._failing else "healthy",
        }

    async def _work(self) -> None:
        while True:
            try:
                message = await self._queue.next(IDLE_S)
                if message is not None:
                    await self._serve(message)
            except Exception as failure:  # a worker goes on whatever happened to one job
                self._journal.error("worker", "a worker failed", failure=failure)
                await asyncio.sleep(self._retry_s)

    async def _serve(self, message: Message) -> None:
        job = await self._claim()
        if job is None:
            await self._queue.done(message)
            return
        task = asyncio.get_running_loop().create_task(self._attempt(job, message), name=f"job-{job.id}")
        self._working[job.id] = task
        try:
            await asyncio.wait([task])
        finally:
            self._working.pop(job.id, None)
        if not task.cancelled() and (failure := task.exception()) is not None:
            raise failure

    async def _claim(self) -> Job | None:
        """Return the next job, which nobody else has."""
        async with self._desk.handing_in:
            while (job := self._desk.next()) is not None:
                with contextlib.suppress(ConditionFailed):
                    return await self._desk.begins(job)
        return None

    async def _attempt(self, job: Job, message: Message) -> None:
        try:
            job = await self._in_spite_of_outages(job)
        except asyncio.CancelledError:
            if self._desk.is_under_way(job.id):
                await self._tidy(job)
            await self._queue.done(message)
            raise
        except MediaFault as fault:
            await self._fails(job, message, fault.kind, fault.message)
        except (FilePermission, FilesFull) as problem:
            kind = "FilePermissionError" if isinstance(problem, FilePermission) else "StorageError"
            await self._fails(job, message, kind, problem.message)
        except Exception as failure:  # a crash is an attempt that came to nothing
            await self._came_to_nothing(job, message, failure)
        else:
            self._is(failing=False)
            await self._queue.done(message)

    async def _in_spite_of_outages(self, job: Job) -> Job:
        """Do the work, as often as it takes while a store is away (ARC-173)."""
        gives_up_s, wait_s = time.monotonic() + OUTAGE_S, self._retry_s
        while True:
            try:
                await self._do(self._desk.find(job.id))
            except (FilePermission, FilesFull):
                raise
            except Problem as problem:
                if problem.kind not in ("StorageError", "DatabaseError") or time.monotonic() > gives_up_s:
                    raise
                self._journal.warning("job", "a store is away", job=job.id, reason=problem.kind)
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            else:
                return job

    async def _do(self, job: Job) -> None:
        assert job.vod_id is not None
        await self._disturbances.work()
        content = await self._files.get(media(job.vod_id))
        if content is None:
            raise MediaFault("FileNotFoundError", "There is no recording to transcribe")
        sound = await asyncio.to_thread(decoded, content)
        await self._is_at(job, LOADED, "The engine is ready")

        async def listened(share: float) -> None:
            await self._is_at(job, LOADED + round((LISTENED - LOADED) * share), "Listening")

        understood = await self._transcriber.understand(sound, job.id, listened)
        await self._is_at(job, FINALISING, "Writing captions")
        result = await self._result(job, sound, understood)
        for ending, write in FORMATS.items():
            await self._files.put(f"captions/{result['id']}.{ending}", write(understood.segments).encode())
        await self._end(self._desk.find(job.id), result)

    async def _end(self, job: Job, result: Mapping[str, Any]) -> None:
        """Complete a job; whoever stops it meanwhile is too late, unless its end cannot be kept."""
        end = self._desk.ends(job, self._results.first_write(result), result=result["id"], error=None)
        ending = asyncio.get_running_loop().create_task(end)
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            await asyncio.wait([ending])
            ending.exception()
            raise

    async def _result(self, job: Job, sound: Sound, understood: Understood) -> Mapping[str, Any]:
        segments = understood.segments
        return {
            "id": job.id,  # one job has one result, however often it is done
            "vod_id": job.vod_id,
            "status": "completed",
            "output_path": captions(job.id)[0],
            "segments": len(segments),
            "segment_list": segments,
            "text": " ".join(segment["text"] for segment in segments),
            "duration": round(sound.duration_s, 3),
            "language": "en",
            "confidence": understood.confidence,
            "model_used": MODEL,
            "completed_at": moment(time.time()),
            **({} if segments else {"warning": NO_SPEECH}),
        }

    async def _is_at(self, job: Job, percent: int, words: str) -> None:
        known = self._desk.find(job.id)
        if percent > known.progress:
            await self._desk.change(job.id, progress=percent, status_message=words)

    async def _came_to_nothing(self, job: Job, message: Message, failure: Exception) -> None:
        known = self._desk.find(job.id)
        kind = (
            "TranscriptionError" if isinstance(failure, EngineFault) else getattr(failure, "kind", "TranscriptionError")
        )
        self._journal.error("job", "an attempt came to nothing", failure=failure, job=job.id, attempt=known.attempts)
        self._is(failing=True)
        if known.attempts >= DELIVERIES:
            await self._tidy(job)
            await self._desk.fails(known, kind, "The recording could not be transcribed")
            await self._queue.bury(message)
            return
        await asyncio.sleep(self._retry_s * 2 ** (known.attempts - 1))
        await self._desk.change(job.id, status="pending", status_message="Waiting to be tried again")
        await self._queue.again(message)

    async def _fails(self, job: Job, message: Message, kind: str, words: str) -> None:
        with contextlib.suppress(Problem):
            await self._tidy(job)
        await self._desk.fails(self._desk.find(job.id), kind, words)
        await self._queue.done(message)

    async def _tidy(self, job: Job) -> None:
        """Let no caption be left of a job that came to nothing (ARC-48, ARC-66)."""
        await self._files.delete(*captions(job.id))

    async def _stop_work(self, job_id: str) -> None:
        if (task := self._working.get(job_id)) is not None:
            task.cancel()
            await asyncio.wait([task])

    def _is(self, *, failing: bool) -> None:
        if self._failing != failing:
            self._failing = failing
            self.on_change()
