"""What answers about the service itself say: in their bodies, and in their headers."""

from __future__ import annotations

from http import HTTPStatus

from hamcrest import matches_regexp
from hamcrest.core.matcher import Matcher

from earshot.ledger import Observation
from earshot.matchers.expectation import expectation
from earshot.told import NUMBER

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
