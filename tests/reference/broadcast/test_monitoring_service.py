"""What the service counts and times while it works, and what its log must not tell."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from earshot.targets.logs import Log
from reference import journal
from tests.reference.broadcast.world_fakes import Broadcast, on_loop
from tests.reference.conftest import TestStore
from tests.reference.control_kit import controlled, report
from tests.reference.service_kit import SECRET, token

CHUNK = bytes(range(256)) * 4


@on_loop
async def test_controls_are_counted_and_timed_by_their_kind(store: TestStore) -> None:
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        await under.service.listener(session_id)
        for action in ("pauseBroadcast", "resumeBroadcast", "resumeBroadcast"):
            await ana.send(action)
        kinds = ("broadcastPaused", "broadcastResumed", "broadcastResumed")
        _, resumed, _ = [await ana.next(kind) for kind in kinds]
        values = under.metrics.values
        assert values("ControlMessagesReceived", SessionId=session_id, ActionType="resumeBroadcast") == [1, 1]
        assert len(values("ControlMessageLatency", ActionType="resumeBroadcast")) == 2
        assert len(values("ListenerNotificationLatency", SessionId=session_id)) == 3
        assert values("BroadcastPauseDuration", SessionId=session_id) == [resumed["pauseDuration"]]
        await ana.send("getSessionStatus")
        while (await ana.next("sessionStatus"))["updateReason"] != "requested":
            continue
        assert values("StatusQueriesReceived", SessionId=session_id) == [1]
        assert len(values("StatusQueryLatency", SessionId=session_id)) == 1


@on_loop
async def test_a_control_that_is_refused_is_counted_but_not_timed(store: TestStore) -> None:
    async with controlled(store) as under:
        _, session_id = await under.service.speaker()
        lena = await under.service.listener(session_id)
        assert (await lena.ask("pauseBroadcast"))["code"] == "UNAUTHORIZED_ACTION"
        assert under.metrics.values("ControlMessagesReceived", ActionType="pauseBroadcast") == [1]
        assert under.metrics.values("ControlMessageLatency") == under.metrics.values("LambdaErrors") == []


@on_loop
async def test_who_comes_is_timed_and_who_may_not_is_counted(store: TestStore) -> None:
    async with controlled(store, rate_limit_sessions_per_hour="1") as under:
        ana, session_id = await under.service.speaker("ana")
        await under.service.listener(session_id)
        values = under.metrics.values
        assert (len(values("SessionCreationLatency")), len(values("ListenerJoinLatency"))) == (1, 1)
        assert (values("ActiveSessions")[-1], values("TotalListeners")[-1]) == (1, 1)
        query = {"action": "createSession", "token": token("ana"), "sourceLanguage": "en"}
        status, _ = await under.service.refused(**query)
        assert status == 429
        assert values("RateLimitExceeded", Operation="session_create") == [1]
        assert values("ConnectionErrors", ErrorCode="RATE_LIMIT_EXCEEDED") == [1]
        again = {"action": "refreshConnection", "role": "speaker", "sessionId": session_id, "token": token("ana")}
        refreshed = await under.service.open(**again)
        await refreshed.next("stateRestored")
        assert values("StateRestorations", SessionId=session_id) == [1]
        await refreshed.send("endSession")
        await ana.code()
        assert (values("ActiveSessions")[-1], values("TotalListeners")[-1]) == (0, 0)


@on_loop
async def test_silence_and_haste_are_counted() -> None:
    hasty = Broadcast(
        "kind-lamp-100",
        connection_idle_timeout_seconds=10,
        periodic_update_interval_seconds=6,
        rate_limit_audio_chunks_per_second=1,
        rate_limit_control_messages_per_second=1,
    )
    session_id = await hasty.create()
    await hasty.join(session_id, "lena=")
    ana = hasty.service.sessions.member("ana=")
    assert ana is not None
    values = hasty.metrics.values
    for _ in range(2):
        hasty.service.audio.one_too_many(ana)
    hasty.service.rates.control(ana)
    with pytest.raises(Exception, match="control"):
        hasty.service.rates.control(ana)
    assert values("RateLimitViolations", SessionId=session_id, MessageType="audio") == [1]
    assert values("RateLimitViolations", SessionId=session_id, MessageType="control") == [1]
    await hasty.clock.advance(6)
    assert values("PeriodicStatusUpdatesSent") == [1]
    hasty.service.lifecycle.heard_of("ana=")
    await hasty.clock.advance(4.5)
    assert values("ConnectionTimeout", Role="listener", Reason="idle") == [1]
    assert values("ConnectionTimeout", Role="speaker") == []


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """The service's log at its most talkative."""
    path, root = tmp_path / "service.log", logging.getLogger()
    handlers, level = root.handlers[:], root.level
    journal.configure("DEBUG", path, retention_hours=1)
    yield Log(path)
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = handlers, level
    logging.getLogger("reference").setLevel(logging.NOTSET)


@on_loop
async def test_the_log_tells_of_every_message_and_recognises_nobody(store: TestStore, log: Log) -> None:
    audio, user, address = base64.b64encode(CHUNK).decode(), "ana-from-lisbon", "198.18.77.66"
    signed = token(user)
    async with controlled(store) as under:
        query = {"action": "createSession", "sourceLanguage": "en", "token": signed}
        ana = await under.service.open(headers={"X-Forwarded-For": address}, **query)
        created = await ana.next("sessionCreated")
        session_id, connection_id = created["sessionId"], created["connectionId"]
        lena = await under.service.listener(session_id, **{"X-Forwarded-For": address})
        await under.order(lambda control: control.order("recogniser", "script", session_id=session_id))
        await ana.send("sendAudio", audioData=audio, chunkId="c1", token=signed)
        await under.order(lambda control: report(control, session_id, "good morning."))
        await lena.next("audio")
        await ana.socket.send(CHUNK)
        await ana.send("sendAudio", audioData=audio[:40])
        await ana.socket.send(f'{{"action": "{audio}')
        await under.order(lambda control: control.order("handler", "crash", times=1))
        await ana.send("muteBroadcast")
        await ana.send("endSession")
        await ana.code()
        await asyncio.gather(under.service.refused(action="createSession", sourceLanguage="en", token=signed[:-4]))
    entries = log.entries()
    everything = "\n".join(entry.raw for entry in entries)
    for secret in (audio[:40], signed[:30], SECRET, user, address, connection_id):
        assert secret not in everything
    mine = log.entries(session_id=session_id, connection_id=connection_id, level="DEBUG", component="gateway")
    told = [f"{entry.operation} {entry.message}" for entry in mine if entry.level == "DEBUG"]
    for expected in ("send sessionCreated", "receive sendAudio", "send audioReceived", "send sessionEnded"):
        assert expected in told
    assert told.count("receive sendAudio") == 3
    [crash] = log.entries(level="ERROR", connection_id=connection_id)
    assert (crash.session_id, "OrderedCrash" in crash.stack) == (session_id, True)
    assert all(entry.stack for entry in log.entries(level="ERROR"))
    assert json.loads(mine[0].raw)["time"].endswith("+00:00")
