"""The HTTP side of the station, and its state, which lives as long as it does."""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any

from reference.control.observations import Kinds
from reference.control.orders import COUNT, TEXT, Done, Order, Place, number
from reference.http.companion import Companion
from reference.http.troubles import Troubles

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from reference.world import World

BASE = "/CablecastAPI/v1"
LOCATIONS = [{"id": 1, "name": "Main channel"}, {"id": 2, "name": "Education channel"}]
QUALITIES = [{"id": quality, "name": f"Quality {quality}"} for quality in range(1, 11)]
SEEDED = (
    ("Morning News", "What happened overnight.", "2024-01-10", 1500),
    ("Sports Highlights", "The games of the week.", "2024-01-14", 2400),
    ("Weather Report", "Sun and rain.", "2024-03-01", 600),
)
STEPS = {25: 50, 50: 75, 75: 100}
"""How far a VOD is processed at the next look at it; after 25, 50 and 75 percent it is completed."""
FINAL = ("completed", "ready", "error")
_CAPTION_PARTS = ("scc_file", "caption")


class Wrong(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class StationTroubles(Troubles):
    """Beside what goes wrong: what the station's people do, and what is there."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.station: Cablecast | None = None
        show = {"title": TEXT, "description": TEXT, "date": TEXT, "length": number(0, 86_400)}
        self.places = (
            *self.places,
            Place("cablecast.shows", ("add",), self._add, show),
            Place("cablecast.shows", ("change",), self._change, show, {"id": COUNT}),
            Place("cablecast.vods", ("set",), self._set, {}, {"id": COUNT, "state": TEXT}),
        )
        self.observations: Kinds = {
            **self.observations,
            "cablecast.shows": lambda: self._kept("shows"),
            "cablecast.vods": lambda: self._kept("vods"),
        }

    def _kept(self, kind: str) -> tuple[dict[str, Any], ...]:
        return () if self.station is None else self.station.kept(kind)

    def _add(self, order: Order) -> Done:
        assert self.station is not None
        self.station.add_show(given(order))
        return Done()

    def _change(self, order: Order) -> Done:
        assert self.station is not None
        self.station.shows[order.scope["id"]].update(given(order))
        return Done()

    def _set(self, order: Order) -> Done:
        assert self.station is not None
        self.station.vods[order.scope["id"]]["vodState"] = order.scope["state"]
        return Done()


def given(order: Order) -> dict[str, Any]:
    return {name: value for name, value in order.scope.items() if value is not None and name != "id"}


class Cablecast(Companion):
    def __init__(self, world: World) -> None:
        super().__init__("cablecast", world)
        if isinstance(self._troubles, StationTroubles):
            self._troubles.station = self
        account = {"user": "publisher", "password": secrets.token_urlsafe(15)}
        world.accounts["cablecast"] = {"publisher": account}
        self._basic = "Basic " + base64.b64encode(":".join(account.values()).encode()).decode()
        self.shows: dict[int, dict[str, Any]] = {}
        self.vods: dict[int, dict[str, Any]] = {}
        self._captions: dict[int, bytes] = {}
        self._last_ids = {"show": 0, "vod": 0}
        for title, description, day, length in SEEDED:
            self.add_show({"title": title, "description": description, "date": day, "length": length})

    def kept(self, kind: str) -> tuple[dict[str, Any], ...]:
        """Return the records of a kind as they are, those of VODs with their captions."""
        if kind == "shows":
            return tuple({**show} for show in self.shows.values())
        captions = {vod_id: base64.b64encode(content).decode() for vod_id, content in self._captions.items()}
        return tuple({**vod, "captions": captions.get(vod["id"])} for vod in self.vods.values())

    def application(self) -> Starlette:
        from starlette.applications import Starlette
        from starlette.routing import Route

        routes: tuple[tuple[str, str, Callable[[Request, Any], Any]], ...] = (
            ("GET", "/shows", lambda asked, _: self._list_shows(asked.query_params)),
            ("POST", "/shows", lambda _, body: self.add_show(body)),
            ("GET", "/shows/{id:int}", lambda asked, _: _known(self.shows, asked)),
            ("PUT", "/shows/{id:int}", lambda asked, body: _changed(self.shows, asked, body)),
            ("DELETE", "/shows/{id:int}", lambda asked, _: _deleted(self.shows, asked)),
            ("GET", "/vods", lambda *_: {"vods": list(self.vods.values())}),
            ("POST", "/vods", lambda _, body: self._add_vod(body)),
            ("GET", "/vods/{id:int}", lambda asked, _: _known(self.vods, asked)),
            ("PUT", "/vods/{id:int}", lambda asked, body: _changed(self.vods, asked, body)),
            ("DELETE", "/vods/{id:int}", lambda asked, _: _deleted(self.vods, asked)),
            ("GET", "/vods/{id:int}/status", self._status),
            ("GET", "/locations", lambda *_: {"locations": LOCATIONS}),
            ("GET", "/qualities", lambda *_: {"qualities": QUALITIES}),
        )
        mounted = [Route(BASE + path, self._answering(do), methods=[method]) for method, path, do in routes]
        captions = Route(f"{BASE}/vods/{{id:int}}/captions", self._with_captions, methods=["GET", "POST"])
        return Starlette(routes=[*mounted, captions])

    def _answering(self, do: Callable[[Request, Any], Any]) -> Callable[[Request], Awaitable[Response]]:
        from starlette.responses import JSONResponse

        async def answer(request: Request) -> Response:
            try:
                self._insist_on_account(request)
                body = await _json(request) if request.method in ("POST", "PUT") else None
                made = do(request, body)
            except Wrong as wrong:
                return JSONResponse({"error": wrong.message}, wrong.status)
            return JSONResponse(made, 201 if request.method == "POST" else 200)

        return answer

    async def _with_captions(self, request: Request) -> Response:
        from starlette.responses import JSONResponse, Response

        try:
            self._insist_on_account(request)
            vod = _known(self.vods, request)
            if request.method == "POST":
                kind, sent = request.headers.get("content-type", ""), await request.body()
                self._captions[vod["id"]] = content = _part(kind, sent)
                return JSONResponse({"vodId": vod["id"], "size": len(content)}, 201)
            if vod["id"] not in self._captions:
                raise Wrong(404, "this VOD has no captions")
        except Wrong as wrong:
            return JSONResponse({"error": wrong.message}, wrong.status)
        return Response(self._captions[vod["id"]], media_type="text/plain")

    def _insist_on_account(self, request: Request) -> None:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), self._basic.encode()):
            raise Wrong(401, "bad credentials")

    def _list_shows(self, query: Mapping[str, str]) -> dict[str, Any]:
        words, location = query.get("search", "").lower(), query.get("location_id")
        found = [
            show
            for show in self.shows.values()
            if words in show["title"].lower() and location in (None, str(show["location"]))
        ]
        first, most = (_whole(query, name, usual) for name, usual in (("offset", 0), ("limit", len(found))))
        return {"shows": found[first : first + most]}

    def add_show(self, body: Mapping[str, Any]) -> dict[str, Any]:
        _insist_on_title(body)
        usual = {"description": "", "date": None, "length": None, "location": LOCATIONS[0]["id"]}
        return self._add(self.shows, "show", {**usual, **body})

    def _add_vod(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(body.get("show"), int) or body["show"] not in self.shows:
            raise Wrong(404, "there is no such show")
        usual = {"quality": 5, "fileName": "", "length": None, "embedCode": "", "webVtt": "", "url": ""}
        return self._add(self.vods, "vod", {**usual, **body, "vodState": "processing", "percentComplete": 0})

    def _add(self, kept: dict[int, dict[str, Any]], kind: str, record: dict[str, Any]) -> dict[str, Any]:
        self._last_ids[kind] += 1
        kept[self._last_ids[kind]] = {**record, "id": self._last_ids[kind]}
        return kept[self._last_ids[kind]]

    def _status(self, asked: Request, _: object) -> dict[str, Any]:
        vod = _known(self.vods, asked)
        if vod["vodState"] not in FINAL:
            vod["percentComplete"] = STEPS.get(vod["percentComplete"], 25)
            if vod["percentComplete"] == 100:
                vod["vodState"] = "completed"
        state = vod["vodState"]
        return {"vodId": vod["id"], "vodState": state, "status": state, "percentComplete": vod["percentComplete"]}


def _known(kept: Mapping[int, dict[str, Any]], asked: Request) -> dict[str, Any]:
    if asked.path_params["id"] not in kept:
        raise Wrong(404, "there is nothing of that id")
    return kept[asked.path_params["id"]]


def _changed(kept: Mapping[int, dict[str, Any]], asked: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    record = _known(kept, asked)
    if "title" in body:
        _insist_on_title(body)
    record.update({name: value for name, value in body.items() if name != "id"})
    return record


def _deleted(kept: dict[int, dict[str, Any]], asked: Request) -> dict[str, Any]:
    _known(kept, asked)
    return kept.pop(asked.path_params["id"])


def _insist_on_title(body: Mapping[str, Any]) -> None:
    if not isinstance(body.get("title"), str) or not body["title"].strip():
        raise Wrong(400, "a show needs a title")


def _whole(query: Mapping[str, str], name: str, usual: int) -> int:
    if not re.fullmatch("[0-9]{1,9}", query.get(name, str(usual))):
        raise Wrong(400, f"{name} should be a whole number")
    return int(query.get(name, usual))


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Wrong(400, "the body should be a JSON object")
    return body


def _part(kind: str, content: bytes) -> bytes:
    """Return the captions in a form that was sent."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content)
    for part in message.iter_parts() if message.is_multipart() else ():
        if part.get_param("name", header="content-disposition") in _CAPTION_PARTS:
            return bytes(part.get_payload(decode=True))
    raise Wrong(400, f"a part should be called {_CAPTION_PARTS[0]}")
