"""Many people who act by one plan, each message at its time whatever became of those before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from earshot.actors.acts import Act, audio
from earshot.actors.listener import Listener
from earshot.actors.person import Person
from earshot.actors.speaker import CHUNK_MS, Speaker
from earshot.audio import signals
from earshot.audio.framing import frames
from earshot.runtime import Runtime

SPARE_S = 10.0
"""How much longer than planned a machine may need before something must be wrong with it."""


@dataclass(frozen=True, slots=True)
class _Planned:
    after_s: float
    who: Person
    message: Mapping[str, object]


class Ensemble:
    """Speakers with a session each, and who listens to each of them."""

    def __init__(self, runtime: Runtime) -> None:
        self.speakers: list[Speaker] = []
        self.listeners: dict[str, list[Listener]] = {}
        """By the speaker's name."""
        self._runtime = runtime

    @property
    def names(self) -> list[str]:
        """What the speakers are called."""
        return [speaker.name for speaker in self.speakers]

    @property
    def audience(self) -> dict[str, list[str]]:
        """What the listeners of each speaker are called."""
        return {name: [listener.name for listener in listeners] for name, listeners in self.listeners.items()}

    def ask(self, acts: Sequence[Act], *, times: int, every_s: float) -> None:
        """Let every speaker ask for all of these so many times, evenly, and each a little later than the one before.

        Returns when everything that was answered has come back.
        """
        series = [act.message for _ in range(times) for act in acts]
        self._carry_out([series] * len(self.speakers), every_s)

    def speak(self, duration_s: float) -> None:
        """Let every speaker send so much sound at the pace of speech; returns when all that was acknowledged is."""
        pieces = frames(signals.tone(440, duration_s, amplitude=0.2), CHUNK_MS)
        series = [audio(piece, sequenceNumber=number).message for number, piece in enumerate(pieces)]
        self._carry_out([series] * len(self.speakers), CHUNK_MS / 1000)

    def _carry_out(self, series: Sequence[Sequence[Mapping[str, object]]], every_s: float) -> None:
        plan = sorted(
            (
                _Planned((k + place / len(self.speakers)) * every_s, speaker, message)
                for place, (speaker, messages) in enumerate(zip(self.speakers, series, strict=True))
                for k, message in enumerate(messages)
            ),
            key=lambda planned: planned.after_s,
        )
        self._runtime.call(_send(plan), within_s=plan[-1].after_s + SPARE_S)
        for speaker in self.speakers:
            speaker.catches_up()
            for listener in self.listeners.get(speaker.name, []):
                listener.catches_up()


async def _send(plan: Sequence[_Planned]) -> None:
    began_ns = time.monotonic_ns()
    for planned in plan:
        due_ns = began_ns + int(planned.after_s * 1e9)
        await asyncio.sleep(max(0.0, (due_ns - time.monotonic_ns()) / 1e9))
        await planned.who.leg.send(planned.message, due_ns=due_ns)
