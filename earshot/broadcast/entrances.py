"""How people ask to be let in: to open a session, to join one, to take one over, or to go on over a new connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from earshot.broadcast.intruder import Papers

if TYPE_CHECKING:
    from earshot.broadcast.system import Broadcast

Changes = Mapping[str, str | None]
"""Parameters of a connection that are other than usual, or left out (None)."""


class Entrance(Protocol):
    """A way to ask to be let in."""

    def tried_by(self, name: str, broadcast: Broadcast) -> None:
        """Let somebody ask so, who may be refused; the outcome is kept."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Asking for a session."""

    language: str = "en"
    changes: Changes = field(default_factory=dict)
    device: int = 1
    papers: Papers | None = None
    over_that_connection: bool = False
    """By a message over a connection that is open already, and not by connecting."""

    def made_by(self, name: str, broadcast: Broadcast) -> None:
        """Let somebody open a session, who must not be refused."""
        speaker = broadcast.speaker(name, device=self.device)
        if self.over_that_connection:
            speaker.starts_broadcasting_by_message(self.language)
        else:
            speaker.starts_broadcasting(self.language, **{k: v for k, v in self.changes.items() if v is not None})

    def tried_by(self, name: str, broadcast: Broadcast) -> None:
        if self.papers is None:
            broadcast.speaker(name, device=self.device).tries_to_broadcast(self.language, **self.changes)
        else:
            broadcast.intruder(name).tries_to_broadcast_with(self.papers, self.language)


@dataclass(frozen=True, slots=True)
class Joining:
    """Asking for a place among the listeners of a session: that of this name, this speaker's, or the one there is."""

    language: str = "es"
    session_id: str = ""
    speaker: str = ""
    changes: Changes = field(default_factory=dict)
    over_that_connection: bool = False

    def made_by(self, name: str, broadcast: Broadcast) -> None:
        """Let somebody join, who must not be refused."""
        listener = broadcast.listener(name)
        join = listener.joins_by_message if self.over_that_connection else listener.joins
        join(self.session_in(broadcast), self.language)

    def tried_by(self, name: str, broadcast: Broadcast) -> None:
        broadcast.listener(name).tries_to_join(self.session_in(broadcast), self.language, **self.changes)

    def session_in(self, broadcast: Broadcast) -> str:
        """Return the name of the session that is meant."""
        if self.session_id:
            return self.session_id
        return (broadcast.speaker(self.speaker) if self.speaker else broadcast.the_speaker()).session_id


@dataclass(frozen=True, slots=True)
class Takeover:
    """Asking to move somebody else's session to a connection of one's own."""

    session_id: str = ""
    speaker: str = ""
    papers: Papers | None = None

    def tried_by(self, name: str, broadcast: Broadcast) -> None:
        session_id = self.session_id or broadcast.speaker(self.speaker).session_id
        if self.papers is None:
            broadcast.speaker(name).tries_to_take_over(session_id)
        else:
            broadcast.intruder(name).tries_to_take_over_with(self.papers, session_id)


@dataclass(frozen=True, slots=True)
class Move:
    """Asking to go on over a new connection."""

    def tried_by(self, name: str, broadcast: Broadcast) -> None:
        broadcast.person(name).tries_to_move()
