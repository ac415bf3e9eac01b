"""From a sentence to sound in every language, with engines that wait for the test (BRO-6.2, BRO-6.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from reference.background import Background
from reference.broadcast.fanout import Fanout
from reference.broadcast.handover import EmotionDynamics, Handover
from reference.broadcast.live import LiveSession, LiveSessions
from reference.broadcast.markup import Emotion, Expression, VolumeLevel, delivery, expression_of
from reference.broadcast.model import BroadcastState, Connection, PartialResults, Role, Session
from reference.broadcast.notices import Speech
from reference.broadcast.ports import Reached
from reference.control.faulty import SynthesiserWithFaults, TranslatorWithFaults
from reference.speech.ports import Delivery, SpeechFailure
from tests.reference.broadcast.world_fakes import FakeAudience, FakeClock, FakeMetrics, on_loop, settled
from tests.reference.engine_fakes import FakeTranslator
from tests.reference.ordered import fail, stall

SESSION = "calm-river-200"
ONE = Handover(SESSION, "en", "One.", is_partial=False, stability_score=1.0, timestamp_ms=0)
TWO = replace(ONE, transcript_text="Two.", is_partial=True)
BROKEN = SpeechFailure("ServiceUnavailable", "not today", transient=True)


@dataclass
class Synthesiser:
    """Speaks a text as its own bytes, those in `held` when their event comes; may refuse markup."""

    refuses_markup: bool = False
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    calls: list[tuple[str, str, Delivery]] = field(default_factory=list)

    async def speak(self, text: str, *, language: str, delivery: Delivery) -> bytes:
        self.calls.append((text, language, delivery))
        if self.refuses_markup and delivery.markup:
            raise SpeechFailure("InvalidSsmlException", "no markup", transient=False)
        if text in self.held:
            await self.held[text].wait()
        return text.encode()


@dataclass
class Audience(FakeAudience):
    """Connections in `throttled` take a sentence only after so many attempts."""

    throttled: dict[str, int] = field(default_factory=dict)

    def play(self, connection_ids: Iterable[str], speech: Speech) -> Reached:
        wanted = list(connection_ids)
        refused = [one for one in wanted if self.throttled.get(one, 0) > 0]
        for one in refused:
            self.throttled[one] -= 1
        reached = super().play([one for one in wanted if one not in refused], speech)
        return replace(reached, throttled=tuple(refused))


class World:
    """A fan-out with a session, its listeners by name and language."""

    def __init__(self, **languages: str) -> None:
        self.clock, self.metrics, self.audience = FakeClock(), FakeMetrics(), Audience()
        self.translator, self.engine = FakeTranslator(), Synthesiser()
        self.translation, self.synthesis = (
            TranslatorWithFaults(self.translator),
            SynthesiserWithFaults(self.engine),
        )
        self.left: list[str] = []
        self.sessions = LiveSessions(self.clock)
        state = BroadcastState(0)
        self.live: LiveSession = self.sessions.adopt(
            Session(SESSION, "ana", "ana", "en", "standard", 0, True, 0, 0, PartialResults(), state)
        )
        for name, language in languages.items():
            self.enter(name, language)
        self.fanout = Fanout(
            self.sessions,
            self.translation,
            self.synthesis,
            self.audience,
            self.metrics,
            self.clock,
            Background(),
            self._leave,
        )

    def enter(self, name: str, language: str) -> None:
        connection = Connection(name, SESSION, Role.LISTENER, 0, 0, 0, language)
        self.sessions.enter(self.live, connection, now_s=0)

    async def say(self, *handovers: Handover) -> None:
        for handover in handovers:
            await self.fanout.accept(handover)
        await settled()

    def heard(self, name: str) -> list[str]:
        return [speech.transcript for who, speech in self.audience.played if who == name]

    async def _leave(self, connection_id: str) -> None:
        self.left.append(connection_id)


@on_loop
async def test_every_language_is_translated_and_synthesised_once_and_its_listeners_hear_the_same() -> None:
    world = World(lena="es", luis="es", amina="fr", bob="en")
    await world.say(TWO)
    assert sorted(world.translator.calls) == [("Two.", "es"), ("Two.", "fr")]
    assert sorted(call[:2] for call in world.engine.calls) == [("Two.", "en"), ("[es] Two.", "es"), ("[fr] Two.", "fr")]
    spoken = dict(world.audience.played)
    assert spoken["lena"] is spoken["luis"]
    assert spoken["lena"] == Speech(SESSION, b"[es] Two.", "es", "en", True, "[es] Two.")
    assert world.heard("bob") == ["Two."]


@on_loop
async def test_for_nobody_nothing_is_done() -> None:
    world = World()
    await world.say(ONE)
    world.sessions.remove(world.live)
    await world.say(ONE)
    assert world.translator.calls == world.engine.calls == world.metrics.data == []


@on_loop
async def test_who_changes_language_between_two_languages_of_one_sentence_hears_it_once() -> None:
    world = World(lena="es", amina="fr")
    world.engine.held["[fr] One."] = asyncio.Event()
    await world.say(ONE)
    world.live.members["lena"].target_language = "fr"
    world.engine.held["[fr] One."].set()
    await settled()
    await world.say(TWO)
    assert world.heard("lena") == ["[es] One.", "[fr] Two."]
    assert world.heard("amina") == ["[fr] One.", "[fr] Two."]


@on_loop
async def test_a_slow_language_delays_no_other_and_a_slow_sentence_only_those_behind_it_in_its_language() -> None:
    world = World(lena="es", amina="fr")
    world.engine.held["[fr] One."] = asyncio.Event()
    await world.say(ONE, TWO)
    assert [call[0] for call in world.engine.calls] == ["[es] One.", "[fr] One.", "[es] Two.", "[fr] Two."]
    assert (world.heard("lena"), world.heard("amina")) == (["[es] One.", "[es] Two."], [])
    world.engine.held["[fr] One."].set()
    await settled()
    assert world.heard("amina") == ["[fr] One.", "[fr] Two."]


@pytest.mark.parametrize(("stage", "limit_s"), [("translation", 2.0), ("synthesis", 5.0)])
@on_loop
async def test_a_language_that_takes_too_long_is_left_out_of_that_sentence_only(stage: str, limit_s: float) -> None:
    world = World(lena="es", amina="fr")
    faults = getattr(world, stage).calls
    stalled = stall(faults, "fr")
    await world.say(ONE)
    await world.clock.advance(limit_s - 0.01)
    assert world.metrics.values("LanguagesProcessed") == []
    await world.clock.advance(0.01)
    assert world.metrics.values("FailedLanguagesCount") == [1]
    stalled.call_off()
    await world.say(TWO)
    assert (world.heard("lena"), world.heard("amina")) == (["[es] One.", "[es] Two."], ["[fr] Two."])


@on_loop
async def test_when_every_language_fails_an_error_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    world = World(lena="es", amina="fr")
    fail(world.translation.calls, BROKEN)
    await world.say(ONE)
    assert "nobody hears this sentence" not in caplog.text
    fail(world.translation.calls, BROKEN)
    fail(world.synthesis.calls, BROKEN)
    await world.say(TWO)
    assert "nobody hears this sentence" in caplog.text
    assert world.heard("lena") + world.heard("amina") == ["[fr] One."]


@on_loop
async def test_whoever_changes_language_hears_the_new_one_from_the_next_sentence_on() -> None:
    world = World(lena="es", luis="es")
    world.engine.held["[es] One."] = asyncio.Event()
    await world.say(ONE)
    world.live.members["lena"].target_language = "fr"
    world.engine.held["[es] One."].set()
    await world.say(TWO)
    assert world.heard("luis") == ["[es] One.", "[es] Two."]
    assert world.heard("lena") == ["[fr] Two."]


@on_loop
async def test_a_dead_connection_found_while_sending_is_taken_out() -> None:
    world = World(lena="es", luis="es")
    world.audience.gone.add("luis")
    await world.say(ONE)
    assert (world.heard("lena"), world.left) == (["[es] One."], ["luis"])
    assert world.metrics.values("BroadcastSuccessRate") == [50.0]


@pytest.mark.parametrize(("attempts", "heard"), [(2, ["[es] One."]), (3, [])])
@on_loop
async def test_a_throttled_connection_is_tried_twice_more_after_100_and_200_ms(attempts: int, heard: list[str]) -> None:
    world = World(lena="es", luis="es")
    world.audience.throttled["luis"] = attempts
    await world.say(ONE)
    assert (world.heard("lena"), world.heard("luis")) == (["[es] One."], [])
    await world.clock.advance(0.1)
    assert world.audience.throttled["luis"] == attempts - 2
    await world.clock.advance(0.19)
    assert world.heard("luis") == []
    await world.clock.advance(0.01)
    assert (world.heard("lena"), world.heard("luis"), world.left) == (["[es] One."], heard, [])


@on_loop
async def test_the_end_of_a_session_gives_up_what_is_under_way() -> None:
    world = World(lena="es")
    stalled = stall(world.synthesis.calls)
    await world.say(ONE)
    world.fanout.close(SESSION)
    stalled.call_off()
    await settled()
    assert world.heard("lena") == []


@on_loop
async def test_of_too_many_sentences_under_way_the_oldest_is_given_up() -> None:
    world = World(lena="es")
    stalled = stall(world.translation.calls)
    for number in range(52):
        await world.say(replace(ONE, transcript_text=str(number)))
    stalled.call_off()
    await settled()
    assert world.heard("lena") == [f"[es] {number}" for number in range(2, 52)]


@on_loop
async def test_every_sentence_is_counted_and_timed() -> None:
    world = World(lena="es", luis="es", amina="fr")
    fail(world.translation.calls, BROKEN, scope="fr")
    stalled = stall(world.synthesis.calls, "es")
    await world.say(ONE)
    await world.clock.advance(1.5)
    stalled.call_off()
    await settled()
    assert world.metrics.data == [
        ("ProcessingDuration", pytest.approx(1500), {}),
        ("LanguagesProcessed", 1, {}),
        ("FailedLanguagesCount", 1, {}),
        ("ListenerCount", 2, {}),
        ("BroadcastSuccessRate", 100.0, {}),
    ]


@on_loop
async def test_the_synthesiser_is_told_how_it_was_said_and_spoken_to_plainly_if_it_refuses() -> None:
    world = World(lena="es")
    loud = replace(ONE, emotion_dynamics=EmotionDynamics(volume=1.0, rate=1.3, energy=1.0))
    await world.say(loud)
    world.engine.refuses_markup = True
    await world.say(loud)
    markup = '<speak><prosody rate="fast" volume="loud">[es] One.</prosody></speak>'
    wanted = Delivery("fast", "loud", markup)
    deliveries = [call[2] for call in world.engine.calls]
    assert deliveries == [wanted, wanted, Delivery()]
    assert [one.markup for one in deliveries] == [markup, markup, ""]
    assert world.heard("lena") == ["[es] One.", "[es] One."]


# ---- markup


@pytest.mark.parametrize(
    ("volume", "rate", "level", "wpm"),
    [
        (0.2, 0.7, VolumeLevel.WHISPER, 101.5),
        (0.3, 0.85, VolumeLevel.WHISPER, 123.25),
        (0.4, 1.0, VolumeLevel.SOFT, 145),
        (0.6, 1.15, VolumeLevel.NORMAL, 166.75),
        (0.8, 1.3, VolumeLevel.NORMAL, 188.5),
        (1.0, 2.0, VolumeLevel.LOUD, 290),
    ],
)
def test_dynamics_become_an_expression(volume: float, rate: float, level: VolumeLevel, wpm: float) -> None:
    expression = expression_of(EmotionDynamics(volume, rate, energy=0.4))
    assert expression == Expression(Emotion.NEUTRAL, 0.4, pytest.approx(wpm), level)


def test_neutral_dynamics_are_spoken_as_recorded() -> None:
    assert delivery("Hola.", expression_of(EmotionDynamics())) == Delivery("medium", "medium")


@pytest.mark.parametrize(
    ("wpm", "rate"),
    [(119.9, "slow"), (120, "medium"), (169.9, "medium"), (170, "fast"), (200, "fast"), (200.1, "x-fast")],
)
def test_the_rate_follows_the_words_per_minute(wpm: float, rate: str) -> None:
    assert delivery("Hola.", Expression(rate_wpm=wpm)).rate == rate


@pytest.mark.parametrize(
    ("level", "volume"), [("whisper", "x-soft"), ("soft", "soft"), ("normal", "medium"), ("loud", "loud")]
)
def test_the_volume_follows_the_level(level: str, volume: str) -> None:
    assert delivery("Hola.", Expression(volume_level=VolumeLevel(level))).volume == volume


def test_text_cannot_break_out_of_the_markup() -> None:
    markup = delivery("""<b> & "it's" """, Expression()).markup
    assert markup == (
        '<speak><prosody rate="medium" volume="medium">&lt;b&gt; &amp; &quot;it&apos;s&quot; </prosody></speak>'
    )


@pytest.mark.parametrize(
    ("emotion", "intensity", "inner"),
    [
        (Emotion.EXCITED, 0.71, '<emphasis level="strong">Hola.</emphasis>'),
        (Emotion.ANGRY, 0.7, "Hola."),
        (Emotion.SAD, 0.1, '<break time="300ms"/>Hola.'),
        (Emotion.NEUTRAL, 1.0, "Hola."),
    ],
)
def test_strong_feelings_are_stressed_and_sad_ones_hesitate(emotion: Emotion, intensity: float, inner: str) -> None:
    assert f">{inner}</prosody>" in delivery("Hola.", Expression(emotion, intensity)).markup
