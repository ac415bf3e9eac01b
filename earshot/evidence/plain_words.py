"""What happened, in plain words: the kernel's own for connections, and those of the wings for their messages."""

from __future__ import annotations

from collections.abc import Iterator

from earshot.evidence.wirelog import plain_text
from earshot.ledger import Kind, Observation
from earshot.secrecy import masked_text
from earshot.systems import wings
from earshot.wording import CHUNK, Wording, split

LONGEST = 400
CLOSE_CODES = {
    1000: "normal end",
    1001: "going away",
    1006: "broken off",
    1008: "against the rules",
    1009: "message too big",
    1011: "service failed",
}


def sentence(observation: Observation, system: str = "") -> str:
    """Return what happened on a connection to a system, without the name of the person; secrets are hidden."""
    words = masked_text(_words(observation, system))
    return " ".join(words.split())[:LONGEST]


def acknowledgement(observation: Observation, system: str) -> str | None:
    """Return what the service says to a piece of sound; None where it says something else."""
    if observation.kind is not Kind.RECEIVED:
        return None
    found = (wording.of(wording.acknowledgements, observation.type, observation.message) for wording in _of(system))
    return next((words for words in found if words), None)


def role(observation: Observation, system: str) -> str | None:
    """Return what somebody is from this message on; None where it changes nothing."""
    found = (wording.of(wording.roles, observation.type, observation.message) for wording in _of(system))
    return next((words for words in found if words), None)


def speaks(observation: Observation, system: str) -> bool:
    """Whether only somebody who speaks sends, or gets, such a message."""
    return any(observation.type in wording.speaks for wording in _of(system))


def carries_sound(observation: Observation) -> bool:
    """Whether a message has sound in it."""
    return any(observation.type in wording.sound for wording in _of(""))


def _of(system: str) -> Iterator[Wording]:
    """Yield the words of the system, or of every system where it is not known which it is."""
    known = wings()
    return (wing.wording for wing in ([known[system]] if system in known else known.values()))


def _words(observation: Observation, system: str) -> str:
    match observation.kind:
        case Kind.OPENED:
            return "is connected"
        case Kind.REFUSED:
            reason = observation.message.get("message") or observation.words
            return f"is turned away ({observation.code or 'no status'}){': ' if reason else ''}{reason}"
        case Kind.CLOSED:
            meaning = observation.words or CLOSE_CODES.get(observation.code or 0, "no reason given")
            return f"is disconnected: {meaning} ({observation.code or 'no code'})"
        case Kind.VIOLATION:
            return f"Broken agreement, {observation.leg}: {observation.words}"
        case Kind.NOTE:
            return f"Note, {observation.leg}: {observation.words}"
        case Kind.SENT | Kind.RECEIVED:
            return _message_words(observation, system)


def _message_words(observation: Observation, system: str) -> str:
    sent = observation.kind is Kind.SENT
    if observation.http is not None:
        return observation.words
    if not observation.message:
        words = plain_text(observation.payload)
        if words is None or observation.is_binary:
            return CHUNK if sent else "hears sound"
        if not words and observation.words:
            return observation.words
        return f"{'sends' if sent else 'receives'} text that is no message: {masked_text(words)[:80]}"
    known = (
        wording.of(wording.sent if sent else wording.received, observation.type, observation.message)
        for wording in _of(system)
    )
    if words := next((words for words in known if words), None) or observation.words:
        return words
    if not sent and observation.type == "error":
        said = (observation.message.get(member) for member in ("message", "error", "code"))
        return f"is told no: {next((words for words in said if words), None)}"
    name = split(observation.type) or "a message without a type"
    return f"sends: {name}" if sent else f"is told: {name}"
