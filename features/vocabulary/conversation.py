"""How words in a sentence about a conversation become values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from earshot.audio.containers import Form, in_so_many, pieces
from earshot.conversation import requests
from earshot.conversation.browser import facts, recorder
from earshot.conversation.browser.actor import Steady
from earshot.conversation.matchers import Complaint, NoAnswer, PieceReceived
from earshot.conversation.planned import Stream
from earshot.conversation.requests import Envelope
from earshot.conversation.system import Conversation
from earshot.conversation.turns import END_OF_TURN, SESSION
from earshot.conversation.user import PIECE_MS, Cut, User
from features.vocabulary import shared
from features.vocabulary.faults import fault, faults
from features.vocabulary.parameters import more_phrases, one_of, parameter, phrases


class World(shared.World, Protocol):
    """What a step about a conversation knows."""

    conversation: Conversation


Group = Callable[[Conversation], list[User]]
"""Who is spoken of, several at once."""


class Way(NamedTuple):
    """In which form sound is sent, and in which envelope."""

    cut: Cut
    envelope: Envelope | Sequence[Envelope] = requests.as_text


QUESTIONS = (
    "What is the weather like in Paris?",
    "Set a timer for ten minutes.",
    "Turn off the kitchen lights.",
    "Play some quiet jazz.",
    "Remind me to call the doctor.",
    "How do I get to the train station?",
    "Tell me a funny story.",
    "Stop, that is enough for today.",
    "Please order a taxi for six o'clock.",
    "Is breakfast included in the price?",
)
"""Ten different things to ask."""
THINGS: Mapping[str, object] = {
    "one thing in one turn": [QUESTIONS[:1]],
    "two things in one turn": [QUESTIONS[:2]],
    "three things in one turn": [QUESTIONS[:3]],
    "10 different things, each after the answer to the one before,": [[question] for question in QUESTIONS],
    '"{text:Quoted}"': lambda text: [[text]],
}
"""What somebody asks, turn by turn."""

BACKENDS = {"Llama": "llama", "OpenAI": "openai", "Hugging Face": "huggingface"}
"""The assistants that can be asked."""

COMPLAINTS = {
    "that is no name for a session": Complaint("INVALID_SESSION_ID"),
    "the audio cannot be decoded": Complaint("INVALID_AUDIO", "AUDIO_NOT_DECODABLE", says="decod"),
    "the audio is no text": Complaint("INVALID_AUDIO"),
    "the piece of audio is too long": Complaint("CHUNK_TOO_LARGE"),
    "the turn is too long": Complaint("SEGMENT_TOO_LARGE"),
    "there is no audio data": Complaint("NO_AUDIO", says="audio data"),
    "the message cannot be read": Complaint("INVALID_MESSAGE"),
    "speech recognition cannot start": Complaint("RECOGNISER_UNAVAILABLE"),
    "recognition has failed": Complaint("RECOGNITION_FAILED"),
    "something has gone wrong": Complaint("INTERNAL_ERROR"),
}
"""What an error means, in words; another service may say it by its keyword alone."""

NO_ANSWERS = {
    "no speech was heard": NoAnswer("none", "speech"),
    "the words are inappropriate and should be put differently": NoAnswer(
        "guardrails", "inappropriate", asks="rephrase"
    ),
    "this looks like spam and should be put differently": NoAnswer("guardrails", "spam", asks="rephrase"),
    "no assistant is available": NoAnswer("unknown", "unavailable"),
    "the assistant has failed": NoAnswer("error", "chatbot error"),
}
"""Why a turn has no answer, and the keywords that say so (CONV-40)."""

SESSION_NAMES = {
    "1 letter": "a",
    "128 letters": "earshot-" + "n" * 120,
    "129 letters": "earshot-" + "n" * 121,
    "letters, digits, hyphens and underscores": "Earshot_2026-names-of_all-KINDS",
    "no letter at all": "",
    "a slash in it": "earshot/notes",
    "a way out of its folder": "../earshot",
    "nothing but two dots": "..",
    "a backslash in it": "earshot\\notes",
    "a dot in it": "earshot.notes",
    "a blank in it": "earshot notes",
    "a line break at its end": "earshot\n",
    "an invisible character in it": "earshot\x00notes",
    "an accent in it": "éarshot",
    "a percent sign in it": "%2e%2e",
    "a number instead of letters": 7,
    "a list instead of letters": ["earshot"],
}
"""What a session can be named, and what it cannot (CONV-39)."""

_FORMS = {form: partial(pieces, piece_ms=PIECE_MS, form=form) for form in Form}
WAYS: Mapping[str, object] = {
    "as one recording cut into pieces": Way(_FORMS[Form.ONE_FILE]),
    "as several whole recordings": Way(_FORMS[Form.MANY_FILES]),
    "as bare samples": Way(_FORMS[Form.SAMPLES]),
    "in raw bytes": Way(_FORMS[Form.ONE_FILE], requests.as_bytes),
    "in raw bytes as several whole recordings": Way(_FORMS[Form.MANY_FILES], requests.as_bytes),
    "in raw bytes as bare samples": Way(_FORMS[Form.SAMPLES], requests.as_bytes),
    "by turns as text and in raw bytes": Way(_FORMS[Form.ONE_FILE], (requests.as_text, requests.as_bytes)),
    "as text without padding": Way(_FORMS[Form.ONE_FILE], requests.without_padding),
    "as text with blanks around it": Way(_FORMS[Form.ONE_FILE], requests.with_blanks),
    "in {count:Number} pieces without a pause": lambda count: Way(partial(in_so_many, count=count)),
}
"""How speech is sent: how it is cut into pieces, and the envelopes of these."""

FLAWED_PIECES = {
    "a piece of signs that stand for no sound": requests.piece("!!!!"),
    "a piece with one sign too many": requests.piece("AAAAA"),
    "a piece with an accent in it": requests.piece("AAéA"),
    "a piece with a blank in it": requests.piece("AA AA"),
    "a piece in another alphabet": requests.piece("AA-_"),
    "a piece filled up too early": requests.piece("AA==AAAA"),
    "a piece whose audio is a number": requests.piece(7),
    "a piece whose audio is a list": requests.piece(["AAAA"]),
    "a piece whose audio is an object": requests.piece({"audio": "AAAA"}),
    "a piece whose audio is a yes": requests.piece(True),
}
"""Pieces of audio that cannot be decoded (CONV-21, CONV-22)."""

EMPTY_PIECES = {
    "an empty piece": requests.piece(""),
    "a piece of nothing but blanks": requests.piece("  \n"),
    "a piece without audio": {"type": "audio_chunk"},
    "an empty piece in raw bytes": b"",
}
"""Pieces that hold no audio and add nothing (CONV-20, CONV-21)."""

QUIET = b"\0"
UNREADABLE = b"\x1aE\xdf\xa3" + bytes(3000)
"""How a WebM recording begins, followed by nothing that could be decoded."""
PIECES = {
    **FLAWED_PIECES,
    **EMPTY_PIECES,
    "a piece of {size:Bytes} in raw bytes": lambda size: QUIET * size,
    "a piece of {size:Bytes} as text": lambda size: requests.as_text(QUIET * size),
    "a recording of an unknown kind": requests.as_text(UNREADABLE),
}
"""What can be sent as a piece of audio."""

NONSENSE = {
    "half a message": '{"type": "session"',
    "a bare word": "hello",
    "a number": "42",
    "a list of messages": '[{"type": "segment_end"}]',
    "a message in quotation marks": '"segment_end"',
    "an empty message": "",
    "an empty value": "null",
    "a message nested 50000 times": "[" * 50_000,
    "a message that does not say what it is": '{"data": "AAAA"}',
}
"""What cannot be understood as a message (CONV-51)."""

UNKNOWN_KINDS = {
    "a message of a kind that nobody knows": '{"type": "sing"}',
    "a message of a kind that only the service sends": '{"type": "session_ack", "session_id": "earshot"}',
    "a message whose kind is written in capitals": '{"type": "SEGMENT_END"}',
    "a message of a kind without a name": '{"type": ""}',
    "a message whose kind is a number": '{"type": 7}',
    "a message whose kind is an empty value": '{"type": null}',
}
"""What is a message, but of no kind that the service knows (CONV-50)."""

CADENCES = {
    "5 pieces of 100 ms, one every 50 ms": recorder.STREAMING,
    "3 pieces of 200 ms": recorder.COMPLETION,
    "2 pieces of 200 ms": recorder.QUESTION,
    "5 pieces of 100 ms at the pace of speech": recorder.STREAMING.in_real_time(),
}
"""How a recorder hands over what it records."""

KEYS = {
    "a usable key": "sk-earshot-1",
    "no key": None,
    "the placeholder of a key": "sk-your-key-here",
    "a key of another kind": "key-1",
}
"""What may be set as the key of OpenAI."""

CHOICES = {**BACKENDS, "somebody unknown": "parrot"}
"""Whom an assistant may be set to."""

_fault = partial(fault, finds=lambda world, name: world.conversation.user(name))
_page_fault = partial(fault, finds=lambda world, name: world.conversation.browser(name))
FAULTS = {
    "every assistant is down for {person:Name}": _fault("assistant", whom="session_id"),
    "{backend:Backend} is down for {person:Name}": _fault("assistant", whom="session_id"),
    "{backend:Backend} is down for {person:Name}'s next turn": _fault("assistant", whom="session_id", times=1),
    "{backend:Backend} breaks down in {person:Name}'s next turn": _fault(
        "assistant", "crash", whom="session_id", times=1
    ),
    "{backend:Backend} takes {seconds:Seconds} to answer {person:Name}": _fault(
        "assistant", "stall", whom="session_id"
    ),
    "{backend:Backend} says nothing to {person:Name}": _fault("assistant", "answer", whom="session_id", text=""),
    "{backend:Backend} says nothing but blanks to {person:Name}": _fault(
        "assistant", "answer", whom="session_id", text=" \n "
    ),
    "{backend:Backend} answers {person:Name} with {text:NumberedWords}": _fault(
        "assistant", "answer", whom="session_id"
    ),
    "speech recognition cannot start for {person:Name}": _fault("recogniser.start", whom="address"),
    "speech recognition cannot start for {person:Name}'s next connection": _fault(
        "recogniser.start", whom="address", times=1
    ),
    "recognition of {person:Name}'s next turn cannot begin": _fault(
        "recogniser.open", whom="session_id", transient=False, times=1
    ),
    "recognition of {person:Name}'s next turn fails while it listens": _fault(
        "recogniser.feed", whom="session_id", times=1
    ),
    "recognition takes {seconds:Seconds} longer for {person:Name}'s next turn": _fault(
        "recogniser.feed", "stall", whom="session_id", times=1
    ),
    "the service meets a mishap with {person:Name}'s next piece of audio": _fault(
        "handler", "crash", whom="session_id", action="audio_chunk", times=1
    ),
    "the service meets a mishap at the end of {person:Name}'s next turn": _fault(
        "handler", "crash", whom="session_id", action="segment_end", times=1
    ),
    "nothing of what {person:Name} says can be kept": _fault("store", whom="session_id", table="Conversations"),
}
"""What may go wrong in a conversation."""

PAGE_FAULTS = {
    "the service confirms {person:Name}'s session only after {seconds:Seconds}": _page_fault(
        "handler", "stall", whom="session_id", action="session", times=1
    ),
    "the next {times:Number} connections of {person:Name}'s page are refused": _page_fault("connect", whom="address"),
    "all connections of {person:Name}'s page are refused": _page_fault("connect", whom="address"),
}
"""What a page may run into."""

PAGE_FACTS = {
    "has named the session as pages do": facts.named_session_as_pages_do,
    "has ended {count:Turns}": facts.has_ended_turns,
    "has sent nothing": facts.has_sent_nothing,
    "has sent audio": facts.has_sent_audio,
    "has sent audio before the session was confirmed, and the end of the turn after it": (
        facts.ended_turn_only_when_confirmed
    ),
    "still speaks": facts.still_speaks,
    "has fallen silent": facts.has_fallen_silent,
    "shows the question and its answer": facts.shows_questions_and_answers,
    "shows both questions, each followed by its answer": facts.shows_questions_and_answers,
    "shows the question and an error": facts.shows_question_and_error,
    "shows one error": facts.shows_one_error,
    "is connected again at the first attempt, under the same session": facts.is_connected_again,
    "has rested 2, 3, 4.5 and 6.75 seconds before its attempts, by a clock that is 100 times as fast": (
        facts.has_rested_longer_each_time
    ),
    "has not tried to connect again": facts.has_tried_in_vain(0),
    "has tried {count:Number} times to connect again": facts.has_tried_in_vain,
}
"""What can be found out about a page (CONV-60 to CONV-69)."""

MOMENTS = {"naming the session": SESSION, "asking": END_OF_TURN}
"""From when on somebody counts how long an answer takes, by the message that is sent then."""

SESSIONS: Mapping[str, Callable[[User], str]] = {
    "session": lambda user: user.session_id,
    "new session": lambda user: user.session_id,
    "first session": lambda user: str(user.order.sessions[0].message["session_id"]),
}
"""The sessions of somebody who named it anew, and their names."""

CLOSINGS = {
    "cut off": 1006,
    "closed after a failure": 1011,
    "closed in good order": 1000,
    "closed because the service goes away": 1001,
}
"""How a connection may end, and its close code."""


class Understood(NamedTuple):
    """What the recogniser is to understand, and whose voice it is to have heard."""

    text: str
    speaker: str | None = None


def _repeated(word: str, times: int, rest: str) -> Understood:
    return Understood(" ".join([word] * times + [rest]))


def _numbered(count: int) -> str:
    """Return so many words."""
    return " ".join(f"word{number}" for number in range(count))


parameter("Backend", one_of(BACKENDS), BACKENDS.__getitem__)
parameter("Closing", one_of(CLOSINGS), CLOSINGS.__getitem__)
parameter("NumberedWords", r"\d+ words", lambda text: _numbered(int(text.split()[0])))
faults(FAULTS | PAGE_FAULTS)
parameter("Bytes", r"\d+ bytes?", lambda text: int(text.split()[0]))
parameter("Turns", r"\d+ turns?", lambda text: int(text.split()[0]))
_BACKEND = one_of(BACKENDS)
parameter(
    "Backends",
    rf"(?:{_BACKEND})(?:(?:, then (?:by )?)(?:{_BACKEND}))*|no assistant",
    lambda text: [BACKENDS[name] for name in re.findall(_BACKEND, text)],
)
parameter(
    "Texts",
    r'"[^"]*"(?: and then (?:as )?"[^"]*")?|the 10 things that were asked, in that order',
    lambda text: re.findall('"([^"]*)"', text) or QUESTIONS,
)
parameter("Kept", r'"[^"]*"(?: and then "[^"]*")?', lambda text: re.findall('"([^"]*)"', text))
parameter("Complaint", one_of(COMPLAINTS), COMPLAINTS.__getitem__)
more_phrases("News", {**COMPLAINTS, **NO_ANSWERS, "the piece of audio was received": PieceReceived()})
parameter("SessionName", one_of(SESSION_NAMES), SESSION_NAMES.__getitem__)
phrases("Way", WAYS)
phrases("Piece", PIECES)
parameter("Nonsense", one_of(NONSENSE), NONSENSE.__getitem__)
parameter("UnknownKind", one_of(UNKNOWN_KINDS), UNKNOWN_KINDS.__getitem__)


def _tries(frame: object) -> shared.Attempt:
    return lambda world, name: world.stage.person(name).tries(frame)


more_phrases(
    "Attempt",
    {
        "begin a session without a name": _tries({"type": SESSION}),
        "name the session with {name:SessionName}": lambda name: _tries(requests.name_session(name)),
        "send {piece:Piece}": lambda piece: _tries(piece),
        "send {message:Nonsense}": lambda message: _tries(message),
    },
)
phrases("Things", THINGS)
parameter("Cadence", one_of(CADENCES), CADENCES.__getitem__)
parameter("Key", one_of(KEYS), KEYS.__getitem__)
parameter("Choice", one_of(CHOICES), CHOICES.__getitem__)
phrases(
    "Terms",
    {
        "Hugging Face is set up": {"huggingface": True},
        "Hugging Face is not set up": {"huggingface": False},
        "each has {limit_s:Seconds} to answer": lambda limit_s: {"timeout_s": limit_s},
    },
)
phrases(
    "Understood",
    {
        '"{text:Quoted}"': Understood,
        '"{text:Quoted}", said by "{speaker:Quoted}"': Understood,
        '"{word:Quoted}" said {times:Times}, and "{rest:Quoted}"': _repeated,
        "a text of {text:NumberedWords}": Understood,
    },
)
parameter("LoudnessShare", r"0\.\d+", float)
phrases(
    "Heard",
    {
        "{lasts_s:Seconds}": Steady,
        "{lasts_s:Seconds}, twice, {pause_ms:Milliseconds} apart": (
            lambda lasts_s, pause_ms: Steady(lasts_s, 2, pause_ms / 1000)
        ),
    },
)
more_phrases("PageFact", PAGE_FACTS)
parameter("PageKind", "page|hasty page", lambda text: text == "hasty page")
phrases(
    "Group",
    {
        "{names:Names}": lambda names: lambda conversation: [conversation.user(name) for name in names],
        "{count:Number} people": lambda count: lambda conversation: conversation.more_users(count),
        "them": Conversation.users,
    },
)
parameter("Conversations", "a conversation|conversations|one and the same conversation", lambda text: "one" in text)
phrases(
    "Meanwhile",
    {"one after the other": None, "while a long turn of {other:Name}'s is worked on": lambda other: other},
)
phrases(
    "Stream",
    {
        "{count:Number} pieces of audio": Stream,
        "{count:Number} pieces of {piece_ms:Number} ms, one every {every_ms:Number} ms": Stream,
        "{count:Number} pieces of audio while a long turn of {meanwhile:Name}'s is worked on": Stream,
    },
)
parameter("Since", one_of(MOMENTS), MOMENTS.__getitem__)
parameter("Session", one_of(SESSIONS), SESSIONS.__getitem__)
phrases(
    "SentPieces",
    {
        "an empty piece": lambda user: user.sends_what_may_be_refused(requests.as_text(b"")),
        "{count:Number} pieces of {size:Bytes}": (
            lambda count, size: lambda user: user.sends([QUIET * size] * count, requests.as_bytes)
        ),
    },
)
parameter("AreOver", "turn is|two turns are", lambda text: 1 + ("two" in text))
parameter("Others", "pieces|other pieces", lambda text: int("other" in text))
