"""Voices: a service that speaks texts, and rooms in which callers are heard (section 3.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reference.settings import NoSettings
from reference.system import Build, System

if TYPE_CHECKING:
    from reference.control.plane import Offer
    from reference.settings import Settings


def _load() -> Build:
    from reference.voices.app import Voices

    return lambda world, _store: Voices(world)


def _faults() -> Callable[[Settings], Offer]:
    from reference.http.troubles import Troubles

    return lambda _settings: Troubles("voices")


system = System("voices", NoSettings, (), _load, faults=_faults, on_demand=True)
