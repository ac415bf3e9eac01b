"""An engineer at the studio: starts live sessions, streams through them, changes stages, has files processed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from earshot.asking import Asker, Refusal
from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay
from earshot.participant import PATIENCE_S
from earshot.scene import Scene
from earshot.studio import requests
from earshot.studio.following import Asked, LiveSession
from earshot.studio.messages import ERROR, METRICS, PING, PONG, UPDATED, Message, error_text, sound, update
from earshot.studio.pipelines import Pipeline
from earshot.surprises import BREACH

SYSTEM = "studio"
PIECE_MS = 100
ANSWERED_WITHIN_S = 20.0
"""How long somebody waits for an answer: a file may take 15 s (STU-49)."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What was sent at one go, piece by piece, and what came back."""

    words: str
    pieces: Sequence[Asked]

    @property
    def sent(self) -> Samples:
        return _joined(piece.sound for piece in self.pieces)

    @property
    def returned(self) -> Samples:
        return _joined(piece.returned for piece in self.pieces)

    @property
    def refused(self) -> int:
        """How many pieces were refused."""
        return sum(piece.answer is not None and not piece.was_processed for piece in self.pieces)

    def rate(self) -> tuple[int, Delay]:
        """Return how many pieces came back, and how long that took from when the first was due."""
        back = [piece.answer for piece in self.pieces if piece.answer is not None and piece.was_processed]
        if not back:
            raise AssertionError("no piece came back")
        first = self.pieces[0].sent
        due_ns = first.due_ns or first.at_ns
        return len(back), Delay(due_ns, (max(o.at_ns for o in back) - due_ns) / 1e6)


class Engineer(Asker):
    system = SYSTEM
    role = "engineer"
    words = staticmethod(error_text)

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.sessions: list[LiveSession] = []
        """Every live session that this engineer started."""
        self.sendings: list[Sending] = []
        """Everything that was sent, in order."""
        self.desk: list[Any] = []
        """What was done with whole sounds, see `desk`."""
        self.pipeline_ids: list[str] = []
        """What pipelines were called with which somebody tried to start a session."""
        self._sessions_on: dict[str, LiveSession] = {}
        self._heartbeat: Observation | None = None
        self._followed = 0
        self._complaints: list[str] = []
        self._closed: set[str] = set()
        """The connections that are known to be gone."""

    # ---- over HTTP

    def refusal(self) -> Refusal:
        """Return how the last attempt was refused, or how what was asked for failed; AssertionError if it did not."""
        outcome = self.outcome
        failed = outcome.http is not None and outcome.message.get("success") is False
        if failed and outcome.code == HTTPStatus.OK:
            self._scene.surprises.claim(outcome)
            return Refusal(None, "; ".join(map(str, outcome.message.get("errors") or ())))
        return super().refusal()

    def says_no(self, outcome: Observation) -> bool:
        """Whether this is a refusal over HTTP, or an error on a socket."""
        return outcome.type == ERROR or super().says_no(outcome)

    # ---- live sessions

    @property
    def session(self) -> LiveSession:
        """The live session that this engineer started, or connected to, last."""
        if self.legs:
            return self._sessions_on[self.leg.label]
        return self.started

    @property
    def session_id(self) -> str:
        """The id of the live session that this engineer uses."""
        return self.session.session_id

    @property
    def started(self) -> LiveSession:
        """The live session that this engineer started last."""
        if not self.sessions:
            raise AssertionError(f"{self.name} has started no live session in this scenario")
        return self.sessions[-1]

    def new_pipeline_id(self) -> str:
        """Return what to call a pipeline that nobody else in this or any other scenario has."""
        self.pipeline_ids.append(f"{self.name.lower().replace(' ', '-')}-{self._scene.run_id}-{len(self.pipeline_ids)}")
        return self.pipeline_ids[-1]

    @property
    def pipeline_id(self) -> str:
        """What pipelines are called through which this engineer has files processed."""
        return f"{self.name.lower().replace(' ', '-')}-files-{self._scene.run_id}"

    def starts(self, pipeline: Pipeline) -> LiveSession:
        """Start a live session with a pipeline, and with its settings if it has some."""
        settings = {"session_config": dict(pipeline.settings)} if pipeline.settings else {}
        body = {"pipeline_config": pipeline.config(self.new_pipeline_id()), **settings}
        answer = self.asks(requests.start(body))
        self.sessions.append(LiveSession(str(answer.message["session_id"]), pipeline))
        return self.sessions[-1]

    def connects(self, session: LiveSession | None = None) -> Observation:
        """Open a connection to a session, by default the one started last; AssertionError when it is refused."""
        session = session or self.started
        outcome = self._opens(session, session.session_id)
        if outcome.kind is Kind.REFUSED:
            self._scene.surprises.claim(outcome)
            raise AssertionError(f"{self.name} expected a connection, but was refused with status {outcome.code}")
        return outcome

    def tries_to_connect(self, session_id: str) -> None:
        """Connect to a session that may not be there, and keep what came of it."""
        outcome = self._opens(LiveSession(session_id), session_id)
        if outcome.kind is not Kind.REFUSED:
            outcome = self._await((ERROR,), since=outcome.number, patience_s=PATIENCE_S)
        self._keep(outcome)

    def tries_to_connect_at(self, path: str) -> None:
        """Connect at an address that nobody offers, and keep what came of it."""
        usual = urlsplit(self._scene.service.endpoint(SYSTEM, self.role))
        self._keep(self._open({}, checked=True, address=f"{usual.scheme}://{usual.netloc}{path}"))
        self._sessions_on[self.leg.label] = LiveSession("")

    def connects_often(self, times: int) -> None:
        """Connect to the session started last, and leave it, so many times."""
        for _ in range(times):
            self.connects()
            self.leaves()

    def ends(self, session: LiveSession | None = None) -> Observation:
        """End a session, by default the one started last, which closes whoever is connected to it."""
        session = session or self.started
        answer = self.asks(requests.stop(session.session_id))
        session.is_over = True
        return answer

    def lists(self) -> list[dict[str, Any]]:
        """Return every live session that the service lists, whoever started it."""
        return list(self.asks(requests.sessions()).message["active_sessions"])

    def is_listed(self) -> bool | None:
        """Return whether the session started last is listed as connected; None if it is not listed."""
        listed = [each for each in self.lists() if each["session_id"] == self.started.session_id]
        return bool(listed[0]["connected"]) if listed else None

    def comes_and_goes(self, times: int, *, every_s: float) -> None:
        """Start, connect to, leave and end a session so many times, and let that time pass in between."""
        for _ in range(times):
            session = self.starts(Pipeline())
            self.connects(session)
            self.leaves()
            self.ends(session)
            self._scene.ledger.await_first(lambda _: False, since=len(self._scene.ledger), within_s=every_s)

    def _opens(self, session: LiveSession, session_id: str) -> Observation:
        outcome = self._open({"session_id": session_id}, checked=True)
        self._sessions_on[self.leg.label] = session
        return outcome

    # ---- streaming

    def sends(self, samples: Samples, words: str, *, piece_ms: float = PIECE_MS, unread: bool = False) -> Sending:
        """Send a sound in pieces, all at once; return when each has come back. The last piece may be shorter.

        `unread` takes nothing from the network before all is sent.
        """
        self._reads(not unread)
        sent = self.sends_unanswered([sound(each) for each in _cut(samples, piece_ms)])
        self._reads(True)
        return self.awaits(sent, words)

    def sends_one_by_one(self, samples: Samples, words: str) -> None:
        """Send a sound in pieces, each when the one before has come back."""
        pieces = [
            self.awaits(self.sends_unanswered([sound(each)]), words).pieces[0] for each in _cut(samples, PIECE_MS)
        ]
        self._answered_after = Delay.between(pieces[0].sent, pieces[-1].answer or pieces[-1].sent)
        self.sendings.append(Sending(words, pieces))

    def sends_messages(self, messages: Sequence[Message], words: str) -> Sending:
        """Send these, all at once, pieces and heartbeats; return when each is answered."""
        return self.awaits(self.sends_unanswered(messages), words)

    def sends_unanswered(self, messages: Sequence[Message]) -> list[Observation]:
        """Send these, all at once, and wait for nothing; returns what was sent."""
        return [self._scene.runtime.call(self.leg.send(each), within_s=2 * PATIENCE_S) for each in messages]

    def awaits(self, sent: Sequence[Observation], words: str) -> Sending:
        """Return when each of these is answered; AssertionError where one is answered by an error, or not in time."""
        numbers = {each.number for each in sent}
        self._until(lambda: sum(each.answer is None for each in self._asked(numbers)), ANSWERED_WITHIN_S)
        answered = self._asked(numbers)
        refused = [each.answer for each in answered if each.answer is not None and each.answer.type == ERROR]
        if refused:
            for each in refused:
                self._scene.surprises.claim(each)
            told = error_text(refused[0].message)
            raise AssertionError(f"{self.name} sent {words}, and {len(refused)} of {len(sent)} were refused: {told}")
        last = max((each.answer for each in answered if each.answer), key=lambda o: o.at_ns)
        self._answered_after = Delay.between(sent[0], last)
        self.sendings.append(Sending(words, [each for each in answered if each.is_piece]))
        return self.sendings[-1]

    def has_streamed(self, words: str, *, since: int) -> Sending:
        """Take note of what was sent by plan from ledger position `since` on, and of what was refused of it."""
        self.follow()
        pieces = [each for each in self.session.pieces if each.sent.number >= since and each.sent.leg == self.leg.label]
        for piece in pieces:
            if piece.answer is not None and not piece.was_processed:
                self._scene.surprises.claim(piece.answer)
        self.sendings.append(Sending(words, pieces))
        return self.sendings[-1]

    @property
    def sending(self) -> Sending:
        """What was sent last."""
        if not self.sendings:
            raise AssertionError(f"{self.name} has sent nothing in this scenario")
        return self.sendings[-1]

    def sends_heartbeat(self) -> None:
        """Send a ping, and do not wait for its answer."""
        self._heartbeat = self._send(PING)

    def sends_heartbeats(self, count: int) -> None:
        """Send so many pings at once; return when each is answered."""
        self.sends_messages([PING] * count, f"{count} heartbeats")

    def heartbeat_is_answered(self) -> Delay:
        """Return how long the answer to the latest heartbeat took; sends one if the latest was answered already."""
        if self._heartbeat is None or self.received(PONG, since=self._heartbeat.number):
            self.sends_heartbeat()
        assert self._heartbeat is not None
        answer = self._await((PONG,), since=self._heartbeat.number, patience_s=PATIENCE_S)
        self._answered_after = Delay.between(self._heartbeat, answer)
        return self._answered_after

    def changes(self, stage: str, parameters: object) -> Observation:
        """Change parameters of a stage and return the confirmation; AssertionError when it is refused."""
        sent = self._send(update(stage, parameters))
        came = self._await((UPDATED, ERROR), since=sent.number, patience_s=PATIENCE_S)
        self._answered_after = Delay.between(sent, came)
        if came.type == ERROR:
            self._scene.surprises.claim(came)
            raise AssertionError(f"{self.name} changed {stage} and was refused: {error_text(came.message)}")
        return came

    def tries(self, frame: Message | str | bytes) -> None:
        """Send something as it is, which may be refused; keep what came of it, be it an answer or an error."""
        self.is_judged_at_the_end()
        sent = self._send_odd(frame)
        self._keep(self._await((METRICS, PONG, UPDATED, ERROR), since=sent.number, patience_s=PATIENCE_S))

    def sends_what_may_be_ignored(self, frame: Message | str) -> None:
        """Send something that nobody knows, and wait for nothing."""
        self._send_odd(frame)

    def sends_too_much(self, size_bytes: int) -> None:
        """Send a message so large that the service may hang up before it has read it, and wait for nothing."""
        frame = '{"type":"audio_chunk","data":"' + "A" * size_bytes + '"}'
        try:
            self._send_odd(frame)
        except AssertionError:
            if self.leg.is_open:
                raise

    def stops_reading(self) -> None:
        """Take nothing from the network any more, so that the service's own heartbeats stay without an answer."""
        self._scene.surprises.ended_by_us(self.leg.label)
        self._reads(False)

    # ---- order

    def catches_up(self) -> None:
        """Return when everything is answered, and all that was sent before has arrived."""
        for leg in self.legs:
            if leg.is_open and leg.is_reading:
                session = self._sessions_on[leg.label]
                self._until(lambda s=session, label=leg.label: s.unanswered(label), PATIENCE_S)
                self._scene.runtime.call(leg.ping(PATIENCE_S), within_s=PATIENCE_S + 1)

    def complaints(self) -> list[str]:
        """Return a sentence for the first thing that is wrong with what came since this was last asked."""
        self.follow()
        fresh, self._complaints = self._complaints[:1], []
        return fresh

    def follow(self) -> None:
        """Let the sessions know what has happened up to now."""
        fresh = self._scene.ledger.since(self._followed)
        self._followed += len(fresh)
        self._closed |= {observation.leg for observation in fresh if observation.kind is Kind.CLOSED}
        for observation in fresh:
            if (session := self._sessions_on.get(observation.leg)) is not None:
                wrong = session.follow(observation)
                self._complaints += [f"{observation.leg} {BREACH}: {words}" for words in wrong]

    def _asked(self, numbers: set[int]) -> list[Asked]:
        self.follow()
        return [each for each in self.session.asked if each.sent.number in numbers]

    def _until(self, unanswered: Any, patience_s: float) -> None:
        """Return when nothing is unanswered; AssertionError when that takes too long, or nobody is left to answer."""
        deadline = time.monotonic() + patience_s
        self.follow()
        while missing := unanswered():
            is_gone = self.leg.label in self._closed
            if is_gone or (left_s := deadline - time.monotonic()) <= 0:
                how = "before the connection was closed" if is_gone else f"within {patience_s:g} s"
                summary = self._scene.ledger.summary(self.name)
                raise AssertionError(f"{missing} of what {self.name} sent had no answer {how}; {summary}")
            self._scene.ledger.await_first(
                lambda o: o.leg == self.leg.label and o.kind in (Kind.RECEIVED, Kind.CLOSED),
                since=self._followed,
                within_s=left_s,
            )
            self.follow()

    def _keep(self, outcome: Observation) -> None:
        self._outcome = outcome
        self._scene.surprises.hold(outcome)

    def _reads(self, goes_on: bool) -> None:
        if goes_on != self.leg.is_reading:
            self._scene.runtime.do(self.leg.read_again if goes_on else self.leg.stop_reading)

    def _send_odd(self, frame: Message | str | bytes) -> Observation:
        if isinstance(frame, str | bytes):
            return self._scene.runtime.call(self.leg.send_raw(frame, checked=False), within_s=2 * PATIENCE_S)
        return self._scene.runtime.call(self.leg.send(frame, checked=False), within_s=2 * PATIENCE_S)


def _joined(parts: Iterable[Samples]) -> Samples:
    return np.concatenate([np.zeros(0, dtype=np.int16), *parts])


def _cut(samples: Samples, piece_ms: float) -> list[Samples]:
    step = round(piece_ms * SAMPLE_RATE_HZ / 1000)
    return [samples[start : start + step] for start in range(0, len(samples), step)]
