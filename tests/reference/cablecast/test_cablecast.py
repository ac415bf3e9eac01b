"""The station, as whoever has its account asks it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from reference.cablecast.app import BASE, Cablecast, StationTroubles
from reference.control.orders import Order
from tests.reference.broadcast.world_fakes import on_loop

TRICKY = b"Scenarist_SCC V1.0\r\n\r\n00:00:00;00\t9420\n\r\r\n--x\n\xff\x80\x00\n"


@asynccontextmanager
async def asking() -> AsyncIterator[tuple[httpx2.AsyncClient, StationTroubles]]:
    troubles, accounts = StationTroubles("cablecast"), dict[str, Any]()
    world: Any = SimpleNamespace(disturbances_of={"cablecast": troubles}, accounts=accounts)
    service, another = Cablecast(world), dict(accounts["cablecast"]["publisher"])
    Cablecast(world)
    assert accounts["cablecast"]["publisher"]["password"] != another["password"], (
        "each instance has an account of its own"
    )
    url = (await service.start("127.0.0.1", 0))["http"] + BASE
    account = httpx2.BasicAuth(another["user"], another["password"])
    try:
        async with asyncio.timeout(60), httpx2.AsyncClient(base_url=url, auth=account, timeout=30) as client:
            yield client, troubles
    finally:
        await service.stop()


@on_loop
async def test_it_lets_in_who_has_its_account_and_counts_from_one() -> None:
    async with asking() as (client, _):
        for wrong in (httpx2.BasicAuth("publisher", "guess"), httpx2.BasicAuth("é", "ü")):
            assert (await client.get("/shows", auth=wrong)).status_code == 401
        shows = (await client.get("/shows")).json()["shows"]
        assert [show["id"] for show in shows] == [1, 2, 3]
        assert all({"title", "description", "date", "length", "location"} <= show.keys() for show in shows)
        for query, found in {
            "limit=1&offset=1": [2],
            "search=WEATHER": [3],
            "location_id=2": [],
            "limit=0": [],
        }.items():
            assert [show["id"] for show in (await client.get(f"/shows?{query}")).json()["shows"]] == found
        assert [(await client.get(f"/shows?{wrong}")).status_code for wrong in ("limit=x", "offset=-1")] == [400, 400]
        assert {len((await client.get(f"/{kind}")).json()[kind]) > 0 for kind in ("locations", "qualities")} == {True}


@on_loop
async def test_records_live_from_being_made_to_being_deleted() -> None:
    async with asking() as (client, _):
        for body in ({}, {"title": " "}, {"title": 7}, [1]):
            assert (await client.post("/shows", json=body)).status_code == 400
        made = await client.post("/shows", json={"title": "Board", "id": 77})
        assert (made.status_code, made.json()["id"]) == (201, 4)
        assert (await client.put("/shows/4", json={"title": "Board 2", "id": 9})).json()["title"] == "Board 2"
        assert (await client.put("/shows/4", json={"title": ""})).status_code == 400
        vod = await client.post("/vods", json={"show": 4, "fileName": "a.mp4", "vodState": "completed"})
        assert (vod.status_code, vod.json()["vodState"]) == (201, "processing")
        assert [(await client.post("/vods", json={"show": show})).status_code for show in (99, [1], None)] == [404] * 3
        told = [(await client.get("/vods/1/status")).json() for _ in range(5)]
        assert [one["percentComplete"] for one in told] == [25, 50, 75, 100, 100]
        assert [one["status"] for one in told] == ["processing"] * 3 + ["completed"] * 2
        for path in ("/vods/1", "/shows/4"):
            answers = [await client.request(method, path) for method in ("DELETE", "DELETE", "GET")]
            assert [one.status_code for one in answers] == [200, 404, 404]


@pytest.mark.parametrize("part", ["scc_file", "caption"])
@on_loop
async def test_captions_come_back_as_they_were_sent(part: str) -> None:
    async with asking() as (client, _):
        await client.post("/vods", json={"show": 1})
        path = "/vods/1/captions"
        assert (await client.get(path)).status_code == 404
        for wrong in ({"files": {"other": ("a.scc", TRICKY)}}, {"content": TRICKY}):
            assert (await client.post(path, **wrong)).status_code == 400
        for content in (TRICKY, b"", TRICKY[:-1]):
            assert (await client.post(path, files={part: ("a.scc", content, "text/plain")})).status_code == 201
            assert (await client.get(path)).content == content


@on_loop
async def test_what_is_ordered_strikes_one_path_and_one_method() -> None:
    async with asking() as (client, troubles):
        await client.get("/shows")
        place = next(one for one in troubles.places if "fail" in one.effects)
        order = place.arm(Order("cablecast", "fail", 1, {"path": "/shows", "method": "POST", "status": 401}))
        statuses = [(await client.request(*one)).status_code for one in (("GET", "/shows"), ("DELETE", "/vods/1"))]
        statuses += [(await client.post("/shows", json={"title": "Board"})).status_code for _ in range(2)]
        assert statuses == [200, 404, 401, 201]
        assert order.times_struck == 1  # type: ignore[union-attr]
        noted: Any = troubles.observations["cablecast.requests"]()
        assert [(one["method"], one["path"]) for one in noted[-2:]] == [("POST", f"{BASE}/shows")] * 2
