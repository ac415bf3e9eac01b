"""Property system of two hotels: who has booked what, as a hotel's software would know it (section 5.6)."""

from __future__ import annotations

from reference.http.companions import companion
from reference.system import Build


def _load() -> Build:
    from reference.property_system.app import PropertySystem

    return lambda world, _store: PropertySystem(world)


system = companion("property_system", _load)
