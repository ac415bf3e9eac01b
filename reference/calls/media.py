"""Live audio of one call, and whoever watches calls (CALL-21 to CALL-25, CALL-29)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import Field

from reference.calls import phrases
from reference.calls.desk import CallDesk
from reference.calls.hotels import HOTELS
from reference.calls.model import ACTIVE, CONNECTING, ENDED, INITIALIZING, Call
from reference.calls.privacy import Privacy, caller_hash
from reference.calls.problem import Problem, invalid, now
from reference.calls.resilience.breakers import Breakers, refused_by
from reference.calls.security.filter import writable
from reference.calls.security.identify import Identification
from reference.calls.security.principals import not_signed_in
from reference.calls.tts import Voice
from reference.calls.upstream import Declined, Spoiled, Upstream, UpstreamFailure
from reference.http.endpoints import Asked, Body
from reference.speech.ports import (
    BYTES_PER_SECOND,
    Recogniser,
    RecogniserStream,
    SpeechFailure,
    StreamOptions,
    Transcript,
)
from reference.storage.aws import REGION

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

ROOM_S = 2.0
TOKEN_GOOD_FOR_S = 3600.0
"""How long a call that nobody connects to is waited for."""
DONE, WRONG, GOING_AWAY = 1000, 1008, 1001
QUIET_S = 0.6
"""An utterance is over when nothing comes for that long."""
CONFIDENT_FROM = 0.3
"""A transcript in which there is no more confidence than that is ignored."""
CERTAIN = 0.95
"""The confidence of the recogniser in a whole sentence, which tells only sentences that it knows."""


class Start(Body):
    caller_id: str = Field(pattern=r"^\+[0-9]{7,15}$")
    hotel_id: str = Field(min_length=1, max_length=100)
    language: str = Field(default="auto", max_length=20)


@dataclass(slots=True)
class Reserved:
    call: Call
    until_s: float


class Media:
    """Reserves calls for the media plane, and takes the one socket of each."""

    def __init__(
        self,
        desk: CallDesk,
        voice: Voice,
        recogniser: Recogniser,
        privacy: Privacy,
        rooms: Upstream,
        breakers: Breakers,
    ) -> None:
        self.url = ""
        """Where sockets are reached."""
        self._desk = desk
        self._voice = voice
        self._recogniser = recogniser
        self._privacy = privacy
        self._rooms = rooms
        self._breaker = breakers.of("livekit_service")
        self._reserved: dict[str, Reserved] = {}
        self.open: set[WebSocket] = set()

    async def start(self, asked: Asked) -> Mapping[str, Any]:
        """Reserve a call (CALL-21)."""
        wanted: Start = asked.body
        asked.principal.at(wanted.hotel_id)
        if wanted.hotel_id not in HOTELS:
            raise invalid({"hotel_id": "is not known"})
        language = "en" if wanted.language == "auto" else wanted.language[:2].lower()
        call = Call(
            str(uuid.uuid4()),
            wanted.hotel_id,
            self._privacy.caller(wanted.caller_id),
            caller_hash(wanted.caller_id),
            "",
            now(),
            INITIALIZING,
            language=language,
        )
        await self._open_room()
        self._desk.begin(call)
        await self._desk.change(call, CONNECTING, "call.reserved", now())
        token = secrets.token_urlsafe(32)
        self._reserved[token] = Reserved(call, time.monotonic() + TOKEN_GOOD_FOR_S)
        return {
            "call_id": call.call_id,
            "session_token": token,
            "websocket_url": f"{self.url}/ws?token={token}",
            "region": REGION,
            "encryption_key_id": f"kms-{call.hotel_id}",
        }

    async def _open_room(self) -> None:
        if not self._breaker.admits():
            raise refused_by(self._breaker)
        try:
            async with asyncio.timeout(ROOM_S):
                await self._rooms.ask("POST", "/rooms")
        except (TimeoutError, UpstreamFailure, Spoiled, Declined) as failure:
            self._breaker.failed()
            code = "TIMEOUT_ERROR" if isinstance(failure, TimeoutError) else "EXTERNAL_SERVICE_ERROR"
            raise Problem(code, "No room can be opened at the moment") from None
        except BaseException:
            self._breaker.given_up()
            raise
        self._breaker.succeeded()

    async def serve(self, socket: WebSocket) -> None:
        """Take the one socket of a reserved call; its token is used up."""
        reserved = self._reserved.pop(socket.query_params.get("token", ""), None)
        if reserved is None or time.monotonic() > reserved.until_s:
            raise not_signed_in("bad_credentials")
        await socket.accept()
        self.open.add(socket)
        try:
            await Line(socket, reserved.call, self._desk, self._voice, self._recogniser, self._privacy).serve()
        finally:
            self.open.discard(socket)


class Line:
    """One call over its socket."""

    def __init__(
        self,
        socket: WebSocket,
        call: Call,
        desk: CallDesk,
        voice: Voice,
        recogniser: Recogniser,
        privacy: Privacy,
    ) -> None:
        self._socket = socket
        self._call = call
        self._desk = desk
        self._voice = voice
        self._recogniser = recogniser
        self._privacy = privacy
        self._stream: RecogniserStream | None = None
        self._heard: asyncio.Queue[Transcript | None] = asyncio.Queue()
        self._turns = 0
        self._began_s = time.monotonic()
        self._finishing: asyncio.Task[None] | None = None
        self._quiet = asyncio.get_running_loop().call_later(0, lambda: None)
        """Goes off when nothing has been said for a while."""

    async def serve(self) -> None:
        from starlette.websockets import WebSocketDisconnect

        answering: asyncio.Task[None] | None = None
        try:
            if not await self._configured():
                return
            answering = asyncio.create_task(self._answer_what_is_heard())
            while await self._handle(await self._receive()):
                pass
            await self._finish_hearing(answering)
            await self._say_goodbye()
        except WebSocketDisconnect:
            await self._end("participant_disconnected")
        finally:
            self._quiet.cancel()
            if answering is not None and not answering.done():
                answering.cancel()
            if self._stream is not None:
                await self._stream.finish()

    async def _configured(self) -> bool:
        given = await self._receive()
        is_config = given is not None and given.get("type") == "config"
        if given is None or not is_config or not isinstance(given.get("language", "en-US"), str):
            await self._tell_error("CONFIG_REQUIRED", "The first message has to be the configuration")
            await self._end("configuration_missing")
            await self._socket.close(WRONG, "configuration required")
            return False
        language = given.get("language", "en-US")
        self._call.language = language[:2].lower()
        await self._desk.change(self._call, ACTIVE, "call.answered", now())
        routed = {"language": language, "engine_selected": "reference", "routing_reason": "language"}
        await self._send({"type": "config_ack", **routed})
        await self._respond(phrases.greeting(self._call.hotel_id, self._call.language), "greeting")
        return True

    async def _handle(self, given: dict[str, Any] | None) -> bool:
        """Do what a message asks for; False when it was the last."""
        match given:
            case {"type": "end_of_stream"}:
                return False
            case {"type": "audio", "audio": str(encoded)}:
                await self._hear(encoded)
            case {"type": "dtmf", "digit": str(digit)}:
                await self._pressed(digit)
            case _:
                await self._tell_error("BAD_MESSAGE", "The message is not understood")
        return True

    async def _hear(self, encoded: str) -> None:
        try:
            pcm = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            await self._tell_error("BAD_AUDIO", "The audio is no base64")
            return
        if len(pcm) % 2:
            await self._tell_error("BAD_AUDIO", "The audio has half a sample")
            return
        try:
            if self._stream is None:
                options = StreamOptions(self._call.language, session_id=self._call.call_id)
                self._stream = await self._recogniser.open(
                    options, self._heard.put_nowait, lambda _: self._heard.put_nowait(None)
                )
            for start in range(0, len(pcm), BYTES_PER_SECOND // 10):
                await self._stream.feed(pcm[start : start + BYTES_PER_SECOND // 10])
            self._await_silence()
        except SpeechFailure:
            self._stream = None
            await self._tell_error("RECOGNITION_FAILED", "What was said was not understood")

    def _await_silence(self) -> None:
        """Take what was said to be complete when nothing comes for a while."""
        self._quiet.cancel()
        self._quiet = asyncio.get_running_loop().call_later(QUIET_S, self._fall_silent)

    def _fall_silent(self) -> None:
        if (stream := self._stream) is not None:
            self._stream = None
            self._finishing = asyncio.get_running_loop().create_task(stream.finish(), name="finish-utterance")

    async def _answer_what_is_heard(self) -> None:
        while (transcript := await self._heard.get()) is not None:
            told: dict[str, Any] = {
                "type": "final" if transcript.final else "partial",
                "transcript": transcript.text,
                "confidence": CERTAIN if transcript.final else transcript.stability or 0.5,
                "is_final": transcript.final,
                "language": self._call.language,
            }
            if not transcript.text.strip() or told["confidence"] <= CONFIDENT_FROM:
                continue
            await self._send(told)
            if transcript.final:
                intent = phrases.intent_of(transcript.text)
                self._turns += 1
                self._call.hears(self._privacy.redacted(transcript.text), intent)
                await self._respond(phrases.reply_to(intent, self._call.hotel_id, self._call.language), intent)

    async def _finish_hearing(self, answering: asyncio.Task[None]) -> None:
        self._quiet.cancel()
        if self._finishing is not None:
            await self._finishing
        if self._stream is not None:
            stream, self._stream = self._stream, None
            await stream.finish()
        self._heard.put_nowait(None)
        await answering

    async def _pressed(self, digit: str) -> None:
        intent = phrases.DIGITS.get(digit)
        text = phrases.reply_to(intent or "invalid", self._call.hotel_id, self._call.language)
        shown = {"status": "dtmf_processed", "confidence": 1.0}
        await self._respond(text, None if intent is None or intent == "menu" else intent, **shown)

    async def _respond(self, text: str, intent: str | None, **more: Any) -> None:
        spoken = await self._voice.in_call(text, self._call.language)
        timing = {
            "tts_engine": spoken.engine_used,
            "tts_cached": spoken.cached,
            "tts_duration_ms": spoken.duration_ms,
        }
        await self._send(
            {
                "type": "response",
                "text": text,
                "language": self._call.language,
                "intent": intent,
                "action": phrases.action_of(intent),
                "audio_data": spoken.audio_data,
                "audio_format": spoken.audio_format,
                "metadata": timing,
                **more,
            }
        )

    async def _say_goodbye(self) -> None:
        took_s = round(time.monotonic() - self._began_s, 3)
        await self._end("caller_hung_up")
        await self._send({"type": "call_ended", "duration_seconds": took_s, "turns": self._turns})
        await self._socket.close(DONE)

    async def _end(self, reason: str) -> None:
        if not self._call.is_over:
            self._call.reason = reason
            self._call.duration = round(time.monotonic() - self._began_s, 3)
            await self._desk.change(self._call, ENDED, "call.ended", now(), reason=reason)

    async def _receive(self) -> dict[str, Any] | None:
        """Return the next message; None for one that is no JSON object."""
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            from starlette.websockets import WebSocketDisconnect

            raise WebSocketDisconnect(event.get("code", GOING_AWAY))
        try:
            given = json.loads(event.get("text") or "")
        except (ValueError, RecursionError):
            return None
        return given if isinstance(given, dict) and writable(given) else None

    async def _tell_error(self, code: str, message: str) -> None:
        await self._send({"type": "error", "code": code, "message": message})

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._socket.send_text(json.dumps(message, ensure_ascii=False))


class Stream:
    """Whoever watches the calls of the hotels that they may see (CALL-29)."""

    def __init__(self, desk: CallDesk, identification: Identification) -> None:
        self._desk = desk
        self._identification = identification
        self.open: set[WebSocket] = set()

    async def serve(self, socket: WebSocket) -> None:
        from starlette.websockets import WebSocketDisconnect

        peer = socket.client.host if socket.client else ""
        principal = await self._identification.of(socket.scope["headers"], peer)
        if principal.kind == "anonymous":
            raise not_signed_in("missing_credentials")
        principal.needs("call:view")
        changes: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        def watch(call: Call, before: str) -> None:
            if principal.sees(call.hotel_id):
                at = call.history[-1]["at"]
                changes.put_nowait(
                    {
                        "type": "call_state",
                        "call_id": call.call_id,
                        "hotel_id": call.hotel_id,
                        "state": call.state,
                        "previous_state": before or None,
                        "at": at,
                    }
                )

        async def tell() -> None:
            while True:
                await socket.send_text(json.dumps(await changes.get()))

        await socket.accept()
        self.open.add(socket)
        self._desk.watchers.append(watch)
        telling = asyncio.create_task(tell())
        try:
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass
        except WebSocketDisconnect:
            pass
        finally:
            self._desk.watchers.remove(watch)
            self.open.discard(socket)
            telling.cancel()
