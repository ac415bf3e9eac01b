"""The Allure result of a measurement that no feature asked for, written as the results of scenarios are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, Label, TestResult
from allure_commons.utils import md5

from earshot.clock import now_ms
from earshot.evidence import budgets
from earshot.evidence.blank import write_verdict
from earshot.evidence.latency import latency_page
from earshot.evidence.record import note_whole
from earshot.evidence.verdicts import Failure
from earshot.measure.stopwatch import Stopwatch


def write(
    folder: Path,
    title: str,
    stopwatch: Stopwatch,
    failure: Exception | None,
    *,
    made_by: str,
    labels: Mapping[str, str],
    began_s: float,
    strict: bool,
) -> None:
    """Add a result to `folder`: the verdict, the page with every delay, and the figures for the overview.

    Its history is that of its title among all that the same command made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    logger = AllureFileLogger(str(folder))
    found = TestResult(
        uuid=str(uuid4()),
        name=title,
        fullName=f"{made_by}: {title}",
        historyId=md5(made_by, title),
        testCaseId=md5(made_by, title),
        start=round(began_s * 1000),
        stop=now_ms(),
        labels=[Label(name=name, value=value) for name, value in labels.items()],
    )
    if stopwatch.judged:
        page = latency_page(stopwatch.judged, stopwatch.compared)
        _attach(logger, found, "How long it took", page, "text/html", "html")
        for judged in stopwatch.judged:
            figures = json.dumps(asdict(budgets.of(judged)))
            _attach(logger, found, budgets.NAME, figures, "application/json", "json")
    verdict = Failure.raised(failure) if failure else None
    write_verdict(found, verdict.strictly() if verdict and strict else verdict)
    logger.report_result(found)
    note_whole(folder)


def _attach(logger: AllureFileLogger, found: TestResult, name: str, body: str, kind: str, ending: str) -> None:
    source = f"{uuid4()}-attachment.{ending}"
    logger.report_attached_data(body, source)
    found.attachments.append(Attachment(name=name, source=source, type=kind))
