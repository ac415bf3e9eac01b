"""What engineers sent and what came back, to be played and looked at, with levels before and after."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.evidence import players
from earshot.evidence.page import abridged, counted, page, text
from earshot.evidence.players import player
from earshot.studio.engineer import Engineer, Sending
from earshot.studio.matchers import level_db, peak_db

MOST_SENDINGS = 8
LONGEST_S = 5
"""So much of a sound can be played."""


def sound_page(engineers: Sequence[Engineer]) -> str:
    """Return a page with every sound that was sent, each before what came back of it; empty if there was none."""
    sent = [(engineer.name, sending) for engineer in engineers for sending in engineer.sendings if len(sending.sent)]
    parts = []
    for left_out, (name, sending) in abridged(sent, MOST_SENDINGS, lambda each: each[1].refused > 0):
        if left_out:
            parts.append(f'<p class="left-out">{counted(len(left_out), "sound")} left out here</p>')
        parts += _players(name, sending)
    return page("What was sent and what came back", "".join(parts), style=players.STYLE) if parts else ""


def _players(name: str, sending: Sending) -> Iterator[str]:
    back = sum(piece.was_processed for piece in sending.pieces)
    yield f"<h2>{text(name)}<small>{text(sending.words)}</small></h2>"
    yield _player(f"{name} sent", sending.sent, counted(len(sending.pieces), "piece"))
    yield _player(f"{name} heard", sending.returned, f"{counted(back, 'piece')} came back, {sending.refused} refused")


def _player(title: str, samples: Samples, pieces: str) -> str:
    facts = [pieces, f"{len(samples) / SAMPLE_RATE_HZ:.2f} s"]
    facts += [f"level {_db(level_db(samples))}", f"peak {_db(peak_db(samples))}"] if len(samples) else []
    played = samples[: LONGEST_S * SAMPLE_RATE_HZ]
    facts += [f"the first {LONGEST_S} s of it"] if len(played) < len(samples) else []
    return player(title, played, expected_text="", actual_text=None, sub_line=" \u00b7 ".join(facts))


def _db(level: float) -> str:
    return "silence" if level == -math.inf else f"{level:.1f} dB"
