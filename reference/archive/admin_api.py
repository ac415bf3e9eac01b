"""What administrators see and do: queue, workers, tasks, users and the audit list (section 12)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from reference.archive import pages
from reference.archive.accounts import ROLES, Accounts
from reference.archive.audit import Audit
from reference.archive.files import Files, captions
from reference.archive.front import ADMIN, PAGE, Endpoint
from reference.archive.jobs import CLEANUP, VOD, JobDesk
from reference.archive.model import COMPLETED, PENDING
from reference.archive.problem import Problem, invalid, now
from reference.archive.recordings import Recordings
from reference.archive.results import Results
from reference.archive.sessions import Sessions
from reference.http.endpoints import Asked, Body, Reply

HTML = "text/html; charset=utf-8"
Summary = Callable[[], Mapping[str, Any]]


class RoleChange(Body):
    role: str


class AdminApi:
    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        audit: Audit,
        desk: JobDesk,
        recordings: Recordings,
        results: Results,
        files: Files,
        queue: Summary,
        workers: Summary,
        *,
        retention_s: float,
    ) -> None:
        """`queue` and `workers` return what is told of them."""
        self._accounts = accounts
        self._sessions = sessions
        self._audit = audit
        self._desk = desk
        self._recordings = recordings
        self._results = results
        self._files = files
        self._queue = queue
        self._workers = workers
        self._retention_s = retention_s
        self._tasks = {
            "process_recent_vods": (VOD, self._process_recent),
            "cleanup_temp_files": (CLEANUP, self._clean_files),
            "check_captions": (VOD, self._check_captions),
        }

    def endpoints(self) -> list[Endpoint]:
        one_user = "/api/admin/users/{id}"
        return [
            Endpoint("GET", "/api/admin", ADMIN, self.status),
            Endpoint("GET", "/api/admin/status", ADMIN, self.status),
            Endpoint("GET", "/api/admin/queue/summary", ADMIN, self.queue),
            Endpoint("GET", "/api/admin/workers/summary", ADMIN, self.workers),
            Endpoint("POST", "/api/admin/tasks/trigger/{name}", ADMIN, self.trigger),
            Endpoint("POST", "/api/admin/queue/cleanup", ADMIN, self.clean),
            Endpoint("GET", "/api/admin/audit", ADMIN, self.audit),
            Endpoint("GET", "/api/admin/users", ADMIN, self.users),
            Endpoint("PUT", one_user, ADMIN, self.change_role, RoleChange),
            Endpoint("DELETE", one_user, ADMIN, self.delete_user),
            Endpoint("GET", "/admin", PAGE, self.page),
            Endpoint("GET", "/dashboard", PAGE, self.page),
        ]

    def summary(self) -> dict[str, Any]:
        """Return how the archive is run at this moment; healthy only if workers are and no job failed (ARC-136)."""
        queue, workers = dict(self._queue()), dict(self._workers())
        is_well = workers["worker_status"] == "healthy" and queue["status"] == "healthy" and not queue["failed"]
        return {
            "timestamp": now(),
            "queue": queue,
            "workers": workers,
            "overall_status": "healthy" if is_well else "degraded",
        }

    async def status(self, asked: Asked) -> Mapping[str, Any]:
        return self.summary()

    async def queue(self, asked: Asked) -> Mapping[str, Any]:
        return self._queue()

    async def workers(self, asked: Asked) -> Mapping[str, Any]:
        return self._workers()

    async def page(self, asked: Asked) -> Reply:
        title = "Archive dashboard" if asked.path == "/dashboard" else "Archive administration"
        tasks = [job.told() for job in self._desk.every()]
        return Reply(content=pages.page(title, self.summary(), tasks).encode(), media_type=HTML)

    async def trigger(self, asked: Asked) -> Mapping[str, Any]:
        name = asked.parameters["name"]
        if name not in self._tasks:
            self._audit.note(asked.principal.username, f"task {name[:64]}", "refused")
            message = f"There is no task {name[:64]}; there are {', '.join(self._tasks)}"
            raise Problem("ValidationError", message, details={"field": "name"})
        kind, work = self._tasks[name]
        found = await work()
        words = ", ".join(f"{key}: {len(value) if isinstance(value, list) else value}" for key, value in found.items())
        task = await self._desk.note(kind, name, words)
        self._audit.note(asked.principal.username, f"task {name}", "success")
        return {"task_id": task.id, "task": name, "status": task.status, **found}

    async def clean(self, asked: Asked) -> Mapping[str, Any]:
        removed = await self._desk.clean()
        self._audit.note(asked.principal.username, "clean the queue", "success")
        return {"success": True, "removed": removed}

    async def audit(self, asked: Asked) -> Mapping[str, Any]:
        entries = await self._audit.entries()
        return {"entries": entries, "total": len(entries)}

    async def users(self, asked: Asked) -> Mapping[str, Any]:
        users = await self._accounts.every()
        return {"users": users, "total": len(users)}

    async def change_role(self, asked: Asked) -> Mapping[str, Any]:
        role = asked.body.role
        if role not in ROLES:
            raise invalid("role", f"should be one of {', '.join(ROLES)}")
        return await self._changed(asked, f"make {role}", self._accounts.change_role(asked.parameters["id"], role))

    async def delete_user(self, asked: Asked) -> Mapping[str, Any]:
        answer = await self._changed(asked, "delete user", self._accounts.delete(asked.parameters["id"]))
        await self._sessions.end_all(asked.parameters["id"])
        return {"success": True, **answer}

    async def _changed(self, asked: Asked, action: str, change: Any) -> dict[str, Any]:
        who = asked.principal.username
        try:
            user = await change
        except Problem as problem:
            self._audit.refused(who, action, problem)
            raise
        self._audit.note(who, action, "success", of=user.username)
        return {"id": user.id, "username": user.username, "email": user.email, "role": user.role}

    # ---- the tasks (ARC-144)

    async def _process_recent(self) -> dict[str, Any]:
        """Have every recording transcribed that is pending, has been uploaded, and has no job."""
        there = {each.key.rpartition("/")[2] for each in await self._files.listed("media/")}
        enqueued = []
        for vod in await self._recordings.every(PENDING):
            if vod["id"] in there:
                job, was_there = await self._desk.enqueue(vod)
                enqueued += [] if was_there else [job.id]
        return {"enqueued": enqueued}

    async def _clean_files(self) -> dict[str, Any]:
        """Delete the files that belong to nothing on record and are old enough."""
        known = {f"media/{vod_id}" for vod_id in self._recordings.ids}
        known |= {key for result in await self._results.every() for key in captions(result["id"])}
        known |= {key for job in self._desk.every() for key in captions(job.id)}
        old_s = time.time() - self._retention_s
        removed = [each.key for each in await self._files.listed() if each.key not in known and each.modified_s < old_s]
        await self._files.delete(*removed)
        return {"removed": removed}

    async def _check_captions(self) -> dict[str, Any]:
        """Name the completed recordings whose captions are gone."""
        there = {each.key for each in await self._files.listed("captions/")}
        vods = [vod for vod in await self._recordings.every(COMPLETED) if vod.get("transcription_id")]
        return {"missing": [vod["id"] for vod in vods if captions(vod["transcription_id"])[0] not in there]}
