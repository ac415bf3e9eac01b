"""The audio of a call: who is put through, what is understood, how it ends; and who watches."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from reference.calls import phrases
from reference.calls.media import Media, Start, Stream
from reference.calls.resilience.breakers import Breakers
from reference.calls.security.principals import Principal, anonymous
from reference.calls.upstream import UpstreamFailure
from reference.http.endpoints import Asked
from reference.speech.ports import SpeechFailure
from reference.storage.clock import SystemClock
from tests.reference.calls.kit import Hotel, Voices, at_hotel, caller, code_of
from tests.reference.engine_fakes import FakeRecogniser

CONFIG = {"type": "config", "language": "de-DE", "sample_rate": 16000}
SPA, END = b"\x01\x00", {"type": "end_of_stream"}
HEARD = {SPA[0]: "I would like a massage in the spa."}


def audio(pcm: bytes) -> dict[str, object]:
    return {"type": "audio", "audio": base64.b64encode(pcm).decode(), "seq": 0}


class Socket:
    """The server's end of a WebSocket."""

    def __init__(self, token: str = "") -> None:
        self.query_params = {"token": token}
        self.scope: dict[str, Any] = {"headers": []}
        self.client = None
        self.sent: list[dict[str, Any]] = []
        self.closed: int | None = None
        self._arriving: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def accept(self) -> None: ...

    async def send_text(self, text: str) -> None:
        self.sent.append(json.loads(text))

    async def close(self, code: int, reason: str = "") -> None:
        self.closed = code

    async def receive(self) -> dict[str, Any]:
        return await self._arriving.get()

    def hears(self, *frames: object) -> None:
        """Let frames arrive, texts as they are; None ends the connection."""
        for frame in frames:
            if frame is None:
                self._arriving.put_nowait({"type": "websocket.disconnect", "code": 1006})
            else:
                text = frame if isinstance(frame, str) else json.dumps(frame)
                self._arriving.put_nowait({"type": "websocket.receive", "text": text})

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.sent if each["type"] == kind]


class Lines:
    """Calls that are put through to one hotel."""

    def __init__(self, hotel: Hotel) -> None:
        self.recogniser, self.failures = FakeRecogniser(HEARD), list[Exception]()
        stands_on: tuple[Any, ...] = (hotel.desk, Voices(), self.recogniser, hotel.privacy, self)
        self._media = Media(*stands_on, Breakers("test", SystemClock()))

    async def ask(self, *_: str) -> dict[str, Any]:
        """Open a room, unless something is to fail."""
        if self.failures:
            raise self.failures.pop(0)
        return {}

    async def begins(self, caller_id: str = "+4930111222", principal: Principal | None = None) -> dict[str, Any]:
        body = Start(caller_id=caller_id, hotel_id="hotel-aurora")
        asked = Asked(principal or caller(), "POST", "/v1/call/start", {}, {}, {}, "", "c-id", b"{}", body)
        return dict(await self._media.start(asked))

    async def takes(self, token: str, *frames: object) -> Socket:
        """Let somebody connect, say all this and hear what is answered."""
        socket = Socket(token)
        socket.hears(*frames, None)
        await self._media.serve(cast("Any", socket))
        return socket


def on_lines(test: Callable[[Hotel, Lines], Awaitable[None]]) -> None:
    async def put_through(hotel: Hotel) -> None:
        await test(hotel, Lines(hotel))

    at_hotel(put_through)


def test_what_is_said_is_understood_and_answered_until_the_guest_hangs_up() -> None:
    async def test(hotel: Hotel, lines: Lines) -> None:
        begun = await lines.begins()
        assert begun["websocket_url"].endswith(f"/ws?token={begun['session_token']}")
        assert begun["encryption_key_id"] == "kms-hotel-aurora"
        socket = await lines.takes(begun["session_token"], CONFIG, audio(SPA), END)
        kinds = ["config_ack", "response", "final", "response", "call_ended"]
        assert [each["type"] for each in socket.sent] == kinds
        assert [each["intent"] for each in socket.told("response")] == ["greeting", "spa_booking"]
        assert socket.sent[1]["text"] == phrases.greeting("hotel-aurora", "de")
        assert (socket.sent[-1]["turns"], socket.closed) == (1, 1000)
        call = hotel.call(begun["call_id"])
        assert [each["state"] for each in call.history] == ["initializing", "connecting", "active", "ended"]
        assert "30111222" not in json.dumps([hotel.calls.items, call.told()])

    on_lines(test)


def test_a_token_is_good_for_one_connection() -> None:
    async def test(_hotel: Hotel, lines: Lines) -> None:
        token = (await lines.begins())["session_token"]
        await lines.takes(token, CONFIG, END)
        for spent in (token, "", "nonsense"):
            assert await code_of(lines.takes(spent)) == "AUTHENTICATION_ERROR"

    on_lines(test)


@pytest.mark.parametrize("first", [audio(SPA), {"type": "dtmf", "digit": "1"}, "nonsense", "[]", {"language": "en"}])
def test_whatever_comes_before_the_configuration_ends_the_line(first: object) -> None:
    async def test(hotel: Hotel, lines: Lines) -> None:
        begun = await lines.begins()
        socket = await lines.takes(begun["session_token"], first, CONFIG)
        assert [each["code"] for each in socket.told("error")] == ["CONFIG_REQUIRED"]
        assert (socket.closed, hotel.call(begun["call_id"]).is_over) == (1008, True)

    on_lines(test)


@pytest.mark.parametrize(
    "bad",
    [
        "nonsense",
        "[]",
        '"\\ud800"',
        {"type": "sing"},
        {"type": "audio", "audio": "!!!"},
        audio(b"\x01"),
        {"type": "dtmf"},
    ],
    ids=str,
)
def test_a_bad_frame_is_answered_and_the_line_goes_on(bad: object) -> None:
    async def test(_hotel: Hotel, lines: Lines) -> None:
        socket = await lines.takes((await lines.begins())["session_token"], CONFIG, bad, audio(SPA), END)
        assert len(socket.told("error")) == len(socket.told("final")) == 1
        assert socket.closed == 1000

    on_lines(test)


@pytest.mark.parametrize("digit", [*phrases.DIGITS, "7", "10", ""])
def test_each_key_has_its_meaning_in_the_language_of_the_call(digit: str) -> None:
    async def test(_hotel: Hotel, lines: Lines) -> None:
        pressed = {"type": "dtmf", "digit": digit}
        socket = await lines.takes((await lines.begins())["session_token"], CONFIG, pressed, END)
        answer = socket.told("response")[-1]
        intents = {"1": "booking_inquiry", "2": "request_info", "3": "concierge_services", "4": "spa_booking"}
        intents |= {"0": "transfer_to_operator", "*": "greeting"}
        if digit != "#":
            assert answer["intent"] == intents.get(digit)
        assert (answer["status"], answer["language"]) == ("dtmf_processed", "de")
        assert answer["text"] not in (phrases.REPLIES["en"].values())

    on_lines(test)


def test_a_line_that_is_lost_ends_the_call() -> None:
    async def test(hotel: Hotel, lines: Lines) -> None:
        begun = await lines.begins()
        await lines.takes(begun["session_token"], CONFIG, audio(SPA))
        assert hotel.call(begun["call_id"]).reason == "participant_disconnected"
        assert hotel.desk.active()["hotel-aurora"] == 0
        assert [each.finished for each in lines.recogniser.streams] == [True]

    on_lines(test)


def test_a_recogniser_that_fails_once_does_not_end_the_line() -> None:
    async def test(_hotel: Hotel, lines: Lines) -> None:
        lines.recogniser.failures.append(SpeechFailure("Down", "Not now.", transient=True))
        socket = await lines.takes((await lines.begins())["session_token"], CONFIG, audio(SPA), audio(SPA), END)
        assert len(socket.told("error")) == len(socket.told("final")) == 1

    on_lines(test)


def test_without_a_room_no_call_is_started() -> None:
    async def test(hotel: Hotel, lines: Lines) -> None:
        lines.failures += [UpstreamFailure("CONNECTION_ERROR")] * 3
        codes = [await code_of(lines.begins()) for _ in range(4)]
        assert codes == ["EXTERNAL_SERVICE_ERROR"] * 3 + ["CIRCUIT_BREAKER_OPEN"]
        assert not list(hotel.records.every())

    on_lines(test)


def test_watchers_see_the_changes_of_their_hotels_alone() -> None:
    async def test(hotel: Hotel) -> None:
        class Known:
            async def of(self, *_: object) -> Principal:
                return who

        async def seen_of(call_id: str) -> list[tuple[str, str, str | None]]:
            stream, socket = Stream(hotel.desk, cast("Any", Known())), Socket()
            watching = asyncio.create_task(stream.serve(cast("Any", socket)))
            while not stream.open:
                await asyncio.sleep(0)
            await hotel.hears("call.started", call_id)
            await hotel.hears("call.ended", call_id, duration=1)
            await asyncio.sleep(0.01)
            socket.hears(None)
            await watching
            return [(each["call_id"], each["state"], each["previous_state"]) for each in socket.sent]

        who = caller("hotel-aurora", may=frozenset({"call:view"}))
        assert await seen_of("c-1") == [("c-1", "active", None), ("c-1", "ended", "active")]
        who = caller("hotel-birch", may=frozenset({"call:view"}))
        assert await seen_of("c-2") == []
        who = anonymous("")
        refused = Stream(hotel.desk, cast("Any", Known())).serve(cast("Any", Socket()))
        assert await code_of(refused) == "AUTHENTICATION_ERROR"

    at_hotel(test)
