"""What sentences time in conversations, by kind: transcription, chat, WebSocket, end to end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from earshot.conversation.turns import ACKNOWLEDGED, ANSWER, END_OF_TURN, ERROR, OVER, SESSION, SESSION_KNOWN, is_audio
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delays, answer_delays
from earshot.measure.pairing import Pairing, sent, told
from earshot.measure.timed import Timed
from earshot.wire.leg import asks_to_connect

TRANSCRIPTION = "transcription"
CHAT = "chat"
WEBSOCKET = "WebSocket"
END_TO_END = "end to end"
"""What sorts of work take time."""


def _is_open(observation: Observation) -> bool:
    return observation.kind is Kind.OPENED


NAMING = Pairing(sent(SESSION), told(SESSION_KNOWN), by="session_id")
AUDIO = Pairing(is_audio, told(ACKNOWLEDGED))
"""In order alone (CONV-3): no member of a confirmation says which piece it is for."""
TURN = Pairing(sent(END_OF_TURN), told(ANSWER))
"""In order: the result of one turn comes before that of the next."""


def _delays(pairing: Pairing) -> Callable[[object, Sequence[Observation]], Delays]:
    return lambda _wing, observed: answer_delays(observed, pairing)


TIMED: Mapping[str, Timed] = {
    words: Timed("conversation", words, things, _delays(pairing), kind=kind)
    for kind, words, things, pairing in (
        (TRANSCRIPTION, "turns of speech are understood", "turns", TURN),
        (CHAT, "texts are answered", "texts", TURN),
        (CHAT, "blocked texts are turned away", "texts", TURN),
        (WEBSOCKET, "connections are opened", "connections", Pairing(asks_to_connect, _is_open)),
        (WEBSOCKET, "sessions are confirmed", "sessions", NAMING),
        (WEBSOCKET, "pieces of audio are confirmed", "pieces of audio", AUDIO),
        (WEBSOCKET, "turns are over after their answer", "turns", Pairing(told(ANSWER), told(OVER))),
        (END_TO_END, "turns are answered", "turns", TURN),
        (END_TO_END, "conversations have their answer", "conversations", Pairing(sent(SESSION), told(ANSWER, ERROR))),
    )
}
"""By its words."""
