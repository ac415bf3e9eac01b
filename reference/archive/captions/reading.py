"""Reading SCC back: what a file shows, as its bytes say (rule 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reference.archive.captions.scc import HEADER

_LINE = re.compile(r"(\d\d:\d\d:\d\d[:;]\d\d)\t([0-9a-fA-F]{4}(?: [0-9a-fA-F]{4})*)")
_COMMANDS = range(0x10, 0x20)


class NotScc(Exception):
    """What is no SCC file."""


@dataclass(frozen=True, slots=True)
class Shown:
    start: str
    """The time code of its line."""
    text: str


def texts_of(content: bytes) -> list[Shown]:
    """Return every caption that says something; raise NotScc."""
    first, *lines = content.decode("ascii", "replace").splitlines() or [""]
    if first.strip() != HEADER:
        raise NotScc("there is no header")
    every = [_shown(line.strip()) for line in lines if line.strip()]
    return [one for one in every if one.text]


def _shown(line: str) -> Shown:
    found = _LINE.fullmatch(line)
    if found is None:
        raise NotScc("a line is not of a time, a tab and words")
    start, words = found.groups()
    pairs = (bytes(byte & 0x7F for byte in bytes.fromhex(word)) for word in words.split())
    text = "".join(" " if pair[0] in _COMMANDS else pair.replace(b"\0", b"").decode() for pair in pairs)
    return Shown(start, " ".join(text.split()))
