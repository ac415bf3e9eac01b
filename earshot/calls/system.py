"""The calls in one scenario: guests, those who look after them, and what they leave behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from typing import Any

from hamcrest import (
    all_of,
    assert_that,
    close_to,
    contains_string,
    empty,
    greater_than_or_equal_to,
    has_length,
    less_than_or_equal_to,
    not_,
)

from earshot.asking import Reason, Request, refused
from earshot.by_plan import in_turn
from earshot.calls import requests
from earshot.calls.desk import booking
from earshot.calls.figures import Figure
from earshot.calls.guest import Guest
from earshot.calls.matrix import matrix_page
from earshot.calls.odd import requests_of
from earshot.calls.operating import Operating
from earshot.calls.person import SYSTEM, Person
from earshot.calls.wording import WORDING
from earshot.causes import Causes, Often, Unasked
from earshot.matchers.log_lines import gives_away_none_of
from earshot.odd import tried
from earshot.patience import comes_to
from earshot.system import System
from earshot.targets.control import Record

CARRIER, OPERATOR = "The carrier", "The operator"
PERMISSIONS = ("call:start", "call:end", "call:manage", "call:view", "hotel:view")
"""What the carrier of a scenario may do."""
AT_ONCE_S = 0.001
ALWAYS_THE_SAME = 28
COUNTED_WITHIN_S = 1.0
"""How late a figure may be (CALL-5)."""


TAKEN_OR_MISTAKEN = (*range(200, 300), 400, 422)


class Calls(System):
    """The people of calls."""

    name = SYSTEM
    wording = WORDING
    causes = Causes(
        unasked=(Unasked("call_state", "watcher", (), Often.ANY),),  # of calls that somebody else tells of
    )
    _noted = ""
    _odd = ""

    def person(self, name: str) -> Person:
        """Return whoever has this name, who appears on first mention."""
        known = [person for person in self.stage.present(Person) if person.name == name]
        return known[-1] if known else self.stage.appears(name, Person)

    def guest(self, name: str) -> Guest:
        """Return the guest of this name, who appears on first mention with a carrier."""
        guest = self.stage.appears(name, Guest)
        guest.carrier = guest.carrier or self.carrier
        return guest

    def guests(self, count: int) -> list[Guest]:
        """Let so many guests appear whose names do not matter."""
        return [self.guest(guest.name) for guest in self.stage.unnamed("Guest", count, Guest)]

    @property
    def operator(self) -> Person:
        """Who may do everything."""
        return self._with_account(OPERATOR, "operator")

    @property
    def carrier(self) -> Person:
        """Who tells the service of calls: with a key of this scenario's own, and so with limits of its own."""
        carrier = self.stage.appears(CARRIER, Person)
        if not carrier.key:
            self.gives_key(carrier, PERMISSIONS)
        return carrier

    def gives_key(self, person: Person, permissions: Sequence[str], **terms: object) -> None:
        """Let the operator make a key for somebody; `terms` are further members of the request."""
        words = f"{person.name} {self.stage.scene.run_id}"
        person.takes_key(self.operator.asks(requests.new_key(words, permissions, **terms)).message)

    def users(self, count: int) -> list[Person]:
        """Return so many users with an account each, who appear on first mention."""
        return [self._with_account(f"User {number}", f"load_{number}") for number in range(count)]

    @cached_property
    def operating(self) -> Operating:
        """What is done behind the calls."""
        return Operating(self)

    def is_refused(self, name: str, reason: Reason) -> None:
        """Insist that the last attempt of somebody was refused for this reason."""
        assert_that(self.person(name).refusal(), refused(reason), f"how {name} was refused")

    def all_guests(self) -> list[Guest]:
        """Return every guest, in order of appearance."""
        return self.stage.present(Guest)

    def at_the_same_moment(self, does: Callable[[Guest], object]) -> None:
        """Let every guest do this at once; return when all have been answered."""
        in_turn(self.stage.scene.runtime, self.all_guests(), does, every_s=AT_ONCE_S)

    def books(self, name: str, hotel: str, **other: object) -> None:
        """Let the carrier book two nights for a guest."""
        guest = self.guest(name)
        guest.reservations[hotel] = self.carrier.asks(booking(guest, hotel, **other)).message
        for each in self.all_guests():
            others = (one for one in self.all_guests() if not one.reservations.keys() & each.reservations.keys())
            each.strangers = [
                str(booked["guest"]["last_name"]) for one in others for booked in one.reservations.values()
            ]

    def share(self, name: str, count: int) -> None:
        """Let so many more guests have the reservation of this one."""
        for guest in self.guests(count):
            guest.reservations = self.guest(name).reservations

    # ---- what the service asks others for, counts and writes down

    def asked(self, method: str, path: str, *, since_s: float | None = None) -> list[Record]:
        """Return what the property system was asked in this scenario, or later, at paths that end so."""
        since_s = self.stage.ledger.began_ns / 1e9 if since_s is None else since_s
        asked = self.stage.control.observe("property_system.requests", since_s=since_s)
        return [each for each in asked if each.method == method and each.path.rstrip("/").endswith(path)]

    def lookups(self, name: str) -> list[Record]:
        """Return what the property system was asked about the reservation of a guest, first asked first."""
        guest = self.guest(name)
        return self.asked("GET", f"/{guest.about or guest.booked['id']}")

    def orders(self) -> int:
        """Return how often the property system was given an order since the latest When."""
        return len(self.asked("POST", "/service-requests", since_s=self.stage.turned_ns / 1e9))

    def tries_odd_requests(self, name: str, times: int) -> None:
        """Let a guest try so many odd drafts and lookups, fewer where one makes the service fail."""
        guest = self.guest(name)

        def attempt(request: Request) -> None:
            guest.tries_to_ask(request)
            self.stage.surprises.claim(guest.outcome)
            if guest.outcome.code not in TAKEN_OR_MISTAKEN:
                raise AssertionError(f"{request.body and request.body.shown} was answered with {guest.outcome.code}")

        self._odd = tried(requests_of(guest), attempt, times=times, by_chance=ALWAYS_THE_SAME)

    def failed_at_no_odd_request(self) -> None:
        """Raise AssertionError with an odd request that the service failed at (PMS-28)."""
        if self._odd:
            raise AssertionError(self._odd)

    def waited_longer_each_time(self, name: str) -> None:
        """Insist on three lookups, the second pause at least 1.8 times as long as the first (ERR-6)."""
        at_s = [each.asked_at_s for each in self.lookups(name)]
        assert_that(at_s, has_length(3), f"lookups of {name}'s reservation")
        assert_that(at_s[2] - at_s[1], greater_than_or_equal_to(1.8 * (at_s[1] - at_s[0])), "the second pause, in s")

    def figures(self) -> str:
        """Return what Prometheus reads."""
        return self.operator.asks(requests.metrics()).payload.decode()

    def notes_figures(self) -> None:
        """Take note of what the service has counted up to now."""
        self._noted = self.figures()

    def has_counted(self, count: float, figure: Figure) -> None:
        """Insist that so much more was counted than was noted, by a service that nobody else uses."""
        comes_to(
            lambda: figure.of(self.figures()) - figure.of(self._noted),
            close_to(count, 1e-6),
            f"by how much {figure.name} has grown",
            within_s=COUNTED_WITHIN_S,
        )

    def log_holds_none_of(self, name: str, values: Collection[str]) -> None:
        """Insist on log lines under a guest's correlation id, none of which holds any of these (CALL-19, PMS-27)."""
        about = self.guest(name).correlation_id
        lines: Any = comes_to(lambda: self.stage.log(session_id=about), not_(empty()), "the log of it", within_s=2)
        accounts = self.stage.service.accounts.values()
        secrets = [secret for roles in accounts for one in roles.values() for secret in one.secrets()]
        kept = dict.fromkeys(values, "what is personal") | dict.fromkeys(secrets, "what somebody signs in with")
        assert_that(lines, gives_away_none_of(kept), "what is written down")

    def record_holds_none_of(self, name: str, values: Collection[str]) -> None:
        """Insist on a record of a call, shown and stored, that holds none of these (CALL-18, CALL-20)."""
        shown: list[Any] = [self.guest(name).record()]
        if (tables := self.stage.service.tables) is not None:
            shown.append(tables.item("Calls", call_id=self.guest(name).call.call_id))
        digits = [each for each in str(shown[0].get("from_number", "")) if each.isdigit()]
        assert_that(digits, has_length(less_than_or_equal_to(2)), "the digits of the caller's number that are shown")
        none_of: Any = [not_(contains_string(value.lstrip("+"))) for value in values]
        for each in shown:
            assert_that(json.dumps(each, default=str), all_of(*none_of), f"what is kept of {name}'s call")

    def exhibits(self) -> Iterator[tuple[str, str]]:
        """Yield who may do what, if that was tried."""
        if self.operating.cells:
            yield "Who may do what", matrix_page(self.operating.cells)

    def has_left(self) -> None:
        """End every call that its guest has not ended, close the breakers, and revoke the keys that were made."""
        self.operating.changes_back()
        for guest in self.stage.present(Guest):
            for call in guest.calls:
                if call.is_known and not call.is_over:
                    guest.tries_to_ask(requests.event("call.ended", call.call_id, "hangs up", duration=0))
                    self.stage.surprises.claim(guest.outcome)  # the limits may be used up by then
        control = self.stage.service.control
        if self.stage.present(Person) and control is not None and not control.is_shared:
            self.operator.asks(Request("POST", f"{requests.BREAKERS}/reset-all", "closes the breakers"))
        for person in self.stage.present(Person):
            if person.key_id:
                self.operator.asks(requests.revoked(person.key_id))

    def spends_the_service(self) -> bool:
        """It remembers what it looked up and spoke, whom it told of what, and how often it failed, for hours."""
        return bool(self.stage.present(Person))

    def _with_account(self, name: str, account: str) -> Person:
        person = self.stage.appears(name, Person)
        if not person.account_name:
            person.becomes(account)
        return person


system = Calls
