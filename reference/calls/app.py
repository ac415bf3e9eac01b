"""The running service: bound at once, and made when somebody asks for the first time."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from reference.http.server import HttpServer
from reference.http.sockets import SocketTerms
from reference.storage.aws import Store
from reference.world import World

if TYPE_CHECKING:
    from reference.calls.wiring import Wiring

PEOPLE = {
    "operator": ("root@ops.example", "system_admin", None),
    "manager": ("manager@aurora.example", "hotel_admin", ("hotel-aurora",)),
    "desk": ("desk@aurora.example", "hotel_staff", ("hotel-aurora",)),
    "guest": ("guest@aurora.example", "guest_user", ("hotel-aurora",)),
}
"""By role: e-mail, role and hotels of who may sign in."""
LOAD_USERS = 10
SERVICES = {
    "carrier": ("call:start", "call:end", "call:manage", "call:view"),
    "reader": ("call:view",),
    "batch": ("call:start", "call:end", "call:manage", "call:view"),
}
"""By name, what a service may do with its key; that of `batch` is an internal one."""


class CallsApp:
    """See reference.system.RunningSystem."""

    def __init__(self, world: World, store: Store) -> None:
        self._world = world
        self._store = store
        self._accounts = _accounts()
        self._wiring: Wiring | None = None

    async def start(self, host: str, port: int) -> Mapping[str, str]:
        self._server = HttpServer(host, port, sockets=SocketTerms())
        self._world.accounts["calls"] = self._accounts
        self._server.start_when_called(self._prepare, self._built)
        return {"http": self._server.url}  # the sockets are below it, each at the path that is agreed on

    async def stop(self) -> None:
        if self._wiring is not None:
            await self._wiring.close_sockets()
        await self._server.stop()
        if self._wiring is not None:
            await self._wiring.stop()

    def counts(self) -> Mapping[str, int]:
        """Return how many calls are under way, and how many sockets are open."""
        return {"calls": 0, "call_sockets": 0} if self._wiring is None else self._wiring.counts()

    def connections_of(self, session_id: str) -> Iterable[str]:
        return ()

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        return 0

    async def _prepare(self) -> None:
        from reference.calls.wiring import Wiring

        self._wiring = Wiring(self._world, self._store, self._accounts, self._server.url)
        await self._wiring.prepare()

    def _built(self) -> Any:
        assert self._wiring is not None
        return self._wiring.front


def _accounts() -> dict[str, dict[str, str]]:
    """Return what everybody is known by, made anew for each instance."""
    passwords = {role: secrets.token_urlsafe(15) for role in (*PEOPLE, "load")}
    people = {role: {"user": PEOPLE[role][0], "password": passwords[role]} for role in PEOPLE}
    load = {
        f"load_{number}": {"user": f"perf{number}@load.example", "password": passwords["load"]}
        for number in range(LOAD_USERS)
    }
    keys = {name: {"key": f"hk_{secrets.token_urlsafe(32)}"} for name in SERVICES}
    shared = {name: {"secret": secrets.token_urlsafe(32)} for name in ("media_agent", "property_system")}
    return {**people, **load, **keys, **shared}
