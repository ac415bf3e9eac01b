"""The calls in one scenario: guests, those who look after them, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hamcrest import assert_that

from earshot.asking import Reason, refused
from earshot.by_plan import in_turn
from earshot.calls import requests
from earshot.calls.guest import Guest
from earshot.calls.person import SYSTEM, Person
from earshot.calls.wording import WORDING
from earshot.secrecy import keep_secret
from earshot.system import System

CARRIER, OPERATOR = "The carrier", "The operator"
PERMISSIONS = ("call:start", "call:end", "call:manage", "call:view", "hotel:view")
"""What the carrier of a scenario may do."""
AT_ONCE_S = 0.001


class Calls(System):
    """The people of calls."""

    name = SYSTEM
    wording = WORDING

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
            carrier.key_id, carrier.key = self.new_key(CARRIER, PERMISSIONS)
        return carrier

    def new_key(self, name: str, permissions: Sequence[str]) -> tuple[str, str]:
        """Let the operator make a key; returns its id and the key."""
        words = f"{name} {self.stage.scene.run_id}"
        made = self.operator.asks(requests.new_key(words, tuple(permissions))).message
        keep_secret(str(made["api_key"]))
        return str(made["api_key_id"]), str(made["api_key"])

    def is_refused(self, name: str, reason: Reason) -> None:
        """Insist that the last attempt of somebody was refused for this reason."""
        assert_that(self.person(name).refusal(), refused(reason), f"how {name} was refused")

    def at_the_same_moment(self, people: Sequence[Person], does: Callable[[Person], object]) -> None:
        """Let all do this at once; return when all have been answered."""
        in_turn(self.stage.scene.runtime, people, does, every_s=AT_ONCE_S)

    def has_left(self) -> None:
        """End every call that its guest has not ended, and revoke the keys that were made."""
        for guest in self.stage.present(Guest):
            for call in guest.calls:
                if call.is_known and not call.is_over:
                    guest.asks(requests.event("call.ended", call.call_id, "hangs up", duration=0))
        for person in self.stage.present(Person):
            if person.key_id:
                self.operator.asks(requests.revoked(person.key_id))

    def _with_account(self, name: str, account: str) -> Person:
        person = self.stage.appears(name, Person)
        if not person.account_name:
            person.becomes(account)
        return person


system = Calls
