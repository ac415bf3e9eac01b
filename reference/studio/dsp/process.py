"""The process in which sound is processed: `python -m reference.studio.dsp.process`, started by `worker`.

Requests of one session are worked on in their order; those of different sessions in turns, a second of sound at a
time, so that minutes of one hold nobody else up.
"""

from __future__ import annotations

import pickle
import queue
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.studio.dsp.assessment import loudness
from reference.studio.dsp.files import BARE_RATE_HZ, batch, read
from reference.studio.dsp.levels import sound_of
from reference.studio.dsp.model import Answer, BadSound, Heard
from reference.studio.dsp.pipeline import Pipeline
from reference.studio.dsp.single import single
from reference.studio.dsp.spectrum import quality, spectrum
from reference.worker_process import Message, Pipe, serve

Steps = Iterator[Any]
"""Work in turns: None after each, what comes of it at last."""


@dataclass
class Job:
    number: int
    steps: Steps


class Worker:
    """Serves one parent."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._pipelines: dict[str, Pipeline] = {}
        self._waiting: dict[object, deque[Job]] = {}
        """By session; what belongs to none is a session of its own."""

    def run(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            while not self._waiting or not self._inbox.empty():
                message = self._inbox.get()
                if message is None:
                    raise EOFError
                self._take(*message)
            for session in list(self._waiting):
                self._advance(session)

    def _listen(self) -> None:
        try:
            while True:
                self._inbox.put(self._pipe.receive())
        except EOFError:
            self._inbox.put(None)

    def _take(self, _: int, number: int, body: bytes) -> None:
        task, session_id, arguments = pickle.loads(body)
        steps = self._steps(task, session_id, arguments)
        self._waiting.setdefault(session_id or number, deque()).append(Job(number, steps))

    def _advance(self, session: object) -> None:
        jobs = self._waiting[session]
        job = jobs[0]
        try:
            result = next(job.steps)
            if result is None:
                return
            self._pipe.send(Answer.DONE, job.number, pickle.dumps(result))
        except BadSound as problem:
            self._pipe.send(Answer.BAD, job.number, pickle.dumps(str(problem)))
        except OSError:
            raise
        except Exception as problem:
            traceback.print_exc()
            self._pipe.send(Answer.FAILED, job.number, pickle.dumps(f"{type(problem).__name__}: {problem}"))
        jobs.popleft()
        if not jobs:
            del self._waiting[session]

    def _steps(self, task: str, session_id: str | None, arguments: Mapping[str, Any]) -> Steps:
        if session_id is None:
            yield from TASKS[task](**arguments)
        elif task == "open":
            self._pipelines[session_id] = Pipeline(arguments["stages"], BARE_RATE_HZ)
            yield True
        elif task == "close":
            yield self._pipelines.pop(session_id, None) is not None
        elif task == "update":
            self._pipelines[session_id].update(**arguments)
            yield True
        else:
            samples = np.frombuffer(arguments["pcm"], dtype="<i2")
            for done in self._pipelines[session_id].process_long(samples, BARE_RATE_HZ):
                yield done and Heard(done.samples.tobytes(), dict(done.stage_ms), done.rms_db, done.snr_db)


def analysis(measure: Callable[..., dict[str, Any]]) -> Callable[..., Steps]:
    """Return a task that reads audio and says what `measure` says of its sound, and how long it took in seconds."""

    def steps(*, audio: bytes, is_file: bool, **settings: Any) -> Steps:
        began = time.perf_counter()
        given = read(audio, is_file=is_file)
        measured = measure(sound_of(given.samples), given.rate_hz, **settings)
        yield measured | {"processing_time": time.perf_counter() - began}

    return steps


TASKS: Mapping[str, Callable[..., Steps]] = {
    "batch": batch,
    "single": single,
    "fft": analysis(spectrum),
    "lufs": analysis(loudness),
    "quality": analysis(quality),
}
"""What belongs to no session, by name."""


if __name__ == "__main__":
    from reference.studio.dsp import process  # by its own name, as twins know it, and not as the program that runs

    serve(lambda pipe: process.Worker(pipe).run())
