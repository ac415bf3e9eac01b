"""Whether a status counts the audience as it is."""

from __future__ import annotations

from collections.abc import Mapping

from hamcrest.core.matcher import Matcher

from earshot.audio.languages import language_name
from earshot.matchers.expectation import expectation


def counts_audience(count: int, languages: Mapping[str, int]) -> Matcher[Mapping[str, object]]:
    """Match a `sessionStatus` that counts so many listeners, and so many for each language code, and no others."""
    return expectation(
        _in_words(count, languages),
        lambda status: status.get("listenerCount") == count and status.get("languageDistribution") == languages,
        lambda status: f"the status said {_in_words(status.get('listenerCount'), status.get('languageDistribution'))}",
    )


def _in_words(count: object, languages: object) -> str:
    if not isinstance(languages, Mapping):
        return f"{count} listeners, with {languages!r} for their languages"
    parts = [f"{number} in {language_name(code)}" for code, number in sorted(languages.items())]
    return f"{count} listeners: {', '.join(parts) or 'none in any language'}"
