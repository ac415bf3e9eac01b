"""What people can ask the service of the calls over HTTP."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from earshot.asking import Request
from earshot.clock import now_s
from earshot.wire.bodies import Body

EVENT = "/webhook/call-event"
KEYS = "/auth/api-keys"
BREAKERS = "/resilience/circuit-breakers"
SPEECH = "/tts/synthesize"
HOTEL = "/v1/pms/{hotel_id}"


def now(shift_s: float = 0) -> str:
    """Return the time of day, so much later, as events have it."""
    return datetime.datetime.fromtimestamp(now_s() + shift_s, datetime.UTC).isoformat(timespec="milliseconds")


def event(name: str, call_id: str, asks: str, /, **members: object) -> Request:
    """Tell what happens to a call: `members` stand beside `event`, `call_id` and `timestamp`, or in their place."""
    body = {"event": name, "call_id": call_id, "timestamp": now(), **members}
    return Request(
        "POST", EVENT, asks, body=Body.json({key: value for key, value in body.items() if value is not None})
    )


def post(path: str, asks: str, body: object, /, **parameters: str) -> Request:
    return Request("POST", path, asks, parameters, Body.json(body))


def get(path: str, asks: str, /, query: Mapping[str, object] | None = None, **parameters: str) -> Request:
    return Request("GET", path, asks, parameters, query=query or {})


def metrics() -> Request:
    return Request("GET", "/metrics", "reads the figures", signed=False)


def login(email: str, password: str) -> Request:
    body = {"email": email, "password": password}
    return Request("POST", "/auth/login", "signs in", body=Body.json(body), signed=False)


def new_key(name: str, permissions: Sequence[str], **terms: object) -> Request:
    body = {"name": name, "service_name": name, "permissions": list(permissions), **terms}
    return post(KEYS, "asks for a key", body)


def revoked(key_id: str) -> Request:
    return Request("DELETE", f"{KEYS}/{{api_key_id}}", "revokes a key", {"api_key_id": key_id})


def call(call_id: str) -> Request:
    return get("/v1/calls/{call_id}", "looks at the call", call_id=call_id)


def calls(**only: object) -> Request:
    return get("/v1/calls", "looks at the list of calls", only)


def start(caller_id: str, hotel_id: str, language: str) -> Request:
    body = {"caller_id": caller_id, "hotel_id": hotel_id, "language": language}
    return post("/v1/call/start", "is put through", body)


def speech(text: str, **how: object) -> Request:
    return post(SPEECH, "has a text spoken", {"text": text, **how})


def at_hotel(
    method: str,
    path: str,
    asks: str,
    hotel_id: str,
    /,
    body: object = None,
    query: Mapping[str, object] | None = None,
    **parameters: str,
) -> Request:
    """Ask the property system of a hotel for something, through the service."""
    content = None if body is None else Body.json(body)
    return Request(method, HOTEL + path, asks, {"hotel_id": hotel_id, **parameters}, content, query=query or {})
