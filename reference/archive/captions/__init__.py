"""Caption files: what was said and when, as decoders, browsers and people read it (section 7)."""

from __future__ import annotations

from reference.archive.captions.scc import scc as as_scc
from reference.archive.captions.srt import srt as as_srt
from reference.archive.captions.webvtt import vtt as as_vtt

FORMATS = {"scc": as_scc, "vtt": as_vtt, "srt": as_srt}
"""By the ending of the file, what makes its content from segments of `start`, `end` and `text`."""
