"""What was said and heard in a broadcast, for the players of its report page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from earshot.broadcast.heard import Heard
from earshot.broadcast.listener import Listener
from earshot.broadcast.speaker import Speaker, Utterance
from earshot.evidence.players import Recording


def recordings(speakers: Iterable[Speaker], listeners: Iterable[Listener]) -> list[Recording]:
    """Return what was said first, then what each listener heard."""
    utterances = [(speaker.name, utterance) for speaker in speakers for utterance in speaker.utterances]
    said = [Recording(who, u.clip.samples, u.clip.text, spoken=True, detail=u.clip.language) for who, u in utterances]
    heard = [
        Recording(
            who=h.listener,
            samples=h.samples,
            text=h.expected.text if h.expected else "",
            heard=h.transcript,
            detail=h.language,
            delay_ms=_delay_ms(h, [utterance for _, utterance in utterances]),
        )
        for listener in listeners
        for h in [*listener.heard, *listener.heard_beyond()]
    ]
    return said + heard


def _delay_ms(heard: Heard, utterances: Sequence[Utterance]) -> float | None:
    """Time from the last piece of speech sent to the arrival at the listener."""
    if heard.expected is None:
        return None
    said = [u for u in utterances if u.clip.id == heard.expected.id and u.last_speech_ns <= heard.observation.at_ns]
    return (heard.observation.at_ns - said[-1].last_speech_ns) / 1e6 if said else None
