"""What the control plane shows of engines and pipeline, and the double that it scripts."""

from __future__ import annotations

import asyncio
import base64
import struct

import pytest

from earshot.failures import Unusable
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore
from tests.reference.control_kit import Controlled, controlled, report
from tests.reference.service_kit import Client


async def chunk(speaker: Client, sample: int) -> bytes:
    pcm = struct.pack("<h", sample) * 1600
    await speaker.send("sendAudio", audioData=base64.b64encode(pcm).decode())
    await speaker.next("audioReceived")
    return pcm


async def fed(under: Controlled, session_id: str, chunks: int) -> None:
    """Return when the session's streams have been fed so many chunks."""

    def count() -> int:
        return sum(stream.chunks_fed for stream in under.control.observe("streams", session_id=session_id))

    while await asyncio.to_thread(count) < chunks:
        await asyncio.sleep(0)


@on_loop
async def test_a_stream_shows_what_it_was_fed_chunk_by_chunk(store: TestStore) -> None:
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        heard = await chunk(ana, 1000) + await chunk(ana, -2000)
        await fed(under, session_id, 2)
        [stream] = await under.order(lambda control: control.observe("streams", session_id=session_id))
        assert (stream.options.sample_rate_hz, stream.options.encoding, stream.options.partial_results) == (
            16_000,
            "pcm",
            True,
        )
        assert [(one.bytes, one.peak, one.rms) for one in stream.chunks] == [(3200, 1000, 1000), (3200, 2000, 2000)]
        assert stream.opened_at_s is not None
        assert stream.asked_at_s <= stream.opened_at_s <= stream.chunks[0].at_s <= stream.chunks[1].at_s
        assert await under.order(lambda control: control.audio(session_id)) == [heard]


@on_loop
async def test_a_scripted_session_is_understood_as_told_and_another_by_the_engine(store: TestStore) -> None:
    async with controlled(store) as under:
        under.service.speech.recogniser.phrases[9] = "from the engine"
        ana, anas_session = await under.service.speaker("ana")
        ben, bens_session = await under.service.speaker("ben")
        lena, omar = await under.service.listener(anas_session), await under.service.listener(bens_session)
        await under.order(lambda control: control.order("recogniser", "script", session_id=anas_session))
        await chunk(ana, 9)
        await chunk(ben, 9)
        await under.order(lambda control: report(control, anas_session, "as told."))
        assert (await lena.next("audio"))["transcript"] == "[es] as told."
        assert (await omar.next("audio"))["transcript"] == "[es] from the engine"
        [handover] = await under.order(lambda control: control.observe("handovers", session_id=anas_session))
        assert (handover.transcript_text, handover.is_partial, handover.stability_score) == ("as told.", False, 1)
        assert [attempt.acknowledged_at_s is not None for attempt in handover.attempts] == [True]
        [translation] = await under.order(lambda control: control.observe("translations", text="as told."))
        assert (translation.target, translation.translation) == ("es", "[es] as told.")
        spoken = {one.text for one in await under.order(lambda control: control.observe("syntheses", language="es"))}
        assert spoken == {"[es] as told.", "[es] from the engine"}


@on_loop
async def test_the_pipeline_turns_sentences_away_as_often_as_ordered(store: TestStore) -> None:
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        lena = await under.service.listener(session_id)
        await under.order(lambda control: control.order("recogniser", "script", session_id=session_id))
        await under.order(lambda control: control.order("handover", times=2, session_id=session_id))
        await chunk(ana, 1)
        await under.order(lambda control: report(control, session_id, "third time lucky."))
        assert (await lena.next("audio"))["transcript"] == "[es] third time lucky."
        [handover] = await under.order(lambda control: control.observe("handovers", session_id=session_id))
        assert [attempt.failure is None for attempt in handover.attempts] == [False, False, True]


@on_loop
async def test_a_session_that_the_engine_has_heard_cannot_be_scripted(store: TestStore) -> None:
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        await chunk(ana, 1)
        await fed(under, session_id, 1)
        with pytest.raises(Unusable, match="before its first chunk"):
            await under.order(lambda control: control.order("recogniser", "script", session_id=session_id))


@on_loop
async def test_a_script_waits_for_its_stream_but_not_for_ever(store: TestStore) -> None:
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        await under.order(lambda control: control.order("recogniser", "script", session_id=session_id))
        with pytest.raises(Unusable, match="an open stream"):
            await under.order(lambda control: report(control, session_id, "nobody speaks", within_s=0))
        saying = asyncio.create_task(under.order(lambda control: report(control, session_id, "now", within_s=5)))
        await chunk(ana, 1)
        await saying


@on_loop
async def test_the_census_counts_what_is_there_and_nothing_that_has_left(store: TestStore) -> None:
    async with controlled(store) as under:
        before = await under.order(lambda control: control.census())
        ana, session_id = await under.service.speaker()
        lena = await under.service.listener(session_id)
        await chunk(ana, 1)
        await fed(under, session_id, 1)
        during = await under.order(lambda control: control.census())
        assert (during.sessions, during.members, during.sockets, during.streams) == (1, 2, 2, 1)
        await ana.send("endSession")
        await lena.code()
        await ana.code()
        while (after := await under.order(lambda control: control.census())).sockets:
            await asyncio.sleep(0)
        assert (after.sessions, after.members, after.streams) == (before.sessions, before.members, 0)
        assert after.memory_bytes is None or after.memory_bytes > 1_000_000


@on_loop
async def test_the_settings_in_force_are_shown(store: TestStore) -> None:
    async with controlled(store, max_listeners_per_session="7") as under:
        settings = await under.order(lambda control: control.settings())
        assert settings["MAX_LISTENERS_PER_SESSION"] == 7
