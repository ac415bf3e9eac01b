"""Property system of two hotels: who has booked what, as a hotel's software would know it (section 5.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reference.settings import NoSettings
from reference.system import Build, System

if TYPE_CHECKING:
    from reference.control.plane import Offer
    from reference.settings import Settings


def _load() -> Build:
    from reference.property_system.app import PropertySystem

    return lambda world, _store: PropertySystem(world)


def _faults() -> Callable[[Settings], Offer]:
    from reference.http.troubles import Troubles

    return lambda _settings: Troubles("property_system")


system = System("property_system", NoSettings, (), _load, faults=_faults, on_demand=True)
