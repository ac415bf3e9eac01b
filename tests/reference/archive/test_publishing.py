"""Publishing and linking, to a publisher that is real on the wire, with tables that are emulated."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reference.archive.problem import database_down
from tests.reference.archive.station import BREAKER_S, MEETING, MEETING_FILE, SCC, Station, problem_of, station
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore

SHOW = "cablecast/shows/1"


async def _called_off(*_: Any, **__: Any) -> Any:
    raise asyncio.CancelledError


async def is_published_once(at: Station, name: str) -> None:
    shows, vods = at.made_for(name)
    assert (len(shows), len(vods), len(at.cablecast.vods)) == (1, 1, 1)
    record = await at.vod(name)
    told = [record[each] for each in ("publish_state", "show_id", "cablecast_vod_id")]
    assert told == ["published", shows[0], vods[0]]
    assert at.cablecast.kept("vods")[0]["captions"] is not None and at.cablecast._captions[vods[0]] == SCC
    assert (await at.asks("GET", f"cablecast/link/{name}/status"))["show_id"] == shows[0]
    assert at.cablecast.shows[shows[0]]["transcription_metadata"]["total_words"] == 4
    assert await at.intents.everything() == []


@on_loop
async def test_what_is_published_is_there_once_with_its_captions(store: TestStore) -> None:
    async with station(store) as at:
        await at.has("t-1", MEETING_FILE)
        first = await at.asks("POST", "vod/publish/t-1", {"quality": 8})
        await is_published_once(at, "t-1")
        [vod], show = at.cablecast.vods.values(), at.cablecast.shows[first["show_id"]]
        assert (vod["quality"], vod["fileName"], show["date"]) == (8, MEETING_FILE, "2024-01-15")
        asked = at.asked(method="POST")
        assert await at.asks("POST", "vod/publish/t-1") == {**first, "already_published": True}
        assert at.asked(method="POST") == asked
        status = await at.asks("GET", "vod/sync-status")
        assert (status["total_transcriptions"], status["synced_transcriptions"], status["sync_percentage"]) == (
            1,
            1,
            100,
        )
        assert status["connection_status"] == "connected"


@on_loop
async def test_what_cannot_be_published_is_refused_and_harms_no_other(store: TestStore) -> None:
    async with station(store) as at:
        for name in ("t-1", "t-2", "t-3"):
            await at.has(name)
        at.under_way.add("t-2")
        await at.files.delete("captions/t-3.scc")
        ids = ["99999", "t-1", "t-2", "t-3", "", "x" * 10_000]
        told = await at.asks("POST", "vod/batch-publish", {"transcription_ids": ids})
        assert told["summary"] == {"total": 6, "successful": 1, "failed": 5}
        kinds = [one.get("error", {}).get("type") for one in told["results"]]
        assert kinds == ["NotFoundError", None, "ConflictError", "NotFoundError", "NotFoundError", "NotFoundError"]
        for wrong in ([], ["t-1"] * 21):
            refused = at.asks("POST", "vod/batch-publish", {"transcription_ids": wrong})
            assert await problem_of(refused) == "ValidationError"
        assert len(at.cablecast.vods) == 1


@on_loop
async def test_a_show_is_not_left_without_its_recording(store: TestStore) -> None:
    async with station(store) as at:
        await at.has("t-1")
        order = at.fails(path="/vods", method="POST", status=500)
        assert await problem_of(at.asks("POST", "vod/publish/t-1")) == "CablecastError"
        assert (at.made_for("t-1"), (await at.vod("t-1"))["publish_state"]) == (([], []), "failed")
        assert await at.asks("GET", "cablecast/link/t-1/status") == {"linked": False}
        order.call_off()
        await at.asks("POST", "vod/publish/t-1")
        await is_published_once(at, "t-1")


@pytest.mark.parametrize("lost", ["POST /shows", "POST /vods", "put 1", "put 2", "put 3", "put 4", "transaction"])
@on_loop
async def test_whatever_nobody_heard_of_is_found_by_the_next_try(store: TestStore, lost: str) -> None:
    async with station(store, timeout_s=2) as at:
        await at.has("t-1")
        attempt, put, together = at.publisher._attempt, at.intents.put, at.recordings._records.write_together
        puts = iter(range(1, 9))
        left = [1, 1, 1]

        async def unheard(method: str, path: str, form: Any, request: Any) -> Any:
            answer = await attempt(method, path, form, request)
            if f"{method} {path}" == lost and left:
                left.pop()
                raise TimeoutError
            return answer

        async def noted(item: Any, **more: Any) -> None:
            if f"put {next(puts)}" == lost:
                raise database_down()
            await put(item, **more)

        async def written(*writes: Any) -> None:
            if lost == "transaction":
                raise database_down()
            await together(*writes)

        at.publisher._attempt, at.intents.put = unheard, noted  # type: ignore[method-assign]
        at.recordings._records.write_together = written  # type: ignore[method-assign]
        if lost.startswith("POST"):
            await at.asks("POST", "vod/publish/t-1")  # its second attempt finds what the first has made
            assert len(left) == 2
        else:
            assert await problem_of(at.asks("POST", "vod/publish/t-1")) == "DatabaseError"
            assert (await at.vod("t-1"))["publish_state"] == "failed"
            at.recordings._records.write_together = together  # type: ignore[method-assign]
            await at.asks("POST", "vod/publish/t-1")
        await is_published_once(at, "t-1")


@on_loop
async def test_what_a_publisher_has_lost_is_made_anew(store: TestStore) -> None:
    async with station(store) as at:
        await at.has("t-1")
        await at.intents.put({"transcription_id": "t-1", "shows": 1, "vods": 77, "trying": "vods"})
        at.cablecast.shows[1]["reference"] = "somebody else's"
        await at.asks("POST", "vod/publish/t-1")
        await is_published_once(at, "t-1")


@on_loop
async def test_what_is_linked_meanwhile_goes_to_that_show(store: TestStore) -> None:
    async with station(store) as at:
        await at.has("t-1")
        tell = at.linking.tell_publisher

        async def linked_meanwhile(result: Any, show_id: int) -> list[str]:
            at.linking.tell_publisher = tell  # type: ignore[method-assign]
            await at.linking.link("t-1", at.cablecast.shows[1])
            return await tell(result, show_id)

        at.linking.tell_publisher = linked_meanwhile  # type: ignore[method-assign]
        assert await problem_of(at.asks("POST", "vod/publish/t-1")) == "ConflictError"
        assert (await at.asks("POST", "vod/publish/t-1"))["show_id"] == 1
        assert at.made_for("t-1") == ([], []), "no second show is left"
        assert [vod["show"] for vod in at.cablecast.vods.values()] == [1]


@pytest.mark.parametrize(("path", "method"), [("/shows/", "PUT"), ("/captions", "POST")])
@on_loop
async def test_what_adorns_may_fail_with_a_warning(store: TestStore, path: str, method: str) -> None:
    async with station(store) as at:
        await at.has("t-1")
        at.fails(path=path, method=method, status=500)
        told = await at.asks("POST", "vod/publish/t-1")
        assert (told["success"], len(told["warnings"])) == (True, 1)
        assert (await at.vod("t-1"))["publish_state"] == "published"


@on_loop
async def test_a_link_is_made_stays_and_is_taken_away(store: TestStore) -> None:
    async with station(store) as at:
        await at.has("t-1", MEETING_FILE)
        await at.has("t-2")
        council = at.cablecast.add_show({"title": MEETING["title"], "date": "2024-01-20", "length": 1800})["id"]
        link = "cablecast/link/t-1"
        doubted = await at.asks("POST", link)
        assert (doubted["linked"], doubted["suggestions"][0]["similarity_score"]) == (False, 0.6)
        at.cablecast.shows[council].update(MEETING)
        suggested = (await at.asks("GET", "cablecast/suggestions/t-1", query="limit=-3"))["suggestions"]
        assert [(one["show_id"], one["similarity_score"]) for one in suggested] == [(council, 1.0)]
        assert await at.asks("POST", link) == {"linked": True, "show_id": council}
        assert await at.asks("POST", link) == {"linked": True, "show_id": council, "already_linked": True}
        assert (await at.asks("POST", f"{link}/manual", {"show_id": council}))["already_linked"]
        assert await problem_of(at.asks("POST", f"{link}/manual", {"show_id": 1})) == "ConflictError"
        assert await problem_of(at.asks("POST", f"{link}/manual", {"show_id": 99999})) == "NotFoundError"
        status = await at.asks("GET", f"{link}/status")
        assert (status["linked"], status["show_id"], status["show_title"]) == (True, council, MEETING["title"])
        assert at.cablecast.shows[council]["searchable_content"] == "Welcome to the council."
        await at.asks("POST", "cablecast/link/t-2/manual", {"show_id": council})
        of_show = (await at.asks("GET", f"cablecast/shows/{council}/transcriptions"))["transcriptions"]
        assert [one["transcription_id"] for one in of_show] == ["t-1", "t-2"]
        assert await problem_of(at.asks("GET", "cablecast/shows/99999/transcriptions")) == "NotFoundError"
        await at.asks("DELETE", link)
        assert await at.asks("GET", f"{link}/status") == {"linked": False}
        assert await problem_of(at.asks("DELETE", link)) == "NotFoundError"
        told = await at.asks("POST", "cablecast/queue/process")
        assert (told["processed"], told["unlinked"], told["total_unlinked"], told["errors"]) == (1, 0, 1, [])


@on_loop
async def test_shows_and_states_are_brought_in(store: TestStore) -> None:
    async with station(store) as at:
        for new, changed in ((3, 0), (0, 0), (1, 1)):
            told = await at.asks("POST", "cablecast/sync/shows")
            assert (told["new_items"], told["updated_items"]) == (new, changed)
            if not new:
                at.cablecast.shows[2]["length"] = 2500
                at.cablecast.add_show(MEETING)
        weather = at.cablecast.shows.pop(3)
        assert (await at.asks("POST", "cablecast/sync/shows"))["synced_count"] == 3
        at.cablecast.shows[3] = weather
        assert (await at.asks("POST", "cablecast/sync/shows"))["new_items"] == 1, "it was gone meanwhile"
        await at.has("t-1")
        vod_id = (await at.asks("POST", "vod/publish/t-1"))["vod_id"]
        seen: list[tuple[str, int]] = []
        for _ in range(6):
            if len(seen) in (4, 5):
                at.cablecast.vods[vod_id]["vodState"] = ("ready", "error")[len(seen) - 4]
            [state] = (await at.asks("POST", "cablecast/sync/vods"))["vods"]
            record = await at.vod("t-1")
            assert (record["cablecast_state"], record["cablecast_percent"]) == (state["status"], state["percent"])
            seen.append((state["status"], state["percent"]))
        assert seen[:3] == [("processing", 25), ("processing", 50), ("processing", 75)]
        assert seen[3:] == [("completed", 100), ("completed", 100), ("failed", 100)]
        at.cablecast.vods.clear()
        assert (await at.asks("POST", "cablecast/sync/vods"))["vods"] == []


@on_loop
async def test_nothing_is_remembered_beyond_a_sync_or_an_outage(store: TestStore) -> None:
    async with station(store) as at:
        for count in (3, 3, 4):
            if count == 4:
                at.cablecast.add_show(MEETING)
                await at.asks("POST", "cablecast/sync/shows")
            asked = at.asked("/shows", "GET")
            assert (await at.asks("GET", "cablecast/shows"))["count"] == count
        assert at.asked("/shows", "GET") == asked + 1
        order = at.fails("fail", status=401)
        assert (await at.asks("GET", "vod/sync-status"))["connection_status"] == "authentication_failed"
        order.call_off()
        assert (await at.asks("GET", "vod/sync-status"))["connection_status"] == "connected"


@pytest.mark.parametrize(
    ("effect", "scope", "kind", "attempts"),
    [
        ("refuse", {}, "CablecastConnectionError", 1),
        ("hang", {}, "CablecastTimeoutError", 3),
        ("fail", {"status": 401}, "CablecastAuthenticationError", 1),
        ("fail", {"status": 500}, "CablecastError", 1),
        *(("corrupt", {"how": how}, "CablecastError", 1) for how in ("cut", "types", "empty")),
    ],
)
@on_loop
async def test_each_failure_has_its_name_and_counts_once(
    store: TestStore, effect: str, scope: dict[str, Any], kind: str, attempts: int
) -> None:
    async with station(store, timeout_s=1 if effect == "hang" else 10) as at:
        assert await problem_of(at.asks("GET", "cablecast/shows/99999")) == "NotFoundError"
        asked = at.asked()
        order = at.fails(effect, times=attempts, **scope)
        assert await problem_of(at.asks("GET", SHOW)) == kind
        assert (at.asked() - asked, at.publisher.breaker.consecutive_failures) == (attempts, 1)
        assert (await at.asks("GET", SHOW))["show"]["title"] == "Morning News"
        order.call_off()


@on_loop
async def test_a_publisher_that_goes_on_failing_is_left_alone_and_tried_once(store: TestStore) -> None:
    async with station(store) as at:
        order = at.fails(status=500)
        for kind in ["CablecastError"] * 5 + ["CircuitOpenError"] * 3:
            assert await problem_of(at.asks("GET", SHOW)) == kind
        assert await problem_of(at.publisher.look()) == "CircuitOpenError"
        assert at.asked() == 5 + 1, "one of them only woke the station"
        at.clock.at_s += BREAKER_S
        for kind in ("CablecastError", "CircuitOpenError"):
            assert await problem_of(at.asks("GET", SHOW)) == kind
        assert at.asked() == 7
        order.call_off()
        at.clock.at_s += BREAKER_S
        asks, at.publisher._client.request = at.publisher._client.request, _called_off  # type: ignore[method-assign]
        with pytest.raises(asyncio.CancelledError):
            await at.asks("GET", SHOW)
        at.publisher._client.request = asks  # type: ignore[method-assign]
        told = await at.asks("GET", "cablecast/health")
        assert (told["status"], told["circuit_breaker"]["state"]) == ("connected", "closed")
