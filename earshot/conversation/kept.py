"""What a service keeps of conversations (CONV-38), and how it says it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from hamcrest import assert_that, contains_exactly, has_entries, matches_regexp

from earshot.conversation.user import SYSTEM, User
from earshot.ledger import Observation
from earshot.matchers.moments import lasting
from earshot.participant import PATIENCE_S
from earshot.patience import comes_to
from earshot.scene import Scene

READER = "Earshot"
"""Who asks, where no person of the scenario does."""
CLOCKS_DIFFER_BY_S = 2.0
"""At most so much, between this machine and the service's."""


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

    def comes_to(self, session_id: str, texts: Sequence[str]) -> None:
        """Return when these words, and no others, are kept of a session; AssertionError if they are not in time."""
        expected = [has_entries(index=number, transcription=text) for number, text in enumerate(texts, 1)]
        comes_to(lambda: self.of(session_id), contains_exactly(*expected), f"what is kept of {session_id}")

    def has_only_turn_of(self, user: User) -> None:
        """Insist that one turn of somebody's session is kept, with what they were told of it, and its time."""
        told = user.answer().observation
        members = {name: told.message[name] for name in ("transcription", "response", "backend_used", "error")}
        kept = self.of(user.session_id)
        assert_that(kept, contains_exactly(has_entries(**members)), f"what is kept of {user.name}'s session")
        assert_that(kept[0]["time"], matches_regexp("(Z|[+]00:00)$"), "in which time zone the time is kept")
        ledger = self._scene.ledger
        answered_at_s = ledger.began_at + ledger.elapsed_ms(told) / 1000
        later_s = datetime.fromisoformat(kept[0]["time"]).timestamp() - answered_at_s
        what = f"how much later than the answer {user.name}'s turn was, by the time that is kept of it"
        assert_that(later_s, lasting(-CLOCKS_DIFFER_BY_S, CLOCKS_DIFFER_BY_S), what)

    def health(self) -> Mapping[str, Any]:
        """Return what the service says about itself."""
        return self._ask("/health", "asks whether the service is well", {}).message

    def _ask(self, path: str, asks: str, parameters: Mapping[str, str]) -> Observation:
        client = self._scene.http(SYSTEM, READER)
        answer = self._scene.runtime.call(client.ask("GET", path, parameters, asks=asks), within_s=PATIENCE_S + 1)
        if answer.code != HTTPStatus.OK:
            raise AssertionError(f"{READER} {asks}, and expected an answer, but got status {answer.code}")
        return answer
