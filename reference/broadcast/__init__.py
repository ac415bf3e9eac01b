"""One speaker, many listeners, every listener in their own language."""

from __future__ import annotations

from reference.broadcast.monitoring import alarms
from reference.broadcast.monitoring.catalogue import METRICS
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.tables import TABLES
from reference.system import Build, System


def _load() -> Build:
    from reference.broadcast.app import BroadcastApp

    return BroadcastApp


system = System(
    "broadcast",
    BroadcastSettings,
    TABLES,
    _load,
    metrics=METRICS,
    alarms=lambda: alarms.ALARMS,
    port_options=("--port",),
)
