"""The process in which speech is recognised: `python -m reference.speech.sphinx_worker`, started by `sphinx`.

One message after the other, as `worker_protocol` describes them. It keeps no queue: while it listens,
audio waits in the pipe.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable
from dataclasses import asdict

from reference.speech.listening import Listening, Sphinx
from reference.speech.ports import Transcript
from reference.speech.worker_protocol import MessageKind
from reference.worker_process import Pipe, serve


class Worker:
    """Serves the streams of one parent."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._streams: dict[int, Listening] = {}

    def run(self) -> None:
        kind, _, body = self._pipe.receive()
        if kind != MessageKind.CONFIGURE:
            raise ValueError(f"expected {MessageKind.CONFIGURE!r} first, got {kind!r}")
        sphinx = Sphinx(json.loads(body))
        self._tell(MessageKind.READY, 0)
        while True:
            kind, number, body = self._pipe.receive()
            try:
                self._serve(sphinx, MessageKind(kind), number, body)
            except OSError:
                raise
            except Exception as error:
                # One stream's trouble is not the others'.
                traceback.print_exc()
                self._streams.pop(number, None)
                self._tell(MessageKind.BROKEN, number, f"{type(error).__name__}: {error}")

    def _serve(self, sphinx: Sphinx, kind: MessageKind, number: int, body: bytes) -> None:
        if kind is MessageKind.OPEN:
            self._streams[number] = Listening(sphinx, partial_results=json.loads(body)["partialResults"])
            self._tell(MessageKind.OPENED, number)
        elif number not in self._streams:
            return  # broken a moment ago, which the parent had not read yet when it sent this
        elif kind is MessageKind.AUDIO:
            self._report(number, self._streams[number].feed(body))
            self._tell(MessageKind.TAKEN, number, len(body))
        elif kind is MessageKind.FINISH:
            self._report(number, self._streams.pop(number).finish())
            self._tell(MessageKind.FINISHED, number)
        else:
            raise ValueError(f"stream {number}: {kind!r} is no message to a worker")

    def _report(self, number: int, transcripts: Iterable[Transcript]) -> None:
        for transcript in transcripts:
            self._tell(MessageKind.RESULT, number, asdict(transcript))

    def _tell(self, kind: MessageKind, number: int, body: object = None) -> None:
        self._pipe.send(kind, number, b"" if body is None else json.dumps(body).encode())


if __name__ == "__main__":
    serve(lambda pipe: Worker(pipe).run())
