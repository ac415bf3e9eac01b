"""Whatever a service sends wrong, on whichever layer, is its failure, is named, and can be looked at."""

from __future__ import annotations

import json
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from earshot.audio.clips import SampleLibrary
from earshot.evidence.verdicts import Category, Failure
from earshot.ledger import Kind
from earshot.runtime import Runtime
from earshot.wire.contract import Contract
from tests.earshot.hostile_kit import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    SESSION,
    TEXT,
    Act,
    answers,
    evidence,
    frame,
    head,
    insist_on_valid,
    lets_in_and,
    scenario,
    service,
    shake,
    text,
)

ROOT = Path(__file__).parents[2]
PHRASE = "Good morning, and welcome to Lisbon."


@pytest.fixture(scope="module")
def world() -> Iterator[dict[str, Any]]:
    runtime = Runtime()
    files = (ROOT / "contract").glob("*.asyncapi.yaml")
    yield {
        "runtime": runtime,
        "samples": SampleLibrary(ROOT / "audio_samples"),
        "contracts": {file.name.partition(".")[0]: Contract.load(file) for file in files},
    }
    runtime.close()


def joins(context: Any) -> None:
    context.broadcast.listener("Lena").joins(SESSION, "es")


def beats(context: Any) -> None:
    context.broadcast.listener("Lena").beats()


def hears(context: Any) -> None:
    context.broadcast.listener("Lena").hears(PHRASE, "es")


class Case(NamedTuple):
    name: str
    act: Act
    says: str
    """What the failure says; a pattern."""
    steps: Sequence[Callable[[Any], None]] = (joins, beats)
    within_s: float = 4.0


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half_close(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        pass


def says(raw: bytes) -> Act:
    """Answer the first request with these bytes, and hang up."""

    def act(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(2)
        while connection.recv(65536):
            pass

    return act


def waits(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def audio(**changes: object) -> bytes:
    message = {
        "type": "audio",
        "sessionId": SESSION,
        "targetLanguage": "es",
        "sourceLanguage": "en",
        "audioData": "AAAA" * 400,
        "format": "pcm",
        "sampleRate": 16000,
        "channels": 1,
        "sequenceNumber": 1,
        "duration": 0.0375,
        "transcript": "Buenos días y bienvenidos a Lisboa.",
        "isPartial": False,
        "timestamp": 1765000003002,
    }
    return text({**message, **changes})


ACK = b'{"type":"heartbeatAck","timestamp":%s}'
WIRE_CASES = [
    # ---- transport
    Case("reset while open", lets_in_and(then=reset), "connection with code 1006|closed"),
    Case("half close without a word", lets_in_and(then=half_close), "connection with code 1006|closed"),
    Case("accepted and never answered", waits, r"waited .* s for an answer", (joins,)),
    Case("closed before the handshake", lambda c: (head(c), None)[1], "handshake: .*connection closed"),
    Case("reset before the handshake", lambda c: (head(c), reset(c))[1], "handshake: .*connection closed"),
    Case("garbage before the handshake", says(b"\x16\x03\x01\x00\xa5garbage\r\n\r\n"), "handshake: .*HTTP"),
    Case("a banner of another protocol", says(b"SSH-2.0-OpenSSH_9.6\r\n"), "handshake: .*HTTP"),
    # ---- handshake
    Case(
        "another accept key",
        lambda c: (head(c), shake(c, key=b"AAAAAAAAAAAAAAAAAAAAAAAAAAA="), answers(c))[2],
        "handshake: .*Sec-WebSocket-Accept",
    ),
    Case("status 200", lambda c: shake(c, b"Content-Length: 0", status=b"200 OK"), "status 200"),
    Case("a redirect", says(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"), "status 302"),
    Case("a status that is none", says(b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"), "999"),
    Case(
        "a subprotocol nobody asked for",
        lambda c: shake(c, b"Sec-WebSocket-Protocol: mqtt"),
        "handshake: .*subprotocol",
    ),
    Case(
        "an extension nobody asked for",
        lambda c: shake(c, b"Sec-WebSocket-Extensions: permessage-bzip2"),
        "handshake: .*extension",
    ),
    Case("no upgrade", says(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), "handshake: .*(Upgrade|Connection)"),
    Case("a header of a megabyte", lambda c: shake(c, b"X-Long: " + b"x" * 2**20), "handshake: "),
    Case("ten thousand headers", lambda c: shake(c, *[b"X-N: 1"] * 10_000), "handshake: "),
    Case(
        "a refusal in broken JSON",
        says(b"HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{"),
        "status 503.*JSON",
    ),
    Case(
        "a refusal with two types",
        says(b"HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"),
        "status 503",
    ),
    Case(
        "a refusal whose body is cut off",
        says(b"HTTP/1.1 503 Busy\r\nContent-Length: 900\r\n\r\n{"),
        "handshake: |status 503",
    ),
    Case(
        "a refusal that names another status",
        says(
            b"HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nContent-Length: 138\r\n\r\n"
            + json.dumps(
                {
                    "type": "error",
                    "code": "SESSION_NOT_FOUND",
                    "statusCode": 404,
                    "message": "no such session",
                    "timestamp": 1765000003000,
                }
            )
            .encode()
            .ljust(138)
        ),
        "statusCode.*404.*503|503.*404",
    ),
    # ---- frames
    Case("a reserved bit", lets_in_and(frame(TEXT, b"{}", reserved=4)), "frame .*reserved bits"),
    Case("an unknown opcode", lets_in_and(frame(3, b"{}")), "frame .*opcode"),
    Case("a masked frame", lets_in_and(frame(TEXT, b"{}", mask=b"abcd")), "frame .*mask"),
    Case("a continuation of nothing", lets_in_and(frame(CONTINUATION, b"{}")), "frame .*continuation"),
    Case("a text within a text", lets_in_and(frame(TEXT, b"{", fin=False), frame(TEXT, b"}")), "frame .*continuation"),
    Case("a ping of 200 bytes", lets_in_and(frame(PING, b"x" * 200)), "frame .*control frame"),
    Case("a ping in pieces", lets_in_and(frame(PING, b"x", fin=False)), "frame .*control frame"),
    Case("half a frame and the end", lets_in_and(frame(TEXT, b"x" * 100)[:50], then=half_close), "1006|closed"),
    Case("a length of 2^63 bytes", lets_in_and(struct.pack("!BBQ", 0x81, 127, 2**63)), "frame "),
    Case("a binary frame", lets_in_and(frame(BINARY, b"\0\1")), "a binary frame of 2 bytes"),
    Case("close code 1005", lets_in_and(frame(CLOSE, struct.pack("!H", 1005))), "frame .*status code"),
    Case("close code 999", lets_in_and(frame(CLOSE, struct.pack("!H", 999))), "frame .*status code"),
    Case("a close of one byte", lets_in_and(frame(CLOSE, b"\x03")), "frame .*close"),
    Case(
        "a close reason that is no text",
        lets_in_and(frame(CLOSE, b"\x03\xe8\xff\xfe")),
        "frame .*(utf-8|UTF-8|start byte)",
    ),
    Case(
        "a close with an odd code",
        lets_in_and(frame(CLOSE, struct.pack("!H", 4321) + "\u202eodd\0".encode())),
        r"closed \(4321|code 4321",
    ),
    Case(
        "bad frames and no end",
        lets_in_and(frame(3, b"{}"), then=lambda c: time.sleep(3)),
        "frame .*opcode",
        (joins, beats),
    ),
    # ---- text
    Case("a text that is not UTF-8", lets_in_and(text(b'{"type":"\xff\xfe"}')), "text .*UTF-8"),
    Case("half a surrogate as UTF-8", lets_in_and(text(b'{"type":"\xed\xa0\x80"}')), "text .*UTF-8"),
    Case("UTF-16", lets_in_and(text('{"type":"heartbeatAck","timestamp":1}'.encode("utf-16"))), "text .*UTF-8"),
    # ---- JSON
    Case("broken JSON", lets_in_and(text(b'{"type":"heartbeatAck",')), "JSON"),
    Case("no text at all", lets_in_and(text(b"")), "JSON"),
    Case(
        "a member twice",
        lets_in_and(text(b'{"type":"heartbeatAck","timestamp":1765000003001,"timestamp":2}')),
        "JSON.*timestamp.* twice",
    ),
    Case("NaN", lets_in_and(text(ACK % b"NaN")), "JSON.*NaN"),
    Case("Infinity", lets_in_and(text(ACK % b"Infinity")), "JSON.*Infinity"),
    Case("-Infinity", lets_in_and(text(ACK % b"-Infinity")), "JSON.*-Infinity"),
    Case("NaN in an unknown message", lets_in_and(text(b'{"type":"news","size":NaN}')), "JSON.*NaN"),
    Case("a number of 401 digits", lets_in_and(text(ACK % (b"1" * 401))), "JSON.*number"),
    Case("a number of 5,000 digits", lets_in_and(text(ACK % (b"1" * 5000))), "JSON.*number"),
    Case("1e400", lets_in_and(text(ACK % b"1e400")), "JSON.*number"),
    Case("half a surrogate pair", lets_in_and(text(b'{"type":"news","words":"\\ud83d!"}')), "JSON.*surrogate"),
    Case("a name of half a surrogate pair", lets_in_and(text(b'{"type":"news","\\ud83d":1}')), "JSON.*surrogate"),
    Case("nesting of 100,000", lets_in_and(text(b"[" * 100_000)), "JSON.*(deep|nest)"),
    Case(
        "nesting of 900",
        lets_in_and(text(b'{"type":"news","x":' + b"[" * 900 + b"]" * 900 + b"}")),
        "JSON.*(deep|nest)",
    ),
    Case("a list", lets_in_and(text(b'[{"type":"heartbeatAck"}]')), "a list.*object|object.*a list"),
    Case("a byte order mark", lets_in_and(text(b"\xef\xbb\xbf" + ACK % b"1765000003001")), "JSON.*byte order mark"),
    Case("two objects", lets_in_and(text((ACK % b"1765000003001") * 2)), "JSON"),
    Case("a type that is no text", lets_in_and(text(b'{"type":7}')), "type"),
    # ---- base64 and sound
    Case("base64 of another alphabet", lets_in_and(audio(audioData="-_-_" * 400)), "audioData.*base64", (joins, hears)),
    Case(
        "base64 without its padding",
        lets_in_and(audio(audioData="AAAA" * 400 + "AA")),
        "audioData.*base64",
        (joins, hears),
    ),
    Case("base64 with line breaks", lets_in_and(audio(audioData="AAAA\n" * 400)), "audioData.*base64", (joins, hears)),
    Case(
        "base64 with bits left over",
        lets_in_and(audio(audioData="AAAA" * 400 + "AB==")),
        "audioData.*base64",
        (joins, hears),
    ),
    Case(
        "a data: URL", lets_in_and(audio(audioData="data:audio/wav;base64,AAAA")), "audioData.*base64", (joins, hears)
    ),
    Case("no sound", lets_in_and(audio(audioData="")), "audioData", (joins, hears)),
    Case(
        "a RIFF header",
        lets_in_and(audio(audioData="UklGRiQAAABXQVZF" + "AAAA" * 400)),
        "sound that begins with the header .RIFF",
        (joins, hears),
    ),
    Case(
        "half a sample",
        lets_in_and(audio(audioData="AAAA" * 400 + "AA==")),
        "sound that ends with half a sample",
        (joins, hears),
    ),
]


@pytest.mark.parametrize("case", WIRE_CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_what_comes_over_a_socket(case: Case, world: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earshot.participant.OPENING_PATIENCE_S", 1.5)
    began_s = time.monotonic()
    with service(case.act) as port:
        stage, failure = scenario(port, case.steps, **world)
    took_s = time.monotonic() - began_s
    judge(case, stage, failure)
    assert took_s < case.within_s


def is_disconnected(context: Any) -> None:
    context.broadcast.listener("Lena").is_disconnected()


def test_a_close_that_our_side_brought_about_is_none_by_the_service(world: dict[str, Any]) -> None:
    with service(lets_in_and(frame(3, b"{}"))) as port:
        stage, failure = scenario(port, (joins, is_disconnected), **world)
    assert failure is not None
    assert failure.category is Category.CONTRACT_BREACH
    [closed] = [o for o in stage.ledger if o.kind is Kind.CLOSED]
    assert (closed.ours, closed.code) == (True, 1002)
    assert closed.words.startswith("by Earshot, because the service sent a frame that breaks the protocol: ")
    told = [failure.message, *evidence(stage).values(), stage.ledger.summary("Lena")]
    assert not [words for words in told if "service closed" in words]
    assert "by Earshot" in stage.ledger.summary("Lena")


def test_a_frame_that_is_no_text_is_kept_with_what_is_wrong_with_it(world: dict[str, Any]) -> None:
    with service(lets_in_and(text(b'{"type":"\xff"}'), text(b'{"load":NaN}'))) as port:
        stage, _ = scenario(port, (joins, beats), **world)
    kept = [o for o in stage.ledger if o.kind is Kind.RECEIVED and not o.message]
    assert [o.payload for o in kept] == [b'{"type":"\xff"}', b'{"load":NaN}']
    assert [o.code for o in stage.ledger if o.kind is Kind.CLOSED] == [1000], "nobody ended the connection over it"


def judge(case: Case, stage: Any, failure: Failure | None) -> None:
    assert failure is not None, "it passed"
    assert failure.status == "failed", failure.message
    assert re.search(case.says, failure.message), failure.message
    assert len(stage.ledger) > 0
    pages = evidence(stage)
    for page in pages.values():
        insist_on_valid(page)
    json.loads(json.dumps({"message": failure.message}, allow_nan=False))


# ---- HTTP


def asks_health(context: Any) -> None:
    context.conversation.kept.health()


def answered(body: bytes, *headers: bytes, status: bytes = b"200 OK", kind: bytes = b"application/json") -> Act:
    lines = (b"HTTP/1.1 " + status, *([b"Content-Type: " + kind] if kind else []), *headers)
    if not any(name in line for line in headers for name in (b"Content-Length", b"Transfer")):
        lines = (*lines, b"Content-Length: %d" % len(body))
    return says(b"\r\n".join((*lines, b"", body)))


HEALTHY = b'{"status":"ok","version":"1.0.0","recordings_count":12,"problems":[]}'
CHUNKED = b"Transfer-Encoding: chunked"
HTTP_CASES = [
    Case("hangs up", says(b""), "broke before the answer"),
    Case("resets", lambda c: (head(c), reset(c))[1], "broke before the answer"),
    Case("never answers", waits, "not answered in full", within_s=8),
    Case("garbage", says(b"\x16\x03\x01garbage\r\n\r\n"), "no HTTP|broke before the answer"),
    Case("a status that is none", answered(HEALTHY, status=b"999 Odd"), "999"),
    Case("another type", answered(HEALTHY, kind=b"text/html"), "content should be application/json"),
    Case("no type", answered(HEALTHY, kind=b""), "content should be application/json"),
    Case(
        "another charset",
        answered(HEALTHY.replace(b"1.0.0", b"\xe9"), kind=b"application/json; charset=latin-1"),
        "UTF-8|charset",
    ),
    Case("a cut off body", answered(HEALTHY, b"Content-Length: 500"), "broke before the answer"),
    Case("a body longer than said", answered(HEALTHY, b"Content-Length: 3"), "JSON"),
    Case("a size that is none", answered(HEALTHY, b"Content-Length: many"), "broke before the answer|HTTP"),
    Case("two sizes", answered(HEALTHY, b"Content-Length: 3", b"Content-Length: 15"), "broke before the answer|HTTP"),
    Case("chunks of no size", answered(b"zz\r\n" + HEALTHY, CHUNKED), "broke before the answer|HTTP"),
    Case("chunks without an end", answered(b"f\r\n" + HEALTHY + b"\r\n", CHUNKED), "broke before the answer"),
    Case("a redirect", answered(b"", b"Location: /elsewhere", status=b"302 Found"), "302"),
    Case(
        "compressed, which nobody asked for", answered(b"\x1f\x8b\x08\0", b"Content-Encoding: gzip"), "gzip|JSON|UTF-8"
    ),
    Case("broken JSON", answered(b'{"status":'), "JSON"),
    Case("NaN", answered(b'{"status":"ok","load":NaN}'), "JSON.*NaN"),
    Case("a member twice", answered(b'{"status":"ok","status":"down"}'), "JSON.*status.* twice"),
    Case("half a surrogate pair", answered(b'{"status":"ok","note":"\\udc00"}'), "JSON.*surrogate"),
    Case("a byte order mark", answered(b"\xef\xbb\xbf" + HEALTHY), "JSON.*byte order mark"),
    Case("UTF-16", answered(HEALTHY.decode().encode("utf-16")), "UTF-8"),
    Case("a list", answered(b"[]"), "object"),
    Case("a huge head", answered(HEALTHY, b"X-Long: " + b"x" * 2**20), "broke before the answer|HTTP"),
    Case("another status in the body", answered(HEALTHY[:-1] + b',"statusCode":500}'), "500.*200|200.*500"),
]


@pytest.mark.parametrize("case", HTTP_CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_what_comes_over_http(case: Case, world: dict[str, Any]) -> None:
    began_s = time.monotonic()
    with service(case.act) as port:
        stage, failure = scenario(port, (asks_health,), **world)
    took_s = time.monotonic() - began_s
    judge(case, stage, failure)
    assert took_s < case.within_s
