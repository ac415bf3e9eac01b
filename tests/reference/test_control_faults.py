"""Faults ordered through the control plane strike whom they should, as often as they should."""

from __future__ import annotations

import asyncio
import base64
import logging
import re

import pytest

from earshot.failures import Unusable
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore
from tests.reference.control_kit import controlled, report
from tests.reference.service_kit import Client

CHUNK = base64.b64encode(bytes(3200)).decode()


async def chunk(speaker: Client) -> None:
    await speaker.send("sendAudio", audioData=CHUNK)
    await speaker.next("audioReceived")


async def volume(speaker: Client) -> str:
    """Set the volume; return the type of the answer, or the code of the error."""
    await speaker.send("setVolume", volumeLevel=1)
    while (answer := await speaker.next())["type"] == "sessionStatus":
        continue
    return str(answer.get("code", answer["type"]))


@on_loop
async def test_a_handler_that_hangs_is_given_up_and_one_that_was_released_goes_on(store: TestStore) -> None:
    async with controlled(store, control_handler_timeout_seconds="1") as under:
        ana, session_id = await under.service.speaker()
        await under.order(
            lambda control: control.order("handler", "stall", times=1, action="setVolume", session_id=session_id)
        )
        assert await volume(ana) == "TIMEOUT"
        assert await volume(ana) == "volumeChanged"
        errors = under.metrics.values("LambdaErrors", Handler="speaker-control", ErrorType="TIMEOUT")
        assert errors == [1]
    async with controlled(store) as under:
        ana, _ = await under.service.speaker()
        stall = await under.order(lambda control: control.order("handler", "stall", times=1, action="setVolume"))
        await ana.send("setVolume", volumeLevel=1)
        while (await under.order(lambda control: control.now(stall))).times_struck == 0:
            await asyncio.sleep(0)
        await under.order(lambda control: control.call_off(stall))
        assert (await ana.next())["type"] == "volumeChanged"


@on_loop
async def test_a_fault_for_one_session_leaves_the_others_alone(store: TestStore) -> None:
    async with controlled(store, control_handler_timeout_seconds="1.5") as under:
        ana, anas_session = await under.service.speaker("ana")
        ben, _ = await under.service.speaker("ben")
        await under.order(lambda control: control.order("handler", "stall", session_id=anas_session))
        assert [await volume(ben), await volume(ana), await volume(ana)] == ["volumeChanged", "TIMEOUT", "TIMEOUT"]
        await under.order(lambda control: control.order("handler", "stall", times=1, session_id="kind-lamp-100"))
        removed = await under.order(lambda control: control._ask("DELETE", "/orders", session_id=anas_session))
        assert removed == {"removed": 1}
        assert await volume(ana) == "volumeChanged"


@on_loop
async def test_a_crash_is_answered_without_internals_and_logged_with_its_stack(
    store: TestStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "reference.gateway")
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        await under.order(lambda control: control.order("handler", "crash", times=1, action="muteBroadcast"))
        answer = await ana.ask("muteBroadcast")
        assert (answer["code"], answer["statusCode"]) == ("INTERNAL_ERROR", 500)
        assert "crash" not in str(answer).lower()
        assert under.metrics.values("LambdaErrors", Handler="speaker-control", ErrorType="INTERNAL_ERROR") == [1]
    [record] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert record.correlation_id == session_id  # type: ignore[attr-defined]
    assert "OrderedCrash" in record.metadata["stack"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("times", "code", "outcome"),
    [
        (2, "ProvisionedThroughputExceededException", "volumeChanged"),
        (3, "ProvisionedThroughputExceededException", "INTERNAL_ERROR"),
        (1, "ValidationException", "INTERNAL_ERROR"),
        (3, "Unreachable", "SERVICE_UNAVAILABLE"),
    ],
)
@on_loop
async def test_the_store_fails_below_the_retries(store: TestStore, times: int, code: str, outcome: str) -> None:
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        fault = await under.order(
            lambda control: control.order(
                "store", times=times, code=code, operations=["UpdateItem"], table="Sessions", session_id=session_id
            )
        )
        assert await volume(ana) == outcome
        struck = await under.order(lambda control: control.now(fault))
        assert (struck.times_struck, struck.times_left) == (times, 0)
        assert under.metrics.values("DynamoDBErrors", Operation="UpdateItem") == [1] * times


@on_loop
async def test_the_store_of_one_session_fails_by_its_connections_too(store: TestStore) -> None:
    async with controlled(store) as under:
        ana, anas_session = await under.service.speaker("ana")
        ben, bens_session = await under.service.speaker("ben")
        omar, lena = await under.service.listener(anas_session), await under.service.listener(bens_session)
        fault = await under.order(
            lambda control: control.order(
                "store",
                code="ValidationException",
                table="Connections",
                operations=["UpdateItem"],
                session_id=bens_session,
            )
        )
        assert (await lena.ask("changeLanguage", targetLanguage="fr"))["code"] == "INTERNAL_ERROR"
        assert (await omar.ask("changeLanguage", targetLanguage="fr"))["type"] == "languageChanged"
        assert await volume(ana) == await volume(ben) == "volumeChanged"
        assert (await under.order(lambda control: control.now(fault))).times_struck == 1


@on_loop
async def test_a_dead_connection_is_not_told_and_the_others_are(store: TestStore) -> None:
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        lena = await under.service.open(action="joinSession", sessionId=session_id, targetLanguage="es")
        joined = await lena.next()
        omar = await under.service.listener(session_id)
        await under.order(lambda control: control.order("delivery", "dead", connection_id=joined["connectionId"]))
        await ana.send("pauseBroadcast")
        assert (await ana.next("broadcastPaused"))["listenersNotified"] == 1
        assert (await omar.next())["type"] == "broadcastPaused"
        assert under.metrics.values("ListenerNotificationFailures", SessionId=session_id) == [1]


@on_loop
async def test_without_sign_in_no_session_is_opened_and_with_it_one_is(store: TestStore) -> None:
    async with controlled(store) as under:
        await under.order(lambda control: control.order("sign-in", times=1))
        query = {"action": "createSession", "sourceLanguage": "en", "token": "whatever"}
        status, envelope = await under.service.refused(**query)
        assert (status, envelope["code"]) == (503, "SERVICE_UNAVAILABLE")
        await under.service.speaker()


@on_loop
async def test_the_recogniser_refuses_so_many_streams_and_breaks_those_that_are_open(store: TestStore) -> None:
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        await under.order(
            lambda control: control.order("recogniser.open", times=1, session_id=session_id, transient=True)
        )
        await chunk(ana)
        while len(streams := await under.order(lambda control: control.observe("streams", session_id=session_id))) < 2:
            await asyncio.sleep(0)
        refused, opened = streams
        assert (refused.failure is not None, refused.opened_at_s) == (True, None)
        assert opened.options.language == "en"
        broken = await under.order(
            lambda control: control.order(
                "recogniser.stream", session_id=session_id, code="BadRequest", transient=False
            )
        )
        assert (broken.times_struck, broken.times_left) == (1, 0)
        error = await ana.next("transcriptionError")
        assert (error["code"], error["retryable"]) == ("BadRequest", False)


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        ({"place": "sign-in", "effect": "fail", "session_id": "kind-lamp-100"}, "has no session_id; expected times"),
        ({"place": "handler", "effect": "fail"}, "no effect 'fail'; expected one of crash, stall"),
        ({"place": "handler"}, "no effect None; expected one of crash, stall"),
        (
            {"place": "kitchen", "effect": "fail"},
            "no place 'kitchen'; expected one of archive.engine, archive.figures",
        ),
        ({"place": "store", "effect": "fail", "times": 0}, "times must be a whole number of at least 1, not 0"),
        ({"place": "store", "effect": "fail", "times": True}, "times must be a whole number of at least 1, not True"),
        ({"place": "store", "effect": "fail", "tabel": "Sessions"}, "has no tabel; expected code, every, operations"),
        ({"place": "store", "effect": "fail", "operations": "PutItem"}, "operations must be a list of texts"),
        ({"place": "connection", "effect": "close", "close_code": 99}, "a whole number from 1000 to 4999, not 99"),
        ({"place": "recogniser", "effect": "script"}, "needs session_id"),
        (["store"], "an order is an object with place and effect"),
    ],
)
@on_loop
async def test_an_order_that_means_nothing_is_refused(store: TestStore, order: object, complaint: str) -> None:
    async with controlled(store) as under:
        with pytest.raises(Unusable, match=f"got 400 with .*{re.escape(complaint)}"):
            await under.order(lambda control: control._ask("POST", "/orders", order))
        assert await under.order(lambda control: control._ask("GET", "/orders")) == []


@on_loop
async def test_whoever_orders_nonsense_is_told_what_is_wrong(store: TestStore) -> None:
    async with controlled(store) as under:
        with pytest.raises(Unusable, match="fail at sign-in: times: 0 is less than the minimum of 1"):
            await under.order(lambda control: control.order("sign-in", times=0))
        assert await under.order(lambda control: control._ask("GET", "/orders")) == []


@on_loop
async def test_what_is_over_at_once_is_not_listed(store: TestStore) -> None:
    async with controlled(store) as under:
        await under.service.speaker()
        done = await under.order(lambda control: control.order("recogniser.stream", session_id="kind-lamp-100"))
        assert (done.times_struck, done.times_left) == (0, 0)
        assert await under.order(lambda control: control.ordered()) == []
        with pytest.raises(Unusable, match=f"404 with there is no order {done.id}"):
            await under.order(lambda control: control.now(done))


@on_loop
async def test_a_delivery_that_fails_is_tried_again(store: TestStore) -> None:
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        lena = await under.service.open(action="joinSession", sessionId=session_id, targetLanguage="es")
        joined = await lena.next()
        await under.order(lambda control: control.order("recogniser", "script", session_id=session_id))
        await chunk(ana)
        fault = await under.order(
            lambda control: control.order("delivery", times=2, connection_id=joined["connectionId"])
        )
        await under.order(lambda control: report(control, session_id, "heard at last."))
        assert (await lena.next("audio"))["transcript"] == "[es] heard at last."
        assert (await under.order(lambda control: control.now(fault))).times_struck == 2
        await under.order(lambda control: control.order("delivery", "dead", connection_id=joined["connectionId"]))
        await under.order(lambda control: report(control, session_id, "heard by nobody."))
        while (await under.order(lambda control: control.census())).members == 2:
            await asyncio.sleep(0)


@on_loop
async def test_a_connection_that_breaks_is_closed_as_a_server_error_and_cleaned_up(store: TestStore) -> None:
    async with controlled(store) as under:
        _, session_id = await under.service.speaker()
        amina = await under.service.listener(session_id)
        lena = await under.service.open(action="joinSession", sessionId=session_id, targetLanguage="es")
        connection_id = str((await lena.next("sessionJoined"))["connectionId"])
        await under.order(lambda control: control.order("connection", "crash", times=1, connection_id=connection_id))
        await lena.send("heartbeat")
        assert await lena.code() == 1011
        await amina.send("heartbeat")
        assert (await amina.next("heartbeatAck"))["type"] == "heartbeatAck"
