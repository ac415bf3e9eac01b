"""Which pieces of sound a recogniser got."""

from __future__ import annotations

from collections.abc import Sequence

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher


class _Pieces(BaseMatcher[Sequence[int]]):
    def __init__(self, expected: Sequence[int], *, only: bool) -> None:
        self._expected = list(expected)
        self._only = only

    def _matches(self, item: Sequence[int]) -> bool:
        got = list(item)
        return got == self._expected if self._only else got[len(got) - len(self._expected) :] == self._expected

    def describe_to(self, description: Description) -> None:
        description.append_text("" if self._only else "at the end ").append_text(in_words(self._expected))

    def describe_mismatch(self, item: Sequence[int], mismatch_description: Description) -> None:
        mismatch_description.append_text(f"it got {in_words(item)}")


class _AtMost(BaseMatcher[Sequence[int]]):
    def __init__(self, count: int, of: Sequence[int]) -> None:
        self._count = count
        self._of = of

    def _matches(self, item: Sequence[int]) -> bool:
        got = set(item) & set(self._of)
        return self._of[-1] in got and len(got) <= self._count

    def describe_to(self, description: Description) -> None:
        description.append_text(f"no more than {self._count} of {in_words(self._of)}, and among them the last")

    def describe_mismatch(self, item: Sequence[int], mismatch_description: Description) -> None:
        mismatch_description.append_text(f"it got {len(set(item) & set(self._of))} of them: {in_words(item)}")


class _NoneOf(BaseMatcher[Sequence[int]]):
    def __init__(self, of: Sequence[int]) -> None:
        self._of = of

    def _matches(self, item: Sequence[int]) -> bool:
        return not set(item) & set(self._of)

    def describe_to(self, description: Description) -> None:
        description.append_text(f"nothing of {in_words(self._of)}")

    def describe_mismatch(self, item: Sequence[int], mismatch_description: Description) -> None:
        mismatch_description.append_text(f"it got {in_words(item)}")


def just(pieces: Sequence[int]) -> Matcher[Sequence[int]]:
    """Match these pieces in this order, and no others."""
    return _Pieces(pieces, only=True)


def ending_with(pieces: Sequence[int]) -> Matcher[Sequence[int]]:
    """Match what ends with these pieces in this order."""
    return _Pieces(pieces, only=False)


def at_most(count: int, of: Sequence[int]) -> Matcher[Sequence[int]]:
    """Match what has so many of these pieces or fewer, but the last of them."""
    return _AtMost(count, of)


def none_of(pieces: Sequence[int]) -> Matcher[Sequence[int]]:
    """Match what has nothing of these pieces."""
    return _NoneOf(pieces)


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
