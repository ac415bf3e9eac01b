"""SubRip: a numbered cue for each segment, its text as it is (ARC-73)."""

from __future__ import annotations

from reference.archive.captions.cues import Segments, clock, one_line


def srt(segments: Segments) -> str:
    return "".join(
        f"{number}\n{clock(one['start'], ',')} --> {clock(one['end'], ',')}\n{one_line(one['text'])}\n\n"
        for number, one in enumerate(segments, 1)
    )
