"""The process in which speech is recognised: `python -m reference.speech.sphinx_worker`, started by `sphinx`.

One message after the other, as `worker_protocol` describes them. It keeps no queue: while it listens,
audio waits in the pipe. It ends when its input ends, so also when its parent dies, however that happens.
Ctrl-C reaches a whole process group; the worker leaves it to its parent to end in good order.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Iterable
from dataclasses import asdict
from typing import BinaryIO

from reference.speech.listening import Listening, Sphinx
from reference.speech.ports import Transcript
from reference.speech.worker_protocol import HEAD_BYTES, MessageKind, message, read_head


class Worker:
    """Serves the streams of one parent."""

    def __init__(self, inbox: BinaryIO, outbox: BinaryIO) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._streams: dict[int, Listening] = {}

    def run(self) -> None:
        kind, _, body = self._next()
        if kind is not MessageKind.CONFIGURE:
            raise ValueError(f"expected {MessageKind.CONFIGURE!r} first, got {kind!r}")
        sphinx = Sphinx(json.loads(body))
        self._tell(MessageKind.READY, 0)
        while True:
            kind, number, body = self._next()
            try:
                self._serve(sphinx, kind, number, body)
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
        self._outbox.write(message(kind, number, b"" if body is None else json.dumps(body).encode()))
        self._outbox.flush()

    def _next(self) -> tuple[MessageKind, int, bytes]:
        kind, number, length = read_head(self._read(HEAD_BYTES))
        return kind, number, self._read(length)

    def _read(self, count: int) -> bytes:
        read = self._inbox.read(count)
        if len(read) < count:
            raise EOFError
        return read


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The pipe belongs to the protocol alone: whatever is printed by mistake goes to the log.
    outbox = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        Worker(sys.stdin.buffer, outbox).run()
    except (EOFError, BrokenPipeError):
        # The parent is done with us, or dead. Leave at once: flushing what nobody reads would fail.
        os._exit(0)


if __name__ == "__main__":
    main()
