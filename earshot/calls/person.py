"""Somebody who has to do with calls, and by what the service knows them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from earshot.asking import Asker
from earshot.calls import requests
from earshot.disclosures import gives_away
from earshot.ledger import Kind, Observation
from earshot.scene import Scene
from earshot.secrecy import keep_secret
from earshot.surprises import BREACH
from earshot.targets.accounts import Account

SYSTEM = "calls"
CORRELATION = "X-Correlation-ID"


@dataclass(frozen=True, slots=True)
class Session:
    """What a sign-in was answered with."""

    access_token: str
    refresh_token: str
    session_id: str


class Person(Asker):
    system = SYSTEM
    role = "watcher"

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.account_name = ""
        """By which account the target knows this person; empty for somebody without one."""
        self.sessions: list[Session] = []
        """What this person signed in by, the one in use last."""
        self.key = ""
        """With what this person asks in the place of an account, where it is a key."""
        self.key_id = ""
        """The id of a key that was made for this person."""
        self.strangers: Collection[str] = ()
        """The names of guests of whom this person must not be told."""
        self.looked_for: Mapping[str, str] = {}
        """Which calls this person looked for last."""
        self.listed: list[Mapping[str, Any]] = []
        """The calls that were found."""
        self._looked_at = 0
        self.correlation_id = f"{name.lower().replace(' ', '-')}-{scene.run_id}"
        """Under which the service is to note what this person asks."""

    def becomes(self, account_name: str) -> None:
        """Be somebody of whom the target has an account."""
        self.account_name, self.sessions, self.key = account_name, [], ""

    @property
    def account(self) -> Account:
        """What this person signs in with."""
        return self._scene.service.account(SYSTEM, self.account_name)

    @property
    def session(self) -> Session:
        """What this person is signed in by; whoever is not yet signs in."""
        return self.sessions[-1] if self.sessions else self.signs_in()

    def credentials(self) -> Mapping[str, str]:
        """Return what this person is known by; whoever has a password signs in before."""
        if self.key or (self.account_name and self.account.key):
            known = f"ApiKey {self.key or self.account.key}"
        elif self.account_name:
            known = f"Bearer {self.account.secret or self.session.access_token}"
        else:
            return {CORRELATION: self.correlation_id}
        return {CORRELATION: self.correlation_id, "Authorization": known}

    def signs_in(self) -> Session:
        """Sign in with the account's password, and keep the session."""
        return self.keeps(self.asks(requests.login(self.account.user, self.account.password)).message)

    def keeps(self, told: Mapping[str, Any]) -> Session:
        """Use what a sign-in, or the renewal of one, was answered with from now on."""
        for name in told.keys() & {"access_token", "refresh_token"}:
            keep_secret(str(told[name]))
        if "user" in told:
            session = Session(told["access_token"], told["refresh_token"], told["user"]["session_id"])
        else:
            session = replace(self.sessions[-1], access_token=told["access_token"])
        self.sessions.append(session)
        return session

    def takes_key(self, told: Mapping[str, Any]) -> None:
        """Ask with a key that was made from now on."""
        self.key_id, self.key = str(told["api_key_id"]), str(told["api_key"])
        keep_secret(self.key)

    def complaints(self) -> list[str]:
        """Return a sentence for each thing that came since this was last asked and should not have been told.

        No error tells anything about the inside of the service (ERR-22), and nothing tells of guests of other hotels
        (CALL-13) or what somebody signs in with (PMS-27).
        """
        fresh, self._looked_at = self._scene.ledger.since(self._looked_at), len(self._scene.ledger)
        mine = [o for o in fresh if o.who == self.name and o.kind is Kind.RECEIVED]
        return [f"{o.leg} {BREACH}: it gives away {slip}" for o in mine for slip in self._slips(o)]

    def _slips(self, told: Observation) -> Iterator[str]:
        said = json.dumps(told.message, ensure_ascii=False) + told.payload.decode(errors="replace")
        if (self.says_no(told) or "error" in told.message) and (slip := gives_away(self.words(told.message))):
            yield slip
        for name in self.strangers:
            if name in said:
                yield f"{name}, a guest of another hotel"
        accounts = (one for accounts in self._scene.service.accounts.values() for one in accounts.values())
        if any(secret in said for one in accounts for secret in one.secrets()):
            yield "what somebody signs in with"

    def catches_up(self) -> None:
        """Return when all that was sent on this person's connections before has arrived."""
        for leg in self.legs:
            if leg.is_open:
                self._scene.runtime.call(leg.ping(10), within_s=11)
