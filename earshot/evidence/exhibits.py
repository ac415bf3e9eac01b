"""Puts the evidence of a finished scenario on its report page; with the formatter, the only place that talks to Allure.

Everything here runs on behave's thread: attachments made on another thread vanish without a word.
"""

from __future__ import annotations

import allure
from allure_commons.types import AttachmentType
from behave.runner import Context
from botocore.exceptions import BotoCoreError, ClientError

from earshot.broadcast.listener import Heard, Listener
from earshot.broadcast.speaker import Speaker, Utterance
from earshot.conversation.dialogue import dialogue_page
from earshot.evidence import budgets
from earshot.evidence.breaches import breaches_page
from earshot.evidence.diagram import sequence_diagram
from earshot.evidence.formatter import results_folder
from earshot.evidence.itemdiff import item_page
from earshot.evidence.latency import latency_page
from earshot.evidence.players import Recording, listening_page
from earshot.evidence.servicelog import service_log
from earshot.evidence.wirelog import wire_log
from earshot.measure.stopwatch import Stopwatch
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
    if breaches := breaches_page(stage.ledger):
        _page("Breaches of the contract", breaches)
    _attach_verdicts(stage.stopwatch)
    recordings = _recordings(stage)
    if recordings:
        _page("What was said and heard", listening_page(recordings))
    if exchanges := [each for caller in stage.callers() for each in caller.exchanges()]:
        _page("The conversation", dialogue_page(exchanges))
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


def _recordings(stage: Stage) -> list[Recording]:
    utterances = [u for person in stage.people if isinstance(person, Speaker) for u in person.utterances]
    said = [
        Recording(person.name, u.clip.samples, u.clip.text, spoken=True, detail=u.clip.language)
        for person in stage.people
        if isinstance(person, Speaker)
        for u in person.utterances
    ]
    heard = [
        Recording(
            who=h.listener,
            samples=h.samples,
            text=h.expected.text if h.expected else "",
            heard=h.transcript,
            detail=h.language,
            delay_ms=_delay_ms(h, utterances),
        )
        for person in stage.people
        if isinstance(person, Listener)
        for h in [*person.heard, *person.heard_beyond()]
    ]
    return said + heard


def _delay_ms(heard: Heard, utterances: list[Utterance]) -> float | None:
    """Time from the last piece of speech sent to the arrival at the listener."""
    if heard.expected is None:
        return None
    said = [u for u in utterances if u.clip.id == heard.expected.id and u.last_speech_ns <= heard.observation.at_ns]
    return (heard.observation.at_ns - said[-1].last_speech_ns) / 1e6 if said else None
