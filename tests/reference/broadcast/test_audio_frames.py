"""Audio is framed once for all listeners who are at the same number, exactly as the library would frame it."""

from __future__ import annotations

import json

import pytest
from websockets.frames import Opcode
from websockets.server import ServerProtocol

from reference.gateway.connections import AudioMessage


def as_the_library(text: str) -> bytes:
    server = ServerProtocol()
    server.state = server.state.OPEN
    server.send_text(text.encode())
    return b"".join(server.data_to_send())


@pytest.mark.parametrize("size", [10, 200, 70_000])
def test_a_frame_is_what_the_library_would_send(size: int) -> None:
    message = AudioMessage(f'{{"transcript": "Grüße – {"x" * size}", "sequenceNumber": ', 100)
    assert message.frame(7) == as_the_library(message.numbered(7))
    assert message.frame(7)[0] & 0x0F == Opcode.TEXT
    assert json.loads(message.numbered(7))["sequenceNumber"] == 7


def test_listeners_at_the_same_number_share_the_bytes_and_others_do_not() -> None:
    message = AudioMessage('{"sequenceNumber": ', 100)
    assert message.frame(3) is message.frame(3)
    assert message.frame(3) != message.frame(4)
