"""What people ask for: as they try to, as they do, and as they have done before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from earshot.asking import Request
from features.vocabulary.parameters import more_phrases
from features.vocabulary.shared import World

Builds = Callable[..., Request]
"""Returns what a person of this name asks for: it is given the system, the name, and what stands in the blanks."""
Then = Callable[..., object]
"""What follows where it is granted, given the same."""
TRIED, DONE_NOW, DONE_BEFORE = range(3)
KINDS = ("Attempt", "Deed", "Done")


def acts(system: str, table: Mapping[str, Builds], then: Then = lambda *_, **__: None) -> None:
    """Let people "try to …", "…" and "have …" these; `then` follows where it is granted.

    The forms of the verb stand first, any of which may be left out: `call|calls|called {hotel:Hotel}`.
    """
    for number, kind in enumerate(KINDS):
        made = partial(_asks, system, tries=number == TRIED, then=then)
        more_phrases(kind, form(number, table, made))


def form(number: int, table: Mapping[str, Any], made: Callable[[Any], Callable[..., Any]]) -> dict[str, Any]:
    """Return the phrases of one form."""
    found = {}
    for words, act in table.items():
        forms, _, rest = words.partition(" ")
        if verb := forms.split("|")[number]:
            found[f"{verb} {rest}"] = made(act) if "{" in rest else made(act)()
    return found


def _asks(system: str, build: Builds, *, tries: bool, then: Then) -> Callable[..., Any]:
    """Return what lets somebody ask, given what stands in the blanks first."""

    def made(**blanks: Any) -> Callable[[World, str], None]:
        def act(world: World, name: str) -> None:
            wing: Any = world.stage.systems[system]
            request = build(wing, name, **blanks)
            person = wing.person(name)
            (person.tries_to_ask if tries else person.asks)(request)
            if (person.answer.code or 0) < 400:
                then(wing, name, **blanks)

        return act

    return made


def showing(request: Request, **headers: str) -> Request:
    """Return the same request with these headers in the place of those that would be there."""
    return replace(request, headers={**request.headers, **{n.replace("_", "-"): v for n, v in headers.items()}})


def unsigned(request: Request) -> Request:
    return replace(request, signed=False)
