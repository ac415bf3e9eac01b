"""Whether a status counts the audience as it is."""

from __future__ import annotations

from collections.abc import Mapping

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.audio.languages import language_name


class _Counts(BaseMatcher[Mapping[str, object]]):
    def __init__(self, count: int, languages: Mapping[str, int]) -> None:
        self._count = count
        self._languages = languages

    def _matches(self, item: Mapping[str, object]) -> bool:
        return item.get("listenerCount") == self._count and item.get("languageDistribution") == self._languages

    def describe_to(self, description: Description) -> None:
        description.append_text(_in_words(self._count, self._languages))

    def describe_mismatch(self, item: Mapping[str, object], mismatch_description: Description) -> None:
        said = _in_words(item.get("listenerCount"), item.get("languageDistribution"))
        mismatch_description.append_text(f"the status said {said}")


def counts_audience(count: int, languages: Mapping[str, int]) -> Matcher[Mapping[str, object]]:
    """Match a `sessionStatus` that counts so many listeners, and so many for each language code, and no others."""
    return _Counts(count, languages)


def _in_words(count: object, languages: object) -> str:
    if not isinstance(languages, Mapping):
        return f"{count} listeners, with {languages!r} for their languages"
    parts = [f"{number} in {language_name(code)}" for code, number in sorted(languages.items())]
    return f"{count} listeners: {', '.join(parts) or 'none in any language'}"
