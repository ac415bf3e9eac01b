"""Somebody who tries to get in with the wrong papers."""

from __future__ import annotations

from enum import StrEnum

from earshot.broadcast.speaker import Speaker


class Papers(StrEnum):
    """What is wrong with the sign-in that an intruder shows."""

    MISSING = "no sign-in"
    EXPIRED = "an expired sign-in"
    FORGED = "a forged sign-in"
    GARBLED = "a garbled sign-in"


class Intruder(Speaker):
    """Somebody who asks to broadcast without being entitled to."""

    def tries_to_broadcast_with(self, papers: Papers, language: str) -> None:
        """Ask for a session with these papers and keep the outcome."""
        parameters = {"action": "createSession", "sourceLanguage": language}
        token = self._token(papers)
        if token is not None:
            parameters["token"] = token
        self._try_to_connect(parameters, "sessionCreated")

    def tries_to_take_over_with(self, papers: Papers, session_id: str) -> None:
        """Ask to move somebody else's session to a connection of one's own with these papers; keep the outcome."""
        parameters = {"action": "refreshConnection", "role": self.role, "sessionId": session_id}
        token = self._token(papers)
        if token is not None:
            parameters["token"] = token
        self._try_to_connect(parameters, "connectionRefreshComplete")

    def _token(self, papers: Papers) -> str | None:
        match papers:
            case Papers.MISSING:
                return None
            case Papers.EXPIRED:
                return self._scene.token(self.system, self.user_id, life_s=-60)
            case Papers.FORGED:
                return self._scene.token(self.system, self.user_id, forged=True)
            case Papers.GARBLED:
                return "this-is-not-a-token"
