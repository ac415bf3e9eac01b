"""Sound twins that write their messages otherwise: the same members with the same values, on every socket and in every
answer over HTTP. JSON and RFC 6455 leave it open, and clients ignore what they do not know (BRO-3.3, section 10)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.typing import BytesLike

from reference.gateway import server
from reference.gateway.connections import AudioMessage, Outbox
from reference.gateway.server import json_response
from reference.twins.kinds import Declare
from reference.twins.sound import sound_made_by, sound_twin_of
from reference.twins.twin import Piece, Seam, Twin

Value = Any
EXACTLY_BELOW = 10**15
"""So large a whole number is still written in full with a point behind it."""


def written(write: Callable[[dict[str, Value]], str]) -> Declare:
    """Every message is written by this function, which is given its members."""

    def declare(explained: Piece) -> Twin:
        def send(usual: Piece, self: Outbox, message: str | AudioMessage) -> bool:
            sent: bool = usual(self, write(json.loads(message)) if isinstance(message, str) else message)
            return sent

        send.__name__, send.__doc__, send.__module__ = explained.__name__, explained.__doc__, explained.__module__
        twin = sound_twin_of(Outbox.send)(send)

        @twin.also(AudioMessage.numbered)
        def number(usual: Piece, self: AudioMessage, sequence_number: int) -> str:
            return write(json.loads(usual(self, sequence_number)))

        @twin.also(json_response)
        def respond(usual: Piece, *given: Any) -> Response:
            response: Response = usual(*given)
            response.body = write(json.loads(response.body)).encode()
            del response.headers["Content-Length"]
            response.headers["Content-Length"] = str(len(response.body))
            return response

        return twin

    return declare


def shuffled(value: Value) -> Value:
    """Return the same value, with the members of every object in an order of chance."""
    match value:
        case dict():
            return {name: shuffled(value[name]) for name in random.sample(list(value), len(value))}
        case list():
            return [shuffled(each) for each in value]
    return value


def with_more(value: dict[str, Value]) -> dict[str, Value]:
    """Return an object with members that nobody knows, at both ends."""
    return {"trace": {"hops": [1, None], "id": "5f"}, **value, "servedBy": "node-7", "retries": 0, "note": None}


def numbers_as(write: Callable[[float], str]) -> Callable[[dict[str, Value]], str]:
    """Return what writes an object with its numbers in another form."""

    def text(value: Value) -> str:
        match value:
            case bool() | None | str():
                return json.dumps(value)
            case dict():
                return "{" + ", ".join(f"{json.dumps(name)}: {text(each)}" for name, each in value.items()) + "}"
            case list():
                return "[" + ", ".join(map(text, value)) + "]"
        return write(value)

    return text


def with_a_point(number: float) -> str:
    return str(float(number)) if abs(number) < EXACTLY_BELOW else str(number)


def with_an_exponent(number: float) -> str:
    return f"{Decimal(repr(number)).normalize():e}"


@written(lambda members: json.dumps(shuffled(members)))
def members_in_another_order():
    """The members of every message come in an order of chance (BRO-3.4, CONV-2; JSON objects have no order)."""


@written(lambda members: json.dumps(with_more(members)))
def members_that_nobody_knows():
    """Every message has further members that no contract knows (BRO-3.3, BRO-3.4, CONV-2)."""


@written(lambda members: json.dumps(members, ensure_ascii=False, indent=2))
def messages_on_several_lines():
    """Every message is written with line breaks, and with letters instead of escapes (BRO-3.4, CONV-2)."""


@written(numbers_as(with_a_point))
def whole_numbers_with_a_point():
    """Every whole number is written with a point and a nought, which means the same in JSON (BRO-3.4, CONV-2)."""


@written(numbers_as(with_an_exponent))
def numbers_with_an_exponent():
    """Every number is written with an exponent, which means the same in JSON (BRO-3.4, CONV-2)."""


# ---- sockets


def served_with(**terms: Any) -> Declare:
    """Sockets are served on these other terms."""
    return sound_made_by(lambda usual: {**usual, **terms}, Seam(server, "SERVED_WITH"))


def in_three(data: bytes) -> list[Frame]:
    """Return a text message as several frames, cut anywhere (RFC 6455, 5.4)."""
    third = len(data) // 3
    return [
        Frame(Opcode.TEXT, data[:third], fin=False),
        Frame(Opcode.CONT, data[third : 2 * third], fin=False),
        Frame(Opcode.CONT, data[2 * third :]),
    ]


class InFragments(ServerConnection):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)

        def send_text(data: BytesLike, fin: bool = True) -> None:
            assert fin, "the reference sends whole messages"
            for frame in in_three(bytes(data)):
                self.protocol.send_frame(frame)

        self.protocol.send_text = send_text  # type: ignore[method-assign]


@served_with(create_connection=InFragments)
def messages_in_fragments():
    """Every message comes in three fragments, cut within a letter if need be (BRO-3.1, CONV-1; RFC 6455)."""


@messages_in_fragments.also(AudioMessage.frame)
def frame_in_fragments(_usual: Piece, self: AudioMessage, sequence_number: int) -> bytes:
    data = self.numbered(sequence_number).encode()
    return b"".join(frame.serialize(mask=False) for frame in in_three(data))


@served_with(compression="deflate")
def messages_compressed():
    """Messages are compressed for whoever offers that they may be (BRO-3.1, CONV-1; RFC 7692)."""


def in_lower_case(_connection: ServerConnection, _request: Request, response: Response) -> Response:
    """Return a response with the names of its headers in lower case."""
    response.headers = Headers([(name.lower(), value) for name, value in response.headers.raw_items()])
    return response


@served_with(process_response=in_lower_case)
def headers_in_lower_case():
    """The names of HTTP headers are written in lower case (BRO-3.2, CONV-1; HTTP does not distinguish)."""
