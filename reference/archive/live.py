"""Who watches jobs as they go on, over a WebSocket (section 11)."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from reference.archive.jobs import Job, JobDesk
from reference.archive.problem import now

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

ROOM = "task_monitoring"
UPDATES_EVERY_S = 4.0
"""At the latest every 5 s (ARC-121)."""
MOST_WAITING = 1000
"""Messages for somebody who does not read; whoever lets more pile up is let go."""
GOING_AWAY, TOO_SLOW = 1001, 1008
Summary = Callable[[], Mapping[str, Any]]


class Watching:
    """Everybody who is connected."""

    def __init__(self, desk: JobDesk, queue: Summary, workers: Summary, system: Summary) -> None:
        """`queue`, `workers` and `system` return what is told of them."""
        self._desk = desk
        self._queue = queue
        self._workers = workers
        self._system = system
        self._watchers: set[_Watcher] = set()
        desk.watchers.append(self._tell_progress)

    @property
    def count(self) -> int:
        return len(self._watchers)

    async def serve(self, socket: WebSocket) -> None:
        await socket.accept()
        watcher = _Watcher(socket, self)
        self._watchers.add(watcher)
        try:
            await watcher.live()
        finally:
            self._watchers.discard(watcher)

    def tell_status(self) -> None:
        """Tell everybody how queue and workers are, when that has changed (ARC-127)."""
        update = {"queue_status": dict(self._queue()), "worker_status": dict(self._workers()), "timestamp": now()}
        for watcher in self._watchers:
            watcher.tell("status_update", **update)

    async def close(self) -> None:
        await asyncio.gather(*(watcher.close(GOING_AWAY) for watcher in list(self._watchers)), return_exceptions=True)

    def _tell_progress(self, job: Job) -> None:
        for watcher in self._watchers:
            if watcher.has_joined:
                watcher.tell("task_progress", **progress(job))

    # ---- what somebody asks

    def answer(self, watcher: _Watcher, asked: Mapping[str, Any]) -> None:
        jobs = self._desk.every()
        match asked.get("type"):
            case "join_task_monitoring":
                watcher.has_joined = True
                watcher.tell("joined_room", room=ROOM, status="joined")
                watcher.tell("task_updates", jobs=self.jobs())
            case "request_task_updates":
                watcher.tell("task_updates", jobs=self.jobs())
            case "filter_tasks":
                wanted = next((asked[name] for name in ("task_type", "type_filter", "filter") if name in asked), "all")
                fitting = [job for job in jobs if wanted in ("all", job.task_type)]
                watcher.tell("filtered_tasks", jobs=[job.told() for job in fitting])
            case "request_task_analytics":
                counts = self._desk.counts()
                average = sum(job.progress for job in jobs) / len(jobs) if jobs else 0
                statuses = {status: count for status, count in counts.items() if status != "total_jobs"}
                watcher.tell("task_analytics", status_counts=statuses, average_progress=average, total_jobs=len(jobs))
            case "request_system_metrics":
                watcher.tell("system_metrics", timestamp=now(), system=dict(self._system()))
            case "ping":
                watcher.tell("pong")
            case _:
                watcher.tell("error", message="There is no such request")

    def jobs(self) -> list[dict[str, Any]]:
        return [job.told() for job in self._desk.every()]


class _Watcher:
    def __init__(self, socket: WebSocket, watching: Watching) -> None:
        self._socket = socket
        self._watching = watching
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self.has_joined = False

    def tell(self, kind: str, **members: Any) -> None:
        try:
            self._waiting.put_nowait(json.dumps({"type": kind, **members}, ensure_ascii=False))
        except asyncio.QueueFull:
            asyncio.get_running_loop().create_task(self.close(TOO_SLOW))

    async def live(self) -> None:
        self.tell("connected", status="connected", client_id=str(uuid.uuid4()), timestamp=now())
        tasks = [asyncio.create_task(work()) for work in (self._send, self._update)]
        try:
            while (event := await self._socket.receive())["type"] != "websocket.disconnect":
                self._take(event)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self, code: int) -> None:
        await self._socket.close(code)

    def _take(self, event: Mapping[str, Any]) -> None:
        try:
            asked = json.loads(event.get("text") or "")
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            self.tell("error", message="A request should be a JSON object")
            return
        self._watching.answer(self, asked)

    async def _send(self) -> None:
        while True:
            await self._socket.send_text(await self._waiting.get())

    async def _update(self) -> None:
        while True:
            await asyncio.sleep(UPDATES_EVERY_S)
            if self.has_joined:
                self.tell("task_updates", jobs=self._watching.jobs())


def progress(job: Job) -> dict[str, Any]:
    names = ("job_id", "vod_id", "status", "progress", "status_message", "sequence")
    return {name: value for name, value in job.told().items() if name in names} | {"timestamp": now()}
