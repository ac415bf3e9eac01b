"""What a request may hold: size, depth, and nothing that attacks who reads it (section 4)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from reference.calls.problem import Problem, fields, invalid

LONGEST_TEXT, LONGEST_LIST, DEEPEST, MOST_KEYS = 10_000, 1000, 10, 100
_ATTACKS = re.compile(
    r"<\s*(?:/\s*)?script|javascript\s*:|\bon(?:error|load|click|mouse\w+|focus)\s*=|\b(?:eval|exec|system)\s*\("
    r"|\.\./|\.\.\\|\bunion\s+(?:all\s+)?select\b|\bdrop\s+table\b|\binsert\s+into\b|\bdelete\s+from\b",
    re.IGNORECASE | re.ASCII,
)
_HINTS = ("script", "=", "(", "../", "..\\", "select", "table", "into", "from")
"""One of these is in every attack; looking for them takes a tenth of the time."""


def is_attack(text: str) -> bool:
    lowered = text.lower()
    return any(hint in lowered for hint in _HINTS) and _ATTACKS.search(text) is not None


def parsed(content: bytes) -> Any:
    """Return the JSON value of a body; BAD_REQUEST where it holds none."""
    try:
        value = json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem("BAD_REQUEST", "The body is not JSON") from None
    if not writable(value):
        raise Problem("BAD_REQUEST", "The body holds text that is no Unicode")
    return value


def writable(value: Any) -> bool:
    """Whether all texts can be written down: half a surrogate pair cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def inspect(value: Any, exempt: frozenset[str] = frozenset(), name: str = "", depth: int = 1) -> None:
    """Raise the problem of a value that is too deep, too long or hostile; `exempt` are fields in which people speak."""
    match value:
        case Mapping() | list() if depth > DEEPEST:
            raise invalid(_at(name, "too deep"), "The body is nested too deeply")
        case Mapping():
            if len(value) > MOST_KEYS:
                raise invalid(_at(name, "too many fields"), "The body has too many fields")
            for key, one in value.items():
                _refuse_attack(key, name)
                inspect(one, exempt, key, depth + 1)
        case list():
            if len(value) > LONGEST_LIST:
                raise invalid(_at(name, "too long"), "A list is too long")
            for one in value:
                inspect(one, exempt, name, depth + 1)
        case str():
            if len(value) > LONGEST_TEXT:
                raise invalid(_at(name, "too long"), "A text is too long")
            if name not in exempt:
                _refuse_attack(value, name)


def _refuse_attack(text: str, name: str) -> None:
    if is_attack(text):
        raise Problem(
            "SECURITY_VIOLATION", "The request holds what is not allowed", details=fields(_at(name, "not allowed"))
        )


def _at(name: str, issue: str) -> dict[str, str]:
    return {name[:80] or "body": issue}


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
