"""Twins of what the doorbell counts."""

from __future__ import annotations

from reference.doorbell.app import Bell

from reference.twins.twin import result_of


@result_of(Bell.ring, "BELL-1.1")
def bell_tells_one_too_many(times, self):
    """Whoever rings is told one more than it was."""
    return times + 1
