"""A doorbell in one scenario: who rings, and who asks."""

from __future__ import annotations

from earshot.participant import PATIENCE_S, Participant
from earshot.system import System
from earshot.wording import Wording


class Visitor(Participant):
    """Somebody at the door."""

    system = "doorbell"
    role = "visitor"

    def catches_up(self) -> None:
        """Return at once: a doorbell says nothing unasked."""

    def rings(self) -> None:
        """Ring, at a door of one's own on first use."""
        if not self.legs:
            self._open({}, checked=True)
        sent = self._send({"type": "ring"})
        self.is_told("rung", since=sent.number)

    def has_rung(self) -> int:
        """Return how often the last answer says that was."""
        return int(self.received("rung")[-1].message["times"])

    def asks_for_rings(self) -> int:
        """Return how often somebody has rung, as the service tells over HTTP."""
        asked = self._scene.http(self.system, self.name).ask("GET", "/rings", asks="asks how often somebody has rung")
        return int(self._scene.runtime.call(asked, within_s=PATIENCE_S).message["rings"])


class Doorbell(System):
    """The visitors of a door."""

    name = Visitor.system
    wording = Wording(
        sent={"ring": "rings"},
        received={"rung": lambda message: f"is told: rung {message['times']} times"},
    )

    def visitor(self, name: str) -> Visitor:
        """Return the visitor of this name, who appears on first mention."""
        return self.stage.appears(name, Visitor)


system = Doorbell
