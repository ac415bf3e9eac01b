"""A service that answers after known delays, for finding out what a stopwatch adds to them.

    python bench/known_delays.py        prints its port as a JSON object; ends when its standard input closes

A client sends binary messages of 12 bytes: its number, the number of the message, and for how many microseconds the
answer is to be held back (32-bit integers, little endian). The answer is the two numbers and for how many nanoseconds
it really was held back (64 bits): from the arrival of the message in this process to the write. It is written by hand
for asyncio, as anything slower would be measured along with the client.
"""

from __future__ import annotations

import asyncio
import json
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.by_hand import agreement

QUESTION = struct.Struct("<III")
ANSWER = struct.Struct("<IIQ")
_CLOSE = 8


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._buffer = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        now_ns = time.monotonic_ns()
        self._buffer += data
        if not self._upgraded:
            if b"\r\n\r\n" not in self._buffer:
                return
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self._transport.write(agreement(head))
            self._upgraded = True
        while (end := self._frame_end()) <= len(self._buffer):
            frame, self._buffer = self._buffer[:end], self._buffer[end:]
            self._answer(frame, now_ns)

    def _frame_end(self) -> int:
        """Return how long the first frame is; its messages are short, so its length is in the second byte."""
        return 6 + (self._buffer[1] & 0x7F) if len(self._buffer) > 1 else sys.maxsize

    def _answer(self, frame: bytes, arrived_ns: int) -> None:
        if frame[0] & 0x0F == _CLOSE:
            self._transport.write(b"\x88\x00")
            self._transport.close()
            return
        mask = frame[2:6] * 3
        question = bytes(a ^ b for a, b in zip(frame[6 : 6 + QUESTION.size], mask, strict=True))
        connection, number, hold_us = QUESTION.unpack(question)
        loop = asyncio.get_running_loop()
        loop.call_later(hold_us / 1e6, self._write, connection, number, arrived_ns)

    def _write(self, connection: int, number: int, arrived_ns: int) -> None:
        held_ns = time.monotonic_ns() - arrived_ns
        self._transport.write(bytes((0x82, ANSWER.size)) + ANSWER.pack(connection, number, held_ns))


@contextmanager
def service() -> Iterator[str]:
    """Run the service in a child process and give its address."""
    child = subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve())], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin and child.stdout
    try:
        yield f"ws://127.0.0.1:{json.loads(child.stdout.readline())['port']}/"
    finally:
        child.stdin.close()
        child.wait(10)


async def _serve() -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(over.set)

    threading.Thread(target=wait_for_end, daemon=True).start()
    server = await loop.create_server(_Connection, "127.0.0.1", 0, backlog=1024)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await over.wait()


if __name__ == "__main__":
    try:
        from uvloop import run
    except ImportError:
        from asyncio import run
    run(_serve())
