"""Scenarist SCC: pop-on captions as the words that line 21 carries, one in a frame (rules 1-5)."""

from __future__ import annotations

import math
from collections.abc import Iterator

from reference.archive.captions.cues import ROWS, Caption, Segments, captions
from reference.archive.captions.smpte import FRAMES_A_SECOND, frame_of, timecode

HEADER = "Scenarist_SCC V1.0"
_LOAD, _EMPTY, _SHOW, _CLEAR = ("9420 9420", "94ae 94ae", "942f 942f", "942c 942c")
_ROW = ("94d0 94d0", "9470 9470")
"""Where the rows begin; the last is at the bottom."""
_ODD = bytes(byte | (0 if byte.bit_count() % 2 else 0x80) for byte in range(128)) + bytes(range(128, 256))


def scc(segments: Segments) -> str:
    return "".join(f"{part}\n\n" for part in (HEADER, *_lines(segments)))


def words(text: str) -> str:
    """Return a text as words of two bytes of odd parity."""
    content = text.encode("ascii")
    return (content + b"\0" * (len(content) % 2)).translate(_ODD).hex(" ", 2)


def _lines(segments: Segments) -> Iterator[str]:
    """Yield a line for each caption, and one that clears the screen at its end.

    It is shown for a second at least, and not cleared where the next line begins no later: that replaces it.
    """
    timed = list(_timed(segments))
    begins = [*(frame for frame, _ in timed[1:]), math.inf]
    for (frame, caption), next_frame in zip(timed, begins, strict=False):
        sent = " ".join((_LOAD, _EMPTY, *_text(caption), _SHOW))
        yield f"{timecode(frame)}\t{sent}"
        shown = frame + sent.count(" ")
        cleared = max(frame_of(caption.end_s), shown + FRAMES_A_SECOND)
        if cleared < next_frame:
            yield f"{timecode(cleared)}\t{_CLEAR}"


def _timed(segments: Segments) -> Iterator[tuple[int, Caption]]:
    """Yield each caption with its frame; no two have the same."""
    last = -1
    for caption in captions(segments):
        last = max(frame_of(caption.start_s), last + 1)
        yield last, caption


def _text(caption: Caption) -> Iterator[str]:
    for address, row in zip(_ROW[ROWS - len(caption.rows) :], caption.rows, strict=True):
        yield address
        yield words(row)
