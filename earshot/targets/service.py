"""One running service, as a scenario meets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from earshot.agreement import token_audience
from earshot.failures import Unusable
from earshot.targets.accounts import Account, Accounts
from earshot.targets.control import Control
from earshot.targets.endpoints import Endpoint
from earshot.targets.files import Files
from earshot.targets.metrics import Metrics
from earshot.targets.offers import OFFERABLE
from earshot.targets.queues import Queues
from earshot.targets.tables import Tables
from earshot.targets.tokens import Tokens

TAGS = (
    "needs-table",
    "needs-queue",
    "needs-files",
    "needs-metrics",
    "needs-logs",
    "needs-fault",
    "needs-double",
    "needs-settings",
    "needs-own-service",
    "needs-exact-words",
    "needs-reference",
    *OFFERABLE,
)
"""What a scenario may ask of the service under test, beyond its sockets and what it must offer over HTTP."""
OF_THE_EMBEDDED = frozenset({"needs-settings", "needs-reference"})
"""Those that no service which runs elsewhere can grant."""


@dataclass(frozen=True)
class Service:
    """Where a service is, and what the tests may see of it. None means that it is not granted."""

    name: str
    endpoints: Mapping[str, Endpoint]
    tokens: Tokens
    tables: Tables | None = None
    queues: Queues | None = None
    files: Files | None = None
    log: Path | None = None
    control: Control | None = None
    """Its control plane, through which faults are ordered and doubles are read."""
    shut_down: Callable[[], None] | None = None
    """Shuts the service down in an orderly way and returns when it is gone."""
    restart: Callable[[], Service] | None = None
    """Ends the service, starts it again on the same state, and returns it; its address may be another one."""
    metrics: Metrics | None = None
    answers_within_s: float = 65.0
    """How long people wait for an answer that takes thought: a little longer than the longest budget."""
    exact_words: bool = False
    """Whether its recogniser understands the recordings word by word, and nothing else."""
    alone: bool = False
    """Whether nobody but this run uses it."""
    offers: frozenset[str] = frozenset()
    """The tags of scenarios that need something over HTTP which a service may leave out, and this one does not."""
    accounts: Accounts = field(default_factory=dict)
    """Who may sign in."""

    def account(self, system: str, role: str) -> Account:
        """Return what somebody in this role signs in to a system with; it is hidden from now on."""
        account = self.accounts.get(system, {}).get(role)
        if account is None:
            raise Unusable(f"nobody signs in to the {system} as {role}: add accounts.{system}.{role} to the target")
        account.stays_secret()
        return account

    def endpoint(self, system: str, role: str) -> str:
        """Return where somebody in this role connects to a system."""
        return self._found(self._endpoint(system).socket(role), system)

    def http_url(self, system: str) -> str:
        """Return the address below which everything is that a system offers over HTTP, without a slash at its end."""
        return self._found(self._endpoint(system).http, system)

    def token(self, system: str, user_id: str, *, life_s: float = 3600, forged: bool = False) -> str:
        """Return a token by which a user signs in to a system; see Tokens."""
        return self.tokens.issue(user_id, audience=token_audience(system) or "", life_s=life_s, forged=forged)

    @property
    def systems(self) -> frozenset[str]:
        return frozenset(self.endpoints)

    def addresses(self) -> list[str]:
        return [address for endpoint in self.endpoints.values() for address in endpoint.addresses()]

    def parts(self) -> list[str]:
        """Return where everything is that has to do with an answer: the service and, where it is known, its store."""
        store = self.tables and self.tables.address
        return [*self.addresses(), *([store] if store else [])]

    def _endpoint(self, system: str) -> Endpoint:
        return self.endpoints.get(system, Endpoint())

    def _found(self, address: str | None, system: str) -> str:
        if address is None:
            raise Unusable(f"the target {self.name} has no address for the {system} system; add it to its endpoints")
        return address

    @property
    def capabilities(self) -> frozenset[str]:
        """The tags of scenarios that this service can be held to."""
        granted = {
            "needs-table": self.tables,
            "needs-queue": self.queues,
            "needs-files": self.files,
            "needs-metrics": self.metrics,
            "needs-logs": self.log,
            "needs-fault": self.control,
            "needs-double": self.control,
            "needs-own-service": self.alone or None,
            "needs-exact-words": self.exact_words or None,
        }
        return self.offers | {tag for tag, grant in granted.items() if grant is not None}
