"""Cablecast: what a television station plans its programme with: shows, VODs and captions (section 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.http.companions import companion
from reference.system import Build

if TYPE_CHECKING:
    from reference.http.troubles import Troubles


def _load() -> Build:
    from reference.cablecast.app import Cablecast

    return lambda world, _store: Cablecast(world)


def _troubles() -> type[Troubles]:
    from reference.cablecast.app import StationTroubles

    return StationTroubles


system = companion("cablecast", _load, _troubles)
