"""A tiny service that sends what it likes, and a scenario that meets it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

from earshot.audio.clips import SampleLibrary
from earshot.evidence.breaches import breaches_page
from earshot.evidence.diagram import sequence_diagram
from earshot.evidence.verdicts import Failure
from earshot.evidence.wirelog import wire_log
from earshot.running.obstacles import Obstacles
from earshot.running.watch import close_stage, watch_steps
from earshot.runtime import Runtime
from earshot.stage import Stage
from earshot.targets.endpoints import Endpoint
from earshot.targets.service import Service
from earshot.targets.tokens import SignedTokens
from earshot.wire.contract import Contract

Act = Callable[[socket.socket], None]
"""What the service does with one connection; it is closed afterwards."""
TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
SESSION = "radiant-lantern-427"
JOINED: dict[str, Any] = {
    "type": "sessionJoined",
    "sessionId": SESSION,
    "targetLanguage": "es",
    "sourceLanguage": "en",
    "connectionId": "yB9nK2vX6cU=",
    "listenerCount": 2,
    "qualityTier": "standard",
    "timestamp": 1765000003000,
}
ACK = b'{"type":"heartbeatAck","timestamp":1765000003001}'


FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
"""What HTML forbids, and what turns the direction of a page."""


@contextmanager
def service(act: Act) -> Iterator[int]:
    """Serve on a port of this machine, each connection on a thread of its own; yields the port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(20)
            act(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def head(connection: socket.socket) -> bytes:
    """Return the head of a request."""
    came = b""
    while b"\r\n\r\n" not in came:
        if not (more := connection.recv(65536)):
            raise ConnectionError
        came += more
    return came


def accept_key(request: bytes) -> bytes:
    [key] = re.findall(rb"(?i)sec-websocket-key: (\S+)", request)
    return base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest())


def shake(
    connection: socket.socket, *more: bytes, status: bytes = b"101 Switching Protocols", key: bytes = b""
) -> None:
    """Answer the request for a WebSocket, with these further lines."""
    key = key or accept_key(head(connection))
    lines = (b"HTTP/1.1 " + status, b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Accept: " + key)
    connection.sendall(b"\r\n".join((*lines, *more, b"", b"")))


def frame(opcode: int, payload: bytes, *, fin: bool = True, reserved: int = 0, mask: bytes = b"") -> bytes:
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    masked = 0x80 if mask else 0
    size = len(payload)
    if size < 126:
        length = struct.pack("!BB", first, masked | size)
    elif size < 65536:
        length = struct.pack("!BBH", first, masked | 126, size)
    else:
        length = struct.pack("!BBQ", first, masked | 127, size)
    body = bytes(byte ^ mask[k % 4] for k, byte in enumerate(payload)) if mask else payload
    return length + mask + body


def text(message: object) -> bytes:
    """Return a frame with a text, or with an object as JSON."""
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    return frame(TEXT, payload)


def frames(connection: socket.socket) -> Iterator[tuple[int, bytes]]:
    """Yield opcode and payload of what a client sends, until it is gone."""
    with connection.makefile("rb") as stream:
        while len(begin := stream.read(2)) == 2:
            size = begin[1] & 127
            if size > 125:
                size = int.from_bytes(stream.read(2 if size == 126 else 8))
            mask, body = stream.read(4), stream.read(size)
            yield begin[0] & 15, bytes(byte ^ mask[k % 4] for k, byte in enumerate(body))


def answers(connection: socket.socket) -> None:
    """Answer heartbeats, pings and the close until the client is gone."""
    for opcode, payload in frames(connection):
        if opcode == CLOSE:
            connection.sendall(frame(CLOSE, payload))
            return
        connection.sendall(frame(PONG, payload) if opcode == PING else text(ACK))


def lets_in_and(*sends: bytes, then: Act = answers) -> Act:
    """Let a listener in, send all this, and go on."""

    def act(connection: socket.socket) -> None:
        shake(connection)
        connection.sendall(text(JOINED) + b"".join(sends))
        then(connection)

    return act


def scenario(
    port: int,
    steps: Sequence[Callable[[Any], object]],
    *,
    runtime: Runtime,
    samples: SampleLibrary,
    contracts: dict[str, Contract],
    tokens: SignedTokens | None = None,
) -> tuple[Stage, Failure | None]:
    """Let these steps run as behave would, each watched, and the scenario end; return the first failure."""
    endpoint = Endpoint(f"ws://127.0.0.1:{port}", f"http://127.0.0.1:{port}")
    meant = Service("hostile", {"broadcast": endpoint, "conversation": endpoint}, tokens or SignedTokens("s" * 32))
    target: Any = SimpleNamespace(name="hostile", capabilities=frozenset(), service=lambda _: meant, gone=lambda: None)
    nothing: Any = None
    stage = Stage(
        runtime=runtime, target=target, samples=samples, contracts=contracts, echo=nothing,
        another=nothing,
    )  # fmt: skip
    matchers = [SimpleNamespace(func=step) for step in steps]
    skip: Callable[[str], None] = lambda _: None  # noqa: E731
    context: Any = SimpleNamespace(
        _runner=SimpleNamespace(step_registry=SimpleNamespace(steps={"then": matchers})),
        run=SimpleNamespace(expected_failure=lambda _: None, obstacles=Obstacles(target)),
        scenario=SimpleNamespace(name="A talk", skip=skip, should_skip=False),
        stage=stage,
        **stage.systems,
    )
    watch_steps(context)
    failures: list[Failure] = []
    for matcher in matchers:
        try:
            matcher.func(context)
        except Exception as error:
            failures.append(Failure.raised(error))
            break
    try:
        close_stage(stage, context.scenario, context.run)
    except Exception as error:
        failures.append(Failure.raised(error, "At the end"))
    return stage, failures[0] if failures else None


def evidence(stage: Stage) -> dict[str, str]:
    """Return every page that a report would show of a scenario, by its title."""
    pages = {"Wire log": wire_log(stage.ledger), "Who did what, when": sequence_diagram(stage.ledger)}
    if breaches := breaches_page(stage.ledger):
        pages["Breaches of the contract"] = breaches
    for wing in stage.systems.values():
        pages |= dict(wing.exhibits())
    return pages


class _Balanced(HTMLParser):
    VOID = frozenset({"meta", "br", "line", "path", "link", "input", "hr", "img", "rect", "circle", "col"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Nothing stays open."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} is closed, which was not open"


def insist_on_valid(page: str) -> None:
    """Insist that a page can be written, holds no character that HTML forbids, and closes what it opens."""
    page.encode()
    forbidden = re.findall(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]", page
    )
    assert not forbidden, f"characters that a page must not hold: {sorted(set(map(hex, map(ord, forbidden))))}"
    parser = _Balanced()
    parser.feed(page)
    assert parser.open == []
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ElementTree.fromstring(svg)
