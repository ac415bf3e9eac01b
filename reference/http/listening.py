"""The port that a server listens on."""

from __future__ import annotations

import socket

BACKLOG = 256


class PortUnusable(OSError):
    """A port on which nobody can listen."""

    def __init__(self, port: int, failure: OSError) -> None:
        super().__init__(failure.errno, failure.strerror)
        self.port = port


def listening_socket(host: str, port: int) -> socket.socket:
    """Bind a port of this machine, 0 meaning any, and listen; raise PortUnusable when that cannot be.

    Whoever connects before anybody serves it waits in the backlog. The protocol is named, because asyncio turns Nagle's
    algorithm off only on connections of a socket that says it is TCP: an answer in two writes would wait for 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as failure:
        listener.close()
        raise PortUnusable(port, failure) from None
    return listener


def http_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
