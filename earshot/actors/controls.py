"""Somebody with the speaker's controls at hand: pause, mute, volume, and the view of the audience (sheet 7.1)."""

from __future__ import annotations

from collections.abc import Mapping

from earshot.actors.acts import ASK_STATUS, CHANGE_STATE, MUTE, PAUSE, RESUME, SET_VOLUME, UNMUTE, Act
from earshot.actors.person import PATIENCE_S, Person
from earshot.ledger import Observation
from earshot.scene import Scene

STATUS_SHOWS_WITHIN_S = 2.0
"""Who comes or goes shows in the status within two seconds (sheet 7.3)."""


class AtTheControls(Person):
    """Somebody who controls a broadcast; each control returns its confirmation."""

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.confirmations: list[Observation] = []
        """The confirmations of this person's controls, in order."""
        self._status: Observation | None = None

    def pauses(self, *, for_about_ms: int | None = None) -> Observation:
        """Pause the broadcast, saying for about how long if that is given."""
        return self._controls(PAUSE if for_about_ms is None else PAUSE.having(estimatedPauseDuration=for_about_ms))

    def resumes(self) -> Observation:
        """Resume the broadcast."""
        return self._controls(RESUME)

    def mutes(self) -> Observation:
        """Mute the broadcast."""
        return self._controls(MUTE)

    def unmutes(self) -> Observation:
        """Unmute the broadcast."""
        return self._controls(UNMUTE)

    def sets_volume(self, level: float) -> Observation:
        """Set the volume, from 0 to 1."""
        return self._controls(SET_VOLUME.having(volumeLevel=level))

    def changes_state(self, state: Mapping[str, object]) -> Observation:
        """Change several controls at once: any of isPaused, isMuted, volume."""
        return self._controls(CHANGE_STATE.having(state=dict(state)))

    def controls_at_once(self, *acts: Act) -> None:
        """Send several controls without waiting for one to be confirmed before the next; return when all are."""
        began = len(self._scene.ledger)
        self._scene.runtime.call(self._send_all(acts), within_s=PATIENCE_S)
        self.confirmations += [self.learns(act.answer, since=began) for act in acts]

    @property
    def confirmation(self) -> Observation:
        """The confirmation of the latest control."""
        if not self.confirmations:
            raise AssertionError(f"{self.name} has used no control in this scenario")
        return self.confirmations[-1]

    def measured_since(self, control: str) -> float:
        """Return the milliseconds from the latest earlier confirmation of `control` to the latest confirmation."""
        began = next((o for o in reversed(self.confirmations[:-1]) if o.type == control), None)
        if began is None:
            raise AssertionError(
                f"{self.name} got no {control} before {self.confirmation.type}, so nothing was measured"
            )
        return (self.confirmation.at_ns - began.at_ns) / 1e6

    def asks_for_status(self) -> Observation:
        """Ask who is listening and return the answer; a status that comes of its own accord meanwhile is none."""
        self._status = self.asks(ASK_STATUS)
        return self._status

    def is_told_status(self, reason: str, *, since: int, patience_s: float = PATIENCE_S) -> Observation:
        """Return the next status from `since` on, which must come for this reason, waiting for it if need be."""
        self._status = self.learns("sessionStatus", since=since, patience_s=patience_s)
        given = self._status.message.get("updateReason")
        if given != reason:
            raise AssertionError(
                f"{self.name} expected a status for the reason {reason}, but the status that came was for {given}"
            )
        return self._status

    def becomes_aware_of(self, listeners: int) -> None:
        """Return when a status has told, of its own accord, that so many are listening."""
        ledger = self._scene.ledger
        came = ledger.await_first(
            lambda o: self._is_for_me(o, ("sessionStatus",)) and o.message.get("listenerCount") == listeners,
            within_s=PATIENCE_S,
        )
        if came is None:
            raise AssertionError(
                f"{self.name} expected to be told that {listeners} are listening, and was not within {PATIENCE_S:g} s; "
                f"{ledger.summary(self.name)}"
            )
        self._status = came
        self._learnt.add(came.number)

    @property
    def status(self) -> Observation:
        """The status that was asked for or told last."""
        if self._status is None:
            raise AssertionError(f"{self.name} has neither asked for the status nor been told it")
        return self._status

    def _controls(self, act: Act) -> Observation:
        self.confirmations.append(self.asks(act))
        return self.confirmation

    async def _send_all(self, acts: tuple[Act, ...]) -> None:
        for act in acts:
            await self.leg.send(act.message)
