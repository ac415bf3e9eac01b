"""The double, and what is laid around any engine: faults and observation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from reference.control.faulty import RecogniserWithFaults, SynthesiserWithFaults, TranslatorWithFaults
from reference.speech import observed
from reference.speech.observed import ObservedRecogniser, ObservedSynthesiser, ObservedTranslator
from reference.speech.ports import Delivery, SpeechFailure, StreamOptions, Transcript
from reference.speech.scripted import ScriptedRecogniser
from tests.reference.ordered import fail, stall

UNAVAILABLE = SpeechFailure("ServiceUnavailable", "ordered by the test", transient=True)
ANA, BEN = StreamOptions("en", session_id="ana"), StreamOptions("en", session_id="ben")


def said(text: str, *, final: bool = True, stability: float = 1.0) -> Transcript:
    return Transcript("u1", text, final, stability, 0, 1000)


def ignored(_: object) -> None:
    return


def unexpected(result: object) -> None:
    raise AssertionError(f"expected nothing, got {result!r}")


def on_loop(test: Callable[[], Awaitable[None]]) -> None:
    async def within_patience() -> None:
        async with asyncio.timeout(5):
            await test()

    asyncio.run(within_patience())


async def settled() -> None:
    """Let every task go as far as it can without outside help."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_transcript_goes_to_the_stream_of_its_session() -> None:
    async def test() -> None:
        double, ana, ben = ScriptedRecogniser(), list[Transcript](), list[Transcript]()
        await double.open(ANA, ana.append, ignored)
        bens = await double.open(BEN, ben.append, ignored)
        double.emit(said("for Ana"), "ana")
        double.emit(said("for the latest"))
        await bens.finish()
        double.emit(said("for Ana again"))
        assert [t.text for t in ana] == ["for Ana", "for Ana again"]
        assert [t.text for t in ben] == ["for the latest"]
        with pytest.raises(LookupError, match="open stream of ben"):
            double.emit(said("too late"), "ben")

    on_loop(test)


def test_partial_transcripts_stay_back_where_they_are_off() -> None:
    async def test() -> None:
        double, told = ScriptedRecogniser(), list[Transcript]()
        await double.open(StreamOptions("en", partial_results=False), told.append, ignored)
        double.emit(said("Good", final=False, stability=0.9))
        double.emit(said("Good morning"))
        assert [t.text for t in told] == ["Good morning"]

    on_loop(test)


def test_under_load_every_so_many_chunks_are_a_sentence() -> None:
    async def test() -> None:
        double, told = ScriptedRecogniser(), list[Transcript]()
        double.understand("Thank you all for coming.", every_chunks=3)
        stream = await double.open(ANA, told.append, ignored)
        for _ in range(7):
            await stream.feed(bytes(3200))
        assert [(t.text, t.final, t.start_ms, t.end_ms) for t in told] == [
            ("Thank you all for coming.", True, 0, 300),
            ("Thank you all for coming.", True, 300, 600),
        ]
        assert len({t.utterance_id for t in told}) == 2

    on_loop(test)


def test_the_next_opens_of_a_session_fail_and_then_it_works() -> None:
    async def test() -> None:
        recogniser = RecogniserWithFaults(ScriptedRecogniser())
        fail(recogniser.opens, UNAVAILABLE, times=2, scope="ana")
        await recogniser.open(BEN, ignored, ignored)
        for _ in range(2):
            with pytest.raises(SpeechFailure, match="ordered by the test"):
                await recogniser.open(ANA, ignored, ignored)
        await recogniser.open(ANA, ignored, ignored)

    on_loop(test)


def test_a_broken_stream_tells_its_opener_and_is_not_heard_any_more() -> None:
    async def test() -> None:
        double, told, failures = ScriptedRecogniser(), list[Transcript](), list[SpeechFailure]()
        recogniser = RecogniserWithFaults(double)
        stream = await recogniser.open(ANA, told.append, failures.append)
        await recogniser.open(BEN, ignored, unexpected)
        assert recogniser.break_streams(UNAVAILABLE, "ana") == 1
        assert recogniser.break_streams(UNAVAILABLE, "ana") == 0
        double.emit(said("too late"), "ana")
        with pytest.raises(SpeechFailure):
            await stream.feed(bytes(3200))
        await stream.finish()
        assert (told, failures) == ([], [UNAVAILABLE])
        with pytest.raises(LookupError):
            double.emit(said("the engine's stream has been ended too"), "ana")

    on_loop(test)


def test_a_stalled_stream_waits_for_its_release() -> None:
    async def test() -> None:
        recogniser = RecogniserWithFaults(ScriptedRecogniser())
        ana = await recogniser.open(ANA, ignored, ignored)
        ben = await recogniser.open(BEN, ignored, ignored)
        stalled = stall(recogniser.feeds, "ana")
        waiting = asyncio.ensure_future(ana.feed(bytes(3200)))
        await ben.feed(bytes(3200))
        await settled()
        assert not waiting.done()
        stalled.call_off()
        await waiting

    on_loop(test)


def test_a_call_that_is_to_stall_and_to_fail_does_both() -> None:
    async def test() -> None:
        recogniser = RecogniserWithFaults(ScriptedRecogniser())
        fail(recogniser.opens, UNAVAILABLE)
        stalled = stall(recogniser.opens)
        waiting = asyncio.ensure_future(recogniser.open(ANA, ignored, ignored))
        await settled()
        assert not waiting.done()
        stalled.call_off()
        with pytest.raises(SpeechFailure, match="ordered by the test"):
            await waiting

    on_loop(test)


def test_what_a_recogniser_received_and_answered_is_remembered() -> None:
    async def test() -> None:
        double, told = ScriptedRecogniser(), list[Transcript]()
        faulty = RecogniserWithFaults(double)
        recogniser = ObservedRecogniser(faulty)
        fail(faulty.opens, UNAVAILABLE)
        with pytest.raises(SpeechFailure):
            await recogniser.open(ANA, told.append, ignored)
        stream = await recogniser.open(ANA, told.append, ignored)
        await recogniser.open(BEN, ignored, ignored)
        await stream.feed(b"\1\0" * 1600)
        await stream.feed(b"\2\0" * 1600)
        double.emit(said("Good morning"), "ana")
        await stream.finish()
        refused, opened = [one for one in recogniser.streams if one.options.session_id == "ana"]
        assert (refused.failure, refused.opened_at_s, opened.options) == (UNAVAILABLE, None, ANA)
        assert [pcm for _, pcm in opened.chunks] == [b"\1\0" * 1600, b"\2\0" * 1600]
        assert [t for _, t in opened.transcripts] == told == [said("Good morning")]
        assert opened.opened_at_s is not None
        assert opened.closed_at_s is not None
        times_s = [
            opened.asked_at_s,
            opened.opened_at_s,
            *(at for at, _ in opened.chunks),
            opened.closed_at_s,
        ]
        assert times_s == sorted(times_s)

    on_loop(test)


def test_of_all_audio_only_the_latest_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observed, "_AUDIO_KEPT_BYTES", 300)

    async def test() -> None:
        recogniser = ObservedRecogniser(ScriptedRecogniser())
        ana = await recogniser.open(ANA, ignored, ignored)
        ben = await recogniser.open(BEN, ignored, ignored)
        for stream in (ana, ben, ana, ben, ana):
            await stream.feed(bytes(100))
        first, second = recogniser.streams
        assert [len(record.chunks) for record in (first, second)] == [2, 1]
        assert (first.chunks_fed, second.chunks_fed) == (3, 2)

    on_loop(test)


class Parrot:
    """A translator and synthesiser that says what it is told."""

    async def translate(self, text: str, *, source: str, target: str) -> str:
        return f"{text} ({source}-{target})"

    async def speak(self, text: str, *, language: str, delivery: Delivery) -> bytes:
        return f"{text} {language} {delivery.rate}".encode()


def test_translations_can_fail_and_are_remembered() -> None:
    async def test() -> None:
        faulty = TranslatorWithFaults(Parrot())
        translator = ObservedTranslator(faulty)
        fail(faulty.calls, UNAVAILABLE, scope="fr")
        assert await translator.translate("Hello", source="en", target="es") == "Hello (en-es)"
        with pytest.raises(SpeechFailure):
            await translator.translate("Hello", source="en", target="fr")
        assert [(call.target, call.translation, call.failure) for call in translator.calls] == [
            ("es", "Hello (en-es)", None),
            ("fr", None, UNAVAILABLE),
        ]

    on_loop(test)


def test_syntheses_can_fail_and_are_remembered() -> None:
    async def test() -> None:
        faulty = SynthesiserWithFaults(Parrot())
        synthesiser = ObservedSynthesiser(faulty)
        fail(faulty.calls, UNAVAILABLE, scope="fr")
        assert await synthesiser.speak("Hola", language="es", delivery=Delivery("fast")) == b"Hola es fast"
        with pytest.raises(SpeechFailure):
            await synthesiser.speak("Salut", language="fr", delivery=Delivery())
        assert [(call.language, call.delivery.rate, call.audio_bytes, call.failure) for call in synthesiser.calls] == [
            ("es", "fast", 12, None),
            ("fr", "medium", None, UNAVAILABLE),
        ]

    on_loop(test)
