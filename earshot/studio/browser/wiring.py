"""What the page says of a pipeline that somebody has drawn, before anything is processed (STU-104)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from earshot.studio.pipelines import Pipeline

INPUTS = frozenset({"file_input", "record_input", "microphone_input", "input"})
OUTPUTS = frozenset({"speaker_output", "file_output", "output"})
ALIASES = {"voice_activity_detection": "vad", "auto_gain_control": "agc"}
TARGETS_MS: Mapping[str, float] = {
    "vad": 5,
    "voice_filter": 8,
    "noise_reduction": 12,
    "voice_enhancement": 10,
    "equalizer": 6,
    "spectral_denoising": 15,
    "conventional_denoising": 8,
    "lufs_normalization": 10,
    "agc": 5,
    "compression": 7,
    "limiter": 5,
}
"""How long each component should take for 100 ms of audio."""
SLOW_ABOVE_MS = 100.0
SIMPLE, MODERATE = 3, 7


@dataclass(frozen=True, slots=True)
class Drawing:
    """Components by what they are called, and which hands over to which."""

    components: Mapping[str, str]
    """The type of each: its label in lower case with underscores."""
    links: Sequence[tuple[str, str]] = ()

    def kind(self, name: str) -> str:
        type_ = self.components[name]
        return ALIASES.get(type_, type_)


def findings(drawing: Drawing) -> list[str]:
    """Return everything that is to be said of a drawing: errors first, then warnings and tips."""
    kinds = {name: drawing.kind(name) for name in drawing.components}
    inputs = [name for name, kind in kinds.items() if kind in INPUTS]
    outputs = [name for name, kind in kinds.items() if kind in OUTPUTS]
    linked = {name for link in drawing.links for name in link}
    alone = [name for name in kinds if name not in {*linked, *inputs, *outputs}]
    target_ms = sum(TARGETS_MS.get(kind, 0) for kind in kinds.values())
    said = {
        "error: there is no input": not inputs,
        "error: there is no output": not outputs,
        "error: the components form a cycle": _has_cycle(drawing),
        "warning: there are several inputs": len(inputs) > 1,
        "warning: some components are not connected": bool(alone),
        "warning: it takes longer than 100 ms": target_ms > SLOW_ABOVE_MS,
        "tip: add noise reduction": "noise_reduction" not in kinds.values(),
        "tip: add loudness normalisation before the file": (
            "file_output" in kinds.values() and "lufs_normalization" not in kinds.values()
        ),
    }
    return [words for words, holds in said.items() if holds]


def may_link(source: str, target: str) -> bool:
    """Whether a component of one type may hand over to one of another."""
    return not (source in INPUTS and target in INPUTS) and not (source in OUTPUTS and target in OUTPUTS)


def complexity(count: int) -> str:
    """Return how complex a pipeline of so many components is said to be."""
    return "simple" if count <= SIMPLE else "moderate" if count <= MODERATE else "complex"


def as_drawn(pipeline: Pipeline, name: str) -> dict[str, Any]:
    """Return a pipeline in the shape in which the page draws it, which is another than the service's (STU-103)."""
    return {
        "id": name,
        "name": name,
        "stages": [
            {
                "id": stage.kind,
                "type": stage.kind,
                "enabled": stage.more.get("enabled", True),
                "gainIn": stage.more.get("gain_in", 0),
                "gainOut": stage.more.get("gain_out", 0),
                "parameters": dict(stage.parameters),
            }
            for stage in pipeline.stages
        ],
        "connections": [
            {"id": f"{number}", "sourceStageId": source, "targetStageId": target}
            for number, (source, target) in enumerate(pipeline.connections, 1)
        ],
    }


def _has_cycle(drawing: Drawing) -> bool:
    follows: dict[str, list[str]] = {}
    for source, target in drawing.links:
        follows.setdefault(target, []).append(source)
    try:
        TopologicalSorter(follows).prepare()
    except CycleError:
        return True
    return False
