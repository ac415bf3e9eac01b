"""One process full of listeners, who note when each message reaches them and do nothing else.

    python -m earshot.broadcast.load.listening

It is told what to do by JSON objects on its standard input, one to a line, and answers each by one on its standard
output; it ends when its input closes. The connections are those of every other actor of Earshot: arrivals are stamped
in the transport callback. But nobody decodes, checks and keeps every message, as in the ledger, for which a thousand
listeners would need more processors than there are: only the first that each of them gets is held against the
contract, of the others the member that tells them apart is read.

    {"do": "join", "url": …, "session": …, "language": …, "addresses": […], "names": […], "by": "transcript"}
    {"do": "tell", "due_ns": {message: time}, "offset_ns": 0, "within_s": 2}
    {"do": "leave"}
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections import deque
from collections.abc import Mapping
from json import JSONDecoder
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.frames import Frame, Opcode

from earshot.broadcast.load.conversing import say
from earshot.broadcast.load.tally import tally
from earshot.runtime import new_event_loop
from earshot.wire.contract import Contract
from earshot.wire.leg import StampingConnection

CONTRACT = Path(__file__).resolve().parents[3] / "contract" / "broadcast.asyncapi.yaml"
AT_ONCE = 32
"""So many connect at the same time; more only queue up at the service."""
CONNECTED_WITHIN_S = 30.0
LOOKS_AGAIN_AFTER_S = 0.05
READ_AT_ONCE = 8
"""So many messages are read between two looks at the network."""
LINE_LIMIT_BYTES = 64 * 1024 * 1024
"""The longest order: the addresses and names of all listeners."""


class Ear(StampingConnection):
    """A connection that notes when each message came, by the member that tells it from the others.

    When a frame goes out to five hundred listeners, their data comes in all at once. Were each read through before the
    next is stamped, the last would be stamped many milliseconds late. So what comes is stamped and put aside, and read
    a few at a time, with a look at the network in between.
    """

    aside: ClassVar[deque[tuple[Ear, int, bytes]]] = deque()
    """What came for any listener of this process and was not read yet."""

    member: ClassVar[bytes] = b""
    """The member that tells messages apart, in quotation marks; the same for all listeners of this process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard: dict[str, int] = {}
        self.first: bytes = b""
        """The first message that is one of those to be noted."""
        self.errors: list[str] = []
        self._welcomed = False

    def data_received(self, data: bytes) -> None:
        """Stamp what came, and read it soon."""
        self.aside.append((self, time.monotonic_ns(), data))
        if len(self.aside) == 1:
            self.loop.call_soon(_read_some)

    def read(self, received_ns: int, data: bytes) -> None:
        """Read what came at this time."""
        self._received_ns = received_ns
        super(StampingConnection, self).data_received(data)

    def eof_received(self) -> None:
        """Read everything before the end."""
        _read_all()
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Read everything before the end."""
        _read_all()
        super().connection_lost(exc)

    def process_event(self, event: Any) -> None:
        """Note what was received; only the welcome is passed on, since nobody asks for the rest."""
        is_text = isinstance(event, Frame) and event.opcode is Opcode.TEXT and event.fin
        if is_text and self._welcomed:
            self._note(bytes(event.data))
            return
        self._welcomed = self._welcomed or is_text
        super().process_event(event)

    def _note(self, data: bytes) -> None:
        value = value_of(self.member, data)
        if value is None:
            if b'"error"' in data:
                self.errors.append(data.decode(errors="replace"))
            return
        self.first = self.first or data
        self.heard.setdefault(value, self._received_ns)


def _read_some() -> None:
    for _ in range(min(READ_AT_ONCE, len(Ear.aside))):
        ear, received_ns, data = Ear.aside.popleft()
        ear.read(received_ns, data)
    if Ear.aside:
        asyncio.get_running_loop().call_soon(_read_some)


def _read_all() -> None:
    while Ear.aside:
        ear, received_ns, data = Ear.aside.popleft()
        ear.read(received_ns, data)


def value_of(member: bytes, data: bytes) -> str | None:
    """Return the text or number that a JSON object has under this quoted name, without decoding all of it.

    None if there is no such member. Audio is base64, in which no quotation mark can be.
    """
    start = 0
    while (at := data.find(member, start)) >= 0:
        start = at + len(member)
        rest = data[start:].lstrip()
        if rest.startswith(b":"):  # else it is a text that reads like the name
            value, _ = JSONDecoder().raw_decode(rest[1:].lstrip().decode(errors="replace"))
            return str(value)
    return None


class Row:
    """The listeners of this process."""

    def __init__(self) -> None:
        self._ears: dict[str, Ear] = {}
        self._contract = Contract.load(CONTRACT, foreign=True)

    async def obey(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out one order and return the answer."""
        match order["do"]:
            case "join":
                return await self._join(order)
            case "tell":
                return await self._tell(order)
            case "leave":
                return await self._leave()
        raise ValueError(f"expected an order to join, tell or leave, got {order['do']!r}")

    async def _join(self, order: Mapping[str, Any]) -> dict[str, Any]:
        gate, refused = asyncio.Semaphore(AT_ONCE), []
        Ear.member = json.dumps(order["by"]).encode()

        async def join(name: str, address: str) -> None:
            query = {"action": "joinSession", "sessionId": order["session"], "targetLanguage": order["language"]}
            async with gate:
                try:
                    ear = await connect(
                        f"{order['url']}?{urlencode(query)}",
                        additional_headers={"X-Forwarded-For": address},
                        create_connection=Ear,
                        compression=None,
                        proxy=None,
                        open_timeout=CONNECTED_WITHIN_S,
                        ping_interval=None,
                        max_size=None,
                        max_queue=None,
                    )
                    welcome = json.loads(await asyncio.wait_for(ear.recv(), CONNECTED_WITHIN_S))
                except InvalidStatus as refusal:
                    refused.append(f"{name}: refused with status {refusal.response.status_code}")
                    return
                except (OSError, InvalidHandshake, TimeoutError, ConnectionClosed) as failure:
                    refused.append(f"{name}: {type(failure).__name__} {failure}")
                    return
            if welcome.get("type") != "sessionJoined":
                refused.append(f"{name}: {welcome.get('code', welcome.get('type'))}")
                return
            assert isinstance(ear, Ear)
            self._ears[name] = ear

        before = len(self._ears)
        await asyncio.gather(*map(join, order["names"], order["addresses"]))
        gc.collect()
        gc.freeze()
        gc.disable()  # until they leave: a full collection stops everybody for ten milliseconds
        return {"joined": len(self._ears) - before, "refused": refused}

    async def _tell(self, order: Mapping[str, Any]) -> dict[str, Any]:
        deadline, due = time.monotonic() + order["within_s"], order["due_ns"].keys()
        while time.monotonic() < deadline and not all(due <= ear.heard.keys() for ear in self._ears.values()):
            await asyncio.sleep(LOOKS_AGAIN_AFTER_S)
        heard = {name: ear.heard for name, ear in self._ears.items()}
        breaches = [
            f"{name} received something the contract does not allow: {violation}"
            for name, ear in self._ears.items()
            if ear.first and (violation := self._contract.check_received(json.loads(ear.first), "listener"))
        ]
        lost = [f"{name} was disconnected" for name, ear in self._ears.items() if ear.close_code is not None]
        errors = [f"{name}: {error}" for name, ear in self._ears.items() for error in ear.errors]
        found = tally(order["due_ns"], heard, offset_ns=order["offset_ns"])
        for ear in self._ears.values():
            ear.heard.clear()
        return {"tally": found.to_json(), "breaches": breaches, "trouble": lost + errors}

    async def _leave(self) -> dict[str, Any]:
        gc.enable()
        gate = asyncio.Semaphore(AT_ONCE)

        async def leave(ear: Ear) -> None:
            async with gate:
                await ear.close()

        await asyncio.gather(*(leave(ear) for ear in self._ears.values()))
        left = len(self._ears)
        self._ears.clear()
        return {"left": left}


async def _serve() -> None:
    row, loop = Row(), asyncio.get_running_loop()
    orders = asyncio.StreamReader(limit=LINE_LIMIT_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    say({"ready": True})
    while line := await orders.readline():
        say(await row.obey(json.loads(line)))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve())
