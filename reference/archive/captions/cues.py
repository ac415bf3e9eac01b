"""What is shown when: segments of speech, and captions of two short rows made from them (ARC-70)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

Segments = Iterable[Mapping[str, Any]]
"""Each with `start` and `end`, in seconds, and `text`."""
COLUMNS, ROWS = 32, 2
_LOOK_ALIKE = str.maketrans(
    dict.fromkeys("‘’‚‛′", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d"}
    | {"ß": "ss", "ı": "i", "⁄": "/", "×": "x", "€": "EUR"}
)


class Caption(NamedTuple):
    start_s: float
    end_s: float
    rows: tuple[str, ...]
    """Each at most 32 characters of ASCII."""


def captions(segments: Segments) -> Iterator[Caption]:
    """Yield the captions of each segment, whose time they divide by how many characters each of them has."""
    for segment in segments:
        rows = _rows(_ascii(segment["text"]))
        parts = [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]
        for part in parts:
            part[-1] = part[-1].rstrip()
        said = list(accumulate((sum(map(len, part)) for part in parts), initial=0))
        start_s, lasts_s = segment["start"], segment["end"] - segment["start"]
        for part, (since, until) in zip(parts, pairwise(said), strict=True):
            yield Caption(start_s + lasts_s * since / said[-1], start_s + lasts_s * until / said[-1], tuple(part))


def one_line(text: str) -> str:
    """Return a text as it is but without line breaks, which would end a cue."""
    return " ".join(line.strip() for line in text.splitlines() if line.strip())


def clock(seconds: float, point: str) -> str:
    """Return `HH:MM:SS` and milliseconds after a point."""
    whole, ms = divmod(round(1000 * seconds), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{ms:03}"


def _ascii(text: str) -> str:
    """Return a text in printable ASCII: what looks alike, or else a question mark (ARC-74)."""
    words = " ".join(text.split())
    if words.isascii() and words.isprintable():
        return words
    return "".join(one if " " <= one <= "~" else _close(one) for one in unicodedata.normalize("NFC", words))


def _close(character: str) -> str:
    apart = unicodedata.normalize("NFKD", character).translate(_LOOK_ALIKE)
    return "".join(one for one in apart if "!" <= one <= "~") or "?"


def _rows(text: str) -> list[str]:
    """Return a text in rows; where one ends between words it keeps the space, for readers who just join them."""
    rows: list[str] = []
    while len(text) > COLUMNS:
        cut = text.rfind(" ", 0, COLUMNS) + 1 or COLUMNS
        rows.append(text[:cut])
        text = text[cut:].lstrip()
    return [*rows, text] if text else rows
