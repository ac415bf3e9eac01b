"""Somebody who broadcasts."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from hamcrest import assert_that, has_entry

from earshot.audio import signals
from earshot.audio.clips import SAMPLE_RATE_HZ, Clip, Samples
from earshot.audio.flaws import Flaw, voice
from earshot.audio.framing import frames
from earshot.broadcast.acts import ASK_STATUS, END_SESSION, audio
from earshot.broadcast.controls import AtTheControls
from earshot.broadcast.microphone import AtTheMicrophone
from earshot.broadcast.person import changed
from earshot.ledger import Kind, Observation
from earshot.matchers.moments import lasting
from earshot.measure.schedule import Schedule, keep_to
from earshot.participant import ms_between

CHUNK_MS = 100
LONG_CHUNK_MS = 500
"""Half of what a chunk may be, and as a message less than the 32 KB that gateways take: for sound that only has to be
heard. A sentence is a handful of these, which may come all at once."""
TYPICAL_CHUNK_MS = 200
"""As long as a typical chunk may be."""
MOST_A_SECOND = 50
"""So many chunks a service takes (REQ-26.1)."""
BRISK = 4.0
"""Chunks sent four times as fast as short ones last are 40 a second, inside that limit."""
FEW = 30
"""So few chunks are inside that limit however fast they come..."""
AT_ONCE = 40.0
"""...and sent at 400 a second."""
LOWEST_PIECE_HZ = 300
"""Pieces of sound that only have to be told apart are tones, each a little higher than the one before."""
BREATH_S = 0.6
"""The quiet after a sentence, by which a recogniser knows that it is over."""
ACKNOWLEDGED_WITHIN_S = 5.0
HELD_BACK_FOR_S = 3.0
"""How long a chunk that is due waits at most for those before it to be taken."""


@dataclass(frozen=True, slots=True)
class Utterance:
    clip: Clip
    began: int
    """Position in the ledger before the first chunk."""
    last_speech_ns: int
    """When the last chunk that carries speech was sent."""


class Speaker(AtTheControls, AtTheMicrophone):
    """Somebody who opens a session and speaks in it."""

    role = "speaker"
    other_marker = ASK_STATUS

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.session_id = ""
        self.utterances: list[Utterance] = []
        self.pieces: dict[int, bytes] = {}
        """The sound of each piece that was sent, by its number."""
        self.spoken_last: Sequence[int] = ()
        """Which pieces were sent when this speaker last spoke for some time."""
        self._next_sequence_number = 0
        self._created: Observation | None = None

    @property
    def user_id(self) -> str:
        """The name under which this speaker signs in."""
        return self._scene.user_id(self.name)

    def starts_broadcasting(self, language: str, **wishes: str) -> Observation:
        """Open a session in this source language, with these further parameters; return the `sessionCreated`."""
        return self._has_created(self._connect(self._creation(language) | wishes, "sessionCreated"))

    def starts_broadcasting_once_free(self, language: str, *, within_s: float) -> Observation:
        """Open a session as soon as the service no longer counts an earlier one that broke off."""
        deadline, pause_s = time.monotonic() + within_s, 0.1
        self.tries_to_broadcast(language)
        while self.outcome.type != "sessionCreated":
            refusal = self.refusal()
            if time.monotonic() + pause_s > deadline:
                raise AssertionError(
                    f"{self.name} could not start again within {within_s:g} s: {refusal.code}, {refusal.message}"
                )
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 10.0)
            self.tries_to_broadcast(language)
        return self._has_created(self.outcome)

    def starts_broadcasting_by_message(self, language: str) -> Observation:
        """The same over a connection that was opened without asking for anything."""
        return self._has_created(self._enter_by_message(self._creation(language), "sessionCreated"))

    @property
    def created(self) -> Observation:
        """The message by which the service opened this speaker's session."""
        if self._created is None:
            raise AssertionError(f"{self.name} has opened no session")
        return self._created

    @property
    def connection_id(self) -> str:
        """What the service calls the connection over which this speaker opened the session."""
        return str(self.created.message["connectionId"])

    def latest_date_of(self, told: Observation) -> float:
        """Return when the service can have told this at the latest, by its own clock; that may err by a second."""
        return float(self.created.message["timestamp"]) + ms_between(self.created, told) + 1000

    def tries_to_broadcast(self, language: str, **changes: str | None) -> None:
        """Ask for a session, with these parameters changed (None: left out), and keep the outcome."""
        self._try_to_connect(changed(self._creation(language), changes), "sessionCreated")

    def moves_by_message(self) -> Observation:
        """Take over one's own session on a connection that was opened without asking for anything."""
        return self._enter_by_message(self._moving(), "connectionRefreshComplete")

    def says(
        self, text: str, *, binary: bool = False, chunk_ms: int = LONG_CHUNK_MS, pace: float | None = None
    ) -> Utterance:
        """Speak a sentence, as a rule at once; returns when every chunk was acknowledged."""
        clip = self._scene.samples.clip(text)
        began = len(self._scene.ledger)
        speech = np.concatenate([clip.samples, signals.silence(BREATH_S)])
        sent = self.sends_sound(speech, binary=binary, chunk_ms=chunk_ms, pace=pace)
        utterance = Utterance(clip, began, sent[len(frames(clip.samples, chunk_ms)) - 1].at_ns)
        self.utterances.append(utterance)
        return utterance

    def says_in_turn(self, texts: Iterable[str]) -> None:
        """Speak one sentence after the other, eight times as fast as in real life.

        No more than five seconds of speech wait for a recogniser (REQ-3.3), which has to keep up with several.
        """
        for text in texts:
            self.says(text, chunk_ms=TYPICAL_CHUNK_MS, pace=BRISK)

    def sends_sound(
        self,
        samples: Samples,
        *,
        binary: bool = False,
        chunk_ms: int = LONG_CHUNK_MS,
        pace: float | None = None,
    ) -> list[Observation]:
        """Send sound in chunks of any length; returns what was sent when every chunk was acknowledged."""
        chunks = frames(samples, chunk_ms)
        return self._sends(chunks if binary else [self.audio_message(chunk) for chunk in chunks], pace)

    def sends_live(self, samples: Samples) -> list[Observation]:
        """Send sound as fast as a microphone picks it up; returns what was sent when every chunk was acknowledged."""
        return self._sends([self.audio_message(chunk) for chunk in frames(samples, CHUNK_MS)], 1)

    def speaks_for(self, duration_s: float, *, chunk_ms: int = LONG_CHUNK_MS) -> list[Observation]:
        """Send sound of which no two pieces of 100 ms are alike, in chunks of one or more of these pieces."""
        first, count = len(self.pieces) + 1, round(duration_s * 1000 / CHUNK_MS)
        self.spoken_last = range(first, first + count)
        together = chunk_ms // CHUNK_MS
        chunks = [self.spoken_last[start : start + together] for start in range(0, count, together)]
        return self._sends([self.audio_message(b"".join(map(self._piece, chunk))) for chunk in chunks])

    def speaks_with(self, flaw: Flaw, duration_s: float) -> list[Observation]:
        """Send a voice that has something wrong with it."""
        return self.sends_sound(flaw.on(voice(self._scene.samples.prompts("en"), duration_s)))

    def sends_pieces(self, numbers: Iterable[int], *, numbered: bool = True) -> list[Observation]:
        """Send these pieces of sound in this order, each with its number or without saying which it is."""
        return self._sends(
            [audio(self._piece(k), **({"sequenceNumber": k} if numbered else {})).message for k in numbers]
        )

    def the_last(self, duration_s: float) -> Sequence[int]:
        """Return which pieces were so much at the end of what this speaker said last."""
        return self.spoken_last[len(self.spoken_last) - round(duration_s * 1000 / CHUNK_MS) :]

    def pieces_in(self, pcm: bytes) -> list[int]:
        """Return which of the pieces that were sent this sound consists of, in order; 0 stands for anything else."""
        numbers = {piece: number for number, piece in self.pieces.items()}
        size = CHUNK_MS * SAMPLE_RATE_HZ // 1000 * 2
        return [numbers.get(pcm[start : start + size], 0) for start in range(0, len(pcm), size)]

    def tries_to_say(self, text: str) -> None:
        """Speak a sentence of which every piece may be refused; keep what came of each piece."""
        chunks = frames(self._scene.samples.clip(text).samples, CHUNK_MS)
        self.tries_in_turn([audio(chunk) for chunk in chunks])

    def sound_sent(self, *, since: int) -> Samples:
        """Return the sound that this speaker sent as messages from ledger position `since` on."""
        pieces = [
            base64.b64decode(str(o.message["audioData"]))
            for o in self._scene.ledger.since(since)
            if o.kind is Kind.SENT and o.who == self.name and o.type == "sendAudio"
        ]
        return np.frombuffer(b"".join(pieces), dtype="<i2")

    def ends_the_session(self) -> Observation:
        """End the session in words and return the confirmation."""
        return self.asks(END_SESSION.having(reason="talk finished"))

    def learns_of_recovery(self, *, since: int, within_s: float) -> None:
        """Return when told that recognition works again, which must be so soon after ledger position `since`."""
        notice = self.learns("systemRecovered", since=since, patience_s=within_s)
        took_s = (notice.at_ns - self._scene.ledger.since(since)[0].at_ns) / 1e9
        what = f"how long it took until {self.name} was told that recognition works again"
        assert_that(took_s, lasting(0, within_s), what)
        assert_that(notice.message, has_entry("component", "transcribe"), f"what {self.name} is told of the recovery")

    def tries_to_take_over(self, session_id: str) -> None:
        """Ask, signed in, to move this session to a connection of one's own; keep the outcome."""
        self._try_to_connect(self._take_over(session_id), "connectionRefreshComplete")

    def _moving(self) -> Mapping[str, str]:
        return self._take_over(self.session_id)

    def _take_over(self, session_id: str) -> dict[str, str]:
        token = self._scene.token(self.system, self.user_id)
        return {"action": "refreshConnection", "role": self.role, "sessionId": session_id, "token": token}

    def _has_created(self, created: Observation) -> Observation:
        self._created = created
        self.session_id = str(created.message["sessionId"])
        return created

    def _creation(self, language: str) -> dict[str, str]:
        token = self._scene.token(self.system, self.user_id)
        return {"action": "createSession", "sourceLanguage": language, "token": token}

    def _piece(self, number: int) -> bytes:
        """Return the sound of a piece, which no other piece has."""
        if number not in self.pieces:
            sound = signals.tone(LOWEST_PIECE_HZ + number, CHUNK_MS / 1000, amplitude=0.2)
            self.pieces[number] = sound.astype("<i2").tobytes()
        return self.pieces[number]

    def _sends(self, messages: Sequence[Mapping[str, object] | bytes], pace: float | None = None) -> list[Observation]:
        """Send audio at this pace, or else as fast as it may come; returns what was sent when it was acknowledged."""
        began = len(self._scene.ledger)
        as_it_may_come = AT_ONCE if len(messages) <= FEW else BRISK
        duration_s = len(messages) * CHUNK_MS / 1000 / (pace or as_it_may_come)
        streaming = self._stream(messages, pace or as_it_may_come, None if pace else began)
        sent = self._scene.runtime.call(streaming, within_s=duration_s + 5)
        self._await_acknowledgements(len(messages), since=began)
        return sent

    async def _stream(
        self, messages: Sequence[Mapping[str, object] | bytes], pace: float, since: int | None
    ) -> list[Observation]:
        """Send audio when it is due; if answers can be counted `since` a position in the ledger, never too much.

        A service counts what it takes when it takes it: after a moment in which one of us stood still, all at once.
        """
        sent: list[Observation] = []

        async def send(k: int, due_ns: int) -> None:
            message = messages[k]
            if since is not None and k >= MOST_A_SECOND:
                await self._took_a_second_ago(k - MOST_A_SECOND, since, due_ns + round(HELD_BACK_FOR_S * 1e9))
            if isinstance(message, bytes):
                sent.append(await self.leg.send_raw(message, due_ns=due_ns))
            else:
                sent.append(await self.leg.send(message, due_ns=due_ns))

        await keep_to(Schedule(len(messages), CHUNK_MS / pace).due_ns(time.monotonic_ns()), send)
        return sent

    async def _took_a_second_ago(self, k: int, since: int, give_up_ns: int) -> None:
        """Return when the service has answered the chunk in this place, and a second has passed since."""
        while self.leg.is_open and (now_ns := time.monotonic_ns()) < give_up_ns:
            answers = [o for o in self._scene.ledger.since(since) if self._ends_a_chunk(o)]
            if len(answers) > k and now_ns - answers[k].at_ns >= 1e9:
                return
            await asyncio.sleep(0.02)

    def audio_message(self, chunk: bytes) -> dict[str, object]:
        """Return the message that sends this sound, under the next number of this speaker's."""
        number = self._next_sequence_number
        self._next_sequence_number += 1
        return {
            "action": "sendAudio",
            "audioData": base64.b64encode(chunk).decode(),
            "timestamp": time.time_ns() // 1_000_000,
            "chunkId": f"chunk-{number}",
            "sequenceNumber": number,
        }

    def _await_acknowledgements(self, count: int, *, since: int) -> None:
        ledger = self._scene.ledger
        deadline = time.monotonic() + ACKNOWLEDGED_WITHIN_S
        position, came = since, 0
        while came < count:
            seen = ledger.await_first(self._ends_a_chunk, since=position, within_s=deadline - time.monotonic())
            if seen is None or seen.kind is Kind.CLOSED or seen.type == "error":
                raise AssertionError(
                    f"{self.name} sent {count} pieces of audio and expected each to be acknowledged within "
                    f"{ACKNOWLEDGED_WITHIN_S:g} s, but {came} were; {ledger.summary(self.name, since=since)}"
                )
            position, came = seen.number + 1, came + 1

    def _ends_a_chunk(self, observation: Observation) -> bool:
        closed = observation.kind is Kind.CLOSED and observation.leg == self.leg.label
        return closed or self._is_for_me(observation, ("audioReceived", "error"))
