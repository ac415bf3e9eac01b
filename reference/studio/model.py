"""What the studio speaks about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    warnings: tuple[str, ...] = ()
    """What was not taken as it was given."""

    @property
    def works(self) -> bool:
        """Whether audio can leave it otherwise than it came."""
        return any(stage.works for stage in self.stages)

    def changed(self, stage: Stage, parameters: Mapping[str, Any]) -> Pipeline:
        """Return the pipeline with canonical parameters merged into those of one of its stages."""
        new = replace(stage, parameters={**stage.parameters, **parameters})
        return replace(self, stages=tuple(new if one is stage else one for one in self.stages))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one piece of live audio. Times are milliseconds."""

    audio: bytes
    total_ms: float
    stage_ms: Mapping[str, float]
    """Of each enabled stage, by its id."""
    rms_db: float
    snr_db: float
    chunks: int
    """Processed in the session so far, this one among them."""
    average_ms: float


class Refused(Exception):
    """A request that cannot be granted, and why, for the client; with `status` over HTTP."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class SessionNotFound(Refused):
    """The session never was, or was stopped."""

    def __init__(self) -> None:
        super().__init__("Session not found", 404)
