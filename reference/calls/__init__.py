"""Calls: a hotel's voice orchestrator, which takes guests' calls, asks the property system and speaks the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reference.calls.settings import CallSettings
from reference.calls.tables import TABLES
from reference.system import Build, System

if TYPE_CHECKING:
    from reference.control.plane import Offer
    from reference.settings import Settings


def _load() -> Build:
    from reference.calls.app import CallsApp

    return CallsApp


def _faults() -> Callable[[Settings], Offer]:
    from reference.calls.faults import CallFaults

    return lambda _settings: CallFaults()


system = System(
    "calls",
    CallSettings,
    TABLES,
    _load,
    faults=_faults,
    loaded_beside=("reference.calls.wiring", "uvicorn.protocols.websockets.websockets_sansio_impl"),
    stands_on=("property_system", "voices", "pagers"),
    on_demand=True,
)
