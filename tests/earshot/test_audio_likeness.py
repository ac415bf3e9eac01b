from pathlib import Path

import numpy as np
import pytest

from earshot.audio.clips import SampleLibrary, Samples
from earshot.audio.likeness import closest, likeness
from earshot.audio.signals import noise, silence, tone

LANGUAGES = ["en", "es", "fr", "de", "it", "pt", "ja", "ko", "zh"]


@pytest.fixture(scope="module")
def library() -> SampleLibrary:
    return SampleLibrary(Path(__file__).parents[2] / "audio_samples")


def from_afar(samples: Samples) -> Samples:
    """The samples at 5 % volume, 0.31 s later, with silence after them."""
    softer = np.round(samples * 0.05).astype(np.int16)
    return np.concatenate([silence(0.31), softer, silence(0.2)])


@pytest.mark.parametrize("language", ["es", "ja"])
def test_a_prompt_is_told_from_every_other_phrase_of_its_language(library: SampleLibrary, language: str) -> None:
    prompts = library.prompts(language)
    for prompt in prompts[::7]:
        heard = from_afar(prompt.samples)
        best, agreement = closest(heard, prompts)
        assert best is prompt
        assert agreement > 0.999
        assert closest(heard, [other for other in prompts if other is not prompt])[1] < 0.5


@pytest.mark.parametrize("phrase_id", ["welcome-to-lisbon", "three-nights"])
def test_a_prompt_is_told_from_the_same_phrase_in_every_other_language(library: SampleLibrary, phrase_id: str) -> None:
    prompts = [library.prompt(phrase_id, language) for language in LANGUAGES]
    for prompt in prompts:
        best, agreement = closest(from_afar(prompt.samples), prompts)
        assert best is prompt
        assert agreement > 0.999
        assert closest(prompt.samples, [other for other in prompts if other is not prompt])[1] < 0.3


def test_half_of_a_sound_is_half_its_energy() -> None:
    hiss = noise(1.0, 0.1)
    assert likeness(hiss[:8000], hiss) == pytest.approx(0.5**0.5, abs=0.02)
    assert likeness(np.concatenate([hiss, noise(1.0, 0.1, seed=9)]), hiss) == pytest.approx(0.5**0.5, abs=0.02)


def test_a_sound_that_starts_in_its_middle_is_only_half_right() -> None:
    hiss = noise(0.512, 0.1)
    assert likeness(np.roll(hiss, len(hiss) // 2), hiss) == pytest.approx(0.5, abs=0.05)


def test_silence_and_tones_are_like_no_speech(library: SampleLibrary) -> None:
    speech = library.prompt("welcome-to-lisbon", "es").samples
    assert likeness(silence(1.0), speech) == 0.0
    assert likeness(silence(0), speech) == 0.0
    assert likeness(tone(440, 2.0), speech) < 0.1


def test_nothing_to_compare_with_is_an_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        closest(silence(1.0), [])
