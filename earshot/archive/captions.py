"""Captions as readers understand them that nobody here has written."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import NamedTuple

import srt as subrip
from pycaption import SCCReader, WebVTTReader
from pycaption.exceptions import CaptionReadNoCaptions

LANGUAGE = "en-US"


class Cue(NamedTuple):
    start_s: float
    end_s: float
    text: str


def scc(content: str) -> list[Cue]:
    """Return what a decoder of closed captions shows, and from when to when."""
    return _read(SCCReader(), content)


def vtt(content: str) -> list[Cue]:
    return _read(WebVTTReader(), content)


def srt(content: str) -> list[Cue]:
    cues = subrip.parse(content)
    return [Cue(one.start.total_seconds(), one.end.total_seconds(), _one_line(one.content)) for one in cues]


READERS: Mapping[str, Callable[[str], list[Cue]]] = {"scc": scc, "vtt": vtt, "srt": srt}


def _read(reader: SCCReader | WebVTTReader, content: str) -> list[Cue]:
    try:
        found = reader.read(content, lang=LANGUAGE)
    except CaptionReadNoCaptions:  # a file that has none is in order: nobody has spoken
        return []
    cues = found.get_captions(LANGUAGE)
    return [Cue(one.start / 1e6, one.end / 1e6, _one_line(html.unescape(one.get_text()))) for one in cues]


def _one_line(text: str) -> str:
    return " ".join(text.split())
