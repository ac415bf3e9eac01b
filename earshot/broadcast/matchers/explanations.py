"""Whether a refusal explains itself, and no more than that."""

from __future__ import annotations

import re

from hamcrest.core.matcher import Matcher

from earshot.broadcast.attempts import Refusal
from earshot.matchers.expectation import expectation

_INSIDES = re.compile(
    r"(?i:traceback|handler|botocore|boto3|dynamodb|localhost)|\.py\b|\bline \d+|\b0x[0-9a-f]{4,}"
    r"|\b\w+(?:Error|Exception)\b|\b[A-Z]\w*\(|\barn:|\bNone\b|<class |/(?:usr|home|var|opt|srv|work)/|\b127\.0\.0\.1\b"
)
"""What a person outside of the service has no use for: places in code, names of classes, tables and machines."""


def names_the_field(field: str) -> Matcher[Refusal]:
    """Match a refusal whose details or message name this field."""

    def fits(refusal: Refusal) -> bool:
        named = refusal.details.get("invalidFields")
        return (
            refusal.details.get("field") == field
            or (isinstance(named, list) and field in named)
            or field in refusal.message
        )

    return expectation(
        f"a refusal that names {field}",
        fits,
        lambda refusal: f'it said "{refusal.message}" and gave as details {dict(refusal.details)}',
    )


def reveals_nothing_inside() -> Matcher[Refusal]:
    """Match a refusal that explains itself without a word about the inside of the service."""
    return expectation(
        "an explanation that reveals nothing about the inside of the service",
        lambda refusal: _revealed(refusal) is None,
        lambda refusal: f'it said "{_revealed(refusal)}" in "{refusal.message}" {dict(refusal.details)}',
    )


def _revealed(refusal: Refusal) -> str | None:
    if not refusal.message.strip():
        return "nothing at all"
    found = _INSIDES.search(f"{refusal.message} {dict(refusal.details)}")
    return found.group() if found else None
