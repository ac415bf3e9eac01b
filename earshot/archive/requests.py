"""What people can ask the archive over HTTP, by what they want."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from earshot.asking import Request
from earshot.wire.bodies import Body

PATHS: Mapping[str, str] = {
    "registers a recording": "POST /api/vod/create",
    "looks at a recording": "GET /api/vod/{id}",
    "lists the recordings": "GET /api/vod/list",
    "changes a recording": "PUT /api/vod/{id}",
    "deletes a recording": "DELETE /api/vod/{id}",
    "uploads a recording": "PUT /api/vod/{id}/media",
    "has a recording transcribed": "POST /api/transcribe",
    "has several recordings transcribed": "POST /api/transcribe/batch",
    "asks how a job is going": "GET /api/status/{job_id}",
    "looks at the queue": "GET /api/queue",
    "moves a job": "POST /api/queue/reorder",
    "stops a job": "POST /api/queue/stop/{job_id}",
    "pauses a job": "POST /api/queue/pause/{job_id}",
    "resumes a job": "POST /api/queue/resume/{job_id}",
    "removes a job": "POST /api/queue/remove/{job_id}",
    "asks for the transcription": "GET /api/vod/{id}/transcription",
    "downloads captions": "GET /api/transcriptions/{id}/captions.{format}",
    "has a summary made": "POST /api/transcriptions/{id}/summary",
    "reads the summary": "GET /api/transcriptions/{id}/summary",
    "publishes": "POST /api/vod/publish/{tid}",
    "publishes several": "POST /api/vod/batch-publish",
    "asks how much is published": "GET /api/vod/sync-status",
    "looks at the shows": "GET /api/cablecast/shows",
    "looks at a show": "GET /api/cablecast/shows/{id}",
    "brings in the shows": "POST /api/cablecast/sync/shows",
    "brings in the states": "POST /api/cablecast/sync/vods",
    "links to the best show": "POST /api/cablecast/link/{tid}",
    "links to a show": "POST /api/cablecast/link/{tid}/manual",
    "asks for the link": "GET /api/cablecast/link/{tid}/status",
    "takes the link away": "DELETE /api/cablecast/link/{tid}",
    "asks for suggestions": "GET /api/cablecast/suggestions/{tid}",
    "asks what is linked to a show": "GET /api/cablecast/shows/{id}/transcriptions",
    "links what is not linked": "POST /api/cablecast/queue/process",
    "asks whether the publisher is there": "GET /api/cablecast/health",
    "signs up": "POST /api/auth/register",
    "signs in": "POST /api/auth/login",
    "signs out": "POST /api/auth/logout",
    "renews the session": "POST /api/auth/refresh",
    "looks at the own account": "GET /api/auth/me",
    "looks at what is for those who are signed in": "GET /api/protected",
    "looks at how the archive is run": "GET /api/admin",
    "sums up the queue": "GET /api/admin/queue/summary",
    "sums up the workers": "GET /api/admin/workers/summary",
    "starts a task": "POST /api/admin/tasks/trigger/{name}",
    "clears the queue": "POST /api/admin/queue/cleanup",
    "looks at who did what": "GET /api/admin/audit",
    "looks at the alerts": "GET /api/admin/alerts",
    "takes an alert": "POST /api/admin/alerts/{id}/acknowledge",
    "looks at the users": "GET /api/admin/users",
    "changes the role of a user": "PUT /api/admin/users/{id}",
    "deletes a user": "DELETE /api/admin/users/{id}",
    "looks at the page of how the archive is run": "GET /admin",
    "looks at the page of what is going on": "GET /dashboard",
    "asks how the archive is": "GET /api/health",
    "asks whether the archive is there": "GET /api/health/quick",
    "reads the figures": "GET /api/metrics",
}
UNSIGNED = ("signs up", "signs in")


def ask(asks: str, body: object = None, /, *, query: Mapping[str, object] | None = None, **parameters: str) -> Request:
    method, path = PATHS[asks].split(" ", 1)
    content = None if body is None else Body.json(body)
    return Request(method, path, asks, parameters, content, query=query or {}, signed=asks not in UNSIGNED)


def upload(vod_id: str, content: bytes) -> Request:
    return Request("PUT", "/api/vod/{id}/media", "uploads a recording", {"id": vod_id}, Body.raw(content))


def half_an_upload(vod_id: str, content: bytes, end: Exception) -> Request:
    """Upload half of what was announced; `end` is raised where it stops."""

    async def half() -> AsyncIterator[bytes]:
        yield content[: len(content) // 2]
        raise end

    announced = {"Content-Length": str(len(content))}
    return Request("PUT", "/api/vod/{id}/media", "uploads half", {"id": vod_id}, Body.stream(half()), announced)
