"""Whose token is taken, and that no token, whatever is in it, is more than refused."""

from __future__ import annotations

import base64
import json
import time

import jwt
import pytest

from reference.refusal import Refusal
from reference.tokens import TokenVerifier

SECRET = "a secret that only these tests know"
NOW = int(time.time())
CLAIMS = {"sub": "ana", "iat": NOW, "exp": NOW + 600, "iss": "earshot", "aud": "earshot-broadcast", "token_use": "id"}
HEADER = {"alg": "HS256", "typ": "JWT"}


def user_of(token: str) -> str:
    return TokenVerifier(SECRET, "earshot-broadcast").user_of(token)


def signed(header: object, claims: object) -> str:
    """Return a token that says what a library that makes tokens would not say."""
    body = b".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims))
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(body, SECRET.encode())
    return b".".join([body, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def test_whoever_has_a_good_token_is_known() -> None:
    assert user_of(signed(HEADER, CLAIMS)) == "ana"
    assert user_of(signed(HEADER, CLAIMS | {"sub": "Zoë", "exp": NOW + 600.5})) == "Zoë"


@pytest.mark.parametrize("subject", ["", " ", "\t\n", "\ud800", "x" * 256, None, 7, [], {}, True], ids=ascii)
def test_a_subject_is_somebody(subject: object) -> None:
    with pytest.raises(Refusal, match="Invalid token") as refusal:
        user_of(signed(HEADER, CLAIMS | {"sub": subject}))
    assert refusal.value.status == 401


@pytest.mark.parametrize("name", ["exp", "iat", "iss", "aud", "token_use"])
@pytest.mark.parametrize(
    "value", [[], {}, "", str(NOW - 9), "\u0661", "\ud800", float("inf"), float("nan"), True], ids=ascii
)
def test_a_claim_that_is_none_is_refused(name: str, value: object) -> None:
    with pytest.raises(Refusal) as refusal:
        user_of(signed(HEADER, CLAIMS | {name: value}))
    assert refusal.value.status == 401


@pytest.mark.parametrize(
    "token",
    [
        *("\ud800", "\ud800.\ud800.\ud800", "a.b", "a.b.c", "...", "é.é.é", "\x00", "a" * 5000, "\u0661.\u0661.\u0661"),
        *(signed(header, CLAIMS) for header in ([], {}, {"alg": []}, {"alg": "none"}, HEADER | {"crit": ["b64"]})),
        *(signed(HEADER | {"b64": False}, CLAIMS), signed(HEADER | {"kid": []}, CLAIMS)),
        *(signed(HEADER, claims) for claims in ([], "ana", None, 10**400, {})),
    ],
    ids=lambda token: ascii(token)[:20],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Refusal) as refusal:
        user_of(token)
    assert refusal.value.status == 401
