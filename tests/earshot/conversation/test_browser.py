"""What the page decides and when, with a clock and sounds made for it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from earshot.audio import signals
from earshot.audio.clips import SAMPLE_RATE_HZ
from earshot.conversation.browser.display import Display
from earshot.conversation.browser.identity import PATTERN, new_session_id
from earshot.conversation.browser.playback import PlaybackGate
from earshot.conversation.browser.reconnect import Reconnect, retry_after_s
from earshot.conversation.browser.recorder import COMPLETION, STREAMING
from earshot.conversation.browser.voice_activity import Event, Loudness, Thresholds, VoiceActivity, loudness, loudnesses

DEFAULT = Thresholds.at()


def voice(duration_s: float, rms: float = 0.1) -> signals.Samples:
    return signals.tone(200, duration_s, amplitude=rms * 2**0.5)


def events(*parts: signals.Samples) -> list[tuple[str, float]]:
    detector = VoiceActivity(DEFAULT)
    sound = np.concatenate(parts)
    return [(e.value, round(at_s, 2)) for at_s, rms in loudnesses(sound) if (e := detector.observe(at_s, rms))]


# ---- loudness


@pytest.mark.parametrize(
    ("sensitivity", "silence", "speech"), [(0.0, 0.005, 0.03), (0.5, 0.0075, 0.06), (1.0, 0.01, 0.09)]
)
def test_thresholds_grow_with_sensitivity(sensitivity: float, silence: float, speech: float) -> None:
    thresholds = Thresholds.at(sensitivity)
    assert (thresholds.silence, thresholds.speech) == pytest.approx((silence, speech))


def test_a_sensitivity_is_from_0_to_1() -> None:
    with pytest.raises(ValueError, match=r"not 1\.1"):
        Thresholds.at(1.1)


@pytest.mark.parametrize(
    ("rms", "taken_for"),
    [(0.004, "silence"), (0.0075, "noise"), (0.03, "noise"), (0.06, "noise"), (0.061, "speech"), (0.1, "speech")],
)
def test_what_a_window_is_taken_for(rms: float, taken_for: str) -> None:
    assert DEFAULT.classify(rms) is Loudness(taken_for)


def test_loudness_is_the_rms_of_full_scale() -> None:
    assert loudness(voice(0.5, 0.1)) == pytest.approx(0.1, rel=0.01)
    assert loudness(signals.silence(0.1)) == loudness(signals.silence(0)) == 0


def test_windows_come_60_times_a_second_and_are_2048_samples_of_48_khz() -> None:
    click = signals.silence(1)
    click[SAMPLE_RATE_HZ // 2] = 30_000
    found = [at_s for at_s, rms in loudnesses(click) if rms > 0]
    assert len(list(loudnesses(click))) == 60
    assert found[0] > 0.5
    assert len(found) == 60 * 2048 // 48_000


# ---- turns


def test_speech_starts_at_once_and_ends_300_ms_after_it() -> None:
    started, ended = events(signals.silence(0.5), voice(0.5), signals.silence(1))
    assert started == ("started", pytest.approx(0.52, abs=0.03))
    assert ended == ("ended", pytest.approx(1.3, abs=0.06))


@pytest.mark.parametrize(("pause_s", "ends"), [(0.2, 1), (0.4, 2)])
def test_a_short_pause_ends_nothing(pause_s: float, ends: int) -> None:
    happened = events(voice(0.5), signals.silence(pause_s), voice(0.5), signals.silence(1))
    assert [name for name, _ in happened] == ["started", "ended"] * ends


def test_noise_neither_starts_nor_prolongs_speech() -> None:
    assert events(voice(1, 0.03)) == []
    assert events(voice(0.5), voice(1, 0.03))[-1] == ("ended", pytest.approx(0.8, abs=0.06))


def test_what_was_said_can_be_forgotten() -> None:
    detector = VoiceActivity(DEFAULT)
    assert detector.observe(0.0, 0.1) is Event.STARTED
    detector.forget()
    assert not detector.is_speaking
    assert detector.observe(1.0, 0.0) is None


# ---- playback


@pytest.mark.parametrize(("rms", "admitted"), [(0.0, False), (0.07, False), (0.09, False), (0.091, True), (0.12, True)])
def test_only_a_loud_voice_interrupts_an_answer(rms: float, admitted: bool) -> None:
    gate = PlaybackGate(DEFAULT)
    gate.plays(at_s=10, lasts_s=2)
    assert gate.admits(11, rms) is admitted
    assert gate.is_playing(11) is not admitted
    assert gate.interruptions == int(admitted)


def test_everything_is_admitted_before_and_after_an_answer() -> None:
    gate = PlaybackGate(DEFAULT)
    assert gate.admits(9, 0.0)
    gate.plays(at_s=10, lasts_s=2)
    assert gate.admits(12, 0.0)
    assert gate.interruptions == 0


def test_a_second_answer_is_spoken_after_the_first() -> None:
    gate = PlaybackGate(DEFAULT)
    gate.plays(at_s=10, lasts_s=2)
    gate.plays(at_s=11, lasts_s=2)
    assert gate.ends_s == 14


# ---- connecting again


def test_attempts_are_further_and_further_apart_and_ten_at_most() -> None:
    reconnect = Reconnect()
    rests = [reconnect.delay_s(1006 if attempt == 0 else None) for attempt in range(11)]
    assert [round(rest, 1) for rest in rests[:10] if rest] == [2, 3, 4.5, 6.8, 10.1, 15.2, 22.8, 30, 30, 30]
    assert rests[10] is None
    assert reconnect.has_given_up


def test_an_open_connection_resets_the_count() -> None:
    reconnect = Reconnect()
    for _ in range(4):
        reconnect.delay_s(1006)
    reconnect.opened()
    assert reconnect.delay_s(1011) == 2


@pytest.mark.parametrize("code", [1000, 1001])
def test_nobody_tries_again_after_an_orderly_end(code: int) -> None:
    reconnect = Reconnect()
    assert reconnect.delay_s(code) is None
    assert not reconnect.has_given_up


def test_requests_are_made_again_three_times_where_that_may_help() -> None:
    assert [retry_after_s(retries, 503) for retries in range(4)] == [1, 2, 4, None]
    assert [retry_after_s(0, status) for status in (408, 429, 500, 502, 504)] == [1] * 5
    assert [retry_after_s(0, status) for status in (200, 400, 404, 501)] == [None] * 4


# ---- the rest


def test_sessions_are_named_as_pages_name_them() -> None:
    chance = random.Random(1)
    names = {new_session_id(1_765_000_000_000, chance) for _ in range(100)}
    assert len(names) == 100
    assert all(PATTERN.fullmatch(name) for name in names)


def test_recorders_hand_over_pieces_at_their_times() -> None:
    sound = voice(0.6)
    assert STREAMING.due_s() == pytest.approx([0, 0.05, 0.1, 0.15, 0.2])
    assert STREAMING.in_real_time().due_s() == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert [len(piece) for piece in COMPLETION.cut(sound)] == [3200] * 3
    with pytest.raises(ValueError, match="600 ms of sound, but there are 599"):
        COMPLETION.cut(sound[:-1])


def answer(**members: object) -> dict[str, object]:
    full = {"transcription": "Hello?", "response": "Hello!", "backend_used": "llama", "error": None}
    return {"type": "chatbot_response", **full, **members}


def shown(display: Display) -> list[tuple[str, str]]:
    return [(line.who, line.words) for line in display.lines]


def test_a_question_is_a_placeholder_until_it_is_understood() -> None:
    display = Display()
    display.turn_ended()
    assert shown(display) == [("You", "…")]
    assert display.told(answer()) == "Hello!"
    assert shown(display) == [("You", "Hello?"), ("llama", "Hello!")]


def test_an_error_is_shown_and_not_spoken() -> None:
    display = Display()
    display.turn_ended()
    assert display.told(answer(response=None, backend_used="unknown", error="All are unavailable.")) is None
    assert shown(display) == [("You", "Hello?"), ("Error", "All are unavailable.")]
    display.turn_ended()
    display.told({"type": "error", "message": "There is no audio data."})
    assert shown(display)[2:] == [("Error", "There is no audio data.")]


def test_what_was_not_understood_is_taken_off_the_page() -> None:
    display = Display()
    display.turn_ended()
    display.told(answer(transcription="", response=None, backend_used="none", error="No speech."))
    assert shown(display) == [("Error", "No speech.")]


@pytest.mark.parametrize("type_", ["chunk_received", "segment_processed", "session_ack", "transcription"])
def test_the_rest_is_not_shown(type_: str) -> None:
    display = Display()
    assert display.told({"type": type_, "text": "Hello"}) is None
    assert shown(display) == []
