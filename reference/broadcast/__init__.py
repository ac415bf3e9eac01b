"""One speaker, many listeners, every listener in their own language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reference.broadcast.monitoring import alarms
from reference.broadcast.monitoring.catalogue import METRICS
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.tables import TABLES
from reference.system import Build, System

if TYPE_CHECKING:
    from reference.control.plane import Offer
    from reference.settings import Settings


def _load() -> Build:
    from reference.broadcast.app import BroadcastApp

    return BroadcastApp


def _faults() -> Callable[[Settings], Offer]:
    from reference.broadcast.faults import BroadcastFaults

    return lambda _: BroadcastFaults()


system = System(
    "broadcast",
    BroadcastSettings,
    TABLES,
    _load,
    metrics=METRICS,
    alarms=lambda: alarms.ALARMS,
    faults=_faults,
    port_options=("--port",),
)
