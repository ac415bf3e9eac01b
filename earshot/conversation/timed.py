"""What sentences time in conversations, by kind: transcription, chat, WebSocket, end to end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from earshot.conversation.turns import ACKNOWLEDGED, ANSWER, END_OF_TURN, OVER, SESSION, SESSION_KNOWN, is_audio
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delays, reply_delays
from earshot.measure.timed import Timed
from earshot.wire.leg import ASKS_TO_CONNECT

TRANSCRIPTION = "transcription"
CHAT = "chat"
WEBSOCKET = "WebSocket"
END_TO_END = "end to end"
"""What sorts of work take time."""
Is = Callable[[Observation], bool]


def _sent(type_: str) -> Is:
    return lambda o: o.kind is Kind.SENT and o.type == type_


def _told(*types: str) -> Is:
    return lambda o: o.kind is Kind.RECEIVED and o.type in types


def _connects(observation: Observation) -> bool:
    return observation.kind is Kind.SENT and observation.words == ASKS_TO_CONNECT


def _is_open(observation: Observation) -> bool:
    return observation.kind is Kind.OPENED


def _replies(is_request: Is, is_reply: Is) -> Callable[[object, Sequence[Observation]], Delays]:
    return lambda _wing, observed: reply_delays(_planned(observed), is_request, is_reply)


def _planned(observed: Sequence[Observation]) -> Sequence[Observation]:
    """Return what those did who acted by plan; where nobody did, all of it. The others are there to be in the way."""
    by_plan = {o.leg for o in observed if o.due_ns is not None}
    return [o for o in observed if o.leg in by_plan] if by_plan else observed


_TURN = _replies(_sent(END_OF_TURN), _told(ANSWER))

TIMED: Mapping[str, Timed] = {
    words: Timed("conversation", words, things, delays, kind=kind)
    for kind, words, things, delays in (
        (TRANSCRIPTION, "turns of speech are understood", "turns", _TURN),
        (CHAT, "texts are answered", "texts", _TURN),
        (CHAT, "blocked texts are turned away", "texts", _TURN),
        (WEBSOCKET, "connections are opened", "connections", _replies(_connects, _is_open)),
        (WEBSOCKET, "sessions are confirmed", "sessions", _replies(_sent(SESSION), _told(SESSION_KNOWN))),
        (WEBSOCKET, "pieces of audio are confirmed", "pieces of audio", _replies(is_audio, _told(ACKNOWLEDGED))),
        (WEBSOCKET, "turns are over after their answer", "turns", _replies(_told(ANSWER), _told(OVER))),
        (END_TO_END, "turns are answered", "turns", _TURN),
        (END_TO_END, "conversations have their answer", "conversations", _replies(_sent(SESSION), _told(ANSWER))),
    )
}
"""By its words."""
