"""The whole service over real sockets and emulated tables."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.reference.broadcast.world_fakes import CHUNK, on_loop
from tests.reference.conftest import TestStore
from tests.reference.service_kit import SECRET, Service, running, token

AUDIO = base64.b64encode(CHUNK).decode()
GOOD = {"action": "createSession", "token": "ana", "sourceLanguage": "en"}
JOIN = {"action": "joinSession", "sessionId": "SESSION", "targetLanguage": "es"}
REFRESH = {"action": "refreshConnection", "sessionId": "SESSION", "role": "speaker", "token": "ana"}

REFUSALS: list[tuple[dict[str, str], int, str, str]] = [
    ({"targetLanguage": "es"}, 400, "INVALID_ACTION", ""),
    ({"action": "dance"}, 400, "INVALID_ACTION", ""),
    (GOOD | {"token": ""}, 401, "UNAUTHORIZED", ""),
    (GOOD | {"token": "FORGED"}, 401, "UNAUTHORIZED", "Invalid token"),
    (GOOD | {"token": "EXPIRED"}, 401, "UNAUTHORIZED", "Token expired"),
    (GOOD | {"token": "ACCESS"}, 401, "UNAUTHORIZED", "Invalid token"),
    (GOOD | {"token": "garbage"}, 401, "UNAUTHORIZED", "Invalid token"),
    (GOOD | {"sourceLanguage": ""}, 400, "INVALID_PARAMETERS", "sourceLanguage"),
    (GOOD | {"sourceLanguage": "EN"}, 400, "INVALID_PARAMETERS", "sourceLanguage"),
    (GOOD | {"sourceLanguage": "xx"}, 400, "INVALID_LANGUAGE", ""),
    (GOOD | {"qualityTier": "gold"}, 400, "INVALID_PARAMETERS", "qualityTier"),
    (GOOD | {"partialResults": "perhaps"}, 400, "INVALID_PARAMETERS", "partialResults"),
    (GOOD | {"minStability": "0.96"}, 400, "INVALID_CONFIGURATION", "minStability"),
    (GOOD | {"maxBufferTimeout": "nan"}, 400, "INVALID_CONFIGURATION", "maxBufferTimeout"),
    (GOOD | {"maxBufferTimeout": "9" * 401}, 400, "INVALID_CONFIGURATION", "maxBufferTimeout"),
    (GOOD | {"minStability": "\u0660.\u0669"}, 400, "INVALID_CONFIGURATION", "minStability"),
    (GOOD | {"token": "SOMEBODY WITHOUT A NAME"}, 401, "UNAUTHORIZED", "Invalid token"),
    (GOOD, 429, "MAX_SESSIONS_EXCEEDED", ""),
    (JOIN | {"sessionId": ""}, 400, "INVALID_PARAMETERS", "sessionId"),
    (JOIN | {"sessionId": "Gentle-harbor-318"}, 400, "INVALID_SESSION_ID", ""),
    (JOIN | {"sessionId": "no-such-100"}, 404, "SESSION_NOT_FOUND", ""),
    (JOIN | {"targetLanguage": ""}, 400, "INVALID_PARAMETERS", "targetLanguage"),
    (JOIN | {"targetLanguage": "xx"}, 400, "UNSUPPORTED_LANGUAGE", ""),
    (REFRESH | {"token": "bob"}, 403, "FORBIDDEN", ""),
    (REFRESH | {"token": ""}, 401, "UNAUTHORIZED", ""),
    (REFRESH | {"role": "king"}, 400, "INVALID_PARAMETERS", "role"),
    (REFRESH | {"sessionId": "no-such-100"}, 404, "SESSION_NOT_FOUND", ""),
    (REFRESH | {"role": "listener"}, 400, "INVALID_PARAMETERS", "targetLanguage"),
]


def filled_in(query: dict[str, str], session_id: str) -> dict[str, str]:
    tokens = {
        "": "",
        "garbage": "garbage",
        "FORGED": token("ana", secret=SECRET[::-1]),
        "EXPIRED": token("ana", exp=1),
        "ACCESS": token("ana", token_use="access"),
        "SOMEBODY WITHOUT A NAME": token(""),
    }
    filled = {name: session_id if value == "SESSION" else value for name, value in query.items()}
    if "token" in filled:
        filled["token"] = tokens[filled["token"]] if filled["token"] in tokens else token(filled["token"])
    return {name: value for name, value in filled.items() if value}


@on_loop
async def test_upgrades_are_refused_with_status_and_envelope(store: TestStore) -> None:
    async with running(store) as service:
        _, session_id = await service.speaker("ana")
        for query, status, code, message_part in REFUSALS:
            seen_status, envelope = await service.refused(**filled_in(query, session_id))
            assert (seen_status, envelope["code"]) == (status, code), query
            assert envelope["statusCode"] == status and envelope["type"] == "error"
            assert message_part in envelope["message"]


@on_loop
async def test_every_chunk_way_leads_to_listeners_in_their_language(store: TestStore) -> None:
    async with running(store) as service:
        service.speech.recogniser.phrases = {7: "Good morning.", 8: "Thank you."}
        ana, session_id = await service.speaker()
        lena, amina = await service.listener(session_id, "es"), await service.listener(session_id, "fr")
        for _ in range(2):
            await ana.next("sessionStatus")
        seven = base64.b64encode(b"\x07\x00" * 1600).decode()
        ack = await ana.ask("sendAudio", data=seven, chunkId="c-7", sequenceNumber=7, sessionId="other-one-100")
        assert (ack["forwarded"], ack["chunkId"], ack["sequenceNumber"]) == (True, "c-7", 7)
        await ana.socket.send(b"\x08\x00" * 1600)
        assert "chunkId" not in await ana.next("audioReceived")
        heard = [await lena.next("audio"), await lena.next("audio")]
        assert [one["transcript"] for one in heard] == ["[es] Good morning.", "[es] Thank you."]
        assert [one["sequenceNumber"] for one in heard] == [1, 2]
        assert base64.b64decode(heard[0]["audioData"]).decode("utf-16-le") == "[es] Good morning."
        assert (await amina.next("audio"))["targetLanguage"] == "fr"


@on_loop
async def test_listeners_are_told_before_the_speaker_is_acknowledged(store: TestStore) -> None:
    async with running(store) as service:
        ana, session_id = await service.speaker()
        lena = await service.listener(session_id)
        await ana.next("sessionStatus")
        for action, fields, kind in [
            ("pauseBroadcast", {"estimatedPauseDuration": 5000}, "broadcastPaused"),
            ("resumeBroadcast", {}, "broadcastResumed"),
            ("muteBroadcast", {}, "broadcastMuted"),
            ("unmuteBroadcast", {}, "broadcastUnmuted"),
            ("setVolume", {"volumeLevel": 0.5}, "volumeChanged"),
            ("speakerStateChange", {"state": {"volume": 1}}, "speakerStateChanged"),
        ]:
            ack = await ana.ask(action, **fields)
            notice = await lena.next()
            assert ack["type"] == notice["type"] == kind
            assert ack["listenersNotified"] == 1 and "listenersNotified" not in notice
            assert notice["timestamp"] <= ack["timestamp"]
            item = await service.item(store.tables["Sessions"], "sessionId", session_id)
            assert item is not None
            stored = item["broadcastState"]["M"]
            assert ack["broadcastState"]["isPaused"] == stored["isPaused"]["BOOL"]
            assert ack["broadcastState"]["volume"] == float(stored["volume"]["N"])


FRAMES: list[tuple[str | bytes, str]] = [
    ("x" * 131_073, "MESSAGE_TOO_LARGE"),
    ("no json", "INVALID_MESSAGE"),
    ("[1]", "INVALID_MESSAGE"),
    ("[" * 5000, "INVALID_MESSAGE"),
    ("{}", "MISSING_ACTION"),
    ('{"action": 5}', "INVALID_ACTION"),
    (json.dumps({"action": "dance", "pad": "x" * 5000}), "INVALID_ACTION"),
    (json.dumps({"action": "pausePlayback", "pad": "x" * 5000}), "CONTROL_MESSAGE_TOO_LARGE"),
    (json.dumps({"action": "pausePlayback"}), "UNAUTHORIZED_ACTION"),
    (json.dumps({"action": "createSession"}), "INVALID_ACTION"),
    (json.dumps({"action": "setVolume"}), "MISSING_PARAMETER"),
    (json.dumps({"action": "setVolume", "volumeLevel": True}), "INVALID_PARAMETER"),
    (json.dumps({"action": "setVolume", "volumeLevel": -0.1}), "INVALID_PARAMETER"),
    ('{"action": "setVolume", "volumeLevel": NaN}', "INVALID_PARAMETER"),
    (json.dumps({"action": "speakerStateChange"}), "MISSING_PARAMETER"),
    (json.dumps({"action": "speakerStateChange", "state": {}}), "INVALID_PARAMETER"),
    (json.dumps({"action": "speakerStateChange", "state": {"isMuted": 1}}), "INVALID_PARAMETER"),
    (json.dumps({"action": "speakerStateChange", "state": {"isPaused": True, "x": 1}}), "INVALID_PARAMETER"),
    (json.dumps({"action": "pauseBroadcast", "estimatedPauseDuration": -1}), "INVALID_PARAMETER"),
    (json.dumps({"action": "sendAudio"}), "MISSING_PARAMETER"),
    (json.dumps({"action": "sendAudio", "audioData": 5}), "INVALID_PARAMETER"),
    (json.dumps({"action": "sendAudio", "audioData": "%%%"}), "INVALID_MESSAGE"),
    (json.dumps({"action": "sendAudio", "audioData": ""}), "INVALID_MESSAGE"),
    (json.dumps({"action": "sendAudio", "audioData": AUDIO, "sequenceNumber": -1}), "INVALID_PARAMETER"),
    (json.dumps({"action": "sendAudio", "audioData": AUDIO, "sampleRate": 8000}), "INVALID_AUDIO_FORMAT"),
    (json.dumps({"action": "sendAudio", "audioData": AUDIO, "channels": 2}), "INVALID_AUDIO_FORMAT"),
    (json.dumps({"action": "sendAudio", "audioData": AUDIO, "sequenceNumber": 10**400}), "INVALID_PARAMETER"),
    ('{"action": "sendAudio", "audioData": "AAAA", "duration": 1e999}', "INVALID_PARAMETER"),
    (json.dumps({"action": "sendAudio", "audioData": AUDIO, "chunkId": "\ud800"}), "INVALID_MESSAGE"),
    (json.dumps({"action": "endSession", "reason": "\udfff"}), "INVALID_MESSAGE"),
    (b"RIFF" + CHUNK, "INVALID_AUDIO_FORMAT"),
    (b"", "INVALID_MESSAGE"),
    (bytes(99), "AUDIO_CHUNK_TOO_SMALL"),
    (bytes(32_770), "AUDIO_CHUNK_TOO_LARGE"),
]


@on_loop
async def test_bad_frames_get_their_code_and_change_nothing(store: TestStore) -> None:
    async with running(store, rate_limit_control_messages_per_second="1000") as service:
        ana, session_id = await service.speaker()
        before = await service.item(store.tables["Sessions"], "sessionId", session_id)
        for frame, code in FRAMES:
            await ana.socket.send(frame)
            answer = await ana.next()
            assert (answer["type"], answer.get("code")) == ("error", code), frame[:80]
        assert await service.item(store.tables["Sessions"], "sessionId", session_id) == before
        assert (await ana.ask("heartbeat"))["type"] == "heartbeatAck"
        await ana.socket.send("x" * 1_048_577)
        assert await ana.code() == 1009


WAYS_IN_BY_MESSAGE: list[tuple[dict[str, Any], str]] = [
    (REFRESH | {"role": []}, "INVALID_PARAMETERS"),
    (REFRESH | {"role": {"speaker": True}}, "INVALID_PARAMETERS"),
    (REFRESH | {"sessionId": 10**400}, "INVALID_SESSION_ID"),
    (REFRESH | {"sessionId": float("inf")}, "INVALID_SESSION_ID"),
    (GOOD | {"minStability": 10**400}, "INVALID_CONFIGURATION"),
    (GOOD | {"maxBufferTimeout": -(10**400)}, "INVALID_CONFIGURATION"),
    (GOOD | {"maxBufferTimeout": []}, "INVALID_CONFIGURATION"),
    (GOOD | {"qualityTier": []}, "INVALID_PARAMETERS"),
    (GOOD | {"sourceLanguage": ["en"]}, "INVALID_PARAMETERS"),
    (GOOD | {"token": []}, "UNAUTHORIZED"),
    (GOOD | {"token": "\ud800"}, "INVALID_MESSAGE"),
]


@on_loop
async def test_bad_values_by_message_are_refused_as_they_are_in_a_query(store: TestStore) -> None:
    async with running(store) as service:
        _, session_id = await service.speaker("ana")
        for message, code in WAYS_IN_BY_MESSAGE:
            stranger = await service.open()
            tokens = {"ana": token("bob")} if message["action"] == "createSession" else {"ana": token("ana")}
            filled = {
                name: {**tokens, "SESSION": session_id}.get(value, value) if isinstance(value, str) else value
                for name, value in message.items()
            }
            await stranger.socket.send(json.dumps(filled))
            answer = await stranger.next()
            assert (answer["type"], answer.get("code")) == ("error", code), message
            json.dumps(answer, allow_nan=False)


@on_loop
async def test_only_an_address_in_the_forwarded_header_is_taken_for_one(store: TestStore) -> None:
    async with running(store, rate_limit_listener_joins_per_min="1") as service:
        _, session_id = await service.speaker()
        await service.listener(session_id, **{"X-Forwarded-For": "192.0.2.1"})
        await service.listener(session_id, **{"X-Forwarded-For": "x" * 4000})
        status, _ = await service.refused(
            headers={"X-Forwarded-For": "fe80::1%" + "y" * 4000},
            action="joinSession",
            sessionId=session_id,
            targetLanguage="es",
        )
        assert status == 429


SPEAKERS_ACTIONS = (
    "sendAudio",
    "pauseBroadcast",
    "resumeBroadcast",
    "muteBroadcast",
    "unmuteBroadcast",
    "setVolume",
    "speakerStateChange",
    "getSessionStatus",
    "endSession",
)


@on_loop
async def test_a_listener_may_do_nothing_that_is_the_speakers(store: TestStore) -> None:
    async with running(store, rate_limit_control_messages_per_second="1000") as service:
        _, session_id = await service.speaker()
        lena = await service.listener(session_id)
        for action in SPEAKERS_ACTIONS:
            assert (await lena.ask(action))["code"] == "UNAUTHORIZED_ACTION", action
        await lena.socket.send(CHUNK)
        assert (await lena.next())["code"] == "UNAUTHORIZED_ACTION"
        assert (await lena.ask("pausePlayback"))["type"] == "playbackPaused"
        changed = await lena.ask("switchLanguage", targetLanguage="de")
        assert (changed["type"], changed["targetLanguage"]) == ("languageChanged", "de")


@on_loop
async def test_texts_of_any_kind_and_length_come_back_whole(store: TestStore) -> None:
    async with running(store) as service:
        ana, session_id = await service.speaker()
        lena = await service.listener(session_id)
        for chunk_id in ("日本語", "🜏", "x" * 5000, "\x00"):
            await ana.send("sendAudio", audioData=AUDIO, chunkId=chunk_id)
            assert (await ana.next("audioReceived"))["chunkId"] == chunk_id
        assert (await ana.ask("🜏"))["code"] == "INVALID_ACTION"
        await ana.send("endSession", reason="long " * 500)
        assert (await lena.next("sessionEnded"))["reason"] == "long " * 500
        assert (await lena.code(), await ana.code()) == (1000, 1000)


@on_loop
async def test_a_session_may_be_entered_by_message(store: TestStore) -> None:
    async with running(store) as service:
        ana = await service.open()
        for action in ("heartbeat", "sendAudio", "pausePlayback"):
            assert (await ana.ask(action))["code"] == "CONNECTION_NOT_FOUND"
        created = await ana.ask("createSession", token=token("ana"), sourceLanguage="en", minStability=0.9)
        assert (created["type"], created["minStabilityThreshold"]) == ("sessionCreated", 0.9)
        lena = await service.open()
        refused = await lena.ask("joinSession", sessionId=created["sessionId"], targetLanguage="xx")
        assert refused["code"] == "UNSUPPORTED_LANGUAGE"
        assert await lena.code() == 1008


@on_loop
async def test_the_tables_have_the_last_word(store: TestStore) -> None:
    async with running(store) as service:
        ana, session_id = await service.speaker()
        lena = await service.listener(session_id)
        await ana.next("sessionStatus")
        key = {"sessionId": {"S": session_id}}

        def set_item(assignment: str, **values: Any) -> None:
            service.dynamo.update_item(
                TableName=store.tables["Sessions"],
                Key=key,
                UpdateExpression=f"SET {assignment}",
                ExpressionAttributeNames={"#v": "volume"} if "#v" in assignment else {"#a": "isActive"},
                ExpressionAttributeValues=values,
            )

        await asyncio.to_thread(set_item, "broadcastState.#v = :v", **{":v": {"N": "0.25"}})
        assert (await ana.ask("getSessionStatus"))["broadcastState"]["volume"] == 0.25
        await asyncio.to_thread(set_item, "#a = :no", **{":no": {"BOOL": False}})
        assert (await ana.ask("muteBroadcast"))["code"] == "SESSION_INACTIVE"
        assert (await ana.ask("sendAudio", audioData=AUDIO))["code"] == "SESSION_INACTIVE"
        assert (await ana.ask("heartbeat"))["type"] == "heartbeatAck"
        status, envelope = await service.refused(action="joinSession", sessionId=session_id, targetLanguage="es")
        assert (status, envelope["code"]) == (404, "SESSION_NOT_FOUND")
        found = await asyncio.to_thread(service.dynamo.scan, TableName=store.tables["Connections"])
        [listener] = [item["connectionId"] for item in found["Items"] if item["role"]["S"] == "listener"]
        await asyncio.to_thread(
            service.dynamo.delete_item, TableName=store.tables["Connections"], Key={"connectionId": listener}
        )
        assert (await lena.ask("pausePlayback"))["code"] == "CONNECTION_NOT_FOUND"


@on_loop
async def test_a_speaker_who_is_cut_off_ends_the_session_and_frees_the_place(store: TestStore) -> None:
    async with running(store) as service:
        ana, session_id = await service.speaker()
        lena = await service.listener(session_id)
        ana.socket.transport.abort()
        ended = await lena.next("sessionEnded")
        assert ended["reason"] == ended["message"] != ""
        assert await lena.code() == 1000
        await service.speaker()
        item = await service.item(store.tables["Sessions"], "sessionId", session_id)
        assert item is not None and item["isActive"] == {"BOOL": False}


async def hang_up_at_once(service: Service, request: Mapping[str, str], *, by_message: bool) -> None:
    """Ask for something by message or with the handshake, and be gone before it is answered."""
    if by_message:
        client = await service.open()
        await client.send(**request)
        client.socket.transport.close()
        return
    host, port = service.base_url.removeprefix("ws://").removesuffix("/broadcast").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"GET /broadcast?{urlencode(request)} HTTP/1.1\r\n"
        f"Host: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    writer.close()


@pytest.mark.parametrize("by_message", [False, True], ids=["with the handshake", "by message"])
@on_loop
async def test_people_who_ask_and_hang_up_at_once_leave_nothing_behind(
    by_message: bool, store: TestStore, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(store) as service:
        _, session_id = await service.speaker("ana")
        create = {"action": "createSession", "sourceLanguage": "en"}
        join = {"action": "joinSession", "sessionId": session_id, "targetLanguage": "es"}
        requests = [create | {"token": token(f"user-{number}")} for number in range(20)] + [join] * 20
        await asyncio.gather(*(hang_up_at_once(service, one, by_message=by_message) for one in requests))
        await service.only_so_many_are_left(1, of=41)
        sessions = {item["sessionId"]["S"]: item for item in await service.items("Sessions")}
        assert [name for name, item in sessions.items() if item["isActive"]["BOOL"]] == [session_id]
        assert sessions[session_id]["listenerCount"] == {"N": "0"}
        assert len(await service.items("Connections")) == 1
        for number in range(20):
            await service.speaker(f"user-{number}")
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


@on_loop
async def test_a_refresh_keeps_the_session_when_the_old_socket_closes(store: TestStore) -> None:
    async with running(store) as service:
        ana, session_id = await service.speaker()
        lena = await service.listener(session_id)
        await ana.next("sessionStatus")
        await ana.ask("pauseBroadcast")
        newer = await service.open(action="refreshConnection", sessionId=session_id, role="speaker", token=token("ana"))
        assert (await newer.next())["type"] == "connectionRefreshComplete"
        restored = await newer.next()
        assert (restored["type"], restored["isPaused"], restored["volume"]) == ("stateRestored", True, 1.0)
        await ana.socket.close(1000, "Connection refresh")
        ack = await newer.ask("sendAudio", audioData=AUDIO)
        assert (ack["forwarded"], ack["reason"]) == (False, "paused")
        again = await service.open(
            action="refreshConnection", sessionId=session_id, role="listener", targetLanguage="fr"
        )
        assert (await again.next())["targetLanguage"] == "fr"
        await lena.socket.close()
        status = await newer.next("sessionStatus")
        assert status["updateReason"] == "newLanguage"
        async with asyncio.timeout(5):
            while (await newer.ask("getSessionStatus")).get("languageDistribution") != {"fr": 1}:
                continue


@on_loop
async def test_addresses_have_quotas_and_are_told_apart_by_the_forwarded_header(store: TestStore) -> None:
    async with running(store, rate_limit_listener_joins_per_min="2") as service:
        _, session_id = await service.speaker()
        one, other = {"X-Forwarded-For": "192.0.2.1, 10.0.0.1"}, {"X-Forwarded-For": "192.0.2.2"}
        for _ in range(2):
            await service.listener(session_id, **one)
        status, envelope = await service.refused(
            headers=one, action="joinSession", sessionId=session_id, targetLanguage="es"
        )
        assert (status, envelope["code"]) == (429, "RATE_LIMIT_EXCEEDED")
        assert 0 < envelope["details"]["retryAfter"] <= 60
        await service.listener(session_id, **other)
        item = await service.item(store.tables["RateLimits"], "identifier", "listener_join:ip:192.0.2.1")
        assert item is not None and item["count"] == {"N": "2"}


@on_loop
async def test_silence_is_announced_before_the_close(store: TestStore) -> None:
    async with running(store, connection_idle_timeout_seconds="0.3") as service:
        stranger = await service.open()
        ana, session_id = await service.speaker()
        lena = await service.listener(session_id)
        timeout = await ana.next("connectionTimeout")
        assert timeout["reason"] == "idle"
        assert await ana.code() == 1001
        assert (await lena.next())["type"] in ("sessionEnded", "connectionTimeout")
        assert await stranger.code() == 1001


@on_loop
async def test_a_listener_who_does_not_read_delays_nobody_and_is_told_everything_else(
    store: TestStore,
) -> None:
    async with running(store, listener_buffer_seconds="1") as service:
        service.speech.recogniser.phrases = {number: f"{number} " * 60_000 for number in range(2, 42)}
        ana, session_id = await service.speaker()
        slow, quick = await service.listener(session_id, "es"), await service.listener(session_id, "es")
        slow.socket.transport.pause_reading()
        for number in range(2, 42):
            await ana.socket.send(bytes([number, 0]) * 1600)
            assert (await quick.next("audio"))["sequenceNumber"] == number - 1
        await ana.send("muteBroadcast")
        await quick.next("broadcastMuted")
        slow.socket.transport.resume_reading()
        numbers = []
        while (message := await slow.next())["type"] != "broadcastMuted":
            numbers.append(message["sequenceNumber"])
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) < 40


@pytest.mark.parametrize("reaches", ["upgrade", "socket"])
@on_loop
async def test_without_its_store_the_service_says_so(store: TestStore, reaches: str) -> None:
    async with running(store) as service:
        ana, session_id = await service.speaker()
        for name in (store.tables["Sessions"], store.tables["Connections"]):
            await asyncio.to_thread(service.dynamo.delete_table, TableName=name)
        if reaches == "socket":
            assert (await ana.ask("muteBroadcast"))["code"] == "INTERNAL_ERROR"
        else:
            status, envelope = await service.refused(action="joinSession", sessionId=session_id, targetLanguage="es")
            assert (status, envelope["code"]) == (500, "INTERNAL_ERROR")


@on_loop
async def test_a_shutdown_is_told_and_keeps_the_state(store: TestStore) -> None:
    async with running(store) as service:
        ana, session_id = await service.speaker()
        stopped = service
    assert await ana.code() == 1000
    item = await stopped.item(store.tables["Sessions"], "sessionId", session_id)
    assert item is not None
