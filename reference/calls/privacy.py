"""What may be shown of what people say about themselves (CALL-18 to CALL-20)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

REDACTED, MASKED = "[REDACTED]", "[MASKED]"
_FIELDS = (
    ("technical", "#", r"(^|_)ip(_|$)|ip_?addr|session"),
    ("credentials", REDACTED, r"passw|secret|api_?key|token|credential|authorization"),
    ("health", None, r"health|medical|allerg|diagnos|disab"),
    ("biometric", None, r"biometric|fingerprint|voice_?print|face_?id|iris"),
    ("political", None, r"politic|religio|union|ethnic"),
    ("contact", REDACTED, r"e_?mail|phone|mobile|address|street|postcode|zip"),
    ("financial", REDACTED, r"card|iban|account|payment|cvv|cvc|bank"),
    ("identity", REDACTED, r"passport|ssn|social_sec|national|id_number|birth|dob"),
    ("names", MASKED, r"(^|_)(first|last|full|guest|given|family|sur)?_?name$"),
    ("hotel", MASKED, r"room|confirmation|booking|loyalty|reservation_number"),
)
"""By the name of a field: the category, and what stands in its place, None where it is left out."""
_ROOM = r"(?:room|zimmer|habitaci[oó]n|chambre|camera|stanza)"
_PATTERNS: tuple[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    ("contact", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), REDACTED),
    ("financial", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"), REDACTED),
    ("financial", re.compile(r"(?<![\d+])(?:\d[ -]?){12,18}\d(?!\d)"), REDACTED),
    ("contact", re.compile(r"\+\d[\d ()/-]{6,18}\d"), REDACTED),
    ("hotel", re.compile(rf"(?i)\b({_ROOM}\s+(?:number\s+|nummer\s+|n[oº°.]*\s*)?)\d{{1,5}}\b"), r"\g<1>" + MASKED),
    ("technical", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), lambda found: _hashed(found[0])),
)
Count = Callable[[str], object]
"""Told the category of each thing that was hidden."""


_LEFT_OUT = object()


class Privacy:
    def __init__(self, count: Count) -> None:
        self._count = count

    def redacted(self, value: Any) -> Any:
        """Return the same without what is personal, by the names of fields and what texts look like, however deep."""
        match value:
            case Mapping():
                found = ((name, self._field(str(name), one)) for name, one in value.items())
                return {name: kept for name, kept in found if kept is not _LEFT_OUT}
            case str():
                return self._text(value)
            case Sequence() if not isinstance(value, bytes):
                return [self.redacted(one) for one in value]
        return value

    def caller(self, number: str) -> str:
        """Return a phone number as lists show it."""
        self._count("contact")
        return MASKED + number[-2:]

    def _field(self, name: str, value: Any) -> Any:
        for category, mark, pattern in _FIELDS:
            if re.search(pattern, name.lower()):
                self._count(category)
                return _hashed(str(value)) if mark == "#" else mark or _LEFT_OUT
        return self.redacted(value)

    def _text(self, text: str) -> str:
        for category, pattern, mark in _PATTERNS:
            text, found = pattern.subn(mark, text)
            for _ in range(found):
                self._count(category)
        return text


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def caller_hash(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()
