"""Which pieces of sound a recogniser got."""

from __future__ import annotations

from collections.abc import Sequence

from hamcrest.core.matcher import Matcher

from earshot.matchers.expectation import expectation


def just(pieces: Sequence[int]) -> Matcher[Sequence[int]]:
    """Match these pieces in this order, and no others."""
    return expectation(in_words(pieces), lambda got: list(got) == list(pieces), _got)


def ending_with(pieces: Sequence[int]) -> Matcher[Sequence[int]]:
    return expectation(
        f"at the end {in_words(pieces)}", lambda got: list(got)[len(got) - len(pieces) :] == list(pieces), _got
    )


def at_most(count: int, of: Sequence[int]) -> Matcher[Sequence[int]]:
    """Match what has so many of these pieces or fewer, but the last of them."""
    return expectation(
        f"no more than {count} of {in_words(of)}, and among them the last",
        lambda got: of[-1] in got and len(set(got) & set(of)) <= count,
        lambda got: f"it got {len(set(got) & set(of))} of them: {in_words(got)}",
    )


def none_of(pieces: Sequence[int]) -> Matcher[Sequence[int]]:
    return expectation(f"nothing of {in_words(pieces)}", lambda got: not set(got) & set(pieces), _got)


def _got(pieces: Sequence[int]) -> str:
    return f"it got {in_words(pieces)}"


def in_words(pieces: Sequence[int]) -> str:
    """Return the pieces as a person would say it: "the pieces 1, 3 to 5 and 2"; 0 is a sound that was never sent."""
    runs: list[list[int]] = []
    for piece in pieces:
        if runs and piece == runs[-1][-1] + 1 and piece > 1:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    named = [f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) if run[0] else "something else" for run in runs]
    if not named:
        return "no piece"
    return f"the pieces {', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else f"the piece {named[0]}"
