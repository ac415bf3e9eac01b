"""What became of requests and of pieces of audio that came fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from hamcrest import has_entries
from hamcrest.core.matcher import Matcher

from earshot.broadcast.attempts import Refusal
from earshot.broadcast.microphone import Piece
from earshot.matchers.expectation import expectation
from earshot.matchers.numbers import between

Outcomes = Sequence[Refusal | None]


def all_granted() -> Matcher[Outcomes]:
    """Match outcomes, at least one, of which none is a refusal."""
    return expectation(
        "all granted", lambda outcomes: len(outcomes) > 0 and all(refusal is None for refusal in outcomes), _said
    )


def granted_up_to(count: int, refused_with: Matcher[Refusal]) -> Matcher[Outcomes]:
    """Match outcomes of which the first `count` were granted and all others, at least one, refused like that."""
    return expectation(
        f"{count} granted and then only {refused_with}",
        lambda outcomes: (
            len(outcomes) > count
            and all(refusal is None for refusal in outcomes[:count])
            and _all_refused(outcomes[count:], refused_with)
        ),
        _said,
    )


def refused_up_to(count: int, first: Matcher[Refusal], rest: Matcher[Refusal]) -> Matcher[Outcomes]:
    """Match outcomes of which `count` were refused like `first`, and then all others, at least one, like `rest`."""
    return expectation(
        f"{count} times {first} and then only {rest}",
        lambda outcomes: (
            len(outcomes) > count and _all_refused(outcomes[:count], first) and _all_refused(outcomes[count:], rest)
        ),
        _said,
    )


def passed_on_then_dropped(passed_on: int, dropped: int) -> Matcher[Sequence[Piece]]:
    """Match pieces of which the first were passed on, and the rest dropped because there were too many."""
    return expectation(
        f"{passed_on} pieces passed on and then {dropped} dropped for their rate",
        lambda pieces: (
            len(pieces) == passed_on + dropped
            and all(piece.passed_on for piece in pieces[:passed_on])
            and all(piece.dropped_for_rate for piece in pieces[passed_on:])
        ),
        lambda pieces: _runs([_fate(piece) for piece in pieces]),
    )


def warns_of(limit: int, dropped: int) -> Matcher[Mapping[str, object]]:
    """Match a warning about too much audio that gives the limit and how many pieces were dropped by then."""
    return has_entries(
        limit=limit, windowSeconds=1, violationSeconds=between(1, 2), droppedChunks=between(dropped, dropped + 1)
    )


def _all_refused(outcomes: Outcomes, like: Matcher[Refusal]) -> bool:
    return all(refusal is not None and like.matches(refusal) for refusal in outcomes)


def _said(outcomes: Outcomes) -> str:
    return _runs(["granted" if refusal is None else f"refused with {refusal.code}" for refusal in outcomes])


def _fate(piece: Piece) -> str:
    if piece.said is None:
        return "not acknowledged"
    if piece.passed_on:
        return "passed on"
    return f"held back ({piece.said.get('reason', 'no reason given')})"


def _runs(said: Sequence[str]) -> str:
    """Say the same in fewer words: how many of each, in order."""
    if not said:
        return "there were none"
    runs: list[Counter[str]] = []
    for one in said:
        if runs and one in runs[-1]:
            runs[-1][one] += 1
        else:
            runs.append(Counter([one]))
    return ", then ".join(f"{count} {one}" for run in runs for one, count in run.items())
