"""The archive as a whole, over real sockets and an emulated store: who may ask what, and that nothing is lost."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
import soundfile
import yaml

from reference.app import App
from reference.archive.app import PEOPLE
from reference.archive.limiter import Limiter
from reference.archive.problem import Problem
from reference.archive.transcribing import decoded, pieces
from reference.settings import read
from reference.storage import aws
from reference.storage.clock import SystemClock
from reference.storage.ids import RandomIds
from reference.storage.queues import Queues
from reference.storage.topics import Topics
from reference.system import setting_kinds
from reference.world import World
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore
from tests.reference.engine_fakes import FakeRecogniser, FakeSpeech
from tests.reference.service_kit import SECRET

DOCUMENT: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parents[3] / "contract/archive.openapi.yaml").read_text("utf-8")
)
WHO = {
    (method.upper(), path): item[method]["x-who"]
    for path, item in DOCUMENT["paths"].items()
    for method in ("get", "post", "put", "delete")
    if method in item
}
LOUD = 4369
"""A sample whose first byte, read back, is that of the phrase below."""
HEARD = {LOUD - 1 & 0xFF: "Hello to the archive."}


class Deaf(FakeRecogniser):
    """Never opens a stream."""

    async def open(self, *_: Any) -> Any:
        await asyncio.Event().wait()


def speech(*seconds: float) -> bytes:
    """Return a file in which somebody speaks for so long, is silent for so long, and so on."""
    parts = [np.full(round(16_000 * each), LOUD * (number % 2 == 0), np.int16) for number, each in enumerate(seconds)]
    file = io.BytesIO()
    soundfile.write(file, np.concatenate(parts), 16_000, format="WAV", subtype="PCM_16")
    return file.getvalue()


@asynccontextmanager
async def archive(store: TestStore, recogniser: FakeRecogniser, **options: str) -> AsyncIterator[httpx2.AsyncClient]:
    fakes = FakeSpeech()
    fakes.recogniser = recogniser
    clients = aws.Clients(store.endpoint_url)
    queues = Queues(lambda: clients.of("sqs"), store.prefix)
    world = World(
        read(setting_kinds(), options, {}),
        fakes.engines(),
        aws.connect(store.endpoint_url),
        store.tables,
        SECRET,
        SystemClock(),
        RandomIds(),
        store.buckets(),
        clients=clients,
        queues=queues,
        topics=Topics(lambda: clients.of("sns"), store.prefix, queues),
    )
    app = App(world)
    url = (await app.start("127.0.0.1"))["archive"]["http"]
    async with httpx2.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        try:
            yield http
        finally:
            await app.stop()


async def handed_in(http: httpx2.AsyncClient, content: bytes) -> tuple[str, str]:
    """Return the ids of a recording that was registered, uploaded and handed in, and of its job."""
    form = {"title": "A talk", "file_path": "/a/talk.wav"}
    vod_id = (await http.post("/api/vod/create", json=form)).json()["id"]
    await http.put(f"/api/vod/{vod_id}/media", content=content)
    return vod_id, (await http.post("/api/transcribe", json={"vod_id": vod_id})).json()["job_id"]


async def ended(http: httpx2.AsyncClient, job_id: str) -> Mapping[str, Any]:
    async with asyncio.timeout(30):
        while True:
            told: Mapping[str, Any] = (await http.get(f"/api/status/{job_id}")).json()
            if told["status"] not in ("pending", "processing"):
                return told
            await asyncio.sleep(0.02)


async def signed_in(http: httpx2.AsyncClient, role: str) -> dict[str, str]:
    account = {"username": PEOPLE[role]["user"], "password": PEOPLE[role]["password"]}
    token = (await http.post("/api/auth/login", json=account)).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


@on_loop
async def test_every_endpoint_keeps_out_whom_it_is_not_for(store: TestStore) -> None:
    async with archive(store, FakeRecogniser(), archive_require_auth="yes") as http:
        user = await signed_in(http, "user")
        strange: dict[str, list[int]] = {}
        for (method, path), who in WHO.items():
            if path == "/api/auth/logout":
                continue
            target = path.replace("{", "").replace("}", "")
            shown: tuple[dict[str, str], ...] = ({}, {"Authorization": "Bearer e30.e30.e30"}, user)
            found = [(await http.request(method, target, headers=each)).status_code for each in shown]
            if path == "/api/auth/refresh":
                user = await signed_in(http, "user")
            closed = found[:2] == [401, 401]
            weak = {"public": not {401, 403} & {*found}, "open": closed and found[2] not in (401, 403)}
            strong = {"signed in": closed and found[2] not in (401, 403), "admin": closed and found[2] == 403}
            if not (weak | strong | {"page": closed and found[2] == 403})[who]:
                strange[f"{method} {path}"] = found
        assert strange == {}


@on_loop
async def test_what_is_offered_is_what_was_agreed(store: TestStore) -> None:
    async with archive(store, FakeRecogniser()) as http:
        for method, path in WHO:
            target = path.replace("{", "").replace("}", "")
            wrong = await http.request("PATCH", target)
            assert wrong.status_code == 405, path
            assert method in wrong.headers["allow"].split(", "), f"{method} {path}"


@on_loop
async def test_a_recording_goes_the_whole_way_and_leaves_nothing(store: TestStore) -> None:
    async with archive(store, FakeRecogniser(HEARD)) as http:
        vod_id, job_id = await handed_in(http, speech(0.4))
        assert (await ended(http, job_id))["status"] == "completed"
        told = (await http.get(f"/api/vod/{vod_id}/transcription")).json()
        assert told["text"] == "Hello to the archive." and told["segments"] == 1
        assert "Hello to the archive." in (await http.get(f"/api/transcriptions/{told['id']}/captions.vtt")).text
        assert (await http.delete(f"/api/vod/{vod_id}")).status_code == 200
        assert (await http.get(f"/api/transcriptions/{told['id']}/captions.vtt")).status_code == 404
        assert (await http.get("/api/queue")).json()["queue_status"]["total_jobs"] == 0


@on_loop
async def test_a_restart_carries_on_what_was_under_way(store: TestStore) -> None:
    async with archive(store, Deaf()) as http:
        vod_id, job_id = await handed_in(http, speech(1.0))
        while (await http.get(f"/api/status/{job_id}")).json()["status"] != "processing":
            await asyncio.sleep(0.02)
    async with archive(store, FakeRecogniser(HEARD)) as http:
        assert (await ended(http, job_id))["status"] == "completed"
        record = (await http.get(f"/api/vod/{vod_id}")).json()
        assert (record["status"], record["transcription_id"]) == ("completed", job_id)


@on_loop
async def test_of_twenty_who_change_one_version_one_does(store: TestStore) -> None:
    async with archive(store, FakeRecogniser()) as http:
        made = (await http.post("/api/vod/create", json={"title": "A", "file_path": "/a.mp4"})).json()
        change = {"version": made["version"]}
        found = await asyncio.gather(
            *(http.put(f"/api/vod/{made['id']}", json={**change, "title": f"T{number}"}) for number in range(20))
        )
        assert sorted(one.status_code for one in found) == [200] + [409] * 19


def test_sound_is_divided_by_silences_of_half_a_second() -> None:
    assert [tuple(round(at, 1) for at in piece) for piece in pieces(decoded(speech(1.0, 0.4, 1.0)))] == [(0.0, 2.4)]
    assert [tuple(round(at, 1) for at in piece) for piece in pieces(decoded(speech(1.0, 0.7, 1.0)))] == [
        (0.0, 1.0),
        (1.7, 2.7),
    ]
    assert pieces(decoded(speech(0.0, 2.0))) == []


def test_a_limit_binds_one_client_and_remembers_few() -> None:
    limiter = Limiter(2, 60)
    told = [limiter.admit("a")["X-RateLimit-Remaining"] for _ in range(2)]
    assert told == ["1", "0"]
    with pytest.raises(Problem) as refused:
        limiter.admit("a")
    assert refused.value.status == 429 and int(refused.value.headers["Retry-After"]) >= 1
    assert limiter.admit("b")["X-RateLimit-Remaining"] == "1"
    for number in range(10_001):
        limiter.admit(f"c{number}")
    assert len(limiter._windows) == 10_000
