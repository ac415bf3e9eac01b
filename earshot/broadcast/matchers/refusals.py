"""Whether a "no" of the service means what it should."""

from __future__ import annotations

from collections.abc import Iterable

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.broadcast.attempts import Refusal


class _RefusedWith(BaseMatcher[Refusal]):
    def __init__(self, code: str, equivalents: frozenset[str], status: int | None) -> None:
        self._code = code
        self._accepted = equivalents | {code}
        self._status = status

    def _matches(self, item: Refusal) -> bool:
        return item.code in self._accepted and self._has_right_status(item)

    def describe_to(self, description: Description) -> None:
        description.append_text(f"a refusal with {self._code}")
        if self._status is not None:
            description.append_text(f" ({self._status})")

    def describe_mismatch(self, item: Refusal, mismatch_description: Description) -> None:
        given = item.code or "no code"
        mismatch_description.append_text(f"the service said {given} ({item.status}): {item.message or 'nothing more'}")

    def _has_right_status(self, item: Refusal) -> bool:
        foreign = item.code != self._code
        return foreign or self._status is None or item.status is None or item.status == self._status


def refused_with(code: str, *, equivalents: Iterable[str] = (), status: int | None = None) -> Matcher[Refusal]:
    """Match a refusal with this code or an equivalent one; the status is judged only where one was given."""
    return _RefusedWith(code, frozenset(equivalents), status)
