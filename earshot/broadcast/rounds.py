"""What people do again and again while it is timed: a round of it, as often as a verdict needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING

from hamcrest import has_length

from earshot.broadcast.acts import ASK_STATUS, CHANGE_LANGUAGE, HEARTBEAT, PAUSE
from earshot.broadcast.planned import PlannedSpeakers
from earshot.broadcast.recogniser import Result, in_turn
from earshot.broadcast.speaker import CHUNK_MS, Speaker
from earshot.broadcast.timed import CONTROLS

if TYPE_CHECKING:
    from earshot.broadcast.system import Broadcast

Round = Callable[["Broadcast", PlannedSpeakers], object]
"""What those who speak in a broadcast do in one round."""

CONTROL_EVERY_S = 0.2
"""Between controls of one speaker, at least: far below the limit of ten a second."""
CONTROLS_A_SECOND = 100
"""Of everybody together; what a service does under load is another question."""
PAUSE_EVERY_S = 0.05
"""Between pauses of one speaker and of the next."""
VOLUME_EVERY_S = 0.25
QUESTION_EVERY_S = 0.6
"""Below the limit of two a second."""
HEARTBEAT_EVERY_S = 0.2
CHANGE_EVERY_S = 0.2
"""Between changes of language of one listener."""
COME_EVERY_S = 0.1
"""Between people who come, go, or move; each does so whether or not those before are in."""
HEARD_WITHIN_S = 20.0
"""Of a sentence: far more than the seven seconds that it may take at most (BRO-8.1.19)."""
A_WORD_S = 0.1
"""What is said before each round of recognised sentences: a recogniser that hears nothing for a minute is closed."""


def speak(_: Broadcast, planned: PlannedSpeakers, *, duration_s: float, piece_ms: float = CHUNK_MS) -> None:
    """Everybody speaks for so long at the pace of speech."""
    planned.speak(duration_s, piece_ms=int(piece_ms))


def speaking_through_a_stall(duration_s: float, still_s: float) -> Round:
    """One speaks, and halfway through the first round the service stands still for so long."""
    first = iter((True,))

    def speak_through_it(broadcast: Broadcast, planned: PlannedSpeakers) -> None:
        [session_id] = [speaker.session_id for speaker in planned.speakers]
        order = partial(broadcast.stage.control.order, "handler", "stall", times=1, action="sendAudio")
        stall = partial(order, seconds=still_s, session_id=session_id)
        planned.speak(duration_s, halfway=stall if next(first, False) else None)

    return speak_through_it


def use_every_control(_: Broadcast, planned: PlannedSpeakers, *, times: int = 1) -> None:
    """Everybody uses every control so many times."""
    planned.ask(CONTROLS, times=times, every_s=max(CONTROL_EVERY_S, len(planned.speakers) / CONTROLS_A_SECOND))


def pause(_: Broadcast, planned: PlannedSpeakers) -> None:
    """Everybody pauses, one after the other."""
    planned.ask([PAUSE], every_s=len(planned.speakers) * PAUSE_EVERY_S)


def ask_for_status(_: Broadcast, planned: PlannedSpeakers, *, times: int, within_s: float | None = None) -> None:
    """Everybody asks for the status so many times, evenly over this time."""
    planned.ask([ASK_STATUS], times=times, every_s=QUESTION_EVERY_S if within_s is None else within_s / times)


def send_heartbeats(_: Broadcast, planned: PlannedSpeakers, *, count: int) -> None:
    """Everybody sends so many heartbeats."""
    planned.ask([HEARTBEAT], times=count, every_s=HEARTBEAT_EVERY_S)


def turn_volume(_: Broadcast, planned: PlannedSpeakers, *, low: float, high: float, times: int) -> None:
    """Everybody turns the volume to and fro while speaking."""
    planned.speak_and_turn_volume([low, high], times=times, every_s=VOLUME_EVERY_S)


def change_language(broadcast: Broadcast, planned: PlannedSpeakers, *, one: str, other: str, times: int) -> None:
    """Every listener without a name changes to and fro between two languages."""
    changes = [CHANGE_LANGUAGE.having(targetLanguage=language) for language in (one, other)]
    planned.listeners[broadcast.the_speaker().name] = broadcast.unnamed_listeners_present()
    planned.listeners_ask(changes, times=times, every_s=CHANGE_EVERY_S)


def move(_: Broadcast, planned: PlannedSpeakers) -> None:
    """Everybody moves to a new connection, one soon after the other."""

    def moves(speaker: Speaker) -> None:
        speaker.moves_to_a_new_connection()
        speaker.closes_the_old_connection()

    planned.in_turn(planned.speakers, moves, every_s=COME_EVERY_S)


def say(broadcast: Broadcast, planned: PlannedSpeakers, *, count: int) -> None:
    """One says so many sentences, and the only listener there is hears them."""
    [speaker], [listener] = planned.speakers, broadcast.listeners()
    texts = [clip.text for clip in islice(cycle(broadcast.stage.samples.translated()), count)]
    speaker.says_in_turn(texts)
    for text in texts:
        listener.hears(text, listener.language, patience_s=HEARD_WITHIN_S)


def start(broadcast: Broadcast, planned: PlannedSpeakers, *, count: int, language: str) -> None:
    """So many people start a broadcast, one soon after the other."""
    planned.in_turn(broadcast.more_speakers(count), lambda who: who.starts_broadcasting(language), every_s=COME_EVERY_S)


def join(broadcast: Broadcast, planned: PlannedSpeakers, *, count: int, language: str) -> None:
    """So many people join, one soon after the other."""
    session_id = broadcast.the_speaker().session_id
    planned.in_turn(broadcast.more_listeners(count), lambda who: who.joins(session_id, language), every_s=COME_EVERY_S)


def leave(broadcast: Broadcast, planned: PlannedSpeakers, *, count: int, language: str) -> None:
    """So many people start a broadcast, one soon after the other, and leave as soon as each has a listener."""
    speakers = broadcast.more_speakers(count)
    planned.listeners |= {s.name: [of] for s, of in zip(speakers, broadcast.more_listeners(count), strict=True)}

    def comes_and_goes(speaker: Speaker) -> None:
        [listener] = planned.listeners[speaker.name]
        speaker.starts_broadcasting(language)
        listener.joins(speaker.session_id, "es")
        speaker.leaves()
        listener.learns_of_the_end()

    planned.in_turn(speakers, comes_and_goes, every_s=COME_EVERY_S)


def understand_new(
    broadcast: Broadcast,
    speaker: str,
    *,
    count: int,
    within_s: float,
    manner: Callable[[Sequence[Result]], Sequence[Result]],
) -> None:
    """The speaker's recogniser understands new sentences until all were heard, or else handed over."""
    results = in_turn(broadcast.translation.new_sentences(count), within_s=within_s)
    known, recogniser = len(broadcast.handovers.all()), broadcast.recogniser(speaker)
    broadcast.speaker(speaker).speaks_for(A_WORD_S)
    recogniser.reports(manner(results))
    if broadcast.audience.listeners:
        broadcast.audience_has_heard(recogniser.due_ns)
    else:
        broadcast.handovers.come_to(has_length(known + count))
