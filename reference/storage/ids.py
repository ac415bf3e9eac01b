"""Identifiers (BRO-1.3.1); a test may bring its own."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from typing import Protocol

ADJECTIVES, NOUNS = (
    tuple(words.split()) for words in Path(__file__).with_name("words.txt").read_text("ascii").split("\n\n")
)
"""The words of which session ids are made: positive, easy to read out. Words that a listener could take amiss (of war,
death, judgement) were left out."""


class Ids(Protocol):
    def session_id(self) -> str:
        """Return `adjective-noun-NNN`; it may be in use already."""

    def connection_id(self) -> str:
        """Return an opaque id that was never returned before."""


class RandomIds:
    """Identifiers that cannot be guessed."""

    def session_id(self) -> str:
        return f"{secrets.choice(ADJECTIVES)}-{secrets.choice(NOUNS)}-{secrets.randbelow(900) + 100}"

    def connection_id(self) -> str:
        """Return 16 random bytes as base64, which ends in `==` as a real gateway's ids may."""
        return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode()
