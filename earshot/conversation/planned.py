"""Several people who talk with the assistant by one plan, each message at its time whatever became of those before."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from earshot.audio import signals
from earshot.audio.clips import SampleLibrary
from earshot.audio.containers import pieces, wav
from earshot.by_plan import LEAD_NS, PATIENCE_S, Sending, carry_out, far_too_late
from earshot.conversation.requests import END_TURN, Message, as_text, name_session
from earshot.conversation.timed import AUDIO, NAMING
from earshot.conversation.user import PIECE_MS, User
from earshot.ledger import Ledger
from earshot.measure.pairing import Pairing
from earshot.measure.schedule import Schedule
from earshot.runtime import Runtime

BRISK = 4.0


@dataclass(frozen=True, slots=True)
class Stream:
    """So many pieces of a hum, sent evenly; while a long turn of somebody's is worked on, if anybody's."""

    count: int
    piece_ms: int = 100
    every_ms: int = 20
    meanwhile: str | None = None


class PlannedUsers:
    """Carries out what several users are to do at planned times."""

    def __init__(self, runtime: Runtime, ledger: Ledger, samples: SampleLibrary) -> None:
        self._runtime = runtime
        self._ledger = ledger
        self._samples = samples

    def name_sessions(self, users: Sequence[User], *, every_ms: float) -> None:
        """Let them name their sessions one after the other; return when all are confirmed."""
        due = Schedule(len(users), every_ms).due_ns(time.monotonic_ns() + LEAD_NS)
        plan = [Sending(at, user, name_session(user.session_id)) for at, user in zip(due, users, strict=True)]
        self._follow(plan, [NAMING])

    def send_a_piece_each(self, users: Sequence[User], *, every_ms: float) -> None:
        """Let each send a piece of a hum, one after the other; return when all are confirmed."""
        due = Schedule(len(users), every_ms).due_ns(time.monotonic_ns() + LEAD_NS)
        plan = [Sending(at, user, _hum(PIECE_MS)) for at, user in zip(due, users, strict=True)]
        self._follow(plan, [AUDIO])

    def stream(self, user: User, stream: Stream) -> None:
        """Let somebody send this; returns when every piece is confirmed."""
        piece = _hum(stream.piece_ms)
        due = Schedule(stream.count, stream.every_ms).due_ns(time.monotonic_ns() + LEAD_NS)
        self._follow([Sending(at, user, piece) for at in due], [AUDIO])

    def ask(self, questions: Mapping[User, str]) -> None:
        """Let each ask something at the same time, four times as fast as people speak; return when all are answered."""
        began_ns = time.monotonic_ns() + LEAD_NS
        plan: list[Sending] = []
        for place, (user, text) in enumerate(questions.items()):
            clip = self._samples.clip(text)
            user.notes(clip)
            parts = [as_text(part) for part in pieces(clip.samples, PIECE_MS)]
            every_ms = PIECE_MS / BRISK
            due = Schedule(len(parts) + 1, every_ms, place * every_ms / len(questions)).due_ns(began_ns)
            plan += [Sending(at, user, message) for at, message in zip(due, [*parts, END_TURN], strict=True)]
        self._follow(plan, [AUDIO])
        for user in questions:
            user.over()

    def come_and_go(self, users: Sequence[User]) -> None:
        """Let them come one after the other, each make half a second of noise and be told something about it."""
        for user in users:
            user.begins()
            user.sounds(signals.noise(0.5, sigma=0.02), "half a second of something")
            user.excuses(user.over(user.ends_turn()))

    def ask_different_things(self, users: Sequence[User], questions: Sequence[str], *, times: int = 1) -> None:
        """Let each ask so many things, at every moment something else than all the others do."""
        for number in range(times):
            self.ask({user: questions[(place + 3 * number) % len(questions)] for place, user in enumerate(users)})

    def _follow(self, plan: Sequence[Sending], pairings: Sequence[Pairing]) -> None:
        """Carry out a plan; TooLate where something is still without the answer that everything of it gets (CONV-3)."""
        if silent := carry_out(self._runtime, self._ledger, plan, pairings):
            who = " and ".join(sorted(silent)[:3])
            raise far_too_late(plan, f"{who} had no answer {PATIENCE_S:g} s after all had been asked for")


def _hum(duration_ms: int) -> Message:
    return as_text(wav(signals.tone(220, duration_ms / 1000, amplitude=0.1)))
