"""Somebody with the speaker's controls at hand: pause, mute, volume, and the view of the audience (BRO-7.1)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any

from hamcrest import assert_that
from hamcrest.core.matcher import Matcher

from earshot.broadcast.acts import ASK_STATUS, Act
from earshot.broadcast.attempts import AGAIN_AFTER_S
from earshot.broadcast.person import Person
from earshot.ledger import Kind, Observation
from earshot.matchers.numbers import between
from earshot.participant import PATIENCE_S, ms_between
from earshot.scene import Scene
from earshot.wire.leg import Leg

SETTLED_AFTER_S = 0.2
"""What a change of the audience sets off has arrived when nothing came for so long."""
REGULAR = "periodic"
"""The reason of a status that comes because it was time again."""


class AtTheControls(Person):
    """Somebody who controls a broadcast."""

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self._statuses: list[Observation] = []

    def controls_at_once(self, *acts: Act) -> None:
        """Send several controls without waiting for one to be confirmed before the next; return when all are."""
        began = len(self._scene.ledger)
        self._scene.runtime.call(self._send_all(acts), within_s=PATIENCE_S)
        self.confirmations += [self.learns(act.answer, since=began) for act in acts]

    def controls_from_both_connections(self, on_old: Act, on_new: Act) -> None:
        """Send one control on the connection before the last move, and another on the one in use, at the same moment.

        Returns when both are confirmed.
        """
        if len(self.legs) < 2:
            raise AssertionError(f"{self.name} has only one connection: there was no move in this scenario yet")
        began = len(self._scene.ledger)
        both = list(zip(self.legs[-2:], (on_old, on_new), strict=True))
        self._scene.runtime.call(_send_together(both), within_s=PATIENCE_S)
        self.confirmations += [self._confirmed(act, leg, since=began) for leg, act in both]

    def as_long_as_the_pause(self, *, give_or_take_ms: float) -> Matcher[float]:
        """Match the length of the pause that the latest control ended, in milliseconds.

        The service measures between moments that nobody else sees, each between a request and its confirmation.
        """
        began = None
        for earlier in reversed(self.confirmations[:-1]):
            state = earlier.message.get("broadcastState")
            if not isinstance(state, Mapping) or state.get("isPaused") is not True:
                break
            began = earlier
        if began is None:
            raise AssertionError(f"{self.name} had not paused the broadcast, so there is no pause to measure")
        least_ms = ms_between(began, self._asked_for(self.confirmation))
        most_ms = ms_between(self._asked_for(began), self.confirmation)
        return between(least_ms - give_or_take_ms, most_ms + give_or_take_ms)

    def changed_when(self) -> Matcher[float]:
        """Match a time of the service's clock at which it may tell others of the latest control."""
        return between(self.changed_ms, self.confirmation.message["timestamp"] + 1000)

    @property
    def changed_ms(self) -> int:
        """When the service changed the broadcast by the latest control, as it confirms that."""
        return int(self.confirmation.message["broadcastState"]["lastStateChange"])

    def asks_for_status(self) -> Observation:
        """Ask who is listening and return the answer; a status that comes of its own accord meanwhile is none.

        A busy service may say that it had no time (BRO-3.6.1); how soon it answers is judged where that is timed.
        """
        self._statuses.append(self.asks(ASK_STATUS, again_on="TIMEOUT"))
        return self.status

    def finds_status(self, expected: Matcher[Any], *, within_s: float) -> None:
        """Ask for the status, again and again within the rate of two a second, until its message is as expected."""
        deadline = time.monotonic() + within_s
        while not expected.matches(self.asks_for_status().message):
            left_s = deadline - time.monotonic()
            if left_s < AGAIN_AFTER_S:
                assert_that(self.status.message, expected, f"what {self.name} found in the status for {within_s:g} s")
            time.sleep(AGAIN_AFTER_S)

    def is_told_status(self, reason: str, *, since: int, patience_s: float = PATIENCE_S) -> Observation:
        """Return the next status from `since` on, which must come for this reason, waiting for it if need be.

        A regular one may come at any time, so where another is expected it is left for whoever asks for it.
        """
        deadline, early = time.monotonic() + patience_s, []
        while True:
            came = self.learns("sessionStatus", since=since, patience_s=max(0.0, deadline - time.monotonic()))
            given = came.message.get("updateReason")
            if given == reason or given != REGULAR:
                break
            early.append(came.number)
        self._learnt.difference_update(early)
        self._statuses.append(came)
        if given != reason:
            raise AssertionError(
                f"{self.name} expected a status for the reason {reason}, but the status that came was for {given}"
            )
        return came

    def becomes_aware_of(self, listeners: int) -> None:
        """Return when the latest status that came of its own accord tells of so many, and no other follows."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self.settles(SETTLED_AFTER_S)
            told = self.received("sessionStatus")
            if told and told[-1].message.get("listenerCount") == listeners:
                self._statuses.append(told[-1])
                return
            if time.monotonic() > deadline:
                heard = ", ".join(str(status.message.get("listenerCount")) for status in told) or "nothing"
                raise AssertionError(
                    f"{self.name} expected to be told within {PATIENCE_S:g} s that {listeners} are listening, "
                    f"and was told of these numbers: {heard}"
                )

    def settles(self, quiet_s: float) -> None:
        """Return when the service has told nothing new for so long."""
        ledger = self._scene.ledger
        deadline = time.monotonic() + PATIENCE_S
        position = len(ledger)
        while (news := ledger.await_first(self._is_news, since=position, within_s=quiet_s)) is not None:
            position = news.number + 1
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{self.name} was to be left alone for {quiet_s:g} s, but for {PATIENCE_S:g} s news kept coming"
                )

    @property
    def status(self) -> Observation:
        if not self._statuses:
            raise AssertionError(f"{self.name} has neither asked for the status nor been told it")
        return self._statuses[-1]

    def last_status_for(self, reason: str) -> Observation:
        """Return the latest status that came for this reason, of those that steps have seen."""
        for status in reversed(self._statuses):
            if status.message.get("updateReason") == reason:
                return status
        raise AssertionError(f"{self.name} has seen no status for the reason {reason} yet")

    def _asked_for(self, confirmation: Observation) -> Observation:
        """Return the last that was sent on that connection before this confirmation came."""
        return next(
            o
            for o in reversed(list(self._scene.ledger)[: confirmation.number])
            if o.kind is Kind.SENT and o.leg == confirmation.leg
        )

    def _confirmed(self, act: Act, leg: Leg, *, since: int) -> Observation:
        """Return the confirmation of a control that was sent on this connection, which need not be the one in use."""
        came = self._scene.ledger.await_first(
            lambda o: o.kind is Kind.RECEIVED and o.leg == leg.label and o.type == act.answer,
            since=since,
            within_s=PATIENCE_S,
        )
        if came is None:
            raise AssertionError(
                f"{self.name} sent {act.action} on the connection {leg.label} and waited {PATIENCE_S:g} s for "
                f"{act.answer}, which never came; {self._scene.ledger.summary(self.name, since=since)}"
            )
        self._learnt.add(came.number)
        return came

    async def _send_all(self, acts: tuple[Act, ...]) -> None:
        for act in acts:
            await self.leg.send(act.message)


async def _send_together(controls: Iterable[tuple[Leg, Act]]) -> None:
    await asyncio.gather(*(leg.send(act.message) for leg, act in controls))
