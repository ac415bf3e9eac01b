"""The default recogniser: pocketsphinx in a process of its own, listening for the phrasebook."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from collections.abc import Callable

from reference.speech.phrasebook import Phrasebook
from reference.speech.ports import (
    BYTES_PER_SECOND,
    RECOGNISER_LANGUAGES,
    SAMPLE_RATE_HZ,
    RecogniserStream,
    SpeechFailure,
    StreamOptions,
    Transcript,
)
from reference.speech.worker_protocol import MessageKind
from reference.worker_process import WorkerProcess

_LOG = logging.getLogger(__name__)

_UNDERSTOOD = "en-US"
"""The one language of the acoustic model."""

_MOST_UNHEARD_BYTES = 5 * BYTES_PER_SECOND
_START_PATIENCE_S = 10.0

OnTranscript = Callable[[Transcript], None]
OnFailure = Callable[[SpeechFailure], None]


class SphinxRecogniser:
    """Understands the English sentences of a phrasebook, and nothing else.

    A sentence is reported as the phrasebook spells it. Tones, noise, silence, half and foreign sentences
    yield no final transcript. The acoustic model is American English: streams in the other languages that
    may be spoken (BRO-5.3.1) open, take audio and understand nothing; a language beyond them is refused with
    `LANGUAGE_NOT_SUPPORTED`.

    One worker process serves all streams. When it dies, every open stream fails with `ServiceUnavailable`
    (transient) and the next `open()` starts another. `start()` is optional: it spares the first stream
    the start of the worker.
    """

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrases = dict(phrasebook.phrases("en"))
        self._worker: _Worker | None = None
        self._starting = asyncio.Lock()
        self._closed = False

    @property
    def worker_pid(self) -> int | None:
        """The process id of the worker, or None when none runs."""
        return self._worker.pid if self._worker and self._worker.alive else None

    async def start(self) -> None:
        """Start the worker unless it runs; returns when it is ready to listen, or raises SpeechFailure."""
        await self._living_worker()

    async def close(self) -> None:
        """End the worker; streams still open fail, and no more are opened."""
        async with self._starting:
            self._closed = True
            if self._worker:
                await self._worker.close()
                self._worker = None

    async def open(
        self, options: StreamOptions, on_transcript: OnTranscript, on_failure: OnFailure
    ) -> RecogniserStream:
        """Open a stream, or raise SpeechFailure."""
        if (options.encoding, options.sample_rate_hz) != ("pcm", SAMPLE_RATE_HZ):
            raise SpeechFailure(
                "BadRequestException",
                f"expected pcm at {SAMPLE_RATE_HZ} Hz, got {options.encoding} at {options.sample_rate_hz} Hz",
                transient=False,
            )
        if options.recogniser_language is None:
            raise SpeechFailure(
                "LANGUAGE_NOT_SUPPORTED",
                f"expected one of {', '.join(RECOGNISER_LANGUAGES)}, got {options.language!r}",
                transient=False,
            )
        if options.recogniser_language != _UNDERSTOOD:
            return _DeafStream()
        worker = await self._living_worker()
        return await worker.open(options, on_transcript, on_failure)

    async def _living_worker(self) -> _Worker:
        async with self._starting:
            if self._closed:
                raise SpeechFailure("ServiceUnavailable", "the recogniser was closed", transient=False)
            if self._worker is None or not self._worker.alive:
                self._worker = await _Worker.start(self._phrases)
            return self._worker


class _DeafStream:
    """A stream in a language that the acoustic model does not know: takes audio, understands nothing."""

    async def feed(self, pcm: bytes) -> None:
        pass

    async def finish(self) -> None:
        pass


class _Stream:
    """One stream, at the near end of the pipe.

    Audio that the worker has not listened to yet is bounded to five seconds: beyond that `feed` waits,
    and nothing is dropped here. Which audio to give up when the recogniser lags is for the session to
    decide, which has a buffer for it.
    """

    def __init__(self, worker: _Worker, number: int, on_transcript: OnTranscript, on_failure: OnFailure) -> None:
        self.on_transcript = on_transcript
        self._worker = worker
        self._number = number
        self._on_failure = on_failure
        self._unheard_bytes = 0
        self._heard = asyncio.Event()
        self._failure: SpeechFailure | None = None
        self._finishing = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ended = asyncio.Event()

    async def feed(self, pcm: bytes) -> None:
        """Hand over audio; waits while five seconds are unheard. SpeechFailure when the stream is broken."""
        while not self._failure and self._unheard_bytes + len(pcm) > max(_MOST_UNHEARD_BYTES, len(pcm)):
            self._heard.clear()
            await self._heard.wait()
        if self._failure:
            raise self._failure
        if self._finishing:
            raise ValueError(f"stream {self._number} was fed after it was finished")
        self._unheard_bytes += len(pcm)
        self._worker.send(MessageKind.AUDIO, self._number, pcm)

    async def finish(self) -> None:
        """End the stream; returns when its last transcript, or what broke it, was reported."""
        if not self._finishing and not self._failure:
            self._finishing = True
            self._worker.send(MessageKind.FINISH, self._number)
        await self._ended.wait()
        await asyncio.sleep(0)  # whatever the loop was asked to report is reported before us

    def is_open(self) -> None:
        if not self.opened.cancelled():
            self.opened.set_result(None)

    def taken(self, count: int) -> None:
        self._unheard_bytes -= count
        self._heard.set()

    def finished(self) -> None:
        self._ended.set()

    def fail(self, failure: SpeechFailure) -> None:
        """Break the stream: whoever waits for it is released; the opener is told, once."""
        self._failure = failure
        self._heard.set()
        self._ended.set()
        if not self.opened.done():
            self.opened.set_exception(failure)
        elif not self.opened.cancelled():
            asyncio.get_running_loop().call_soon(self._on_failure, failure)


class _Worker:
    """The process at the far end of the pipe."""

    def __init__(self, process: WorkerProcess) -> None:
        self.alive = True
        self._process = process
        self._streams: dict[int, _Stream] = {}
        self._numbers = itertools.count(1)
        self._closing = False
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, phrases: dict[str, str]) -> _Worker:
        process = await WorkerProcess.start("reference.speech.sphinx_worker")
        worker = cls(process)
        worker.send(MessageKind.CONFIGURE, 0, json.dumps(phrases).encode())
        try:
            async with asyncio.timeout(_START_PATIENCE_S):
                kind, _, _ = await process.receive()
        except asyncio.CancelledError:
            # Whoever wanted a stream has lost patience; no process is to be left behind.
            await worker.close()
            raise
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            await worker.close()
            raise SpeechFailure(
                "ServiceUnavailable",
                f"the speech worker was not ready within {_START_PATIENCE_S:g} s ({type(error).__name__}, "
                f"exit code {process.exit_code}); its error output says why",
                transient=True,
            ) from error
        if kind != MessageKind.READY:
            raise ValueError(f"the speech worker said {kind!r} before {MessageKind.READY!r}")
        worker._reading = asyncio.create_task(worker._read())
        return worker

    @property
    def pid(self) -> int:
        return self._process.pid

    async def open(self, options: StreamOptions, on_transcript: OnTranscript, on_failure: OnFailure) -> _Stream:
        number = next(self._numbers)
        stream = self._streams[number] = _Stream(self, number, on_transcript, on_failure)
        self.send(MessageKind.OPEN, number, json.dumps({"partialResults": options.partial_results}).encode())
        try:
            await stream.opened
        except asyncio.CancelledError:
            self.send(MessageKind.FINISH, number)
            raise
        return stream

    def send(self, kind: MessageKind, number: int, body: bytes = b"") -> None:
        """Put a message into the pipe; what waits there is bounded by what each stream may have unheard."""
        self._process.send(kind, number, body)

    async def close(self) -> None:
        self._closing = True
        await self._process.close()
        if self._reading:
            await self._reading

    async def _read(self) -> None:
        """Hand the worker's messages to their streams, until it ends."""
        try:
            while True:
                kind, number, body = await self._process.receive()
                self._handle(MessageKind(kind), number, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.alive = False
        exit_code = await self._process.wait()
        reason = f"the speech worker {'was closed' if self._closing else 'died'} (exit code {exit_code})"
        if not self._closing:
            _LOG.error("%s; streams open: %d", reason, len(self._streams))
        for stream in self._streams.values():
            stream.fail(SpeechFailure("ServiceUnavailable", reason, transient=True))
        self._streams.clear()

    def _handle(self, kind: MessageKind, number: int, body: bytes) -> None:
        stream = self._streams[number]
        if kind is MessageKind.RESULT:
            # Called by the loop, not from here: an exception of the opener's must not end the reading.
            asyncio.get_running_loop().call_soon(stream.on_transcript, Transcript(**json.loads(body)))
        elif kind is MessageKind.TAKEN:
            stream.taken(json.loads(body))
        elif kind is MessageKind.OPENED:
            stream.is_open()
        elif kind is MessageKind.FINISHED:
            stream.finished()
            del self._streams[number]
        elif kind is MessageKind.BROKEN:
            stream.fail(SpeechFailure("InternalFailureException", json.loads(body), transient=True))
            del self._streams[number]
        else:
            raise ValueError(f"the speech worker sent {kind!r}, which is no message from a worker")
