"""Takes notices and remembers them."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from reference.http.companion import Companion
from reference.http.troubles import REMEMBERED, Troubles

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response

    from reference.control.observations import Kinds
    from reference.world import World

ACTIONS = ("trigger", "acknowledge", "resolve")


class PagerTroubles(Troubles):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.notices: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self.observations: Kinds = {**self.observations, "pagers.notices": lambda: tuple(self.notices)}


class Pagers(Companion):
    def __init__(self, world: World) -> None:
        super().__init__("pagers", world)
        self._notices = self._troubles.notices if isinstance(self._troubles, PagerTroubles) else deque(maxlen=1)

    def application(self) -> Starlette:
        from starlette.applications import Starlette
        from starlette.responses import JSONResponse, PlainTextResponse
        from starlette.routing import Route

        async def slack(request: Request) -> Response:
            given = await request.json()
            if not isinstance(given, dict) or not isinstance(given.get("text"), str):
                return PlainTextResponse("no_text", 400)
            self._note("slack", given)
            return PlainTextResponse("ok")

        async def page(request: Request) -> JSONResponse:
            given = await request.json()
            payload = given.get("payload", {})
            needed = ("summary", "severity", "source") if given.get("event_action") == "trigger" else ()
            if given.get("event_action") not in ACTIONS or not given.get("routing_key") or set(needed) - payload.keys():
                return JSONResponse({"status": "invalid event", "message": "Event object is invalid"}, 400)
            self._note("pagerduty", given)
            told = {"status": "success", "message": "Event processed", "dedup_key": given.get("dedup_key")}
            return JSONResponse(told, 202)

        return Starlette(
            routes=[
                Route("/services/{team}/{channel}/{hook}", slack, methods=["POST"]),
                Route("/v2/enqueue", page, methods=["POST"]),
            ]
        )

    def _note(self, channel: str, body: dict[str, Any]) -> None:
        self._notices.append({"channel": channel, "body": body, "asked_at_s": time.monotonic()})
