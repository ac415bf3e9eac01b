"""Puts the evidence of a finished scenario on its report page; with the formatter, the only place that talks to Allure.

Everything here runs on behave's thread: attachments made on another thread vanish without a word.
"""

from __future__ import annotations

from pathlib import Path

import allure
from allure_commons.types import AttachmentType
from behave.runner import Context
from botocore.exceptions import BotoCoreError, ClientError

from earshot.evidence import budgets
from earshot.evidence.breaches import breaches_page
from earshot.evidence.diagram import sequence_diagram
from earshot.evidence.followed import followed
from earshot.evidence.formatter import results_folder
from earshot.evidence.itemdiff import item_page
from earshot.evidence.latency import latency_page
from earshot.evidence.servicelog import service_log
from earshot.evidence.wirelog import wire_log
from earshot.measure.stopwatch import Stopwatch
from earshot.measure.workloads import slug
from earshot.stage import Stage


def note_records(context: Context) -> None:
    """Look at the service's records now, for the page that shows what changed; nothing where nobody asked for results.

    Records that cannot be read are no failure of a scenario that does not ask for them: the wire log tells of it.
    """
    stage: Stage = context.stage
    if results_folder(context) is not None:
        try:
            stage.looks_at_records()
        except (BotoCoreError, ClientError) as problem:
            stage.ledger.note("Earshot", f"The records could not be read: {problem}")


def attach(context: Context) -> None:
    """Attach what the scenario said, heard and exchanged to its result; nothing where nobody asked for results."""
    stage: Stage = context.stage
    if not len(stage.ledger) or results_folder(context) is None:
        return
    for folder in filter(None, [context.config.userdata.get("debug")]):
        title = context.scenario.name
        (Path(folder) / f"{slug(title)}.txt").write_text(followed(stage.ledger, title), "utf-8")
    if breaches := breaches_page(stage.ledger):
        _page("Breaches of the contract", breaches)
    _attach_verdicts(stage.stopwatch)
    for wing in stage.systems.values():
        for title, html in wing.exhibits():
            _page(title, html)
    _page("Who did what, when", sequence_diagram(stage.ledger))
    _page("Wire log", wire_log(stage.ledger))
    if any(stage.records_seen):
        _page("On record, before and after", item_page(stage.records_seen[0], stage.records_seen[-1]))
    if log := service_log(stage.ledger, stage.service_log()):
        _page("Service log", log)


def _attach_verdicts(stopwatch: Stopwatch) -> None:
    """Attach what was judged about time, for people and for the overview."""
    if not stopwatch.judged and not stopwatch.compared:
        return
    _page("How long it took", latency_page(stopwatch.judged, stopwatch.compared))
    for judged in stopwatch.judged:
        budgets.attach(budgets.of(judged))


def _page(name: str, html: str) -> None:
    allure.attach(html, name=name, attachment_type=AttachmentType.HTML)
