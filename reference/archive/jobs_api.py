"""Jobs over HTTP: asked for, looked at, and put in order (section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from reference.archive.front import OPEN, Endpoint
from reference.archive.job_queue import JobQueue
from reference.archive.jobs import MOST_POSITION, Job, JobDesk
from reference.archive.model import Vod
from reference.archive.problem import Problem, invalid
from reference.archive.recordings import Recordings
from reference.archive.recordings_api import FilePath, Registration, _number
from reference.http.endpoints import Asked, Body, Reply

MOST_AT_ONCE = 10
Position = Annotated[int, BeforeValidator(_number), Field(ge=0, le=MOST_POSITION)]


class Wanted(Body):
    vod_id: str | None = None
    path: FilePath | None = None
    position: Position | None = None


class Batch(Body):
    vod_ids: list[Any] | None = None
    paths: list[Any] | None = None


class Move(Body):
    job_id: str
    position: Position


class JobsApi:
    def __init__(self, desk: JobDesk, recordings: Recordings, queue: JobQueue) -> None:
        self._desk = desk
        self._recordings = recordings
        self._queue = queue

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("POST", "/api/transcribe", OPEN, self.enqueue, Wanted),
            Endpoint("POST", "/api/transcribe/batch", OPEN, self.enqueue_several, Batch),
            Endpoint("GET", "/api/status/{job_id}", OPEN, self.status),
            Endpoint("GET", "/api/queue", OPEN, self.queue),
            Endpoint("POST", "/api/queue/reorder", OPEN, self.reorder, Move),
            Endpoint("POST", "/api/queue/stop/{job_id}", OPEN, self.stop),
            Endpoint("POST", "/api/queue/pause/{job_id}", OPEN, self.pause),
            Endpoint("POST", "/api/queue/resume/{job_id}", OPEN, self.resume),
            Endpoint("POST", "/api/queue/remove/{job_id}", OPEN, self.remove),
        ]

    def summary(self) -> dict[str, Any]:
        """Return the counts of the queue as clients and administrators see them (ARC-55)."""
        return {**self._desk.counts(), "status": "healthy" if self._queue.is_up else "degraded"}

    async def enqueue(self, asked: Asked) -> Reply:
        wanted: Wanted = asked.body
        vod = await self._recording(wanted.vod_id, wanted.path)
        job, was_there = await self._desk.enqueue(vod, wanted.position)
        return Reply({**_short(job), **({"deduplicated": True} if was_there else {})}, 202)

    async def enqueue_several(self, asked: Asked) -> Reply:
        batch: Batch = asked.body
        field = "vod_ids" if batch.vod_ids is not None else "paths"
        given = batch.vod_ids if batch.vod_ids is not None else batch.paths
        if given is None or not 1 <= len(given) <= MOST_AT_ONCE:
            raise invalid(field, f"should be a list of 1 to {MOST_AT_ONCE}")
        jobs: list[Job] = []
        wrong: list[dict[str, Any]] = []
        for each in given:
            try:
                vod = await self._recording(**{"vod_id" if field == "vod_ids" else "path": each})
                jobs.append((await self._desk.enqueue(vod))[0])
            except Problem as problem:
                if problem.status >= 500:
                    raise
                wrong.append({"item": each, "error": problem.message})
        told = {"batch_id": jobs[0].id if jobs else "none", "job_ids": [job.id for job in jobs]}
        return Reply({**told, "total_files": len(given), "invalid": wrong}, 202)

    async def status(self, asked: Asked) -> Mapping[str, Any]:
        return self._desk.find(asked.parameters["job_id"]).told()

    async def queue(self, asked: Asked) -> Mapping[str, Any]:
        return {"queue_status": self.summary(), "jobs": [job.told() for job in self._desk.every()]}

    async def reorder(self, asked: Asked) -> Mapping[str, Any]:
        return (await self._desk.reorder(asked.body.job_id, asked.body.position)).told()

    async def stop(self, asked: Asked) -> Mapping[str, Any]:
        return (await self._desk.stop(asked.parameters["job_id"])).told()

    async def pause(self, asked: Asked) -> Mapping[str, Any]:
        return (await self._desk.pause(asked.parameters["job_id"])).told()

    async def resume(self, asked: Asked) -> Mapping[str, Any]:
        return (await self._desk.resume(asked.parameters["job_id"])).told()

    async def remove(self, asked: Asked) -> Mapping[str, Any]:
        await self._desk.remove(asked.parameters["job_id"])
        return {"success": True, "job_id": asked.parameters["job_id"]}

    async def _recording(self, vod_id: object = None, path: object = None) -> Vod:
        """Return the recording that is meant; one by its path is registered where there is none (ARC-44)."""
        if vod_id is not None:
            if not isinstance(vod_id, str):
                raise invalid("vod_id", "should be a text")
            return await self._recordings.get(vod_id)
        try:
            title = path.rpartition("/")[2][:255] if isinstance(path, str) else "Recording"
            form = Registration.model_validate({"title": title or "Recording", "file_path": path})
        except ValidationError:
            raise invalid("path" if path is not None else "vod_id", "should be that of a recording") from None
        known = [vod for vod in await self._recordings.every() if vod["file_path"] == form.file_path]
        return known[0] if known else await self._recordings.create(form.fields())


def _short(job: Job) -> dict[str, Any]:
    names = ("job_id", "vod_id", "video_path", "status", "position")
    return {name: value for name, value in job.told().items() if name in names}
