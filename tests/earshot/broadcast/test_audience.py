"""What goes wrong in the audience is told: who was not welcomed, who was disconnected, who got nonsense."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from websockets.asyncio.server import ServerConnection, serve

from earshot.broadcast.load.audience import ListenerProcesses
from earshot.broadcast.load.conversing import Partner
from earshot.failures import ContractBreach, Unusable

CONTRACT = Path(__file__).resolve().parents[3] / "contract" / "broadcast.asyncapi.yaml"


class FakeService:
    """Welcomes listeners, and sends each of them one message of `audio`, or turns them away."""

    def __init__(self) -> None:
        example = yaml.safe_load(CONTRACT.read_text("utf-8"))["components"]["messages"]["audio"]["examples"][0]
        self.audio: dict[str, object] = {**example["payload"], "transcript": "Hello."}
        self.welcomes = True
        self.hangs_up = False
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(5)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        async with serve(self._greet, "127.0.0.1", 0) as server:
            self.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"
            self._ready.set()
            await self._over.wait()

    async def _greet(self, connection: ServerConnection) -> None:
        answer = {"type": "sessionJoined"} if self.welcomes else {"type": "error", "code": "SESSION_FULL"}
        await connection.send(json.dumps(answer))
        await connection.send(json.dumps(self.audio))
        if not self.hangs_up:
            await connection.wait_closed()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(5)


@pytest.fixture
def service() -> Iterator[FakeService]:
    fake = FakeService()
    yield fake
    fake.close()


@pytest.fixture
def audience() -> Iterator[ListenerProcesses]:
    audience = ListenerProcesses(processes=2)
    yield audience
    audience.leave()
    audience.leave()


def test_everybody_hears_what_everybody_is_sent(service: FakeService, audience: ListenerProcesses) -> None:
    audience.join(5, url=service.url, session_id="s", language="es")
    tally = audience.heard({"Hello.": 0})
    assert (tally.listeners, tally.heard, tally.missed) == (5, [5], {})


def test_who_missed_a_message_is_named(service: FakeService, audience: ListenerProcesses) -> None:
    audience.join(3, url=service.url, session_id="s", language="es")
    tally = audience.heard({"Hello.": 0, "Good-bye.": 0}, within_s=0.5)
    assert tally.heard == [3, 0]
    assert tally.missed == {"Listener 1": 1, "Listener 2": 1, "Listener 3": 1}


def test_whoever_is_turned_away_is_told_of(service: FakeService, audience: ListenerProcesses) -> None:
    service.welcomes = False
    with pytest.raises(AssertionError, match="3 people were to join, but 0 were welcomed, such as Listener 1: SESSION"):
        audience.join(3, url=service.url, session_id="s", language="es")


def test_a_message_against_the_contract_is_a_breach(service: FakeService, audience: ListenerProcesses) -> None:
    del service.audio["format"]
    audience.join(2, url=service.url, session_id="s", language="es")
    with pytest.raises(ContractBreach, match=r"Listener 1 received something the contract does not allow: .*format is"):
        audience.heard({"Hello.": 0})


def test_whoever_is_disconnected_is_told_of(service: FakeService, audience: ListenerProcesses) -> None:
    service.hangs_up = True
    audience.join(2, url=service.url, session_id="s", language="es")
    with pytest.raises(AssertionError, match="2 of 2 listeners had trouble, such as Listener 1 was disconnected"):
        audience.heard({"Hello.": 0, "Good-bye.": 0}, within_s=0.5)


def test_a_process_that_ends_says_what_it_said_last(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"should have answered .* it last said: .*No module named earshot\.no_such"):
        Partner("a process", ["earshot.no_such"], tmp_path / "process.log")
