from pathlib import Path

import numpy as np
import pytest
from hamcrest import assert_that

from earshot.audio.clips import SampleLibrary
from earshot.audio.signals import noise
from earshot.broadcast.attempts import Refusal
from earshot.broadcast.heard import Heard
from earshot.broadcast.matchers.hearing import is_the_recording_of
from earshot.broadcast.matchers.refusals import refused_with
from earshot.ledger import Kind, Observation

LIBRARY = SampleLibrary(Path(__file__).parents[3] / "audio_samples")
RIGHT = LIBRARY.prompt("short-break", "es")


def heard(samples: np.ndarray) -> Heard:
    return Heard("Lena", Observation(0, "Lena", "Lena", Kind.RECEIVED), "…", "es", samples, RIGHT)


def judge(samples: np.ndarray) -> None:
    assert_that(heard(samples), is_the_recording_of(RIGHT, among=LIBRARY.prompts("fr")))


def test_the_right_recording_is_recognised_at_any_volume_and_with_silence_around() -> None:
    quiet = np.concatenate([np.zeros(800, np.int16), (RIGHT.samples * 0.2).astype(np.int16)])
    judge(quiet)


def test_a_wrong_recording_is_named() -> None:
    other = LIBRARY.prompt("short-break", "fr")
    with pytest.raises(AssertionError, match=r"it was the recording of .*Nous allons maintenant"):
        judge(other.samples)


def test_noise_of_the_right_length_is_no_recording() -> None:
    with pytest.raises(AssertionError, match="no recording we know"):
        judge(noise(RIGHT.duration_s, sigma=0.1))


def test_nothing_is_not_the_recording() -> None:
    with pytest.raises(AssertionError, match="the audio was empty"):
        judge(np.zeros(0, np.int16))


def refusal(code: str, status: int | None) -> Refusal:
    return Refusal(code, status, "no", {})


def test_refusals_are_judged_by_code_and_by_status_where_there_is_one() -> None:
    expected = refused_with("SESSION_FULL", equivalents={"SESSION_MAX_LISTENERS_REACHED"}, status=503)
    assert expected.matches(refusal("SESSION_FULL", 503))
    assert expected.matches(refusal("SESSION_FULL", None))
    assert expected.matches(refusal("SESSION_MAX_LISTENERS_REACHED", 429))
    assert not expected.matches(refusal("SESSION_FULL", 500))
    assert not expected.matches(refusal("UNAUTHORIZED", 503))


def test_a_wrong_refusal_is_quoted() -> None:
    with pytest.raises(AssertionError, match="the service said UNAUTHORIZED"):
        assert_that(refusal("UNAUTHORIZED", 401), refused_with("SESSION_FULL", status=503))
