"""Twins of the hand-over from recognition to translation (REQ-4, 21.4, 25)."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from reference.broadcast import handover as handing_over
from reference.broadcast.fanout import Fanout
from reference.broadcast.handover import EmotionDynamics, Forwarder, Handover
from reference.twins.kinds import Declare, constant, kind, late, unlogged
from reference.twins.twin import twin_of


def handed_over(change: Callable[[Handover], Handover], *breaks: str) -> Declare:
    """Something else is handed over."""
    return kind(Forwarder.pass_on, lambda pass_on, self, handover: pass_on(self, change(handover)), *breaks)


@handed_over(lambda handover: replace(handover, is_partial=False), "REQ-4.4", "REQ-25.2")
def provisional_handed_over_as_final():
    """A provisional result is handed over, and heard, as a final one."""


@handed_over(lambda handover: replace(handover, is_partial=True), "REQ-4.3")
def final_handed_over_as_provisional():
    """A final result is handed over, and heard, as a provisional one."""


@handed_over(lambda handover: replace(handover, stability_score=1.0), "REQ-4.2")
def stability_taken_for_granted():
    """Every result is handed over as perfectly stable."""


@twin_of(Forwarder.pass_on, "BRO-3.9.3")
def finals_handed_over_as_unstable(pass_on, self, handover):
    """A final result is handed over without any stability."""
    pass_on(self, handover if handover.is_partial else replace(handover, stability_score=0.0))


@handed_over(lambda handover: replace(handover, timestamp_ms=handover.timestamp_ms // 1000), "REQ-4.4", "REQ-25.2")
def handover_dated_in_seconds():
    """What is handed over is dated in seconds instead of milliseconds."""


@handed_over(lambda handover: replace(handover, source_language="en"), "REQ-25.2")
def handover_without_its_language():
    """What is handed over is said to be English, whatever was spoken."""


@handed_over(lambda handover: replace(handover, emotion_dynamics=EmotionDynamics()), "BRO-3.9.5")
def manner_of_speaking_lost():
    """The hand-over says of every sentence that it was spoken neutrally."""


_sentences: Counter[str] = Counter()


@twin_of(Forwarder.pass_on, "REQ-25.1")
def second_sentence_never_handed_over(pass_on, self, handover):
    """Every second sentence is lost on its way to translation."""
    _sentences[handover.session_id] += 1
    if _sentences[handover.session_id] % 2:
        pass_on(self, handover)


@constant(handing_over, "ACKNOWLEDGED_WITHIN_S", 60.0, "REQ-25.3")
def handover_waited_for_without_end():
    """A hand-over that is not acknowledged is waited for."""


_awake: set[str] = set()


@twin_of(Fanout.accept, "REQ-25.3")
async def translation_wakes_up_slowly(accept, self, handover):
    """The first sentence of a session is not acknowledged in time, because translation has to wake up."""
    if handover.session_id not in _awake:
        _awake.add(handover.session_id)
        await asyncio.sleep(0.4)
    await accept(self, handover)


@constant(handing_over, "CALLS", 2, "REQ-25.4")
def handover_tried_twice():
    """A failed hand-over is repeated once, not twice."""


@constant(handing_over, "CALLS", 4, "REQ-25.4")
def handover_tried_four_times():
    """A failed hand-over is repeated three times, not twice."""


@constant(handing_over, "RETRY_AFTER_S", 0.0, "REQ-25.4")
def handover_repeated_at_once():
    """A failed hand-over is repeated without a rest."""


@unlogged("hand-over", "REQ-25.5", only=logging.ERROR)
def lost_sentence_goes_unlogged():
    """A sentence that nobody took is dropped without a word."""


_stopped: set[str] = set()


@twin_of(Forwarder.hand_over, "REQ-25.5")
async def lost_sentence_takes_the_next_with_it(hand_over, self, handover, since_s):
    """When a sentence could not be handed over, those after it are lost as well."""
    if handover.session_id not in _stopped:
        await hand_over(self, handover, since_s)


@lost_sentence_takes_the_next_with_it.also(Forwarder.note)
def stop(note, self, handover, attempt, failure):
    note(self, handover, attempt, failure)
    if attempt == handing_over.CALLS:
        _stopped.add(handover.session_id)


@late(Forwarder.work_off, 0.12, "REQ-21.4")
def handover_late_by_120_ms():
    """A result waits 120 ms before it is handed over."""
