"""Reading what clients send: JSON that can be sent on (RFC 8259, and RFC 7493 as to characters)."""

from __future__ import annotations

import json
from typing import Any


def read_object(text: str) -> dict[str, Any]:
    """Return the members of a JSON object.

    ValueError when it is none, is nested too deep, or has half a surrogate pair in a text, which no record takes.
    """
    try:
        found = json.loads(text)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
