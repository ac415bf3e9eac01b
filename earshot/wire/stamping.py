"""TCP connections for an HTTP client that note when something came in, in the transport callback."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore2

_READ_AHEAD_BYTES = 2**20


class _StampingReader(asyncio.StreamReader):
    """Notes when the first and the last of what nobody has read yet came in."""

    def __init__(self) -> None:
        super().__init__(limit=_READ_AHEAD_BYTES, loop=asyncio.get_running_loop())
        self.unread_bytes = 0
        self.first_ns = self.last_ns = 0

    def feed_data(self, data: Any) -> None:
        self.last_ns = time.monotonic_ns()
        if not self.unread_bytes:
            self.first_ns = self.last_ns
        self.unread_bytes += len(data)
        super().feed_data(data)


class StampedStream(httpcore2.AsyncNetworkStream):
    def __init__(self, reader: _StampingReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.began_ns = self.ended_ns = 0
        """When the first and the last of what was read latest came in."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Return what came in, at least a byte unless the other side has closed; see AsyncNetworkStream."""
        try:
            data = await self._reader.read(max_bytes)
        except OSError as failure:
            raise httpcore2.ReadError(str(failure)) from failure
        if data:
            self.began_ns, self.ended_ns = self._reader.first_ns, self._reader.last_ns
            self._reader.unread_bytes -= len(data)
            self._reader.first_ns = self._reader.last_ns
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send, waiting while the other side takes nothing; see AsyncNetworkStream."""
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as failure:
            raise httpcore2.WriteError(str(failure)) from failure

    async def aclose(self) -> None:
        """Close without waiting for the other side."""
        self._writer.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> StampedStream:
        """Speak TLS from now on; see AsyncNetworkStream."""
        try:
            await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except OSError as failure:
            raise httpcore2.ConnectError(str(failure)) from failure
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return what the client may want to know: `is_readable`, on a resting connection, says that it is closed."""
        if info == "is_readable":
            reader = self._reader
            return reader.at_eof() or reader.exception() is not None or reader.unread_bytes > 0
        return self._writer.get_extra_info(info)


class StampingNetwork(httpcore2.AsyncNetworkBackend):
    """Opens connections that note when something came in."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> StampedStream:
        loop, reader = asyncio.get_running_loop(), _StampingReader()
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        try:
            transport, _ = await loop.create_connection(lambda: protocol, host, port)
        except OSError as failure:
            raise httpcore2.ConnectError(str(failure)) from failure
        return StampedStream(reader, asyncio.StreamWriter(transport, protocol, reader, loop))
