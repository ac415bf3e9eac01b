"""What a person asks over HTTP: how it is sent, stamped, kept, checked, and what happens when it is not answered."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from earshot.evidence.plain_words import sentence
from earshot.evidence.wirelog import wire_log
from earshot.failures import TargetUnreachable
from earshot.ledger import Kind, Ledger, Observation
from earshot.runtime import Runtime
from earshot.surprises import Surprises
from earshot.wire.bodies import Body, File
from earshot.wire.http import HttpClient
from earshot.wire.openapi import HttpContract
from earshot.wire.stamping import StampingNetwork
from tests.earshot.web_kit import reply, serving

TEXT = {"text/plain": {"schema": {"type": "string"}}}
ANY = {"responses": {"200": {"description": "Fine."}}}
DOCUMENT: dict[str, Any] = {
    "info": {"title": "A shop", "version": "1"},
    "paths": {
        "/goods/{name}": {
            "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "parameters": [{"name": "count", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Good"}}}},
                    "500": {"description": "It stumbled."},
                },
            },
        },
        "/orders": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"type": "object", "required": ["name"]}},
                        "application/x-www-form-urlencoded": {"schema": {"type": "object", "required": ["name"]}},
                        "multipart/form-data": {"schema": {"type": "object", "required": ["sound"]}},
                        "audio/*": {"schema": {"minLength": 2}},
                    },
                },
                "responses": {"201": {"content": TEXT}},
            }
        },
        **{f"/by/{method}": {method: ANY} for method in ("put", "patch", "delete", "head")},
    },
    "components": {
        "schemas": {"Good": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}
    },
}
GOOD = b'{"name": "pen"}'
Answer = Callable[[BaseHTTPRequestHandler], None]


class Shop:
    """A service, somebody who asks it, and what was observed."""

    def __init__(self, address: str, runtime: Runtime) -> None:
        self.address = address
        self.ledger = Ledger()
        self.contract = HttpContract(DOCUMENT)
        self._runtime = runtime
        self.client = HttpClient(
            who="Ana", base_url=address, ledger=self.ledger, contract=self.contract, headers={"X-Api-Key": "s3cret"}
        )

    def ask(self, method: str, path: str, parameters: dict[str, str] | None = None, **details: Any) -> Observation:
        return self._runtime.call(self.client.ask(method, path, parameters or {}, **details), within_s=10)

    def all_at_once(self, count: int) -> list[Observation]:
        async def ask() -> list[Observation]:
            return await asyncio.gather(
                *(self.client.ask("GET", "/goods/{name}", {"name": str(number)}) for number in range(count))
            )

        return self._runtime.call(ask(), within_s=10)

    def close(self) -> None:
        self._runtime.call(self.client.close(), within_s=5)


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    runtime = Runtime()
    yield runtime
    runtime.close()


@pytest.fixture
def opening(runtime: Runtime) -> Callable[[Answer], Any]:
    @contextmanager
    def open_shop(answer: Answer) -> Iterator[Shop]:
        with serving(answer) as address:
            shop = Shop(address, runtime)
            try:
                yield shop
            finally:
                shop.close()

    return open_shop


def test_request_and_answer_are_kept_as_a_pair(opening: Any) -> None:
    with opening(lambda handler: reply(handler, 200, GOOD)) as shop:
        answer = shop.ask("GET", "/goods/{name}", {"name": "a pen/../x"}, query={"count": 2}, asks="wants a pen")
    sent, received = shop.ledger
    assert answer is received
    assert (sent.kind, sent.who, sent.leg) == (Kind.SENT, "Ana", "Ana (over HTTP)")
    assert (sent.type, received.type) == ("GET /goods/{name}", "GET /goods/{name} → 200")
    assert sent.words == "wants a pen (GET /goods/a%20pen%2F..%2Fx?count=2)"
    assert received.http is not None
    assert received.http.request == sent.number
    assert received.http.headers["content-type"] == "application/json"
    assert received.message == {"name": "pen"}
    assert shop.contract.coverage()["seen"] == {"GET /goods/{name} → 200": 1}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD"])
def test_every_method_is_sent(opening: Any, method: str) -> None:
    asked: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.command)
        reply(handler, 200)

    with opening(answer) as shop:
        assert shop.ask(method, f"/by/{method.lower()}").code == 200
    assert asked == [method]


async def _parts() -> AsyncIterator[bytes]:
    for part in (b"ab", b"cd"):
        yield part


@pytest.mark.parametrize(
    ("body", "kind", "content"),
    [
        (Body.json({"name": "pen", "n": 2}), "application/json", b'{"name":"pen","n":2}'),
        (Body.form({"name": "a b", "tag": ["x", "y"]}), "application/x-www-form-urlencoded", b"name=a+b&tag=x&tag=y"),
        (Body.raw(b"\x00\xff", "audio/wav"), "audio/wav", b"\x00\xff"),
        (Body.stream(_parts(), "audio/wav"), "audio/wav", b"abcd"),
    ],
    ids=["json", "form", "bytes", "stream"],
)
def test_bodies_arrive_as_they_are_meant(opening: Any, body: Body, kind: str, content: bytes) -> None:
    came: list[tuple[str, bytes]] = []

    def answer(handler: Any) -> None:
        came.append((handler.headers["Content-Type"], handler.body))
        reply(handler, 201, b"42", kind="text/plain")

    with opening(answer) as shop:
        assert shop.ask("POST", "/orders", body=body).payload == b"42"
    assert came == [(kind, content)]


def test_what_has_no_body_says_nothing_of_one(opening: Any) -> None:
    came: list[list[str]] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        came.append([name.lower() for name in handler.headers])
        reply(handler, 200, GOOD)

    with opening(answer) as shop:
        shop.ask("GET", "/goods/{name}", {"name": "x"})
    assert came == [["host", "accept-encoding", "x-api-key"]]


def test_a_form_with_a_file_arrives_in_parts(opening: Any) -> None:
    came: list[bytes] = []

    def answer(handler: Any) -> None:
        came.append(handler.headers["Content-Type"].encode() + handler.body)
        reply(handler, 201, b"42", kind="text/plain")

    with opening(answer) as shop:
        shop.ask("POST", "/orders", body=Body.multipart({"title": "x"}, {"sound": File("a.wav", b"\0\1", "audio/wav")}))
    assert came[0].startswith(b"multipart/form-data; boundary=")
    assert b'name="title"\r\n\r\nx\r\n' in came[0]
    assert b'name="sound"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n\0\1\r\n' in came[0]
    assert next(iter(shop.ledger)).message == {"title": "x", "sound": "a.wav, 2 bytes"}


def test_an_answer_is_stamped_when_its_head_comes_and_its_end_is_kept(opening: Any) -> None:
    moments: list[int] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        moments.append(time.monotonic_ns())
        time.sleep(0.05)
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(GOOD)))
        moments.append(time.monotonic_ns())
        handler.end_headers()
        handler.wfile.write(GOOD[:5])
        time.sleep(0.2)
        moments.append(time.monotonic_ns())
        handler.wfile.write(GOOD[5:])

    with opening(answer) as shop:
        answer_of = shop.ask("GET", "/goods/{name}", {"name": "x"})
    sent = next(iter(shop.ledger))
    asked, head, end = moments
    assert answer_of.http is not None
    assert answer_of.http.ended_ns is not None
    assert sent.at_ns < asked < head < answer_of.at_ns < end < answer_of.http.ended_ns


def test_parts_of_an_answer_are_handed_over_as_they_come(opening: Any) -> None:
    both_taken, first_taken = threading.Event(), threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(GOOD)))
        handler.end_headers()
        handler.wfile.write(GOOD[:5])
        if first_taken.wait(5):
            both_taken.set()
        handler.wfile.write(GOOD[5:])

    taken: list[bytes] = []

    def take(part: bytes) -> None:
        taken.append(part)
        first_taken.set()

    with opening(answer) as shop:
        answer_of = shop.ask("GET", "/goods/{name}", {"name": "x"}, takes=take)
    assert both_taken.is_set()
    assert b"".join(taken) == GOOD
    assert (answer_of.payload, answer_of.message, answer_of.size_bytes) == (b"", {}, len(GOOD))
    assert all(o.kind is not Kind.VIOLATION for o in shop.ledger)


def test_the_stamp_is_of_the_arrival_and_not_of_the_look(runtime: Runtime) -> None:
    async def look_late() -> tuple[int, int]:
        async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"x")

        server = await asyncio.start_server(send, "127.0.0.1", 0)
        stream = await StampingNetwork().connect_tcp(*server.sockets[0].getsockname())
        await asyncio.sleep(0.1)
        looked_ns = time.monotonic_ns()
        assert await stream.read(100) == b"x"
        await stream.aclose()
        server.close()
        return stream.began_ns, looked_ns

    arrived_ns, looked_ns = runtime.call(look_late(), within_s=5)
    assert arrived_ns < looked_ns


def test_connections_are_kept_and_many_ask_at_once(opening: Any) -> None:
    addresses: set[tuple[str, int]] = set()
    together = threading.Barrier(20)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        addresses.add(handler.client_address)
        if handler.path != "/goods/alone":
            together.wait(5)
        reply(handler, 200, GOOD)

    with opening(answer) as shop:
        for _ in range(3):
            shop.ask("GET", "/goods/{name}", {"name": "alone"})
        assert len(addresses) == 1
        assert [o.code for o in shop.all_at_once(20)] == [200] * 20
    assert len(addresses) == 20
    answers = [o for o in shop.ledger if o.kind is Kind.RECEIVED]
    assert len({o.http.request for o in answers if o.http}) == len(answers) == 23


def test_redirects_and_proxies_are_left_alone(opening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with opening(answer) as shop:
        moved = shop.ask("GET", "/goods/{name}", {"name": "x"})
    assert moved.code == 302
    assert moved.http is not None
    assert moved.http.headers["location"] == "/elsewhere"


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (200, b'{"name": 1}', "application/json", "GET /goods/{name}, answered with status 200: name should be text"),
        (
            200,
            b"<html>",
            "application/json",
            "GET /goods/{name}, answered with status 200: the body is no JSON",
        ),
        (200, GOOD, "text/html", "GET /goods/{name}, answered with status 200: its content should be application/json"),
        (
            418,
            GOOD,
            "application/json",
            "GET /goods/{name} answered with status 418, but may answer only with 200, 500",
        ),
    ],
)
def test_an_answer_is_held_against_the_contract(opening: Any, status: int, body: bytes, kind: str, words: str) -> None:
    with opening(lambda handler: reply(handler, status, body, kind=kind)) as shop:
        shop.ask("GET", "/goods/{name}", {"name": "x"})
    [breach] = [o for o in shop.ledger if o.kind is Kind.VIOLATION]
    assert breach.words.startswith(words)


def test_the_harness_does_not_break_the_contract_unless_somebody_means_to(opening: Any) -> None:
    with opening(lambda handler: reply(handler, 201, b"42", kind="text/plain")) as shop:
        with pytest.raises(ValueError, match="name is missing"):
            shop.ask("POST", "/orders", body=Body.json({}))
        assert list(shop.ledger) == []
        assert shop.ask("POST", "/orders", body=Body.raw(b"{", "application/json"), checked=False).code == 201
        assert shop.ask("GET", "/nowhere", checked=False).code == 201
    assert shop.contract.coverage()["unknown"] == {"GET /nowhere → 201": 1}


def test_a_declared_error_that_nobody_asked_about_fails_the_scenario(opening: Any) -> None:
    with opening(lambda handler: reply(handler, 500, b'{"detail": "out of pens"}')) as shop:
        surprises = Surprises(shop.ledger)
        shop.ask("GET", "/goods/{name}", {"name": "x"})
        [news] = surprises.news()
        assert "GET /goods/{name} → 500 (detail: out of pens)" in news
        assert all(o.kind is not Kind.VIOLATION for o in shop.ledger), "the contract declares it"
        surprises.claim(shop.ask("GET", "/goods/{name}", {"name": "x"}))
        held = shop.ask("GET", "/goods/{name}", {"name": "x"})
        surprises.hold(held)
        assert surprises.news() == []
        assert len(surprises.news(at_the_end=True)) == 1


def test_nobody_there_is_said_in_one_sentence(runtime: Runtime) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        shop = Shop(f"http://127.0.0.1:{taken.getsockname()[1]}", runtime)
        with pytest.raises(TargetUnreachable, match=r"nobody answers at http.*/goods/x"):
            shop.ask("GET", "/goods/{name}", {"name": "x"})


def test_no_answer_and_half_an_answer_are_broken_promises(opening: Any) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/goods/slow":
            time.sleep(0.6)
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"{")
        handler.close_connection = True

    with opening(answer) as shop:
        with pytest.raises(AssertionError, match=r"waited 0\.3 s, and was not answered"):
            shop.ask("GET", "/goods/{name}", {"name": "slow"}, within_s=0.3)
        with pytest.raises(AssertionError, match="broke before the answer to GET /goods/half was complete"):
            shop.ask("GET", "/goods/{name}", {"name": "half"})
    assert [o.kind for o in shop.ledger] == [Kind.SENT, Kind.SENT, Kind.CLOSED]


def test_a_connection_that_the_service_has_closed_meanwhile_is_opened_anew(opening: Any) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, 200, GOOD)
        handler.close_connection = True  # without having said so

    with opening(answer) as shop:
        for _ in range(3):
            assert shop.ask("GET", "/goods/{name}", {"name": "x"}).code == 200
            time.sleep(0.05)


def test_log_and_diagram_show_it_without_secrets(opening: Any) -> None:
    with opening(lambda handler: reply(handler, 201, b"42", kind="text/plain")) as shop:
        order = Body.json({"name": "pen", "password": "swordfish"})
        shop.ask("POST", "/orders", headers={"Authorization": "Bearer abc"}, body=order, asks="orders a pen")
    sent, received = shop.ledger
    assert sentence(sent) == "orders a pen (POST /orders)"
    assert sentence(received) == "is answered: 201 Created"
    log = wire_log(shop.ledger)
    assert "POST /orders → 201" in log
    for secret in ("s3cret", "swordfish", "abc"):
        assert secret not in log


def test_a_service_may_be_asked_over_tls(runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = _certificate(tmp_path / "service.pem")
    monkeypatch.setattr("earshot.wire.http._trusted", lambda: trusted)
    with serving(lambda handler: reply(handler, 200, GOOD), certificate=tmp_path / "service.pem") as address:
        shop = Shop(address.replace("http://127.0.0.1", "https://localhost"), runtime)
        assert [shop.ask("GET", "/goods/{name}", {"name": "x"}).code for _ in range(2)] == [200, 200]
        shop.close()


def _certificate(file: Path) -> ssl.SSLContext:
    """Write a certificate of this machine's and its key, and return who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM)
    file.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return ssl.create_default_context(cadata=pem.decode())


def test_an_answer_has_the_headers_that_it_must_have() -> None:
    count = {"x-count": {"required": True, "schema": {"type": "integer"}}}
    contract = HttpContract({"paths": {"/": {"get": {"responses": {"200": {"headers": count}}}}}})
    assert contract.check_answer("GET /", 200, {"x-count": "3"}, b"") is None
    assert "header x-count is missing" in str(contract.check_answer("GET /", 200, {}, b""))
    assert "header x-count" in str(contract.check_answer("GET /", 200, {"x-count": "three"}, b""))
