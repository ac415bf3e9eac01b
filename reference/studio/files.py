"""Whole files and single stages: what is asked over HTTP about audio that is all there."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reference.studio.delays import StageDelays
from reference.studio.dsp.catalogue import CATALOGUE
from reference.studio.dsp.model import BadSound
from reference.studio.model import Pipeline, Refused
from reference.studio.reading import beside, read_audio, said
from reference.studio.repository import FileRecords

if TYPE_CHECKING:
    from reference.studio.dsp.worker import Dsp


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio as it was sent: a file, or base64 of one or of bare samples."""

    content: bytes | str
    """Text where it is base64."""

    async def read(self) -> bytes:
        """Return its bytes; BadSound where it is no base64."""
        if isinstance(self.content, bytes):
            return self.content
        try:
            return await beside(len(self.content), read_audio, self.content)
        except ValueError as problem:
            raise BadSound(f"{problem}.") from None

    @property
    def is_file(self) -> bool:
        return isinstance(self.content, bytes)


@dataclass(eq=False, repr=False)
class FileDesk:
    """Has files processed and measured, away from the loop."""

    _dsp: Dsp
    _delays: StageDelays
    _records: FileRecords

    async def batch(self, pipeline: Pipeline, sound: Sound, output_format: str) -> Mapping[str, Any]:
        """Return what becomes of a file in a pipeline, or why nothing does (STU-49 to 55, 61, 119, 123, 124)."""
        began_s = time.perf_counter()
        answer: dict[str, Any] = {"success": True, "pipeline_id": pipeline.id, "processed_audio": None, "metrics": {}}
        answer |= {"stage_outputs": None, "errors": None, "warnings": list(pipeline.warnings) or None}
        request_id = str(uuid.uuid4())
        try:
            audio = await sound.read()
            self._records.given(request_id, audio)
            waited_ms = {
                stage.id: await self._delays.before(None, pipeline.id, stage.id)
                for stage in pipeline.stages
                if stage.enabled
            }
            made = await self._dsp.run(
                "batch", audio=audio, is_file=sound.is_file, stages=pipeline.stages, output_format=output_format
            )
        except BadSound as problem:
            answer |= {"success": False, "errors": [f"Processing failed: {problem}"]}
        else:
            metrics = made["metrics"]
            spent_ms = {stage: waited + metrics["stage_latencies"].get(stage, 0) for stage, waited in waited_ms.items()}
            answer["processed_audio"] = made["processed_audio"]
            answer["metrics"] = {**metrics, "stage_latencies": spent_ms, "cpu_usage": 0}
            self._records.made(request_id, made["processed_audio"].encode())
        answer["metrics"]["total_latency"] = 1000 * (time.perf_counter() - began_s)
        return answer

    async def single(self, stage_name: str, sound: Sound, config: object) -> Mapping[str, Any]:
        """Return what one stage makes of audio (STU-56 to 61, 128); Refused where that cannot be."""
        if stage_name not in CATALOGUE:
            raise Refused(f"Unknown processing stage: {stage_name}")
        if not isinstance(config, dict):
            raise Refused(f"stage_config should be an object, but is {said(config)}")
        began_s = time.perf_counter()
        made = await self._asked("single", sound, stage_name=stage_name, config=config)
        result = {"status": "processed", "stage_name": stage_name, "input_size": made["input_size"]}
        result |= {"processing_time": time.perf_counter() - began_s, "stage_result": made["stage_result"]}
        return {
            "stage_id": _named(f"stage_{stage_name}"),
            "stage_name": stage_name,
            "stage_config": {**made["config_applied"], **config},
            "result": {**result, "config_applied": made["config_applied"]},
            "processed_audio": made["stage_result"].get("output_audio"),
            "warnings": made["warnings"] or None,
            "timestamp": datetime.now(UTC).isoformat(),
        }

    async def analysis(self, kind: str, sound: Sound, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is measured of audio (STU-74 to 82); Refused where that cannot be."""
        return {
            "analysis_id": _named(kind),
            "analysis_type": kind,
            "parameters": parameters,
            "metrics" if kind == "quality" else "result": await self._asked(kind, sound, **parameters),
            "timestamp": datetime.now(UTC).isoformat(),
        }

    async def _asked(self, task: str, sound: Sound, **settings: Any) -> Mapping[str, Any]:
        try:
            return await self._dsp.run(task, audio=await sound.read(), is_file=sound.is_file, **settings)
        except BadSound as problem:
            raise Refused(str(problem)) from None


def _named(kind: str) -> str:
    return f"{kind}_{datetime.now(UTC):%Y%m%d_%H%M%S_%f}"
