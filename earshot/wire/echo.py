"""An echo at the end of a socket: what there is to measure when there is nothing but the stopwatch.

python -m earshot.wire.echo     prints its port as a JSON object, and ends when its standard input closes
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from earshot.wire.leg import StampingConnection


@asynccontextmanager
async def stamped_echo(url: str) -> AsyncIterator[StampingConnection]:
    """Connect to an echo, stamped as connections to a service are."""
    async with connect(
        url, create_connection=StampingConnection, compression=None, proxy=None, ping_interval=None
    ) as connection:
        assert isinstance(connection, StampingConnection)
        yield connection


async def arrivals_of(connection: StampingConnection, count: int) -> list[int]:
    """Return when so many messages came in."""
    for _ in range(count):
        await connection.recv()
    return list(connection.arrivals_ns)


async def _echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


async def _serve() -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(over.set)

    threading.Thread(target=wait_for_end, daemon=True).start()
    async with serve(_echo, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        sys.stdout.write(json.dumps({"port": next(iter(server.sockets)).getsockname()[1]}) + "\n")
        sys.stdout.flush()
        await over.wait()


if __name__ == "__main__":
    asyncio.run(_serve())
