"""Every open socket and what is on its way to it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.protocol import State

from reference.journal import Journal

WRITE_AT_ONCE_BELOW_BYTES = 32_768
"""While less than this waits in the socket's own buffer, and nothing in the outbox, writing is immediate."""

MOST_MESSAGES_BEHIND = 256
"""With more than this waiting in an outbox, `caught_up` waits for the other side to read."""

CLOSE_WITHIN_S = 2.0
"""Time for a connection to take what it was told before it is closed; after that it is cut off."""

CUT_OFF = 1006
"""The close code of a connection that ends without one."""


@dataclass(frozen=True, slots=True)
class AudioMessage:
    """An encoded message that still lacks its number, because every connection counts for itself.

    Most listeners of a session are at the same number, so what is made for one of them serves the others: to send a
    sentence to a thousand is to write the same bytes a thousand times.
    """

    head: str
    """The JSON object up to and including `"sequenceNumber": `."""
    pcm_bytes: int
    _frames: dict[int, bytes] = field(default_factory=dict, compare=False, repr=False)

    def numbered(self, sequence_number: int) -> str:
        return f"{self.head}{sequence_number}}}"

    def frame(self, sequence_number: int) -> bytes:
        """Return the whole message as a server sends it over a connection without extensions."""
        frame = self._frames.get(sequence_number)
        if frame is None:
            data = self.numbered(sequence_number).encode()
            frame = Frame(Opcode.TEXT, data).serialize(mask=False)
            self._frames[sequence_number] = frame
        return frame


class Outbox:
    """What one connection is to be sent, in order.

    Control messages are never dropped. Audio that the connection does not take is bounded: the oldest goes
    first, and since a number is given only when a message is written, the numbers that do arrive have no
    gaps. Nothing is written before `open`, so that the first message a client sees is the first that was put
    in.
    """

    def __init__(self, socket: ServerConnection, connection_id: str, *, audio_limit_bytes: int) -> None:
        self.dropped_audio = 0
        """Audio messages dropped so far."""
        self._socket = socket
        self._connection_id = connection_id
        self._audio_limit_bytes = audio_limit_bytes
        self._queue: deque[str | AudioMessage] = deque()
        self._queued_audio_bytes = 0
        self._next_sequence_number = 1
        self._open = False
        self._closing: tuple[int, str] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._journal = Journal("outbox")

    def open(self) -> None:
        """Begin to write: the handshake is complete."""
        self._open = True
        self._start_pump()

    def send(self, message: str | AudioMessage) -> bool:
        """Put a message on its way; return False when the connection is closed or closing."""
        if self._closing is not None or self._socket.state in (State.CLOSING, State.CLOSED):
            return False
        if self._socket.transport.is_closing():
            return False  # it broke, and nobody was told yet
        if self._open and self._pump is None and self._room_in_socket():
            if isinstance(message, AudioMessage):
                self._socket.transport.write(message.frame(self._number()))
            else:
                broadcast([self._socket], message)
            return True
        self._queue.append(message)
        if isinstance(message, AudioMessage):
            self._queued_audio_bytes += message.pcm_bytes
            self.drop_excess(newest=message)
        self._start_pump()
        return True

    def close(self, code: int, reason: str) -> None:
        """Close the connection once everything before has been written, or after CLOSE_WITHIN_S."""
        if self._closing is not None:
            return
        self._closing = (code, reason)
        asyncio.get_running_loop().call_later(CLOSE_WITHIN_S, self._socket.transport.abort)
        self._start_pump()

    def cut_off(self) -> None:
        """Break the connection without a word."""
        self._socket.transport.abort()

    async def caught_up(self) -> None:
        """Return at once, unless the other side is far behind with reading: then when it has caught up or is gone."""
        if self._pump is not None and self._open and len(self._queue) > MOST_MESSAGES_BEHIND:
            await asyncio.wait([self._pump])

    @property
    def writing(self) -> asyncio.Task[None] | None:
        """The task that writes what is queued, while there is any."""
        return self._pump

    def _room_in_socket(self) -> bool:
        return self._socket.transport.get_write_buffer_size() < WRITE_AT_ONCE_BELOW_BYTES

    def _start_pump(self) -> None:
        if self._open and self._pump is None and (self._queue or self._closing is not None):
            self._pump = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._queue:
                message = self._queue.popleft()
                if isinstance(message, AudioMessage):
                    self._queued_audio_bytes -= message.pcm_bytes
                await self._socket.send(self._text(message))
            if self._closing is not None:
                await self._socket.close(*self._closing)
        except ConnectionClosed:
            # The other side has left: what is still queued has no reader.
            self._queue.clear()
            self._queued_audio_bytes = 0
        finally:
            self._pump = None
        # A close may have been asked for while the last message was being written.
        if self._closing is not None and self._socket.state is State.OPEN:
            self._start_pump()

    def _text(self, message: str | AudioMessage) -> str:
        return message if isinstance(message, str) else message.numbered(self._number())

    def _number(self) -> int:
        """Return the number of the audio that is about to be written."""
        number = self._next_sequence_number
        self._next_sequence_number += 1
        return number

    def drop_excess(self, newest: AudioMessage) -> None:
        """Drop the oldest audio until the limit holds; a single sentence that is longer than that is kept."""
        while self._queued_audio_bytes > self._audio_limit_bytes:
            oldest = next(one for one in self._queue if isinstance(one, AudioMessage))
            if oldest is newest:
                return
            self._queue.remove(oldest)
            self._queued_audio_bytes -= oldest.pcm_bytes
            self.dropped_audio += 1
            self._journal.warning(
                "drop-audio",
                "the connection is slow, its oldest audio is dropped",
                connection_id=self._connection_id,
                dropped=self.dropped_audio,
            )


class Connections:
    def __init__(self) -> None:
        self._outboxes: dict[str, Outbox] = {}

    def __len__(self) -> int:
        return len(self._outboxes)

    def add(self, connection_id: str, outbox: Outbox) -> None:
        self._outboxes[connection_id] = outbox

    def remove(self, connection_id: str) -> None:
        self._outboxes.pop(connection_id, None)

    def find(self, connection_id: str) -> Outbox | None:
        """Return the outbox of a connection, or None when its socket is gone."""
        return self._outboxes.get(connection_id)

    def close(self, connection_ids: Iterable[str], code: int) -> int:
        """Close connections, or cut them off for CUT_OFF; return how many were there."""
        outboxes = [self._outboxes[one] for one in connection_ids if one in self._outboxes]
        for outbox in outboxes:
            if code == CUT_OFF:
                outbox.cut_off()
            else:
                outbox.close(code, "")
        return len(outboxes)

    async def flushed(self) -> None:
        """Return when every outbox has been written, or after CLOSE_WITHIN_S."""
        writing = [outbox.writing for outbox in self._outboxes.values() if outbox.writing is not None]
        if writing:
            await asyncio.wait(writing, timeout=CLOSE_WITHIN_S)
