"""What a client asks for when it connects, checked (BRO-3.1, BRO-3.2).

The parameters come as text from a query string or as values from a message; both read the same here.
Of languages only the form is checked at first: when `check_offered` is called is for others to say, in their order.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reference.broadcast.model import PartialResults, Role
from reference.refusal import Refusal

SESSION_ID = re.compile(r"[a-z]+-[a-z]+-[0-9]{3}")
LANGUAGE = re.compile(r"[a-z]{2}")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
"""A number as JSON writes it: a query says it in the same way as a message."""
ROLES = tuple(Role)
QUALITY_TIERS = ("standard", "premium")
STABILITY_RANGE = (0.70, 0.95)
BUFFER_TIMEOUT_RANGE_S = (2.0, 10.0)


@dataclass(frozen=True, slots=True)
class Creation:
    source_language: str
    quality_tier: str
    partial_results: PartialResults


@dataclass(frozen=True, slots=True)
class Joining:
    session_id: str
    target_language: str


@dataclass(frozen=True, slots=True)
class Refreshing:
    """A connection is to take the place of an older one."""

    session_id: str
    role: Role
    target_language: str | None


def creation(given: Mapping[str, object]) -> Creation:
    source_language = _language(given, "sourceLanguage")
    quality_tier = given.get("qualityTier", "standard")
    if quality_tier not in QUALITY_TIERS:
        raise _invalid("qualityTier", f"must be one of {', '.join(QUALITY_TIERS)}")
    return Creation(
        source_language,
        str(quality_tier),
        PartialResults(
            truth(given, "partialResults", default=True),
            within(given, "minStability", STABILITY_RANGE, default=0.85),
            within(given, "maxBufferTimeout", BUFFER_TIMEOUT_RANGE_S, default=5.0),
        ),
    )


def joining(given: Mapping[str, object]) -> Joining:
    return Joining(_session_id(given), _language(given, "targetLanguage"))


def refreshing(given: Mapping[str, object]) -> Refreshing:
    session_id = _session_id(given)
    role = given.get("role")
    if role is None or role == "":
        raise missing("role")
    if role not in ROLES:
        raise _invalid("role", "must be speaker or listener")
    if role == Role.SPEAKER:
        return Refreshing(session_id, Role.SPEAKER, None)
    return Refreshing(session_id, Role.LISTENER, _language(given, "targetLanguage"))


def _session_id(given: Mapping[str, object]) -> str:
    session_id = given.get("sessionId")
    if session_id is None or session_id == "":
        raise missing("sessionId")
    if not isinstance(session_id, str):
        raise Refusal("INVALID_SESSION_ID", "sessionId must be a text")
    if SESSION_ID.fullmatch(session_id) is None:
        raise Refusal("INVALID_SESSION_ID", "sessionId must look like gentle-harbor-318", sessionId=session_id)
    return session_id


def _language(given: Mapping[str, object], name: str) -> str:
    language = given.get(name)
    if language is None or language == "":
        raise missing(name)
    if not isinstance(language, str) or LANGUAGE.fullmatch(language) is None:
        raise _invalid(name, "must be a language code of two lowercase letters")
    return language


def truth(given: Mapping[str, object], name: str, *, default: bool) -> bool:
    value = given.get(name, default)
    match value:
        case bool():
            return value
        case "true" | "false":
            return value == "true"
    raise _invalid(name, "must be true or false")


def within(given: Mapping[str, object], name: str, limits: tuple[float, float], *, default: float) -> float:
    value = given.get(name, default)
    low, high = limits
    if isinstance(value, str) and NUMBER.fullmatch(value):
        value = float(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise _misconfigured(name, low, high)
    return float(value)


def check_offered(language: str, offered: Collection[str], code: str, what: str) -> None:
    """Raise Refusal with this code if `what` somebody wants is not to be had in a language (BRO-3.2.4, BRO-3.2.5)."""
    if language not in offered:
        words = f"{what} in {language} is not supported"
        raise Refusal(code, words, languageCode=language, supportedLanguages=list(offered))


def missing(name: str) -> Refusal:
    return Refusal("INVALID_PARAMETERS", f"{name} is required", field=name)


def _invalid(name: str, rule: str) -> Refusal:
    return Refusal("INVALID_PARAMETERS", f"{name} {rule}", field=name)


def _misconfigured(name: str, low: float, high: float) -> Refusal:
    return Refusal("INVALID_CONFIGURATION", f"{name} must lie between {low:g} and {high:g}", field=name)
