"""The recogniser in its own process: streams side by side, back pressure, and what happens when it dies."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from reference.speech.phrasebook import Phrasebook
from reference.speech.ports import SpeechFailure, StreamOptions, Transcript
from reference.speech.sphinx import SphinxRecogniser

ROOT = Path(__file__).parents[2]
BOOK = Phrasebook(ROOT / "audio_samples")
ENGLISH = BOOK.phrases("en")
FINALS_ONLY = StreamOptions("en", partial_results=False)
PATIENCE_S = 15


def clip(phrase_id: str, *, pause_s: float = 0.6) -> bytes:
    with wave.open(str(BOOK.recording(phrase_id, "en"))) as file:
        return bytes(file.readframes(file.getnframes())) + bytes(2 * int(16_000 * pause_s))


def on_loop(test: Callable[[SphinxRecogniser], Awaitable[None]]) -> None:
    """Run a test; what goes wrong in a callback counts as well."""
    gone_wrong: list[object] = []

    async def within_patience() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: gone_wrong.append(context))
        async with asyncio.timeout(PATIENCE_S), a_recogniser() as recogniser:
            await test(recogniser)

    asyncio.run(within_patience())
    assert gone_wrong == []


@asynccontextmanager
async def a_recogniser() -> AsyncIterator[SphinxRecogniser]:
    recogniser = SphinxRecogniser(BOOK)
    try:
        yield recogniser
    finally:
        await recogniser.close()


def unexpected(result: object) -> None:
    raise AssertionError(f"expected nothing of the kind, got {result!r}")


def test_streams_side_by_side_do_not_mix() -> None:
    async def test(recogniser: SphinxRecogniser) -> None:
        spoken = {
            "a": ["three-nights", "quiet-jazz"],
            "b": ["short-break", "pay-by-card"],
            "c": ["set-a-timer"],
        }
        told: dict[str, list[Transcript]] = {name: [] for name in spoken}
        streams = {name: await recogniser.open(FINALS_ONLY, told[name].append, unexpected) for name in spoken}
        audio = {name: b"".join(clip(phrase) for phrase in phrases) for name, phrases in spoken.items()}
        for at in range(0, max(map(len, audio.values())), 3200):
            for name, stream in streams.items():
                if at < len(audio[name]):
                    await stream.feed(audio[name][at : at + 3200])
        await asyncio.gather(*(stream.finish() for stream in streams.values()))
        assert {name: [t.text for t in transcripts] for name, transcripts in told.items()} == {
            name: [ENGLISH[phrase] for phrase in phrases] for name, phrases in spoken.items()
        }

    on_loop(test)


def test_what_is_buffered_is_reported_before_finish_returns() -> None:
    async def test(recogniser: SphinxRecogniser) -> None:
        told: list[Transcript] = []
        stream = await recogniser.open(FINALS_ONLY, told.append, unexpected)
        await stream.feed(clip("quiet-jazz", pause_s=0))
        await stream.finish()
        assert [t.text for t in told] == [ENGLISH["quiet-jazz"]]

    on_loop(test)


def test_partial_results_come_when_asked_for() -> None:
    async def test(recogniser: SphinxRecogniser) -> None:
        told: list[Transcript] = []
        stream = await recogniser.open(StreamOptions("en", partial_results=True), told.append, unexpected)
        await stream.feed(clip("quiet-jazz"))
        await stream.finish()
        assert [t.final for t in told].count(True) == 1
        assert len(told) > 3
        assert told[-1].final

    on_loop(test)


def test_more_than_five_seconds_that_nobody_has_heard_must_wait() -> None:
    async def test(recogniser: SphinxRecogniser) -> None:
        stream = await recogniser.open(FINALS_ONLY, lambda _: None, unexpected)
        assert recogniser.worker_pid is not None
        os.kill(recogniser.worker_pid, signal.SIGSTOP)
        try:
            for _ in range(50):
                await asyncio.wait_for(stream.feed(bytes(3200)), 1)
            one_too_many = asyncio.ensure_future(stream.feed(bytes(3200)))
            done, _ = await asyncio.wait([one_too_many], timeout=0.05)
            assert not done
        finally:
            os.kill(recogniser.worker_pid, signal.SIGCONT)
        await one_too_many
        await stream.finish()

    on_loop(test)


def test_when_the_worker_dies_open_streams_fail_and_the_next_one_works() -> None:
    async def test(recogniser: SphinxRecogniser) -> None:
        failures: list[SpeechFailure] = []
        failed = asyncio.Event()

        def on_failure(failure: SpeechFailure) -> None:
            failures.append(failure)
            failed.set()

        stream = await recogniser.open(FINALS_ONLY, lambda _: None, on_failure)
        dead_pid = recogniser.worker_pid
        assert dead_pid is not None
        os.kill(dead_pid, signal.SIGKILL)
        await failed.wait()
        assert [(f.code, f.transient) for f in failures] == [("ServiceUnavailable", True)]
        with pytest.raises(SpeechFailure, match="worker died"):
            await stream.feed(bytes(3200))
        await stream.finish()

        told: list[Transcript] = []
        again = await recogniser.open(FINALS_ONLY, told.append, unexpected)
        assert recogniser.worker_pid not in (None, dead_pid)
        await again.feed(clip("pay-by-card"))
        await again.finish()
        assert [t.text for t in told] == [ENGLISH["pay-by-card"]]

    on_loop(test)


def test_ctrl_c_is_left_to_the_parent() -> None:
    async def test(recogniser: SphinxRecogniser) -> None:
        told: list[Transcript] = []
        stream = await recogniser.open(FINALS_ONLY, told.append, unexpected)
        assert recogniser.worker_pid is not None
        os.kill(recogniser.worker_pid, signal.SIGINT)
        await stream.feed(clip("pay-by-card"))
        await stream.finish()
        assert [t.text for t in told] == [ENGLISH["pay-by-card"]]

    on_loop(test)


def test_a_stream_in_another_language_opens_and_understands_nothing() -> None:
    async def test(recogniser: SphinxRecogniser) -> None:
        stream = await recogniser.open(StreamOptions("es"), unexpected, unexpected)
        await stream.feed(clip("pay-by-card"))
        await stream.finish()

    on_loop(test)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (StreamOptions("xx"), "LANGUAGE_NOT_SUPPORTED"),
        (StreamOptions("en", sample_rate_hz=8000), "BadRequestException"),
        (StreamOptions("en", encoding="flac"), "BadRequestException"),
    ],
)
def test_what_no_stream_can_be_opened_for_is_a_lasting_failure(options: StreamOptions, code: str) -> None:
    async def test(recogniser: SphinxRecogniser) -> None:
        with pytest.raises(SpeechFailure) as caught:
            await recogniser.open(options, unexpected, unexpected)
        assert (caught.value.code, caught.value.transient) == (code, False)

    on_loop(test)


def test_closing_fails_open_streams_and_opens_no_more() -> None:
    async def test(recogniser: SphinxRecogniser) -> None:
        failures: list[SpeechFailure] = []
        stream = await recogniser.open(FINALS_ONLY, lambda _: None, failures.append)
        await recogniser.close()
        await stream.finish()
        assert [f.code for f in failures] == ["ServiceUnavailable"]
        with pytest.raises(SpeechFailure, match="was closed"):
            await recogniser.open(FINALS_ONLY, lambda _: None, unexpected)

    on_loop(test)


PARENT = """
import asyncio, sys
from pathlib import Path
from reference.speech.phrasebook import Phrasebook
from reference.speech.sphinx import SphinxRecogniser

async def main():
    recogniser = SphinxRecogniser(Phrasebook(Path("audio_samples")))
    await recogniser.start()
    print(recogniser.worker_pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs a way to wait for another's child")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_worker_ends_with_its_parent(how: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = os.pidfd_open(int(parent.stdout.readline()))
        parent.send_signal(how)
        try:
            ended, _, _ = select.select([worker], [], [], PATIENCE_S)
        finally:
            os.close(worker)
    assert ended
