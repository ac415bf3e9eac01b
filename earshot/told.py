"""What an answer says, in its body and in its headers."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from typing import Any

from hamcrest import has_entries, matches_regexp
from hamcrest.core.matcher import Matcher

from earshot.ledger import Observation
from earshot.matchers.expectation import expectation

TEXT: Any = matches_regexp(r"\S")
NUMBER: Any = matches_regexp(r"^\d+$")
MADE = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT)


def says(what: str, /, *without: str, **members: Any) -> Matcher[Observation]:
    """Match a yes with these members, in which none of these words stands."""
    expected: Any = has_entries(members)

    def fits(answer: Observation) -> bool:
        hidden = [word for word in without if word in str(answer.message).lower()]
        return answer.code in MADE and not hidden and bool(expected.matches(answer.message))

    return expectation(what, fits, lambda answer: f"it was status {answer.code} with {sorted(answer.message)}")


def headed(what: str, headers: dict[str, Any], *, without: Collection[str] = ()) -> Matcher[Observation]:
    """Match an answer, whether yes or no, with these headers and without those."""
    expected: Any = has_entries(headers)

    def of(answer: Observation) -> dict[str, str]:
        return dict(answer.http.headers) if answer.http else {}

    def fits(answer: Observation) -> bool:
        return bool(expected.matches(of(answer))) and not of(answer).keys() & set(without)

    def instead(answer: Observation) -> str:
        shown = {name: value for name, value in of(answer).items() if name in {*headers, *without}}
        return f"of these, it had {shown or 'none'}"

    return expectation(what, fits, instead)
