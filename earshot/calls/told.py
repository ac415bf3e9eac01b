"""What answers about the service itself say: in their bodies, and in their headers."""

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
BROWSERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-xss-protection": "1; mode=block",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "content-security-policy": matches_regexp("'self'.*'none'"),
    "referrer-policy": "strict-origin-when-cross-origin",
}
"""What every answer tells browsers (AUTH-29)."""
LIMITED = {f"x-ratelimit-{each}": NUMBER for each in ("limit", "remaining", "reset")} | {"retry-after": NUMBER}


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


def counts(*names: str) -> Matcher[Observation]:
    """Match what Prometheus reads, if it explains and types figures of these names (CALL-28)."""

    def lacking(answer: Observation) -> list[str]:
        lines = answer.payload.decode().splitlines()
        begun = [tuple(line.split()[1:3]) for line in lines if line.startswith("# ")]
        families = {name for kind, name in begun if kind == "TYPE"} & {name for kind, name in begun if kind == "HELP"}
        return [name for name in names if not families & {name, name.removesuffix("_total")}]

    return expectation(
        f"figures called {', '.join(names)}, with a type and a help text each",
        lambda answer: answer.code == HTTPStatus.OK and not lacking(answer),
        lambda answer: f"there was no {', no '.join(lacking(answer))}",
    )
