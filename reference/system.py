"""What a system tells the service about itself, and which systems there are."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from reference.monitoring.alarms import AlarmDefinition
from reference.monitoring.catalogue import Catalogue
from reference.settings import SharedSettings
from reference.storage.tables import Table

if TYPE_CHECKING:
    from reference.control.plane import Offer
    from reference.settings import Settings
    from reference.storage.aws import Store
    from reference.world import World

CONTRACT = Path(__file__).parent.parent / "contract"


class RunningSystem(Protocol):
    """A system, wired together."""

    async def start(self, host: str, port: int) -> Mapping[str, str]:
        """Listen, and return the addresses, `ws` or `http` or both; raise PortUnusable when the port cannot be used."""

    async def stop(self) -> None:
        """Tell everybody, close every socket, and let the work under way come to its end."""

    def counts(self) -> Mapping[str, int]:
        """Return what it holds at this moment, by the names that the control plane's census has for it."""

    def connections_of(self, session_id: str) -> Iterable[str]:
        """Return the connections of a session that it has; may be called on any thread."""

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        """Close those of the sockets that are its own; return how many that were."""


Build = Callable[["World", "Store"], RunningSystem]


@dataclass(frozen=True, slots=True)
class System:
    """What can be said of a system before any of it is loaded."""

    name: str
    settings: type
    """A dataclass of settings, see reference.settings."""
    tables: tuple[Table, ...]
    load: Callable[[], Build]
    """Imports the system, and returns what wires it together."""
    metrics: Catalogue = field(default_factory=dict)
    alarms: Callable[[], Iterable[AlarmDefinition]] = tuple
    """Asked for when they are to be created."""
    faults: Callable[[], Callable[[Settings], Offer]] | None = None
    """Imports what it has for a control plane, and returns what makes that."""
    buckets: tuple[str, ...] = ()
    """Names of what it keeps in S3."""
    queues: tuple[str, ...] = ()
    """Names of its queues in SQS."""
    loaded_beside: tuple[str, ...] = ()
    """Modules that it loads on a thread when it starts, unless they are there already."""
    port_options: tuple[str, ...] = ()
    """Further names of the option for its port, which is `--NAME-port`."""
    stands_on: tuple[str, ...] = ()
    """Services of the reference that it asks over HTTP: packages that declare a System, too, and start before it."""
    on_demand: bool = False
    """Whether it makes its tables itself, when somebody connects to it first."""


@functools.cache
def systems() -> tuple[System, ...]:
    """Return every system that `contract/` names and that the reference has."""
    named = [_system_of(file) for file in sorted(CONTRACT.glob("*.requirements.yaml"))]
    found = {name: importlib.util.find_spec(f"reference.{name}") for name in named}
    return tuple(_declared(name) for name, spec in found.items() if spec is not None and spec.origin is not None)


@functools.cache
def parts() -> tuple[System, ...]:
    """Return every system behind what it stands on: what runs, in the order in which it starts."""
    return tuple(part for one in systems() for part in (*map(_declared, one.stands_on), one))


def setting_kinds() -> tuple[type, ...]:
    return (*(one.settings for one in parts()), SharedSettings)


def tables() -> tuple[Table, ...]:
    return tuple(table for one in parts() for table in one.tables)


def buckets() -> tuple[str, ...]:
    return tuple(bucket for one in parts() for bucket in one.buckets)


def queues() -> tuple[str, ...]:
    return tuple(queue for one in parts() for queue in one.queues)


def catalogue() -> Catalogue:
    """Return the metrics of every system, by name."""
    return {name: definition for one in parts() for name, definition in one.metrics.items()}


def _declared(name: str) -> System:
    system: System = importlib.import_module(f"reference.{name}").system
    return system


def _system_of(file: Path) -> str:
    # One line of a long document, which takes too long to parse when the service starts.
    named = re.search(r"^system: (\w+)$", file.read_text("utf-8"), re.MULTILINE)
    if named is None:
        raise ValueError(f"{file} should have a line such as `system: NAME`")
    return named[1]
