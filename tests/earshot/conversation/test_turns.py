"""The order of a conversation: what is right, and each way in which it can be wrong."""

from __future__ import annotations

import pytest

from earshot.conversation.turns import TurnTaking, is_audio
from earshot.ledger import Kind, Ledger, Observation

Story = tuple[tuple[Kind, str], ...]
ME, SERVICE = Kind.SENT, Kind.RECEIVED
PIECE, ACK = (ME, "audio_chunk"), (SERVICE, "chunk_received")
END, ANSWER, OVER = (ME, "segment_end"), (SERVICE, "chatbot_response"), (SERVICE, "segment_processed")
NAMED, KNOWN, ERROR = (ME, "session"), (SERVICE, "session_ack"), (SERVICE, "error")
ODD = (ME, "sing")


def follow(*story: tuple[Kind, str]) -> tuple[TurnTaking, list[str]]:
    """Return the order after this story, and every complaint about it."""
    ledger, order, complaints = Ledger(), TurnTaking(), []
    for number, (kind, type_) in enumerate(story):
        kept = ledger.keep(Observation(number, "Ana", "Ana", kind, message={"type": type_}))
        complaints += [words for words in [order.follow(kept)] if words]
    return order, complaints


@pytest.mark.parametrize(
    "story",
    [
        pytest.param((NAMED, KNOWN, PIECE, PIECE, ACK, ACK, END, ANSWER, OVER), id="a whole turn"),
        pytest.param((NAMED, PIECE, KNOWN, ACK), id="audio before the confirmation"),
        pytest.param((PIECE, ACK, NAMED, KNOWN), id="audio before the name"),
        pytest.param((NAMED, ERROR, NAMED, KNOWN), id="a name that was refused"),
        pytest.param((NAMED, KNOWN, END, ERROR, OVER), id="an error instead of an answer"),
        pytest.param((PIECE, ACK, END, PIECE, ANSWER, ACK, OVER), id="a confirmation between answer and end"),
        pytest.param((PIECE, END, PIECE, END, ACK, ACK, ANSWER, OVER, ANSWER, OVER), id="two turns at once"),
        pytest.param((PIECE, ACK, END, (SERVICE, "transcription"), ANSWER, OVER), id="something unknown"),
    ],
)
def test_what_is_in_order(story: Story) -> None:
    assert follow(*story)[1] == []


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ((NAMED, PIECE, ACK, KNOWN), "something else had been said before that"),
        ((PIECE, ACK, END, OVER), "turn 1 was declared over without an answer or an error"),
        ((END, ERROR, OVER, END, OVER), "turn 2 was declared over without an answer or an error"),
        ((PIECE, ERROR, END, OVER), "turn 1 was declared over without an answer or an error"),
        ((END, ANSWER, ANSWER, OVER), "came another answer; it should have been declared over first"),
        ((END, ANSWER, ERROR, OVER), "after the answer to a turn came an error"),
    ],
)
def test_what_is_out_of_order(story: Story, words: str) -> None:
    assert words in " | ".join(follow(*story)[1])


def test_each_turn_gets_its_own_result() -> None:
    order, _ = follow(PIECE, ACK, END, END, ANSWER, OVER, ERROR, OVER)
    assert [(turn.result.type, turn.result.number) for turn in order.turns if turn.result] == [
        ("chatbot_response", 4),
        ("error", 6),
    ]


@pytest.mark.parametrize(
    ("story", "unanswered"),
    [
        ((PIECE, PIECE, ACK), 1),
        ((PIECE, PIECE, ACK, ERROR), 0),
        ((END, ERROR, OVER, PIECE), 1),
        ((END, PIECE, ERROR, OVER), 1),
        ((ODD, ERROR, PIECE), 1),
        ((ODD, PIECE, ERROR), 1),
        ((ODD, PIECE, ACK), 0),
        ((NAMED, PIECE, ACK), 0),
        ((NAMED, ERROR, PIECE), 1),
        ((PIECE, ACK, (ME, "close")), 0),
    ],
)
def test_which_pieces_wait_for_an_answer(story: Story, unanswered: int) -> None:
    assert follow(*story)[0].unanswered_pieces() == unanswered


def test_each_piece_has_a_reply_of_its_own() -> None:
    order, _ = follow(PIECE, ACK, PIECE, ERROR, ODD, ERROR, PIECE, ACK)
    assert {asked: reply.number for asked, reply in order.replies.items()} == {0: 1, 2: 3, 4: 5, 6: 7}


@pytest.mark.parametrize(
    ("story", "open_"),
    [((PIECE, ERROR), False), ((END, ERROR), True), ((END, ERROR, OVER), False), ((END, ANSWER, OVER, ERROR), False)],
)
def test_whether_an_error_may_yet_be_the_result_of_a_turn(story: Story, open_: bool) -> None:
    assert follow(*story)[0].latest_error_may_be_a_result() is open_


def test_the_error_of_a_turn_is_no_reply_to_the_piece_after_it() -> None:
    order, _ = follow(END, PIECE, ERROR, OVER, ACK)
    assert {asked: reply.number for asked, reply in order.replies.items()} == {1: 4}


def test_bytes_are_audio_and_garbled_text_is_not() -> None:
    sent = Observation(0, "Ana", "Ana", Kind.SENT, payload=b"")
    assert not is_audio(sent)
    assert is_audio(Observation(0, "Ana", "Ana", Kind.SENT, is_binary=True))
