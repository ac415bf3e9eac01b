"""What an error must not tell to people outside: anything about the inside of a service (CONV-56)."""

from __future__ import annotations

import re

_INSIDE = (
    (re.compile(r"Traceback|\bFile \"|\bline \d+, in\b|\bat 0x[0-9a-f]+"), "where in the program it came from"),
    (re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)*(?:Error|Exception)\b"), "what the program calls it"),
    (re.compile(r"(?:^|[\s\"'(])(?:/[\w.-]+){2,}|[A-Z]:\\\w"), "a place on the service's disk"),
    (re.compile(r"\bsk-[\w-]+|\b(?:AKIA|ghp_|hf_)\w+"), "a key"),
)


def gives_away(words: str) -> str | None:
    """Return what the words of an error give away; None if that is nothing."""
    return next((what for pattern, what in _INSIDE if pattern.search(words)), None)
