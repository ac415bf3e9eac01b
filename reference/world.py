"""What the service stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reference.engines import Engines
from reference.gateway.disturbances import Disturbances
from reference.metrics import Metrics, Unmeasured
from reference.settings import Settings
from reference.storage.aws import NOWHERE, Clients
from reference.storage.buckets import Buckets
from reference.storage.clock import Clock
from reference.storage.ids import Ids
from reference.storage.queues import Queues
from reference.storage.tables import TableNames
from reference.storage.topics import Topics


def _nowhere() -> Queues:
    return Queues(lambda: Clients(NOWHERE).of("sqs"), "")


@dataclass(frozen=True, slots=True)
class World:
    """What the service stands on; a test may bring its own."""

    settings: Settings
    engines: Engines
    aws_client: Any
    table_names: TableNames
    token_secret: str
    clock: Clock
    ids: Ids
    buckets: Buckets
    metrics: Metrics = field(default_factory=Unmeasured)
    clients: Clients = field(default_factory=lambda: Clients(NOWHERE))
    """Those of buckets, queues and topics."""
    queues: Queues = field(default_factory=_nowhere)
    topics: Topics = field(default_factory=lambda: Topics(lambda: Clients(NOWHERE).of("sns"), "", _nowhere()))
    disturbances: Disturbances = field(default_factory=Disturbances)
    disturbances_of: Mapping[str, Any] = field(default_factory=dict)
    """By system, where it has disturbances of its own."""
    addresses: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Where everything is that listens by now, by name and then `ws` and `http`."""
    accounts: dict[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """Who may sign in to a system, and with what: by system and role; a system that has listened has put it there."""
