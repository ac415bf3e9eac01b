"""A process of our own at the far end of a pipe, which does what would hold up the event loop.

Both ends speak in messages: a head of nine bytes (kind, number, length of the body; little-endian) and a body. What
the numbers and kinds mean is up to those who talk. The worker ends when its input ends, so also when its parent dies,
however that happens. Ctrl-C reaches a whole process group; the worker leaves it to its parent to end in good order.
"""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from reference.twins.twin import find

_HEAD = struct.Struct("<BII")
_END_PATIENCE_S = 2.0

Message = tuple[int, int, bytes]
"""Kind, number, body."""


class WorkerProcess:
    """The far end, as the parent sees it."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._to, self._from = process.stdin, process.stdout

    @classmethod
    async def start(cls, module: str, *twins: str) -> WorkerProcess:
        """Run `python -m module`, which calls `serve`, as these twins."""
        home = Path(__file__).parents[1]
        program = (sys.executable, "-m", module, *twins)
        return cls(await asyncio.create_subprocess_exec(*program, stdin=PIPE, stdout=PIPE, cwd=home))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.returncode

    def send(self, kind: int, number: int, body: bytes = b"") -> None:
        """Put a message into the pipe; it is for the caller to bound what waits there."""
        self._to.write(_HEAD.pack(kind, number, len(body)))
        self._to.write(body)

    async def receive(self) -> Message:
        """Return the next message; raise IncompleteReadError or ConnectionError when the worker has ended."""
        kind, number, length = _HEAD.unpack(await self._from.readexactly(_HEAD.size))
        return kind, number, await self._from.readexactly(length)

    async def wait(self) -> int:
        """Return the exit code, once there is one."""
        return await self._process.wait()

    async def close(self) -> None:
        """Let the worker end by ending its input; kill it if it lingers."""
        self._to.close()
        try:
            async with asyncio.timeout(_END_PATIENCE_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


class Pipe:
    """The near end, as the worker sees it."""

    def __init__(self, inbox: BinaryIO, outbox: BinaryIO) -> None:
        self._inbox = inbox
        self._outbox = outbox

    def receive(self) -> Message:
        """Return the next message; raise EOFError when the parent has no more."""
        kind, number, length = _HEAD.unpack(self._read(_HEAD.size))
        return kind, number, self._read(length)

    def send(self, kind: int, number: int, body: bytes = b"") -> None:
        self._outbox.write(_HEAD.pack(kind, number, len(body)) + body)
        self._outbox.flush()

    def _read(self, count: int) -> bytes:
        read = self._inbox.read(count)
        if len(read) < count:
            raise EOFError
        return read


def serve(work: Callable[[Pipe], None]) -> None:
    """Work at the near end until the parent has no more, then leave; first become the twins that are named."""
    for twin in filter(None, map(find, sys.argv[1:])):
        twin.apply()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The pipe belongs to the messages alone: whatever is printed by mistake goes to the log.
    outbox = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        work(Pipe(sys.stdin.buffer, outbox))
    except (EOFError, BrokenPipeError):
        # The parent is done with us, or dead. Leave at once: flushing what nobody reads would fail.
        os._exit(0)
