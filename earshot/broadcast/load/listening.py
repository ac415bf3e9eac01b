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
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from earshot.broadcast.load.conversing import say
from earshot.broadcast.load.tally import tally
from earshot.runtime import new_event_loop
from earshot.wire.contract import Contract
from earshot.wire.noting import NotingConnection, connect_noting
from earshot.wire.reading import Unreadable, read
from earshot.wire.wording import shown

CONTRACT = Path(__file__).resolve().parents[3] / "contract" / "broadcast.asyncapi.yaml"
AT_ONCE = 32
"""So many connect at the same time; more only queue up at the service."""
CONNECTED_WITHIN_S = 30.0
LOOKS_AGAIN_AFTER_S = 0.05
LINE_LIMIT_BYTES = 64 * 1024 * 1024
"""The longest order: the addresses and names of all listeners."""


class ListenerGroup:
    def __init__(self) -> None:
        self._ears: dict[str, NotingConnection] = {}
        self._contract = Contract.load(CONTRACT, foreign=True)

    async def obey(self, order: Mapping[str, Any]) -> dict[str, Any]:
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
        NotingConnection.member = json.dumps(order["by"]).encode()

        async def join(name: str, address: str) -> None:
            query = {"action": "joinSession", "sessionId": order["session"], "targetLanguage": order["language"]}
            async with gate:
                try:
                    ear = await connect_noting(
                        f"{order['url']}?{urlencode(query)}", {"X-Forwarded-For": address}, within_s=CONNECTED_WITHIN_S
                    )
                    welcome = read(await ear.welcome(within_s=CONNECTED_WITHIN_S))
                except Unreadable as fault:
                    refused.append(f"{name}: the first message {fault}")
                    return
                except (OSError, TimeoutError) as failure:
                    refused.append(f"{name}: {failure or type(failure).__name__}")
                    return
            said = welcome if isinstance(welcome, dict) else {}
            if said.get("type") != "sessionJoined":
                refused.append(f"{name}: {said.get('code', said.get('type'))}")
                return
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
            if (violation := ear.fault or self._violation(ear.first))
        ]
        lost = [f"{name} was disconnected" for name, ear in self._ears.items() if ear.close_code is not None]
        errors = [f"{name}: {error}" for name, ear in self._ears.items() for error in ear.errors]
        found = tally(order["due_ns"], heard, offset_ns=order["offset_ns"])
        for ear in self._ears.values():
            ear.heard.clear()
        return {"tally": found.to_json(), "breaches": breaches, "trouble": lost + errors}

    def _violation(self, first: bytes) -> str | None:
        """Say what is wrong with the first message that was to be noted, if one came."""
        if not first:
            return None
        try:
            message = read(first)
        except Unreadable as fault:
            return f"a message that {fault}"
        if not isinstance(message, dict):
            return f"a message that is no JSON object but {shown(message)}"
        return self._contract.check_received(message, "listener")

    async def _leave(self) -> dict[str, Any]:
        gc.enable()
        gate = asyncio.Semaphore(AT_ONCE)

        async def leave(ear: NotingConnection) -> None:
            async with gate:
                await ear.close()

        await asyncio.gather(*(leave(ear) for ear in self._ears.values()))
        left = len(self._ears)
        self._ears.clear()
        return {"left": left}


async def _serve() -> None:
    listeners, loop = ListenerGroup(), asyncio.get_running_loop()
    orders = asyncio.StreamReader(limit=LINE_LIMIT_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    say({"ready": True})
    while line := await orders.readline():
        say(await listeners.obey(json.loads(line)))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve())
