"""What a service keeps of conversations (CONV-38), and how it says it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from earshot.conversation.user import SYSTEM
from earshot.ledger import Observation
from earshot.participant import PATIENCE_S
from earshot.scene import Scene

READER = "Earshot"
"""Who asks, where no person of the scenario does."""


class Kept:
    """Reads what was kept, and the health of the service, in one scenario."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def of(self, session_id: str) -> Sequence[Mapping[str, Any]]:
        """Return what is kept of a session, first said first; AssertionError when the service does not tell."""
        asks = f"asks what was said in {session_id}"
        answer = self._ask("/api/conversations/{session_id}", asks, {"session_id": session_id})
        kept = answer.message.get("segments")
        return kept if isinstance(kept, list) else []

    def health(self) -> Mapping[str, Any]:
        """Return what the service says about itself."""
        return self._ask("/health", "asks whether the service is well", {}).message

    def _ask(self, path: str, asks: str, parameters: Mapping[str, str]) -> Observation:
        client = self._scene.http(SYSTEM, READER)
        answer = self._scene.runtime.call(client.ask("GET", path, parameters, asks=asks), within_s=PATIENCE_S + 1)
        if answer.code != HTTPStatus.OK:
            raise AssertionError(f"{READER} {asks}, and expected an answer, but got status {answer.code}")
        return answer
