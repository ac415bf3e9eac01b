"""What went into the studio and what came out of it: players, and pictures of level and spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from earshot.audio.clips import SAMPLE_RATE_HZ
from earshot.audio.signals import rms_dbfs
from earshot.evidence import players
from earshot.evidence.page import abridged, counted, page, text
from earshot.evidence.players import player
from earshot.pages import stylesheet
from earshot.studio.measuring import AnySamples, peak_db, spectrum_db

MOST = 12
"""More sounds than these are not shown; a few from the beginning and a few from the end are."""
LONGEST_S = 5
"""So much of a sound can be played."""
SENT, GOT = "sent", "got"
QUIETEST_DB, LOUDEST_DB = -96.0, 0.0
WIDTH, HEIGHT = 400, 120
_LEVEL_S = 0.02
_DECADES_HZ = (100, 1000, 10_000)
STYLE = players.STYLE + stylesheet("before_after", Path(__file__).parent)


class Passage(NamedTuple):
    """A sound that was sent, and what came back of it, one channel each."""

    who: str
    words: str
    before: AnySamples
    after: AnySamples
    rate_hz: int = SAMPLE_RATE_HZ
    detail: str = ""
    """What is to be said of what came back."""
    is_noteworthy: bool = False


def before_after_page(passages: Sequence[Passage], *, title: str = "What went in and what came out") -> str:
    """Return a page with every passage; what does not fit is said to be left out."""
    parts = [f'<p class="facts">{counted(len(passages), "sound")} sent. Grey is before, colour is after.</p>']
    for left_out, each in abridged(passages, MOST, lambda passage: passage.is_noteworthy):
        if left_out:
            parts.append(f'<p class="facts">{counted(len(left_out), "sound")} left out here</p>')
        parts.append(_passage(each))
    return page(title, "".join(parts), style=STYLE)


def _passage(passage: Passage) -> str:
    level, spectrum = "", ""
    if passage.before.size and passage.after.size:
        level = _picture("Level", [_levels(passage.before), _levels(passage.after)], [])
        marks = [(f"{hz:g} Hz", _place(hz, passage.rate_hz)) for hz in _DECADES_HZ if hz < passage.rate_hz / 2]
        spectra = [spectrum_db(samples, rate_hz=passage.rate_hz)[1] for samples in (passage.before, passage.after)]
        spectrum = _picture("Spectrum", spectra, marks)
    return (
        f'<section class="passage"><h2>{text(passage.who)}<small>{text(passage.words)}</small></h2>'
        f'<div class="pair">{_heard(SENT, passage.before, passage)}{_heard(GOT, passage.after, passage)}</div>'
        f'<div class="pair">{level}{spectrum}</div></section>'
    )


def _heard(verb: str, samples: AnySamples, passage: Passage) -> str:
    facts = [passage.detail] if passage.detail and verb == GOT else []
    played = samples[: LONGEST_S * passage.rate_hz]
    if samples.size:
        facts += [f"{len(samples) / passage.rate_hz:.2f} s", f"level {rms_dbfs(samples):.1f} dB"]
        facts += [f"largest sample {peak_db(samples):.1f} dB"] if samples.any() else []
        facts += [f"the first {LONGEST_S} s of it"] if len(played) < len(samples) else []
    if passage.rate_hz != SAMPLE_RATE_HZ and samples.size:  # close enough for ears
        times = np.arange(0, len(played), passage.rate_hz / SAMPLE_RATE_HZ)
        played = np.interp(times, np.arange(len(played)), played).astype(np.int16)
    sub_line = " \u00b7 ".join(facts)
    return player(f"{passage.who} {verb}", played, expected_text="", actual_text=None, sub_line=sub_line)


def _levels(samples: AnySamples) -> Sequence[float]:
    pieces = np.array_split(samples, max(min(WIDTH // 2, len(samples) // round(_LEVEL_S * SAMPLE_RATE_HZ)), 1))
    return [rms_dbfs(piece) for piece in pieces]


def _place(hz: float, rate_hz: int) -> float:
    return float(np.log(hz / 50) / np.log(rate_hz / 2 / 50))


def _picture(title: str, curves: Sequence[Sequence[float]], marks: Sequence[tuple[str, float]]) -> str:
    """Draw curves in dB, the first in grey, with a line for every 24 dB."""
    lines = "".join(f'<line x1="0" x2="{WIDTH}" y1="{_y(db):.0f}" y2="{_y(db):.0f}"/>' for db in range(-96, 1, 24))
    lines += "".join(
        f'<line x1="{x * WIDTH:.0f}" x2="{x * WIDTH:.0f}" y1="0" y2="{HEIGHT}"/>'
        f'<text x="{x * WIDTH + 3:.0f}" y="{HEIGHT - 3}">{name}</text>'
        for name, x in marks
    )
    for look, curve in zip(("before", "after"), curves, strict=True):
        step = WIDTH / max(len(curve) - 1, 1)
        points = " ".join(f"{at * step:.0f},{_y(db):.0f}" for at, db in enumerate(curve))
        lines += f'<polyline class="{look}" points="{points}"/>'
    about = f"{title} before and after, from {QUIETEST_DB:g} to {LOUDEST_DB:g} dB"
    return (
        f'<figure><figcaption>{title} in dB</figcaption><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{about}</title>{lines}</svg></figure>"
    )


def _y(db: float) -> float:
    share = (min(max(db, QUIETEST_DB), LOUDEST_DB) - LOUDEST_DB) / (QUIETEST_DB - LOUDEST_DB)
    return share * HEIGHT
