"""Somebody with a listener's controls at hand: their own playback and their own language (BRO-7.2)."""

from __future__ import annotations

from dataclasses import replace

from earshot.broadcast.acts import CHANGE_LANGUAGE, PAUSE_PLAYBACK, RESUME_PLAYBACK
from earshot.broadcast.person import Person
from earshot.ledger import Observation
from earshot.scene import Scene

CHANGE_LANGUAGE_AS_BEFORE = replace(CHANGE_LANGUAGE, action="switchLanguage")
"""The same request under the name that older apps use (BRO-3.3.11)."""


class AtTheReceiver(Person):
    """Somebody who controls what they receive; each control returns its confirmation."""

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.language = ""
        self._confirmation: Observation | None = None

    def pauses_playback(self) -> Observation:
        """Pause what is played here, and nowhere else."""
        self._confirmation = self.asks(PAUSE_PLAYBACK)
        return self._confirmation

    def resumes_playback(self) -> Observation:
        self._confirmation = self.asks(RESUME_PLAYBACK)
        return self._confirmation

    def changes_language(self, language: str, *, older_app: bool = False) -> Observation:
        """Ask for another language from the next sentence on."""
        act = CHANGE_LANGUAGE_AS_BEFORE if older_app else CHANGE_LANGUAGE
        self._confirmation = self.asks(act.having(targetLanguage=language))
        self.language = language
        return self._confirmation

    @property
    def confirmation(self) -> Observation:
        """The confirmation of the latest of these controls."""
        if self._confirmation is None:
            raise AssertionError(f"{self.name} has used no control of their own in this scenario")
        return self._confirmation
