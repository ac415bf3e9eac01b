"""The verdicts of earlier runs by suites, kept as long as neither the service's nor the suite's code changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from earshot.evidence.results import ScenarioResult
from earshot.targets.embedded import ROOT

KEPT = "verdicts.json"
"""Lies with the history."""
MOST_RUNS = 50
_CODE = ("contract", "earshot", "reference", "audio_samples")


def note(history: Path, results: Iterable[ScenarioResult]) -> Sequence[Mapping[str, str]]:
    """Add the verdicts of a run, and return those of all runs of this code, by the full names of scenarios."""
    file, code = history / KEPT, _digest()
    kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
    runs: list[Mapping[str, str]] = kept["runs"] if kept.get("code") == code else []
    runs = [*runs, {result.full_name: result.verdict for result in results}][-MOST_RUNS:]
    file.write_text(json.dumps({"code": code, "runs": runs}), "utf-8")
    return runs


def _digest() -> str:
    digest = sha256()
    for folder in (Path("features"), *(ROOT / name for name in _CODE)):
        for file in sorted(each for each in folder.rglob("*") if each.is_file() and each.suffix != ".pyc"):
            digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
