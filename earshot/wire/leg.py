"""One WebSocket connection of one person, observed completely.

Arrivals are stamped in the transport callback, before decoding, so a stamp does not depend on when anybody looks.
One reader per connection moves every frame into the ledger; nobody else ever receives.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Mapping
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State

from earshot.failures import ContractBreach, TargetUnreachable
from earshot.ledger import Kind, Ledger, Observation
from earshot.wire.addresses import filled, places_of, with_query
from earshot.wire.contract import Contract
from earshot.wire.reading import Unreadable, as_json, read, read_body
from earshot.wire.statements import contradicted
from earshot.wire.wording import shown

ASKS_TO_CONNECT = "asks to connect"
"""What a request to open a connection is called in the ledger."""
SECRET_PARAMETERS = frozenset({"token"})
LARGEST_BYTES = 2**26
"""A message that says that it is larger is not waited for."""
OURS = "by Earshot, because the service sent"
"""How the words of a close begin that our own side brought about."""
_BEGINS = (Opcode.TEXT, Opcode.BINARY)
_DATA = (*_BEGINS, Opcode.CONT)
_FAULT_IS_KEPT_WITHIN_S = 1.0


Dialled = TypeVar("Dialled", bound=ClientConnection)


def asks_to_connect(observation: Observation) -> bool:
    """Whether this is the request for a connection."""
    return observation.kind is Kind.SENT and observation.words == ASKS_TO_CONNECT


class StampingConnection(ClientConnection):
    """A client connection that notes when each message came in, in the transport callback."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened_ns = 0
        self.arrivals_ns: deque[int] = deque()
        self.texts: deque[bool] = deque()
        """Whether each message that came in was meant as text."""
        self.fault_ns = 0
        """When something came in that is no frame; nothing after that is understood."""
        self._received_ns = 0
        self._is_text = True

    def data_received(self, data: bytes) -> None:
        self._take(time.monotonic_ns(), data)

    def _take(self, received_ns: int, data: bytes) -> None:
        """Read what came in at this time."""
        self._received_ns = received_ns
        super().data_received(data)
        if self.protocol.parser_exc is not None and not self.fault_ns:
            self.fault_ns = self._received_ns
            self.transport.close()  # whoever breaks the protocol may not end the connection, either

    def process_event(self, event: Any) -> None:
        if not isinstance(event, Frame):
            self.opened_ns = self._received_ns
        elif event.opcode in _DATA:
            if event.opcode in _BEGINS:
                self._is_text = event.opcode is Opcode.TEXT
            if event.fin:
                self.arrivals_ns.append(self._received_ns)
                self.texts.append(self._is_text)
        super().process_event(event)

    @property
    def fault(self) -> str:
        """What the service sent that is no frame, in words; empty if it did not."""
        return f"a frame that breaks the protocol: {self.protocol.parser_exc}" if self.fault_ns else ""


class _Direct(connect):
    """Opens a connection to where it was told to, and to nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


async def dial(
    kind: type[Dialled], url: str, headers: Mapping[str, str], *, within_s: float, close_within_s: float = 10
) -> Dialled:
    """Return an open connection of this kind, on which nothing is sent unasked and nothing held up or cut short.

    As pages do, it offers to compress messages; that is up to the service.

    Raises InvalidStatus when the service says no, and BadHandshake when it says nothing that makes sense, or nothing at
    all; OSError or TimeoutError when nobody is there.
    """
    begun: list[Dialled] = []

    def begin(*args: Any, **kwargs: Any) -> Dialled:
        begun.append(kind(*args, **kwargs))
        return begun[-1]

    try:
        connection = await _Direct(
            url,
            additional_headers=dict(headers),
            create_connection=begin,  # type: ignore[arg-type]  # a factory does as well as a class
            proxy=None,
            open_timeout=within_s,
            close_timeout=close_within_s,
            ping_interval=None,
            max_size=LARGEST_BYTES,
            max_queue=None,
        )
    except InvalidStatus:
        raise
    except InvalidHandshake as fault:
        raise BadHandshake(f"{fault}{f' ({fault.__cause__})' if fault.__cause__ else ''}") from fault
    except TimeoutError:
        if begun and hasattr(begun[-1], "transport"):
            raise BadHandshake("") from None
        raise
    assert isinstance(connection, kind)
    return connection


class BadHandshake(Exception):
    """Somebody is there, but what they answered to the request for a connection is wrong; empty: they did not."""


class Leg:
    """A connection to the service under test, in one role."""

    def __init__(self, *, who: str, label: str, role: str, ledger: Ledger, contract: Contract) -> None:
        self.who = who
        self.label = label
        self.role = role
        self._ledger = ledger
        self._contract = contract
        self._connection: StampingConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether messages can still be sent."""
        return self._connection is not None and self._connection.state is State.OPEN

    async def open(
        self,
        url: str,
        parameters: Mapping[str, str],
        *,
        headers: Mapping[str, str],
        within_s: float,
        checked: bool = True,
    ) -> Observation:
        """Connect and start reading; returns what came of it: an OPENED or a REFUSED observation.

        Of the parameters, those that have a place in `url` (`{session_id}`) go there, and the others into its query.

        `checked=False` is for people who mean to connect with parameters that break the contract; without parameters
        there is nothing to check. Raises TargetUnreachable when nobody is there, ContractBreach when somebody is whose
        answer is none by which a WebSocket opens or is refused, and AssertionError when they do not answer.
        """
        places = places_of(url)
        query = {key: value for key, value in parameters.items() if key not in places}
        if checked and query:
            _insist(self._contract.check_connect(query, self.role))
        shown: dict[str, object] = {
            key: "‹secret›" if key in SECRET_PARAMETERS else value for key, value in parameters.items()
        }
        address = with_query(filled(url, parameters), query)
        self._keep(Kind.SENT, message=shown, words=ASKS_TO_CONNECT)
        try:
            connection = await dial(StampingConnection, address, headers, within_s=within_s, close_within_s=5)
        except InvalidStatus as refusal:
            return self._keep_refusal(refusal.response)
        except BadHandshake as fault:
            if not str(fault):
                self._keep(Kind.CLOSED, ours=True, words=f"{OURS} no answer within {within_s:g} s")
                raise AssertionError(
                    f"{self.who} {ASKS_TO_CONNECT}, waited {within_s:g} s for an answer, and got none"
                ) from None
            words = f"no answer that opens or refuses a WebSocket, in the handshake: {fault}"
            self._keep_violation(words, {}, time.monotonic_ns())
            self._keep(Kind.CLOSED, ours=True, words=f"{OURS} {words}")
            raise ContractBreach(f"{self.who} {ASKS_TO_CONNECT}, but the service sent {words}") from fault
        except (OSError, TimeoutError) as failure:
            raise TargetUnreachable(
                f"{self.who} could not connect to {url}: {failure or 'no answer'}; "
                f"expected a WebSocket service there. Is it running, and is the address right?"
            ) from failure
        self._connection = connection
        opened = self._keep(Kind.OPENED, at_ns=connection.opened_ns, message=shown)
        self._reader = asyncio.get_running_loop().create_task(self._read(connection))
        return opened

    async def send(
        self, message: Mapping[str, object], *, checked: bool = True, due_ns: int | None = None
    ) -> Observation:
        """Send a JSON object. `checked=False` is for people who mean to break the contract."""
        text = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
        if checked:
            _insist(self._contract.check_sent(message, self.role))
        sent = self._keep(Kind.SENT, message=message, size_bytes=len(text.encode()), due_ns=due_ns)
        await self._write(text)
        return sent

    async def send_raw(self, frame: str | bytes, *, checked: bool = True, due_ns: int | None = None) -> Observation:
        """Send a frame as it is: audio as binary (checked unless told otherwise), or text that need not be JSON."""
        payload = frame if isinstance(frame, bytes) else frame.encode()
        if checked and isinstance(frame, bytes):
            _insist(self._contract.check_binary_sent(frame, self.role))
        message = (_json_object(frame) or {}) if isinstance(frame, str) else {}
        sent = self._keep(
            Kind.SENT,
            message=message,
            payload=payload,
            is_binary=isinstance(frame, bytes),
            size_bytes=len(payload),
            due_ns=due_ns,
        )
        await self._write(frame)
        return sent

    async def ping(self, within_s: float) -> bool:
        """Whether the other side still answers; what it had sent before has arrived then."""
        if self._connection is None:
            return False
        try:
            async with asyncio.timeout(within_s):
                await (await self._connection.ping())
        except (ConnectionClosed, TimeoutError):
            return False
        return True

    @property
    def is_reading(self) -> bool:
        """Whether what comes is taken from the network."""
        return self._connection is not None and self._connection.transport.is_reading()

    def stop_reading(self) -> None:
        """Take nothing from the network any more; to be called on the loop."""
        if self._connection is not None:
            self._connection.transport.pause_reading()

    def read_again(self) -> None:
        """Take what the network has kept, and go on; harmless when reading never stopped. To be called on the loop."""
        if self._connection is not None and self.is_open:
            self._connection.transport.resume_reading()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close in an orderly way and wait until the other side has agreed."""
        if self._connection is not None:
            await self._connection.close(code, reason)
        await self._finish_reading()

    async def vanish(self) -> None:
        """Drop the TCP connection without a close frame, as a dying device does."""
        if self._connection is not None:
            self._connection.transport.abort()
        await self._finish_reading()

    def _keep_refusal(self, response: Response) -> Observation:
        """Keep that the service says no, as an HTTP status; its body may say why."""
        body, status = bytes(response.body or b""), response.status_code
        headers = {name.lower(): value for name, value in response.headers.raw_items()}
        content_type = headers.get("content-type", "")
        said, unreadable = None, None
        try:
            said = read_body(content_type, body)
        except Unreadable as fault:
            unreadable = f"a refusal with status {status} whose body {fault}" if "json" in content_type else None
        envelope = said if isinstance(said, dict) else {}
        refused = self._keep(
            Kind.REFUSED,
            message=envelope,
            payload=b"" if envelope else body,
            code=status,
            words=str(envelope.get("code", "")),
            size_bytes=len(body),
        )
        if wrong := unreadable or contradicted(status, headers, envelope):
            self._keep_violation(wrong, envelope, refused.at_ns)
        elif self._contract.tells_refusals:
            self._hold_against_contract(envelope, refused.at_ns)
        return refused

    async def _finish_reading(self) -> None:
        if self._reader is not None:
            await self._reader

    async def _write(self, frame: str | bytes) -> None:
        if self._connection is None:
            raise AssertionError(f"{self.who} has no connection to send on")
        try:
            await self._connection.send(frame)
        except ConnectionClosed as closed:
            if self._reader is not None:  # so that it is known why
                await asyncio.wait([self._reader], timeout=_FAULT_IS_KEPT_WITHIN_S)
            how = f"{OURS} {fault}" if (fault := self._connection.fault) else _close_words(closed)
            raise AssertionError(f"{self.who} wanted to send, but the connection had been closed ({how})") from None

    async def _read(self, connection: StampingConnection) -> None:
        try:
            while True:
                frame = await connection.recv(decode=False)
                self._keep_received(frame, connection.arrivals_ns.popleft(), is_text=connection.texts.popleft())
        except ConnectionClosed:
            pass  # how it was closed is told below, for every way of closing
        if fault := connection.fault:
            self._keep_violation(fault, {}, connection.fault_ns)
            sent = connection.protocol.close_sent
            self._keep(Kind.CLOSED, ours=True, code=sent.code if sent else None, words=f"{OURS} {fault}")
        else:
            self._keep(Kind.CLOSED, code=connection.close_code, words=connection.close_reason or "")

    def _keep_received(self, frame: bytes, at_ns: int, *, is_text: bool) -> None:
        fault, said = f"a binary frame of {len(frame)} bytes, where all is said in text", None
        if is_text:
            try:
                said = read(frame)
                fault = f"a text frame with {shown(said)} that is not a JSON object"
            except Unreadable as unreadable:
                fault = f"a text frame of {len(frame)} bytes that {unreadable}"
        message = said if isinstance(said, dict) else None
        self._keep(
            Kind.RECEIVED,
            at_ns=at_ns,
            message=message or {},
            payload=frame if message is None else b"",
            is_binary=not is_text,
            size_bytes=len(frame),
        )
        if message is None:
            self._keep_violation(fault, {}, at_ns)
        else:
            self._hold_against_contract(message, at_ns)

    def _hold_against_contract(self, message: Mapping[str, object], at_ns: int) -> None:
        if message and (violation := self._contract.check_received(message, self.role)):
            self._keep_violation(violation, message, at_ns)

    def _keep_violation(self, words: str, message: Mapping[str, object], at_ns: int) -> None:
        self._keep(Kind.VIOLATION, at_ns=at_ns, message=message, words=words)

    def _keep(self, kind: Kind, *, at_ns: int | None = None, **details: Any) -> Observation:
        return self._ledger.keep(Observation(at_ns or time.monotonic_ns(), self.who, self.label, kind, **details))


def _insist(violation: str | None) -> None:
    if violation:
        raise ValueError(f"the harness was about to break the contract itself: {violation}")


def _json_object(text: str | bytes | bytearray | None) -> Mapping[str, object] | None:
    value = as_json(text or "")
    return value if isinstance(value, dict) else None


def _close_words(closed: ConnectionClosed) -> str:
    received = closed.rcvd
    return f"{received.code} {received.reason}".strip() if received else "without a close frame"
