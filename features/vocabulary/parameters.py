"""How a step's placeholder gets its pattern and its value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from behave import register_type


def one_of(words: Iterable[str]) -> str:
    """Return a pattern for a closed list, the longest first so that no word hides another."""
    return "|".join(sorted(words, key=len, reverse=True))


def parameter(name: str, pattern: str, convert: Callable[[str], object], sentences: Iterable[str] = ()) -> None:
    """Let `{anything:name}` in a step stand for what the pattern matches, converted.

    Where it stands for whole sentences, they are listed in the phrase book. ValueError where the name has a meaning
    already, and is no list that others may add to.
    """
    if name in _KNOWN and name not in _PHRASES | _LISTS:
        raise ValueError(f"{name} would stand for two things")

    def converter(text: str) -> object:
        return convert(text)

    converter.pattern = pattern  # type: ignore[attr-defined]
    converter.sentences = tuple(sentences)  # type: ignore[attr-defined]
    register_type(**{name: converter})
    _KNOWN[name] = (pattern, convert)


def value_of(name: str, text: str) -> object:
    """Return what a text stands for in the place of `{anything:name}`; ValueError where it is none of its phrases."""
    pattern, convert = _KNOWN[name]
    if not re.fullmatch(pattern, text):
        raise ValueError(f"{text!r} is no {name}: docs/phrase-book.md lists what it may be")
    return convert(text)


_KNOWN: dict[str, tuple[str, Callable[[str], object]]] = {}
_PHRASES: dict[str, dict[str, object]] = {}
_LISTS: dict[str, dict[str, object]] = {}


def phrases(name: str, meanings: Mapping[str, object]) -> None:
    """Let `{anything:name}` in a step stand for these phrases, which have blanks as steps have: `{level:Percent}`.

    A phrase with blanks means what its function returns for the words in them, which it is given by name; what stands
    in a blank without a name, such as `{:Are}`, means nothing.
    """
    forms = [(re.compile(_form(phrase, "(?P<{}>{})")), phrase, meaning) for phrase, meaning in meanings.items()]

    def convert(text: str) -> object:
        [(found, phrase, meaning)] = [(found, p, m) for form, p, m in forms if (found := form.fullmatch(text))]
        blanks = {blank: _KNOWN[kind][1](found[blank]) for blank, kind in _BLANK.findall(phrase) if blank}
        return meaning(**blanks) if blanks and callable(meaning) else meaning

    parameter(name, "|".join(_form(phrase, "(?:{1})") for phrase in meanings), convert, meanings)


def doing(verb: Callable[..., object]) -> Callable[..., Callable[..., object]]:
    """Let a phrase mean what `verb` does to whom it is about, with the words in its blanks by their names."""
    return lambda **blanks: lambda *whom: verb(*whom, **blanks)


def more_phrases(name: str, meanings: Mapping[str, object]) -> None:
    """Add to the phrases that `{anything:name}` in a step stands for; ValueError where one would mean two things."""
    known = _PHRASES.setdefault(name, {})
    if twice := known.keys() & meanings.keys():
        raise ValueError(f"{name}: {', '.join(sorted(twice))} would mean two things")
    known.update(meanings)
    phrases(name, known)


_BLANK = re.compile(r"\{(\w*):(\w+)\}")


def _form(phrase: str, named: str) -> str:
    """Return a pattern for a phrase; `named` says how the name and the pattern of a blank go into it."""
    literals = re.split(r"\{\w*:\w+\}", phrase)
    blanks = [(named if name else "(?:{1})").format(name, _KNOWN[kind][0]) for name, kind in _BLANK.findall(phrase)]
    return "".join(re.escape(literal) + blank for literal, blank in zip(literals, [*blanks, ""], strict=True))


def closed_list(name: str, words: Mapping[str, object]) -> None:
    """Add to the closed list that `{anything:name}` in a step stands for; ValueError where a word has two meanings."""
    known = _LISTS.setdefault(name, {})
    if twice := [word for word in words if word in known and known[word] != words[word]]:
        raise ValueError(f"{name}: {', '.join(twice)} would mean two things")
    known.update(words)
    parameter(name, one_of(known), known.__getitem__)
