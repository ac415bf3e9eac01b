"""Connections of many who listen in one process: when each message came is noted, and next to nothing is decoded."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from json import JSONDecoder
from typing import Any, ClassVar

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from earshot.wire.leg import BadHandshake, StampingConnection, dial

READ_AT_ONCE = 8
"""So many messages are read between two looks at the network."""


class NotingConnection(StampingConnection):
    """A connection that notes when each message came, by the member that tells it from the others.

    When a frame goes out to five hundred listeners, their data comes in all at once. Were each read through before the
    next is stamped, the last would be stamped many milliseconds late. So what comes is stamped and put aside, and read
    a few at a time, with a look at the network in between.
    """

    aside: ClassVar[deque[tuple[NotingConnection, int, bytes]]] = deque()
    """What came for any listener of this process and was not read yet."""

    member: ClassVar[bytes] = b""
    """The member that tells messages apart, in quotation marks; the same for all listeners of this process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard: dict[str, int] = {}
        self.first: bytes = b""
        """The first message that is one of those to be noted."""
        self.errors: list[str] = []
        self._welcomed = False

    async def welcome(self, *, within_s: float) -> str | bytes:
        """Return the first message; ConnectionError or TimeoutError where none comes."""
        try:
            return await asyncio.wait_for(self.recv(), within_s)
        except ConnectionClosed as closed:
            raise ConnectionError(f"{type(closed).__name__} {closed}") from closed

    def data_received(self, data: bytes) -> None:
        """Stamp what came, and read it soon."""
        self.aside.append((self, time.monotonic_ns(), data))
        if len(self.aside) == 1:
            self.loop.call_soon(_read_some)

    def read(self, received_ns: int, data: bytes) -> None:
        """Read what came at this time."""
        self._take(received_ns, data)

    def eof_received(self) -> None:
        """Read everything before the end."""
        _read_all()
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Read everything before the end."""
        _read_all()
        super().connection_lost(exc)

    def process_event(self, event: Any) -> None:
        """Note what was received; only the welcome is passed on, since nobody asks for the rest."""
        is_text = isinstance(event, Frame) and event.opcode is Opcode.TEXT and event.fin
        if is_text and self._welcomed:
            self._note(bytes(event.data))
            return
        self._welcomed = self._welcomed or is_text
        super().process_event(event)

    def _note(self, data: bytes) -> None:
        value = value_of(self.member, data)
        if value is None:
            if b'"error"' in data:
                self.errors.append(data.decode(errors="replace"))
            return
        self.first = self.first or data
        self.heard.setdefault(value, self._received_ns)


def _read_some() -> None:
    for _ in range(min(READ_AT_ONCE, len(NotingConnection.aside))):
        connection, received_ns, data = NotingConnection.aside.popleft()
        connection.read(received_ns, data)
    if NotingConnection.aside:
        asyncio.get_running_loop().call_soon(_read_some)


def _read_all() -> None:
    while NotingConnection.aside:
        connection, received_ns, data = NotingConnection.aside.popleft()
        connection.read(received_ns, data)


def value_of(member: bytes, data: bytes) -> str | None:
    """Return the text or number that a JSON object has under this quoted name, without decoding all of it.

    None if there is no such member. Audio is base64, in which no quotation mark can be.
    """
    start = 0
    while (at := data.find(member, start)) >= 0:
        start = at + len(member)
        rest = data[start:].lstrip()
        if rest.startswith(b":"):  # else it is a text that reads like the name
            try:
                value, _ = JSONDecoder().raw_decode(rest[1:].lstrip().decode(errors="replace"))
            except ValueError:
                return None
            return str(value)
    return None


async def connect_noting(url: str, headers: Mapping[str, str], *, within_s: float) -> NotingConnection:
    """Return an open connection; ConnectionError, with what came instead, where there is none."""
    try:
        return await dial(NotingConnection, url, headers, within_s=within_s)
    except InvalidStatus as refusal:
        raise ConnectionRefusedError(f"refused with status {refusal.response.status_code}") from refusal
    except (BadHandshake, ConnectionClosed) as failure:
        raise ConnectionError(f"{type(failure).__name__} {failure}") from failure
