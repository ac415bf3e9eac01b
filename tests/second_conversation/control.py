"""The second service's control plane: written from contract/control.openapi.yaml alone, and only as far as it goes.

It lets assistants, recognition and handlers fail, and cuts connections off; whatever else is ordered is not offered.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Members = dict[str, object]
OFFERED = {
    "assistant": ("fail", "crash", "stall"),
    "recogniser.open": ("fail", "stall"),
    "recogniser.feed": ("fail", "stall"),
    "handler": ("crash", "stall"),
    "connection": ("close",),
}


class Orders:
    """The orders that stand; struck on the service's loop, ordered on threads of their own."""

    def __init__(self, close: Callable[[object, int], int]) -> None:
        """`close` closes the connections of a session, or all for None, and returns how many there were."""
        self._close = close
        self._standing: dict[str, Members] = {}
        self._numbers = itertools.count()

    def strike(self, place: str, **call: object) -> tuple[str, float]:
        """Return what is to happen to a call, and for how many seconds; no effect is empty."""
        for order in list(self._standing.values()):
            scope = dict(order["scope"])  # type: ignore[call-overload]
            seconds, _ = scope.pop("seconds", 60), [scope.pop(name, None) for name in ("code", "transient")]
            if order["place"] == place and order["times_left"] != 0 and scope.items() <= call.items():
                order["times_struck"] += 1  # type: ignore[operator]
                if order["times_left"] is not None:
                    order["times_left"] -= 1  # type: ignore[operator]
                return str(order["effect"]), float(seconds)
        return "", 0.0

    def answer(self, method: str, path: str, given: Members) -> tuple[int, object]:
        """Return status and body."""
        order_id = path.removeprefix("/orders").removeprefix("/")
        match method:
            case "POST" if given.get("effect") in OFFERED.get(str(given.get("place")), ()):
                return 201, self._ordered(given)
            case "GET" if path == "/orders":
                return 200, list(self._standing.values())
            case "GET" if order_id in self._standing:
                return 200, self._standing[order_id]
            case "DELETE" if order_id:
                return (204, None) if self._standing.pop(order_id, None) else (404, {"detail": "gone"})
            case _:
                return 501, {"detail": "this service has no such thing"}

    def _ordered(self, given: Members) -> Members:
        place, effect = given.pop("place"), given.pop("effect")
        order: Members = {"id": f"nr/{next(self._numbers)}", "place": place, "effect": effect, "times_struck": 0}
        order["times_left"], order["scope"] = given.pop("times", None), given
        if place == "connection":
            closed = self._close(given.get("session_id"), int(str(given.get("close_code", 1011))))
            return order | {"times_struck": closed, "times_left": 0}
        self._standing[str(order["id"])] = order
        return order


def serve_orders(orders: Orders) -> str:
    """Take orders on this machine from now on; returns the address."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "{}")
            status, body = orders.answer(self.command, self.path.replace("%2F", "/"), given)
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815  as the library wants them

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"
