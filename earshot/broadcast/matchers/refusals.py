"""Whether a "no" of the service means what it should."""

from __future__ import annotations

from collections.abc import Iterable

from hamcrest.core.matcher import Matcher

from earshot.broadcast.attempts import Refusal
from earshot.matchers.expectation import expectation


def refused_with(code: str, *, equivalents: Iterable[str] = (), status: int | None = None) -> Matcher[Refusal]:
    """Match a refusal with this code or an equivalent one; the status is judged only where one was given."""
    accepted = {code, *equivalents}
    return expectation(
        f"a refusal with {code}" + (f" ({status})" if status is not None else ""),
        lambda refusal: (
            refusal.code in accepted and (refusal.code != code or status is None or refusal.status in (None, status))
        ),
        lambda refusal: (
            f"the service said {refusal.code or 'no code'} ({refusal.status}): {refusal.message or 'nothing more'}"
        ),
    )
