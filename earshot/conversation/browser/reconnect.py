"""When a page tries again: after a connection that broke, and after a request that failed."""

from __future__ import annotations

CONNECT_WITHIN_S = 10.0
HEALTH_WITHIN_S = 5.0
FIRST_DELAY_S = 2.0
GROWTH = 1.5
LONGEST_DELAY_S = 30.0
MOST_ATTEMPTS = 10
ENDS = frozenset({1000, 1001})
"""Close codes after which nobody tries again."""
RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
RETRIES = 3
FIRST_RETRY_S = 1.0


class Reconnect:
    """Counts the attempts to build up a connection again, and says when the next is due."""

    def __init__(self) -> None:
        self._attempts = 0

    @property
    def has_given_up(self) -> bool:
        """Whether the last attempt there was has failed, too."""
        return self._attempts > MOST_ATTEMPTS

    def delay_s(self, code: int | None) -> float | None:
        """Return how long to rest after the connection ended with this code, or could not be opened (None).

        None means that there is no further attempt.
        """
        if code in ENDS:
            return None
        self._attempts += 1
        if self.has_given_up:
            return None
        return delay_of(self._attempts)

    def opened(self) -> None:
        """Begin to count anew, since a connection is open."""
        self._attempts = 0


def delay_of(attempt: int) -> float:
    """Return the rest before an attempt, the first of which is 1, in seconds."""
    return min(FIRST_DELAY_S * GROWTH ** (attempt - 1), LONGEST_DELAY_S)


def retry_after_s(retries: int, status: int) -> float | None:
    """Return the rest before a request that failed so is made again, after so many retries; None means never."""
    if status not in RETRIED_STATUSES or retries >= RETRIES:
        return None
    return FIRST_RETRY_S * 2.0**retries
