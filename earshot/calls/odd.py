"""Drafts and lookups as nobody would write them, generated: none of them may make the service fail (PMS-28)."""

from __future__ import annotations

from hypothesis import strategies as st

from earshot.asking import Request
from earshot.calls import desk
from earshot.calls.guest import Guest
from earshot.odd import ANYTHING, TEXT

_DATE = st.one_of(st.dates().map(str), st.sampled_from(["0000-00-00", "9999-12-31", "2025-02-30", "soon"]))
_WRONG = {
    "arrival": _DATE | ANYTHING,
    "departure": _DATE | ANYTHING,
    "guest_count": st.integers() | ANYTHING,
    "room_type": TEXT | ANYTHING,
    "rate_code": TEXT | ANYTHING,
    "special_requests": TEXT | ANYTHING,
}
_GUEST = {"first_name": TEXT | ANYTHING, "last_name": TEXT | ANYTHING, "email": TEXT | ANYTHING}


def requests_of(guest: Guest) -> st.SearchStrategy[Request]:
    """Return odd drafts and, so that no limit is reached, half as many odd lookups."""
    drafts = st.fixed_dictionaries({}, optional=_WRONG | {"guest": st.fixed_dictionaries({}, optional=_GUEST)})
    lookups = (TEXT | ANYTHING).map(lambda odd: guest.beginning("Hotel Aurora", reservation_id=odd))
    bookings = drafts.map(lambda odd: desk.booking(guest, "Hotel Aurora", **odd))
    return st.integers(0, 2).flatmap(lambda number: bookings if number else lookups)
