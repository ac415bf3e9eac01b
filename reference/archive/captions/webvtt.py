"""WebVTT: a cue for each segment, with what its syntax uses escaped (ARC-73, 77)."""

from __future__ import annotations

import html

from reference.archive.captions.cues import Segments, clock, one_line


def vtt(segments: Segments) -> str:
    return "WEBVTT\n" + "".join(
        f"\n{clock(one['start'], '.')} --> {clock(one['end'], '.')}\n{_escaped(one_line(one['text']))}\n"
        for one in segments
    )


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
