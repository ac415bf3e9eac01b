"""Pagers: receivers of notices, as Slack's incoming webhooks and PagerDuty's Events API v2 take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.http.companions import companion
from reference.system import Build

if TYPE_CHECKING:
    from reference.http.troubles import Troubles


def _load() -> Build:
    from reference.pagers.app import Pagers

    return lambda world, _store: Pagers(world)


def _troubles() -> type[Troubles]:
    from reference.pagers.app import PagerTroubles

    return PagerTroubles


system = companion("pagers", _load, _troubles)
