"""Whether a refusal explains itself, and no more than that."""

from __future__ import annotations

import re

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.broadcast.attempts import Refusal

_INSIDES = re.compile(
    r"(?i:traceback|handler|botocore|boto3|dynamodb|localhost)|\.py\b|\bline \d+|\b0x[0-9a-f]{4,}"
    r"|\b\w+(?:Error|Exception)\b|\b[A-Z]\w*\(|\barn:|\bNone\b|<class |/(?:usr|home|var|opt|srv|work)/|\b127\.0\.0\.1\b"
)
"""What a person outside of the service has no use for: places in code, names of classes, tables and machines."""


class _Names(BaseMatcher[Refusal]):
    def __init__(self, field: str) -> None:
        self._field = field

    def _matches(self, item: Refusal) -> bool:
        named = item.details.get("invalidFields")
        return (
            item.details.get("field") == self._field
            or (isinstance(named, list) and self._field in named)
            or self._field in item.message
        )

    def describe_to(self, description: Description) -> None:
        description.append_text(f"a refusal that names {self._field}")

    def describe_mismatch(self, item: Refusal, mismatch_description: Description) -> None:
        mismatch_description.append_text(f'it said "{item.message}" and gave as details {dict(item.details)}')


class _RevealsNothing(BaseMatcher[Refusal]):
    def _matches(self, item: Refusal) -> bool:
        return self._revealed(item) is None

    def describe_to(self, description: Description) -> None:
        description.append_text("an explanation that reveals nothing about the inside of the service")

    def describe_mismatch(self, item: Refusal, mismatch_description: Description) -> None:
        mismatch_description.append_text(f'it said "{self._revealed(item)}" in "{item.message}" {dict(item.details)}')

    def _revealed(self, item: Refusal) -> str | None:
        if not item.message.strip():
            return "nothing at all"
        found = _INSIDES.search(f"{item.message} {dict(item.details)}")
        return found.group() if found else None


def names_the_field(field: str) -> Matcher[Refusal]:
    """Match a refusal whose details or message name this field."""
    return _Names(field)


def reveals_nothing_inside() -> Matcher[Refusal]:
    """Match a refusal that explains itself without a word about the inside of the service."""
    return _RevealsNothing()
