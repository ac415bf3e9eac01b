"""Somebody who has to do with the archive: with an account, or without one where that is enough."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from earshot.archive.requests import ask
from earshot.asking import Asker, Request
from earshot.disclosures import gives_away
from earshot.ledger import Kind, Observation
from earshot.scene import Scene
from earshot.secrecy import keep_secret
from earshot.surprises import BREACH
from earshot.targets.accounts import Account

SYSTEM = "archive"
ENVELOPE = ("success", "error", "timestamp")


class Person(Asker):
    system = SYSTEM
    role = "viewer"

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.account_name = ""
        """By which account the target knows this person; empty for somebody without one."""
        self.tokens: list[str] = []
        """What this person signed in by, the one in use last."""
        self.pages: list[Mapping[str, Any]] = []
        """What of a list this person has seen."""
        self._own: Account | None = None
        """What this person has signed up with."""
        self._looked_at = 0

    def becomes(self, account_name: str) -> None:
        """Be somebody of whom the target has an account."""
        self.account_name, self.tokens = account_name, []

    def takes_a_name(self, run_id: str) -> None:
        """Choose under which name and password to sign up."""
        self._own = Account(user=f"{self.name.lower()}-{run_id}"[:64], password=f"pass-{secrets.token_urlsafe(12)}")
        self._own.stays_secret()

    @property
    def username(self) -> str:
        return (self._own or self.account).user

    @property
    def password(self) -> str:
        return (self._own or self.account).password

    @property
    def account(self) -> Account:
        """What this person signs in with."""
        return self._scene.service.account(SYSTEM, self.account_name)

    def credentials(self) -> Mapping[str, str]:
        """Return what this person is known by; whoever has an account signs in before."""
        if self.account_name and not self.tokens:
            self.signs_in()
        return {"Authorization": f"Bearer {self.tokens[-1]}"} if self.tokens else {}

    def signs_in(self) -> None:
        self.keeps(self.asks(ask("signs in", {"username": self.username, "password": self.password})).message)

    def keeps(self, told: Mapping[str, Any]) -> None:
        """Use what a sign-in, or the renewal of one, was answered with from now on."""
        token = str(told["access_token"])
        keep_secret(token)
        self.tokens.append(token)

    def begins_to_ask(self, request: Request) -> bool:
        """Ask for something and break off on the way; return whether the service answered all the same."""
        try:
            self.tries_to_ask(request)
        except BrokenOff:
            return False
        return True

    def complaints(self) -> list[str]:
        """Return a sentence for each refusal that came since this was last asked and is not as all are to be.

        Each is in the envelope, in words, and tells nothing of the inside of the service (ARC-1).
        """
        fresh, self._looked_at = self._scene.ledger.since(self._looked_at), len(self._scene.ledger)
        mine = [o for o in fresh if o.who == self.name and o.kind is Kind.RECEIVED and self.says_no(o)]
        return [f"{o.leg} {BREACH}: {slip} ({o.type})" for o in mine for slip in self._slips(o)]

    def _slips(self, told: Observation) -> Iterator[str]:
        error = told.message.get("error")
        if told.message.get("success") is not False or not isinstance(error, Mapping):
            yield f"a refusal without {', '.join(ENVELOPE)}"
            return
        for name in ("type", "message"):
            if not str(error.get(name) or "").strip():
                yield f"a refusal without its {name}"
        if slip := gives_away(f"{error.get('message')} {error.get('details')}"):
            yield f"a refusal that gives away {slip}"

    def catches_up(self) -> None:
        """Return when all that was sent on this person's connections before has arrived."""
        for leg in self.legs:
            if leg.is_open:
                self._scene.runtime.call(leg.ping(10), within_s=11)


class BrokenOff(Exception):
    """Whoever sends stops in the middle."""
