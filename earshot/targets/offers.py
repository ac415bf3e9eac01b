"""What a service offers over HTTP of that which it may leave out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from earshot.agreement import NAMES, openapi
from earshot.wire.reading import as_json

ANSWER_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Extra:
    """Something that a service of a system may offer over HTTP or leave out."""

    system: str
    tag: str
    """Of the scenarios that need it (`x-needed-by` in the system's document)."""
    summary: str
    asked_for_by: str
    """The path at which it is found, if it is there."""


def _extras() -> Iterator[Extra]:
    for system in NAMES:
        for path, item in (openapi(system) or {"paths": {}})["paths"].items():
            if "x-needed-by" in item:
                examples = {
                    one["name"]: one["example"] for one in item["get"].get("parameters", ()) if "example" in one
                }
                summary = item["get"]["summary"].rstrip(".")
                yield Extra(system, item["x-needed-by"], summary[0].lower() + summary[1:], path.format_map(examples))


EXTRAS = tuple(_extras())
OFFERABLE = tuple(dict.fromkeys(extra.tag for extra in EXTRAS))
"""The tags of scenarios that need something which a service may leave out."""


def offered(system: str, base_url: str) -> frozenset[str]:
    """Return the tags of what the service at `base_url` offers, of all that a system's services may leave out."""
    return frozenset(
        extra.tag for extra in EXTRAS if extra.system == system and _is_there(base_url + extra.asked_for_by)
    )


def _is_there(address: str) -> bool:
    from earshot.wire.http import get  # takes a tenth of a second to load

    status, body = get(address, within_s=ANSWER_WITHIN_S)
    return status == HTTPStatus.OK and isinstance(as_json(body), dict)
