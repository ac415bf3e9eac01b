"""Sound that can be played and looked at inside the report, beside the words that should be in it."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from earshot.audio.languages import language_name
from earshot.evidence.compress import SAMPLE_RATE_HZ, Samples, mp3
from earshot.evidence.page import counted, page, text
from earshot.evidence.transcripts import compare
from earshot.pages import stylesheet, terms, verdict

FULL_SCALE = 32768
_COLUMNS = 400
_TICK_STEPS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)

STYLE = stylesheet("players")


@dataclass(frozen=True, slots=True)
class Recording:
    """Something said or heard, for `listening_page`."""

    who: str
    samples: Samples
    """16 kHz mono."""
    text: str
    """What was said, or what should have been heard."""
    heard: str | None = None
    """The words that came with the sound or were recognised in it; None where nobody judges them."""
    spoken: bool = False
    """Whether `who` said it; otherwise `who` heard it."""
    detail: str = ""
    """A language code or a few words, shown beside the name."""
    delay_ms: float | None = None
    """How long after it was said it was heard; infinite when it never came."""


def player(title: str, samples: Samples, *, expected_text: str, actual_text: str | None, sub_line: str = "") -> str:
    """Return a fragment: player, waveform, the expected words beside the heard ones, and a verdict in words.

    The verdict speaks of the words alone (case and punctuation aside), never of the scenario. With
    `actual_text` None there is one text, what was said, or none if that is empty, and no verdict. The page needs
    `STYLE`.
    """
    if samples.size:
        data = b64encode(mp3(samples)).decode()
        sound = f'<audio controls preload="metadata" src="data:audio/mpeg;base64,{data}"></audio>{_waveform(samples)}'
    else:
        sound = '<p class="empty">No sound arrived.</p>'
    judged, words = _judged(expected_text, actual_text, samples.size > 0)
    return (
        f'<section class="card player"><header><b>{text(title)}</b><span class="sub">{text(sub_line)}</span>'
        f"{judged}</header>{sound}{words}</section>"
    )


def listening_page(items: Iterable[Recording], *, title: str = "What was said and what was heard") -> str:
    """Return a page with a player for each recording: what was said first, then what each listener heard."""
    kept = list(items)
    said = [item for item in kept if item.spoken]
    heard = [item for item in kept if not item.spoken]
    sounds = sum(item.samples.size > 0 for item in heard)
    body = f'<p class="facts">{counted(len(said), "sentence")} said, {counted(sounds, "sound")} heard.</p>'
    for heading, verb, group in (("Said", "said", said), ("Heard", "heard", heard)):
        if group:
            body += f"<h2>{heading}</h2>" + "".join(_recorded(item, verb) for item in group)
    return page(title, body, style=STYLE)


def _recorded(item: Recording, verb: str) -> str:
    facts = [language_name(item.detail)] if item.detail else []
    if item.delay_ms is not None:
        came = math.isfinite(item.delay_ms)
        facts.append(f"{item.delay_ms / 1000:.2f} s after it was said" if came else "never came")
    return player(
        f"{item.who} {verb}",
        item.samples,
        expected_text=item.text,
        actual_text=item.heard,
        sub_line=" \u00b7 ".join(facts),
    )


def _judged(expected: str, heard: str | None, any_sound: bool) -> tuple[str, str]:
    """Return the verdict and the texts, both as HTML."""
    if heard is None:
        return "", _texts(("Words", text(expected))) if expected else ""
    comparison = compare(expected, heard)
    if not expected:
        silent = not heard and not any_sound
        said = verdict("\u2713 nothing, as expected", "good") if silent else verdict("\u2717 not expected", "bad")
    elif not heard:
        said = verdict("\u2717 no words", "bad")
    elif comparison.same:
        said = verdict("\u2713 same words", "good")
    else:
        counts = ((comparison.missing, "missing"), (comparison.extra, "extra"))
        parts = [f"{count} {name}" for count, name in counts if count]
        said = verdict(f"\u2717 different words: {', '.join(parts)}", "bad")
    return said, _texts(("Expected", comparison.expected_html), ("Heard", comparison.heard_html))


def _texts(*columns: tuple[str, str]) -> str:
    nothing = '<span class="empty">nothing</span>'
    return terms(((name, words or nothing) for name, words in columns), "texts")


def _waveform(samples: Samples) -> str:
    """Draw the loudness envelope against full scale, so that a lowered volume is seen as such."""
    columns = min(_COLUMNS, samples.size)
    starts = np.arange(columns) * samples.size // columns
    # One spare unit each way keeps silence visible as a line.
    tops = 99 - np.maximum.reduceat(samples, starts) / FULL_SCALE * 98
    feet = 101 - np.minimum.reduceat(samples, starts) / FULL_SCALE * 98
    edge = [f"{x},{y:.0f}" for x, y in enumerate(tops)] + [f"{x},{y:.0f}" for x, y in reversed(list(enumerate(feet)))]
    duration_s = samples.size / SAMPLE_RATE_HZ
    peak = int(np.max(np.abs(samples.astype(np.int32)))) / FULL_SCALE
    step_s = next((step for step in _TICK_STEPS_S if duration_s / step <= 8), _TICK_STEPS_S[-1])
    ticks = [k * step_s for k in range(int(duration_s / step_s) + 1)]
    labels = "".join(
        f'<span style="left:{100 * tick / duration_s:.2f}%">{tick:g} s</span>'
        for tick in ticks
        if tick <= 0.95 * duration_s
    )
    about = f"{duration_s:.2f} s of sound, loudest point {peak:.0%} of full scale"
    return (
        f'<svg class="wave" viewBox="0 0 {columns} 200" preserveAspectRatio="none" role="img">'
        f"<title>{about}</title>"
        f'<line x1="0" y1="100" x2="{columns}" y2="100"/><path d="M{" ".join(edge)}Z"/></svg>'
        f'<div class="axis">{labels}</div>'
    )
