"""Drafts and lookups as nobody would write them, generated: none of them may make the service fail (PMS-28)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from earshot.asking import Request
from earshot.calls import desk
from earshot.calls.guest import Guest

_LONG = st.just("x").map(lambda x: x * 11_000)
_TEXT = st.one_of(st.text(max_size=40), st.just(""), _LONG, st.just("Zoë 🎻 \u202e اسم"))
_DATE = st.one_of(st.dates().map(str), st.sampled_from(["0000-00-00", "9999-12-31", "2025-02-30", "soon"]))
_ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.lists(_TEXT, max_size=3))
_WRONG = {
    "arrival": _DATE | _ANYTHING,
    "departure": _DATE | _ANYTHING,
    "guest_count": st.integers() | _ANYTHING,
    "room_type": _TEXT | _ANYTHING,
    "rate_code": _TEXT | _ANYTHING,
    "special_requests": _TEXT | _ANYTHING,
}
_GUEST = {"first_name": _TEXT | _ANYTHING, "last_name": _TEXT | _ANYTHING, "email": _TEXT | _ANYTHING}


def requests_of(guest: Guest) -> st.SearchStrategy[Request]:
    """Return odd drafts and, so that no limit is reached, half as many odd lookups."""
    drafts = st.fixed_dictionaries({}, optional=_WRONG | {"guest": st.fixed_dictionaries({}, optional=_GUEST)})
    lookups = (_TEXT | _ANYTHING).map(lambda odd: guest.beginning("Hotel Aurora", reservation_id=odd))
    bookings = drafts.map(lambda odd: desk.booking(guest, "Hotel Aurora", **odd))
    return st.integers(0, 2).flatmap(lambda number: bookings if number else lookups)


def tried(build: st.SearchStrategy[Any], attempt: Callable[[Any], None], *, times: int, by_chance: int) -> str:
    """Let so many of these be tried; returns what the attempt says of one that fails, or an empty text."""

    @seed(by_chance)
    @settings(
        max_examples=times,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(build)
    def run(one: Any) -> None:
        attempt(one)

    try:
        run()
    except AssertionError as failure:
        return str(failure)
    return ""
