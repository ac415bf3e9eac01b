"""An odd value in any member that a contract declares is dealt with or refused, before joining and after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from earshot.hostile_frames import HostileFrames, text_of
from earshot.wire.contract import Contract
from reference.broadcast import codec as broadcast_codec
from reference.broadcast.gateway import BroadcastEndpoint
from reference.conversation import codec as conversation_codec
from reference.conversation.model import Refused
from reference.gateway.disturbances import Disturbances
from reference.gateway.envelope import error_envelope
from reference.gateway.server import Upgrade
from reference.refusal import Refusal
from reference.tokens import TokenVerifier
from tests.reference.broadcast.world_fakes import Broadcast, on_loop
from tests.reference.service_kit import SECRET, token

CONTRACTS = Path(__file__).parents[2] / "contract"


def hostile(system: str, **good: object) -> list[str]:
    """Return the messages of a system with an odd value each; `good` replaces the values of the examples."""

    def made_good(message: Mapping[str, Any]) -> dict[str, Any]:
        return {name: good.get(name, value) for name, value in message.items()}

    frames = HostileFrames(1, Contract.load(CONTRACTS / f"{system}.asyncapi.yaml"), made_good)
    return [text_of(message) for message in frames.messages()]


async def refusals(endpoint: BroadcastEndpoint, connection_id: str, frame: str) -> list[Refusal]:
    try:
        await endpoint.answer(connection_id, frame)
    except Refusal as refusal:
        return [refusal]
    return []


@pytest.mark.parametrize("who", ["stranger", "speaker", "listener"])
@on_loop
async def test_the_broadcast_refuses_what_it_cannot_take(who: str) -> None:
    world = Broadcast(
        rate_limit_control_messages_per_second=10**6,
        rate_limit_status_queries_per_second=10**6,
        rate_limit_audio_chunks_per_second=10**6,
        rate_limit_sessions_per_hour=10**6,
        rate_limit_listener_joins_per_min=10**6,
        rate_limit_connection_attempts_per_min=10**6,
    )
    told: list[Refusal] = []
    world.audience.refuse = lambda _, refusal: told.append(refusal)  # type: ignore[attr-defined]
    endpoint = BroadcastEndpoint(
        world.settings,
        world.service,
        world.audience,  # type: ignore[arg-type]
        TokenVerifier(SECRET, "earshot-broadcast"),
        world.clock,
        world.metrics,
        Disturbances(),
    )
    session_id = await world.create("ana=")
    frames = hostile("broadcast", sessionId=session_id, token=token("bob"))
    codes = set()
    for number, frame in enumerate(frames):
        if world.service.sessions.session(session_id) is None:
            session_id = await world.create("ana=")
        connection_id = "ana=" if who == "speaker" else f"{who}-{number}="
        if who == "listener":
            await world.join(session_id, connection_id)
        elif who == "stranger":
            await endpoint.admit(connection_id, Upgrade({}, "192.0.2.3"))
        told += await refusals(endpoint, connection_id, frame)
        for refusal in told:
            codes.add(refusal.code)
            assert refusal.status < 500, frame
            json.dumps(error_envelope(refusal, 0), allow_nan=False).encode()
        told.clear()
        for _, notice in world.audience.told:
            json.loads(broadcast_codec.encode(notice, 0), parse_constant=pytest.fail)
        world.audience.told.clear()
        await endpoint.left(connection_id) if who == "stranger" else await world.service.lifecycle.leave(connection_id)
    assert codes >= {"INVALID_MESSAGE", "INVALID_ACTION"}


def test_the_conversation_refuses_what_it_cannot_take() -> None:
    codes = set()
    for frame in hostile("conversation"):
        try:
            conversation_codec.decode(frame, chunk_max_bytes=100_000)
        except Refused as refused:
            codes.add(refused.code)
    assert codes == {"INVALID_MESSAGE", "INVALID_SESSION_ID", "INVALID_AUDIO", "UNKNOWN_TYPE"}
