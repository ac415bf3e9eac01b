"""One scenario message by message, as text: for whoever looks for a cause, with nothing private in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from earshot.evidence.wirelog import shown
from earshot.ledger import Ledger
from earshot.secrecy import HIDDEN, presentable

_PERSONAL = re.compile(
    r"(?:^|_)(?:(?:first|last|guest|full|display)_?name|e?mail|phone\w*|(?:from|to|room|card|passport|iban)_?number"
    r"|caller_id|room|address|birth\w*|date_of_birth|cvv|ip|special_requests|comment)$",
    re.IGNORECASE,
)
"""Fields that hold what is personal, however deep they lie."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PATTERNS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d[\d ()-]{5,}\d|\b(?:\d[ -]?){13,19}\b")
"""What looks like an e-mail address, a phone number or the number of a card."""
SHORTEST = 3


def followed(ledger: Ledger, title: str) -> str:
    """Return every request, answer, connection and frame, one a line, in order (RUN-16)."""
    observations = sorted(ledger, key=lambda observation: observation.at_ns)
    values = sorted({v for each in observations for v in personal(each.message)}, key=len, reverse=True)
    began_ns = observations[0].at_ns if observations else 0
    lines = [
        f"{(each.at_ns - began_ns) / 1e6:10.1f} ms  {each.leg}  {each.kind.value}  "
        f"{without(f'{each.type}  {shown(each)}', values)}"
        for each in observations
    ]
    return "\n".join([title, *lines, ""])


def personal(message: object, name: str = "") -> Iterator[str]:
    """Yield what stands in fields that hold what is personal."""
    if isinstance(message, Mapping):
        for key, value in message.items():
            yield from personal(value, str(key))
    elif isinstance(message, list | tuple):
        for value in message:
            yield from personal(value, name)
    elif isinstance(message, str) and len(message) >= SHORTEST and _PERSONAL.search(_CAMEL.sub("_", name)):
        yield message


def without(words: str, values: list[str]) -> str:
    """Return words without these values, wherever they stand, without anything that looks personal, and no secret."""
    for value in values:
        words = words.replace(value, HIDDEN)
    return _PATTERNS.sub(HIDDEN, presentable(words))
