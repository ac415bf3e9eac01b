"""What every actor of a scenario shares."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from earshot.audio.clips import SampleLibrary
from earshot.ledger import Ledger
from earshot.runtime import Runtime
from earshot.secrecy import keep_secret
from earshot.side_by_side import first_of
from earshot.surprises import Surprises
from earshot.targets.service import Service
from earshot.wire.contract import Contract
from earshot.wire.openapi import http_contract

if TYPE_CHECKING:
    from earshot.wire.http import HttpClient


@functools.cache
def _addresses() -> Iterator[int]:
    """Count from where no other worker does; not before it is known which worker this is."""
    return itertools.count(first_of(2 << 16))


@dataclass
class Scene:
    runtime: Runtime
    service: Service
    """The service that people connect to; a scenario that asks for settings changes it before anybody has connected."""
    samples: SampleLibrary
    contracts: Mapping[str, Contract]
    """The agreement about each system, by its name."""
    ledger: Ledger
    surprises: Surprises
    run_id: str = field(default_factory=lambda: uuid4().hex[:8])
    """Makes the user ids of this scenario different from those of every other one."""
    _connections: Counter[str] = field(default_factory=Counter)
    _clients: dict[tuple[str, str], HttpClient] = field(default_factory=dict)

    tokens: list[str] = field(default_factory=list)
    """Every sign-in token that somebody was given."""

    def token(self, system: str, user_id: str, *, life_s: float = 3600, forged: bool = False) -> str:
        """Return a token by which this user signs in to a system; see Tokens."""
        token = self.service.token(system, user_id, life_s=life_s, forged=forged)
        keep_secret(token)
        self.tokens.append(token)
        return token

    def http(self, system: str, who: str) -> HttpClient:
        """Return what somebody asks a system over HTTP with: one client for each person, closed with the scenario."""
        from earshot.wire.http import HttpClient  # takes a tenth of a second to load

        address = self.service.http_url(system)
        if (client := self._clients.get((address, who))) is None:
            client = HttpClient(who=who, base_url=address, ledger=self.ledger, contract=http_contract(system))
            self._clients[address, who] = client
        return client

    def hangs_up(self) -> None:
        """Close whatever somebody asked over HTTP with."""
        for client in self._clients.values():
            self.runtime.call(client.close(), within_s=5)

    def user_id(self, name: str) -> str:
        """Return the user id under which this person signs in, in this scenario only."""
        return f"{name.lower()}-{self.run_id}"

    def new_label(self, name: str) -> str:
        """Return what to call the next connection of somebody: `Lena`, then `Lena (2)`, in whichever role it is."""
        self._connections[name] += 1
        count = self._connections[name]
        return name if count == 1 else f"{name} ({count})"


def new_address() -> str:
    """Return a client address nobody else uses, from the range reserved for benchmarks (198.18.0.0/15).

    Services that limit by address read it from `X-Forwarded-For`.
    """
    number = next(_addresses()) % (2 << 16)
    return f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"
