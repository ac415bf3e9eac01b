"""Pipelines as clients write them down, in the service's shape or in that of the studio's page (C-5), read as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reference.studio.dsp.parameters import kind_of, normalised
from reference.studio.model import GAIN_LIMIT_DB, Pipeline, Refused, Stage
from reference.studio.ordering import Link, ordered
from reference.studio.reading import finite, said

MOST_STAGES = 1000
_PASSING = {"file_input": "input", "record_input": "input", "microphone_input": "input"} | {
    "speaker_output": "output",
    "file_output": "output",
}
_KINDS: Mapping[type, str] = {str: "text", dict: "an object", list: "a list", bool: "true or false"}
_SESSION_NUMBERS = ("chunk_size", "sample_rate", "channels", "buffer_size", "latency_target")


def canonical(name: str) -> str:
    """Return the one name of a stage that has several."""
    return kind_of(name) or _PASSING.get(name, name)


def read_pipeline(given: object) -> Pipeline:
    """Return the pipeline that a client describes; Refused, naming the member, where it does not."""
    if not isinstance(given, dict):
        raise Refused(f"pipeline_config should be an object, but is {said(given)}")
    of_page = "pipeline_id" not in given and "id" in given
    pipeline_id, name = (_member(given, one, str) for one in ("id" if of_page else "pipeline_id", "name"))
    entries = _of_page(_member(given, "stages", list)) if of_page else _member(given, "stages", dict)
    if len(entries) > MOST_STAGES:
        raise Refused(f"stages should be at most {MOST_STAGES}, but are {len(entries)}")
    warnings: list[str] = []
    stages = [_stage(stage_id, entry, warnings) for stage_id, entry in entries.items()]
    ids = {canonical(one): one for one in entries} | {one: one for one in entries}
    links = [_link(connection, at, ids) for at, connection in enumerate(_member(given, "connections", list))]
    return Pipeline(pipeline_id, name, ordered(stages, links), tuple(warnings))


def check_session_config(given: object) -> None:
    """Raise Refused where the configuration of a session is none; what it says has no effect."""
    if given is None:
        return
    if not isinstance(given, dict):
        raise Refused(f"session_config should be an object, but is {said(given)}")
    for name in _SESSION_NUMBERS:
        if name in given and finite(given[name]) is None:
            raise Refused(f"session_config.{name} should be a number, but is {said(given[name])}")


def find_stage(pipeline: Pipeline, name: str) -> Stage | None:
    """Return the stage of this id or, failing that, the one whose id is another name of the same (STU-38)."""
    same = (stage for stage in pipeline.stages if canonical(stage.id) == canonical(name))
    return next((stage for stage in pipeline.stages if stage.id == name), None) or next(same, None)


def _of_page(entries: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for at, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise Refused(f"stages.{at} should be an object, but is {said(entry)}")
        stage_id = _member(entry, "id", str, f"stages.{at}.")
        found[stage_id] = entry
    return found


def _stage(stage_id: str, entry: object, warnings: list[str]) -> Stage:
    if not isinstance(entry, dict):
        raise Refused(f"stages.{stage_id} should be an object, but is {said(entry)}")
    where = f"stages.{stage_id}."
    kind = kind_of(_member(entry, "type", str, where, stage_id))
    given = _member(entry, "parameters", dict, where, None)
    given = given if given is not None else _member(entry, "config", dict, where, {})
    warnings += (f"{stage_id}: {words}" for words in _beyond(kind, given))
    return Stage(
        stage_id,
        kind,
        _member(entry, "enabled", bool, where, True),
        _gain(entry, ("gain_in", "gainIn"), stage_id, warnings),
        _gain(entry, ("gain_out", "gainOut"), stage_id, warnings),
        normalised(kind, given),
    )


def _beyond(kind: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for every number that is out of its range."""
    for name, value in given.items():
        for used in normalised(kind, {name: value}).values():
            if finite(value) is not None and used != value:
                yield f"{name} {value} is out of range, {used} is used"


def _gain(entry: Mapping[str, Any], names: tuple[str, str], stage_id: str, warnings: list[str]) -> float:
    name = next((one for one in names if one in entry), names[0])
    given = finite(entry.get(name, 0))
    if given is None:
        raise Refused(f"stages.{stage_id}.{name} should be a number, but is {said(entry[name])}")
    held = min(max(given, -GAIN_LIMIT_DB), GAIN_LIMIT_DB)
    if held != given:
        warnings.append(f"{stage_id}: {name} {given} is out of range, {held} is used")
    return held


def _link(given: object, at: int, ids: Mapping[str, str]) -> Link:
    if not isinstance(given, dict):
        raise Refused(f"connections.{at} should be an object, but is {said(given)}")
    where = f"connections.{at}."
    if "source_stage_id" in given or "target_stage_id" in given:
        _member(given, "id", str, where)
    spellings = (("source_stage_id", "sourceStageId", "source"), ("target_stage_id", "targetStageId", "target"))
    source, target = (
        _member(given, next((one for one in spelled if one in given), spelled[0]), str, where) for spelled in spellings
    )
    return ids.get(source) or ids.get(canonical(source), source), ids.get(target) or ids.get(canonical(target), target)


_NEEDED = object()


def _member(
    of: Mapping[str, Any], name: str, kind: type, where: str = "pipeline_config.", default: Any = _NEEDED
) -> Any:
    if name not in of:
        if default is _NEEDED:
            raise Refused(f"{where}{name} is missing")
        return default
    value = of[name]
    if not isinstance(value, kind):
        raise Refused(f"{where}{name} should be {_KINDS[kind]}, but is {said(value)}")
    return value
