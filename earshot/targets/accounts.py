"""Who may sign in to a service: what each role is known by."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from earshot.failures import Unusable
from earshot.secrecy import keep_secret

Accounts = Mapping[str, Mapping[str, "Account"]]
"""By the name of a system, and by the role."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is empty is not needed in this role."""

    user: str = ""
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)

    def secrets(self) -> list[str]:
        """Return what nobody may be told."""
        return [each for each in (self.password, self.key, self.secret, self.client_secret) if each]

    def stays_secret(self) -> None:
        """Hide it from now on, wherever it is repeated."""
        for secret in self.secrets():
            keep_secret(secret)


def accounts_of(given: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Accounts:
    """Return the accounts that a service, or a target file, describes: `carrier: {key: …}` or `{key_env: VARIABLE}`.

    Raises Unusable where a variable says nothing.
    """
    return {
        system: {role: Account(**_read(system, role, account)) for role, account in roles.items()}
        for system, roles in given.items()
    }


def _read(system: str, role: str, account: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, value in account.items():
        if name.endswith("_env") and not os.environ.get(value):
            raise Unusable(
                f"accounts.{system}.{role} needs the environment variable {value}: set it to that role's {name[:-4]}"
            )
        found[name.removesuffix("_env")] = os.environ[value] if name.endswith("_env") else value
    return found
