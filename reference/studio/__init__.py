"""Pipeline studio: live audio through a pipeline of stages, whole files, single stages, and analysis."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reference.studio.settings import StudioSettings
from reference.studio.tables import BUCKETS, SESSIONS
from reference.system import Build, System

if TYPE_CHECKING:
    from reference.control.plane import Offer
    from reference.settings import Settings


def _load() -> Build:
    from reference.studio.app import StudioApp

    return StudioApp


def _faults() -> Callable[[Settings], Offer]:
    from reference.studio.faults import StudioFaults

    return lambda _settings: StudioFaults()


system = System(
    "studio",
    StudioSettings,
    (SESSIONS,),
    _load,
    faults=_faults,
    buckets=BUCKETS,
    loaded_beside=("reference.studio.api", "uvicorn.protocols.websockets.websockets_sansio_impl"),
)
