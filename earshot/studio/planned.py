"""What engineers stream by plan, each piece at its time whatever became of those before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.by_plan import LEAD_NS, PATIENCE_S, Sending, carry_out, far_too_late
from earshot.ledger import Ledger
from earshot.measure.schedule import Schedule
from earshot.measure.tuning import Tuning
from earshot.runtime import Runtime
from earshot.studio.engineer import Engineer
from earshot.studio.messages import sound, update
from earshot.studio.timed import CHANGES, PIECES

CHANGES_IN_TURN = (0.9, 0.1)
"""What the strength of noise reduction is changed to, again and again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """So many pieces of a sound at the pace at which it is heard."""

    words: str
    """What the sound is called."""
    make: Callable[[float], Samples]
    """Makes so many seconds of it."""
    count: int
    piece_ms: float = 100
    is_sustained: bool = False
    """Whether its length was said in seconds, and not in pieces."""
    changes: int = 0
    """So often noise reduction is changed meanwhile."""

    def tuned(self, tuning: Tuning) -> Plan:
        """Return the same as long as the run sets it."""
        if self.is_sustained:
            lasts_s = tuning.of("sustained_s", self.count * self.piece_ms / 1000)
            return replace(self, count=max(1, round(lasts_s * 1000 / self.piece_ms)))
        return replace(self, count=tuning.of("pieces", self.count))

    @property
    def pieces(self) -> Sequence[Samples]:
        step = round(self.piece_ms * SAMPLE_RATE_HZ / 1000)
        samples = self.make(self.count * self.piece_ms / 1000)
        return [samples[start : start + step] for start in range(0, self.count * step, step)]


def stream(runtime: Runtime, ledger: Ledger, engineers: Sequence[Engineer], plan: Plan) -> None:
    """Let each stream by this plan, one a little after the other; return when all is answered or lost.

    Pieces that are refused count as lost (see timed.py). TooLate where something has no answer for too long.
    """
    messages, since = [sound(each) for each in plan.pieces], len(ledger)
    began_ns, apart_ms = time.monotonic_ns() + LEAD_NS, plan.piece_ms / len(engineers)
    sendings = [
        Sending(at, engineer, message)
        for place, engineer in enumerate(engineers)
        for at, message in zip(
            Schedule(plan.count, plan.piece_ms, place * apart_ms).due_ns(began_ns), messages, strict=True
        )
    ]
    if plan.changes:
        due = Schedule(plan.changes, plan.count * plan.piece_ms / plan.changes / 2).due_ns(began_ns)
        sendings += [
            Sending(at, engineer, update("noise_reduction", {"strength": CHANGES_IN_TURN[number % 2]}))
            for number, at in enumerate(due)
            for engineer in engineers
        ]
    silent = carry_out(runtime, ledger, sendings, [PIECES, CHANGES])
    for engineer in engineers:
        engineer.has_streamed(plan.words, since=since)
    if silent:
        who = " and ".join(sorted(silent)[:3])
        raise far_too_late(sendings, f"{who} had no answer {PATIENCE_S:g} s after all had been sent")
