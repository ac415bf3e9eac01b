"""How words in a sentence about translating, speaking and hearing become values."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hamcrest import greater_than, has_entries
from hamcrest.core.matcher import Matcher

from earshot.broadcast.figures import AUDIO, LOST_AUDIO, PIPELINE, QUALITY
from earshot.broadcast.listener import Listener
from earshot.broadcast.matchers import handing_over
from earshot.broadcast.recogniser import PASSING
from earshot.broadcast.system import Broadcast
from earshot.broadcast.translation import Translation
from earshot.targets.figures import Figure
from features.vocabulary.broadcast import LANGUAGES
from features.vocabulary.parameters import doing, one_of, parameter, phrases

Finding = Callable[[Broadcast], object]
"""What must be found of what went through the service."""
Record = Callable[[Translation, str], Matcher[Any]]
"""What must be on record of the translation of the latest new sentence into a language."""


InTime = Callable[[Broadcast], tuple[float, float]]
"""How many seconds after it was recognised something may happen to a sentence: at least, and at most."""

LOUDNESSES = {"very low": "x-soft", "low": "soft", "medium": "medium", "great": "loud"}
"""How loud a voice speaks a translation (BRO-6.3.3)."""
PACES = {"slow": "slow", "medium": "medium", "fast": "fast", "very fast": "x-fast"}
"""How fast a voice speaks a translation (BRO-6.3.2)."""

parameter("Finality", "final|provisional", str)
parameter("Loudness", one_of(LOUDNESSES), LOUDNESSES.__getitem__)
parameter("Pace", one_of(PACES), PACES.__getitem__)
phrases(
    "Manner",
    {
        "a loudness and an energy of {number:Decimal}": lambda number: {"volume": number, "energy": number},
        "a pace of {rate:Decimal}": dict,
        "neutral values": {"volume": 0.5, "rate": 1.0, "energy": 0.5},
    },
)
phrases(
    "InTime",
    {
        "within {limit_ms:Duration}": lambda limit_ms: lambda _: (0, limit_ms / 1000),
        "after {least_s:Decimal} to {most_s:Seconds}": lambda least_s, most_s: lambda _: (least_s, most_s),
        "in half the time or less": lambda b: (0, b.translation.first_took_s / 2),
    },
)
phrases(
    "HandedOver",
    {
        '"{text:Quoted}" as {kind:Finality}, with a stability of {stability:Decimal}': (
            lambda text, kind, stability: lambda b: b.handovers.of(text, handing_over.handed_over_as(kind, stability))
        ),
        '"{text:Quoted}" with attempt number {number:Number}': (
            lambda text, number: lambda b: b.handovers.of(text, handing_over.acknowledged_by_attempt(number))
        ),
        '"{text:Quoted}" {in_time:InTime}': (
            lambda text, in_time: lambda b: b.is_handed_over_in_time(text, *in_time(b))
        ),
        "that sentence": lambda b: b.handovers.of(b.translation.sentence),
        'only "{text:Quoted}" for {span_s:Seconds}': (
            lambda text, span_s: lambda b: b.handovers.are_just(text, for_s=span_s)
        ),
        "nothing for {span_s:Seconds}": lambda span_s: lambda b: b.handovers.are_none(for_s=span_s),
        "only the first of the two texts within {limit_s:Seconds}": (
            lambda limit_s: lambda b: b.handovers.are_just(b.the_recogniser().reported[0], for_s=0, within_s=limit_s)
        ),
        "{count:Number} of these results": lambda count: lambda b: b.handovers.come_to_number(count),
        "at least {count:Number} of these results, but no more than {most:Number} within any second": (
            lambda count, most: lambda b: b.handovers.are_thinned_out(count, most)
        ),
    },
)
phrases(
    "HandOver",
    {
        "names {speaker:Name}'s session and {language:Language}": (
            lambda speaker, language: lambda b: b.handovers.names(b.speaker(speaker), language)
        ),
        "is dated with the moment at which {speaker:Name}'s words were understood": (
            lambda speaker: lambda b: b.handovers.is_dated_by(b.speaker(speaker))
        ),
        "is acknowledged within {limit_ms:Milliseconds}": (
            lambda limit_ms: lambda b: b.handovers.is_acknowledged_within(limit_ms / 1000)
        ),
        "is repeated after {least_ms:Milliseconds} or more": (
            lambda least_ms: lambda b: b.handovers.is_repeated_after(least_ms)
        ),
        "of these words gives {manner:Manner}": (
            lambda manner: lambda b: b.handovers.gives(b.the_recogniser().reported[-1], manner)
        ),
    },
)
phrases(
    "Speaking",
    {
        "at {pace:Pace} pace and {loudness:Loudness} loudness": dict,
        "a second time, at {pace:Pace} pace and {loudness:Loudness} loudness": lambda **manner: {**manner, "times": 2},
    },
)
phrases(
    "Translated",
    {
        "translated once into {languages:Languages}": doing(Translation.translate),
        "not translated for {for_s:Seconds}": doing(Translation.do_not_translate),
        "spoken once in {language:Language}": doing(Translation.speak_once),
    },
)
phrases(
    "HeardAs",
    {
        "provisional": partial(Listener.has_heard_what_is, provisional=True),
        "final": partial(Listener.has_heard_what_is, provisional=False),
        "uncompressed mono sound at {rate_hz:Number} Hz, and as long as is said": doing(Listener.has_heard_plain_sound),
        "numbered without gaps": Listener.has_heard_in_order,
    },
)
phrases(
    "TranslationRecord",
    {
        'as "{text:Quoted}"': lambda text: (
            lambda translation, language: has_entries(
                sourceLanguage="en", targetLanguage=language, sourceText=translation.sentence, translatedText=text
            )
        ),
        "with one more use, at a later time": lambda translation, _: has_entries(
            accessCount=translation.recorded["accessCount"] + 1,
            lastAccessedAt=greater_than(translation.recorded["lastAccessedAt"]),
        ),
    },
)
parameter("HeardIn", rf"in (?:{one_of(LANGUAGES)}|their own languages)", lambda text: LANGUAGES.get(text[3:], ""))
parameter("Hear", "hears?", str)
FIGURES = {
    "faults of recognition by kind": (Figure(AUDIO, "TranscribeErrors", (("ErrorCode", PASSING),), counts=True),),
    "hits, number and removals of remembered translations": tuple(
        Figure(PIPELINE, f"TranslationCache{name}") for name in ("HitRate", "Size", "Evictions")
    ),
}
"""What the service as a whole records at least once."""
SESSION_FIGURES = {
    "the loss of sound": (LOST_AUDIO,),
    "the quality of sound": tuple(
        Figure(QUALITY, name, session_under="StreamId") for name in ("SNR", "ClippingPercentage", "SilenceDuration")
    ),
}
"""What is recorded of a session as often as need be."""
parameter("Figures", one_of(FIGURES), FIGURES.__getitem__)
parameter("SessionFigures", one_of(SESSION_FIGURES), SESSION_FIGURES.__getitem__)
