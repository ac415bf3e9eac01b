"""The phrasebook: what is said in the features, in every language, and how it sounds."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_NOT_A_LANGUAGE = frozenset({"id", "setting", "readings"})


def plain(text: str) -> str:
    """Return `text` as it is compared: without case, punctuation and surplus blanks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (char for char in folded if unicodedata.category(char)[0] not in "PS")
    return " ".join("".join(kept).split())


class Phrasebook:
    """The phrases of `folder`/phrasebook.yaml and their recordings, as `folder`/manifest.yaml lists them.

    A phrase is known by its id, such as `welcome-to-lisbon`, and is found by its text. ValueError when
    two phrases of a language cannot be told apart.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[tuple[str, str], str] = {}
        self._ids: dict[tuple[str, str], str] = {}
        for phrase in _read(folder / "phrasebook.yaml")["phrases"]:
            for language, text in phrase.items():
                if language not in _NOT_A_LANGUAGE:
                    self._add(phrase["id"], language, text)
        manifest = _read(folder / "manifest.yaml")
        self._recordings: dict[tuple[str, str], Path] = {
            (entry["id"], entry["language"]): folder / entry["file"]
            for entry in [*manifest["clips"], *manifest["prompts"]]
        }

    def _add(self, phrase_id: str, language: str, text: str) -> None:
        twin = self._ids.setdefault((plain(text), language), phrase_id)
        if twin != phrase_id:
            raise ValueError(
                f"{self._folder / 'phrasebook.yaml'}: phrases {twin!r} and {phrase_id!r} read the same in "
                f"{language!r} ({text!r}); reword one of them"
            )
        self._texts[phrase_id, language] = text

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(language for _, language in self._texts)

    def phrases(self, language: str) -> Mapping[str, str]:
        """Return the phrases of a language: id to text, in the order of the book."""
        return {phrase_id: text for (phrase_id, code), text in self._texts.items() if code == language}

    def phrase_id(self, text: str, language: str = "en") -> str | None:
        """Return the id of the phrase that reads `text`, whatever its case and punctuation, or None."""
        return self._ids.get((plain(text), language))

    def text(self, phrase_id: str, language: str) -> str:
        """Return a phrase in a language, in the book's own spelling, or raise LookupError."""
        try:
            return self._texts[phrase_id, language]
        except KeyError:
            raise LookupError(f"{self._folder / 'phrasebook.yaml'} has no {phrase_id!r} in {language!r}") from None

    def recording(self, phrase_id: str, language: str) -> Path:
        """Return the file in which a phrase is spoken (16 kHz, mono, 16-bit), or raise LookupError."""
        try:
            return self._recordings[phrase_id, language]
        except KeyError:
            raise LookupError(
                f"{self._folder / 'manifest.yaml'} lists no recording of {phrase_id!r} in {language!r}"
            ) from None


@functools.cache
def _read(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
