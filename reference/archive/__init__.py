"""Archive: recordings that are registered, transcribed in the background, captioned, summarised and published."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reference.archive.settings import ArchiveSettings
from reference.archive.tables import DEAD_LETTERS, FILES, INBOX, QUEUE, TABLES
from reference.system import Build, System

if TYPE_CHECKING:
    from reference.control.plane import Offer
    from reference.settings import Settings


def _load() -> Build:
    from reference.archive.app import ArchiveApp

    return ArchiveApp


def _faults() -> Callable[[Settings], Offer]:
    from reference.archive.faults import ArchiveFaults

    return lambda _settings: ArchiveFaults()


system = System(
    "archive",
    ArchiveSettings,
    TABLES,
    _load,
    faults=_faults,
    buckets=(FILES,),
    queues=(QUEUE, DEAD_LETTERS, INBOX),
    loaded_beside=("reference.archive.wiring", "uvicorn.protocols.websockets.websockets_sansio_impl"),
    stands_on=("cablecast",),
    on_demand=True,
)
