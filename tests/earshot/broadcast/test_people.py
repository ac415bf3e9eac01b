"""What people in a broadcast insist on: the answer, the right sound, and nothing beyond."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hamcrest import equal_to

from earshot.audio.clips import Clip, SampleLibrary
from earshot.broadcast import attempts
from earshot.broadcast.acts import ASK_STATUS, HEARTBEAT, MUTE
from earshot.broadcast.listener import Listener
from earshot.broadcast.news import News
from earshot.failures import Inconclusive
from earshot.ledger import Kind
from tests.earshot.cast_kit import FakeLeg, Message, a_scene, connected

LIBRARY = SampleLibrary(Path(__file__).parents[3] / "audio_samples")
BREAK = LIBRARY.prompt("short-break", "es")
ENGLISH = next(clip.text for clip in LIBRARY.translated() if LIBRARY.phrase_id(clip.text) == "short-break")
ERROR = {"type": "error", "code": "FORBIDDEN", "statusCode": 403, "message": "no"}
MUTED = {"type": "broadcastMuted", "sessionId": "s", "timestamp": 1}
ACK = {"type": "heartbeatAck", "timestamp": 1}
SOON_S = 0.01


@pytest.fixture
def lena() -> Listener:
    lena, leg = connected(a_scene(samples=LIBRARY), "Lena", Listener)
    lena.language = "es"
    leg.answers = lambda message: [ACK] if message["action"] == "heartbeat" else []
    return lena


@pytest.fixture
def leg(lena: Listener) -> FakeLeg:
    return lena.legs[0]  # type: ignore[return-value]


def audio(number: int = 1, *, clip: Clip = BREAK, caption: str = BREAK.text) -> Message:
    sound = base64.b64encode(clip.samples.tobytes()).decode()
    return {"type": "audio", "transcript": caption, "audioData": sound, "sequenceNumber": number, "duration": 2.0}


def under_way(leg: FakeLeg, late: Message) -> None:
    """Let a message arrive just before the answer to the next heartbeat."""
    leg.answers = lambda message: [late, ACK] if message["action"] == "heartbeat" else []


# -- asking


def test_an_error_is_no_answer(lena: Listener, leg: FakeLeg) -> None:
    leg.answers = lambda _: [ERROR]
    with pytest.raises(AssertionError, match="expected broadcastMuted, but got the error FORBIDDEN"):
        lena.asks(MUTE)


def test_a_service_that_had_no_time_is_asked_again_but_not_for_ever(
    lena: Listener, leg: FakeLeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "AGAIN_AFTER_S", SOON_S)
    lena._scene.contracts = {"broadcast": SimpleNamespace(codes_of=lambda code: {code})}  # type: ignore[dict-item]
    busy, asked = ERROR | {"code": "TIMEOUT"}, {"type": "sessionStatus", "updateReason": "requested"}
    answers = iter([busy, asked])
    leg.answers = lambda _: [next(answers)]
    assert lena.asks(ASK_STATUS, again_on="TIMEOUT").message == asked
    for error, again_on in ((busy, "TIMEOUT"), (busy, ""), (ERROR, "TIMEOUT")):
        leg.answers = lambda _, error=error: [error]  # type: ignore[misc]
        with pytest.raises(AssertionError, match=f"but got the error {error['code']}"):
            lena.asks(ASK_STATUS, again_on=again_on, patience_s=5 * SOON_S)


def test_what_comes_of_its_own_accord_answers_nothing(lena: Listener, leg: FakeLeg) -> None:
    regular, asked = ({"type": "sessionStatus", "updateReason": why} for why in ("periodic", "requested"))
    leg.answers = lambda _: [regular, asked]
    assert lena.asks(ASK_STATUS).message == asked


def test_a_refusal_is_one_and_unclaimed_it_is_a_surprise(lena: Listener, leg: FakeLeg) -> None:
    lena._keep_outcome(leg.gets(MUTED), leg.keeps(Kind.SENT))
    with pytest.raises(AssertionError, match="was not refused: the service answered with broadcastMuted"):
        lena.refusal()
    lena._keep_outcome(leg.gets(ERROR), leg.keeps(Kind.SENT))
    assert lena._scene.surprises.news() == []
    assert len(lena._scene.surprises.news(at_the_end=True)) == 1
    assert lena.refusal().status == 403


def test_who_is_to_be_let_in_may_not_be_refused(lena: Listener, leg: FakeLeg) -> None:
    with pytest.raises(AssertionError, match="expected sessionJoined, but was refused: FORBIDDEN"):
        lena._insist_on("sessionJoined", leg.gets(ERROR))


# -- being told


def test_the_same_news_is_not_learnt_twice(lena: Listener, leg: FakeLeg) -> None:
    first = leg.gets(MUTED)
    assert lena.learns("broadcastMuted", since=0) is first
    with pytest.raises(AssertionError, match="broadcastMuted, which never came"):
        lena.learns("broadcastMuted", since=0, patience_s=SOON_S)


def test_news_must_say_what_it_is_to_say(lena: Listener, leg: FakeLeg) -> None:
    leg.gets(MUTED)
    with pytest.raises(AssertionError, match="what Lena is told in broadcastMuted"):
        News("broadcastMuted", equal_to("another"), lambda message: message["sessionId"]).reaches(lena, since=0)


def test_news_that_is_still_under_way_is_news(lena: Listener, leg: FakeLeg) -> None:
    FakeLeg(lena._scene.ledger, "Amina").gets(MUTED)
    assert lena.news_not_accounted_for(since=0) == []
    under_way(leg, MUTED)
    assert lena.news_not_accounted_for(since=0) == ["broadcastMuted"]


def test_who_is_to_be_told_nothing_is_told_nothing(lena: Listener, leg: FakeLeg) -> None:
    lena.stays_untold(SOON_S, since=0)
    leg.gets(MUTED)
    with pytest.raises(AssertionError, match="was to be told nothing, but was told broadcastMuted"):
        lena.stays_untold(SOON_S, since=0)


def test_who_is_to_stay_connected_is_not_disconnected_nor_told_of_an_end(lena: Listener, leg: FakeLeg) -> None:
    leg.keeps(Kind.SENT)
    lena.stays_until(0)
    leg.gets({"type": "sessionEnded", "reason": "over"})
    with pytest.raises(AssertionError, match=r"was told that the session has ended \(over\)"):
        lena.stays_until(0)


def test_being_asked_to_move_early_is_a_failure_and_late_says_nothing(lena: Listener, leg: FakeLeg) -> None:
    leg.keeps(Kind.SENT)
    lena.is_not_asked_to_move_before(0.0, since=0)
    leg.gets({"type": "connectionRefreshRequired"})
    with pytest.raises(AssertionError, match=r"was asked to move .* before 60 s"):
        lena.is_not_asked_to_move_before(60, since=0)
    with pytest.raises(Inconclusive):
        lena.is_not_asked_to_move_before(0.0, since=0)


# -- hearing


def test_what_is_heard_is_taken_and_not_heard_again(lena: Listener, leg: FakeLeg) -> None:
    leg.gets(audio(caption="Otra cosa."))
    first = leg.gets(audio())
    assert lena.hears(ENGLISH, "es").observation is first
    with pytest.raises(AssertionError, match=r'heard "Otra cosa."'):
        lena.hears(ENGLISH, "es", patience_s=SOON_S)


def test_the_caption_is_not_the_sound(lena: Listener, leg: FakeLeg, monkeypatch: pytest.MonkeyPatch) -> None:
    french = LIBRARY.prompt("short-break", "fr")
    monkeypatch.setattr(LIBRARY, "all_recordings", lambda: [french])
    leg.gets(audio(clip=french))
    with pytest.raises(AssertionError, match=r"it was the recording of .*French"):
        lena.hears_the_recording(ENGLISH)


def test_who_is_to_hear_nothing_hears_nothing(lena: Listener, leg: FakeLeg) -> None:
    lena.stays_quiet(SOON_S, since=0)
    leg.gets(audio())
    with pytest.raises(AssertionError, match="was to hear nothing, but heard"):
        lena.stays_quiet(SOON_S, since=0)


def test_what_is_heard_beyond_is_told_also_when_it_is_still_under_way(lena: Listener, leg: FakeLeg) -> None:
    leg.gets(audio())
    lena.hears(ENGLISH, "es")
    lena.hears_nothing_else(SOON_S)
    assert lena.words_not_accounted_for() == []
    under_way(leg, audio(2))
    assert len(lena.words_not_accounted_for()) == 1
    with pytest.raises(AssertionError, match="was to hear nothing else, but heard"):
        lena.hears_nothing_else(SOON_S)


def test_what_is_heard_is_numbered_without_a_gap(lena: Listener, leg: FakeLeg) -> None:
    leg.gets(audio(4))
    leg.gets(audio(5))
    lena.has_heard_in_order()
    leg.gets(audio(7))
    with pytest.raises(AssertionError, match="the numbers of what Lena received"):
        lena.has_heard_in_order()


def test_after_a_gap_the_end_is_heard_and_nothing_else(lena: Listener, leg: FakeLeg) -> None:
    said = [clip.text for clip in LIBRARY.translated()[:4]]
    captions = [LIBRARY.translation(text, "es") for text in said]
    for number in (0, 3):
        leg.gets(audio(caption=captions[number]))
    assert lena.heard_after_gap_s(said) == 2.0
    leg.gets(audio(caption=captions[1]))
    with pytest.raises(AssertionError, match="the beginning and the end of what was said"):
        lena.heard_after_gap_s(said)


def test_a_connection_that_answers_no_more_is_told(lena: Listener, leg: FakeLeg) -> None:
    leg.answers = lambda _: ()
    began_s = time.monotonic()
    with pytest.raises(AssertionError, match=r"waited 0.01 s for heartbeatAck, which never came"):
        lena.asks(HEARTBEAT, patience_s=SOON_S)
    assert time.monotonic() - began_s < 1
