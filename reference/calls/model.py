"""A call, and what may happen to it (CALL-14 to CALL-16)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reference.calls.problem import Problem

if TYPE_CHECKING:
    from reference.calls.lookups import Found

INITIALIZING, CONNECTING, ACTIVE, ON_HOLD = "initializing", "connecting", "active", "on_hold"
TRANSFERRING, ENDED, FAILED = "transferring", "ended", "failed"
FINAL = (ENDED, FAILED)
STATES = (INITIALIZING, CONNECTING, ACTIVE, ON_HOLD, TRANSFERRING, "ending", *FINAL)
_FROM = {
    CONNECTING: (INITIALIZING,),
    ACTIVE: (INITIALIZING, CONNECTING, ON_HOLD, TRANSFERRING),
    ON_HOLD: (ACTIVE,),
    TRANSFERRING: (ACTIVE, ON_HOLD),
}


@dataclass(slots=True)
class Call:
    """`history` holds every state with its time; `events` what was told of the call, without personal values."""

    call_id: str
    hotel_id: str
    caller: str
    """Of the number that calls, what a list shows."""
    caller_hash: str
    to_number: str
    started_at: str
    state: str
    language: str = "en"
    priority: str = "normal"
    reservation_id: str | None = None
    answered_at: str | None = None
    ended_at: str | None = None
    duration: float | None = None
    reason: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, str]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    transcripts: list[dict[str, Any]] = field(default_factory=list)
    strict: bool = False
    fresh: bool = False
    stay: Found | None = None
    """What was found of the reservation."""

    @property
    def is_over(self) -> bool:
        return self.state in FINAL

    def becomes(self, state: str, at: str) -> bool:
        """Change the state; False where it is that already, CONFLICT where it cannot be from here."""
        if state == self.state:
            return False
        if self.is_over or (state not in FINAL and self.state not in _FROM.get(state, ())):
            raise Problem("CONFLICT", f"The call is {self.state}, which cannot become {state}")
        self.state = state
        self.history.append({"state": state, "at": at})
        if state in FINAL:
            self.ended_at = at
        return True

    def hears(self, text: str, intent: str) -> None:
        """Keep what the guest said; `text` holds nothing personal any more."""
        self.transcripts.append({"text": text, "intent": intent, "pii_redacted": True})

    def told(self) -> dict[str, Any]:
        """Return what may be told of the call."""
        return {
            "call_id": self.call_id,
            "hotel_id": self.hotel_id,
            "state": self.state,
            "from_number": self.caller,
            "to_number": self.to_number,
            "language": self.language,
            "priority": self.priority,
            "started_at": self.started_at,
            "answered_at": self.answered_at,
            "ended_at": self.ended_at,
            "duration": self.duration,
            "reason": self.reason,
            "metadata": self.metadata,
            "history": self.history,
            "events": self.events,
            "transcripts": self.transcripts,
            "pii_redacted": True,
            "gdpr_consent": "legitimate_interest",
            "schema_version": "1.0",
        }

    def kept(self) -> dict[str, Any]:
        """Return what is kept in the table: as told, and the caller's number as a hash."""
        return {**self.told(), "caller_hash": self.caller_hash, "reservation_id": self.reservation_id}
