"""The control plane of a service under test: orders to give, observations to read.

It speaks contract/control.openapi.yaml. Whatever it cannot do raises Unusable: a fault that cannot be ordered says
nothing about the service. What a service does not offer raises NotGranted. Times named `_at_s` are on the monotonic
clock that all processes of this machine share, so they can be compared with `time.monotonic()` here.
"""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from hamcrest import empty

from earshot.failures import NotGranted, TargetUnreachable, Unusable
from earshot.patience import comes_to
from earshot.targets import orderable

ANSWER_WITHIN_S = 35.0
"""Longer than the longest wait that can be asked for: 30 s for the stream of a scripted session."""
STRIKES_WITHIN_S = 10
"""How long a fault is waited for that somebody is to run into."""
SOMEBODY = frozenset({"session_id", "connection_id", "address", "pipeline_id"})
"""By which an order is meant for somebody, and not for everybody who uses the service."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered, and how often it has struck by the time of the answer."""

    id: str
    words: str
    """What happens where, such as `fail at recogniser.open`."""
    times_struck: int
    times_left: int | None
    """None: until it is called off."""


class Record(SimpleNamespace):
    """What was observed, as the contract says: members are attributes, and so are theirs."""


class Control:
    """The control plane at one address, which may ask for a token; one thread at a time.

    Where others use the service too (`is_shared`), an order must be meant for somebody: Unusable otherwise.
    """

    def __init__(
        self, url: str, token: str | None = None, *, is_shared: bool = False, within_s: float = ANSWER_WITHIN_S
    ) -> None:
        address = urlsplit(url)
        if address.scheme != "http" or not address.hostname or address.path.strip("/"):
            raise Unusable(f"the control plane's address: expected http://host:port, got {url!r}")
        self.url = url.rstrip("/")
        self._within_s = within_s
        self._credentials = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.is_shared = is_shared
        self._connection = http.client.HTTPConnection(address.hostname, address.port or 80, timeout=within_s)
        self._ordered: dict[str, Order] = {}
        self.tells: Callable[[str, Mapping[str, object], object], None] | None = None
        """Is told of every order before it is given: its place, all it says, and the session that it is for, if any."""

    def close(self) -> None:
        """Close the connection; what was ordered stays in place."""
        self._connection.close()

    # ---- orders

    def order(self, place: str, effect: str = "fail", **scope: object) -> Order:
        """Let something happen at a place, as often and to whom it says; members that are None are left out.

        A service may read what several sessions ask for in one call, so others use it only where such reading is not
        concerned: Unusable otherwise.
        """
        given = {"place": place, "effect": effect} | {name: one for name, one in scope.items() if one is not None}
        orderable.check(given)
        if orderable.may_reach_others(given):
            table = given["table"]
            self._insist_on_being_alone(f"a fault of reading {table} may reach those whose records are read together")
        if given.keys().isdisjoint(SOMEBODY):
            self._insist_on_being_alone(f"{effect} at {place} would reach everybody who uses this service")
        if self.tells is not None:
            self.tells(place, given, given.get("session_id"))
        order = _order(self._ask("POST", "/orders", given))
        if order.times_left != 0:
            self._ordered[order.id] = order
        return order

    def now(self, order: Order) -> Order:
        """Return an order with how often it has struck by now."""
        return _order(self._ask("GET", f"/orders/{quote(order.id, safe='')}"))

    def ordered(self) -> list[Order]:
        """Return what was ordered here and not called off, with how often each has struck by now."""
        return [self.now(order) for order in self._ordered.values()]

    def await_strikes(self) -> None:
        """Return when each of those has struck; AssertionError for one that strikes nobody: nothing was shown of it."""

        def idle() -> list[str]:
            return [order.words for order in self.ordered() if not order.times_struck]

        comes_to(idle, empty(), "What was ordered and has struck nobody", within_s=STRIKES_WITHIN_S)

    def call_off(self, order: Order) -> None:
        """Let it strike no more; whoever it stalls goes on. A service that knows of it no longer has called it off."""
        self._ordered.pop(order.id, None)
        with suppress(_Missing):
            self._ask("DELETE", f"/orders/{quote(order.id, safe='')}")

    def call_off_ours(self) -> None:
        """Call off all that was ordered here; others may test the same service at the same time."""
        for order in list(self._ordered.values()):
            self.call_off(order)

    def insist_on_presence(self, target: str) -> None:
        """Raise TargetUnreachable unless the control plane of this target is there and lists its orders."""
        try:
            listed = self._ask("GET", "/orders")
            came = f"it lists {listed!r}"
        except Unusable as failure:
            listed, came = None, str(failure)
        if not isinstance(listed, list):
            raise TargetUnreachable(
                f"the control plane of the target {target} should list its orders at {self.url}/orders, but {came}; "
                f"start the service with its control plane, correct the address or the token (`control` and "
                f"`control_token` in the target file), or leave it out: scenarios that need it are then skipped"
            )

    # ---- what there is to see

    def observe(self, kind: str, *, since_s: float | None = None, **members: object) -> list[Record]:
        """Return the records of this kind whose members have these values, first asked first."""
        orderable.check_observation(kind, members)
        answer = self._ask("GET", f"/observations/{quote(kind)}", **members, since_s=since_s)
        return [_record(one) for one in answer["records"]]

    def audio(self, session_id: str) -> list[bytes]:
        """Return the PCM that each recogniser stream of a session was fed, first asked first."""
        return [base64.b64decode(one.pcm) for one in self.observe("audio", session_id=session_id)]

    def settings(self) -> dict[str, Any]:
        return dict(self._ask("GET", "/settings"))

    def census(self) -> Record:
        """Return what the service holds now: for finding what is left behind."""
        return _record(self._ask("GET", "/census"))

    # ---- asking

    def _insist_on_being_alone(self, reason: str) -> None:
        if self.is_shared:
            raise Unusable(
                f"{reason}; let the scenario begin with “Given a service that nobody else uses” and tag it "
                "@needs-own-service"
            )

    def _ask(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """Return what is answered, None if that is nothing."""
        given = {name: value for name, value in query.items() if value is not None}
        target = f"{path}?{urlencode(given)}" if given else path
        content = None if body is None else json.dumps(body)
        try:
            status, answer = self._exchange(method, target, content)
        except (OSError, http.client.HTTPException) as failure:
            self._connection.close()
            raise Unusable(
                f"the control plane at {self.url} did not answer {method} {target}: expected an answer within "
                f"{self._within_s:g} s, got {failure or type(failure).__name__}; is the service still running?"
            ) from None
        if status == HTTPStatus.NOT_IMPLEMENTED:
            asked = f"{method} {target}{f' with {content}' if content else ''}"
            raise NotGranted(f"the control plane at {self.url} does not offer {asked}: {_complaint(answer)}")
        if status >= HTTPStatus.BAD_REQUEST:
            raise (_Missing if status == HTTPStatus.NOT_FOUND else Unusable)(
                f"the control plane at {self.url} refused {method} {target}: expected 2xx, "
                f"got {status} with {_complaint(answer)}"
            )
        try:
            return json.loads(answer) if answer else None
        except ValueError:
            raise Unusable(
                f"the control plane at {self.url} answered {method} {target} with {status}: expected JSON, "
                f"got {answer[:200]!r}"
            ) from None

    def _exchange(self, method: str, target: str, content: str | None) -> tuple[int, bytes]:
        is_new = self._connection.sock is None
        try:
            return self._send(method, target, content)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # A connection that was kept open may have been closed meanwhile; what was sent on it was not read.
            self._connection.close()
            if is_new:
                raise
            return self._send(method, target, content)

    def _send(self, method: str, target: str, content: str | None) -> tuple[int, bytes]:
        headers = self._credentials | ({} if content is None else {"Content-Type": "application/json"})
        self._connection.request(method, target, body=content, headers=headers)
        response = self._connection.getresponse()
        return response.status, response.read()


class _Missing(Unusable):
    """The control plane has nothing of this name."""


def _complaint(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["detail"])
    except (ValueError, KeyError, TypeError):
        return repr(answer[:200])


def _order(answer: Any) -> Order:
    try:
        words = f"{answer['effect']} at {answer['place']}"
        return Order(answer["id"], words, answer["times_struck"], answer["times_left"])
    except (KeyError, TypeError):
        raise Unusable(
            f"the control plane should answer with a StandingOrder of its contract, got {answer!r}"
        ) from None


def _record(plain: Mapping[str, Any]) -> Record:
    return Record(**{name: _shown(value) for name, value in plain.items()})


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return _record(value)
    return [_shown(one) for one in value] if isinstance(value, list) else value
