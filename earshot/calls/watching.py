"""Somebody who watches the calls of a hotel: each change of state is told as it happens."""

from __future__ import annotations

from collections.abc import Sequence

from hamcrest import equal_to

from earshot.calls.person import Person
from earshot.ledger import Kind
from earshot.patience import comes_to, stays

TOLD_WITHIN_S = 1.0
"""How soon a change is to be told (CALL-29)."""


class Watcher(Person):
    role = "watcher"

    def begins(self) -> None:
        """Connect as whoever this is; AssertionError where that is refused."""
        self.tries()
        if self.outcome.kind is Kind.REFUSED:
            raise AssertionError(f"{self.name} wants to watch calls, but was refused with status {self.outcome.code}")

    def tries(self) -> None:
        self._outcome = self._open({}, checked=True, headers=self.credentials())
        if self._outcome.kind is Kind.REFUSED:
            self._scene.surprises.hold(self._outcome)

    def seen_of(self, call_id: str) -> list[str]:
        """Return the states of a call that were told, in order."""
        return [str(o.message["state"]) for o in self.received() if o.message.get("call_id") == call_id]

    def sees(self, call_id: str, states: Sequence[str]) -> None:
        """Insist that the call went through these states, the last of which is told within a second."""
        what = f"what {self.name} sees of the call"
        comes_to(lambda: self.seen_of(call_id), equal_to(list(states)), what, within_s=TOLD_WITHIN_S)

    def sees_nothing(self, call_id: str, for_s: float) -> None:
        """Insist that nothing of a call is told for this time."""
        stays(lambda: self.seen_of(call_id), equal_to([]), f"what {self.name} sees of the call", for_s=for_s)
