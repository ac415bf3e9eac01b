"""A second conversation service: written from the contract alone, as another team would, sharing no code with anybody.

It does otherwise whatever may be done otherwise: it works strictly in sequence, keeps no log, sends no optional
member and no error code, refuses an empty piece, says nothing to messages that it does not know, answers by turns at
once and after a moment, in one word, understands in lower case, and reads no containers, so that its health is
`warning`. `--fault` breaks one promise.

`python -m tests.second_conversation` prints its address and its control plane's, and ends with its standard input.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import sys
from collections.abc import AsyncIterator
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.second_conversation.control import Orders, serve_orders
from tests.second_conversation.hearing import Hearing, Undecodable, from_base64, samples_of

PIECE_BYTES = 1 << 20
SEGMENT_BYTES = 10 << 20
FRAME_BYTES = 16 << 20
THINKS_S = 0.15
CUT_OFF = 1006
MISHAP = "Something has gone wrong on our side"
SESSION = re.compile(r"[A-Za-z0-9_-]{1,128}")
BLOCKED = ("wibblefrotz",)
FAULTS = ("loses-confirmations", "finishes-before-it-answers", "never-answers", "answers-the-turn-before")


class Refused(Exception):
    """Something that is not done, with what is said about it."""


class Talk:
    """One connection: frames in, messages out, one after the other."""

    def __init__(self, connection: ServerConnection, hearing: Hearing, orders: Orders, fault: str | None) -> None:
        self._connection, self._hearing, self._orders, self._fault = connection, hearing, orders, fault
        self.session_id: str | None = None
        self._segment = bytearray()
        self._pieces = self._segments = 0
        self._kept: dict[str, object] = {}

    async def goes_on(self) -> None:
        async for frame in self._connection:
            try:
                replies = self._binary(frame) if isinstance(frame, bytes) else self._text(frame)
                async for reply in replies:
                    await self._connection.send(json.dumps(reply))
            except Refused as refusal:
                await self._connection.send(json.dumps({"message": str(refusal), "type": "error"}))

    async def closes(self, code: int) -> None:
        if code == CUT_OFF:
            self._connection.transport.abort()
        else:
            await self._connection.close(code)

    async def _strikes(self, place: str, **call: object) -> str:
        """Return what was ordered to go wrong here, once it has gone on for long enough; nothing is empty."""
        effect, seconds = self._orders.strike(place, session_id=self.session_id, **call)
        if effect == "stall":
            await asyncio.sleep(seconds)
            return ""
        return effect

    async def _text(self, frame: str) -> AsyncIterator[dict[str, object]]:
        try:
            message = json.loads(frame)
        except (ValueError, RecursionError):
            raise Refused("I cannot read this: not JSON") from None
        match message:
            case {"type": "session"}:
                answer = self._session(message.get("session_id"))
                await self._strikes("handler", action="session")
                yield answer
            case {"type": "audio_chunk"}:
                data = message.get("data", "")
                if await self._strikes("handler", action="audio_chunk"):
                    raise Refused(MISHAP)
                if not isinstance(data, str):
                    raise Refused("The data has to be text")
                try:
                    piece = from_base64(data)
                except Undecodable:
                    raise Refused("I could not decode that piece of your sound") from None
                async for reply in self._binary(piece):
                    yield reply
            case {"type": "segment_end"}:
                self._segments += 1
                await asyncio.sleep(self._segments % 2 * THINKS_S)
                for reply in await self._answer():
                    yield reply
            case {"type": "close"}:
                await self._connection.close()
            case {"type": str()}:
                return
            case _:
                raise Refused("I expected an object that has a type")

    def _session(self, session_id: object) -> dict[str, object]:
        if not isinstance(session_id, str) or not SESSION.fullmatch(session_id):
            raise Refused("This cannot be the name of a SESSION")
        self.session_id = session_id
        return {"greeting": "welcome", "session_id": session_id, "type": "session_ack"}

    async def _binary(self, piece: bytes) -> AsyncIterator[dict[str, object]]:
        if not piece:
            raise Refused("There was nothing in it")
        if len(piece) > PIECE_BYTES:
            raise Refused("Too much at once; at most one mebibyte, please")
        if len(self._segment) + len(piece) > SEGMENT_BYTES:
            raise Refused("You have talked for too long; at most ten mebibytes, please")
        self._segment += piece
        self._pieces += 1
        if self._fault != "loses-confirmations" or self._pieces % 5:
            yield {"type": "chunk_received"}

    async def _answer(self) -> list[dict[str, object]]:
        segment, self._segment = bytes(self._segment), bytearray()
        replies = [await self._result(segment), {"type": "segment_processed"}]
        match self._fault:
            case "finishes-before-it-answers":
                replies.reverse()
            case "never-answers":
                del replies[0]
            case "answers-the-turn-before":
                replies[0], self._kept = self._kept or replies[0], replies[0]
        return replies

    async def _result(self, segment: bytes) -> dict[str, object]:
        if await self._strikes("handler", action="segment_end"):
            return {"message": MISHAP, "type": "error"}
        if not segment:
            return {"message": "You ended a turn in which I was given no Audio Data", "type": "error"}
        if await self._strikes("recogniser.open") or await self._strikes("recogniser.feed"):
            return {"message": "I could not listen to you", "type": "error"}
        try:
            heard = self._hearing.understand(samples_of(segment))
        except Undecodable:
            return {"message": "I have no means to DECODE this kind of recording", "type": "error"}
        answer: dict[str, object] = dict.fromkeys(("error", "response"))
        if not heard:
            answer |= {"error": "If there was any Speech, I missed it", "backend_used": "none"}
        elif any(word in heard for word in BLOCKED):
            answer |= {"error": "That was INAPPROPRIATE; rephrase it", "backend_used": "guardrails"}
        elif wrong := await self._strikes("assistant", backend="llama"):
            reason = "Chatbot error, sorry" if wrong == "crash" else "The only assistant is UNAVAILABLE"
            answer |= {"error": reason, "backend_used": "error" if wrong == "crash" else "unknown"}
        elif "hello" in heard:
            answer |= {"response": "Well hello! What may I do for you?", "backend_used": "llama"}
        else:
            answer |= {"response": f"{self._segments}!", "backend_used": "llama"}
        return answer | {"transcription": heard, "type": "chatbot_response"}


def over_http(connection: ServerConnection, request: Request) -> Response | None:
    """Answer what is asked for over HTTP; None lets a socket be opened."""
    path = request.path.partition("?")[0]
    if path == "/ws/audio":
        return None
    if path != "/health":
        return connection.respond(HTTPStatus.NOT_FOUND, "nothing here\n")
    body = json.dumps({"recordings_count": 0, "version": "second", "status": "warning"}).encode()
    headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"})
    return Response(HTTPStatus.OK, "OK", headers, body)


async def main(fault: str | None) -> None:
    """Serve until standard input ends."""
    hearing, talks, loop = Hearing(), set[Talk](), asyncio.get_running_loop()

    def close(session_id: object, code: int) -> int:
        closing = [talk for talk in talks if session_id in (None, talk.session_id)]
        for talk in closing:
            asyncio.run_coroutine_threadsafe(talk.closes(code), loop)
        return len(closing)

    orders = Orders(close)

    async def talk(connection: ServerConnection) -> None:
        talks.add(this := Talk(connection, hearing, orders, fault))
        with contextlib.suppress(ConnectionClosed):  # whoever is gone is told nothing
            await this.goes_on()
        talks.discard(this)

    async with serve(talk, "127.0.0.1", 0, process_request=over_http, max_size=FRAME_BYTES) as server:
        address = next(iter(server.sockets)).getsockname()
        sys.stdout.write(f"http://127.0.0.1:{address[1]} {serve_orders(orders)}\n")
        sys.stdout.flush()
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--fault", choices=FAULTS)
    asyncio.run(main(parser.parse_args().fault))
