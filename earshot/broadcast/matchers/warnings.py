"""Whether a warning about bad sound helps."""

from __future__ import annotations

from collections.abc import Mapping

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

DETAILS: Mapping[str, tuple[str, ...]] = {
    "snr_low": ("snr", "threshold"),
    "clipping": ("percentage", "threshold"),
    "echo": ("echo_db", "delay_ms"),
    "silence": ("duration",),
}
"""What a warning says in figures (BRO-5.4.1 to BRO-5.4.4)."""


class _Explains(BaseMatcher[Mapping[str, object]]):
    def __init__(self, issue: str) -> None:
        self._issue = issue

    def _matches(self, item: Mapping[str, object]) -> bool:
        return bool(str(item.get("message", "")).strip()) and not self._missing(item)

    def describe_to(self, description: Description) -> None:
        description.append_text(f"a remedy in words, and the figures {' and '.join(DETAILS[self._issue])}")

    def describe_mismatch(self, item: Mapping[str, object], mismatch_description: Description) -> None:
        missing = self._missing(item)
        lacks = f"without {' and '.join(missing)} in its details" if missing else "without a word"
        mismatch_description.append_text(f"it came {lacks}: {dict(item)}")

    def _missing(self, item: Mapping[str, object]) -> list[str]:
        details = item.get("details")
        given = details if isinstance(details, Mapping) else {}
        return [
            name
            for name in DETAILS[self._issue]
            if isinstance(given.get(name), bool) or not isinstance(given.get(name), int | float)
        ]


def explains(issue: str) -> Matcher[Mapping[str, object]]:
    """Match a warning of this issue that says what to do, and gives the figures that belong to it."""
    return _Explains(issue)
