"""How a step's placeholder gets its pattern and its value."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from behave import register_type


def one_of(words: Iterable[str]) -> str:
    """Return a pattern for a closed list, the longest first so that no word hides another."""
    return "|".join(sorted(words, key=len, reverse=True))


def parameter(name: str, pattern: str, convert: Callable[[str], object], sentences: Iterable[str] = ()) -> None:
    """Let `{anything:name}` in a step stand for what the pattern matches, converted.

    Where it stands for whole sentences, they are listed in the phrase book.
    """

    def converter(text: str) -> object:
        return convert(text)

    converter.pattern = pattern  # type: ignore[attr-defined]
    converter.sentences = tuple(sentences)  # type: ignore[attr-defined]
    register_type(**{name: converter})
