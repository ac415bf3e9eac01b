"""One running service, as a scenario meets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from earshot.broadcast.tables import Tables
from earshot.failures import Unusable
from earshot.targets.control import Control
from earshot.targets.metrics import Metrics
from earshot.targets.tokens import Tokens

CONVERSATION = "conversation"
AUDIO_PATH = "/ws/audio"
"""Where the conversation's socket is, below its HTTP address (conversation sheet, section 1)."""
TAGS = (
    "needs-table",
    "needs-metrics",
    "needs-logs",
    "needs-fault",
    "needs-double",
    "needs-settings",
    "needs-exact-words",
    "needs-conversation-log",
)
"""What a scenario may ask of the service under test, beyond its sockets (sheet, section 10, rule 9)."""


@dataclass(frozen=True)
class Service:
    """Where a service is, and what the tests may see of it. None means that it is not granted."""

    name: str
    endpoints: Mapping[str, str | Mapping[str, str]]
    """Address of each system: where WebSockets connect, one for everybody or one for each role; for the conversation,
    the HTTP address below which everything is."""
    tokens: Tokens
    tables: Tables | None = None
    log: Path | None = None
    control: Control | None = None
    """Its control plane, through which faults are ordered and doubles are read."""
    shut_down: Callable[[], None] | None = None
    """Shuts the service down in an orderly way and returns when it is gone."""
    metrics: Metrics | None = None
    answers_within_s: float = 65.0
    """How long people in a conversation wait for an answer: a little longer than the longest budget."""
    exact_words: bool = False
    """Whether its recogniser understands the recordings word by word, and nothing else."""
    conversation_log: bool = False
    """Whether one can read what was said in a conversation."""

    def endpoint(self, system: str, role: str) -> str:
        """Return where somebody in this role connects to a system."""
        endpoint = self.endpoints.get(system)
        if endpoint is None:
            raise Unusable(f"the target {self.name} has no address for the {system} system; add it to its endpoints")
        if system == CONVERSATION:
            return f"ws{self.pages_url.removeprefix('http')}{AUDIO_PATH}"
        return endpoint if isinstance(endpoint, str) else endpoint[role]

    @property
    def pages_url(self) -> str:
        """The HTTP address of the conversation, without a slash at its end."""
        return str(self.endpoints[CONVERSATION]).rstrip("/")

    @property
    def systems(self) -> frozenset[str]:
        """The systems that it has an address for."""
        return frozenset(self.endpoints)

    def addresses(self) -> list[str]:
        """Return every WebSocket address of the service."""
        return [
            self.endpoint(system, role)
            for system, endpoint in self.endpoints.items()
            for role in ([""] if isinstance(endpoint, str) else endpoint)
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
            "needs-exact-words": self.exact_words or None,
            "needs-conversation-log": self.conversation_log or None,
        }
        return frozenset(tag for tag, grant in granted.items() if grant is not None)
