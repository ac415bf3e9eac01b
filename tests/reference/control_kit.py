"""A service under control: real sockets, emulated tables, engines that do as they are told, and a control plane."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from earshot.targets.control import Control, Order
from reference.app import App
from reference.control.attached import Control as ControlPlane
from reference.settings import read
from reference.storage import aws
from reference.storage.clock import SystemClock
from reference.system import setting_kinds
from reference.world import World
from tests.reference.broadcast.world_fakes import FakeMetrics
from tests.reference.conftest import TestStore
from tests.reference.engine_fakes import FakeSpeech
from tests.reference.service_kit import SECRET, CountedIds, Service

Answer = TypeVar("Answer")

PATIENCE_S = 20
"""For the whole of a test: what it waits for may never come."""


@dataclass
class Controlled:
    """The service, and the harness's own client of its control plane."""

    service: Service
    control: Control
    metrics: FakeMetrics
    control_url: str
    control_token: str
    conversation_url: str

    async def order(self, ask: Callable[[Control], Answer]) -> Answer:
        """Ask the control plane, from a thread: the client waits for its answers."""
        return await asyncio.to_thread(ask, self.control)


def report(control: Control, session_id: str, text: str, **members: object) -> Order:
    """Let the double understand something."""
    return control.order("recogniser", "report", session_id=session_id, text=text, stability=1.0, **members)


@asynccontextmanager
async def controlled(store: TestStore, **settings: str) -> AsyncIterator[Controlled]:
    """Run a service under control for the length of a block; settings by field name."""
    limits = {
        "rate_limit_connection_attempts_per_min": "100000",
        "rate_limit_listener_joins_per_min": "100000",
        "rate_limit_control_messages_per_second": "100000",
    }
    speech, metrics, ids = FakeSpeech(), FakeMetrics(), CountedIds()
    world = World(
        read(setting_kinds(), limits | settings, {}),
        speech.engines(),
        aws.connect(store.endpoint_url),
        store.tables,
        SECRET,
        SystemClock(),
        ids,
        store.buckets(),
        metrics,
    )
    plane = ControlPlane(0, world)
    app = App(plane.world)
    plane.start(app)
    endpoints = await app.start("127.0.0.1")
    service = Service(app, ids, endpoints["broadcast"]["ws"], speech, store)
    control = Control(plane.url, plane.token)
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield Controlled(service, control, metrics, plane.url, plane.token, endpoints["conversation"]["http"])
    finally:
        plane.release()
        control.close()
        await service.close()
        await app.stop()
        await plane.stop()
