"""The phrasebook, what is made of it for the recogniser, and the translator."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml

from reference.speech.language_model import arpa, pronunciations
from reference.speech.phrase_matcher import PhraseMatcher
from reference.speech.phrasebook import Phrasebook
from reference.speech.phrasebook_translator import PhrasebookTranslator
from reference.speech.ports import SpeechFailure

SAMPLES = Path(__file__).parents[2] / "audio_samples"


@pytest.fixture(scope="module")
def book() -> Phrasebook:
    return Phrasebook(SAMPLES)


def a_book(folder: Path, phrases: list[dict[str, str]]) -> Phrasebook:
    (folder / "phrasebook.yaml").write_text(yaml.safe_dump({"phrases": phrases}), encoding="utf-8")
    (folder / "manifest.yaml").write_text("{clips: [], prompts: []}", encoding="utf-8")
    return Phrasebook(folder)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Good morning, and welcome to Lisbon.", "en"),
        ("  good MORNING and   welcome to Lisbon!", "en"),
        ("buenos días y bienvenidos a lisboa", "es"),
        ("おはようございます、リスボンへようこそ！", "ja"),
    ],
)
def test_a_phrase_is_found_whatever_its_case_punctuation_and_blanks(book: Phrasebook, text: str, language: str) -> None:
    assert book.phrase_id(text, language) == "welcome-to-lisbon"


@pytest.mark.parametrize("text", ["Good morning, and welcome to", "", "Welcome to Lisbon."])
def test_a_part_of_a_phrase_is_not_found(book: Phrasebook, text: str) -> None:
    assert book.phrase_id(text) is None


def test_every_phrase_has_a_text_and_a_recording_in_all_nine_languages_or_only_in_english(book: Phrasebook) -> None:
    assert book.languages == {"en", "es", "fr", "de", "it", "pt", "ja", "ko", "zh"}
    assert book.phrases("en").keys() - book.phrases("es").keys() == {"hello-help"}
    for phrase_id in book.phrases("es"):
        for language in book.languages:
            assert book.phrase_id(book.text(phrase_id, language), language) == phrase_id
            assert book.recording(phrase_id, language).is_file()


def test_two_phrases_that_read_the_same_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'one' and 'two' read the same in 'en'"):
        a_book(tmp_path, [{"id": "one", "en": "Yes, please."}, {"id": "two", "en": "yes please!"}])


def test_what_the_book_lacks_is_a_lookup_error(tmp_path: Path) -> None:
    book = a_book(tmp_path, [{"id": "one", "en": "Yes, please."}])
    with pytest.raises(LookupError, match="has no 'one' in 'es'"):
        book.text("one", "es")
    with pytest.raises(LookupError, match="lists no recording of 'one' in 'en'"):
        book.recording("one", "en")


PHRASES = {
    "thanks": "Thank you.",
    "coming": "Thank you all for coming.",
    "taxi": "Order a taxi for six o'clock.",
    "towels": "Six towels, please.",
    "card": "Please pay by card.",
}


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        ("thank you all for coming", ["Thank you all for coming."]),
        ("thank you order a taxi for six o'clock", ["Thank you.", "Order a taxi for six o'clock."]),
        ("thank you all", ["(Thank you all)"]),
        ("six towels please pay by", ["Six towels, please.", "(pay by)"]),
        ("order a taxi thank you all for coming", ["(Order a taxi)", "Thank you all for coming."]),
        ("taxi for six o'clock", ["(taxi for six o'clock)"]),
        ("", []),
    ],
)
def test_words_are_explained_by_the_fewest_pieces(words: str, pieces: list[str]) -> None:
    found = PhraseMatcher(PHRASES).pieces(words.split())
    assert [piece.text if piece.whole else f"({piece.text})" for piece in found] == pieces


def test_a_phrase_with_which_a_longer_one_begins_may_be_unfinished() -> None:
    (thanks,) = PhraseMatcher(PHRASES).pieces(["thank", "you"])
    assert thanks.whole
    assert thanks.unfinished


def test_the_language_model_leaves_no_probability_over() -> None:
    text = arpa([["a", "b", "c"], ["a", "b", "a"], ["c"]])
    models: dict[int, dict[tuple[str, ...], tuple[float, float]]] = {}
    for section in text.split("\\")[3:6]:
        rows = [line.split() for line in section.splitlines() if line and not line.endswith(":")]
        size = len(models) + 1
        models[size] = {
            tuple(row[1 : size + 1]): (10 ** float(row[0]), 10 ** float(row[size + 1]) if size < 3 else 1.0)
            for row in rows
        }

    def probability(history: tuple[str, ...], word: str) -> float:
        if (*history, word) in models[len(history) + 1]:
            return models[len(history) + 1][(*history, word)][0]
        weight = models[len(history)][history][1] if history in models[len(history)] else 1.0
        return weight * probability(history[1:], word)

    words = ["a", "b", "c", "</s>"]
    for history in [(), ("a",), ("b",), ("a", "b"), ("<s>", "a"), ("b", "c"), ("c", "a")]:
        assert sum(probability(history, word) for word in words) == pytest.approx(1.0, abs=0.01)


def test_a_word_that_the_recogniser_cannot_say_is_named(tmp_path: Path) -> None:
    dictionary = tmp_path / "words.dict"
    dictionary.write_text("the DH AH\nthe(2) DH IY\nsea S IY\n", encoding="utf-8")
    assert pronunciations(dictionary, ["the"]) == [("the", "DH AH"), ("the(2)", "DH IY")]
    with pytest.raises(ValueError, match="does not know harbour"):
        pronunciations(dictionary, ["the", "harbour"])


def translated(book: Phrasebook, text: str, source: str, target: str) -> str:
    return asyncio.run(PhrasebookTranslator(book).translate(text, source=source, target=target))


def test_a_sentence_is_translated_as_the_book_has_it(book: Phrasebook) -> None:
    assert translated(book, "thank you all for coming", "en", "es") == "Gracias a todos por venir."
    assert translated(book, "Gracias a todos por venir.", "es", "en") == "Thank you all for coming."


def test_one_language_needs_no_translation(book: Phrasebook) -> None:
    assert translated(book, "Nobody wrote this down", "en", "en") == "Nobody wrote this down"


@pytest.mark.parametrize(
    ("text", "target", "code"),
    [
        ("Nobody wrote this down", "es", "UNKNOWN_SENTENCE"),
        ("Thank you all for coming.", "xx", "UnsupportedLanguagePairException"),
    ],
)
def test_what_cannot_be_translated_is_a_lasting_failure(book: Phrasebook, text: str, target: str, code: str) -> None:
    with pytest.raises(SpeechFailure) as caught:
        translated(book, text, "en", target)
    assert (caught.value.code, caught.value.transient) == (code, False)
