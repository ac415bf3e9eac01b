"""Twins of recordings: what may be registered, how they change, what many do at once (ARC-1 to ARC-35, ARC-150 …)."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from starlette.requests import ClientDisconnect

from reference.archive import front, recordings, recordings_api
from reference.archive.front import Front
from reference.archive.job_queue import JobQueue
from reference.archive.jobs import JobDesk
from reference.archive.model import FAILED, PENDING, PROCESSING, STATUSES, shown
from reference.archive.problem import Problem, database_down, now
from reference.archive.recordings import Recordings
from reference.archive.recordings_api import LONGEST_PATH, Change, RecordingsApi
from reference.archive.workers import Workers
from reference.storage.aws import ConditionFailed
from reference.twins.kinds import Declare, constant, kind, late, skipped
from reference.twins.twin import Seam, around, result_of, twin_of

UNDERSTOOD, SHOWN, MOVES = Seam(front, "_understood"), Seam(recordings_api, "shown"), Seam(recordings, "may_become")
Members = dict[str, Any]


def read_as(change: Callable[[Members], Members], *breaks: str) -> Declare:
    """What a request holds is read as something else."""

    def read(good, content, endpoint):
        try:
            given = json.loads(content)
        except (ValueError, RecursionError):
            return good(content, endpoint)
        return good(json.dumps(change(given)).encode() if isinstance(given, dict) else content, endpoint)

    return kind(UNDERSTOOD, read, *breaks)


def mended(member: str, mend: Callable[[Any], Any], *breaks: str) -> Declare:
    """A text that is wrong is put right instead of being refused."""
    return read_as(
        lambda given: {**given, member: mend(given[member])} if isinstance(given.get(member), str) else given, *breaks
    )


def told_as(change: Callable[[Members], Members], *breaks: str) -> Declare:
    """A recording is told of otherwise than it is."""
    return kind(SHOWN, lambda good, vod: {**good(vod), **change(vod)}, *breaks)


def listed_as(change: Callable[[Members], Members], *breaks: str) -> Declare:
    """A list is told otherwise than it is."""

    async def page(good, self, asked):
        answer = await good(self, asked)
        return {**answer, **change(answer)}

    return kind(RecordingsApi.page, page, *breaks)


def unread(name: str, *breaks: str) -> Declare:
    """A member of the query of a list is not read."""

    async def page(good, self, asked):
        return await good(self, replace(asked, query={key: value for key, value in asked.query.items() if key != name}))

    return kind(RecordingsApi.page, page, *breaks)


# ---- how it says no


@result_of(Problem.envelope, "ARC-1")
def refusals_of_no_kind(body, _self):
    """A refusal does not say of what kind it is."""
    return {**body, "error": {**body["error"], "type": ""}}


@result_of(Problem.envelope, "ARC-1")
def refusals_without_words(body, _self):
    """A refusal has no words."""
    return {**body, "error": {**body["error"], "message": ""}}


@result_of(Problem.envelope, "ARC-17", "ARC-15")
def wrong_members_unnamed_in_the_archive(body, _self):
    """A refusal does not say which member is wrong."""
    return {**body, "error": {**body["error"], "details": {}}}


@twin_of(Recordings.get, "ARC-14", "ARC-1")
async def unknown_recordings_break_it(good, self, vod_id):
    """Whoever asks for a recording that nobody registered makes the archive fail."""
    if vod_id not in self.ids:
        raise KeyError(vod_id)
    return await good(self, vod_id)


@twin_of(UNDERSTOOD, "ARC-2")
def texts_that_break_off_break_it(good, content, endpoint):
    """A text that is no JSON makes the archive fail."""
    json.loads(content)
    return good(content, endpoint)


@twin_of(UNDERSTOOD, "ARC-2")
def lists_taken_for_their_first(good, content, endpoint):
    """A list is taken for the first that stands in it."""
    return good(content[1:-1] if content.startswith(b"[") else content, endpoint)


@twin_of(Seam(front, "_no_number"), "ARC-2")
def no_number_is_zero(_good, _name):
    """What is no number is taken for 0."""
    return 0.0


@constant(front, "ALWAYS", {"X-Content-Type-Options": "nosniff"}, "ARC-3")
def archive_may_be_framed():
    """Browsers may show the archive inside of anything."""


# ---- what is registered


@twin_of(Recordings.create, "ARC-10")
async def registered_as_processing(good, self, fields):
    """A recording is processing as soon as it is registered."""
    return await good(self, {"status": PROCESSING, **fields})


@late(RecordingsApi.get, 3, "ARC-10")
def found_late():
    """Whoever looks at a recording is answered after three seconds."""


@mended("title", lambda title: title[:255], "ARC-15")
def long_titles_cut():
    """A title that is too long is cut."""


long_titles_cut.put(Seam(front, "BODY_MAX_BYTES"), lambda _good: 64 << 20)


@mended("title", lambda title: title.strip() or "Untitled", "ARC-15")
def blank_titles_filled():
    """A recording without a title gets one."""


@mended("title", lambda title: title.replace("<script>", ""), "ARC-18")
def scripts_taken_out_of_titles():
    """A title with a script in it is taken, without the tag."""


@mended("file_path", lambda path: path.replace("../", "").removeprefix("/etc"), "ARC-16")
def paths_put_right():
    """A path that leads out of the archive is taken, without the dots."""


@mended("file_path", lambda path: path if path.endswith(".mp4") else f"{path}.mp4", "ARC-16")
def every_file_a_film():
    """A path to a text is taken for that of a film."""


@mended("file_path", lambda path: path if path.isascii() else "", "ARC-16", "ARC-175")
def foreign_letters_refused():
    """A path in other letters than ours is refused."""


@mended("file_path", lambda path: path[-LONGEST_PATH:], "ARC-16", "ARC-175")
def long_paths_cut():
    """A path of 501 characters is taken, without the first."""


@mended("duration", lambda _text: 0, "ARC-17")
def lengths_of_letters_taken():
    """A length that is no number is taken for none."""


@read_as(lambda given: {**given, "percent_complete": 100} if given.get("percent_complete") == 101 else given, "ARC-17")
def more_than_all_is_all():
    """More than all of it done is taken for all."""


@told_as(lambda vod: {"file_size": (vod.get("file_size") or 0) // 1024}, "ARC-19", "ARC-175")
def sizes_in_kib():
    """The size of a recording is told in KiB."""


# ---- finding, and deleting


@listed_as(lambda page: {"vods": page["vods"][::-1]}, "ARC-12")
def oldest_first():
    """The list has the oldest recording first."""


@listed_as(lambda page: {"total": page["total"] + time.time_ns() // 1000 % 2}, "ARC-20", "ARC-12")
def count_at_random():
    """The number beside the list is sometimes one too many."""


@unread("status", "ARC-21")
def list_of_all_states():
    """The list of those in one state has all of them."""


@unread("offset", "ARC-21")
def first_page_again_and_again():
    """Every page of the list is the first."""


@twin_of(Recordings.page, "ARC-158", "ARC-12")
async def list_from_a_stale_copy(good, self, *which):
    """The list is up to a second old."""
    at_s, found = _COPIES.get(which, (0.0, None))
    if found is None or time.monotonic() - at_s > 1:
        found = await good(self, *which)
        _COPIES[which] = time.monotonic(), found
    return found


_COPIES: dict[tuple[Any, ...], tuple[float, Any]] = {}


@twin_of(Recordings.remove, "ARC-13")
async def deleted_twice(good, self, vod_id):
    """What is deleted already can be deleted again."""
    try:
        await good(self, vod_id)
    except Problem as problem:
        if problem.kind != "NotFoundError":
            raise


@twin_of(Recordings.remove, "ARC-13", "ARC-159")
async def deleted_only_from_the_list(good, self, vod_id):
    """A recording that is deleted is still found by its id."""
    vod = await self.get(vod_id)
    await good(self, vod_id)
    _DELETED[vod_id] = vod


_DELETED: dict[str, Members] = {}


@deleted_only_from_the_list.also(Recordings.get)
async def _still_found(good, self, vod_id):
    return _DELETED.get(vod_id) or await good(self, vod_id)


# ---- the life of a recording


@twin_of(Recordings.update, "ARC-11", "ARC-31")
async def states_only_acknowledged(good, self, vod_id, fields, version=None):
    """Whoever marks a recording is told that it is so, and it is not."""
    vod = await good(self, vod_id, {name: value for name, value in fields.items() if name != "status"}, version)
    return {**vod, **fields}


@twin_of(Recordings.update, "ARC-11")
async def rest_forgotten(good, self, vod_id, fields, version=None):
    """A change takes away the description where it names none."""
    return await good(self, vod_id, {"description": "", **fields}, version)


@twin_of(MOVES, "ARC-32")
def any_way(_good, _before, _after):
    """A recording can come from any state to any other."""
    return True


@twin_of(MOVES, "ARC-31")
def failed_for_good(good, before, after):
    """A recording that failed is never tried again."""
    return (before, after) != (FAILED, PENDING) and good(before, after)


@twin_of(MOVES, "ARC-31")
def never_the_same_again(good, before, after):
    """A recording cannot be marked as what it is."""
    return before != after and good(before, after)


@told_as(lambda _vod: {"vod_state": PENDING}, "ARC-33")
def older_word_always_pending():
    """By its older name the state is always the first."""


@read_as(lambda given: {name: value for name, value in given.items() if name != "vod_state"}, "ARC-33")
def older_word_unread():
    """The older name of the state is not read."""


@skipped(Recordings._insist_on_transcription, "ARC-34", "ARC-150")
def any_transcription():
    """A recording can be completed by a transcription that is not there."""


@read_as(lambda given: {**given, "transcription_id": None}, "ARC-34")
def transcriptions_unread():
    """Nobody can say which transcription a recording is completed by."""


@told_as(lambda _vod: {"version": 1}, "ARC-35")
def always_the_first_version():
    """Every version of a recording is the first."""


@told_as(lambda vod: {"updated_at": vod["created_at"]}, "ARC-35")
def never_updated():
    """A recording does not say when it was changed."""


@twin_of(Recordings.update, "ARC-35", "ARC-32")
async def refusals_make_versions(good, self, vod_id, fields, version=None):
    """A change that is refused makes a new version, too."""
    try:
        return await good(self, vod_id, fields, version)
    except Problem as problem:
        if problem.kind == "ConflictError":
            await self._write(await self.get(vod_id), {})
        raise


# ---- all or nothing


@twin_of(Front._answer, "ARC-150", "ARC-30")
async def refused_changes_keep_the_title(good, self, request, endpoint, parameters):
    """Of a change that is refused, the title is kept."""
    try:
        return await good(self, request, endpoint, parameters)
    except Problem as problem:
        if endpoint.body is Change and "title" in _GIVEN and problem.kind == "ValidationError":
            await endpoint.handler.__self__._recordings.update(parameters["id"], {"title": _GIVEN["title"]})
        raise


_GIVEN: Members = {}


@refused_changes_keep_the_title.also(UNDERSTOOD)
def _note_what_was_given(good, content, endpoint):
    _GIVEN.clear()
    _GIVEN.update(json.loads(content))
    return good(content, endpoint)


@mended("status", lambda state: state if state in STATUSES else PROCESSING, "ARC-30", "ARC-17")
def unknown_states_processing():
    """A state that nobody knows is taken for “processing”."""


def kept_later(seam: Callable[..., Any], *breaks: str) -> Declare:
    """What could not be kept, and was refused, is kept as soon as that can be."""

    async def keep(good, self, *what):
        async def again() -> None:
            while True:
                await asyncio.sleep(0.005)
                with suppress(Problem):
                    await good(self, *what)
                    return

        try:
            return await good(self, *what)
        except Problem as problem:
            if problem.kind == "DatabaseError":
                _LATER.append(asyncio.create_task(again()))
            raise

    return kind(seam, keep, *breaks)


_LATER: list[asyncio.Task[None]] = []


@kept_later(Recordings.create, "ARC-151")
def refused_and_registered_later():
    """A recording that could not be kept is registered later."""


@kept_later(Recordings.update, "ARC-151")
def refused_and_changed_later():
    """A change that could not be kept is made later."""


@twin_of(Workers._in_spite_of_outages, "ARC-152")
async def outages_are_attempts(_good, self, job):
    """A job is given up when a store is away three times."""
    await self._do(self._desk.find(job.id))
    return job


@twin_of(JobDesk.ends, "ARC-152")
async def completed_before_the_result(good, self, job, *writes, result, **changes):
    """A recording is completed before its transcription is kept."""
    await self._recordings.becomes(job.vod_id, status="completed", transcription_id=result)
    await good(self, job, *writes, result=result, **changes)


# ---- uploads


@twin_of(Seam(Front, "_content"), "ARC-175")
async def half_an_upload_kept(_good, _self, request, _most_bytes):
    """What has come of an upload that breaks off is kept."""
    content = bytearray()
    try:
        async for piece in request.stream():
            content += piece
    except ClientDisconnect:
        pass
    return bytes(content)


@twin_of(Seam(Front, "_content"), "ARC-175")
async def any_size(good, _self, request, most_bytes):
    """An upload may be as large as it likes."""
    return await good(request, most_bytes << 20)


@twin_of(RecordingsApi.upload, "ARC-175")
async def nothing_is_a_recording(good, self, asked):
    """An upload of nothing is taken."""
    return await good(self, asked) if asked.content else shown(await self._recordings.get(asked.parameters["id"]))


# ---- many at once


@twin_of(Recordings.update, "ARC-157")
async def versions_not_compared(good, self, vod_id, fields, version=None):
    """Whoever changes a version that is no longer there changes the one that is."""
    return await good(self, vod_id, fields)


@twin_of(Recordings._write, "ARC-156", "ARC-35")
async def last_one_wins(_good, self, vod, fields, *_others):
    """Of two who change a recording at once, one does so in vain."""
    changed = {**vod, **fields, "version": vod["version"] + 1, "updated_at": now()}
    await asyncio.sleep(0.02)
    await self._records.put(changed)
    self._status[vod["id"]] = changed["status"]
    return changed


@twin_of(Recordings.update, "ARC-156")
async def changed_member_by_member(good, self, vod_id, fields, version=None):
    """Each member of a change is written by itself, so that changes get mixed up."""
    vod = await good(self, vod_id, {}, version)
    for name in list(fields)[:: next(_DIRECTIONS)]:
        await asyncio.sleep(0.1)
        vod = await good(self, vod_id, {name: fields[name]})
    return vod


_DIRECTIONS = itertools.cycle((1, -1))


@twin_of(Recordings._write, "ARC-159")
async def changed_back_to_life(good, self, vod, fields, *others):
    """A recording that is deleted while it is changed comes back."""
    for _ in range(100):
        if vod["id"] in self.ids:
            await asyncio.sleep(0.02)
    try:
        return await good(self, vod, fields, *others)
    except ConditionFailed:
        if await self._records.get(vod["id"]) is not None:
            raise
        await self._records.put({**vod, **fields})
        self._status[vod["id"]] = vod["status"]
        return {**vod, **fields}


@constant(recordings, "uuid", SimpleNamespace(uuid4=lambda: f"vod-{time.time_ns() // 20_000_000}"), "ARC-153")
def ids_of_the_moment():
    """Recordings that are registered at one moment have one id."""


@contextmanager
def _busy(what):
    _BUSY[what] = _BUSY.get(what, 0) + 1
    try:
        yield _BUSY[what]
    finally:
        _BUSY[what] -= 1


_BUSY: dict[str, int] = {}


@twin_of(RecordingsApi.page, "ARC-154")
async def lists_shorter_for_many(good, self, asked):
    """Of many who look at the list at once, some do not see all of it."""
    with _busy("list") as others:
        answer = await good(self, asked)
        if others < 3:
            return answer
        return {**answer, "vods": answer["vods"][1:], "total": max(0, answer["total"] - 1)}


@twin_of(Recordings.get, "ARC-155")
async def only_three_at_a_time(good, self, vod_id):
    """When many look at recordings at once, some are told that there is no database."""
    with _busy("get") as others:
        if others > 3:
            raise database_down()
        return await good(self, vod_id)


async def _with_time(good, *arguments):
    await asyncio.sleep(0.1)
    return await good(*arguments)


@twin_of(JobDesk.enqueue, "ARC-160")
async def jobs_side_by_side(good, self, vod, position=None):
    """Of several who have one recording transcribed at once, each gets a job."""
    self.handing_in = asyncio.Lock()
    return await good(self, vod, position)


jobs_side_by_side.put(JobQueue.wake, around(_with_time))
