"""Who is let in, and what is refused before it costs anything."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import jwt
import pytest

from reference.background import Background
from reference.calls import front
from reference.calls.endpoints import PUBLIC, Endpoint, Endpoints
from reference.calls.figures import Figures
from reference.calls.front import Front
from reference.calls.problem import Problem
from reference.calls.resilience.limiter import Limiter
from reference.calls.security.accounts import Accounts
from reference.calls.security.filter import is_attack
from reference.calls.security.identify import Identification
from reference.calls.security.keys import Keys
from reference.calls.security.permissions import PERMISSIONS, ROLES, permissions_of
from reference.calls.security.principals import Principal
from reference.calls.security.sessions import Sessions
from reference.calls.security.tokens import Tokens
from reference.http.endpoints import Asked, Body
from reference.passwords import hashed
from reference.signing import key_pair
from reference.storage.clock import SystemClock

PASSWORD = "long enough for anybody"
ANA = {"user_id": "user-ana", "email": "ana@hotel.example", "roles": ["hotel_staff"], "hotel_ids": ["hotel-aurora"]}


@dataclass
class Table:
    """Records in memory, which count how often they are looked at."""

    key: str
    index: str = ""
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    looks: int = 0

    async def get(self, key: str) -> dict[str, Any] | None:
        self.looks += 1
        await asyncio.sleep(0)
        return dict(self.items[key]) if key in self.items else None

    async def put(self, item: Mapping[str, Any]) -> None:
        self.items[item[self.key]] = dict(item)

    async def delete(self, key: str) -> None:
        self.items.pop(key, None)

    async def found_by(self, value: str) -> list[dict[str, Any]]:
        return [one for one in self.items.values() if one[self.index] == value]

    async def everything(self) -> list[dict[str, Any]]:
        return list(self.items.values())


class Entrance:
    """Everything that says who somebody is, and a front with one endpoint that takes a body."""

    def __init__(self, *, idle_s: float = 60, body_max_bytes: int = 10 << 20) -> None:
        self.sessions_kept, self.keys_kept = Table("session_id", "user_id"), Table("key_hash", "api_key_id")
        self.users = Table("email", items={ANA["email"]: {**ANA, "password": hashed(PASSWORD), "active": True}})
        self.tokens = Tokens(access_s=900)
        self.sessions = Sessions(cast("Any", self.sessions_kept), self.tokens, Background(), idle_s=idle_s)
        self.keys = Keys(cast("Any", self.keys_kept))
        self.accounts = Accounts(cast("Any", self.users), lock_s=60)
        identification = Identification(self.sessions, self.keys, "shared")
        self.limiter = Limiter("default", SystemClock(), scale=1, store_is_up=lambda: True)
        self.taken = 0
        endpoints = Endpoints(
            [
                Endpoint("POST", "/v1/public", PUBLIC, self.take, Anything),
                Endpoint("POST", "/v1/staff", "call:start", self.take, Anything),
            ]
        )
        self.problems: list[str] = []
        self.front = Front(
            endpoints,
            {},
            identification,
            self.limiter,
            Figures(),
            lambda problem, *_: self.problems.append(problem.code),
            lambda _: asyncio.sleep(0),
            lambda: asyncio.sleep(0),
            origins=("https://console.hotel.example",),
            body_max_bytes=body_max_bytes,
        )

    async def take(self, asked: Asked) -> Mapping[str, Any]:
        self.taken += 1
        return {"read": len(asked.content)}

    async def asks(self, *pieces: bytes, path: str = "/v1/public", ends: bool = True, **headers: str) -> Answer:
        """Send a body in pieces; return status, headers and body of the answer, and how many pieces were read."""
        waiting, answer = list(pieces), Answer()

        async def receive() -> dict[str, Any]:
            if not waiting and not ends:
                await asyncio.sleep(60)
            answer.pieces += 1
            body = waiting.pop(0) if waiting else b""
            return {"type": "http.request", "body": body, "more_body": bool(waiting) or not ends}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                answer.body = json.loads(message["body"])

        given = {"content-type": "application/json", **{name.replace("_", "-"): one for name, one in headers.items()}}
        raw = [(name.encode(), one.encode("latin-1")) for name, value in given.items() for one in value.split("\n")]
        scope = {"type": "http", "method": "POST", "path": path, "headers": raw, "query_string": b""}
        await self.front({**scope, "client": ("127.0.0.1", 1)}, receive, send)
        return answer


class Anything(Body):
    number: int = 0


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    pieces: int = 0


def at_entrance(test: Callable[[Entrance], Awaitable[None]], **terms: Any) -> None:
    async def within() -> None:
        async with asyncio.timeout(10):
            await test(Entrance(**terms))

    asyncio.run(within())


async def reason(refused: Awaitable[object]) -> str:
    """Return why somebody is not known; empty where they are."""
    try:
        await refused
    except Problem as problem:
        return str(problem.details["reason"])
    return ""


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (nested(10), 200),
        (nested(11), 422),
        ("[" * 100_000, 400),
        (json.dumps({f"k{n}": n for n in range(100)}), 200),
        (json.dumps({f"k{n}": n for n in range(101)}), 422),
        (json.dumps({"a": [0] * 1001}), 422),
        (json.dumps({"a": "a" * 10_001}), 422),
        (json.dumps({"a": ["<" + " " * 9990] * 100}), 200),
        (json.dumps({"a": "<  / ScRipt >"}), 400),
        (json.dumps({"<script": 1}), 400),
        ('{"number": "1"}', 422),
        ('{"number": NaN}', 400),
        ('{"a": %s}' % ("9" * 10_000), 400),
        ('{"a": "\\ud800"}', 400),
        ("null", 422),
        ("", 400),
    ],
)
def test_bad_bodies_are_refused_at_once_as_the_envelope_says(body: str, status: int) -> None:
    async def test(entrance: Entrance) -> None:
        began_s = time.process_time()
        answer = await entrance.asks(body.encode(), x_correlation_id="of-a-test-0")
        assert time.process_time() - began_s < 0.5
        assert answer.status == status, answer.body
        assert answer.headers["x-correlation-id"] == answer.body["correlation_id"] == "of-a-test-0"
        assert answer.headers["x-frame-options"] == "DENY"
        assert entrance.taken == (status == 200)

    at_entrance(test)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/v1/staff", {}, 401),
        ("/v1/staff", {"authorization": "Bearer " + "a" * (1 << 20)}, 401),
        ("/v1/staff", {"authorization": "\n".join(["Bearer x"] * 10)}, 401),
        ("/v1/staff", {"authorization": "Bearer \xff.\xe4.\xf6"}, 401),
        ("/v1/staff", {"x_api_key": "hk_" + "a" * 43}, 401),
        ("/v1/nowhere", {}, 404),
    ],
)
def test_nobody_reads_the_body_of_who_is_refused(path: str, headers: dict[str, str], status: int) -> None:
    async def test(entrance: Entrance) -> None:
        answer = await entrance.asks(b"{" * 1000, ends=False, path=path, **headers)
        assert (answer.status, answer.pieces) == (status, 0)

    at_entrance(test)


def test_limits_come_before_the_body_and_an_odd_correlation_id_is_replaced() -> None:
    async def test(entrance: Entrance) -> None:
        entrance.limiter.override("api", {"minute": 1})
        first = await entrance.asks(b"{}", x_correlation_id="a\rb")
        assert first.status == 200 and len(first.body["correlation_id"]) == 36
        refused = await entrance.asks(b"{}", ends=False)
        assert (refused.status, refused.pieces) == (429, 0)
        assert int(refused.headers["retry-after"]) >= 1 and refused.headers["x-ratelimit-limit"] == "1"

    at_entrance(test)


def test_a_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "BODY_WITHIN_S", 0.05)

    async def test(entrance: Entrance) -> None:
        assert (await entrance.asks(b"{", ends=False)).status == 400
        assert (await entrance.asks(*[b"[" * 1000] * 9, ends=False)).status == 413

    at_entrance(test, body_max_bytes=5000)


def test_who_asks_for_what_nobody_can_have_keeps_the_service_from_starting() -> None:
    for rule in ("call:strat", "", ()):
        with pytest.raises(ValueError, match="nobody can have"):
            Endpoints([Endpoint("GET", "/x", rule, cast("Any", None))])


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Union  All Select", True),
        ("drop\ttable guests", True),
        ("../etc", True),
        ("JavaScript :x", True),
        ("onerror =x", True),
        ("exec (x)", True),
        ("Please drop the table reservation from our union dinner (8 pm)", False),
        ("Selection = <b>", False),
    ],
)
def test_attacks_are_told_from_prose(text: str, is_one: bool) -> None:
    assert is_attack(text) == is_one


def test_roles_may_what_the_table_says() -> None:
    marks = [("x" if one in permissions_of([role]) else "-") for one in sorted(PERMISSIONS) for role in ROLES]
    by_permission = ["".join(marks[start : start + 4]) for start in range(0, len(marks), 4)]
    # call: end manage start view, hotel: create delete update view, system: 3, user: create delete update view
    expected = "xx-- xx-- xxx- xxxx x--- x--- xx-- xxx- x--- x--- x--- x--- x--- x--- xx--"
    assert " ".join(by_permission) == expected


def test_only_our_own_unchanged_tokens_of_the_right_kind_are_good() -> None:
    async def test(entrance: Entrance) -> None:
        opened = await entrance.sessions.open({**ANA, "permissions": []})
        good, private = opened["access_token"], key_pair()[0]
        assert (await entrance.sessions.principal(good)).permissions == permissions_of(["hotel_staff"])
        claims = jwt.decode(good, options={"verify_signature": False})
        assert claims["exp"] - claims["iat"] == 900
        head, body, signature = good.split(".")
        boss = {**claims, "roles": ["system_admin"]}
        # Signed by us, and still not what is believed: roles are those of the session.
        believed = await entrance.sessions.principal(jwt.encode(boss, private, "RS256"))
        assert "system:admin" not in believed.permissions
        edited = jwt.encode(boss, "x" * 32, "HS256").split(".")[1]
        told = {
            "signature_invalid": [f"{head}.{edited}.{signature}", jwt.encode(claims, "x" * 32, "HS256")],
            "token_malformed": ["x", "..", f"{head}.{body}", good * 20],
            "token_expired": [jwt.encode({**claims, "exp": 1}, private, "RS256")],
            "wrong_token_type": [opened["refresh_token"]],
        }
        told["signature_invalid"].append(jwt.encode(claims, None, "none"))
        for why, tokens in told.items():
            for token in tokens:
                assert await reason(entrance.sessions.principal(token)) == why
        assert await reason(entrance.sessions.renewed(good)) == "wrong_token_type"

    at_entrance(test)


def test_sessions_end_one_by_one_or_all_at_once() -> None:
    async def test(entrance: Entrance) -> None:
        one, two = [await entrance.sessions.open({**ANA, "permissions": []}) for _ in range(2)]
        other = await entrance.sessions.open({**ANA, "user_id": "user-bo", "permissions": []})
        for opened in (one, two, other):
            await entrance.sessions.principal(opened["access_token"])
        await entrance.sessions.end("user-bo", one["user"]["session_id"])
        assert await reason(entrance.sessions.principal(one["access_token"])) == ""
        await entrance.sessions.end("user-ana", one["user"]["session_id"])
        assert await reason(entrance.sessions.principal(one["access_token"])) == "token_revoked"
        assert await reason(entrance.sessions.renewed(one["refresh_token"])) == "token_revoked"
        assert await reason(entrance.sessions.principal(two["access_token"])) == ""
        await entrance.sessions.end_all("user-ana")
        assert await reason(entrance.sessions.principal(two["access_token"])) == "token_revoked"
        assert await reason(entrance.sessions.principal(other["access_token"])) == ""

    at_entrance(test)


def test_keys_are_kept_as_hashes_and_revoked_at_once() -> None:
    async def test(entrance: Entrance) -> None:
        made = await entrance.keys.create("n", "s", ["call:view"])
        key, [kept] = made["api_key"], entrance.keys_kept.items.values()
        assert key not in str(kept) and "hash" not in str(await entrance.keys.listed())
        assert (await entrance.keys.principal(key)).permissions == {"call:view"}
        assert await reason(entrance.keys.principal(key[:-1] + ("A" if key[-1] != "A" else "B"))) == "key_unknown"
        looks = entrance.keys_kept.looks
        assert await reason(entrance.keys.principal("x" * 1000)) == "key_unknown"
        assert entrance.keys_kept.looks == looks, "what cannot be a key costs no look at the store"
        await entrance.keys.revoke(made["api_key_id"])
        assert await reason(entrance.keys.principal(key)) == "key_revoked"
        short = await entrance.keys.create("n", "s", [], expires_days=-1)
        assert await reason(entrance.keys.principal(short["api_key"])) == "key_expired"

    at_entrance(test)


def test_five_wrong_passwords_lock_an_account_for_a_while() -> None:
    async def test(entrance: Entrance) -> None:
        async def tries(password: str, email: str = "ANA@hotel.example") -> str:
            return await reason(entrance.accounts.sign_in(email, password))

        assert [await tries("wrong") for _ in range(4)] + [await tries(PASSWORD)] == ["bad_credentials"] * 4 + [""]
        assert {await tries("wrong") for _ in range(5)} == {await tries(PASSWORD)} == {await tries("x", "no@x.example")}
        entrance.users.items[str(ANA["email"])]["locked_until"] = time.time() - 0.001
        assert await tries(PASSWORD) == ""
        assert "password" not in str(await entrance.accounts.everybody())

    at_entrance(test)


def test_only_with_an_internal_key_does_the_header_lift_limits() -> None:
    async def test(entrance: Entrance) -> None:
        entrance.limiter.override("api", {"minute": 1})
        plain, internal = [await entrance.keys.create("n", "s", ["call:start"], internal=one) for one in (False, True)]
        for made, header, expected in (
            (plain, True, [200, 429]),
            (internal, True, [200, 200]),
            (internal, False, [200, 429]),
        ):
            headers = {"x_internal_service": "yes"} if header else {}
            answers = [
                await entrance.asks(b"{}", path="/v1/staff", x_api_key=made["api_key"], **headers) for _ in range(2)
            ]
            assert [one.status for one in answers] == expected

    at_entrance(test)


def test_a_user_of_no_such_permission_is_told_so() -> None:
    with pytest.raises(Problem, match="not permitted"):
        Principal("user", "ana", "ana", permissions_of(["guest_user"])).needs("call:start")
