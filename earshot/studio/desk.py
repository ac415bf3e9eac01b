"""What an engineer has done with whole sounds over HTTP: processed by a pipeline, by one stage alone, or measured."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import numpy as np
from hamcrest import assert_that, is_in

from earshot.asking import Request
from earshot.ledger import Observation
from earshot.studio import requests
from earshot.studio.before_after import Passage
from earshot.studio.engineer import Engineer
from earshot.studio.measuring import AnySamples
from earshot.studio.pipelines import Pipeline
from earshot.studio.sound_files import SoundFile, decoded, read
from earshot.wire.bodies import Body, File

MAY_REFUSE = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
JSON, FORM, UPLOAD = "JSON", "a form", "a form with a file"


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be done with a sound."""

    words: str
    path: str
    """The last part of the address."""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What was asked for, and what came of it."""

    who: str
    words: str
    given: SoundFile
    answer: Observation
    settings: Mapping[str, Any]
    pipeline: Pipeline | None = None
    bare: bool = False
    """Whether bare samples were asked for."""

    @property
    def told(self) -> Mapping[str, Any]:
        return self.answer.message

    @property
    def result(self) -> Mapping[str, Any]:
        """What was measured, or how a stage did."""
        return dict(self.told["result"])

    @property
    def report(self) -> Mapping[str, Any]:
        """What a stage alone says of itself."""
        return dict(self.result["stage_result"])

    @property
    def audio(self) -> SoundFile:
        """The sound that came back, wherever it stands (3.5); AssertionError where there is none."""
        told = self.told
        found = told.get("processed_audio") or told.get("data")
        if found is None and isinstance(told.get("result"), Mapping):
            found = self.result.get("stage_result", {}).get("output_audio")
        if not found:
            raise AssertionError(
                f"{self.who} had {self.words}, and got no audio: {dict(told).get('errors') or 'no reason'}"
            )
        content = decoded(found, self.who)
        if not self.bare and content.startswith(b"RIFF"):
            return read(content, self.who)
        if len(content) % (2 * self.given.channels):
            raise AssertionError(f"{self.who} got {len(content)} bytes, which are no whole samples")
        samples: AnySamples = np.frombuffer(content, dtype="<i2").reshape(-1, self.given.channels)
        return SoundFile(f"what {self.who} got", samples, self.given.rate_hz)

    def passages(self) -> Iterator[Passage]:
        """Yield what came back in each channel beside what was sent, as far as it is sound at all."""
        try:
            got = self.audio
        except AssertionError:
            return
        for number in range(min(self.given.channels, got.channels)):
            before, after = (np.ascontiguousarray(each.samples[:, number]) for each in (self.given, got))
            yield Passage(self.who, self.words, before, after, got.rate_hz)


def batch(pipeline_id: str, given: SoundFile, pipeline: Pipeline, output: str = "") -> Request:
    fields = {
        "pipeline_config": json.dumps(pipeline.config(pipeline_id)),
        **({"output_format": output} if output else {}),
    }
    if given.as_text:
        return requests.batch({**fields, "audio_data": base64.b64encode(given.pcm).decode()})
    return requests.batch(fields, File("sound.wav", given.wav, "audio/wav"))


def process(engineer: Engineer, given: SoundFile, pipeline: Pipeline, output: str = "") -> Done:
    """Have a whole sound processed; AssertionError where it is refused."""
    answer = engineer.asks(batch(engineer.pipeline_id, given, pipeline, output))
    done = Done(
        engineer.name, f"{given.words} processed", given, answer, {}, pipeline=pipeline, bare=output == "base64"
    )
    if done.told.get("success") is not True:
        raise AssertionError(f"{engineer.name} had {given.words} processed, which failed: {done.told.get('errors')}")
    return _kept(engineer, done)


def run_errand(engineer: Engineer, errand: Errand, given: SoundFile, way: str = "") -> Done:
    """Have one stage process a sound, or have it measured: as JSON unless it takes a file to say what it is."""
    answer = engineer.asks(errand_request(errand, given, way))
    return _kept(engineer, Done(engineer.name, f"{given.words}: {errand.words}", given, answer, errand.settings))


def run_if_granted(engineer: Engineer, errand: Errand, given: SoundFile) -> None:
    """Have something done that a service may refuse; AssertionError where it neither does it nor says no in order."""
    engineer.tries_to_ask(errand_request(errand, given))
    code = engineer.outcome.code
    if code == HTTPStatus.OK:
        _kept(engineer, Done(engineer.name, errand.words, given, engineer.outcome, errand.settings))
    else:
        engineer.refusal()
        in_order: Any = is_in(MAY_REFUSE)
        assert_that(code, in_order, f"with which status {engineer.name} was refused")


def errand_request(errand: Errand, given: SoundFile | None, way: str = "") -> Request:
    """Return the request for an errand; without a sound where there is none."""
    is_stage = not errand.path.startswith("analyze/")
    way = way or (JSON if given is None or given.has_form_of_streams else UPLOAD)
    settings: dict[str, Any] = dict(errand.settings)
    if is_stage:
        settings = {"stage_config": settings if way == JSON else json.dumps(settings)}
    if way == UPLOAD and given is not None:
        body = Body.multipart(settings, {"audio_file": File("sound.wav", given.wav, "audio/wav")})
    else:
        audio = {} if given is None else {"audio_data": base64.b64encode(given.pcm).decode()}
        body = (Body.json if way == JSON else Body.form)({**audio, **settings})
    if is_stage:
        return requests.stage_alone(errand.path, body)
    return requests.analysis(errand.path.removeprefix("analyze/"), body)


def done_by(engineer: Engineer) -> Sequence[Done]:
    """Return all that somebody had done, in order; AssertionError where it is nothing."""
    if not engineer.desk:
        raise AssertionError(f"{engineer.name} has had no sound processed or measured in this scenario")
    return engineer.desk


def _kept(engineer: Engineer, done: Done) -> Done:
    engineer.desk.append(done)
    return done
