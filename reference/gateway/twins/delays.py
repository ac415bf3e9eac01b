"""Sound twins that are further away: what travels takes longer, and comes in the same order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from websockets.asyncio.server import ServerConnection

from reference.gateway import server
from reference.twins.sound import some_delay_s, sound_made_by
from reference.twins.twin import Seam


class Way:
    """A way on which things take a while and do not overtake each other."""

    def __init__(self) -> None:
        self._due_s = 0.0
        self._under_way: deque[Callable[[], object]] = deque()

    def go(self, arrive: Callable[[], object]) -> None:
        loop = asyncio.get_running_loop()
        self._due_s = max(self._due_s, loop.time() + some_delay_s())
        self._under_way.append(arrive)
        # Timers that are due at the same time may ring in any order, so each lets the first arrive.
        loop.call_at(self._due_s, lambda: self._under_way.popleft()())


class FarTransport:
    """A transport whose other end is further away."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._way = Way()
        self._closing = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self.is_closing():
            self._way.go(lambda: self._arrive(data))

    def write_eof(self) -> None:
        self._way.go(lambda: self._arrive(b""))

    def close(self) -> None:
        self._closing = True
        self._way.go(self._transport.close)

    def is_closing(self) -> bool:
        return self._closing or self._transport.is_closing()

    def _arrive(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        if data:
            self._transport.write(data)
        else:
            self._transport.write_eof()


class FarConnection(ServerConnection):
    """A connection whose client is further away."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._way = Way()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(FarTransport(transport))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        self._way.go(lambda: super(FarConnection, self).data_received(data))

    def eof_received(self) -> bool:  # type: ignore[override]  # the transport stays until all has arrived
        def end() -> None:
            super(FarConnection, self).eof_received()
            self.transport.close()

        self._way.go(end)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._way.go(lambda: super(FarConnection, self).connection_lost(exc))


@sound_made_by(lambda usual: {**usual, "create_connection": FarConnection}, Seam(server, "SERVED_WITH"))
def connections_delayed_at_random():
    """What clients and service send takes up to 150 ms each way, in order (BRO-8.1 and CONV-70 limit it elsewhere)."""
