"""Passwords, as scrypt hashes with a salt each."""

from __future__ import annotations

import hashlib
import hmac
import os

_COST = {"n": 2**12, "r": 8, "p": 1}
"""About 10 ms a hash."""
_SALT_BYTES = 16
NOBODYS = bytes(_SALT_BYTES).hex() + "$" + "00" * 64
"""The hash of nobody, so that an unknown account takes as long as a known one."""


def hashed(password: str) -> str:
    salt = os.urandom(_SALT_BYTES)
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, **_COST).hex()}"


def fits(password: str, kept: str) -> bool:
    """Say whether a password is the one of this hash; takes its time, so better on a thread."""
    salt, _, expected = kept.partition("$")
    given = hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=bytes.fromhex(salt), **_COST)
    return hmac.compare_digest(given, bytes.fromhex(expected))
