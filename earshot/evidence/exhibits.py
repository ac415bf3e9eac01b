"""Puts the evidence of a finished scenario on its report page; with the formatter, the only place that talks to Allure.

Everything here runs on behave's thread: attachments made on another thread vanish without a word.
"""

from __future__ import annotations

import allure
from allure_commons.types import AttachmentType

from earshot.actors.listener import Heard, Listener
from earshot.actors.speaker import Speaker, Utterance
from earshot.evidence.diagram import sequence_diagram
from earshot.evidence.players import Recording, listening_page
from earshot.evidence.wirelog import wire_log
from earshot.stage import Stage


def attach(stage: Stage) -> None:
    """Attach what this scenario said, heard and exchanged to its result."""
    if not len(stage.ledger):
        return
    recordings = _recordings(stage)
    if recordings:
        _page("What was said and heard", listening_page(recordings))
    _page("Who did what, when", sequence_diagram(stage.ledger))
    _page("Wire log", wire_log(stage.ledger))
    if service_log := stage.service_log():
        allure.attach(service_log, name="Service log", attachment_type=AttachmentType.TEXT)


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
