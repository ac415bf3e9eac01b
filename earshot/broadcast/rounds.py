"""What people do again and again while it is timed: a round of it, as often as a verdict needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from hamcrest import has_length

from earshot.broadcast.acts import ASK_STATUS, CHANGE_LANGUAGE, HEARTBEAT
from earshot.broadcast.ensemble import Ensemble
from earshot.broadcast.recogniser import Result, in_turn
from earshot.broadcast.speaker import CHUNK_MS
from earshot.broadcast.timed import CONTROLS

if TYPE_CHECKING:
    from earshot.broadcast.system import Broadcast

Round = Callable[["Broadcast", Ensemble], object]
"""What those who speak in a broadcast do in one round."""

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


def speak(_: Broadcast, ensemble: Ensemble, *, duration_s: float, piece_ms: float = CHUNK_MS) -> None:
    """Everybody speaks for so long at the pace of speech."""
    ensemble.speak(duration_s, piece_ms=int(piece_ms))


def speaking_through_a_stall(duration_s: float, still_s: float) -> Round:
    """One speaks, and halfway through the first round the service stands still for so long."""
    first = iter((True,))

    def speak_through_it(broadcast: Broadcast, ensemble: Ensemble) -> None:
        [session_id] = [speaker.session_id for speaker in ensemble.speakers]
        order = partial(broadcast.stage.control.order, "handler", "stall", times=1, action="sendAudio")
        stall = partial(order, seconds=still_s, session_id=session_id)
        ensemble.speak(duration_s, halfway=stall if next(first, False) else None)

    return speak_through_it


def use_every_control(_: Broadcast, ensemble: Ensemble) -> None:
    """Everybody uses every control once."""
    ensemble.ask(CONTROLS, every_s=CONTROL_EVERY_S)


def ask_for_status(_: Broadcast, ensemble: Ensemble, *, times: int, within_s: float | None = None) -> None:
    """Everybody asks for the status so many times, evenly over this time."""
    ensemble.ask([ASK_STATUS], times=times, every_s=QUESTION_EVERY_S if within_s is None else within_s / times)


def send_heartbeats(_: Broadcast, ensemble: Ensemble, *, count: int) -> None:
    """Everybody sends so many heartbeats."""
    ensemble.ask([HEARTBEAT], times=count, every_s=HEARTBEAT_EVERY_S)


def turn_volume(_: Broadcast, ensemble: Ensemble, *, low: float, high: float, times: int) -> None:
    """Everybody turns the volume to and fro while speaking."""
    ensemble.speak_and_turn_volume([low, high], times=times, every_s=VOLUME_EVERY_S)


def change_language(broadcast: Broadcast, ensemble: Ensemble, *, one: str, other: str, times: int) -> None:
    """Every listener without a name changes to and fro between two languages."""
    changes = [CHANGE_LANGUAGE.having(targetLanguage=language) for language in (one, other)]
    ensemble.listeners[broadcast.the_speaker().name] = broadcast.unnamed_listeners_present()
    ensemble.listeners_ask(changes, times=times, every_s=CHANGE_EVERY_S)


def move(_: Broadcast, ensemble: Ensemble) -> None:
    """Everybody moves to a new connection, one after the other."""
    for speaker in ensemble.speakers:
        speaker.moves_to_a_new_connection()
        speaker.closes_the_old_connection()


def say(broadcast: Broadcast, ensemble: Ensemble, *, count: int) -> None:
    """One says so many sentences, and the only listener there is hears them."""
    [speaker], [listener] = ensemble.speakers, broadcast.listeners()
    texts = [clip.text for clip in broadcast.stage.samples.prompts("en")[:count]]
    speaker.says_in_turn(texts)
    for text in texts:
        listener.hears(text, listener.language)


def start(broadcast: Broadcast, _: Ensemble, *, count: int, language: str) -> None:
    """So many people start a broadcast, one after the other."""
    broadcast.more_speakers(count, language)


def join(broadcast: Broadcast, _: Ensemble, *, count: int, language: str) -> None:
    """So many people join, one after the other."""
    for listener in broadcast.more_listeners(count):
        listener.joins(broadcast.the_speaker().session_id, language)


def leave(broadcast: Broadcast, _: Ensemble, *, count: int, language: str) -> None:
    """So many people start a broadcast, one after the other, and leave as soon as each has a listener."""
    for speaker in broadcast.more_speakers(count, language):
        listener = broadcast.finds_a_listener(speaker)
        speaker.leaves()
        listener.learns_of_the_end()


def understand_new(
    broadcast: Broadcast,
    speaker: str,
    *,
    count: int,
    within_s: float,
    manner: Callable[[Sequence[Result]], Sequence[Result]],
) -> None:
    """The speaker's recogniser understands new sentences until all were heard, or else handed over."""
    results = in_turn(broadcast.interpreters.new_sentences(count), within_s=within_s)
    known, recogniser = len(broadcast.handovers.all()), broadcast.recogniser(speaker)
    broadcast.speaker(speaker).speaks_for(A_WORD_S)
    recogniser.reports(manner(results))
    if broadcast.hall.listeners:
        broadcast.audience_has_heard(recogniser.due_ns)
    else:
        broadcast.handovers.come_to(has_length(known + count))
