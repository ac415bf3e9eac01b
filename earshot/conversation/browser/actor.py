"""The page in the browser, over a real socket: it listens, sends, shows, speaks, and connects again."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

import numpy as np

from earshot.audio import signals
from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.audio.containers import Form, pieces, wav
from earshot.conversation.browser.display import Display, speaking_s
from earshot.conversation.browser.identity import new_session_id
from earshot.conversation.browser.playback import PlaybackGate
from earshot.conversation.browser.reconnect import CONNECT_WITHIN_S, HEALTH_WITHIN_S, Reconnect, retry_after_s
from earshot.conversation.browser.recorder import Cadence
from earshot.conversation.browser.voice_activity import Event, Thresholds, VoiceActivity, loudnesses
from earshot.conversation.requests import END_TURN, as_text, name_session
from earshot.conversation.turns import SESSION, Turn
from earshot.conversation.user import PIECE_MS, User
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay
from earshot.participant import PATIENCE_S
from earshot.scene import Scene

PIECE_S = 0.1
"""A recorder hands over so much at a time."""
LEAD_IN_S = 0.2
"""A recorder that runs all the time still has so much of what came before speech was noticed."""
LISTENING_PAUSE_S = 0.5
"""Between the end of an answer and what is said next (CONV-63)."""
QUIET_AFTER_S = 0.5
"""The quiet after speech: longer than what ends a turn."""
LOOK_EVERY_S = 0.005
BRISK = 4.0
"""How many times as fast as people speak they are heard at the microphone, unless a scenario is about time."""
FASTER = 100.0
"""How many times as fast as in a browser the clock runs by which a page connects again."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to build up a connection again."""

    rest_s: float
    """How long the page had rested before it, by its own clock."""
    opened: bool


class Steady(NamedTuple):
    """A steady sound, and how often it is heard."""

    lasts_s: float
    times: int = 1
    pause_s: float = 0.0


class Browser(User):
    """Somebody who uses the page; `hasty` as the real one is, whose audio comes only after the end of the turn."""

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.session_id = new_session_id(time.time_ns() // 1_000_000, random.Random())
        self.is_hasty = False
        self.thresholds = Thresholds.at()
        self.display = Display()
        self.spoken_aloud: list[str] = []
        """The answers that the page spoke, or began to speak."""
        self.attempts: list[Attempt] = []
        """How the page tried to connect again, since it last lost the connection."""
        self.last_speech_ns = 0
        """When the microphone last picked up something loud enough for speech (monotonic)."""
        self._gate = PlaybackGate(self.thresholds)
        self._reconnect = Reconnect()
        self._taken_in = 0

    # ---- coming and going

    def loads(self) -> Observation:
        """Ask whether the service is well, connect, name the session at once, and return its confirmation."""
        self._asks_health()
        self.connects()
        return self.names_session()

    def is_spoken_to_at_once(self, text: str) -> Turn:
        """Connect and name the session, and send a whole sentence without awaiting the confirmation; end the turn."""
        self.connects()
        self._send(name_session(self.session_id))
        self.sends_whole(text)
        return self.ends_turn()

    def connects_again(self) -> None:
        """React to the loss of the connection as the page does; return when it is open again, or given up."""
        closed = self.is_disconnected()
        self.attempts = []
        self._taken_in = len(self._scene.ledger)
        code: int | None = closed.code
        while (delay_s := self._reconnect.delay_s(code)) is not None:
            rested_from = time.monotonic()
            self._rests(delay_s / FASTER)
            rest_s = (time.monotonic() - rested_from) * FASTER
            outcome = self._open({}, checked=True)
            self.attempts.append(Attempt(rest_s, outcome.kind is Kind.OPENED))
            if outcome.kind is Kind.OPENED:
                self._reconnect.opened()
                self.names_session(self.session_id)
                return
            self._scene.surprises.claim(outcome)
            code = None
        if self._reconnect.has_given_up:
            self.display.told({"type": "error", "message": "The service cannot be reached."})

    # ---- speaking

    def streams(self, cadence: Cadence, text: str) -> list[Observation]:
        """Send the beginning of a sentence as a recorder hands it over; returns what was sent."""
        clip = self._scene.samples.clip(text)
        parts = cadence.cut(clip.samples)
        self.notes_sound(np.concatenate(parts), f"the beginning of “{text}”")
        return self._scene.runtime.call(
            self._stream(parts, cadence.due_s()), within_s=cadence.due_s()[-1] + 2 * PATIENCE_S
        )

    def asks(self, *texts: str, pace: float = BRISK) -> Turn:
        """Hear out what the page speaks, then say these sentences to it; returns the turn that the page ended."""
        self._take_in()
        if self.spoken_aloud:
            self.hears_out()
        before = len(self.turns)
        for text in texts:
            self.hears(text, pace=pace)
        if len(self.turns) == before:
            raise AssertionError(f"{self.name}'s page heard {' '.join(texts)!r} and ended no turn")
        return self.turns[-1]

    def hears(self, text: str, *, pace: float = BRISK) -> None:
        """Let somebody say this sentence at the microphone, and be quiet afterwards.

        The page decides what to send and when the turn ends.
        """
        clip = self._scene.samples.clip(text)
        self.notes(clip)
        self.listens(np.concatenate([clip.samples, signals.silence(QUIET_AFTER_S)]), pace=pace)

    def hears_steadily(self, loudness: float, sound: Steady) -> None:
        """Let the microphone pick up a steady sound, and then quiet."""
        samples = signals.tone(200, sound.lasts_s, amplitude=loudness * 2**0.5)
        repeated = np.concatenate([samples, *[signals.silence(sound.pause_s), samples] * (sound.times - 1)])
        self.notes_sound(repeated, "a steady sound")
        self.listens(np.concatenate([repeated, signals.silence(QUIET_AFTER_S)]))

    def hears_out(self) -> None:
        """Return when the answer that is being spoken is over, and a while later."""
        self._take_in()
        left_s = max(0.0, self._gate.ends_s - time.monotonic()) + LISTENING_PAUSE_S
        self._rests(left_s)

    def sends_whole(self, text: str) -> None:
        """Send a whole sentence at once, and wait for nothing."""
        clip = self._scene.samples.clip(text)
        self.notes(clip)
        self.sends_unconfirmed([as_text(each) for each in pieces(clip.samples, PIECE_MS, Form.MANY_FILES)])

    def listens(self, samples: Samples, *, pace: float = BRISK) -> None:
        """Let the microphone pick up this sound, so many times as fast as in real life."""
        within_s = len(samples) / SAMPLE_RATE_HZ / pace + 2 * PATIENCE_S
        self._scene.runtime.call(self._listen(samples, pace), within_s=within_s)

    def ends_turn(self, **details: object) -> Turn:
        """End the turn as soon as the session is confirmed; returns the turn."""
        self._scene.runtime.call(self._end_turn(**details), within_s=CONNECT_WITHIN_S)
        return self._order().turns[-1]

    def ended_after(self) -> Delay:
        """Return how long after the last word the page ended the last turn."""
        return Delay(self.last_speech_ns, (self.turns[-1].ended.at_ns - self.last_speech_ns) / 1e6)

    # ---- what the page shows

    def shows(self) -> list[tuple[str, str]]:
        """Return the messages on the page, each with who it is from."""
        self._take_in()
        return [(line.who, line.words) for line in self.display.lines]

    def sessions_named(self) -> set[object]:
        """Return the names that the page has given to its session, on whichever connection."""
        return {o.message.get("session_id") for o in self._scene.ledger if o.who == self.name and o.type == SESSION}

    @property
    def interruptions(self) -> int:
        """How many answers were cut short because somebody spoke up."""
        return self._gate.interruptions

    def speaks_an_answer(self) -> bool:
        """Whether an answer is being spoken now."""
        self._take_in()
        return self._gate.is_playing(time.monotonic())

    def _take_in(self) -> None:
        """Take note of what came since the last look."""
        for observation in self._scene.ledger.since(self._taken_in):
            self._taken_in = observation.number + 1
            if self._is_for_me(observation, ()) and (words := self.display.told(observation.message)):
                self.spoken_aloud.append(words)
                self._gate.plays(observation.at_ns / 1e9, speaking_s(words))

    def _asks_health(self) -> None:
        """Ask whether the service is well, again where that may help; AssertionError if it does not say so."""
        asks, retries = "asks whether the service is well", 0
        while True:
            client = self._scene.http(self.system, self.name)
            answer = self._scene.runtime.call(
                client.ask("GET", "/health", asks=asks, within_s=HEALTH_WITHIN_S), within_s=HEALTH_WITHIN_S + 1
            )
            if answer.code == HTTPStatus.OK:
                return
            delay_s = retry_after_s(retries, answer.code or 0)
            if delay_s is None:
                raise AssertionError(f"{self.name}'s page {asks}, and was answered with status {answer.code}")
            self._rests(delay_s / FASTER)
            retries += 1

    def _rests(self, span_s: float) -> None:
        self._scene.ledger.await_first(lambda _: False, since=len(self._scene.ledger), within_s=span_s)

    # ---- on the loop

    async def _stream(self, parts: Sequence[Samples], due_s: Sequence[float]) -> list[Observation]:
        began_ns = time.monotonic_ns()
        sent = []
        for part, after_s in zip(parts, due_s, strict=True):
            due_ns = began_ns + int(after_s * 1e9)
            await _until(due_ns / 1e9)
            sent.append(await self.leg.send(as_text(wav(part)), due_ns=due_ns))
        return sent

    async def _listen(self, samples: Samples, pace: float) -> None:
        """Pick up sound: 60 times a second of it, look at how loud it is, and act on that."""
        detector, began_s = VoiceActivity(self.thresholds), time.monotonic()
        sent_s = 0.0
        for after_s, loudness in loudnesses(samples):
            await _until(began_s + after_s / pace)
            self._take_in()
            if not self._gate.admits(time.monotonic(), loudness):
                detector.forget()
                sent_s = after_s
                continue
            match detector.observe(after_s, loudness):
                case Event.STARTED:
                    sent_s = max(sent_s, after_s - LEAD_IN_S)
                case Event.ENDED:
                    await self._send_recording(samples, sent_s, after_s)
                    sent_s = after_s
            if loudness > self.thresholds.speech:
                self.last_speech_ns = time.monotonic_ns()
            if detector.is_speaking and not self.is_hasty and after_s - sent_s >= PIECE_S:
                await self.leg.send(as_text(wav(_between(samples, sent_s, after_s))))
                sent_s = after_s

    async def _send_recording(self, samples: Samples, from_s: float, until_s: float) -> None:
        """End the turn, with what was not sent yet before the end or, if hasty, after it."""
        rest = as_text(wav(_between(samples, from_s, until_s)))
        if not self.is_hasty:
            await self.leg.send(rest)
        await self._end_turn()
        if self.is_hasty:
            await self.leg.send(rest)

    async def _end_turn(self, **details: object) -> None:
        """Send the end of the turn, but not before the session is confirmed."""
        while not self._order().sessions_known:
            await asyncio.sleep(LOOK_EVERY_S)
        await self.leg.send({**END_TURN, **details})
        self.display.turn_ended()


def _between(samples: Samples, from_s: float, until_s: float) -> Samples:
    return samples[round(from_s * SAMPLE_RATE_HZ) : round(until_s * SAMPLE_RATE_HZ)]


async def _until(due_s: float) -> None:
    await asyncio.sleep(max(0.0, due_s - time.monotonic()))
