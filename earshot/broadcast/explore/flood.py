"""A flood of hostile frames from one listener's device, and what it did to the service."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from earshot.failures import Unusable
from earshot.hostile_frames import HostileFrames
from earshot.ledger import Kind

if TYPE_CHECKING:
    from earshot.broadcast.system import Broadcast
    from earshot.targets.control import Control

BATCH = 50
"""Frames that are sent before everything on its way is awaited."""
FAULT = "INTERNAL_ERROR"


class Flood:
    """What somebody's device sends when it has lost its mind, always the same for the same seed."""

    def __init__(self, broadcast: Broadcast, seed: int) -> None:
        self._broadcast = broadcast
        self._stage = broadcast.stage
        self._frames = HostileFrames(seed, broadcast.contract)
        self._memory_bytes = 0
        self.answers: Counter[str] = Counter()
        """How often each kind of answer came; errors by their code."""

    def notes_memory(self) -> None:
        """Remember how much memory the service takes (tag @needs-double)."""
        self._memory_bytes = memory_of(self._stage.control)

    def memory_grown_percent(self) -> float:
        """Return by how much more memory the service takes than was noted."""
        return 100 * (memory_of(self._stage.control) / self._memory_bytes - 1)

    def from_device_of(self, listener: str, session_id: str, count: int) -> None:
        """Send so many frames, connecting again where the service hangs up; refusals of any kind are expected.

        AssertionError when the service no longer answers.
        """
        stage, actor = self._stage, self._broadcast.listener(listener)
        began = len(stage.ledger)
        for number in range(1, count + 1):
            if not actor.leg.is_open:
                actor.joins(session_id, actor.language)
            actor.sends_whatever(self._frame())
            if number % BATCH == 0 or number == count:
                actor.sees_whatever_dealt_with()
        mine = {leg.label for leg in actor.legs}
        for observation in stage.ledger.since(began):
            if observation.leg not in mine:
                continue
            if observation.kind in (Kind.RECEIVED, Kind.REFUSED):
                code = str(observation.message.get("code", ""))
                self.answers[code or observation.type] += 1
                if code and code != FAULT:
                    stage.surprises.claim(observation)
            elif observation.kind is Kind.CLOSED:
                stage.surprises.claim(observation)

    def _frame(self) -> str | bytes:
        """Return the next frame that is no heartbeat: heartbeats tell when the others have been dealt with."""
        while isinstance(frame := self._frames.frame(), str) and "heartbeat" in frame:
            continue
        return frame


def memory_of(control: Control) -> int:
    """Return how much memory the service takes, in bytes."""
    memory: int | None = control.census().memory_bytes
    if memory is None:
        raise Unusable("the service cannot tell its memory on this platform")
    return memory
