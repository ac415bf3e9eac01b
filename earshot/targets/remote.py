"""A service that somebody else started, as a target file describes it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from earshot.agreement import token_audience
from earshot.failures import TargetUnreachable, Unusable
from earshot.targets.accounts import accounts_of
from earshot.targets.aws import Aws
from earshot.targets.control import Control
from earshot.targets.definition import Definition, address_hint
from earshot.targets.files import Files
from earshot.targets.health import await_health, health_of
from earshot.targets.metrics import Metrics
from earshot.targets.offers import offered
from earshot.targets.queues import Queues
from earshot.targets.reach import REACH_WITHIN_S, nobody_at
from earshot.targets.service import Service
from earshot.targets.tables import Tables
from earshot.targets.tokens import NoTokens, Tokens, tokens_of


class RemoteTarget:
    """A service that runs elsewhere; the tests use of it what its definition grants."""

    def __init__(self, definition: Definition) -> None:
        self.name = definition.name
        self._service = Service(
            name=definition.name,
            endpoints=definition.endpoints,
            tokens=_tokens(definition),
            control=_control(definition, is_shared=True),
            log=Path(definition.log) if definition.log else None,
            exact_words=definition.declared.exact_words,
            alone=definition.alone,
            offers=_offers(definition),
            accounts=accounts_of(definition.accounts),
            **_of_aws(definition.aws),
        )
        self.levels = definition.declared.levels or {}
        self._without_others = replace(self._service, control=_control(definition))
        granted = self._service.capabilities
        claimed = definition.capabilities
        if claimed is not None and (missing := claimed - granted):
            raise Unusable(
                f"the target {self.name} claims {', '.join(sorted(missing))}, but its definition does not say how: "
                f"tables and metrics need `aws`, logs need `log`, faults and doubles need `control`, a service for one "
                f"scenario needs `alone`, exact words need `exact_words`, and the rest has to be offered over HTTP"
            )
        self.capabilities = granted if claimed is None else claimed
        if gone := self.gone():
            raise TargetUnreachable(f"{gone}; start it, or correct the address")
        if control := _control(definition, within_s=REACH_WITHIN_S):
            with closing(control):
                control.insist_on_presence(self.name)

    @property
    def systems(self) -> frozenset[str]:
        return self._service.systems

    def service(self, settings: Mapping[str, str]) -> Service:
        """Return the service; its settings cannot be changed."""
        if settings:
            raise Unusable(f"the target {self.name} cannot be given settings; tag the scenario @needs-settings")
        return self._service

    def service_alone(self, settings: Mapping[str, str]) -> Service:
        """Return the service, for a scenario that nothing runs beside; Unusable where others may use it."""
        if not self._service.alone:
            raise Unusable(f"others may use the target {self.name}; tag the scenario @needs-own-service")
        if settings:
            return self.service(settings)
        return self._without_others

    def gone(self) -> TargetUnreachable | None:
        """Return at which of its addresses nobody listens, if there is one."""
        return nobody_at(f"the target {self.name}", self._service.addresses())

    def close(self) -> None:
        """Nothing was started, so nothing is stopped."""


def _control(definition: Definition, **how: Any) -> Control | None:
    return Control(definition.control, definition.control_token, **how) if definition.control else None


def _tokens(definition: Definition) -> Tokens:
    signs_in = any(token_audience(system) for system in definition.endpoints)
    return tokens_of(definition.tokens, definition.name) if signs_in else NoTokens()


def _offers(definition: Definition) -> frozenset[str]:
    """Return, when every service says that it is up, what they offer of that which they may leave out."""
    offers: set[str] = set()
    for system, endpoint in definition.endpoints.items():
        if endpoint.http is not None:
            if health := health_of(system):
                await_health(definition.name, endpoint.http, health, hint=address_hint(system, "http"))
            offers |= offered(system, endpoint.http)
    return frozenset(offers)


def _of_aws(aws: Mapping[str, Any] | None) -> dict[str, Any]:
    if aws is None:
        return {}
    access = Aws(region=aws["region"], endpoint=aws.get("endpoint"), profile=aws.get("profile"))
    granted: dict[str, Any] = {}
    if "tables" in aws:
        granted["tables"] = Tables(access, aws["tables"])
    if "buckets" in aws:
        granted["files"] = Files(access, aws["buckets"])
    if "queues" in aws:
        granted["queues"] = Queues(access, aws["queues"])
    if aws.get("metrics"):
        granted["metrics"] = Metrics(access)
    return granted
