"""What people do again and again while it is timed: a round of it, as often as a verdict needs.

A plan is made once, by whoever acts in it, and returns its round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hamcrest import has_length

from earshot.broadcast import acts
from earshot.broadcast.acts import Act
from earshot.broadcast.ensemble import Ensemble
from earshot.broadcast.recogniser import Result, in_turn
from earshot.broadcast.speaker import CHUNK_MS
from earshot.broadcast.timed import CONTROLS

if TYPE_CHECKING:
    from earshot.broadcast.system import Broadcast

Round = Callable[[], object]
Plan = Callable[["Broadcast", Ensemble], Round]

CONTROL_EVERY_S = 0.9
"""Far below the limit of ten a second; what a service does under load is another question."""
VOLUME_EVERY_S = 0.25
QUESTION_EVERY_S = 0.6
"""Below the limit of two a second."""
HEARTBEAT_EVERY_S = 0.2
CHANGE_EVERY_S = 0.2
"""Between changes of language of one listener."""
A_WORD_S = 0.1
"""What is said before each round of recognised sentences: a recogniser that hears nothing for a minute is closed."""


def speaking(duration_s: float, piece_ms: float = CHUNK_MS) -> Plan:
    """Everybody speaks for so long at the pace of speech."""
    return lambda _, ensemble: lambda: ensemble.speak(duration_s, piece_ms=int(piece_ms))


def speaking_through_a_stall(duration_s: float, still_s: float) -> Plan:
    """One speaks, and halfway through the first round the service stands still for so long."""

    def plan(broadcast: Broadcast, ensemble: Ensemble) -> Round:
        [session_id] = [speaker.session_id for speaker in ensemble.speakers]

        def stall() -> None:
            broadcast.stage.control.order(
                "handler", "stall", times=1, action="sendAudio", seconds=still_s, session_id=session_id
            )

        stalls = iter([stall])
        return lambda: ensemble.speak(duration_s, halfway=next(stalls, None))

    return plan


def using_every_control() -> Plan:
    """Everybody uses every control once."""
    return _asking(CONTROLS, every_s=CONTROL_EVERY_S)


def asking_for_status(times: int, within_s: float | None = None) -> Plan:
    """Everybody asks for the status so many times, evenly over this time."""
    return _asking([acts.ASK_STATUS], times, every_s=QUESTION_EVERY_S if within_s is None else within_s / times)


def sending_heartbeats(count: int) -> Plan:
    """Everybody sends so many heartbeats."""
    return _asking([acts.HEARTBEAT], count, every_s=HEARTBEAT_EVERY_S)


def turning_volume(low: float, high: float, times: int) -> Plan:
    """Everybody turns the volume to and fro while speaking."""
    return lambda _, ensemble: lambda: ensemble.speak_and_turn_volume([low, high], times=times, every_s=VOLUME_EVERY_S)


def changing_language(one: str, other: str, times: int) -> Plan:
    """Every listener without a name changes to and fro between two languages."""
    changes = [acts.CHANGE_LANGUAGE.having(targetLanguage=language) for language in (one, other)]

    def plan(broadcast: Broadcast, ensemble: Ensemble) -> Round:
        ensemble.listeners[broadcast.the_speaker().name] = broadcast.unnamed_listeners_present()
        return lambda: ensemble.listeners_ask(changes, times=times, every_s=CHANGE_EVERY_S)

    return plan


def moving() -> Plan:
    """Everybody moves to a new connection, one after the other."""

    def move(ensemble: Ensemble) -> None:
        for speaker in ensemble.speakers:
            speaker.moves_to_a_new_connection()
            speaker.closes_the_old_connection()

    return lambda _, ensemble: lambda: move(ensemble)


def saying(count: int) -> Plan:
    """One says so many sentences, and the only listener there is hears them."""

    def plan(broadcast: Broadcast, ensemble: Ensemble) -> Round:
        [speaker], [listener] = ensemble.speakers, broadcast.listeners()
        texts = [clip.text for clip in broadcast.stage.samples.prompts("en")[:count]]

        def say() -> None:
            speaker.says_in_turn(texts)
            for text in texts:
                listener.hears(text, listener.language)

        return say

    return plan


def starting(count: int, language: str) -> Plan:
    """So many people start a broadcast, one after the other."""
    return lambda broadcast, _: lambda: broadcast.more_speakers(count, language)


def joining(count: int, language: str) -> Plan:
    """So many people join, one after the other."""

    def join(broadcast: Broadcast) -> None:
        for listener in broadcast.more_listeners(count):
            listener.joins(broadcast.the_speaker().session_id, language)

    return lambda broadcast, _: lambda: join(broadcast)


def leaving(count: int, language: str) -> Plan:
    """So many people start a broadcast, one after the other, and leave as soon as each has a listener."""

    def leave(broadcast: Broadcast) -> None:
        for speaker in broadcast.more_speakers(count, language):
            listener = broadcast.finds_a_listener(speaker)
            speaker.leaves()
            listener.learns_of_the_end()

    return lambda broadcast, _: lambda: leave(broadcast)


def understanding(
    broadcast: Broadcast, speaker: str, count: int, within_s: float, as_said: Callable[[Sequence[Result]], list[Result]]
) -> Round:
    """Return a round in which a recogniser understands new sentences until all were heard, or else handed over."""
    recogniser = broadcast.recogniser(speaker)

    def understand() -> None:
        texts = broadcast.interpreters.new_sentences(count)
        known = len(broadcast.handovers.all())
        broadcast.speaker(speaker).speaks_for(A_WORD_S)
        recogniser.reports(as_said(in_turn(texts, within_s=within_s)))
        if broadcast.hall.listeners:
            broadcast.audience_has_heard(recogniser.due_ns)
        else:
            broadcast.handovers.come_to(has_length(known + count))

    return understand


def _asking(asked: Sequence[Act], times: int = 1, *, every_s: float) -> Plan:
    return lambda _, ensemble: lambda: ensemble.ask(asked, times=times, every_s=every_s)
