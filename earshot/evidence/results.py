"""What lies in a folder of results after a run: what each scenario came to, as everybody here reads it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from typing import Any

from allure_commons.model2 import Status

from earshot.evidence import budgets, verdicts, workloads
from earshot.evidence.budgets import Measured
from earshot.evidence.verdicts import Category
from earshot.measure.workloads import Workload

RESULTS = "*-result.json"
PROPERTIES = "environment.properties"
"""What the run says of itself."""
SEEN = "contract-seen-*.json"
"""What each process has seen of a contract."""
THEN = "Then "
VERDICTS = ("failed", "broken", "inconclusive", "not run", "skipped", "passed")
"""In one word, the worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """What a run says of one scenario, or of one row of examples."""

    status: str
    """passed, failed, broken, skipped or unknown, as in the Allure report."""
    history_id: str = ""
    name: str = ""
    full_name: str = ""
    """With file, rule and the cells of its row."""
    system: str = ""
    """Its name; empty where it has none."""
    feature: str = ""
    category: Category | None = None
    message: str = ""
    """Why it did not pass, and what else went wrong."""
    began_ms: int = 0
    ended_ms: int | None = None
    anchor: str = ""
    """Where the report tells of it."""
    promises: frozenset[str] = frozenset()
    reached_then: bool = False
    """Whether it came to what it was to show: a failure before that says nothing about its promises."""
    budgets: tuple[Measured, ...] = ()
    workloads: tuple[Workload, ...] = ()

    @classmethod
    def of(cls, found: Mapping[str, Any], folder: Path) -> ScenarioResult:
        """Return what Allure keeps of a scenario, with what is attached to it in this folder."""
        labels = {label["name"]: label["value"] for label in found.get("labels", ())}
        row = ", ".join(f"{cell['name']}={cell['value']}" for cell in found.get("parameters", ()))
        uuid = found.get("uuid", "")
        return cls(
            status=found["status"],
            history_id=found.get("historyId", uuid),
            name=found.get("name", ""),
            full_name=found.get("fullName", "") + (f" ({row})" if row else ""),
            system=labels.get("epic", "").lower(),
            feature=labels.get("feature", ""),
            category=Category(labels[verdicts.LABEL]) if verdicts.LABEL in labels else None,
            message=(found.get("statusDetails") or {}).get("message") or "",
            began_ms=found.get("start", 0),
            ended_ms=found.get("stop"),
            anchor=md5(uuid.encode(), usedforsecurity=False).hexdigest(),
            reached_then=any(
                step.get("name", "").startswith(THEN) and step.get("status") != Status.SKIPPED
                for step in found.get("steps", ())
            ),
            promises=frozenset(link["name"] for link in found.get("links", ()) if link["type"] == "requirement"),
            budgets=tuple(budgets.read(folder, found)),
            workloads=tuple(workloads.read(folder, found)),
        )

    @property
    def verdict(self) -> str:
        """One of VERDICTS."""
        if self.status != Status.UNKNOWN:
            return self.status
        return "inconclusive" if self.category is Category.INCONCLUSIVE else "not run"

    @property
    def word(self) -> str:
        """Kept, or the report's word for why not, such as latency budget."""
        word = self.category.value.lower() if self.category else self.verdict
        return "kept" if word == "passed" else word

    @property
    def reason(self) -> str:
        """Why it did not pass, in a paragraph; empty if it did."""
        return "" if self.verdict == "passed" else self.message.partition("\n\n")[0]

    @property
    def duration_s(self) -> float:
        """How long it took; nothing if it never ended."""
        return 0.0 if self.ended_ms is None else (self.ended_ms - self.began_ms) / 1000

    @property
    def ended(self) -> datetime:
        """When it ended, or began if nobody knows."""
        return datetime.fromtimestamp((self.began_ms if self.ended_ms is None else self.ended_ms) / 1000, UTC)

    @property
    def began(self) -> datetime:
        return datetime.fromtimestamp(self.began_ms / 1000, UTC)


def in_words(results: Iterable[ScenarioResult]) -> str:
    """Return how many results have which verdict, the worst first."""
    counts = Counter(result.verdict for result in results)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])


def all_results(folder: Path) -> list[ScenarioResult]:
    """Return every result in a folder, first started first."""
    results = [ScenarioResult.of(json.loads(file.read_text("utf-8")), folder) for file in folder.glob(RESULTS)]
    return sorted(results, key=lambda result: result.began_ms)
