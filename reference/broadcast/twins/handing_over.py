"""Twins of the hand-over from recognition to translation (REQ-4, 21.4, 25)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reference.broadcast import handover as module
from reference.broadcast.fanout import Fanout
from reference.broadcast.handover import EmotionDynamics, Forwarder, Handover
from reference.journal import Journal
from reference.twins.twin import put, twin


def _hand_over(change: Callable[[Handover], Handover | None]) -> None:
    """Hand over something else, or nothing."""
    pass_on = Forwarder.pass_on

    def pass_on_otherwise(self: Forwarder, handover: Handover) -> None:
        changed = change(handover)
        if changed is not None:
            pass_on(self, changed)

    put(Forwarder, "pass_on", pass_on_otherwise)


@twin("provisional-handed-over-as-final", "REQ-4.4", "REQ-25.2")
def provisional_handed_over_as_final() -> None:
    """A provisional result is handed over, and heard, as a final one."""
    _hand_over(lambda handover: replace(handover, is_partial=False))


@twin("final-handed-over-as-provisional", "REQ-4.3")
def final_handed_over_as_provisional() -> None:
    """A final result is handed over, and heard, as a provisional one."""
    _hand_over(lambda handover: replace(handover, is_partial=True))


@twin("stability-taken-for-granted", "REQ-4.2")
def stability_taken_for_granted() -> None:
    """Every result is handed over as perfectly stable."""
    _hand_over(lambda handover: replace(handover, stability_score=1.0))


@twin("finals-handed-over-as-unstable", "BRO-3.9.3")
def finals_handed_over_as_unstable() -> None:
    """A final result is handed over without any stability."""
    _hand_over(lambda handover: handover if handover.is_partial else replace(handover, stability_score=0.0))


@twin("handover-dated-in-seconds", "REQ-4.4", "REQ-25.2")
def handover_dated_in_seconds() -> None:
    """What is handed over is dated in seconds instead of milliseconds."""
    _hand_over(lambda handover: replace(handover, timestamp_ms=handover.timestamp_ms // 1000))


@twin("handover-without-its-language", "REQ-25.2")
def handover_without_its_language() -> None:
    """What is handed over is said to be English, whatever was spoken."""
    _hand_over(lambda handover: replace(handover, source_language="en"))


@twin("manner-of-speaking-lost", "BRO-3.9.5")
def manner_of_speaking_lost() -> None:
    """The hand-over says of every sentence that it was spoken neutrally."""
    _hand_over(lambda handover: replace(handover, emotion_dynamics=EmotionDynamics()))


@twin("second-sentence-never-handed-over", "REQ-25.1")
def second_sentence_never_handed_over() -> None:
    """Every second sentence is lost on its way to translation."""
    sentences: dict[str, int] = {}

    def every_other(handover: Handover) -> Handover | None:
        sentences[handover.session_id] = sentences.get(handover.session_id, 0) + 1
        return handover if sentences[handover.session_id] % 2 else None

    _hand_over(every_other)


@twin("handover-waited-for-without-end", "REQ-25.3")
def handover_waited_for_without_end() -> None:
    """A hand-over that is not acknowledged is waited for."""
    put(module, "ACKNOWLEDGED_WITHIN_S", 60.0)


@twin("translation-wakes-up-slowly", "REQ-25.3")
def translation_wakes_up_slowly() -> None:
    """The first sentence of a session is not acknowledged in time, because translation has to wake up."""
    accept = Fanout.accept
    awake: set[str] = set()

    async def wake_up(self: Fanout, handover: Handover) -> None:
        if handover.session_id not in awake:
            awake.add(handover.session_id)
            await asyncio.sleep(0.4)
        await accept(self, handover)

    put(Fanout, "accept", wake_up)


@twin("handover-tried-twice", "REQ-25.4")
def handover_tried_twice() -> None:
    """A failed hand-over is repeated once, not twice."""
    put(module, "CALLS", 2)


@twin("handover-tried-four-times", "REQ-25.4")
def handover_tried_four_times() -> None:
    """A failed hand-over is repeated three times, not twice."""
    put(module, "CALLS", 4)


@twin("handover-repeated-at-once", "REQ-25.4")
def handover_repeated_at_once() -> None:
    """A failed hand-over is repeated without a rest."""
    put(module, "RETRY_AFTER_S", 0.0)


@twin("lost-sentence-goes-unlogged", "REQ-25.5")
def lost_sentence_goes_unlogged() -> None:
    """A sentence that nobody took is dropped without a word."""
    error = Journal.error

    def keep_quiet(self: Journal, operation: str, message: str, **context: Any) -> None:
        if operation != "hand-over":
            error(self, operation, message, **context)

    put(Journal, "error", keep_quiet)


@twin("lost-sentence-takes-the-next-with-it", "REQ-25.5")
def lost_sentence_takes_the_next_with_it() -> None:
    """When a sentence could not be handed over, those after it are lost as well."""
    note, hand_over = Forwarder.note, Forwarder.hand_over
    stopped: set[str] = set()

    def stop(self: Forwarder, handover: Handover, attempt: int, failure: Exception) -> None:
        note(self, handover, attempt, failure)
        if attempt == module.CALLS:
            stopped.add(handover.session_id)

    async def hand_over_unless_stopped(self: Forwarder, handover: Handover, since_s: float) -> None:
        if handover.session_id not in stopped:
            await hand_over(self, handover, since_s)

    put(Forwarder, "note", stop)
    put(Forwarder, "hand_over", hand_over_unless_stopped)


@twin("handover-late-by-120-ms", "REQ-21.4")
def handover_late_by_120_ms() -> None:
    """A result waits 120 ms before it is handed over."""
    work_off = Forwarder.work_off

    async def work_off_late(self: Forwarder, session_id: str, queue: deque[tuple[Handover, float]]) -> None:
        await asyncio.sleep(0.12)
        await work_off(self, session_id, queue)

    put(Forwarder, "work_off", work_off_late)
