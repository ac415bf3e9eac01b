"""Pagers: receivers of notices, as Slack's incoming webhooks and PagerDuty's Events API v2 take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reference.settings import NoSettings
from reference.system import Build, System

if TYPE_CHECKING:
    from reference.control.plane import Offer
    from reference.settings import Settings


def _load() -> Build:
    from reference.pagers.app import Pagers

    return lambda world, _store: Pagers(world)


def _faults() -> Callable[[Settings], Offer]:
    from reference.pagers.app import PagerTroubles

    return lambda _settings: PagerTroubles()


system = System("pagers", NoSettings, (), _load, faults=_faults, on_demand=True)
