"""Pipelines as an engineer means them, and as the service takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; what is not said of it is left to the service."""

    kind: str
    """Its name in the service, by which it is addressed, too."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    """`enabled`, `gain_in` and `gain_out`, where they are said."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    stages: tuple[Stage, ...] = ()
    connections: tuple[tuple[str, str], ...] = ()
    """Which stage hands over to which."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What is said of the live session besides."""

    @classmethod
    def of(cls, kind: str, **parameters: Any) -> Pipeline:
        """Return a pipeline of one stage."""
        return cls((Stage(kind, parameters),))

    def then(self, other: Pipeline) -> Pipeline:
        """Return the stages of both, each connected to the next."""
        stages = (*self.stages, *other.stages)
        return Pipeline(stages, tuple((one.kind, next_.kind) for one, next_ in pairwise(stages)))

    def having(self, **more: Any) -> Pipeline:
        """Return the same, with this said of its last stage: `enabled`, `gain_in` or `gain_out` in dB."""
        *others, last = self.stages
        return replace(self, stages=(*others, replace(last, more={**last.more, **more})))

    def declared_backwards(self) -> Pipeline:
        """Return the same connections between stages that are named in the other order."""
        return replace(self, stages=self.stages[::-1])

    def connected(self, *connections: tuple[str, str]) -> Pipeline:
        """Return the same stages, connected in this way whatever becomes of it."""
        return replace(self, connections=connections)

    def config(self, pipeline_id: str) -> dict[str, Any]:
        """Return what the service is told of it."""
        return {
            "pipeline_id": pipeline_id,
            "name": "Earshot",
            "stages": {stage.kind: {**stage.more, "parameters": dict(stage.parameters)} for stage in self.stages},
            "connections": [
                {"id": f"{number}", "source_stage_id": source, "target_stage_id": target}
                for number, (source, target) in enumerate(self.connections, 1)
            ],
        }


STAGES = (
    "vad",
    "voice_filter",
    "noise_reduction",
    "voice_enhancement",
    "equalizer",
    "spectral_denoising",
    "conventional_denoising",
    "lufs_normalization",
    "agc",
    "compression",
    "limiter",
)
"""All that process audio, in the order in which they work where nobody says another."""


def whole(stages: Sequence[str] = STAGES) -> Pipeline:
    """Return a pipeline of these stages, all switched on."""
    return Pipeline(tuple(Stage(kind, more={"enabled": True}) for kind in stages))
