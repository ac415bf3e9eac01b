"""The studio's page before a real service: it starts, sends, stops, asks again, and takes in what it is told."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from earshot.asking import Request
from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.audio.containers import wav
from earshot.ledger import Observation
from earshot.scene import Scene
from earshot.studio import requests
from earshot.studio.browser.failing import answering
from earshot.studio.browser.fields import audio_of
from earshot.studio.browser.policy import Heartbeat, retried_after_s
from earshot.studio.browser.state import NO_SESSION_ID, NOT_CONNECTED, State
from earshot.studio.browser.wiring import Drawing, as_drawn, complexity, findings, may_link
from earshot.studio.engineer import PIECE_MS, Engineer
from earshot.studio.following import LiveSession
from earshot.studio.messages import ERROR, PING, UPDATED, error_text, update
from earshot.studio.pipelines import Pipeline
from earshot.wire.bodies import Body, File

FASTER = 100.0
"""How many times as fast as in a browser the clock runs by which a page asks again and sends heartbeats."""
TOLD_WITHIN_S = 10.0


class Page(Engineer):
    """An engineer who works with the page."""

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.state = State()
        self.file = b""
        """The file that the page was given last."""
        self.microphones = 0
        """How often a microphone was opened."""
        self.asked_at_s: list[float] = []
        """When the page made its latest request, and made it again (by its own clock)."""
        self.answers: list[Observation] = []
        """What it was answered over HTTP since it was last told to do something, but for what it asked again."""
        self.findings: list[str] = []
        """What the page says of the drawing that it was last given."""
        self.complexity = ""
        self.link_is_drawn = False
        self._heartbeat_plan = Heartbeat()
        self._taken_in = 0

    # ---- a live session

    def goes_live(self, pipeline: Pipeline, *, drawn: bool = False) -> None:
        """Start a live session, and connect; `drawn` sends the pipeline in the page's own shape."""
        self.state.starts()
        name = self.new_pipeline_id()
        config = as_drawn(pipeline, name) if drawn else pipeline.config(name)
        answer = self._asks_patiently(requests.start({"pipeline_config": config}), checked=not drawn)
        if answer is None:
            return
        session_id = answer.message.get("session_id") or answer.message.get("sessionId")
        if not session_id:
            self.state.fails(NO_SESSION_ID)
            return
        self.sessions.append(LiveSession(str(session_id), pipeline))
        self.state.is_started(str(session_id))
        self.connects(self.started)
        self.state.is_opened()
        self._heartbeat_plan.begins(self._clock_s())

    def stops(self) -> None:
        """Stop, and end the session; harmless when there is none."""
        session_id = self.state.session_id
        if self.state.is_live:
            self.leaves()
        self.takes_in()
        self.state.is_stopped()
        self._heartbeat_plan.ends()
        if session_id is not None and not self.started.is_over:
            self.ends(self.started)

    def starts_and_stops(self, pipeline: Pipeline, times: int, *, every_s: float) -> None:
        for _ in range(times):
            self.goes_live(pipeline)
            self.stops()
            self._rests(every_s)

    def opens_the_microphone(self, samples: Samples, words: str) -> None:
        """Record this sound, where there is a connection to send it over."""
        if not self.state.is_live:
            self.state.fails(NOT_CONNECTED)
            return
        self.microphones += 1
        self.plays(samples, words)

    def plays(self, samples: Samples, words: str, *, every_s: float = 0.0) -> None:
        """Send a sound in slices, so far apart, each after the one before has come back; drop them where it cannot."""
        step = PIECE_MS * SAMPLE_RATE_HZ // 1000
        for start in range(0, len(samples), step):
            if self.state.is_live:
                self.sends(samples[start : start + step], words)
                self.takes_in()
            self._rests(every_s)

    def sets(self, stage: str, parameters: Mapping[str, object]) -> None:
        """Change a stage of the live session, and take in what comes of it; do nothing where there is none."""
        if self.state.is_live:
            sent = self._send(update(stage, parameters))
            self._await((UPDATED, ERROR), since=sent.number, patience_s=TOLD_WITHIN_S)
            self.takes_in()

    def loses_the_network(self) -> None:
        self.vanishes()
        self.takes_in()

    def is_ended_by(self, other: Engineer) -> None:
        """Let somebody else end the live session, and take in what comes of it."""
        self.left_at_ns = time.monotonic_ns()
        other.ends(self.started)
        self.is_disconnected(patience_s=TOLD_WITHIN_S)
        self.takes_in()

    def lives(self, span_s: float) -> None:
        """Let so much time pass by the page's clock, and send the heartbeats that are due."""
        until_s = self._clock_s() + span_s
        while (due_s := self._heartbeat_plan.next_s(until_s)) is not None:
            self._rests((due_s - self._clock_s()) / FASTER)
            self._send(PING)
        self._rests((until_s - self._clock_s()) / FASTER)
        self.catches_up()

    def takes_in(self) -> None:
        """Take in what came since this was last done; an error does not end anything, and only the page is told."""
        for observation in self._scene.ledger.since(self._taken_in):
            self._taken_in = observation.number + 1
            if self.legs and self._is_for_me(observation, ()):
                self.state.is_told(observation.message)
                if observation.type == ERROR:
                    self._scene.surprises.claim(observation)
            elif self.legs and self._is_my_close(observation):
                self.state.is_closed(observation.code)
                self._heartbeat_plan.ends()

    def seen(self, since: int) -> list[Observation]:
        """Return all that was observed in the scenario from ledger position `since` on."""
        return self._scene.ledger.since(since)

    # ---- files

    def has_processed(self, file: bytes, pipeline: Pipeline, **instead: object) -> None:
        """Have a whole file processed; `instead` replaces fields of the form."""
        self.file = file
        self.state.processes()
        config = json.dumps(pipeline.config(self.new_pipeline_id()))
        fields = {"pipeline_config": config, "processing_mode": "batch", **instead}
        answer = self._asks_patiently(requests.batch(fields, File("sound.wav", file, "audio/wav")))
        self.state.is_processed({"errors": [self.state.error]} if answer is None else answer.message)

    def has_processed_alone(self, samples: Samples, stage: str) -> None:
        """Have a sound processed by one stage."""
        self.state.starts()
        body = Body.json({"audio_data": _base64(wav(samples)), "stage_config": {}})
        answer = self._asks_patiently(requests.stage_alone(stage, body))
        if answer is not None:
            self.state.audio = audio_of(answer.message)

    def uploads(self, file: bytes, pipeline: Pipeline, **instead: object) -> None:
        """Have a file processed, then its spectrum, then its loudness measured; what fails keeps nothing else back."""
        self.answers = []
        self.has_processed(file, pipeline, **instead)
        for kind in ("fft", "lufs"):
            answer = self._asks_patiently(requests.analysis(kind, Body.json({"audio_data": _base64(file)})))
            if answer is not None:
                self.state.is_analysed(answer.message)

    def asks_in_vain(self, status: int, pipeline: Pipeline) -> None:
        """Try to go live where every request is answered with one status."""
        scene = self._scene
        usual = scene.service
        with answering(status) as address:
            there = replace(usual.endpoints[self.system], http=address)
            scene.service = replace(usual, endpoints={**usual.endpoints, self.system: there})
            try:
                self.goes_live(pipeline)
            finally:
                scene.service = usual

    def _asks_patiently(self, request: Request, *, checked: bool = True) -> Observation | None:
        """Return the answer, asked for again where that may help; None where it stays a refusal, which is shown.

        A service that stumbles and then does what it is asked is forgiven by the page, but not by the scenario.
        """
        self.asked_at_s = []
        tries = list[Observation]()
        rest_s: float | None = 0.0
        while rest_s is not None:
            self._rests(rest_s / FASTER)
            self.asked_at_s.append(self._clock_s())
            tries.append(self._asks(request, checked=checked))
            if (tries[-1].code or 0) < HTTPStatus.BAD_REQUEST:
                self.answers.append(tries[-1])
                return tries[-1]
            rest_s = retried_after_s(len(tries) - 1, tries[-1].code)
        for refused in tries:
            self._scene.surprises.claim(refused)
        self.answers.append(tries[-1])
        self.state.fails(error_text(tries[-1].message))
        return None

    # ---- drawing

    def is_given(self, drawing: Drawing) -> None:
        """Look at a drawing, and say what there is to say of it."""
        self.findings, self.complexity = findings(drawing), complexity(len(drawing.components))

    def links(self, source: str, target: str) -> None:
        """Draw a link between two components of these types, if that may be."""
        self.link_is_drawn = may_link(source, target)

    # ---- time

    def _clock_s(self) -> float:
        return time.monotonic() * FASTER

    def _rests(self, span_s: float) -> None:
        if span_s > 0:
            self._scene.ledger.await_first(lambda _: False, since=len(self._scene.ledger), within_s=span_s)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
