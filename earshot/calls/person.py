"""Somebody who has to do with calls, and by what the service knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from earshot.asking import Asker
from earshot.calls import requests
from earshot.scene import Scene
from earshot.secrecy import keep_secret
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
        self.session: Session | None = None
        self.key = ""
        """With what this person asks in the place of an account, where it is a key."""
        self.key_id = ""
        """The id of a key that was made for this person."""
        self.correlation_id = f"{name.lower().replace(' ', '-')}-{scene.run_id}"
        """Under which the service is to note what this person asks."""

    def becomes(self, account_name: str) -> None:
        """Be somebody of whom the target has an account."""
        self.account_name, self.session, self.key = account_name, None, ""

    @property
    def account(self) -> Account:
        """What this person signs in with."""
        return self._scene.service.account(SYSTEM, self.account_name)

    def credentials(self) -> Mapping[str, str]:
        """Return what this person is known by; whoever has a password signs in before."""
        if self.key or (self.account_name and self.account.key):
            known = f"ApiKey {self.key or self.account.key}"
        elif self.account_name:
            known = f"Bearer {self.account.secret or (self.session or self.signs_in()).access_token}"
        else:
            return {CORRELATION: self.correlation_id}
        return {CORRELATION: self.correlation_id, "Authorization": known}

    def signs_in(self) -> Session:
        """Sign in with the account's password, and keep the session."""
        told = self.asks(requests.login(self.account.user, self.account.password)).message
        self.session = Session(told["access_token"], told["refresh_token"], told["user"]["session_id"])
        for secret in (self.session.access_token, self.session.refresh_token):
            keep_secret(secret)
        return self.session

    def catches_up(self) -> None:
        """Return when all that was sent on this person's connections before has arrived."""
        for leg in self.legs:
            if leg.is_open:
                self._scene.runtime.call(leg.ping(10), within_s=11)
