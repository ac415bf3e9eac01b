"""The studio's sockets, as clients see them on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest
from websockets.exceptions import ConnectionClosed

from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore
from tests.reference.studio.kit import LIMITING, studio, text_of, tone

WHERE = "/api/pipeline/realtime/"


@on_loop
async def test_a_request_for_a_socket_is_granted_or_refused_by_its_status(store: TestStore) -> None:
    async with studio(store) as place:
        session_id = await place.starts()
        for path, key, status in (
            (WHERE + session_id, "dGhlIHNhbXBsZSBub25jZQ==", 101),
            (WHERE + session_id, "test", 400),
            ("/nowhere", "dGhlIHNhbXBsZSBub25jZQ==", 403),
        ):
            found, _, writer = await place.upgrades(path, key)
            writer.close()
            assert found == status, path


@on_loop
async def test_an_unknown_session_is_told_and_the_socket_closed_in_order(store: TestStore) -> None:
    async with studio(store) as place, place.engineer("made-up") as ana:
        assert await ana.next() == {"type": "error", "error": "Session not found"}
        assert await ana.close_code() == 1000


@on_loop
async def test_messages_are_answered_one_after_the_other_and_counted_over_reconnects(store: TestStore) -> None:
    async with studio(store) as place:
        session_id = await place.starts()
        async with place.engineer(session_id) as ana:
            for _ in range(50):
                await ana.send("audio_chunk", data=text_of(tone()))
                await ana.send("ping")
            kinds = [(await ana.next())["type"] for _ in range(150)]
            assert kinds == ["processed_audio", "metrics", "pong"] * 50
            assert (await place.listed())[session_id]["connected"] is True
        async with place.engineer(session_id) as ana:
            audio, metrics = await ana.chunk(tone())
            assert (audio, metrics["chunks_processed"]) == (tone(), 51)
            assert metrics["quality_metrics"]["rms"] == pytest.approx(-3.01, abs=0.01)
            assert (await ana.ask("audio_chunk", data=""))["metrics"]["quality_metrics"]["rms"] == -96


@on_loop
async def test_what_is_no_audio_or_no_change_is_refused_and_all_goes_on(store: TestStore) -> None:
    async with studio(store) as place:
        session_id = await place.starts(LIMITING)
        async with place.engineer(session_id) as ana:
            for data, says in (
                ("A", "base64"),
                ("!!!!", "base64"),
                ("é", "base64"),
                (None, "null"),
                (7, "a number"),
                (text_of(b"abc"), "3 bytes"),
                (text_of(b"\x1aE\xdf\xa3" + bytes(60)), "WebM"),
            ):
                error = (await ana.ask("audio_chunk", data=data))["error"]
                assert error.startswith("Chunk processing failed:") and says in error
            for stage, parameters, says in (
                ("reverb", {}, "Stage reverb not found"),
                ("limiter", [1], "Config update failed: parameters should be an object, but is a list."),
                (None, {}, "Config update failed: stage_id should be text, but is null."),
            ):
                assert (await ana.ask("update_stage", stage_id=stage, parameters=parameters))["error"] == says
            await ana.send("no-such-type")
            assert await ana.is_answered()
            assert (await ana.chunk(tone()))[1]["chunks_processed"] == 1


@on_loop
@pytest.mark.parametrize(
    "frame",
    [
        "{",
        "[1]",
        "null",
        '{"data": ""}',
        '{"type": 7}',
        '{"type": "audio_chunk"}',
        '{"type": "update_stage", "stage_id": "limiter"}',
        '{"type": "update_stage", "parameters": {}}',
        '{"type": "audio_chunk", "data": "", "timestamp": NaN}',
        '{"type": "update_stage", "stage_id": "limiter", "parameters": {"threshold": -1e999}}',
        '{"type": "ping", "x": "\\ud800"}',
        '{"a":' * 5000,
        b'{"type": "ping"}',
    ],
    ids=repr,
)
async def test_what_cannot_be_understood_ends_the_connection_but_not_the_session(
    store: TestStore, frame: str | bytes
) -> None:
    async with studio(store) as place:
        session_id = await place.starts(LIMITING)
        async with place.engineer(session_id) as ana:
            await ana.socket.send(frame)
            assert (await ana.next())["error"].startswith("Message not understood: ")
            assert await ana.close_code() == 1003
        async with place.engineer(session_id) as ana:
            assert await ana.is_answered()


@on_loop
async def test_a_message_above_the_limit_ends_the_connection_and_whoever_sent_it_hears_why(store: TestStore) -> None:
    async with studio(store) as place:
        session_id = await place.starts()
        async with place.engineer(session_id) as ana, place.engineer(await place.starts()) as bruno:
            await ana.send("audio_chunk", data=text_of(bytes(9_000_000)))
            assert await bruno.is_answered()
            assert len((await ana.next())["audio"]) == 12_000_000
            assert (await ana.next())["metrics"]["chunks_processed"] == 1
            with contextlib.suppress(ConnectionClosed):
                await ana.socket.send("x" * 17_000_000)
            assert await ana.close_code() == 1009
            assert await bruno.is_answered()
        assert session_id in await place.listed()


@on_loop
async def test_whoever_answers_no_ping_is_let_go(store: TestStore) -> None:
    quick = {"studio_ping_interval_seconds": "0.3", "studio_ping_timeout_seconds": "0.3"}
    async with studio(store, **quick) as place:
        session_id = await place.starts()
        _, reader, writer = await place.upgrades(WHERE + session_id)
        async with place.engineer(session_id) as ana:
            frames = await asyncio.wait_for(reader.read(), 10)
            assert frames[:2] == b"\x89\x04", "a ping of four bytes"
            assert b"keepalive ping timeout" in frames
            assert await ana.is_answered(), "who answers pings stays"
        writer.close()


@on_loop
async def test_whoever_never_reads_fills_no_memory_and_is_let_go(store: TestStore) -> None:
    quick = {"studio_ping_interval_seconds": "0.5", "studio_ping_timeout_seconds": "0.5"}
    async with studio(store, **quick) as place:
        session_id = await place.starts()
        async with place.engineer(session_id, ping_interval=None) as ana:
            ana.socket.transport.pause_reading()  # type: ignore[attr-defined]
            sent = 0
            with contextlib.suppress(ConnectionClosed):
                while sent < 100:
                    await ana.send("audio_chunk", data=text_of(bytes(320_000)))
                    sent += 1
            assert sent < 60, "what it sent is not taken any more once nothing is read"
            assert (await place.listed())[session_id]["connected"] is False


@on_loop
async def test_stopping_ends_every_connection_of_a_session_and_each_got_its_own_answers(store: TestStore) -> None:
    async with studio(store) as place:
        session_id = await place.starts()
        async with place.engineer(session_id) as ana, place.engineer(session_id) as bruno:
            assert (await ana.chunk(tone()))[1]["chunks_processed"] == 1
            assert (await bruno.chunk(tone()))[1]["chunks_processed"] == 2
            answer = await place.http.delete(WHERE + session_id)
            assert answer.json() == {"success": True, "message": f"Session {session_id} stopped"}
            assert (await ana.close_code(), await bruno.close_code()) == (1000, 1000)
        assert (await place.http.delete(WHERE + session_id)).json()["error"] == "Session not found"
        assert await place.listed() == {}


@on_loop
async def test_a_service_that_goes_says_so(store: TestStore) -> None:
    async with studio(store) as place, place.engineer(await place.starts()) as ana:
        await place.app.stop()
        assert await ana.close_code() == 1001


@on_loop
async def test_an_exception_that_nobody_expects_is_told_and_the_connection_goes_on(
    store: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with studio(store) as place, place.engineer(await place.starts()) as ana:
        monkeypatch.setattr("reference.studio.passing.rms_db", lambda _: json.loads("{"))
        assert (await ana.ask("audio_chunk", data=text_of(tone())))["error"] == "The message could not be handled."
        assert await ana.is_answered()
