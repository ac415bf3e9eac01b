"""Recordings over HTTP: what a registration may hold, and what is uploaded (sections 3 and 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from reference.archive.files import Files, media
from reference.archive.front import OPEN, Endpoint
from reference.archive.model import STATUSES, shown
from reference.archive.problem import Problem, invalid
from reference.archive.recordings import Recordings
from reference.http.endpoints import Asked, Body, Reply

KINDS = ("mp4", "avi", "mov", "mkv", "mpeg", "mpg", "wav", "mp3")
_SCRIPTS = re.compile(r"<\s*script|javascript\s*:|vbscript\s*:|\bon[a-z]+\s*=", re.IGNORECASE)
_FORBIDDEN = frozenset("<>\"'&|;$`\0")
LONGEST_PATH = 500


def _harmless(text: str) -> str:
    if _SCRIPTS.search(text):
        raise ValueError("should hold no script")
    return text


def _path(given: str) -> str:
    if ".." in re.split(r"[/\\]", given) or _FORBIDDEN & set(given):
        raise ValueError("should be a path without special characters that leads nowhere else")
    if given.rpartition(".")[2].lower() not in KINDS or "." not in given:
        raise ValueError(f"should end in one of {', '.join(KINDS)}")
    return given


def _state(given: str) -> str:
    if given not in STATUSES:
        raise ValueError(f"should be one of {', '.join(STATUSES)}")
    return given


def _number(given: object) -> object:
    if isinstance(given, bool):
        raise ValueError("should be a number")
    return given


Title = Annotated[
    str, BeforeValidator(lambda given: given.strip() if isinstance(given, str) else given),
    Field(min_length=1, max_length=255), AfterValidator(_harmless),
]  # fmt: skip
Text = Annotated[str, Field(max_length=2000), AfterValidator(_harmless)]
FilePath = Annotated[str, Field(min_length=1, max_length=LONGEST_PATH), AfterValidator(_path)]
State = Annotated[str, AfterValidator(_state)]
Length = Annotated[float, BeforeValidator(_number), Field(ge=0, allow_inf_nan=False)]
Size = Annotated[int, BeforeValidator(_number), Field(gt=0, le=1 << 53)]
Percent = Annotated[float, BeforeValidator(_number), Field(ge=0, le=100)]


class Change(Body):
    title: Title | None = None
    description: Text | None = None
    file_path: FilePath | None = None
    duration: Length | None = None
    file_size: Size | None = None
    status: State | None = None
    vod_state: State | None = None
    percent_complete: Percent | None = None
    transcription_id: str | None = Field(default=None, max_length=36)
    version: Annotated[int, BeforeValidator(_number)] | None = None

    def fields(self) -> dict[str, Any]:
        """Return what was given; a state by whichever name (ARC-33)."""
        given = self.model_dump(exclude_unset=True, exclude={"vod_state", "version"})
        for name in ("title", "file_path", "status"):
            if name in given and given[name] is None:
                raise invalid(name, "should be a text")
        if self.vod_state is not None:
            if self.status not in (None, self.vod_state):
                raise invalid("status", "should be the same as vod_state")
            given["status"] = self.vod_state
        return given


class Registration(Change):
    title: Title
    file_path: FilePath


class RecordingsApi:
    def __init__(self, recordings: Recordings, files: Files) -> None:
        self._recordings = recordings
        self._files = files

    def endpoints(self) -> list[Endpoint]:
        one = "/api/vod/{id}"
        return [
            Endpoint("POST", "/api/vod/create", OPEN, self.create, Registration),
            Endpoint("GET", "/api/vod/list", OPEN, self.page),
            Endpoint("GET", one, OPEN, self.get),
            Endpoint("PUT", one, OPEN, self.update, Change),
            Endpoint("DELETE", one, OPEN, self.remove),
            Endpoint("PUT", f"{one}/media", OPEN, self.upload, is_upload=True),
        ]

    async def create(self, asked: Asked) -> Reply:
        return Reply(shown(await self._recordings.create(asked.body.fields())), 201)

    async def get(self, asked: Asked) -> Mapping[str, Any]:
        return shown(await self._recordings.get(asked.parameters["id"]))

    async def page(self, asked: Asked) -> Mapping[str, Any]:
        limit, offset = whole(asked, "limit", None, 1), whole(asked, "offset", 0, 0)
        status = asked.query.get("status")
        if status not in (None, *STATUSES):
            raise invalid("status", f"should be one of {', '.join(STATUSES)}")
        vods, total = await self._recordings.page(status, limit, offset or 0)
        return {"vods": [shown(vod) for vod in vods], "total": total, "limit": limit, "offset": offset}

    async def update(self, asked: Asked) -> Mapping[str, Any]:
        change: Change = asked.body
        return shown(await self._recordings.update(asked.parameters["id"], change.fields(), change.version))

    async def remove(self, asked: Asked) -> Mapping[str, Any]:
        await self._recordings.remove(asked.parameters["id"])
        return {"success": True, "id": asked.parameters["id"]}

    async def upload(self, asked: Asked) -> Mapping[str, Any]:
        vod = await self._recordings.get(asked.parameters["id"])
        if not asked.content:
            raise Problem("ValidationError", "An upload should hold something", details={"field": "body"})
        await self._files.put(media(vod["id"]), asked.content)
        return shown(await self._recordings.update(vod["id"], {"file_size": len(asked.content)}))


def whole(asked: Asked, name: str, default: int | None, least: int) -> int | None:
    """Return a whole number of the query; a problem where it is none, or below `least`."""
    given = asked.query.get(name)
    if given is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", given) or int(given) < least:
        raise invalid(name, f"should be a whole number of at least {least}")
    return int(given)
