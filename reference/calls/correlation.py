"""Under which id everything that a request sets off is found again (ERR-3 to ERR-5)."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

HEADER = "X-Correlation-ID"
_LAWFUL = re.compile(r"[A-Za-z0-9._-]{1,128}")
current: ContextVar[str] = ContextVar("correlation_id", default="")


def begin(given: str | None) -> str:
    """Take the id that a request brings, or a new one where it brings none that is lawful, for all that follows."""
    chosen = given if given is not None and _LAWFUL.fullmatch(given) else str(uuid.uuid4())
    current.set(chosen)
    return chosen
