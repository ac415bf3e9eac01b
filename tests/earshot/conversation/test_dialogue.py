"""The page that shows a conversation."""

from __future__ import annotations

import numpy as np

from earshot.audio import signals
from earshot.audio.clips import Clip
from earshot.conversation.dialogue import MOST_TURNS, dialogue_page
from earshot.conversation.turns import Turn
from earshot.conversation.user import Exchange, Spoken
from earshot.ledger import Kind, Observation


def clip(words: str) -> Clip:
    return Clip("id", words, "en", signals.tone(440, 0.2), None)  # type: ignore[arg-type]


def said(words: str, *, script: str | None = None) -> Spoken:
    return Spoken("Ana", 1, clip(words), signals.tone(440, 0.2), words, script)


def turn(number: int = 1, **message: object) -> Turn:
    ended = Observation(0, "Ana", "Ana", Kind.SENT, message={"type": "segment_end"})
    result = Observation(250_000_000, "Ana", "Ana", Kind.RECEIVED, message=message)
    return Turn(number, ended, result, result)


def answer(**members: object) -> dict[str, object]:
    full = {"transcription": "Tell me <more>.", "response": "A & B.", "backend_used": "llama", "error": None}
    return {"type": "chatbot_response", **full, **members}


def page(spoken: tuple[Spoken, ...], made: Turn | None, session: str = "ana-1") -> str:
    return dialogue_page([Exchange("Ana", "Ana", session, spoken, made)])


def test_a_turn_shows_what_was_said_understood_and_answered() -> None:
    html = page((said("Tell me <more>."),), turn(**answer()))
    assert "1 turn, 1 answered." in html
    assert "session ana-1" in html
    assert "<audio" in html
    assert "same words" in html
    assert "Llama answered" in html and "after 0.25 s" in html
    assert "A &amp; B." in html
    assert "<more>" not in html and "<script" not in html


def test_what_was_misunderstood_is_marked() -> None:
    assert "different words: 1 missing" in page((said("Tell me <more> now."),), turn(**answer()))


def test_what_a_script_decides_is_not_held_against_what_was_said() -> None:
    html = page((said("Quite something else.", script="Tell me <more>."),), turn(**answer()))
    assert "same words" in html and "a recogniser that follows a script" in html


def test_a_turn_without_an_answer_says_why() -> None:
    none = answer(response=None, backend_used="none", transcription="", error="No speech.")
    html = page((said("Tell me <more>."),), turn(**none))
    assert "0 answered" in html and "No answer: nothing was understood" in html and "No speech." in html
    html = page((), turn(type="error", message="There is no audio data."))
    assert "ended the turn without having said anything" in html and "There is no audio data." in html


def test_a_turn_that_goes_on_is_shown_as_such() -> None:
    html = page((said("Tell me <more>."),), None, session="")
    assert "The turn was not ended" in html and "no session named" in html


def test_sentences_of_one_turn_are_understood_together() -> None:
    html = page((said("One."), said("Two.")), turn(**answer(transcription="One. Two.")))
    assert "Understood together as “One. Two.”" in html and html.count("<audio") == 2


def test_sounds_without_words_are_not_judged() -> None:
    quiet = Spoken("Ana", 1, None, np.zeros(1600, dtype=np.int16), "a sound without words")
    html = page((quiet,), turn(**answer(response=None, backend_used="none", transcription="", error="No speech.")))
    assert "Ana sent a sound without words" in html and "verdict good" not in html and "verdict bad" not in html


def test_of_many_turns_the_ordinary_ones_in_the_middle_are_left_out() -> None:
    many = [Exchange("Ana", "Ana", "ana-1", (), turn(number, **answer())) for number in range(MOST_TURNS + 5)]
    many[20] = Exchange("Ana", "Ana", "ana-1", (), turn(21, type="error", message="Lost in the middle."))
    html = dialogue_page(many)
    assert "answered turn" in html and "left out here" in html and "Lost in the middle." in html
