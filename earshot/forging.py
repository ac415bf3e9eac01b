"""Signed tokens, as somebody reads and forges them who has no key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from earshot.secrecy import keep_secret

Forgery = Callable[[str], str]
"""Makes what stands for a genuine token, of one."""


def header_of(token: str) -> Mapping[str, Any]:
    return _read(jwt.get_unverified_header, token)


def claims_of(token: str) -> Mapping[str, Any]:
    return _read(lambda one: jwt.decode(one, options={"verify_signature": False}), token)


def claiming(token: str, **claims: Any) -> str:
    """Return a token that claims something else, under its old signature."""
    header, _, signature = token.split(".")
    return f"{header}.{_text({**claims_of(token), **claims})}.{signature}"


def forged(token: str, forgery: Forgery) -> str:
    made = forgery(token)
    keep_secret(made)
    return made


def _signed_otherwise(token: str, algorithm: str, sign: Callable[[bytes], bytes]) -> str:
    signed = f"{_text({**header_of(token), 'alg': algorithm})}.{token.split('.')[1]}"
    return f"{signed}.{_text(sign(signed.encode()))}"


def _read(read: Callable[[str], Mapping[str, Any]], token: str) -> Mapping[str, Any]:
    try:
        return read(token)
    except jwt.InvalidTokenError as failure:
        raise AssertionError(f"what the service gave for a token is none: {failure}") from None


def _text(part: Mapping[str, Any] | bytes) -> str:
    content = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


FORGERIES: Mapping[str, Forgery] = {
    "a token that is none": lambda _: "nothing-of-ours",
    "the token signed by another key": lambda token: _signed_otherwise(
        token, "RS256", lambda _: secrets.token_bytes(256)
    ),
    "the token signed with a shared secret": lambda token: _signed_otherwise(
        token, "HS256", lambda signed: hmac.digest(b"secret", signed, hashlib.sha256)
    ),
    "the token signed by nobody": lambda token: _signed_otherwise(token, "none", lambda _: b""),
}
