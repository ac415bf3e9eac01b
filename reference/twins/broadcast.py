"""Twins of the broadcast system."""

from __future__ import annotations

from reference.broadcast.model import BroadcastState, NotForwarded
from reference.twins.twin import put, twin


@twin("mute-still-forwards", "REQ-8.2")
def mute_still_forwards() -> None:
    """What a muted speaker says is passed on all the same."""

    def closed_by(state: BroadcastState) -> NotForwarded | None:
        if state.is_paused:
            return NotForwarded.PAUSED
        return NotForwarded.VOLUME_ZERO if state.volume <= 0 else None

    put(BroadcastState, "closed_by", closed_by)
