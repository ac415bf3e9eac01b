"""Who may say what when in a conversation: the order of one connection (CONV-5, CONV-6, CONV-33).

A turn is one segment of speech: what somebody says until they end it. Each gets one result, a `chatbot_response` or an
`error`, and is then declared over by `segment_processed`. That nothing comes without a request is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
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
    replies: dict[int, Observation] = field(default_factory=dict)
    """The acknowledgement of each piece of audio, or the error instead, by the piece's number in the ledger."""
    _waiting: list[Observation] = field(default_factory=list)
    """What was sent and not replied to, as far as one can tell; the ends of turns have a list of their own."""
    _refused: Observation | None = None
    """What the latest error was taken to be about, until it turns out to be the result of a turn."""
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
                self._has_spoken = self._has_spoken or observation.type != ERROR  # which a name may be refused with
                return complaint
            case _:
                return None

    def unanswered_pieces(self) -> int:
        """Return how many pieces of audio were neither acknowledged nor, as far as one can tell, refused."""
        return sum(is_audio(each) for each in self._waiting)

    def latest_error_may_be_a_result(self) -> bool:
        """Whether it is not known yet if the latest error is about a piece or the result of a turn."""
        last = self._last_word
        if last is None or last.type != ERROR:
            return False
        return any(turn.over is None and turn.ended.number < last.number for turn in self.turns)

    def _was_sent(self, observation: Observation) -> None:
        if observation.words:  # a request to connect
            return
        if observation.type == END_OF_TURN:
            self.turns.append(Turn(len(self.turns) + 1, observation))
        elif observation.type != GOODBYE:
            self._waiting.append(observation)
        if is_audio(observation):
            self.pieces.append(observation)
        elif observation.type == SESSION:
            self.sessions.append(observation)
        self._first_sent = self._first_sent or observation

    def _reply_to(self, is_asked: Callable[[Observation], bool], reply: Observation) -> None:
        """Take a reply to be about the first that waits for one; what nobody knows and was sent before was ignored."""
        asked = next((each for each in self._waiting if is_asked(each)), None)
        if asked is None:
            return
        before = self._waiting[: self._waiting.index(asked)]
        ignored = [each for each in before if not is_audio(each) and each.type != SESSION]
        self._waiting = [each for each in self._waiting if each is not asked and each not in ignored]
        self.replies[asked.number] = reply

    def _was_refused(self, error: Observation) -> None:
        """Take an error to be about whatever waits longest; it may yet turn out to be the result of a turn."""
        self._refused = self._waiting[0] if self._waiting else None
        if self._refused is not None:
            self._reply_to(lambda each: each is self._refused, error)

    def _was_result(self, error: Observation) -> None:
        """Undo that: what the error was taken to be about still waits."""
        if self._refused is not None and self.replies.get(self._refused.number) is error:
            del self.replies[self._refused.number]
            self._waiting.insert(0, self._refused)

    def _was_received(self, observation: Observation) -> str | None:
        match observation.type:
            case "chunk_received":
                self.acknowledged.append(observation)
                self._reply_to(is_audio, observation)
                return None
            case "session_ack":
                return self._session_known(observation)
            case "chatbot_response":
                return self._said(observation)
            case "error":
                self.errors.append(observation)
                self._was_refused(observation)
                return self._said(observation)
            case "segment_processed":
                return self._over(observation)
        return None  # a message of an unknown type is to be ignored

    def _session_known(self, observation: Observation) -> str | None:
        was_first = not self._has_spoken
        self.sessions_known.append(observation)
        self._reply_to(lambda each: each.type == SESSION, observation)
        if len(self.sessions_known) == 1 and self._first_sent in self.sessions and not was_first:
            return "the session was confirmed, but something else had been said before that"
        return None

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
            return None
        turn.over = observation
        if before is None or before.type == OVER or before.number < turn.ended.number:
            return f"turn {turn.number} was declared over without an answer or an error"
        turn.result = before
        self._was_result(before)
        return None


def is_audio(observation: Observation) -> bool:
    """Whether somebody sent this as a piece of audio: as text, or as bytes."""
    return observation.kind is Kind.SENT and (observation.type == AUDIO or observation.is_binary)


def _name(observation: Observation) -> str:
    return {ANSWER: "another answer", ERROR: "an error"}.get(observation.type, observation.type)
