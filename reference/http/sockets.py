"""What a WebSocket of an HTTP server asks of whoever connects: to answer pings, to read, and to keep messages short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

GOODBYE_WITHIN_S = 1.0
"""So long may a close frame take to go out to somebody who answers no ping."""


@dataclass(frozen=True, slots=True)
class SocketTerms:
    ping_every_s: float = 20.0
    """Of silence."""
    ping_within_s: float = 20.0
    message_max_bytes: int = 16 * 1024 * 1024


def resolute_protocol() -> type[WebSocketsSansIOProtocol]:
    """Return uvicorn's protocol, but one that lets go of those who do not read, and is heard by those who still write.

    The application can cut a connection off: `scope["extensions"]["cut_off"]()`.
    """
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    class Resolute(WebSocketsSansIOProtocol):
        def data_received(self, data: bytes) -> None:
            if self.conn.parser_exc is not None:
                self.conn.receive_data(data)  # which throws it away
            else:
                super().data_received(data)

        def handle_parser_exception(self) -> None:
            """Say goodbye, and take what still comes: closed at once, the connection is reset before that is read."""
            assert self.conn.close_sent is not None
            self.queue.put_nowait({"type": "websocket.disconnect", "code": self.conn.close_sent.code})
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            if self.read_paused:
                self.read_paused = False
                self.transport.resume_reading()
            self._end_within(self.close_timeout)

        def eof_received(self) -> None:
            if self.conn.parser_exc is not None:
                self.transport.close()

        def keepalive_timeout(self) -> None:
            super().keepalive_timeout()
            self._end_within(GOODBYE_WITHIN_S)

        async def run_asgi(self) -> None:
            self.scope["extensions"]["cut_off"] = self.transport.abort  # type: ignore[assignment]
            await super().run_asgi()

        async def send(self, message: Any) -> None:
            await super().send(message)
            if self.close_timer is not None and message["type"] == "websocket.close":
                self._end_within(self.close_timeout)

        def _end_within(self, seconds: float) -> None:
            """Cut the connection off in that time, whatever has not been read of what was sent."""
            if self.close_timer is not None:
                self.close_timer.cancel()
            self.close_timer = self.loop.call_later(seconds, self.transport.abort)

    return Resolute
