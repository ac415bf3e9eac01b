"""How words in a sentence about a recogniser become values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from hamcrest.core.matcher import Matcher

from earshot.broadcast.matchers import recognition
from earshot.broadcast.recogniser import Recogniser, Result, in_turn, provisionally
from earshot.broadcast.translation import Translation
from earshot.targets.control import Record
from features.vocabulary import broadcast  # noqa: F401 - its words stand in these phrases
from features.vocabulary.parameters import doing, parameter, phrases

Script = Callable[[Translation], Sequence[Result]]
"""What a recogniser is to report, given what was made up to be said before."""
Manner = Callable[[Sequence[Result]], list[Result]]
"""Whether it understands for good or provisionally."""
Deed = Callable[[Recogniser], object]
"""What is done to a recogniser, or what must have become of it."""

A_SENTENCE_EVERY_S = 0.02
"""Faster than anybody speaks, and slow enough for each sentence to be on its way before the next."""
A_WINDOW_APART_S = 0.22
"""Provisional results further apart than 200 ms do not take each other's place. The unsure ones are due three seconds
after they came, those without an end two seconds after, and so six that came over more than one are due in one."""


def _sentences(texts: Sequence[str], *, within_s: float | None = None) -> list[Result]:
    return in_turn(texts, within_s=len(texts) * A_SENTENCE_EVERY_S if within_s is None else within_s)


def _numbered(count: int, end: str = ".") -> list[str]:
    return [f"This is sentence number {number}{end}" for number in range(1, count + 1)]


def _words(word: str, count: int) -> str:
    return " ".join([word] * count)


def _unsure_and_open_ended(unsure: int, open_ended: int) -> list[Result]:
    results = in_turn(_numbered(unsure + open_ended, end=""), within_s=(unsure + open_ended) * A_WINDOW_APART_S)
    return [replace(result, stability=None if k < unsure else 0.9) for k, result in enumerate(results)]


def _first_apart(texts: Sequence[str], apart_s: float) -> list[Result]:
    first, *others = _sentences(texts)
    return [first, *(replace(other, after_s=other.after_s + apart_s) for other in others)]


def _all_but(place: int, translation: Translation) -> list[Result]:
    texts = [sentence.text for sentence in translation.sentences]
    return in_turn(texts[: place - 1] + texts[place:])


def _tries(expected: Callable[..., Matcher[Sequence[Record]]]) -> Callable[..., Deed]:
    return lambda **blanks: lambda recogniser: recogniser.attempts_come_to(expected(**blanks))


phrases(
    "Result",
    {
        '"{text:Quoted}"': Result,
        '"{text:Quoted}" with a stability of {stability:Decimal}': Result,
        '"{text:Quoted}" without a stability': lambda text: Result(text, stability=None),
        '"{text:Quoted}" in these {until_s:Seconds}': Result,
        "{count:Number} words in these {until_s:Seconds}": (
            lambda count, until_s: Result(_words("word", count), until_s=until_s)
        ),
    },
)
for name, once, for_now in (
    ("Understand", "understand", "provisionally understand"),
    ("Understands", "understands", "provisionally understands"),
    ("HasUnderstood", "has understood", "has provisionally understood"),
):
    phrases(name, {once: list, for_now: provisionally})
parameter("Results", "these results(?: of one utterance)?", lambda text: text.endswith("utterance"))
phrases(
    "Script",
    {
        "{result:Result}": lambda result: lambda _: [result],
        '"{text:Quoted}", which was never translated before': (
            lambda text: lambda translation: in_turn([translation.invents(text)])
        ),
        "the same sentence": lambda translation: in_turn([translation.sentence]),
        "the same sentence in capitals and with blanks around it": (
            lambda translation: in_turn([f"  {translation.sentence.upper()} "])
        ),
        "another sentence": lambda translation: in_turn(translation.new_sentences(1)),
        "{count:Number} sentences": lambda count: lambda translation: _sentences(translation.new_sentences(count)),
        "{count:Number} sentences, the first of them a second before the others": (
            lambda count: lambda translation: _first_apart(translation.new_sentences(count), 1.1)
        ),
        "all of them but the {place:Ordinal}": lambda place: partial(_all_but, place),
        "{count:Number} different sentences within {span_s:Seconds}": (
            lambda count, span_s: lambda _: _sentences(_numbered(count), within_s=span_s)
        ),
        "{unsure:Number} sentences without a stability and then {open_ended:Number} without an end": (
            lambda unsure, open_ended: lambda _: _unsure_and_open_ended(unsure, open_ended)
        ),
        "a text of {first:Number} words and another of {second:Number} words": (
            lambda first, second: lambda _: in_turn([_words("one", first), _words("two", second)], within_s=0.6)
        ),
    },
)
phrases(
    "StreamOptions",
    {
        "{language:Language}": dict,
        'the variety "{recogniser_language:Quoted}"': dict,
        "uncompressed sound at {sample_rate_hz:Number} Hz": lambda **rate: {"encoding": "pcm", **rate},
        "provisional results": {"partial_results": True},
        "no provisional results": {"partial_results": False},
        "highly stable provisional results": {"stability": "high"},
    },
)
phrases(
    "RecogniserPast",
    {
        "has stopped": Recogniser.stops,
        "has failed {times:Times} in a row": doing(Recogniser.fails),
        "has got all {duration_s:Seconds} of it": doing(Recogniser.gets_the_last),
        "has got {sound:Sound} for {duration_s:Seconds}": doing(Recogniser.takes),
        "was closed after {silence_s:Seconds} without sound": (
            lambda silence_s: lambda recogniser: recogniser.is_closed_within(silence_s + 1)
        ),
    },
)
phrases(
    "Attempts",
    {
        "is not started within {span_ms:Milliseconds}": (
            lambda span_ms: lambda recogniser: recogniser.is_not_started(span_ms / 1000)
        ),
        "is started {times:Often}": _tries(recognition.started),
        "is started with attempt number {number:Number}": _tries(recognition.started_by_attempt),
        "was tried {times:Times}": _tries(recognition.tried),
        "was tried at longer and longer intervals": _tries(recognition.growing_apart)(),
    },
)
phrases(
    "RecogniserGets",
    {
        "the pieces {numbers:Pieces}": doing(Recogniser.gets_pieces),
        "the pieces {numbers:Pieces} within {within_ms:Milliseconds}": doing(Recogniser.gets_pieces),
        "the piece {number:Number} and no other for {for_s:Seconds}": doing(Recogniser.gets_just),
        "all {duration_s:Seconds} of it": doing(Recogniser.gets_the_last),
        "the last {duration_s:Seconds} of it without a gap": doing(Recogniser.gets_the_last),
        "no more than {duration_s:Seconds} of it": doing(Recogniser.gets_no_more_than),
        "nothing of it": Recogniser.gets_nothing_of_it,
    },
)
phrases(
    "RecogniserIs",
    {
        "still listening": Recogniser.is_still_listening,
        "closed after {least_s:Decimal} to {most_s:Seconds} without sound": doing(Recogniser.is_closed_after),
        "closed within {limit_s:Seconds}": doing(Recogniser.is_closed_within),
    },
)
