"""Somebody who broadcasts."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from earshot.actors.acts import END_SESSION
from earshot.actors.controls import AtTheControls
from earshot.audio import signals
from earshot.audio.clips import Clip, Samples
from earshot.audio.framing import frames
from earshot.ledger import Kind, Observation

CHUNK_MS = 100
BRISK = 4.0
"""Speech sent four times as fast as it is spoken is 40 chunks a second, inside the limit of 50 (REQ-26.1)."""
BREATH_S = 0.6
"""The quiet after a sentence, by which a recogniser knows that it is over."""
ACKNOWLEDGED_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence that was said."""

    clip: Clip
    began: int
    """Position in the ledger before the first chunk."""
    last_speech_ns: int
    """When the last chunk that carries speech was sent."""


class Speaker(AtTheControls):
    """Somebody who opens a session and speaks in it."""

    role = "speaker"

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.session_id = ""
        self.utterances: list[Utterance] = []
        self._next_sequence_number = 0

    @property
    def user_id(self) -> str:
        """The name under which this speaker signs in."""
        return self._scene.user_id(self.name)

    def starts_broadcasting(self, language: str) -> Observation:
        """Open a session in this source language and return the service's `sessionCreated`."""
        created = self._connect(self._creation(language), "sessionCreated")
        self.session_id = str(created.message["sessionId"])
        return created

    def tries_to_broadcast(self, language: str) -> None:
        """Ask for a session and keep the outcome."""
        self._try_to_connect(self._creation(language), "sessionCreated")

    def says(self, text: str, *, binary: bool = False, pace: float = BRISK) -> Utterance:
        """Speak a sentence, `pace` times as fast as in real life; returns when every chunk was acknowledged."""
        clip = self._scene.samples.clip(text)
        began = len(self._scene.ledger)
        speech = np.concatenate([clip.samples, signals.silence(BREATH_S)])
        sent = self.sends_sound(speech, binary=binary, pace=pace)
        utterance = Utterance(clip, began, sent[len(frames(clip.samples, CHUNK_MS)) - 1].at_ns)
        self.utterances.append(utterance)
        return utterance

    def sends_sound(self, samples: Samples, *, binary: bool = False, pace: float = BRISK) -> list[Observation]:
        """Send sound in chunks of 100 ms; returns what was sent when every chunk was acknowledged."""
        chunks = frames(samples, CHUNK_MS)
        began = len(self._scene.ledger)
        duration_s = len(chunks) * CHUNK_MS / 1000 / pace
        sent = self._scene.runtime.call(self._stream(chunks, binary, pace), within_s=duration_s + 5)
        self._await_acknowledgements(len(chunks), since=began)
        return sent

    def ends_the_session(self) -> Observation:
        """End the session in words and return the confirmation."""
        return self.asks(END_SESSION.having(reason="talk finished"))

    def tries_to_take_over(self, session_id: str) -> None:
        """Ask, signed in, to move this session to a connection of one's own; keep the outcome."""
        self._try_to_connect(self._take_over(session_id), "connectionRefreshComplete")

    def _moving(self) -> Mapping[str, str]:
        return self._take_over(self.session_id)

    def _take_over(self, session_id: str) -> dict[str, str]:
        token = self._scene.service.tokens.issue(self.user_id)
        return {"action": "refreshConnection", "role": self.role, "sessionId": session_id, "token": token}

    def _creation(self, language: str) -> dict[str, str]:
        token = self._scene.service.tokens.issue(self.user_id)
        return {"action": "createSession", "sourceLanguage": language, "token": token}

    async def _stream(self, chunks: list[bytes], binary: bool, pace: float) -> list[Observation]:
        began_ns = time.monotonic_ns()
        sent = []
        for k, chunk in enumerate(chunks):
            due_ns = began_ns + int(k * CHUNK_MS * 1e6 / pace)
            await asyncio.sleep(max(0.0, (due_ns - time.monotonic_ns()) / 1e9))
            if binary:
                sent.append(await self.leg.send_raw(chunk, due_ns=due_ns))
            else:
                sent.append(await self.leg.send(self._audio_message(chunk), due_ns=due_ns))
        return sent

    def _audio_message(self, chunk: bytes) -> dict[str, object]:
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
