"""One running service, as a scenario meets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from earshot.failures import Unusable
from earshot.targets.control import Control
from earshot.targets.metrics import Metrics
from earshot.targets.tables import Tables
from earshot.targets.tokens import Tokens

TAGS = ("needs-table", "needs-metrics", "needs-logs", "needs-fault", "needs-double", "needs-settings")
"""What a scenario may ask of the service under test, beyond its sockets (sheet, section 10, rule 9)."""


@dataclass(frozen=True)
class Service:
    """Where a service is, and what the tests may see of it. None means that it is not granted."""

    name: str
    endpoints: Mapping[str, str | Mapping[str, str]]
    """WebSocket address of each system, one for everybody or one for each role."""
    tokens: Tokens
    tables: Tables | None = None
    log: Path | None = None
    control: Control | None = None
    """Its control plane, through which faults are ordered and doubles are read."""
    shut_down: Callable[[], None] | None = None
    """Shuts the service down in an orderly way and returns when it is gone."""
    metrics: Metrics | None = None

    def endpoint(self, system: str, role: str) -> str:
        """Return where somebody in this role connects to a system."""
        endpoint = self.endpoints.get(system)
        if endpoint is None:
            raise Unusable(f"the target {self.name} has no address for the {system} system; add it to its endpoints")
        return endpoint if isinstance(endpoint, str) else endpoint[role]

    def addresses(self) -> list[str]:
        """Return every WebSocket address of the service."""
        return [
            address
            for endpoint in self.endpoints.values()
            for address in ([endpoint] if isinstance(endpoint, str) else endpoint.values())
        ]

    @property
    def capabilities(self) -> frozenset[str]:
        """The tags of scenarios that this service can be held to."""
        granted = {
            "needs-table": self.tables,
            "needs-metrics": self.metrics,
            "needs-logs": self.log,
            "needs-fault": self.control,
            "needs-double": self.control,
        }
        return frozenset(tag for tag, grant in granted.items() if grant is not None)
