"""What a page calls its session."""

from __future__ import annotations

import random
import re
import string

ALPHABET = string.digits + string.ascii_lowercase
LENGTH = 7
PATTERN = re.compile(r"session-\d{13}-[0-9a-z]{7}")


def new_session_id(now_ms: int, chance: random.Random) -> str:
    """Return the id of a page that is loaded now (milliseconds since 1970); it is kept over reconnects."""
    return f"session-{now_ms}-{''.join(chance.choices(ALPHABET, k=LENGTH))}"
