"""Who may say what when in a conversation: the order of one connection (conversation sheet, section 2).

A turn is one segment of speech: what somebody says until they end it. Each gets one result, a `chatbot_response` or an
`error`, and is then declared over by `segment_processed`. Nothing else comes unasked.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from earshot.ledger import Kind, Observation

AUDIO = "audio_chunk"
ACKNOWLEDGED = "chunk_received"
END_OF_TURN = "segment_end"
ANSWER = "chatbot_response"
OVER = "segment_processed"
SESSION = "session"
SESSION_KNOWN = "session_ack"
GOODBYE = "close"
ERROR = "error"


@dataclass
class Turn:
    """One segment of speech that was ended, and what came of it."""

    number: int
    """From 1, on this connection."""
    ended: Observation
    result: Observation | None = None
    """The answer, or the error instead of it."""
    over: Observation | None = None


@dataclass
class TurnTaking:
    """The order of one connection, told one observation after the other."""

    pieces: list[Observation] = field(default_factory=list)
    """Audio that was sent, as text or as bytes."""
    acknowledged: list[Observation] = field(default_factory=list)
    errors: list[Observation] = field(default_factory=list)
    """All of them, also those that are the result of a turn."""
    sessions: list[Observation] = field(default_factory=list)
    """The names that were given to the session."""
    sessions_known: list[Observation] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    _last_word: Observation | None = None
    """What the service said last, apart from acknowledgements of audio and sessions."""
    _first_sent: Observation | None = None
    _has_spoken: bool = False
    """Whether the service has said anything yet."""

    def follow(self, observation: Observation) -> str | None:
        """Take note of what happened next; returns what is wrong with it, in one sentence, or None."""
        match observation.kind:
            case Kind.SENT:
                self._was_sent(observation)
                return None
            case Kind.RECEIVED:
                complaint = self._was_received(observation)
                self._has_spoken = True
                return complaint
            case _:
                return None

    def unanswered_pieces(self) -> int:
        """Return how many pieces of audio were neither acknowledged nor, as far as one can tell, refused."""
        results = sum(turn.result is not None and turn.result.type == ERROR for turn in self.turns)
        return len(self.pieces) - len(self.acknowledged) - (len(self.errors) - results)

    def _was_sent(self, observation: Observation) -> None:
        if is_audio(observation):
            self.pieces.append(observation)
        elif observation.type == SESSION:
            self.sessions.append(observation)
        elif observation.type == END_OF_TURN:
            self.turns.append(Turn(len(self.turns) + 1, observation))
        else:
            return
        self._first_sent = self._first_sent or observation

    def _was_received(self, observation: Observation) -> str | None:
        match observation.type:
            case "chunk_received":
                self.acknowledged.append(observation)
                if len(self.acknowledged) > len(self.pieces):
                    return (
                        f"{len(self.acknowledged)} pieces of audio were confirmed, "
                        f"but only {len(self.pieces)} had been sent"
                    )
                return None
            case "session_ack":
                return self._session_known(observation)
            case "chatbot_response":
                return self._answered(observation)
            case "error":
                self.errors.append(observation)
                return self._said(observation)
            case "segment_processed":
                return self._over(observation)
        return None  # an unknown type is to be ignored (section 1)

    def _session_known(self, observation: Observation) -> str | None:
        was_first = not self._has_spoken
        self.sessions_known.append(observation)
        if len(self.sessions_known) > len(self.sessions):
            return (
                f"a session was confirmed {len(self.sessions_known)} times, "
                f"but was named only {len(self.sessions)} times"
            )
        if len(self.sessions_known) == 1 and self._first_sent in self.sessions and not was_first:
            return "the session was confirmed, but something else had been said before that"
        return None

    def _answered(self, observation: Observation) -> str | None:
        before = self._last_word
        complaint = self._said(observation)
        waiting = next((turn for turn in self.turns if turn.over is None), None)
        if waiting is None:
            return f"an answer came, but all {len(self.turns)} turns that were ended had been declared over"
        if before is not None and before.type == ANSWER and before.number > waiting.ended.number:
            return f"turn {waiting.number} was answered twice"
        return complaint

    def _said(self, observation: Observation) -> str | None:
        before = self._last_word
        self._last_word = observation
        if before is not None and before.type == ANSWER:
            return f"after the answer to a turn came {_name(observation)}; it should have been declared over first"
        return None

    def _over(self, observation: Observation) -> str | None:
        before = self._last_word
        self._last_word = observation
        turn = next((turn for turn in self.turns if turn.over is None), None)
        if turn is None:
            return f"a turn was declared over, but all {len(self.turns)} that were ended had been before"
        turn.over = observation
        if before is None or before.type == OVER or before.number < turn.ended.number:
            return f"turn {turn.number} was declared over without an answer or an error"
        turn.result = before
        return None


def is_audio(observation: Observation) -> bool:
    """Whether somebody sent this as a piece of audio: as text, or as bytes."""
    return observation.kind is Kind.SENT and (observation.type == AUDIO or observation.is_binary)


def _name(observation: Observation) -> str:
    return {ANSWER: "another answer", ERROR: "an error"}.get(observation.type, observation.type)
