"""Somebody with a listener's controls at hand: their own playback and their own language (BRO-7.2)."""

from __future__ import annotations

from earshot.broadcast.acts import Act
from earshot.broadcast.person import Person
from earshot.ledger import Observation
from earshot.scene import Scene


class AtTheReceiver(Person):
    """Somebody who controls what they receive."""

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.language = ""

    def controls(self, act: Act) -> Observation:
        """Use a control; another language is the one to ask for when moving to a new connection."""
        confirmation = super().controls(act)
        self.language = str(act.fields.get("targetLanguage", self.language))
        return confirmation
