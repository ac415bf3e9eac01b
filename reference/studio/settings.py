"""The limits and timers of the studio."""

from __future__ import annotations

from dataclasses import dataclass

from reference.settings import MEBIBYTE, number, whole_number


@dataclass(frozen=True, slots=True)
class StudioSettings:
    studio_message_max_bytes: int = whole_number(
        16 * MEBIBYTE, "bytes", 1024, 16 * MEBIBYTE, "one message of live audio; a longer one ends the connection"
    )
    studio_body_max_bytes: int = whole_number(
        10 * MEBIBYTE, "bytes", 1024, 10 * MEBIBYTE, "the body of one request over HTTP"
    )
    studio_ping_interval_seconds: float = number(
        20.0, "seconds", 0.05, 3600, "time after which a silent engineer is pinged"
    )
    studio_ping_timeout_seconds: float = number(
        20.0, "seconds", 0.05, 3600, "time to answer that in; who does not is disconnected"
    )
