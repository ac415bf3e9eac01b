"""Many people who act by one plan, each message at its time whatever became of those before."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

from earshot.audio import signals
from earshot.audio.framing import frames
from earshot.broadcast.acts import SEND_AUDIO, SET_VOLUME, TOLD_TO_LISTENERS, Act
from earshot.broadcast.listener import Listener
from earshot.broadcast.person import Person
from earshot.broadcast.speaker import CHUNK_MS, Speaker
from earshot.by_plan import LEAD_NS, PATIENCE_S, Sending, carry_out, far_too_late, in_turn
from earshot.ledger import Ledger, Observation
from earshot.measure.delays import Delay, Delays
from earshot.measure.schedule import Schedule
from earshot.runtime import Runtime

Someone = TypeVar("Someone", bound=Person)
SHORT_PIECE_MS = 25.0
"""Of sound whose change is to be seen soon; 40 a second are within the limit."""


class PlannedSpeakers:
    """Speakers with a session each, and who listens to each of them; or listeners alone."""

    def __init__(self, runtime: Runtime, ledger: Ledger, speakers: Sequence[Speaker] = ()) -> None:
        self.speakers: list[Speaker] = list(speakers)
        self.listeners: dict[str, list[Listener]] = {}
        """By the speaker's name."""
        self._runtime = runtime
        self._ledger = ledger
        self._free_ns = 0
        """When the next may be asked for something, after the last of an earlier round."""

    def in_turn(self, people: Sequence[Someone], does: Callable[[Someone], object], *, every_s: float) -> None:
        """Let one after the other do this, whether or not those before have come to the end; return when all have."""
        in_turn(self._runtime, people, does, every_s=every_s)

    @property
    def audience(self) -> dict[str, list[str]]:
        """What the listeners of each speaker are called."""
        return {name: [listener.name for listener in listeners] for name, listeners in self.listeners.items()}

    def ask(self, acts: Sequence[Act], *, times: int = 1, every_s: float) -> None:
        """Let every speaker ask for all of these so many times, evenly, and each a little later than the one before.

        Everybody begins with another one, so that not all ask for the same at the same time. Returns when everything
        is answered, and the listeners have been told.
        """
        self._carry_out(self.speakers, _in_turn(acts, times, len(self.speakers)), every_s, acts)

    def listeners_ask(self, acts: Sequence[Act], *, times: int = 1, every_s: float) -> None:
        """Let every listener do the same."""
        listeners = [listener for some in self.listeners.values() for listener in some]
        self._carry_out(listeners, _in_turn(acts, times, len(listeners)), every_s, acts)

    def speak(
        self, duration_s: float, *, piece_ms: int = CHUNK_MS, halfway: Callable[[], object] | None = None
    ) -> None:
        """Let every speaker send so much sound at the pace of speech; returns when all that was acknowledged is.

        `halfway` is done when half of it has been sent, while the speakers go on.
        """
        pieces = frames(signals.tone(440, duration_s, amplitude=0.2), piece_ms)
        series = [[speaker.audio_message(piece) for piece in pieces] for speaker in self.speakers]
        with ThreadPoolExecutor(1) as pool:
            speaking = pool.submit(self._carry_out, self.speakers, series, piece_ms / 1000, [SEND_AUDIO])
            if halfway is not None:
                time.sleep(duration_s / 2)
                halfway()
            speaking.result()

    def speak_and_turn_volume(self, levels: Sequence[float], *, times: int, every_s: float) -> None:
        """Let every speaker speak without a break, in short pieces, and go through these volumes so many times."""
        began_ns, every_ms, count = time.monotonic_ns() + LEAD_NS, every_s * 1000, times * len(levels)
        piece = signals.tone(440, SHORT_PIECE_MS / 1000, amplitude=0.5).astype("<i2").tobytes()
        plan = []
        for place, speaker in enumerate(self.speakers):
            offset_ms = place * every_ms / len(self.speakers)
            turns = Schedule(count, every_ms, offset_ms)
            pieces = Schedule(round((count + 1) * every_ms / SHORT_PIECE_MS), SHORT_PIECE_MS, offset_ms)
            plan += [
                Sending(due_ns, speaker, SET_VOLUME.having(volumeLevel=levels[k % len(levels)]).message)
                for k, due_ns in enumerate(turns.due_ns(began_ns))
            ]
            plan += [Sending(due_ns, speaker, speaker.audio_message(piece)) for due_ns in pieces.due_ns(began_ns)]
        self._follow(plan, [SET_VOLUME, SEND_AUDIO])

    def farewells(self, observed: Sequence[Observation]) -> Delays:
        """Return how long listeners took to be told of the end, counted from when the speaker began to leave.

        Only of those speakers who left while this was observed.
        """
        from_ns, until_ns = observed[0].at_ns, observed[-1].at_ns
        delays = []
        for speaker in self.speakers:
            if from_ns <= speaker.left_at_ns <= until_ns:
                for listener in self.listeners[speaker.name]:
                    told_ns = (o.at_ns for o in listener.received("sessionEnded") if o.at_ns >= speaker.left_at_ns)
                    took_ms = (next(told_ns, math.inf) - speaker.left_at_ns) / 1e6
                    delays.append(Delay(speaker.left_at_ns, took_ms))
        return sorted(delays)

    def _carry_out(
        self,
        people: Sequence[Person],
        series: Sequence[Sequence[Mapping[str, object]]],
        every_s: float,
        acts: Sequence[Act],
    ) -> None:
        began_ns, every_ms = max(time.monotonic_ns() + LEAD_NS, self._free_ns), every_s * 1000
        plan = [
            Sending(due_ns, person, message)
            for place, (person, messages) in enumerate(zip(people, series, strict=True))
            for due_ns, message in zip(
                Schedule(len(messages), every_ms, place * every_ms / len(people)).due_ns(began_ns),
                messages,
                strict=True,
            )
        ]
        self._free_ns = max(sending.due_ns for sending in plan) + round(every_s * 1e9)
        self._follow(plan, acts)

    def _follow(self, plan: Sequence[Sending], acts: Collection[Act]) -> None:
        """Carry out a plan that asks for these; return when all is answered and told to the listeners, or lost.

        Lost is what is missing although something that was asked later is answered. Where that is not, the service has
        not come so far in all that time: TooLate.
        """
        kinds = {act.action: act for act in acts}.values()
        told = [act.notices(self.audience) for act in kinds if act.action in TOLD_TO_LISTENERS]
        silent = carry_out(self._runtime, self._ledger, plan, [*(act.confirmation for act in kinds), *told])
        people = chain(self.speakers, *self.listeners.values())
        unanswered = [person for person in people if person.leg.label in silent]
        for person in unanswered:
            try:
                person.catches_up()
            except AssertionError as failure:
                for each in unanswered:
                    each.goes_dead()
                words = f"{person.name} had no answer {PATIENCE_S:g} s after all had been asked for"
                raise far_too_late(plan, f"{words}, nor one to what was asked then: {failure}") from failure


def _in_turn(acts: Sequence[Act], times: int, people: int) -> list[list[Mapping[str, object]]]:
    """Return what each of so many people asks for: every act so many times, each beginning with another one."""
    count = len(acts)
    return [[acts[(place + k) % count].message for k in range(times * count)] for place in range(people)]
