"""How a sentence is to be spoken, put into the words of a synthesiser (BRO-6.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

from reference.broadcast.handover import EmotionDynamics
from reference.speech.ports import Delivery

USUAL_WORDS_PER_MINUTE = 145
"""What a rate of 1.0 in a hand-over stands for (BRO-6.3.2)."""

_STRONG_FEELING_ABOVE = 0.7
_ESCAPED = {'"': "&quot;", "'": "&apos;"}


class VolumeLevel(StrEnum):
    WHISPER = "whisper"
    SOFT = "soft"
    NORMAL = "normal"
    LOUD = "loud"


class Emotion(StrEnum):
    """Feelings that are spoken differently from a neutral voice."""

    NEUTRAL = "neutral"
    ANGRY = "angry"
    EXCITED = "excited"
    SURPRISED = "surprised"
    SAD = "sad"
    FEARFUL = "fearful"


_EMPHATIC = frozenset({Emotion.ANGRY, Emotion.EXCITED, Emotion.SURPRISED})
_HESITANT = frozenset({Emotion.SAD, Emotion.FEARFUL})
VOLUMES = {
    VolumeLevel.WHISPER: "x-soft",
    VolumeLevel.SOFT: "soft",
    VolumeLevel.NORMAL: "medium",
    VolumeLevel.LOUD: "loud",
}


@dataclass(frozen=True, slots=True)
class Expression:
    """How a sentence was said, in the terms of the markup."""

    emotion: Emotion = Emotion.NEUTRAL
    intensity: float = 0.5
    rate_wpm: float = 150.0
    volume_level: VolumeLevel = VolumeLevel.NORMAL


def expression_of(dynamics: EmotionDynamics) -> Expression:
    """Return what the dynamics of a hand-over mean here (BRO-6.3.2).

    Neutral ones say that nothing is known, so they mean the defaults; by their numbers they would be soft.
    """
    if dynamics == EmotionDynamics():
        return Expression()
    if dynamics.volume <= 0.3:
        volume_level = VolumeLevel.WHISPER
    elif dynamics.volume <= 0.5:
        volume_level = VolumeLevel.SOFT
    elif dynamics.volume <= 0.8:
        volume_level = VolumeLevel.NORMAL
    else:
        volume_level = VolumeLevel.LOUD
    return Expression(
        intensity=dynamics.energy,
        rate_wpm=USUAL_WORDS_PER_MINUTE * dynamics.rate,
        volume_level=volume_level,
    )


def delivery(text: str, expression: Expression) -> Delivery:
    """Return rate and volume for the synthesiser, and the same as a speak element around `text`."""
    rate, volume = rate_of(expression.rate_wpm), VOLUMES[expression.volume_level]
    inner = escape(text, _ESCAPED)
    if expression.intensity > _STRONG_FEELING_ABOVE and expression.emotion in _EMPHATIC:
        inner = f'<emphasis level="strong">{inner}</emphasis>'
    elif expression.emotion in _HESITANT:
        inner = f'<break time="300ms"/>{inner}'
    markup = f'<speak><prosody rate="{rate}" volume="{volume}">{inner}</prosody></speak>'
    return Delivery(rate, volume, markup)


def rate_of(words_per_minute: float) -> str:
    if words_per_minute < 120:
        return "slow"
    if words_per_minute < 170:
        return "medium"
    return "fast" if words_per_minute <= 200 else "x-fast"
