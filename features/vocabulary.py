"""How words in a sentence become values.

Every closed list of the phrase book is here, so a misspelt name or language is an undefined step and not a surprise.
"""

from __future__ import annotations

import re

from behave import register_type

from earshot import languages
from earshot.actors.intruder import Papers
from earshot.audio import signals

CAST = ("Ana", "Bruno", "Carla", "Lena", "Amina", "Marco", "Yuki", "Tomas", "Mallory")

LANGUAGES = {name: code for code, name in languages.LANGUAGES.items()} | {"Finnish": "fi", "Klingon": "tlh"}
"""Finnish is a language the service does not offer; Klingon is not a language code it can know."""

REFUSALS = {
    "there is no such session": "SESSION_NOT_FOUND",
    "the session is over": "SESSION_NOT_FOUND",
    "that is not a session name": "INVALID_SESSION_ID",
    "that language is not offered": "UNSUPPORTED_LANGUAGE",
    "that language is not offered to speakers": "INVALID_LANGUAGE",
    "that is not a language": "INVALID_PARAMETERS",
    "something is missing": "INVALID_PARAMETERS",
    "the sign-in is not valid": "UNAUTHORIZED",
}
"""What a refusal means, in words, and the code that says it (sheet 3.7)."""

SOUNDS = {
    "silence": lambda duration_s: signals.silence(duration_s),
    "a whistling tone": lambda duration_s: signals.tone(1000, duration_s, amplitude=0.3),
    "the hiss of rain": lambda duration_s: signals.noise(duration_s, sigma=0.05, seed=7),
}

PAPERS = {f"with {papers.value}" if papers is not Papers.MISSING else "without signing in": papers for papers in Papers}


def _one_of(words: object) -> str:
    """Return a pattern for a closed list, the longest first so that no word hides another."""
    return "|".join(sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


def _type(name: str, pattern: str, convert: object) -> None:
    def converter(text: str) -> object:
        return convert(text)  # type: ignore[operator]

    converter.pattern = pattern  # type: ignore[attr-defined]
    register_type(**{name: converter})


_type("Name", _one_of(CAST), str)
_type(
    "Names",
    rf"(?:{_one_of(CAST)})(?:(?:, | and )(?:{_one_of(CAST)}))*",
    lambda text: re.split(", | and ", text),
)
_type("Quoted", r'[^"]*', str)
_type("Language", _one_of(LANGUAGES), LANGUAGES.__getitem__)
_type("Reason", _one_of(REFUSALS), REFUSALS.__getitem__)
_type("Sound", _one_of(SOUNDS), SOUNDS.__getitem__)
_type("Number", r"\d+", int)
_type("Papers", _one_of(PAPERS), PAPERS.__getitem__)
_type("Seconds", r"\d+(?:\.\d+)? seconds?", lambda text: float(text.split()[0]))
