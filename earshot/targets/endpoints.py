"""Where the systems of a target are: their sockets and what they offer over HTTP."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from earshot.agreement import NAMES, asyncapi, openapi
from earshot.failures import Unusable

_SCHEMES = {"ws": re.compile(r"wss?://[^/]+"), "http": re.compile(r"https?://[^/]+")}


@dataclass(frozen=True, slots=True)
class Endpoint:
    ws: str | Mapping[str, str] | None = None
    """Where WebSockets connect: one address for everybody, or one for each role."""
    http: str | None = None
    """The address below which everything is that it offers over HTTP, without a slash at its end."""

    def socket(self, role: str) -> str | None:
        """Return where somebody in this role connects; what they say when they do stands in it as `{name}`."""
        return self.ws if self.ws is None or isinstance(self.ws, str) else self.ws[role]

    def addresses(self) -> Iterator[str]:
        """Yield every address, that of HTTP first."""
        if self.http is not None:
            yield self.http
        if self.ws is not None:
            yield from [self.ws] if isinstance(self.ws, str) else dict.fromkeys(self.ws.values())


def endpoints_of(given: Mapping[str, object], where: str) -> dict[str, Endpoint]:
    """Return the endpoints that `endpoints` of a target file describes.

    Where sockets are may be left to the system's contract, if that says where below the HTTP address. Raises Unusable,
    saying what to write, for anything that is not an endpoint of a known system.
    """
    return {system: _endpoint_of(system, value, where) for system, value in given.items()}


def _endpoint_of(system: str, given: object, where: str) -> Endpoint:
    if system not in NAMES:
        near = difflib.get_close_matches(system, NAMES, n=1)
        raise Unusable(
            f"{where}, at endpoints: there is no system {system}; write {near[0] if near else _either(NAMES)}"
        )
    form = f"write `{system}: {{{', '.join(f'{way}: {way}://…' for way in _ways(system))}}}`"
    place = f"{where}, at endpoints.{system}"
    if not isinstance(given, Mapping) or not given or given.keys() - _SCHEMES.keys():
        raise Unusable(f"{place}: expected `ws` and `http`, each with an address, but it holds {_shown(given)}; {form}")
    ws, http = given.get("ws"), given.get("http")
    if http is None and openapi(system):
        raise Unusable(f"{place}: `http` is missing, which the {system} needs beside its sockets; {form}")
    if http is not None:
        http = _address(http, "http", f"{place}.http").rstrip("/")
    if ws is None:
        ws = _sockets_below(http, system) if http else None
        if ws is None and asyncapi(system):
            raise Unusable(f"{place}: `ws` is missing, without which nobody finds the sockets of the {system}; {form}")
        return Endpoint(ws, http)
    if not isinstance(ws, Mapping):
        return Endpoint(_with_what_is_said(_address(ws, "ws", f"{place}.ws"), system), http)
    roles = sorted(_channels(system))
    if sorted(ws) != roles:
        by_role = ", ".join(f"{role}: ws://…" for role in roles)
        raise Unusable(f"{place}.ws: expected an address for each of {_all(roles)}; write `ws: {{{by_role}}}`")
    return Endpoint({role: _address(ws[role], "ws", f"{place}.ws.{role}") for role in roles}, http)


def _ways(system: str) -> list[str]:
    http = ["http"] if openapi(system) else []
    derived = http and _sockets_below("http://x", system)
    return [*(["ws"] if asyncapi(system) and not derived else []), *http]


def _with_what_is_said(ws: str, system: str) -> str | dict[str, str]:
    """Return the address of everybody; behind one that leaves out what they say when they connect, the agreed path."""
    is_said = any("parameters" in channel for channel in _channels(system).values())
    return (_sockets_below(ws.rstrip("/"), system) or ws) if is_said and "{" not in ws else ws


def _sockets_below(base: str, system: str) -> dict[str, str] | None:
    """Return where each role connects, if the system's contract says where below this address that is."""
    channels = _channels(system)
    parameters = (one for channel in channels.values() for one in channel.get("parameters", {}).values())
    if not channels or not all("x-given-by" in parameter for parameter in parameters):
        return None
    return {role: re.sub("^http", "ws", base) + channel["address"] for role, channel in channels.items()}


def _channels(system: str) -> Mapping[str, Any]:
    """Return each role's channel."""
    channels: Mapping[str, Any] = (asyncapi(system) or {"channels": {}})["channels"]
    return channels


def _address(given: object, way: str, place: str) -> str:
    if not isinstance(given, str) or not _SCHEMES[way].match(given):
        raise Unusable(f"{place}: expected an address, got {_shown(given)}; write {way}://… or {way}s://…")
    return given


def _shown(given: object) -> str:
    return _all(list(given)) if isinstance(given, Mapping) and given else repr(given)


def _all(names: list[str]) -> str:
    return " and ".join(names)


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(names)
