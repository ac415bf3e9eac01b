"""Matchers about logs, alarms, durations and loudness say no where they should, and pass nothing vacuously."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest
from hamcrest import assert_that

from earshot.broadcast.matchers.alarms import raise_alarm
from earshot.broadcast.secrets import audio_secrets
from earshot.ledger import Kind, Ledger, Observation
from earshot.matchers.log_lines import gives_away_none_of, says_often, tells_of
from earshot.matchers.loudness import ends_with_sound_at
from earshot.matchers.moments import lasting
from earshot.targets.logs import Entry
from earshot.targets.metrics import Alarm


def entry(message: str) -> Entry:
    return Entry(f'{{"message": "{message}"}}', "t", "INFO", "gateway", "send", message, None, {})


def alarm(metric: str, threshold: float, *, period_s: int = 60, periods: int = 5) -> Alarm:
    return Alarm(
        "x-critical", "critical: x", metric, [metric], "p95", threshold, "GreaterThanThreshold", period_s, periods
    )


def test_a_line_must_contain_all_the_words_and_there_must_be_one() -> None:
    assert tells_of("Pause", "lost").matches([entry("nothing"), entry("pause lost")])
    assert not tells_of("pause", "lost").matches([entry("pause"), entry("lost")])
    assert not tells_of("pause").matches([])


def test_a_word_is_not_part_of_another() -> None:
    assert says_often("audio", 1).matches([entry("audio")])
    assert not says_often("audio", 1).matches([entry("audioReceived")])
    assert not says_often("audio", 2).matches([entry("audio")])


def test_a_leak_is_named_and_nothing_passes_without_lines_or_secrets() -> None:
    secrets = {"ana-1": "Ana's user id"}
    assert gives_away_none_of(secrets).matches([entry("session created")])
    assert not gives_away_none_of(secrets).matches([])
    assert not gives_away_none_of({}).matches([entry("session created")])
    with pytest.raises(AssertionError, match="1 of 2 lines give one away: Ana's user id"):
        assert_that([entry("fine"), entry("by ana-1")], gives_away_none_of(secrets))


def test_silence_is_no_secret_but_speech_is() -> None:
    ledger = Ledger()
    for pcm in (bytes(3200), bytes(range(256)) * 12):
        message = {"action": "sendAudio", "audioData": base64.b64encode(pcm).decode()}
        ledger.keep(Observation(1, "Ana", "Ana", Kind.SENT, message=message))
    [piece] = audio_secrets(ledger)
    assert piece in base64.b64encode(bytes(range(256)) * 12).decode()


def test_an_alarm_needs_level_limit_and_time() -> None:
    wanted = raise_alarm("critical", "Delay", above=100, for_minutes=5)
    assert wanted.matches([alarm("Delay", 100)])
    assert not wanted.matches([alarm("Other", 100)])
    assert not wanted.matches([alarm("Delay", 101)])
    assert not wanted.matches([alarm("Delay", 100, periods=10)])
    assert not raise_alarm("warning", "Delay", above=100, for_minutes=5).matches([alarm("Delay", 100)])


def test_a_duration_has_two_ends() -> None:
    assert lasting(1, 1.5).matches(1.0)
    assert lasting(1, 1.5).matches(1.5)
    assert not lasting(1, 1.5).matches(0.999)
    assert not lasting(1, 1.5).matches(1.501)


def test_sound_at_half_volume_is_told_from_sound_at_full_volume() -> None:
    original = np.array([1000, -2000, 3001], dtype="<i2")
    half = np.array([500, -1000, 1501], dtype="<i2").tobytes()
    assert ends_with_sound_at(0.5, original).matches(b"\1\0" * 5 + half)
    assert not ends_with_sound_at(0.5, original).matches(original.tobytes())
    assert not ends_with_sound_at(0.5, original).matches(half[:-2])
    assert not ends_with_sound_at(0.5, original[:0]).matches(half)


def test_an_alarm_goes_off_above_its_limit_and_not_below() -> None:
    below = replace(alarm("Delay", 100), comparison="LessThanThreshold")
    assert not raise_alarm("critical", "Delay", above=100, for_minutes=5).matches([below])
