"""Somebody with a microphone that sends pieces of audio of any size and at any rate (REQ-13, 26, 27)."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from earshot.broadcast.acts import audio
from earshot.broadcast.person import Person
from earshot.failures import Inconclusive
from earshot.ledger import Kind, Observation
from earshot.participant import PATIENCE_S
from earshot.scene import Scene

PIECE_BYTES = 320
"""Ten milliseconds of quiet: small, so that what counts is how many there are."""
LATE_BY_AT_MOST_S = 0.5
"""A burst that is answered later than this did not come when the sentence says."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of audio and what the service said to it."""

    name: str
    said: Mapping[str, object] | None
    """The acknowledgement; None where the connection was closed before."""

    @property
    def passed_on(self) -> bool:
        """Whether the service took it for recognition."""
        return self.said is not None and self.said.get("forwarded") is True

    @property
    def dropped_for_rate(self) -> bool:
        """Whether the service dropped it because there were too many."""
        said = self.said or {}
        return said.get("forwarded") is False and said.get("reason") == "rateLimited"


class AtTheMicrophone(Person):
    """Somebody who sends audio by the piece."""

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.bursts: list[list[Piece]] = []
        """What became of the pieces, burst by burst."""
        self._pieces = itertools.count(1)

    def sends_burst(self, count: int) -> None:
        """Send so many pieces of audio as fast as the connection takes them."""
        self.sends_bursts(count, [0.0])

    def sends_at_rate(self, per_second: int, for_s: float) -> None:
        """Send pieces of audio evenly; ends early when the service closes the connection."""
        self._sends_pieces([k / per_second for k in range(round(per_second * for_s))], time.monotonic())

    def sends_bursts(self, count: int, seconds: Sequence[float]) -> None:
        """Send a burst at each of these times after a full second of the clock, the soonest that can be met."""
        began_s = time.monotonic() if len(seconds) == 1 else time.monotonic() + 1 - time.time() % 1
        for after_s in seconds:
            self._sends_pieces([after_s] * count, began_s)
            if (late_s := time.monotonic() - began_s - after_s) > LATE_BY_AT_MOST_S:
                raise Inconclusive(
                    f"this machine is too busy for bursts at given times: the one that was due after {after_s:g} s "
                    f"was answered {late_s * 1000:.0f} ms later"
                )

    def warnings_of_rate(self) -> list[Observation]:
        """Return the warnings about too much audio, once everything on its way has arrived."""
        self.catches_up()
        return self.received("rateLimitWarning")

    def dropped_before(self, notice: Observation) -> int:
        """Return how many pieces the service had dropped for their rate before it told this."""
        return sum(
            o.message.get("reason") == "rateLimited" for o in self.received("audioReceived") if o.number < notice.number
        )

    def _sends_pieces(self, seconds: Sequence[float], began_s: float) -> None:
        began = len(self._scene.ledger)
        longest_s = max(seconds) + began_s - time.monotonic() + PATIENCE_S
        names = self._scene.runtime.call(self._send_pieces(seconds, began_s), within_s=longest_s)
        said = self._said_to(names, since=began)
        self.bursts.append([Piece(name, said.get(name)) for name in names])
        if not self.leg.is_open:
            closed = self._scene.ledger.await_first(self._is_my_close, since=began, within_s=PATIENCE_S)
            if closed is not None:
                self._scene.surprises.hold(closed)

    async def _send_pieces(self, seconds: Sequence[float], began_s: float) -> list[str]:
        names = []
        for after_s in seconds:
            due_s = began_s + after_s
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            if not self.leg.is_open:
                break
            name = f"piece-{next(self._pieces)}"
            await self.leg.send(audio(bytes(PIECE_BYTES), chunkId=name).message, due_ns=int(due_s * 1e9))
            names.append(name)
        return names

    def _said_to(self, names: list[str], *, since: int) -> dict[str, Mapping[str, object]]:
        """Return what the service said to each of these pieces, as far as it did before it closed the connection."""
        ledger, waiting = self._scene.ledger, set(names)
        said: dict[str, Mapping[str, object]] = {}
        position, deadline = since, time.monotonic() + PATIENCE_S
        while waiting:
            came = ledger.await_first(self._ends_a_piece, since=position, within_s=deadline - time.monotonic())
            if came is None:
                raise AssertionError(
                    f"{self.name} sent {len(names)} pieces of audio, of which the service had not acknowledged "
                    f"{len(waiting)} after {PATIENCE_S:g} s; {ledger.summary(self.name, since=since)}"
                )
            if came.kind is Kind.CLOSED:
                break
            position = came.number + 1
            name = str(came.message.get("chunkId"))
            waiting.discard(name)
            said[name] = came.message
        return said

    def _ends_a_piece(self, observation: Observation) -> bool:
        return self._is_my_close(observation) or self._is_for_me(observation, ("audioReceived",))
