"""A job that is stopped while it comes to its end is either completed or stopped, and not half of each."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reference.archive import workers
from reference.archive.jobs import PROCESSING, Job
from reference.archive.transcribing import Sound, Understood
from reference.archive.workers import Workers
from tests.reference.broadcast.world_fakes import on_loop


class Desk:
    """One job, which takes as long to be kept as the test says, and may not be kept."""

    def __init__(self) -> None:
        self.job = Job("j1", "v1", "/a.wav", status=PROCESSING)
        self.ending, self.may_end, self.is_kept = asyncio.Event(), asyncio.Event(), True

    def find(self, _job_id: str) -> Job:
        return self.job

    def is_under_way(self, _job_id: str) -> bool:
        return self.job.status == PROCESSING

    async def change(self, _job_id: str, **_changes: Any) -> Job:
        return self.job

    async def ends(self, job: Job, *_writes: Any, **_more: Any) -> None:
        self.ending.set()
        await self.may_end.wait()
        if not self.is_kept:
            raise RuntimeError("the store is away")
        self.job = Job(job.id, job.vod_id, job.video_path, status="completed")


class Files:
    def __init__(self) -> None:
        self.kept: set[str] = set()

    async def get(self, _key: str) -> bytes:
        return b"sound"

    async def put(self, key: str, _content: bytes) -> None:
        self.kept.add(key)

    async def delete(self, *keys: str) -> None:
        self.kept -= set(keys)


async def stopped(monkeypatch: pytest.MonkeyPatch, *, is_kept: bool) -> tuple[Desk, Files]:
    """Let a job be stopped while its end is being kept."""

    async def understand(*_: Any) -> Understood:
        return Understood([], 1.0)

    async def done(*_: Any) -> None:
        return

    monkeypatch.setattr(workers, "decoded", lambda _: Sound(np.zeros(10, dtype=np.int16), 1.0))
    desk, files = Desk(), Files()
    desk.is_kept = is_kept
    parts: Any = (desk, SimpleNamespace(done=done), files, SimpleNamespace(first_write=lambda _: {}))
    engine: Any = (SimpleNamespace(understand=understand), SimpleNamespace(work=done))
    working = Workers(*parts, *engine, count=1, retry_s=0.01)
    message: Any = None
    task = asyncio.get_running_loop().create_task(working._attempt(desk.job, message))
    await desk.ending.wait()
    task.cancel()
    await asyncio.sleep(0)
    desk.may_end.set()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()
    return desk, files


@on_loop
async def test_a_job_whose_end_is_kept_is_completed_with_its_captions(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, files = await stopped(monkeypatch, is_kept=True)
    assert desk.job.status == "completed"
    assert len(files.kept) == 3


@on_loop
async def test_a_job_whose_end_is_not_kept_leaves_no_captions(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, files = await stopped(monkeypatch, is_kept=False)
    assert desk.job.status == PROCESSING
    assert files.kept == set()
