"""A conversation on real sockets: order and state, errors, faults, log and health."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidStatus

from reference.conversation import conversation as conversations
from reference.gateway import connections
from reference.speech.ports import SpeechFailure
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore
from tests.reference.conversation.kit import ADDRESS, WORDS, conversing, speech, wav

PROCESSED = "segment_processed"


def heard(message: dict[str, object]) -> object:
    """Return what was understood, or the code of an error."""
    return message["transcription"] if message["type"] == "chatbot_response" else message["code"]


# ---- order and state


@on_loop
async def test_a_segment_is_confirmed_understood_answered_and_finished(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.begin("s-1")
        file = wav(speech(3, 1))
        for number, at in enumerate(range(0, len(file), 3000), 1):
            taken = await ana.chunk(file[at : at + 3000])
            assert taken == {
                "type": "chunk_received",
                "segment": 1,
                "chunk": number,
                "bytes": len(file[at : at + 3000]),
            }
        answer = await ana.ask("segment_end")
        assert (answer["transcription"], answer["backend_used"], answer["error"]) == (
            f"{WORDS[3]} {WORDS[1]}",
            "llama",
            None,
        )
        assert "help" in answer["response"]
        assert await ana.next() == {"type": PROCESSED, "segment": 1}


@on_loop
async def test_frames_of_both_kinds_are_one_segment_in_the_order_in_which_they_came(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.chunk(speech(1))
        await ana.socket.send(speech(2))
        await ana.next()
        await ana.chunk(speech(3))
        assert heard(await ana.ends()) == " ".join(WORDS.values())


@on_loop
async def test_nothing_of_a_segment_is_left_for_the_next(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        for value in (1, 2, 3):
            assert heard(await ana.says(value)) == WORDS[value]
        assert heard(await ana.ends()) == "NO_AUDIO"


@on_loop
async def test_segments_that_end_while_one_is_processed_are_answered_one_after_the_other(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.begin("s-1")
        stalled = await line.order(lambda control: control.order("recogniser.open", "stall", session_id="s-1", times=1))
        for value in (1, 2, 3):
            assert (await ana.chunk(speech(value)))["segment"] == value
            await ana.send("segment_end")
        await ana.send("segment_end")
        await ana.chunk(b"")
        await line.order(lambda control: control.call_off(stalled))
        got = [await ana.next() for _ in range(8)]
        assert [heard(message) for message in got[::2]] == [*WORDS.values(), "NO_AUDIO"]
        assert got[1::2] == [{"type": PROCESSED, "segment": number} for number in (1, 2, 3, 4)]


@on_loop
async def test_audio_after_the_end_of_a_segment_belongs_to_the_next(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as hasty:
        assert heard(await hasty.ends()) == "NO_AUDIO"
        await hasty.chunk(speech(1))
        assert heard(await hasty.ends()) == WORDS[1]


@on_loop
async def test_others_are_served_while_a_segment_is_processed(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana, line.person() as ben:
        await ana.begin("s-1")
        await line.order(lambda control: control.order("assistant", "stall", backend="llama", session_id="s-1"))
        await ana.chunk(speech(1))
        await ana.send("segment_end")
        await ben.begin("s-2")
        assert heard(await ben.says(2)) == WORDS[2]
        assert (await line.order(lambda control: control.census())).segments == 1


@on_loop
async def test_a_second_name_keeps_the_open_audio_and_later_segments_belong_to_it(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.begin("s-1")
        await ana.says(1)
        await ana.chunk(speech(2))
        await ana.begin("s-2")
        assert heard(await ana.ends()) == WORDS[2]
        assert [one["transcription"] for one in await line.log("s-1")] == [WORDS[1]]
        assert [one["transcription"] for one in await line.log("s-2")] == [WORDS[2]]


@on_loop
async def test_connections_of_one_session_share_its_log_but_no_audio(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as one, line.person() as other:
        for person, value in ((one, 1), (other, 2)):
            await person.begin("s-1")
            await person.chunk(speech(value))
        assert heard(await one.ends()) == WORDS[1]
        assert heard(await other.ends()) == WORDS[2]
        assert [(entry["index"], entry["transcription"]) for entry in await line.log("s-1")] == [
            (1, WORDS[1]),
            (2, WORDS[2]),
        ]


@on_loop
async def test_whoever_is_done_is_closed_with_1000_and_leaves_nothing(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.begin("s-1")
        await ana.chunk(speech(1))
        assert (await line.order(lambda control: control.census())).buffered_bytes == 3200
        await ana.send("close")
        assert await ana.close_code() == 1000
        async with line.person() as again:
            await again.begin("s-1")
            assert heard(await again.ends()) == "NO_AUDIO"


@on_loop
async def test_a_dropped_socket_takes_its_segments_with_it(store: TestStore) -> None:
    async with conversing(store, conversation_waiting_segments="1") as line:
        stalled = await line.order(lambda control: control.order("recogniser.open", "stall", session_id="s-1"))
        async with line.person() as ana:
            await ana.begin("s-1")
            for value in (1, 2, 3):  # one is processed, one waits, and one waits for a place
                await ana.chunk(speech(value))
                await ana.send("segment_end")
            await ana.send("session", session_id="s-1")
            while (census := await line.order(lambda control: control.census())).audio_files < 3:
                continue
            assert (census.conversations, census.segments) == (1, 3)
            ana.socket.transport.abort()
        while (census := await line.order(lambda control: control.census())).conversations:
            continue
        await line.order(lambda control: control.call_off(stalled))
        async with line.person() as again:
            await again.begin("s-1")
            assert heard(await again.says(2)) == WORDS[2]
        census = await line.order(lambda control: control.census())
        assert (census.segments, census.audio_files, census.buffered_bytes) == (0, 0, 0)
        assert [one["transcription"] for one in await line.log("s-1")] == [WORDS[2]]


@on_loop
async def test_whoever_does_not_read_is_not_read_from(store: TestStore, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = asyncio.Event()
    send = ServerConnection.send

    async def send_to_readers(self: ServerConnection, text: str) -> None:
        if self.request is not None and self.request.headers["X-Forwarded-For"] == ADDRESS:
            await reads.wait()
        await send(self, text)

    monkeypatch.setattr(ServerConnection, "send", send_to_readers)
    monkeypatch.setattr(connections, "MOST_MESSAGES_BEHIND", 4)
    monkeypatch.setattr(connections.Outbox, "_room_in_socket", lambda self: False)
    async with conversing(store) as line, line.person(ADDRESS) as ana, line.person("10.9.9.9") as ben:
        for _ in range(20):
            await ana.socket.send(b"12")
        for _ in range(3):
            await ben.says(1)
        census = await line.order(lambda control: control.census())
        reads.set()
        assert 0 < census.buffered_bytes <= 2 * 6, "one may be on its way, five behind"
        assert [(await ana.next())["chunk"] for _ in range(20)] == list(range(1, 21))


# ---- errors


@on_loop
async def test_nothing_that_a_caller_sends_ends_the_conversation(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.begin("s-1")
        await ana.chunk(speech(1))
        for frame, code in (
            ("{", "INVALID_MESSAGE"),
            ("[]", "INVALID_MESSAGE"),
            ('{"session_id": "s-2"}', "INVALID_MESSAGE"),
            ('{"type": "transcription"}', "UNKNOWN_TYPE"),
            ('{"type": "session", "session_id": "../s"}', "INVALID_SESSION_ID"),
            ('{"type": "audio_chunk", "data": "!!!!"}', "INVALID_AUDIO"),
        ):
            await ana.socket.send(frame)
            complaint = await ana.next()
            assert (complaint["type"], complaint["code"]) == ("error", code)
        assert heard(await ana.ends()) == WORDS[1]
        assert len(await line.log("s-1")) == 1


@on_loop
async def test_chunk_and_segment_over_the_limit_are_refused_and_the_rest_is_understood(store: TestStore) -> None:
    limits = {"conversation_chunk_max_bytes": "3200", "conversation_segment_max_bytes": "6400"}
    async with conversing(store, **limits) as line, line.person() as ana:
        assert heard(await ana.chunk(speech(1) + b"\0")) == "CHUNK_TOO_LARGE"
        for value in (1, 2):
            assert (await ana.chunk(speech(value)))["type"] == "chunk_received"
        assert heard(await ana.chunk(speech(3))) == "SEGMENT_TOO_LARGE"
        assert heard(await ana.ends()) == f"{WORDS[1]} {WORDS[2]}"
        assert heard(await ana.says(3)) == WORDS[3]


@on_loop
async def test_a_frame_of_many_mebibytes_leaves_the_socket_open(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        assert heard(await ana.chunk(bytes(1_048_577))) == "CHUNK_TOO_LARGE"
        assert heard(await ana.chunk(bytes(11 * 1_048_576))) == "CHUNK_TOO_LARGE"
        assert heard(await ana.says(1)) == WORDS[1]


@on_loop
async def test_audio_of_an_unknown_form_is_an_error_and_not_a_recognition(store: TestStore) -> None:
    async with conversing(store, conversation_decoder="none-such") as line, line.person() as ana:
        await ana.chunk(b"\x1a\x45\xdf\xa3" + speech(1))
        result = await ana.ends()
        assert heard(result) == "AUDIO_NOT_DECODABLE"
        assert "decode" in result["message"]
        assert line.recogniser.streams == []


@on_loop
async def test_where_nothing_was_understood_nobody_is_asked_and_nothing_is_logged(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.begin("s-1")
        result = await ana.says(0)
        assert (result["transcription"], result["response"], result["backend_used"]) == ("", None, "none")
        assert "speech" in result["error"]
        assert await line.order(lambda control: control.observe("assistant-calls", session_id="s-1")) == []
        assert await line.log("s-1") == []


# ---- faults


@on_loop
async def test_a_recogniser_that_fails_or_hangs_on_a_segment_is_an_error(store: TestStore) -> None:
    async with conversing(store, conversation_recognition_timeout_seconds="0.2") as line, line.person() as ana:
        await ana.begin("s-1")
        await line.order(lambda control: control.order("recogniser.open", times=1, session_id="s-1"))
        assert heard(await ana.says(1)) == "RECOGNITION_FAILED"
        await line.order(lambda control: control.order("recogniser.feed", times=1, session_id="s-1"))
        assert heard(await ana.says(1)) == "RECOGNITION_FAILED"
        await line.order(lambda control: control.order("recogniser.open", "stall", times=1, session_id="s-1"))
        assert heard(await ana.says(1)) == "RECOGNITION_FAILED"
        assert heard(await ana.says(1)) == WORDS[1]
        census = await line.order(lambda control: control.census())
        assert (census.audio_files, census.streams) == (0, 0)


@on_loop
async def test_a_recogniser_that_breaks_while_it_listens_is_an_error(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.begin("s-1")
        held = await line.order(lambda control: control.order("recogniser.feed", "stall", times=1, session_id="s-1"))
        await ana.chunk(speech(1))
        await ana.send("segment_end")
        while (await line.order(lambda control: control.now(held))).times_struck == 0:
            continue
        await line.order(lambda control: control.order("recogniser.stream", session_id="s-1"))
        await line.order(lambda control: control.call_off(held))
        assert heard(await ana.next()) == "RECOGNITION_FAILED"


@on_loop
async def test_a_recogniser_that_cannot_start_closes_after_an_error_until_it_can(store: TestStore) -> None:
    async with conversing(store) as line:
        fault = await line.order(lambda control: control.order("recogniser.start", address=ADDRESS))
        async with line.person() as ana, line.person("10.9.9.9") as ben:
            await ben.begin("s-2")
            assert heard(await ana.next()) == "RECOGNISER_UNAVAILABLE"
            assert await ana.close_code() == 1011
        await line.order(lambda control: control.call_off(fault))
        async with line.person() as ana:
            await ana.begin("s-1")


@on_loop
async def test_a_recogniser_that_starts_slowly_is_not_waited_for(store: TestStore) -> None:
    async with conversing(store) as line:
        await line.order(lambda control: control.order("recogniser.start", "stall", address=ADDRESS))
        async with line.person() as ana:
            await ana.begin("s-1")


@on_loop
async def test_backends_do_as_they_are_ordered_in_one_session_alone(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana, line.person() as ben:
        await ana.begin("s-1")
        await ben.begin("s-2")
        await line.order(
            lambda control: control.order(
                "assistant",
                "configure",
                session_id="s-1",
                choice="openai",
                openai_key="sk-1",
                huggingface=True,
                timeout_s=0.1,
            )
        )
        await line.order(
            lambda control: control.order("assistant", "stall", backend="openai", times=1, session_id="s-1")
        )
        await line.order(lambda control: control.order("assistant", backend="llama", times=1, session_id="s-1"))
        await line.order(
            lambda control: control.order(
                "assistant", "answer", text="I am here.", backend="huggingface", times=1, session_id="s-1"
            )
        )
        result = await ana.says(1)
        assert (result["response"], result["backend_used"]) == ("I am here.", "huggingface")
        await line.order(lambda control: control.order("assistant", "crash", session_id="s-1"))
        assert (await ana.says(1))["backend_used"] == "error"
        assert (await ben.says(1))["backend_used"] == "llama"
        calls = await line.order(lambda control: control.observe("assistant-calls", session_id="s-1"))
        assert [(call.backend, call.answer, call.failure) for call in calls] == [
            ("openai", None, None),
            ("llama", None, "BackendUnavailable"),
            ("huggingface", "I am here.", None),
            ("openai", None, "OrderedBackendCrash"),
        ]
        assert calls[0].answered_at_s is None
        assert calls[1].answered_at_s is not None
        assert calls[0].asked_at_s < calls[1].asked_at_s <= calls[1].answered_at_s


@on_loop
async def test_the_double_understands_single_segments_and_the_engine_the_rest(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.begin("s-1")
        await line.order(
            lambda control: control.order(
                "recogniser", "understand-next", session_id="s-1", texts=["A flumperdinck.", ""], speaker="Speaker 1"
            )
        )
        assert (await ana.says(1))["backend_used"] == "guardrails"
        assert (await ana.says(1))["backend_used"] == "none"
        assert heard(await ana.says(1)) == WORDS[1]
        checks = await line.order(lambda control: control.observe("content-checks", session_id="s-1"))
        assert [(check.text, check.verdict) for check in checks] == [
            ("A flumperdinck.", "inappropriate"),
            (WORDS[1], None),
        ]
        assert [one["transcription"] for one in await line.log("s-1")] == ["[Speaker 1] A flumperdinck.", WORDS[1]]


@on_loop
async def test_a_log_that_cannot_be_written_is_nobodys_trouble_but_the_health_says_so(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.begin("s-1")
        assert heard(await ana.says(1)) == WORDS[1]
        before = (await line.get("/health"))[1]
        fault = await line.order(lambda control: control.order("store", code="Unreachable", session_id="s-1"))
        assert heard(await ana.says(2)) == WORDS[2]
        while "conversation-log" not in (after := (await line.get("/health"))[1])["problems"]:
            continue
        assert (before["recordings_count"], after["recordings_count"], after["status"]) == (1, 1, "warning")
        assert (await line.get("/api/conversations/s-1"))[0] == 503
        await line.order(lambda control: control.call_off(fault))
        assert heard(await ana.says(3)) == WORDS[3]
        assert [one["transcription"] for one in await line.log("s-1")] == [WORDS[1], WORDS[3]]


@on_loop
async def test_connections_are_refused_closed_cut_off_and_broken_as_ordered(store: TestStore) -> None:
    async with conversing(store) as line:
        await line.order(lambda control: control.order("connect", times=1, address=ADDRESS))
        with pytest.raises(InvalidStatus) as refused:
            async with line.person():
                pass
        assert refused.value.response.status_code == 503
        for ask, code in (
            (lambda control: control.order("connection", "close", session_id="s-1"), 1011),
            (lambda control: control.order("connection", "close", session_id="s-1", close_code=1001), 1001),
            (lambda control: control.order("connection", "close", session_id="s-1", close_code=1006), 1006),
        ):
            async with line.person() as ana, line.person() as ben:
                await ana.begin("s-1")
                await ben.begin("s-2")
                assert (await line.order(ask)).times_struck == 1
                assert await ana.close_code() == code
                assert heard(await ben.says(1)) == WORDS[1]
        async with line.person() as ana:
            await ana.begin("s-1")
            await line.order(lambda control: control.order("connection", "crash", times=1, session_id="s-1"))
            await ana.send("segment_end")
            assert await ana.close_code() == 1011


@on_loop
async def test_a_handler_may_be_late_or_crash_and_the_conversation_goes_on(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        held = await line.order(
            lambda control: control.order("handler", "stall", times=1, action="session", session_id="s-1")
        )
        await ana.send("session", session_id="s-1")
        while (await line.order(lambda control: control.now(held))).times_struck == 0:
            continue
        await ana.send("audio_chunk", data="")
        await line.order(lambda control: control.call_off(held))
        assert (await ana.next())["type"] == "session_ack"
        assert (await ana.next())["type"] == "chunk_received"
        await line.order(
            lambda control: control.order("handler", "crash", times=1, action="audio_chunk", session_id="s-1")
        )
        assert heard(await ana.chunk(speech(1))) == "INTERNAL_ERROR"
        assert heard(await ana.says(2)) == WORDS[2]
        await line.order(
            lambda control: control.order("handler", "crash", times=1, action="segment_end", session_id="s-1")
        )
        assert heard(await ana.says(1)) == "INTERNAL_ERROR"
        assert heard(await ana.says(3)) == WORDS[3]


@on_loop
async def test_audio_that_cannot_be_kept_fails_its_segment_alone(
    store: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(self: object, audio: bytes) -> None:
        raise OSError(28, "No space left on device", "/tmp/earshot-audio")

    async with conversing(store) as line, line.person() as ana:
        with monkeypatch.context() as patch:
            patch.setattr(conversations.SegmentDesk, "keep", full)
            result = await ana.says(1)
        assert heard(result) == "INTERNAL_ERROR"
        assert "/" not in result["message"]
        assert heard(await ana.says(2)) == WORDS[2]


@on_loop
async def test_what_nobody_expects_is_told_without_its_cause(store: TestStore, monkeypatch: pytest.MonkeyPatch) -> None:
    async def surprise(self: object, audio: object, session_id: object) -> None:
        raise RuntimeError("/srv/secret sk-key")

    monkeypatch.setattr(conversations.SegmentDesk, "answer", surprise)
    async with conversing(store) as line, line.person() as ana:
        result = await ana.says(1)
        assert result == {
            "type": "error",
            "code": "INTERNAL_ERROR",
            "segment": 1,
            "message": "The segment could not be processed.",
        }
        assert (await line.order(lambda control: control.census())).audio_files == 0


@on_loop
async def test_a_failure_of_the_recogniser_is_told_without_its_cause(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        line.recogniser.failures.append(SpeechFailure("Broken", "/srv/secret sk-key", transient=True))
        result = await ana.says(1)
        assert heard(result) == "RECOGNITION_FAILED"
        assert "secret" not in json.dumps(result)


# ---- pages


@on_loop
async def test_pages_answer_and_other_paths_have_nothing(store: TestStore) -> None:
    async with conversing(store, conversation_decoder="sh") as line:
        assert await line.get("/health") == (
            200,
            {"status": "ok", "version": "1.0.0", "recordings_count": 0, "problems": []},
        )
        assert await line.log("never-seen") == []
        for path in ("/api/conversations/a%2Fb", "/api/conversations/", f"/api/conversations/{'a' * 129}"):
            status, page = await line.get(path)
            assert (status, page.keys()) == (400, {"detail"})
    async with conversing(store, conversation_decoder="none-such") as line:
        assert (await line.get("/health"))[1]["problems"] == ["audio-decoder"]


@on_loop
async def test_a_log_has_times_in_utc_and_whole_replies(store: TestStore) -> None:
    async with conversing(store) as line, line.person() as ana:
        await ana.begin("s-1")
        answer = await ana.says(1)
        [entry] = await line.log("s-1")
        assert entry.pop("time").endswith("Z")
        assert entry == {
            "index": 1,
            "transcription": WORDS[1],
            "response": answer["response"],
            "backend_used": "llama",
            "error": None,
        }


@on_loop
async def test_sockets_are_closed_with_1001_when_the_service_is_shut_down(store: TestStore) -> None:
    async with conversing(store) as line:
        ana = await line.person().__aenter__()
        await ana.begin("s-1")
    assert await ana.close_code() == 1001
