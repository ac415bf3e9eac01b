"""What is tested: a source of running services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from earshot.failures import Unusable
from earshot.targets.service import Service


class Target(Protocol):
    """The embedded reference, or a service that runs elsewhere."""

    name: str

    @property
    def capabilities(self) -> frozenset[str]:
        """The tags of scenarios that can run on it."""

    @property
    def systems(self) -> frozenset[str]:
        """The names of the systems that it offers."""

    @property
    def levels(self) -> Mapping[str, frozenset[str]]:
        """What it promises beyond what all services of a system do, by the name of the system."""

    def service(self, settings: Mapping[str, str]) -> Service:
        """Return a service that runs with these settings, by their names; none means the usual one.

        Raises Unusable if the target cannot change its settings.
        """

    def service_alone(self, settings: Mapping[str, str]) -> Service:
        """Return the same, but one that nobody else uses meanwhile; Unusable where there is none."""

    def gone(self) -> Unusable | None:
        """Return which part of it no longer answers: TargetUnreachable for the service, Unusable for what is ours."""

    def close(self) -> None:
        """Stop whatever was started for it."""
