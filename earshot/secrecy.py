"""What may be shown of any text, wherever it came from: no secret, and no character that does something to the reader.

Everything that leaves a run goes through `presentable`: each text of a page (pages.py), why a scenario did not pass
(evidence/verdicts.py), and whatever behave prints and writes of an exception (`hushing`).
"""

from __future__ import annotations

import html
import json
import os
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote

from earshot.failures import BudgetExceeded, ContractBreach, Inconclusive, TargetUnreachable, Unusable

HIDDEN = "\u2039hidden\u203a"
LONGEST = 50_000
_SIZE_LENGTH = 40
SHORTEST = 6
"""A shorter secret is a word like any other."""
_SHORTEST_OF_SURROUNDINGS = 8
_MOST_KNOWN = 256
"""Those of scenarios that are over need not be looked for."""

_NAME = r"(?:token|authorization|secret|password|connectionid|cookie|api[_-]?key)"
_SECRET_FIELD = re.compile(rf"[\w-]*{_NAME}[\w-]*", re.IGNORECASE)
_SECRET_IN_TEXT = re.compile(
    rf"""({_NAME}[\w-]{{0,40}}\\?["']?\s*[=:]\s*\\?["']?)(?!expected\b)(?:(?:bearer|basic)\s+)?[^\s&,;"'}}\]\\]+""",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(bearer|basic)\s+[\w.~+/=%-]{12,}", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w.%=-]*", re.ASCII)
_KEY = re.compile(r"\b(?:sk-[\w-]{8,}|(?:AKIA|ghp_|hf_)\w{8,})")

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
"""Controls, halves of surrogate pairs, what is no character, and what turns the direction of all that follows."""

_known: OrderedDict[str, None] = OrderedDict()
_OWN: tuple[type[Exception], ...] = (
    ContractBreach,
    BudgetExceeded,
    AssertionError,
    Inconclusive,
    TargetUnreachable,
    Unusable,
)


def keep_secret(secret: str) -> None:
    """Hide this from now on, wherever it is repeated; of a JWT also its signature alone."""
    parts = (secret, secret.rpartition(".")[2]) if secret.startswith("eyJ") else (secret,)
    for part in parts:
        if len(part) >= SHORTEST:
            for written in (part, quote(part, safe=""), html.escape(part), json.dumps(part)[1:-1]):
                _known[written] = None
                _known.move_to_end(written)
    while len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)


def keep_secrets_of_surroundings(environment: Mapping[str, str] = os.environ) -> None:
    """Hide what the environment has under a name that speaks of a secret."""
    for name, value in environment.items():
        if is_secret(name) and len(value) >= _SHORTEST_OF_SURROUNDINGS:
            keep_secret(value)


def is_secret(name: str) -> bool:
    """Whether a field or parameter of this name is never shown."""
    return _SECRET_FIELD.fullmatch(name) is not None


def masked(value: object) -> object:
    """Return the value with every secret in it hidden; mappings and lists are copied, whatever their depth.

    Hidden are: what is known to be secret, fields and query parameters whose name speaks of a token, authorization,
    secret, password or connection id (which whoever knows it could use), bearer credentials, and anything that looks
    like a JWT or a key.
    """
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Mapping):
        return {
            masked(key): HIDDEN if isinstance(key, str) and is_secret(key) else masked(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    if isinstance(value, bytes | bytearray):
        return f"\u2039{len(value):,} byte{'s' * (len(value) != 1)}\u203a"
    return value


def masked_text(words: str) -> str:
    """Return a text with its secrets hidden; of one that nobody would read to its end, the beginning."""
    if len(words) > LONGEST + _SIZE_LENGTH:
        words = f"{words[:LONGEST]}\u2026 \u2039{len(words):,} characters\u203a"
    for secret in _known:
        if secret in words:
            words = words.replace(secret, HIDDEN)
    words = _JWT.sub(HIDDEN, words)
    words = _SECRET_IN_TEXT.sub(rf"\1{HIDDEN}", words)
    words = _BEARER.sub(rf"\1 {HIDDEN}", words)
    return _KEY.sub(HIDDEN, words)


def presentable(words: str) -> str:
    """Return a text as it may be shown: its secrets hidden, and named what cannot be seen in it."""
    return _UNSEEN.sub(lambda found: f"\u2039U+{ord(found.group()):04X}\u203a", masked_text(words))


def hushed(error: BaseException) -> BaseException:
    """Return the error itself, or another of its kind where it, or what led to it, says what may not be shown."""
    if all(presentable(words) == words for words in _said(error)):
        return error
    words = presentable(str(error))
    own = next((kind for kind in _OWN if isinstance(error, kind)), None)
    return (own or _stand_in(type(error).__name__))(words).with_traceback(error.__traceback__)


def _stand_in(name: str) -> type[Exception]:
    """Return a kind of exception that is called so: one that somebody else made may say more than it was given."""
    return type(name, (Exception,), {})


@contextmanager
def hushing() -> Iterator[None]:
    """Let no exception say what may not be shown."""
    try:
        yield
    except Exception as error:
        quiet = hushed(error)
        if quiet is error:
            raise
        raise quiet from None


def _said(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
