"""Voices: a service that speaks texts, and rooms in which callers are heard (section 3.6)."""

from __future__ import annotations

from reference.http.companions import companion
from reference.system import Build


def _load() -> Build:
    from reference.voices.app import Voices

    return lambda world, _store: Voices(world)


system = companion("voices", _load)
