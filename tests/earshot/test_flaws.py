"""A voice with a flaw has just that flaw, by just that amount."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earshot.audio import signals
from earshot.audio.clips import SAMPLE_RATE_HZ, SampleLibrary, Samples
from earshot.audio.flaws import Flaw, voice
from earshot.broadcast.translation import never_translated_before


@pytest.fixture(scope="module")
def speech() -> Samples:
    library = SampleLibrary(Path(__file__).parents[2] / "audio_samples")
    return voice(library.prompts("en")[:4], 4.0)


def test_the_voice_lasts_as_long_as_asked_and_has_its_level(speech: Samples) -> None:
    assert len(speech) == 4 * SAMPLE_RATE_HZ
    assert signals.rms_dbfs(speech) == pytest.approx(-23, abs=1)


def test_noise_lies_so_far_below_the_voice(speech: Samples) -> None:
    noise = Flaw("noise", 17).on(speech).astype(np.int32) - speech
    assert signals.rms_dbfs(speech) - signals.rms_dbfs(noise.astype(np.int16)) == pytest.approx(17, abs=0.2)


def test_every_tenth_of_a_second_is_distorted_alike(speech: Samples) -> None:
    tenths = Flaw("distortion", 2).on(speech).reshape(-1, SAMPLE_RATE_HZ // 10).astype(np.int32)
    assert set(np.sum(np.abs(tenths) >= 32_112, axis=1)) == {32}


def test_the_echo_is_as_loud_and_as_late_as_it_should_be(speech: Samples) -> None:
    echo = (Flaw("echo", -10).on(speech).astype(np.int32) - speech).astype(np.int16)
    late = SAMPLE_RATE_HZ // 5
    assert not np.any(echo[:late])
    assert signals.rms_dbfs(echo[late:]) - signals.rms_dbfs(speech[:-late]) == pytest.approx(-10, abs=0.1)


def test_a_sentence_is_never_spelt_twice_alike_and_stays_the_same_sentence() -> None:
    spelt = [never_translated_before("Thank you all for coming.") for _ in range(200)]
    assert len(set(spelt)) == 200
    assert {" ".join(one.split()) for one in spelt} == {"Thank you all for coming."}
