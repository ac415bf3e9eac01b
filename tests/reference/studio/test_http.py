"""What the studio answers over HTTP, above all to what it should not be asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from reference.storage import aws
from reference.storage.items import from_item
from reference.studio.tables import GIVEN, MADE, SESSIONS
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore
from tests.reference.studio.kit import LIMITING, PASSING, Studio, studio, text_of, tone

START, PROCESS = "/api/pipeline/realtime/start", "/api/pipeline/process"
NUMBERS = '{{"pipeline_config": {{"pipeline_id": "p", "name": "P", "stages": {{"agc": {}}}, "connections": []}}}}'


def config(**members: object) -> bytes:
    return json.dumps({"pipeline_config": {**PASSING, **members}}).encode()


@on_loop
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "Request validation failed"),
        (b"{", "Request validation failed"),
        (b"[]", "Request validation failed"),
        (b"[" * 100_000, "Request validation failed"),
        (b"\xff\xfe", "Request validation failed"),
        (b"{}", "pipeline_config is missing"),
        (config(name=None), "pipeline_config.name should be text, but is null"),
        (config(stages="vad"), "pipeline_config.stages should be an object, but is text"),
        (config(stages=[]), "pipeline_config.stages should be an object, but is a list"),
        (config(stages={"agc": 7}), "stages.agc should be an object, but is a number"),
        (config(stages={"agc": {"gain_in": "x"}}), "stages.agc.gain_in should be a number, but is text"),
        (config(stages={"agc": {"enabled": 1}}), "stages.agc.enabled should be true or false, but is a number"),
        (config(stages={str(one): {} for one in range(1001)}), "stages should be at most 1000, but are 1001"),
        (config(connections=[{"id": "c"}]), "connections.0.source_stage_id is missing"),
        (NUMBERS.format('{"gain_in": NaN}').encode(), "stages.agc.gain_in should be a finite number"),
        (NUMBERS.format('{"gain_in": 1e999}').encode(), "stages.agc.gain_in should be a finite number"),
        (NUMBERS.format('{"gain_in": 1' + "0" * 5000 + "}").encode(), "should be a finite number"),
        (b'{"pipeline_config": {"name": "\\ud800"}}', "its characters cannot be read"),
        (config()[:-1] + b', "session_config": {"sample_rate": "fast"}}', "session_config.sample_rate"),
    ],
    ids=lambda value: repr(value)[:60],
)
async def test_a_start_that_makes_no_sense_is_refused_by_name_and_leaves_nothing(
    store: TestStore, body: bytes, says: str
) -> None:
    async with studio(store) as place:
        answer = await place.http.post(START, content=body)
        assert (answer.status_code, says in answer.text) == (422, True), answer.text
        assert await place.listed() == {}


@on_loop
async def test_every_answer_is_signed_and_refusals_have_one_of_two_forms(store: TestStore) -> None:
    async with studio(store) as place:
        wanted = {
            ("GET", "/api/health"): 200,
            ("GET", "/nowhere"): 404,
            ("GET", "/api/pipeline/realtime/x"): 405,
            ("DELETE", "/api/pipeline/realtime/x"): 404,
            ("POST", PROCESS): 422,
            ("GET", "/api/health/WHISPER"): 200,
            ("GET", "/api/health/kitchen"): 404,
            ("GET", "/api/audio/stages/agc/config"): 200,
            ("GET", "/api/audio/stages/conventional_denoising/config"): 404,
            ("GET", "/api/audio/presets/voice_clarity"): 200,
            ("GET", "/api/audio/presets/x"): 404,
        }
        for (method, path), status in wanted.items():
            answer = await place.http.request(method, path)
            assert answer.status_code == status, path
            assert answer.headers["x-request-id"] and len(answer.headers["x-process-time"].partition(".")[2]) == 4
            said = answer.json().get("error") if status >= 400 else "nothing"
            assert said if isinstance(said, str) else said["message"], path
        assert len((await place.http.get("/api/audio/stages/info")).json()["available_stages"]) == 10


@on_loop
async def test_pages_of_the_studio_may_ask_and_others_may_not(store: TestStore) -> None:
    async with studio(store) as place:
        for origin, status in (("http://localhost:5173", 200), ("http://elsewhere.example", 400)):
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            assert (await place.http.options(START, headers=asked)).status_code == status
        assert (await place.http.get("/api/health", headers={"Host": "elsewhere.example"})).status_code == 421


@on_loop
async def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(store: TestStore) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(200):
            taken += 100_000
            yield bytes(100_000)

    async with studio(store) as place:
        for content in (bytes(11 << 20), endless()):
            answer = await place.http.post(PROCESS, content=content)
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "VALIDATION_ERROR")
    assert taken


@on_loop
async def test_an_unexpected_failure_is_answered_in_form_and_logged(
    store: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with studio(store) as place:
        monkeypatch.setattr("reference.studio.health.Health.report", lambda *_: {}[0])
        answer = await place.http.get("/api/health")
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "INTERNAL_ERROR")


@on_loop
async def test_a_file_is_processed_and_kept_with_what_became_of_it(store: TestStore) -> None:
    async with studio(store) as place:
        place.stall(0.2, stage="limiter", pipeline_id="p")
        bare = {"pipeline_config": json.dumps(LIMITING), "audio_data": text_of(tone()), "output_format": "base64"}
        made = (await place.http.post(PROCESS, data=bare)).json()
        assert (made["success"], list(made["metrics"]["stage_latencies"])) == (True, ["limiter"])
        assert 200 <= made["metrics"]["stage_latencies"]["limiter"] <= made["metrics"]["total_latency"] + 1
        objects = await until(lambda: kept(store, place, MADE))
        assert objects == [made["processed_audio"].encode()]
        assert await until(lambda: kept(store, place, GIVEN)) == [tone()]


@on_loop
@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"audio_data": "AAAA"}, 422, "Field required"),
        ({"pipeline_config": "{", "audio_data": "AAAA"}, 422, "Invalid pipeline configuration:"),
        ({"pipeline_config": "{}", "audio_data": "AAAA"}, 422, "pipeline_id is missing"),
        ({"pipeline_config": json.dumps(PASSING)}, 400, "No audio data provided"),
        ({"pipeline_config": json.dumps(PASSING), "audio_data": "A"}, 200, "Processing failed: the data is not base64"),
        (
            {"pipeline_config": json.dumps(PASSING), "audio_data": "AAAA", "output_format": "mp3"},
            200,
            "Processing failed: The output format mp3",
        ),
        (
            {"pipeline_config": json.dumps({**PASSING, "stages": {"agc": {"gain_out": 99}}}), "audio_data": "AAAA"},
            200,
            "gain_out 99.0 is out of range, 20.0 is used",
        ),
    ],
)
async def test_a_file_that_cannot_be_processed_is_answered_with_the_reason(
    store: TestStore, fields: dict[str, str], status: int, says: str
) -> None:
    async with studio(store) as place:
        for sent in ({"data": fields}, {"files": {name: (None, value) for name, value in fields.items()}}):
            answer = await place.http.post(PROCESS, **sent)  # type: ignore[arg-type]
            assert (answer.status_code, says in answer.text) == (status, True), answer.text


@on_loop
@pytest.mark.parametrize(
    ("path", "asked", "says"),
    [
        ("process/stage/reverb", {"audio_data": "AAAA"}, "Unknown processing stage: reverb"),
        ("process/stage/agc", {}, "No audio data provided for agc processing"),
        ("process/stage/agc", {"audio_data": "A"}, "the data is not base64"),
        ("process/stage/agc", {"audio_data": "AAAA", "stage_config": [1]}, "stage_config should be an object"),
        ("analyze/fft", {}, "No audio data provided for FFT analysis"),
        ("analyze/fft", {"audio_data": "AAA=", "window_size": 1000}, "Invalid window size: 1000"),
        ("analyze/fft", {"audio_data": "AAA=", "overlap": 0.95}, "Invalid overlap: 0.95"),
        ("analyze/lufs", {"audio_data": "AAA=", "measurement_type": "loud"}, "Invalid measurement type: loud"),
        ("analyze/lufs", {"audio_data": "AAA=", "target_lufs": 1}, "Invalid target LUFS: 1"),
    ],
)
async def test_what_cannot_be_measured_or_tried_is_refused_by_name(
    store: TestStore, path: str, asked: dict[str, Any], says: str
) -> None:
    async with studio(store) as place:
        answer = await place.http.post(f"/api/audio/{path}", json=asked)
        assert (answer.status_code, says in answer.json()["error"]) == (422, True), answer.text


@on_loop
async def test_sessions_are_on_record_until_they_are_stopped(store: TestStore) -> None:
    client = aws.connect(store.endpoint_url)

    def records() -> list[dict[str, Any]]:
        return [from_item(one) for one in client.scan(TableName=store.tables[SESSIONS.name])["Items"]]

    async with studio(store) as place:
        session_id = await place.starts(LIMITING)
        async with place.engineer(session_id) as ana:
            await ana.chunk(tone())
            await ana.ask("update_stage", stage_id="limiter", parameters={"threshold": -12})
            [record] = await until(
                lambda: [one for one in records() if one["chunksProcessed"] == 1 and one["connected"]]
            )
            assert (record["sessionId"], record["status"]) == (session_id, "running")
        await until(lambda: [one for one in records() if not one["connected"] and "-12" in one["stages"]])
        await place.http.delete(f"/api/pipeline/realtime/{session_id}")
        await until(lambda: not records())


@on_loop
async def test_a_store_that_fails_holds_nobody_up_and_shows_in_how_the_service_is(
    store: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with studio(store) as place:
        monkeypatch.setitem(store.tables, SESSIONS.name, "gone")  # type: ignore[arg-type]
        place.app._service._records._table = "gone"
        async with place.engineer(await place.starts()) as ana:
            assert (await ana.chunk(tone()))[0] == tone()

        async def state() -> bool:
            return bool((await place.http.get("/api/health")).json()["status"] == "degraded")

        async with asyncio.timeout(10):
            while not await state():
                await asyncio.sleep(0.05)


def kept(store: TestStore, place: Studio, bucket: str) -> list[bytes]:
    client, name = aws.connect(store.endpoint_url, "s3"), f"{store.prefix}{bucket}"
    if name not in {one["Name"] for one in client.list_buckets()["Buckets"]}:
        return []
    keys = [one["Key"] for one in client.list_objects_v2(Bucket=name).get("Contents", ())]
    return [client.get_object(Bucket=name, Key=key)["Body"].read() for key in keys]


async def until(look: Any) -> Any:
    """Return the first thing that is found, looking until there is one."""
    async with asyncio.timeout(10):
        while not (found := await asyncio.to_thread(look)):
            await asyncio.sleep(0.05)
        return found
