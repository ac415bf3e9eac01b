"""What is understood of audio, in one process."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from reference.speech.listening import Listening, Sphinx
from reference.speech.phrasebook import Phrasebook
from reference.speech.ports import Transcript

BOOK = Phrasebook(Path(__file__).parents[2] / "audio_samples")
ENGLISH = BOOK.phrases("en")
Samples = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def sphinx() -> Sphinx:
    return Sphinx(ENGLISH)


def clip(phrase_id: str, language: str = "en") -> Samples:
    with wave.open(str(BOOK.recording(phrase_id, language))) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64)


def pause(seconds: float) -> Samples:
    return np.zeros(int(16_000 * seconds))


def heard(
    sphinx: Sphinx, audio: Iterable[Samples], *, chunk_bytes: int = 3200, partials: bool = False
) -> list[Transcript]:
    pcm = np.clip(np.round(np.concatenate(list(audio))), -32768, 32767).astype("<i2").tobytes()
    listening = Listening(sphinx, partial_results=partials)
    told = [t for at in range(0, len(pcm), chunk_bytes) for t in listening.feed(pcm[at : at + chunk_bytes])]
    return [*told, *listening.finish()]


def finals(transcripts: list[Transcript]) -> list[str]:
    return [transcript.text for transcript in transcripts if transcript.final]


@pytest.mark.parametrize("volume", [1.0, 0.1])
def test_every_clip_is_understood_exactly_also_when_quiet(sphinx: Sphinx, volume: float) -> None:
    understood = {
        phrase_id: finals(heard(sphinx, [pause(0.3), clip(phrase_id) * volume, pause(0.5)])) for phrase_id in ENGLISH
    }
    assert understood == {phrase_id: [text] for phrase_id, text in ENGLISH.items()}


def test_a_clip_is_understood_in_noise(sphinx: Sphinx) -> None:
    speech = np.concatenate([pause(0.5), clip("first-question"), pause(0.7)])
    noise_rms = np.sqrt(np.mean(clip("first-question") ** 2)) * 10 ** (-15 / 20)
    noise = np.random.default_rng(1).normal(0, noise_rms, len(speech))
    assert finals(heard(sphinx, [speech + noise])) == ["Let us begin with the first question."]


SECONDS = np.arange(32_000) / 16_000
NOT_SPEECH = {
    "silence": pause(2.0),
    "tone of 220 Hz": 12_000 * np.sin(2 * np.pi * 220 * SECONDS),
    "tone of 1 kHz": 12_000 * np.sin(2 * np.pi * 1000 * SECONDS),
    "sweep": 12_000 * np.sin(2 * np.pi * (100 + 700 * SECONDS) * SECONDS),
    "noise": np.random.default_rng(2).normal(0, 3000, 32_000),
    "bursts of noise": np.random.default_rng(3).normal(0, 4000, 32_000) * (np.sin(2 * np.pi * 3 * SECONDS) > 0),
    "speech backwards": clip("first-question")[::-1],
    "Spanish": clip("first-question", "es"),
    "first half of a sentence": clip("double-room")[: len(clip("double-room")) // 2],
    "second half of a sentence": clip("double-room")[len(clip("double-room")) // 2 :],
}


@pytest.mark.parametrize("name", NOT_SPEECH)
def test_what_is_no_sentence_of_the_book_is_not_understood(sphinx: Sphinx, name: str) -> None:
    told = heard(sphinx, [pause(0.3), NOT_SPEECH[name], pause(0.7)], partials=True)
    assert finals(told) == []
    assert [t for t in told if t.stability is None or t.stability >= 0.70] == []


def test_the_cut_into_chunks_makes_no_difference(sphinx: Sphinx) -> None:
    audio = [pause(0.2), clip("taxi-at-six"), pause(0.7), clip("short-break"), pause(0.7)]
    whole, *others = (heard(sphinx, audio, chunk_bytes=size, partials=True) for size in (400_000, 3200, 202))
    assert finals(whole) == [ENGLISH["taxi-at-six"], ENGLISH["short-break"]]
    assert others == [whole, whole]


def test_two_sentences_without_a_gap_are_told_apart(sphinx: Sphinx) -> None:
    first, second = heard(sphinx, [clip("next-slide"), clip("quiet-jazz"), pause(0.5)])
    assert (first.text, second.text) == (ENGLISH["next-slide"], ENGLISH["quiet-jazz"])
    assert first.utterance_id != second.utterance_id
    boundary_ms = len(clip("next-slide")) / 16
    assert first.start_ms < 300
    assert abs(second.start_ms - boundary_ms) < 300


def test_someone_who_never_pauses_is_understood_while_speaking(sphinx: Sphinx) -> None:
    spoken = ["welcome-to-lisbon", "next-slide", "quiet-jazz", "three-nights", "pay-by-card", "set-a-timer"]
    told = heard(sphinx, [clip(phrase_id) for phrase_id in spoken])
    assert finals(told) == [ENGLISH[phrase_id] for phrase_id in spoken]
    assert told[0].end_ms < 4_500


@pytest.mark.parametrize("share", [0.3, 0.4, 0.5, 0.6])
def test_a_sentence_after_a_broken_off_one_is_understood(sphinx: Sphinx, share: float) -> None:
    for broken_off, whole in [("way-to-the-station", "pay-by-card"), ("taxi-at-six", "double-room")]:
        torn = clip(broken_off)[: int(len(clip(broken_off)) * share)]
        assert finals(heard(sphinx, [torn, clip(whole), pause(0.5)])) == [ENGLISH[whole]]


def test_an_utterance_ends_within_half_a_second_of_silence(sphinx: Sphinx) -> None:
    speech = clip("kitchen-lights")
    (final,) = heard(sphinx, [speech, pause(2.0)])
    assert 250 <= final.end_ms - len(speech) / 16 <= 500


def test_finishing_the_stream_finishes_the_utterance(sphinx: Sphinx) -> None:
    assert finals(heard(sphinx, [clip("kitchen-lights")])) == [ENGLISH["kitchen-lights"]]


def test_partial_results_grow_towards_the_final_one(sphinx: Sphinx) -> None:
    *partials, final = heard(sphinx, [pause(0.3), clip("first-question"), pause(0.5)], partials=True)
    assert final.final
    assert final.stability == 1.0
    assert {t.utterance_id for t in partials} == {final.utterance_id}
    assert all(not t.final and t.stability is not None and t.stability < 1.0 for t in partials)
    assert all(after.end_ms - before.end_ms >= 100 for before, after in pairwise(partials))
    assert any(t.text == "Let us begin" for t in partials)
    early = [t for t in partials if t.stability is not None and t.stability >= 0.85]
    assert {t.text for t in early} == {final.text}


def test_partial_results_can_be_switched_off(sphinx: Sphinx) -> None:
    assert [t.final for t in heard(sphinx, [clip("first-question"), pause(0.5)])] == [True]


def test_times_count_from_the_beginning_of_the_stream(sphinx: Sphinx) -> None:
    told = heard(sphinx, [pause(1.0), clip("funny-story"), pause(2.0), clip("funny-story"), pause(0.5)])
    gap_ms = 2000 + len(clip("funny-story")) / 16
    assert abs(told[0].start_ms - 1050) < 150
    assert abs(told[1].start_ms - told[0].start_ms - gap_ms) < 60


def test_how_loud_it_was_before_makes_no_difference(sphinx: Sphinx) -> None:
    def heard_after(earlier: list[Samples]) -> list[tuple[str, float | None]]:
        told = heard(sphinx, [*earlier, pause(0.9), clip("way-to-the-station"), pause(0.5)], partials=True)
        spoken_from_ms = sum(map(len, earlier)) / 16 + 900
        return [(t.text, t.stability) for t in told if t.start_ms >= spoken_from_ms - 100]

    loud_noise = np.random.default_rng(0).normal(0, 4000, 24_000)
    assert heard_after([clip("double-room")[:24_000] * 0.1]) == heard_after([loud_noise])
