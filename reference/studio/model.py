"""What the studio speaks about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GAIN_LIMIT_DB = 20.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a pipeline."""

    id: str
    """As the client calls it."""
    kind: str
    """Canonical name of what it does; empty for everything that passes audio through."""
    enabled: bool = True
    gain_in_db: float = 0.0
    gain_out_db: float = 0.0
    """Both within ±20."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Canonical names and allowed values; defaults are not filled in."""

    @property
    def works(self) -> bool:
        """Whether audio can leave it otherwise than it came."""
        return self.enabled and bool(self.kind)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What was asked for, ready to be run."""

    id: str
    name: str
    stages: tuple[Stage, ...]
    """In the order in which audio passes them."""

    @property
    def works(self) -> bool:
        return any(stage.works for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """A request that cannot be granted, and why, for the client."""

    message: str
    status: int = 422
