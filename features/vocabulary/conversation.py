"""How words in a sentence about a conversation become values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from earshot.audio.containers import Form
from earshot.conversation import requests
from earshot.conversation.browser import recorder
from earshot.conversation.matchers import Complaint, NoAnswer
from earshot.conversation.requests import Envelope
from earshot.conversation.system import Conversation
from features.vocabulary import shared
from features.vocabulary.faults import AMOUNTS, Blank, fault, faults
from features.vocabulary.parameters import one_of, parameter
from features.vocabulary.shared import CAST


class World(shared.World, Protocol):
    """What a step about a conversation knows."""

    conversation: Conversation


Way = tuple[Form, Envelope | Sequence[Envelope]]
"""In which form sound is sent, and in which envelope."""

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
THINGS = {"one thing": 1, "two things": 2, "three things": 3}
"""How much somebody asks in one turn."""

BACKENDS = {"Llama": "llama", "OpenAI": "openai", "Hugging Face": "huggingface"}
"""The assistants that can be asked."""

COMPLAINTS = {
    "that is no name for a session": Complaint("INVALID_SESSION_ID"),
    "the audio cannot be decoded": Complaint("INVALID_AUDIO", "AUDIO_NOT_DECODABLE", says="decod"),
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
    "the words are inappropriate and should be put differently": NoAnswer("guardrails", "inappropriate", "rephrase"),
    "this looks like spam and should be put differently": NoAnswer("guardrails", "spam", "rephrase"),
    "no assistant is available": NoAnswer("unknown", "unavailable"),
    "the assistant has failed": NoAnswer("error", "chatbot error"),
}
"""Why a turn has no answer, and the keywords that say so."""

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

WAYS: Mapping[str, Way] = {
    "as one recording cut into pieces": (Form.ONE_FILE, requests.as_text),
    "as several whole recordings": (Form.MANY_FILES, requests.as_text),
    "as bare samples": (Form.SAMPLES, requests.as_text),
    "in raw bytes": (Form.ONE_FILE, requests.as_bytes),
    "in raw bytes as several whole recordings": (Form.MANY_FILES, requests.as_bytes),
    "in raw bytes as bare samples": (Form.SAMPLES, requests.as_bytes),
    "by turns as text and in raw bytes": (Form.ONE_FILE, (requests.as_text, requests.as_bytes)),
    "as text without padding": (Form.ONE_FILE, requests.without_padding),
    "as text with blanks around it": (Form.ONE_FILE, requests.with_blanks),
}
"""How speech is sent: the form of the sound, and the envelopes of its pieces."""

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
    "a message whose kind is a number": '{"type": 7}',
    "a message whose kind is an empty value": '{"type": null}',
}
"""What cannot be understood as a message (CONV-51)."""

UNKNOWN_KINDS = {
    "a message of a kind that nobody knows": '{"type": "sing"}',
    "a message of a kind that only the service sends": '{"type": "session_ack", "session_id": "earshot"}',
    "a message whose kind is written in capitals": '{"type": "SEGMENT_END"}',
    "a message of a kind without a name": '{"type": ""}',
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

FAULTS = {
    "every assistant is down for {person}": fault("assistant", whom="session_id"),
    "{backend} is down for {person}": fault("assistant", whom="session_id"),
    "{backend} is down for {person}'s next turn": fault("assistant", whom="session_id", times=1),
    "{backend} breaks down in {person}'s next turn": fault("assistant", "crash", whom="session_id", times=1),
    "{backend} takes {span} to answer {person}": fault("assistant", "stall", whom="session_id"),
    "{backend} says nothing to {person}": fault("assistant", "answer", whom="session_id", text=""),
    "{backend} says nothing but blanks to {person}": fault("assistant", "answer", whom="session_id", text=" \n "),
    "{backend} answers {person} with {words} words": fault("assistant", "answer", whom="session_id"),
    "speech recognition cannot start for {person}": fault("recogniser.start", whom="address"),
    "speech recognition cannot start for {person}'s next connection": fault(
        "recogniser.start", whom="address", times=1
    ),
    "recognition of {person}'s next turn cannot begin": fault(
        "recogniser.open", whom="session_id", transient=False, times=1
    ),
    "recognition of {person}'s next turn fails while it listens": fault("recogniser.feed", whom="session_id", times=1),
    "recognition takes {span} longer for {person}'s next turn": fault(
        "recogniser.feed", "stall", whom="session_id", times=1
    ),
    "the service meets a mishap with {person}'s next piece of audio": fault(
        "handler", "crash", whom="session_id", action="audio_chunk", times=1
    ),
    "the service meets a mishap at the end of {person}'s next turn": fault(
        "handler", "crash", whom="session_id", action="segment_end", times=1
    ),
    "nothing of what {person} says can be kept": fault("store", whom="session_id", table="Conversations"),
}
"""What may go wrong in a conversation."""

PAGE_FAULTS = {
    "the service confirms {person}'s session only after {span}": fault(
        "handler", "stall", whom="session_id", action="session", times=1
    ),
    "the next {count} connections of {person}'s page are refused": fault("connect", whom="address"),
    "all connections of {person}'s page are refused": fault("connect", whom="address"),
}
"""What a page may run into."""

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


def _understood(words: str) -> Understood:
    match words.split('"'):
        case [_, text, ""]:
            return Understood(text)
        case [_, text, ", said by ", speaker, ""]:
            return Understood(text, speaker)
        case [_, word, times, rest, ""]:
            return Understood(" ".join([word] * int(times.split()[1]) + [rest]))
    return Understood(_numbered(int(words.split()[3])))


def _terms(words: str) -> dict[str, object]:
    """Return under which terms the assistants are asked, as the control plane takes them."""
    if words.startswith("each has"):
        return {"timeout_s": float(words.split()[2])}
    return {"huggingface": words == "Hugging Face is set up"}


def _numbered(count: int) -> str:
    """Return so many words."""
    return " ".join(f"word{number}" for number in range(count))


parameter("Backend", one_of(BACKENDS), BACKENDS.__getitem__)
parameter("Closing", one_of(CLOSINGS), CLOSINGS.__getitem__)
_BLANKS = AMOUNTS | {
    "person": Blank("", one_of(CAST), str),
    "backend": Blank("backend", one_of(BACKENDS), BACKENDS.__getitem__),
    "words": Blank("text", r"\d+", lambda count: _numbered(int(count))),
}
faults("Trouble", FAULTS, _BLANKS)
faults("PageTrouble", PAGE_FAULTS, _BLANKS)
_BACKEND = one_of(BACKENDS)
parameter(
    "Backends",
    rf"(?:{_BACKEND})(?:(?:, | and )(?:{_BACKEND}))*",
    lambda text: [BACKENDS[name] for name in text.replace(" and ", ", ").split(", ")],
)
parameter("Complaint", one_of(COMPLAINTS), COMPLAINTS.__getitem__)
parameter("NoAnswer", one_of(NO_ANSWERS), NO_ANSWERS.__getitem__)
parameter("SessionName", one_of(SESSION_NAMES), SESSION_NAMES.__getitem__)
parameter("Way", one_of(WAYS), WAYS.__getitem__)
parameter("FlawedPiece", one_of(FLAWED_PIECES), FLAWED_PIECES.__getitem__)
parameter("EmptyPiece", one_of(EMPTY_PIECES), EMPTY_PIECES.__getitem__)
parameter("Nonsense", one_of(NONSENSE), NONSENSE.__getitem__)
parameter("UnknownKind", one_of(UNKNOWN_KINDS), UNKNOWN_KINDS.__getitem__)
parameter("Things", one_of(THINGS), THINGS.__getitem__)
parameter("Cadence", one_of(CADENCES), CADENCES.__getitem__)
parameter("Key", one_of(KEYS), KEYS.__getitem__)
parameter("Choice", one_of(CHOICES), CHOICES.__getitem__)
parameter(
    "Terms",
    r"Hugging Face is (?:not )?set up|each has \d+(?:\.\d+)? seconds to answer",
    lambda text: _terms(text),
)
parameter(
    "Understood",
    r'"[^"]*"(?: said \d+ times, and "[^"]*"|, said by "[^"]*")?|a text of \d+ words',
    lambda text: _understood(text),
)
parameter("LoudnessShare", r"0\.\d+", float)
