"""Jobs: what is to be transcribed, in which order, and how far it is (section 5).

They are kept in memory and, before anybody is told of a change, in their table.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from reference.archive.job_queue import JobQueue
from reference.archive.model import COMPLETED, FAILED, PENDING, PROCESSING, Vod
from reference.archive.problem import conflict, moment, not_found
from reference.archive.recordings import Recordings
from reference.storage.records import Records, Write

PAUSED, CANCELLED = "paused", "cancelled"
STATUSES = (PENDING, PROCESSING, PAUSED, COMPLETED, FAILED, CANCELLED)
UNDER_WAY = (PENDING, PROCESSING, PAUSED)
TRANSCRIPTION, VOD, CLEANUP = "transcription", "vod", "cleanup"
KEPT = {TRANSCRIPTION: 1.0, VOD: 2.0, CLEANUP: 0.5}
"""How long failed jobs of a kind are kept, beside those that transcribe (ARC-54)."""
MOST_POSITION = 1000


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    vod_id: str | None
    video_path: str
    task_type: str = TRANSCRIPTION
    status: str = PENDING
    progress: int = 0
    status_message: str = "Waiting"
    position: int = 0
    attempts: int = 0
    error: dict[str, str] | None = None
    created_at: str = ""
    started_at: str | None = None
    ended_at: str | None = None
    ended_s: float | None = None
    result: str | None = None
    sequence: int = 0

    def told(self) -> dict[str, Any]:
        """Return it as clients see it."""
        told = asdict(self)
        del told["ended_s"]
        return told | {"job_id": self.id}


class JobDesk:
    def __init__(self, records: Records, recordings: Recordings, queue: JobQueue, *, retention_s: float) -> None:
        self._records = records
        self._recordings = recordings
        self._queue = queue
        self._retention_s = retention_s
        self._jobs: dict[str, Job] = {}
        self.handing_in = asyncio.Lock()
        """Held from when a message is sent until its job can be found: whoever it wakes waits that long."""
        self.watchers: list[Callable[[Job], None]] = []
        """Told of each change of a job."""
        self.stop_work: Callable[[str], Any] = lambda _: None
        """Ends the work on a job, and returns an awaitable or nothing."""
        recordings.on_removed.append(self._cancel_all_of)

    async def read(self) -> None:
        """Carry on what the store has from before the service started (ARC-56)."""
        kept = sorted(await self._records.everything(), key=lambda item: (item["created_at"], item["id"]))
        names = set(Job.__dataclass_fields__)
        self._jobs = {
            item["id"]: Job(**{name: value for name, value in item.items() if name in names}) for item in kept
        }
        for job in list(self._jobs.values()):
            if job.status == PROCESSING:
                await self.change(job.id, status=PENDING, status_message="Waiting, after a restart")
            if job.status in (PENDING, PROCESSING):
                await self._queue.wake(job.id)

    def every(self) -> list[Job]:
        """Return all jobs, the oldest first."""
        return list(self._jobs.values())

    def find(self, job_id: str) -> Job:
        if job_id not in self._jobs:
            raise not_found("job")
        return self._jobs[job_id]

    def is_under_way(self, job_id: str) -> bool:
        return job_id in self._jobs and self._jobs[job_id].status in UNDER_WAY

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are in which state, and in all (ARC-55)."""
        statuses = [job.status for job in self._jobs.values()]
        return {"total_jobs": len(statuses), **{status: statuses.count(status) for status in STATUSES}}

    def next(self) -> Job | None:
        return next(iter(self._pending()), None)

    # ---- what people ask for

    async def enqueue(self, vod: Vod, position: int | None = None) -> tuple[Job, bool]:
        """Return a new job for a recording, or the one that it has already; and whether that was so (ARC-45)."""
        async with self.handing_in:
            for job in self._jobs.values():
                if job.vod_id == vod["id"] and job.status in UNDER_WAY:
                    return job, True
            vod = await self._recordings.get(vod["id"])
            if vod["status"] == COMPLETED:
                raise conflict("The recording is transcribed already")
            pending = self._pending()
            place = len(pending) if position is None else min(position, len(pending))
            job = Job(str(uuid.uuid4()), vod["id"], vod["file_path"], created_at=moment(time.time()), position=place)
            await self._queue.wake(job.id)
            await self._recordings.becomes(vod["id"], lambda _: self._writing(job, is_new=True), status=PENDING)
            self._jobs[job.id] = job
            await self._renumber([*pending[:place], job, *pending[place:]])
            self._tell(job)
            await self._queue.wake_here()
            return self._jobs[job.id], False

    async def reorder(self, job_id: str, position: int) -> Job:
        job = self.find(job_id)
        if job.status != PENDING:
            raise conflict(f"A job that is {job.status} cannot be moved")
        others = [one for one in self._pending() if one.id != job_id]
        place = min(position, len(others))
        await self._renumber([*others[:place], job, *others[place:]])
        return self.find(job_id)

    async def stop(self, job_id: str) -> Job:
        """Let a job end now, or never begin; its recording can be transcribed again (ARC-48)."""
        job = self.find(job_id)
        if job.status not in UNDER_WAY:
            raise conflict(f"A job that is {job.status} cannot be stopped")
        if job.status == PROCESSING:
            await self.stop_work(job_id)
            if self.find(job_id).status not in UNDER_WAY:
                return self.find(job_id)  # it had come to its end
        stopped = self._changed(job, status=CANCELLED, status_message="Stopped", **_ended())
        assert job.vod_id is not None
        await self._recordings.becomes(job.vod_id, lambda _: self._writing(stopped), status=PENDING, percent_complete=0)
        return self._keep(stopped)

    async def pause(self, job_id: str) -> Job:
        if self.find(job_id).status != PENDING:
            raise conflict(f"A job that is {self.find(job_id).status} cannot be paused")
        return await self.change(job_id, status=PAUSED, status_message="Paused")

    async def resume(self, job_id: str) -> Job:
        if self.find(job_id).status != PAUSED:
            raise conflict(f"A job that is {self.find(job_id).status} cannot be resumed")
        async with self.handing_in:
            await self._queue.wake(job_id)
            job = await self.change(job_id, status=PENDING, status_message="Waiting")
        await self._queue.wake_here()
        return job

    async def remove(self, job_id: str) -> None:
        if self.find(job_id).status == PROCESSING:
            raise conflict("A job that is processing cannot be removed")
        await self._records.delete(job_id)
        self._jobs.pop(job_id, None)

    async def clean(self) -> int:
        """Remove the failed jobs that were kept long enough, and return how many that were (ARC-54, ARC-138)."""
        old = [
            job.id
            for job in self._jobs.values()
            if job.status == FAILED and job.ended_s is not None and time.time() - job.ended_s > self._kept_s(job)
        ]
        for job_id in old:
            await self.remove(job_id)
        return len(old)

    async def note(self, task_type: str, name: str, message: str) -> Job:
        """Keep a task that an administrator started, and that is done, as a job of its kind."""
        at = moment(time.time())
        job = Job(str(uuid.uuid4()), None, name, task_type, COMPLETED, 100, message, created_at=at, started_at=at)
        job = replace(job, **_ended())
        await self._records.put(_item(job))
        return self._keep(job)

    # ---- what workers tell

    async def change(self, job_id: str, **changes: Any) -> Job:
        """Keep a change of a job; progress never goes back within an attempt (ARC-41)."""
        changed = self._changed(self.find(job_id), **changes)
        await self._records.put(_item(changed))
        return self._keep(changed)

    async def begins(self, job: Job) -> Job:
        """Let a worker have a job: the recording is processed from now on (ARC-42)."""
        started = {"started_at": job.started_at or moment(time.time()), "attempts": job.attempts + 1}
        words = "Preparing" if job.attempts == 0 else f"Trying again, {job.attempts + 1}"
        begun = self._changed(job, status=PROCESSING, status_message=words, **started)
        assert job.vod_id is not None
        await self._recordings.becomes(
            job.vod_id, lambda _: self._writing(begun, only_if=PENDING), status=PROCESSING, percent_complete=0
        )
        return self._keep(begun)

    async def ends(self, job: Job, *others: Write, result: str, **recording: Any) -> None:
        """Complete a job, its recording and what else is written with them, all at once (ARC-42, ARC-152)."""
        done = self._changed(job, status=COMPLETED, status_message="Completed", progress=100, result=result, **_ended())
        assert job.vod_id is not None
        await self._recordings.becomes(
            job.vod_id,
            lambda _: self._writing(done, only_if=PROCESSING),
            *(lambda _, write=other: write for other in others),
            status=COMPLETED,
            percent_complete=100,
            transcription_id=result,
            **recording,
        )
        self._keep(done)

    async def fails(self, job: Job, kind: str, message: str) -> None:
        """Let a job, and its recording, have failed for a reason that people can read (ARC-43)."""
        error = {"type": kind, "message": message}
        failed = self._changed(job, status=FAILED, status_message="Failed", error=error, **_ended())
        assert job.vod_id is not None
        await self._recordings.becomes(
            job.vod_id, lambda _: self._writing(failed, only_if=PROCESSING), status=FAILED, error=message
        )
        self._keep(failed)

    # ----

    def _pending(self) -> list[Job]:
        return sorted((job for job in self._jobs.values() if job.status == PENDING), key=lambda job: job.position)

    async def _renumber(self, order: Iterable[Job]) -> None:
        for place, job in enumerate(order):
            if job.position != place:
                await self.change(job.id, position=place)

    async def _cancel_all_of(self, vod: Vod) -> None:
        for job in list(self._jobs.values()):
            if job.vod_id == vod["id"]:
                if job.status in UNDER_WAY:
                    await self.stop(job.id)
                await self.remove(job.id)

    def _kept_s(self, job: Job) -> float:
        return self._retention_s * KEPT[job.task_type]

    def _changed(self, job: Job, **changes: Any) -> Job:
        return replace(job, **changes, sequence=job.sequence + 1)

    def _writing(self, job: Job, *, is_new: bool = False, only_if: str = "") -> Write:
        expected = {"id": None} if is_new else {"status": only_if} if only_if else None
        return self._records.putting(_item(job), only_if=expected)

    def _keep(self, job: Job) -> Job:
        self._jobs[job.id] = job
        self._tell(job)
        return job

    def _tell(self, job: Job) -> None:
        for watch in self.watchers:
            watch(job)


def _ended() -> dict[str, Any]:
    return {"ended_at": moment(time.time()), "ended_s": time.time()}


def _item(job: Job) -> dict[str, Any]:
    return asdict(job)
